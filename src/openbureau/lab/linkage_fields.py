"""Which spelling of a name, a day, a telephone or an address is compared?

Turns plain records into columns for comparison: Latin names without case, accents and order, characters with their
reading in pinyin, days as eight digits, telephones as digits, addresses as house, street and the rest.

Promises: the same record gives the same columns, whatever the others are; what is empty or unreadable is absent, which
counts neither for nor against a match.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from openbureau.core.identity.pinyin import COMPOUND_SURNAMES, pinyin
from openbureau.core.subject import FIRM_ID, PERSON_ID, normalize_id

FIELDS = (
    "name", "given", "family", "birth", "id_kind", "id_number", "phone", "email", "house", "street", "building",
    "postcode", "place", "region", "occupation", "gender",
)  # fmt: skip
"""What a record may say, besides its key and its source."""
COLUMNS = (
    "name", "latin", "given", "reading", "family", "whole", "birth", "number", "sound", "phone", "email", "house",
    "street", "building", "postcode", "place", "region", "occupation", "gender",
)  # fmt: skip
"""What is compared.  `latin` is the name's reading without order, `reading` that of the given name, `whole` a name in Latin
letters that does not say which part is the surname, `sound` an identity number that passes the check of its kind."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_NOT_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
_DAY = re.compile(r"\s*(\d{4})\D?(\d{1,2})\D?(\d{1,2})\s*\Z")
_HOUSE = re.compile(r"\d+[a-z]?")
_SHORT = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr", "place": "pl", "court": "ct",
    "boulevard": "blvd", "crescent": "cres", "circuit": "cct", "lane": "ln", "parkway": "pkwy", "square": "sq",
    "terrace": "tce", "close": "cl", "north": "n", "south": "s", "east": "e", "west": "w", "saint": "st", "floor": "fl",
}  # fmt: skip


def words(text: str) -> list[str]:
    """The words of a text without case, accents and punctuation."""
    folded = unicodedata.normalize("NFKD", text).lower()
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", plain.replace("'", "")).split()


def day(text: str) -> str | None:
    """A day as eight digits, or None when it is not written as a day."""
    found = _DAY.match(text)
    return f"{found[1]}{int(found[2]):02d}{int(found[3]):02d}" if found else None


def telephone(text: str) -> str | None:
    """The digits of a telephone number without a country's prefix, or None when there are fewer than five."""
    digits = "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", text)))
    return digits[-11:] if len(digits) >= 5 else None


def characters(text: str) -> tuple[str, str] | None:
    """Surname and given name of a name in characters, or None when it is not in characters."""
    name = "".join(_HAN.findall(text))
    if len(name) < 2:
        return None
    at = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return name[:at], name[at:]


def _numbers(record: Mapping[str, Any]) -> dict[str, str | None]:
    """The identity number, and once more if it passes the check of its kind; one that does not may be a slip of the pen."""
    text, kind = _text(record, "id_number"), record.get("id_kind")
    if text is None:
        return {"number": None, "sound": None}
    sound = normalize_id(kind, text) if kind in {PERSON_ID, FIRM_ID} else None
    return {"number": sound or "".join(words(text)) or None, "sound": sound}


def _text(record: Mapping[str, Any], field: str) -> str | None:
    value = record.get(field)
    return None if value is None else str(value)


def _names(record: Mapping[str, Any]) -> dict[str, str | None]:
    """Name, its Latin form without order, given name and surname."""
    name, given, family = (_text(record, field) or "" for field in ("name", "given", "family"))
    split = characters(name or family + given)
    if split is not None:
        family, given = split
        reading = pinyin(given)
        latin = " ".join(sorted((pinyin(family), reading)))
        return {
            "name": family + given,
            "latin": latin,
            "family": family,
            "given": given,
            "reading": reading,
            "whole": None,
        }
    first, last = " ".join(words(given)) or None, " ".join(words(family)) or None
    joined = " ".join(sorted(words(name) or words(f"{family} {given}"))) or None
    whole = joined if first is None and last is None else None
    return {"name": joined, "latin": joined, "given": first, "reading": first, "family": last, "whole": whole}


def _address(record: Mapping[str, Any]) -> dict[str, str | None]:
    """House number and street; the number is taken out of the street where it has no field of its own."""
    parts = [_SHORT.get(word, word) for word in words(_text(record, "street") or "")]
    house = "".join(words(_text(record, "house") or "")) or None
    if house is None and "house" not in record:
        house = next((word for word in parts if _HOUSE.fullmatch(word)), None)
        if house is not None:
            parts.remove(house)
    return {"house": house, "street": " ".join(parts) or None}


def _mail(text: str) -> str | None:
    return text.strip().lower() or None


def _postcode(text: str) -> str | None:
    return "".join(words(text)) or None


_READ: dict[str, Callable[[str], str | None]] = {
    "birth": day, "phone": telephone, "email": _mail, "postcode": _postcode,
}  # fmt: skip
_PLAIN = ("building", "place", "region", "occupation", "gender")


def columns_of(record: Mapping[str, Any]) -> dict[str, str | None]:
    """The columns of one record."""
    made: dict[str, str | None] = dict.fromkeys(COLUMNS)
    made.update(_names(record))
    made.update(_numbers(record))
    if record.get("street") or record.get("house"):
        made.update(_address(record))
    for field in _PLAIN:
        if record.get(field):
            made[field] = " ".join(words(str(record[field]))) or None
    for field, read in _READ.items():
        if record.get(field):
            made[field] = read(str(record[field]))
    return made


def table_of(records: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """All records as columns, with `place_no` (their order by key), `key` and `source`.

    Sorted by source and key, so that the order in which records come says nothing.  Raises ValueError on a key that is
    missing or comes twice.
    """
    made: dict[str, list[Any]] = {name: [] for name in ("key", "source", *COLUMNS)}
    for record in sorted(records, key=lambda record: (str(record.get("source") or ""), str(record.get("key")))):
        key = record.get("key")
        if key is None:
            raise ValueError("a record has no key: give each one the key by which you will find it again")
        made["key"].append(str(key))
        made["source"].append(str(record.get("source") or ""))
        for name, value in columns_of(record).items():
            made[name].append(value)
    if len(set(made["key"])) != len(made["key"]):
        raise ValueError("a key comes twice: keys must tell records apart")
    return made
