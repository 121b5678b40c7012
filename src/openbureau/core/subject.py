"""Whose number and whose name is this?

Identity numbers of natural persons (GB 11643: 17 digits and an ISO 7064 MOD 11-2 check character; the 15-digit form is
upgraded), unified social credit codes of firms (GB 32100), and social security numbers of the United States.  Names in one
spelling for comparison.

Promises: normalising twice equals normalising once; what has no valid form has no normal form.
"""

import re
import unicodedata
from datetime import date

from stdnum.exceptions import ValidationError
from stdnum.us import ssn

PERSON_ID = "cn-id"
FIRM_ID = "cn-uscc"
US_PERSON_ID = "us-ssn"
ID_KINDS = (PERSON_ID, FIRM_ID, US_PERSON_ID)
MADE_UP_PROVINCE = "99"
"""No province has this code: made-up people and firms carry it, so that none can be mistaken for a real one."""

_PERSON = re.compile(r"[0-9]{17}[0-9X]\Z")
_OLD_PERSON = re.compile(r"[0-9]{15}\Z")
_FIRM_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FIRM = re.compile(rf"[{_FIRM_ALPHABET}]{{18}}\Z")
_PERSON_WEIGHTS = tuple(pow(2, 17 - at, 11) for at in range(17))
_FIRM_WEIGHTS = tuple(pow(3, at, 31) for at in range(17))
_DOTS = str.maketrans(dict.fromkeys("·•・‧∙.．", "·"))


def person_check(first17: str) -> str:
    """The check character of 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_PERSON_WEIGHTS, first17, strict=True))
    return "10X98765432"[total % 11]


def firm_check(first17: str) -> str:
    """The check character of the first 17 of a unified social credit code (GB 32100-2015)."""
    total = sum(weight * _FIRM_ALPHABET.index(char) for weight, char in zip(_FIRM_WEIGHTS, first17, strict=True))
    return _FIRM_ALPHABET[-total % 31]


def normalize_id(kind: str, text: str) -> str | None:
    """The one spelling of an identity number, or None when it is none."""
    text = unicodedata.normalize("NFKC", text).strip().upper().replace(" ", "").replace("-", "")
    if kind == PERSON_ID:
        return _normal_person(text)
    if kind == US_PERSON_ID:
        return _normal_us_person(text)
    if kind == FIRM_ID and _FIRM.match(text) and firm_check(text[:17]) == text[17]:
        return text
    return None


def _normal_person(text: str) -> str | None:
    if _OLD_PERSON.match(text):
        text = f"{text[:6]}19{text[6:]}"
        text += person_check(text)
    if not _PERSON.match(text) or person_check(text[:17]) != text[17] or born_on(text) is None:
        return None
    return text


def _normal_us_person(text: str) -> str | None:
    """Nine digits of a social security number that was or can be given: it has no check digit."""
    try:
        return str(ssn.validate(text)) if text.isascii() else None
    except ValidationError:
        return None


def born_on(number: str) -> date | None:
    """The birth date inside a person's number, or None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


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
