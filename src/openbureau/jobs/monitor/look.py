"""What in a watched file is to be told?  Only with a permit in hand: here a file is decoded and its marks are opened."""

import msgspec

from openbureau.core.answer.lesser import band_of
from openbureau.core.credit_file import CreditFile
from openbureau.core.monitor.triggers import Fired, Limits, Marks, compare
from openbureau.core.report import for_lender
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.contents import card_of, score_of, seen_today
from openbureau.law.rules import Rulebook
from openbureau.store.sealing import seal, unseal

_encode, _decode = msgspec.json.Encoder(order="deterministic").encode, msgspec.json.Decoder(Marks).decode


def look(
    bureau: Bureau, rulebook: Rulebook, held: CreditFile, *, before: Marks | None, member_id: str
) -> tuple[Marks, tuple[Fired, ...]]:
    """The marks of a file as it may be seen today, and what the change since `before` fires."""
    seen = for_lender(seen_today(bureau, held, rulebook))
    score: tuple[int, int] | None = None
    if not seen.is_empty:
        value = score_of(bureau, seen).value
        score = None if value is None else (value, band_of(card_of(bureau, seen.kind)[0], value))
    typed = rulebook.typed
    limits = Limits(
        typed.monitor_worse_months.number, typed.monitor_exposure_percent.number, typed.monitor_exposure_fen.number,
        typed.monitor_inquiries.number, typed.monitor_score_points.number,
    )  # fmt: skip
    return compare(before, seen, score, member_id=member_id, limits=limits, today=rulebook.day)


def seal_marks(bureau: Bureau, key: bytes, monitor_id: str, marks: Marks) -> bytes:
    """Marks as they are kept, under the monitor's key."""
    return seal(key, _encode(marks), place=f"monitor/{monitor_id}", random=bureau.random)


def open_marks(key: bytes, monitor_id: str, sealed: bytes) -> Marks:
    """The inverse of `seal_marks`."""
    return _decode(unseal(key, sealed, place=f"monitor/{monitor_id}"))
