"""What do these records say together?

Reads a run of records: updates that may be applied, findings, and counts that account for every record.  The offline check
and the loader both go through here, so that what is clean locally is accepted in production.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from openbureau.core.furnishing.checks import CheckContext, check, plain_months
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.parse import CSV, MONTH_HEAD, Dialect, parse_months, parser
from openbureau.core.furnishing.records import Piece
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
        self._is_quick = dialect.format != CSV and refused is None
        self._has_header = dialect.format == CSV and not is_begun

    def read(self, pieces: Iterable[Piece]) -> Batch:
        """The batch of these pieces.  Blank lines and the header line of a CSV are no records."""
        batch = Batch()
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
            if piece.is_whole and not piece.content.strip():
                continue
            if self._has_header:
                self._has_header = False
                continue
            self._one(piece, batch)
            self.next_record += 1
        if run:
            self._months(run, batch)
        return batch

    def _months(self, run: list[bytes], batch: Batch) -> None:
        """A run of lines that begin as months: in one go as far as they are plain, one by one where they are not."""
        months = parse_months(run)
        if months is None:
            for line in run:
                self._one(Piece(line, True, True), batch)
                self.next_record += 1
            return
        first, place = self.next_record, batch.months.append
        for at, (update, is_plain) in enumerate(zip(months, plain_months(months, self._context), strict=True)):
            if is_plain:
                place((first + at, update))
                continue
            self.next_record = first + at
            self._one(Piece(run[at], True, True), batch)
            batch.records -= 1
        batch.records += len(run)
        self.next_record = first + len(run)

    def _one(self, piece: Piece, batch: Batch) -> None:
        number = self.next_record
        batch.records += 1
        if not piece.is_whole:
            batch.findings.append(Finding(number, "too-long"))
            batch.refused += 1
            return
        update = self._parse(piece.content, number)
        if isinstance(update, tuple):
            batch.findings.extend(update)
            batch.refused += 1
            return
        if self._refused is not None and number in self._refused:
            batch.refused += 1
            return
        found = check(update, number, self._context) if self._refused is None else ()
        if found:
            batch.findings.extend(found)
            if any(one.refuses for one in found):
                batch.refused += 1
                return
        batch.add(number, update)
