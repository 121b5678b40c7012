"""Made-up Metro 2 records, and a hypothesis strategy made from the layout.  Nobody in them exists."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from openbureau.core.metro2.layout import APPENDED, BASE, DIGITS, HEADER, Kind, Segment, Slot
from openbureau.core.metro2.read import CHARACTER, PACKED, Form

FORMS = (
    Form(CHARACTER, False, True),
    Form(CHARACTER, False, False),
    Form(CHARACTER, True, False),
    Form(CHARACTER, True, True),
    Form(PACKED, True, False),
)
TODAY = 20261124
SPOTLESS: dict[str, Any] = {
    "time_stamp": "2026-11-01T08:30:00",
    "identification_number": "BANK000001",
    "consumer_account_number": "LOAN-1",
    "portfolio_type": "I",
    "account_type": "00",
    "date_opened": "2024-01-15",
    "highest_credit": 24_000,
    "terms_duration": "060",
    "terms_frequency": "M",
    "scheduled_monthly_payment_amount": 450,
    "actual_payment_amount": 450,
    "account_status": "11",
    "payment_history_profile": "0" * 24,
    "current_balance": 9_000,
    "date_account_information": "2026-10-31",
    "date_last_payment": "2026-10-15",
    "interest_type_indicator": "F",
    "surname": "MADEUP",
    "first_name": "JANE",
    "middle_name": "Q",
    "social_security_number": 123_45_6789,
    "date_birth": "1985-05-31",
    "telephone_number": 5_550_100_200,
    "ecoa_code": "1",
    "country_code": "US",
    "first_line_address": "1 NOWHERE ST",
    "city": "NOWHERE",
    "state": "TX",
    "zip_code": "00000",
    "address_indicator": "Y",
    "residence_code": "R",
}
OTHER = {
    "surname": "MADEUP",
    "first_name": "JOHN",
    "social_security_number": 123_45_6780,
    "date_birth": "1984-02-29",
    "ecoa_code": "2",
}


def made(*, others: dict[str, list[dict[str, Any]]] | None = None, **changes: Any) -> dict[str, Any]:
    """A record without fault, with changes to its base segment and with other segments."""
    return {"base": {**SPOTLESS, **changes}, **(others or {})}


_DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(date.isoformat)


def values_of(slot: Slot) -> st.SearchStrategy[Any]:
    """Values that the slot can hold."""
    match slot.kind:
        case Kind.DATE:
            return st.none() | _DAYS
        case Kind.TIME:
            return st.tuples(_DAYS, st.times()).map(lambda at: f"{at[0]}T{at[1].isoformat('seconds')}")
        case kind if kind in DIGITS:
            return st.integers(0, 10**slot.length - 1)
        case Kind.CODE if slot.codes:
            return st.sampled_from(sorted(slot.codes))
        case _:
            return st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=slot.length)


def segments(segment: Segment) -> st.SearchStrategy[dict[str, Any]]:
    """Values of a whole segment; its marks and lengths are the writer's."""
    left_out = {"record_descriptor_word", "record_identifier", "segment_identifier", "processing_indicator"}
    return st.fixed_dictionaries(
        {
            slot.name: st.just("") if slot.name.startswith("reserved") else values_of(slot)
            for slot in segment.slots
            if slot.name not in left_out
        }
    )


BASES = segments(BASE).map(lambda found: found | {"correction_indicator": found["correction_indicator"] % 2})
RECORDS = st.builds(
    lambda base, rest: {"base": base} | {name: ones for name, ones in rest.items() if ones},
    BASES,
    st.fixed_dictionaries(
        {one.name: st.lists(segments(one), max_size=1 if one.name == "l1" else 2) for one in APPENDED.values()}
    ),
)
HEADERS = segments(HEADER)
