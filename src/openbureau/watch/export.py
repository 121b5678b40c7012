"""What lies in the export directory?

Reads files strictly and in bounded memory.  Promises: what is not there or cannot be read is told as `Trouble` with the
file and the place, never as another exception; nothing outside the directory is read.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openbureau.watch.verdict import Trouble, missing

LARGEST_FILE = 64 << 20
LARGEST_LINE = 1 << 20


class Export:
    """An export directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str, *, most: int = LARGEST_FILE) -> bytes:
        """The bytes of a file of the export."""
        try:
            with (self.root / name).open("rb") as source:
                content = source.read(most + 1)
        except FileNotFoundError:
            raise missing(name) from None
        except (OSError, ValueError) as trouble:
            raise Trouble(name, f"cannot be read: {type(trouble).__name__}", "无法读取") from None
        if len(content) > most:
            raise Trouble(name, f"is larger than {most} bytes", f"大于 {most} 字节")
        return content

    def text(self, name: str) -> str:
        """The text of a file, UTF-8."""
        return decode(name, self.read(name))

    def json(self, name: str) -> dict[str, Any]:
        """The JSON object in a file."""
        return parse_object(name, self.read(name))

    def has(self, name: str) -> bool:
        """Is there such a file or folder?"""
        try:
            return (self.root / name).exists()
        except (OSError, ValueError):
            return False

    def names(self, folder: str, prefix: str = "", suffix: str = "") -> list[str]:
        """Names in a folder of the export, sorted; empty where there is no folder."""
        try:
            found = [item.name for item in (self.root / folder).iterdir()]
        except OSError:
            return []
        return sorted(name for name in found if name.startswith(prefix) and name.endswith(suffix))

    def lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Numbered lines of a file, without their ends; `Trouble` at a line that is too long or does not end."""
        try:
            with (self.root / name).open("rb") as source:
                number = 0
                while line := source.readline(LARGEST_LINE):
                    number += 1
                    if not line.endswith(b"\n"):
                        raise Trouble(f"{name}:{number}", "the line does not end", "该行没有结尾")
                    yield number, line[:-1]
        except FileNotFoundError:
            raise missing(name) from None
        except (OSError, ValueError) as trouble:
            raise Trouble(name, f"cannot be read: {type(trouble).__name__}", "无法读取") from None


def decode(name: str, content: bytes) -> str:
    """UTF-8 text."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as trouble:
        raise Trouble(f"{name}: byte {trouble.start}", "is not UTF-8 text", "不是 UTF-8 文本") from None


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def parse_object(name: str, content: bytes) -> dict[str, Any]:
    """A JSON object without duplicate keys."""
    try:
        value = json.loads(decode(name, content), object_pairs_hook=_no_twins)
    except (ValueError, RecursionError):
        raise Trouble(name, "is not proper JSON", "不是正确的 JSON") from None
    if not isinstance(value, dict):
        raise Trouble(name, "is not a JSON object", "不是 JSON 对象")
    return value
