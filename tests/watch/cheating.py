"""Tools of the cheats: how an honest story is spoiled, and the list in which each cheat is kept."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openbureau.tlog.tile import parse_bundle
from watch.made_log import MadeLog, put, story


@dataclass(frozen=True)
class Cheat:
    """`make` writes a cheating export; `by` is the check that catches it, alone when `is_alone`."""

    make: Callable[[Path], None]
    by: str
    is_alone: bool = False
    status: str = "broken"


CHEATS: dict[str, Cheat] = {}


def alone(by: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """A cheat that only this check catches."""
    return _keep(by, is_alone=True)


def caught(by: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """A cheat that this check catches, and others may too."""
    return _keep(by, is_alone=False)


def _keep(by: str, *, is_alone: bool) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    def keep(make: Callable[[Path], None]) -> Callable[[Path], None]:
        CHEATS[make.__name__.replace("_", "-")] = Cheat(make, by, is_alone)
        return make

    return keep


def told() -> tuple[MadeLog, dict[str, Any]]:
    """The honest story, not written yet."""
    made = MadeLog()
    return made, story(made)


def honest(directory: Path) -> None:
    """The honest story, written."""
    told()[0].write(directory)


def edit(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a JSON file."""
    value = json.loads(path.read_text())
    change(value)
    put(path, json.dumps(value))


def edit_line(path: Path, number: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Change one line (from the end when negative) of a file of JSON lines."""
    lines = path.read_text().splitlines()
    value = json.loads(lines[number])
    change(value)
    lines[number] = json.dumps(value)
    put(path, "".join(f"{line}\n" for line in lines))


def drop_line(path: Path, number: int) -> None:
    """Leave out one line."""
    lines = path.read_text().splitlines()
    del lines[number]
    put(path, "".join(f"{line}\n" for line in lines))


def flip(path: Path, at: int = 40) -> None:
    """Flip one bit of a file."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))


def spoil_key(opening: dict[str, Any], name: str) -> None:
    """Give a field another key, and leave its value."""
    key = bytearray(base64.b64decode(opening["opened"][name][0]))
    key[0] ^= 1
    opening["opened"][name][0] = base64.b64encode(key).decode()


def bundle_of(directory: Path) -> tuple[Path, list[bytes]]:
    """The one entry bundle of the story, and its entries."""
    path = next((directory / "tile/entries").glob("000.p/*"))
    return path, parse_bundle(path.read_bytes(), int(path.name))
