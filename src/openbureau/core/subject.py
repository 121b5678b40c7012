"""Whose number and whose name is this?

Numbers of every kind of paper (`core/identity/documents.py`: the 15-digit form of a person's number is upgraded) and names
in one spelling for comparison.

Promises: normalising twice equals normalising once; what has no valid form has no normal form.
"""

import unicodedata
from datetime import date

from openbureau.core.identity.documents import (
    DOCUMENTS,
    MADE_UP_PROVINCE,
    born_on,
    firm_check,
    normal_number,
    person_check,
)
from openbureau.core.identity.names import DOTS

__all__ = [
    "FIRM_ID", "ID_KINDS", "MADE_UP_PROVINCE", "PERSON_ID", "US_PERSON_ID", "birthday", "born_on", "firm_check", "mask_id",
    "mask_name",
    "normalize_id", "normalize_name", "person_check",
]  # fmt: skip
PERSON_ID = "cn-id"
FIRM_ID = "cn-uscc"
US_PERSON_ID = "us-ssn"
ID_KINDS = tuple(DOCUMENTS)
_DOTS = DOTS | {ord("."): "·"}


def normalize_id(kind: str, text: str) -> str | None:
    """The one spelling of an identity number, or None when it is none."""
    return normal_number(kind, text)


def normalize_name(text: str) -> str:
    """A name in the spelling in which names are compared: NFKC, one kind of middle dot, no blanks, upper case."""
    folded = unicodedata.normalize("NFKC", text).translate(_DOTS).upper()
    return unicodedata.normalize("NFKC", "".join(folded.split()))


def birthday(born: date, years: int) -> date:
    """The day on which somebody born on `born` has lived `years` years (29 February counts as 1 March)."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def mask_name(name: str) -> str:
    """A name as strangers may see it: the last character, the rest hidden."""
    return "*" * max(len(name) - 1, 1) + name[-1:]


def mask_id(number: str) -> str:
    """An identity number as strangers may see it: first and last character."""
    return number[:1] + "*" * max(len(number) - 2, 0) + number[-1:]
