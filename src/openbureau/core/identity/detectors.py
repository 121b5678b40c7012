"""Does one file hold two lives, or do two files hold one life?

Pure: facts of one subject (or of a pair) in, scored reasons out.  No reason alone is a verdict, and no score changes a file:
it opens a case for the desk.  The reasons, their points and their harmless explanations are a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

MIXED_AT = 50
"""From this sum of points on a case of a mixed file is opened."""
SPLIT_AT = 60
"""From this sum on a case of a split file is opened."""
POINTS: dict[str, tuple[int, str, str]] = {
    "names-differ": (40, "同一档案出现不相近的姓名", "names were furnished that are not near each other"),
    "births-differ": (50, "同一档案出现不同的出生日期", "different birth dates were furnished"),
    "homes-apart": (30, "同期在不同省份有两笔住房贷款还款", "two home loans in two provinces are paid at the same time"),
    "lives-after-death": (60, "死亡日期之后仍有新开账户", "accounts were opened after the day of death"),
    "places-alternate": (40, "居住地区按月在两省之间交替", "the place of residence changes to and fro between two provinces"),
    "refs-many": (15, "同一机构以多个标识报送", "one furnisher uses several keys for this subject"),
    "same-phone": (30, "电话相同", "the same telephone"),
    "same-name": (25, "姓名相同或读音相同", "the same name, or the same in sound"),
    "same-birth": (20, "出生日期相同", "the same birth date"),
    "other-paper": (10, "证件种类不同（如护照与身份证）", "papers of different kinds (a passport and an identity card, say)"),
    "near-number": (25, "证件号码仅差一位", "the identity numbers differ in one place"),
    "inner-number": (50, "统一社会信用代码包含该组织机构代码", "the unified credit code contains this organisation code"),
    "account-goes-on": (35, "一方转出后另一方同额开户", "one side moved an account out, the other began one of that amount"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One sign, with its points."""

    code: str
    points: int


@dataclass(frozen=True, slots=True)
class Home:
    """A home loan in use: where, and from when until when (month numbers)."""

    region: str
    first_month: int
    last_month: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What a furnisher said of the subject at a time: province, and whether name and birth fit what is held."""

    month: int
    province: str | None
    has_other_name: bool = False
    has_other_birth: bool = False


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the detector of mixed files looks at."""

    seen: tuple[Seen, ...] = ()
    homes: tuple[Home, ...] = ()
    deceased_on: date | None = None
    opened_on: tuple[date, ...] = ()
    keys_of_one_furnisher: int = 1


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What the detector of split files looks at."""

    has_same_phone: bool
    has_same_name: bool
    has_same_birth: bool
    has_other_paper: bool
    is_near_number: bool
    has_inner_number: bool
    account_goes_on: bool


def _reasons(codes: Sequence[str]) -> tuple[Reason, ...]:
    return tuple(Reason(code, POINTS[code][0]) for code in codes)


def score(reasons: Sequence[Reason]) -> int:
    """The sum of points."""
    return sum(reason.points for reason in reasons)


def two_lives(facts: FileFacts) -> tuple[Reason, ...]:
    """The signs that one file holds two lives."""
    found = []
    if any(one.has_other_name for one in facts.seen):
        found.append("names-differ")
    if any(one.has_other_birth for one in facts.seen):
        found.append("births-differ")
    if any(_are_apart(one, other) for at, one in enumerate(facts.homes) for other in facts.homes[at + 1 :]):
        found.append("homes-apart")
    if facts.deceased_on is not None and any(day > facts.deceased_on for day in facts.opened_on):
        found.append("lives-after-death")
    if _alternates([one.province for one in sorted(facts.seen, key=lambda one: one.month) if one.province]):
        found.append("places-alternate")
    if facts.keys_of_one_furnisher > 1:
        found.append("refs-many")
    return _reasons(found)


def _are_apart(one: Home, other: Home) -> bool:
    overlap = min(one.last_month, other.last_month) - max(one.first_month, other.first_month)
    return one.region[:2] != other.region[:2] and overlap >= 2


def _alternates(places: Sequence[str]) -> bool:
    """To and fro: at least three changes between the same two places."""
    changes = [(a, b) for a, b in pairwise(places) if a != b]
    return any(sum({a, b} == pair for a, b in changes) >= 3 for pair in ({a, b} for a, b in changes))


def one_life(facts: PairFacts) -> tuple[Reason, ...]:
    """The signs that two files hold one life; none where nothing but telephone, birth and neighbouring numbers agree.

    Twins share all of these, and families the telephone: without the name, a contained number or an account that goes on
    there is no case.
    """
    if not (facts.has_same_name or facts.has_inner_number or facts.account_goes_on):
        return ()
    signs = {
        "same-phone": facts.has_same_phone,
        "same-name": facts.has_same_name,
        "same-birth": facts.has_same_birth,
        "other-paper": facts.has_other_paper,
        "near-number": facts.is_near_number,
        "inner-number": facts.has_inner_number,
        "account-goes-on": facts.account_goes_on,
    }
    return _reasons([code for code, holds in signs.items() if holds])
