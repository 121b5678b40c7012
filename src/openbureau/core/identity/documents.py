"""Which papers prove who somebody is, and what is the one spelling of each number?

One row a kind: its words, whether it is a strong id (issued to one person or firm alone), and its form check.  Promises:
normalising twice equals normalising once; what has no valid form has no normal form; a check character catches every
wrong single digit where the kind has one.  Forms without a check character are said to have none.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from stdnum.iso7064 import mod_11_10
from stdnum.us import ssn

PROVINCES = frozenset(
    (
        *map(str, (11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46)),
        *map(str, (50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83)),
    )
)
"""The first two digits of every county code that GB/T 2260 ever had (retired codes too: a county that is gone keeps its
province), and 71, 81, 82, 83 of residents from Taiwan, Hong Kong and Macao."""
MADE_UP_PROVINCE = "99"
"""No province has this code: made-up people and firms carry it, so that none can be mistaken for a real one."""
FOREIGN = "9"
"""First digit of a foreigner's permanent residence card since 2023: then the province, then the state."""

_PERSON = re.compile(r"[0-9]{17}[0-9X]\Z")
_OLD_PERSON = re.compile(r"[0-9]{15}\Z")
_FIRM_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FIRM = re.compile(rf"[{_FIRM_ALPHABET}]{{18}}\Z")
_PERSON_WEIGHTS = tuple(pow(2, 17 - at, 11) for at in range(17))
_FIRM_WEIGHTS = tuple(pow(3, at, 31) for at in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION = re.compile(r"[0-9A-Z]{8}[0-9X]\Z")
_MILITARY = re.compile(r"([\u4e00-\u9fff]{1,2})字第?([0-9]{4,8})号?\Z")


def person_check(first17: str) -> str:
    """The check character of 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_PERSON_WEIGHTS, first17, strict=True))
    return "10X98765432"[total % 11]


def firm_check(first17: str) -> str:
    """The check character of the first 17 of a unified social credit code (GB 32100-2015)."""
    total = sum(weight * _FIRM_ALPHABET.index(char) for weight, char in zip(_FIRM_WEIGHTS, first17, strict=True))
    return _FIRM_ALPHABET[-total % 31]


def organisation_check(first8: str) -> str:
    """The check character of an organisation code (GB 11714)."""
    total = sum(weight * int(char, 36) for weight, char in zip(_ORGANISATION_WEIGHTS, first8, strict=True))
    return "0123456789X0"[11 - total % 11]


def _person(text: str) -> str | None:
    if _OLD_PERSON.match(text):
        text = f"{text[:6]}19{text[6:]}"
        text += person_check(text)
    if not _is_person(text) or (text[:2] not in PROVINCES and text[:2] != MADE_UP_PROVINCE):
        return None
    return text


def _is_person(text: str) -> bool:
    return _PERSON.match(text) is not None and person_check(text[:17]) == text[17] and born_on(text) is not None


def born_on(number: str) -> date | None:
    """The birth date inside a person's number, or None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _firm(text: str) -> str | None:
    return text if _FIRM.match(text) and firm_check(text[:17]) == text[17] else None


def _registration(text: str) -> str | None:
    """15 digits of the former registration number, the last by ISO 7064 MOD 11-10."""
    return text if _OLD_PERSON.match(text) and mod_11_10.is_valid(text) else None


def _organisation(text: str) -> str | None:
    return text if _ORGANISATION.match(text) and organisation_check(text[:8]) == text[8] else None


def _foreigner(text: str) -> str | None:
    """The card since 2023 (a checked number that begins with 9), or the 15 characters before it (form alone)."""
    if text.startswith(FOREIGN) and _is_person(text):
        return text if text[1:3] in PROVINCES or text[:2] == MADE_UP_PROVINCE else None
    return text if re.match(r"[A-Z]{3}[0-9]{12}\Z", text) else None


def _hong_kong_macao(text: str) -> str | None:
    """H or M and eight digits for life; two further digits count the cards and are dropped."""
    found = re.match(r"([HM][0-9]{8})([0-9]{2})?\Z", text)
    return found[1] if found else None


def _military(text: str) -> str | None:
    found = _MILITARY.match(text)
    return f"{found[1]}字第{found[2]}号" if found else None


def _social_security(text: str) -> str | None:
    return text if re.match(r"[0-9]{9}\Z", text) and ssn.is_valid(text) else None


def _form(pattern: str) -> Callable[[str], str | None]:
    whole = re.compile(rf"(?:{pattern})\Z")
    return lambda text: text if whole.match(text) else None


@dataclass(frozen=True, slots=True)
class Document:
    """One kind of paper: Chinese and English words, whether its number has a check character, and its normal form."""

    zh: str
    en: str
    is_checked: bool
    normal: Callable[[str], str | None]
    is_firm: bool = False


DOCUMENTS: dict[str, Document] = {
    "cn-id": Document("居民身份证号码", "resident identity number", True, _person),
    "cn-uscc": Document("统一社会信用代码", "unified social credit code", True, _firm, is_firm=True),
    "cn-passport": Document(
        "中国护照", "Chinese passport", False, _form("[EGDSP][0-9]{8}|[EDSPK][A-HJ-NP-Z][0-9]{7}|1[45][0-9]{7}")
    ),
    "passport": Document(
        "外国护照（前加签发国三字母）",
        "foreign passport, after the issuing state's three letters",
        False,
        _form("[A-Z]{3}[A-Z0-9]{5,12}"),
    ),
    "cn-hk-macao-permit": Document(
        "港澳居民来往内地通行证", "mainland travel permit for Hong Kong and Macao residents", False, _hong_kong_macao
    ),
    "cn-taiwan-permit": Document(
        "台湾居民来往大陆通行证", "mainland travel permit for Taiwan residents", False, _form("[0-9]{8}|[0-9]{10}")
    ),
    "cn-foreigner-permanent": Document(
        "外国人永久居留身份证", "foreigner's permanent residence card", False, _foreigner
    ),
    "cn-military": Document("军人证件", "military paper", False, _military),
    "cn-registration": Document("工商注册号", "former business registration number", True, _registration, is_firm=True),
    "cn-organisation": Document("组织机构代码", "organisation code", True, _organisation, is_firm=True),
    "us-ssn": Document("美国社会安全号码", "US social security number", False, _social_security),
}


@lru_cache(maxsize=8)  # the checks of one record ask for the same number again and again; no more than that is kept
def normal_number(kind: str, text: str) -> str | None:
    """The one spelling of a number of this kind, or None when it is none."""
    document = DOCUMENTS.get(kind)
    if document is None:
        return None
    text = "".join(unicodedata.normalize("NFKC", text).upper().replace("-", "").split())
    return document.normal(unicodedata.normalize("NFKC", text))


def related_number(kind: str, number: str) -> tuple[str, str] | None:
    """Another number that a firm's number contains: a unified code carries the organisation code in places 9 to 17."""
    inner = number[8:17]
    return ("cn-organisation", inner) if kind == "cn-uscc" and _organisation(inner) else None


def is_woman(number: str) -> bool:
    """The sex inside a person's number: the last digit of the serial is even."""
    return int(number[16]) % 2 == 0
