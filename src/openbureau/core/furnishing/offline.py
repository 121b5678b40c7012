"""Would this file be accepted?  The door's own reader and checks over a stream, nothing kept, in constant memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO

from openbureau.core.furnishing.batch import Batch, RecordReader
from openbureau.core.furnishing.checks import check_context
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.parquet import open_parquet
from openbureau.core.furnishing.parse import CSV, FORMATS, METRO2, OPENBUREAU, PARQUET, Dialect, detect
from openbureau.core.furnishing.records import Piece, in_runs, split_records
from openbureau.core.furnishing.schema import rule_pack_hash
from openbureau.core.metro2.read import detect_form, split_form
from openbureau.law.rules import Rulebook

READ_BYTES = 1 << 20
RUN, RUN_BYTES = 20_000, 4 << 20


@dataclass(frozen=True, slots=True)
class Checked:
    """What the door would say, with the first findings; what only the bureau's own files can tell is not checked."""

    rule_pack: str
    records: int
    accepted: int
    refused: int
    findings: int
    shown: tuple[Finding, ...]


def open_file(
    source: BinaryIO,
    limit: int,
    *,
    format: str | None = None,  # noqa: A002
    kind: str | None = None,
) -> tuple[Dialect, Iterator[Piece]] | Finding:
    """How a file is written, and its records one after another; a finding where that cannot be told."""
    if format is not None and format not in FORMATS:
        return Finding(0, "unknown-format", "format", ", ".join(FORMATS))
    head = source.read(READ_BYTES)
    form = None if format not in {None, METRO2} else detect_form(head)
    if form is not None:
        stream = chain([head], iter(lambda: source.read(READ_BYTES), b""))
        return Dialect(METRO2, form.packing, form.words), split_form(stream, form, limit)
    if format == METRO2:
        return Finding(0, "m2-not-metro2" if head.strip() else "empty-file")
    format = None if format == OPENBUREAU else format  # noqa: A001
    dialect = detect(head.split(b"\n", 1)[0] if head[:4] != b"PAR1" else head[:4], format=format, record=kind)
    if isinstance(dialect, Finding):
        return dialect
    if dialect.format == PARQUET:
        source.seek(0)
        opened: Any = open_parquet(source)
        return opened if isinstance(opened, Finding) else (dialect, opened)
    stream = chain([head], iter(lambda: source.read(READ_BYTES), b""))
    return dialect, iter(split_records(stream, limit, quoted=dialect.format == CSV))


def check_file(
    source: BinaryIO,
    rulebook: Rulebook,
    *,
    format: str | None = None,  # noqa: A002
    kind: str | None = None,
    most: int = 50,
) -> Checked:
    """Check a file with the rule pack of the door."""
    opened = open_file(source, rulebook.typed.line_limit_bytes.number, format=format, kind=kind)
    if isinstance(opened, Finding):
        return Checked(rule_pack_hash(), 0, 0, 0, 1, (opened,))
    dialect, pieces = opened
    reader = RecordReader(dialect, check_context(rulebook))
    records = accepted = refused = findings = 0
    shown: list[Finding] = []
    for batch in _batches(reader, pieces):
        records += batch.records
        accepted += batch.accepted
        refused += batch.refused
        findings += len(batch.findings)
        shown += batch.findings[: most - len(shown)]
    return Checked(rule_pack_hash(), records, accepted, refused, findings, tuple(shown))


def _batches(reader: RecordReader, pieces: Iterator[Piece]) -> Iterator[Batch]:
    most = RUN // 10 if reader.is_metro2 else RUN
    for run in in_runs(pieces, most=most, most_bytes=RUN_BYTES):
        yield reader.read(run)
    yield reader.end()
