"""Make a furnisher's files of any size: clean, or with chosen defects, and the truth beside them (F15).

A made-up country of as many people as asked for; one furnisher's records, in the order to send them.  Each defect is planted in
a share of the records that can have it, drawn by the seed; the truth file lists file, record number, rule and field.  The same
words make the same bytes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from openbureau.core.furnishing.parquet import write_parquet
from openbureau.core.furnishing.parse import CSV, JSONL, METRO2, PARQUET
from openbureau.core.furnishing.write import render_csv, render_jsonl
from openbureau.core.metro2.write import render_file
from openbureau.lab.chance import source
from openbureau.lab.country import KINDS, Country, make_country
from openbureau.lab.defects import DEFECTS, Defect, Record
from openbureau.lab.metro2_records import FAULTS, made_records

OWN_FORMATS = (JSONL, CSV, PARQUET)
FORMATS = (*OWN_FORMATS, METRO2)
MONTHS = 24


class NoSuchDefect(ValueError):
    """The defect is not on offer, or its share is none."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted."""

    people: int
    until: date
    """Day of the files; they are clean when checked on it."""
    format: str = JSONL
    seed: int = 1
    firms: int = 0
    furnisher: str | None = None
    """A furnisher of the made-up country; its first when not given."""
    defects: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Made:
    """What was made: files in the order to send them, records in all, and what was planted where."""

    paths: list[Path] = field(default_factory=list)
    records: int = 0
    planted: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: the truth."""
        return {"files": [path.name for path in self.paths], "records": self.records, "planted": self.planted}


def parse_defects(texts: list[str], format: str = JSONL) -> dict[str, float]:  # noqa: A002
    """`rule:share` texts as a mapping; `NoSuchDefect` names what is on offer."""
    found = {}
    for text in texts:
        rule, _, share = text.partition(":")
        try:
            value = float(share or "0.01")
        except ValueError:
            value = -1.0
        offered = FAULTS if format == METRO2 else DEFECTS
        if rule not in offered:
            raise NoSuchDefect(f"no defect is called {rule!r}; on offer: {', '.join(sorted(offered))}")
        if not 0 < value <= 1:
            raise NoSuchDefect(f"the share of {rule} is {share!r}; write a number above 0 and up to 1")
        found[rule] = value
    return found


def make_files(wish: Wish, directory: Path) -> Made:
    """Write the files and `truth.json` into a directory; what was made."""
    if wish.format not in FORMATS:
        raise NoSuchDefect(f"the formats are {', '.join(FORMATS)}")
    parse_defects([f"{rule}:{share}" for rule, share in wish.defects.items()], wish.format)
    if wish.format == METRO2:
        return _write_metro2(wish, directory)
    country = make_country(wish.seed, people=wish.people, firms=wish.firms, months=MONTHS, until=wish.until)
    name = wish.furnisher or country.furnishers[0]
    if name not in country.furnishers:
        raise NoSuchDefect(f"the furnishers are {', '.join(country.furnishers)}")
    directory.mkdir(parents=True, exist_ok=True)
    made = Made()
    if wish.format == JSONL:
        path = directory / f"{name}.jsonl"
        with path.open("wb", buffering=1 << 20) as target:
            target.writelines(map(render_jsonl, _with_defects(wish, made, country.records(name), file=path.name)))
        made.paths.append(path)
    else:
        _write_kinds(wish, made, country, stem=directory / name)
    return _with_truth(made, directory)


def _with_truth(made: Made, directory: Path) -> Made:
    text = json.dumps(made.to_json(), ensure_ascii=False, indent=1)
    (directory / "truth.json").write_text(text + "\n", encoding="utf-8")
    return made


def _write_metro2(wish: Wish, directory: Path) -> Made:
    """One Metro 2 file of as many records as people are wanted; the furnisher's name is the file's."""
    directory.mkdir(parents=True, exist_ok=True)
    made, path = Made(), directory / f"{wish.furnisher or 'made-up'}.metro2"

    def counted() -> Iterator[Mapping[str, Any]]:
        for number, (record, rule) in enumerate(made_records(wish.seed, wish.people, shares=wish.defects), 1):
            made.records += 1
            if rule is not None:
                made.planted.append({"file": path.name, "record": number, "rule": rule, "fields": sorted(FAULTS[rule])})
            yield record

    with path.open("wb", buffering=1 << 20) as target:
        target.writelines(render_file(counted()))
    made.paths.append(path)
    return _with_truth(made, directory)


def _write_kinds(wish: Wish, made: Made, country: Country, *, stem: Path) -> None:
    """One file a kind: neither CSV nor Parquet holds several kinds."""
    for kind in KINDS:
        path = stem.with_name(f"{stem.name}-{kind}.{wish.format}")
        records = _with_defects(wish, made, country.records_of(stem.name, kind), file=path.name)
        with path.open("wb", buffering=1 << 20) as target:
            if wish.format == CSV:
                target.writelines(render_csv(kind, records))
            else:
                write_parquet(target, kind, records)
        made.paths.append(path)


def _with_defects(wish: Wish, made: Made, records: Iterator[Record], *, file: str) -> Iterator[Record]:
    """The records of a file, counted, at most one defect in each."""
    chance = source(wish.seed, "defects", file)
    chosen = [(DEFECTS[rule], share) for rule, share in sorted(wish.defects.items())]
    for number, record in enumerate(records, 1):
        made.records += 1
        planted: Defect | None = None
        for defect, share in chosen:
            is_drawn = chance.random() < share
            if is_drawn and planted is None and defect.kind == record["record"] and defect.fits(record):
                planted = defect
        if planted is None:
            yield record
            continue
        changes = planted.plant(record, wish.until)
        made.planted.append({"file": file, "record": number, "rule": planted.rule, "fields": sorted(changes)})
        yield {**record, **changes}
