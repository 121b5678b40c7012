"""What the measurements share: a bureau in a directory of its own, people in it, and how figures are told."""

import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from openbureau.config import Settings, write_private
from openbureau.jobs.context import Bureau, database, open_bureau
from openbureau.jobs.founding.init import Plan, found_sandbox
from openbureau.jobs.furnishing.load import furnish
from openbureau.lab.country import Country, make_country
from openbureau.lab.files import write_jsonl
from openbureau.law.workdays import civil_day


@dataclass
class Sandbox:
    """A founded bureau and its country."""

    settings: Settings
    url: str
    bureau: Bureau
    country: Country
    tokens: dict[str, str]


@contextmanager
def sandbox(*, people: int, months: int, firms: int = 1, is_furnished: bool = True) -> Iterator[Sandbox]:
    """A bureau that lives as long as the block."""
    home = Path(tempfile.mkdtemp(prefix="openbureau-bench-"))
    if os.geteuid() == 0:
        home.chmod(0o711)
    settings = Settings("sandbox", home, None, None, "cn", "127.0.0.1", 0)
    now = datetime.now(UTC)
    country = make_country(7, people=people, firms=firms, months=months, until=civil_day(now))
    try:
        with database(settings, lambda _: None) as url:
            plan = Plan("bench", "bench.openbureau.example", country.members)
            tokens = found_sandbox(settings, url, plan, now=now, random=os.urandom)
            bureau = open_bureau(settings, url)
            for name in country.furnishers if is_furnished else ():
                path = home / f"{name}.jsonl"
                write_jsonl(path, country.records(name))
                with path.open("rb") as source:
                    furnish(bureau, name, source)
                path.unlink()
            write_private(home / "tokens.json", json.dumps(tokens))
            yield Sandbox(settings, url, bureau, country, tokens)
            bureau.store.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def tell(name: str, figures: dict[str, object]) -> None:
    """One JSON line a measurement."""
    print(json.dumps({"bench": name} | figures, ensure_ascii=False), flush=True)


def machine() -> dict[str, object]:
    """On what this ran."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "at": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def median(values: Sequence[float]) -> float:
    """The middle."""
    return statistics.median(values)


def quick() -> bool:
    """Was a short run asked for?  Its figures are for trying the bench, not for keeping."""
    return "--quick" in sys.argv
