"""Write what opens the hourly indexes, for the committee."""

from pathlib import Path

from openbureau.jobs.context import Bureau
from openbureau.jobs.log.index import committee_lines, shard_of

FILE = "openings/index.jsonl"


def export_index(bureau: Bureau, directory: Path) -> int:
    """What the committee needs to make every index again; how many labels."""
    with bureau.store.connection("auditor") as connection:
        lines = list(committee_lines(connection, shard_of(bureau)))
    if lines:
        path = directory / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return len(lines)
