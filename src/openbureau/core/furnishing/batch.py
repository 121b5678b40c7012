"""What do these records say together?

Reads a run of records: updates that may be applied, findings, and counts that account for every record.  The offline check
and the loader both go through here, so that what is clean locally is accepted in production.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import compress, count
from operator import itemgetter, methodcaller, not_

from openbureau.core.furnishing.checks import CheckContext, check, plain_months
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.parse import (
    CSV,
    METRO2,
    MONTH_HEAD,
    Dialect,
    is_sound,
    parse_json,
    parse_months,
    parser,
)
from openbureau.core.furnishing.records import Piece, Redacted
from openbureau.core.furnishing.values import (
    BusinessUpdate,
    CorrectionUpdate,
    DeletionUpdate,
    DisputeAnswerUpdate,
    GuaranteeUpdate,
    MonthUpdate,
    OutsideInquiryUpdate,
    PartyUpdate,
    PlatformUseUpdate,
    PublicRecordUpdate,
    ShareUpdate,
    SubjectUpdate,
    TradelineUpdate,
    Update,
)
from openbureau.core.metro2.meaning import FileReader
from openbureau.core.metro2.read import form_of


@dataclass(slots=True)
class Batch:
    """The outcome of a run of records; `(number, update)` pairs by kind, in file order."""

    subjects: list[tuple[int, SubjectUpdate]] = field(default_factory=list)
    tradelines: list[tuple[int, TradelineUpdate]] = field(default_factory=list)
    months: list[tuple[int, MonthUpdate]] = field(default_factory=list)
    shares: list[tuple[int, ShareUpdate]] = field(default_factory=list)
    parties: list[tuple[int, PartyUpdate]] = field(default_factory=list)
    guarantees: list[tuple[int, GuaranteeUpdate]] = field(default_factory=list)
    platform_uses: list[tuple[int, PlatformUseUpdate]] = field(default_factory=list)
    businesses: list[tuple[int, BusinessUpdate]] = field(default_factory=list)
    outside_inquiries: list[tuple[int, OutsideInquiryUpdate]] = field(default_factory=list)
    public_records: list[tuple[int, PublicRecordUpdate]] = field(default_factory=list)
    corrections: list[tuple[int, CorrectionUpdate]] = field(default_factory=list)
    deletions: list[tuple[int, DeletionUpdate]] = field(default_factory=list)
    dispute_answers: list[tuple[int, DisputeAnswerUpdate]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    records: int = 0
    refused: int = 0
    further: int = 0
    """Updates beyond the first of a record: a Metro 2 record holds several.  All its months count as one."""

    @property
    def updates(self) -> int:
        """Updates that may be applied."""
        return self.accepted + self.further

    @property
    def accepted(self) -> int:
        """Records that may be applied."""
        return self.records - self.refused

    def add(self, number: int, update: Update) -> None:
        """Put a sound update with those of its kind."""
        match update:
            case MonthUpdate():
                self.months.append((number, update))
            case TradelineUpdate():
                self.tradelines.append((number, update))
            case SubjectUpdate():
                self.subjects.append((number, update))
            case ShareUpdate():
                self.shares.append((number, update))
            case PartyUpdate():
                self.parties.append((number, update))
            case GuaranteeUpdate():
                self.guarantees.append((number, update))
            case PlatformUseUpdate():
                self.platform_uses.append((number, update))
            case BusinessUpdate():
                self.businesses.append((number, update))
            case OutsideInquiryUpdate():
                self.outside_inquiries.append((number, update))
            case PublicRecordUpdate():
                self.public_records.append((number, update))
            case CorrectionUpdate():
                self.corrections.append((number, update))
            case DeletionUpdate():
                self.deletions.append((number, update))
            case DisputeAnswerUpdate():
                self.dispute_answers.append((number, update))


_IS_MONTH = methodcaller("startswith", MONTH_HEAD)


class RecordReader:
    """Reads pieces of one file in order; keeps the record number across batches."""

    def __init__(
        self,
        dialect: Dialect,
        context: CheckContext,
        *,
        next_record: int = 1,
        is_begun: bool = False,
        refused: frozenset[int] | None = None,
    ) -> None:
        """With `refused` the records of these numbers stay out and all others go in, as was decided before."""
        self._parse = parser(dialect)
        self._context = context
        self._dialect = dialect
        self._refused = refused
        self.next_record = next_record
        self._is_quick = dialect.format not in {CSV, METRO2} and refused is None
        self._has_header = dialect.format == CSV and not is_begun
        self._metro2 = (
            FileReader(form_of(dialect.record, dialect.columns), context) if dialect.format == METRO2 else None
        )

    def read(self, pieces: Iterable[Piece]) -> Batch:
        """The batch of these pieces.  Blank lines and the header line of a CSV are no records."""
        batch = Batch()
        pieces = list(pieces)
        if pieces and self._is_quick and all(piece[2] for piece in pieces):
            lines = [piece[0] for piece in pieces]
            if all(map(_IS_MONTH, lines)):
                self._months(lines, batch)
                return batch
        run: list[bytes] = []
        for piece in pieces:
            content, starts, is_whole = piece
            if is_whole and self._is_quick and content.startswith(MONTH_HEAD):
                run.append(content)
                continue
            if run:
                self._months(run, batch)
                run = []
            if not starts:
                continue
            if type(piece) is Redacted:
                self._left_of(content, batch)
                continue
            if piece.is_whole and not piece.content.strip():
                continue
            if self._has_header:
                self._has_header = False
                continue
            if self._metro2 is not None and piece.is_whole:
                self._of_metro2(self._metro2, piece.content, batch)
                continue
            self._one(piece, batch)
            self.next_record += 1
        if run:
            self._months(run, batch)
        return batch

    @property
    def is_metro2(self) -> bool:
        """Does a record hold many updates?"""
        return self._metro2 is not None

    def recall(self, pieces: Iterable[Piece]) -> None:
        """Pieces that were read before a load was cut short: a trailer counts the whole file."""
        for piece in pieces:
            if self._metro2 is not None and piece.starts and piece.is_whole and piece.content.strip():
                self._metro2.recall(piece.content)

    def end(self) -> Batch:
        """What is told when the file is over."""
        return Batch(findings=list(self._metro2.end()) if self._metro2 is not None else [])

    def _of_metro2(self, reader: FileReader, content: bytes, batch: Batch) -> None:
        """A Metro 2 record is taken with all its updates, or refused; header and trailer are no records."""
        is_record, updates, findings = reader.read(content, self.next_record)
        batch.findings.extend(findings)
        if self._stayed_out(self.next_record):
            updates = ()
        for update in updates:
            if type(update) is MonthUpdate:
                batch.months.append((self.next_record, update))
            else:
                batch.add(self.next_record, update)
        batch.records += is_record
        batch.refused += is_record and not updates
        months = sum(type(update) is MonthUpdate for update in updates)
        batch.further += max(len(updates) - max(months - 1, 0) - 1, 0)
        self.next_record += is_record

    def _months(self, run: list[bytes], batch: Batch) -> None:
        """A run of lines that begin as months: in one go as far as they are plain, one by one where they are not."""
        months = parse_months(run)
        if months is None:
            for line in run:
                self._one(Piece(line, True, True), batch)
                self.next_record += 1
            return
        first = self.next_record
        plain = plain_months(months, self._context)
        batch.months.extend(compress(zip(count(first), months, strict=False), plain))
        if not all(plain):
            for at in compress(count(), map(not_, plain)):
                update = months[at]
                self._checked(update if is_sound(update) else self._parse(run[at], first + at), first + at, batch)
            batch.months.sort(key=itemgetter(0))
        batch.records += len(run)
        self.next_record = first + len(run)

    def _left_of(self, content: bytes, batch: Batch) -> None:
        """A record of which an erasure left nothing, or some of its updates; counted as the one record that it was."""
        found = [parse_json(line, 0) for line in content.splitlines() if line]
        updates = [one for one in found if not isinstance(one, tuple) and not self._stayed_out(self.next_record)]
        for update in updates:
            batch.add(self.next_record, update)
        batch.records += 1
        batch.refused += not updates
        batch.further += max(len(updates) - 1, 0)
        self.next_record += 1

    def _stayed_out(self, number: int) -> bool:
        """Was it decided before that this record stays out?"""
        return self._refused is not None and number in self._refused

    def _one(self, piece: Piece, batch: Batch) -> None:
        number = self.next_record
        batch.records += 1
        if not piece.is_whole:
            batch.findings.append(Finding(number, "too-long"))
            batch.refused += 1
            return
        self._checked(self._parse(piece.content, number), number, batch)

    def _checked(self, update: Update | tuple[Finding, ...], number: int, batch: Batch) -> None:
        """Put what was read with those of its kind, or its findings with the findings."""
        if isinstance(update, tuple):
            batch.findings.extend(update)
            batch.refused += 1
            return
        if self._stayed_out(number):
            batch.refused += 1
            return
        found = check(update, number, self._context) if self._refused is None else ()
        if found:
            batch.findings.extend(found)
            if any(one.refuses for one in found):
                batch.refused += 1
                return
        batch.add(number, update)
