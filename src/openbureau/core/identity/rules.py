"""By which published rules is a strong id decided on when the names differ, and when is a case of the desk decided?

The rules are a table: the first whose condition holds gives outcome and reasons.  `docs/specs/identity.md` is made from it,
and its digest stands in the event of every comparison.  Promises: without a strong id nothing is ever decided here; what
no rule matches goes to a person; and until then the record is held apart.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from openbureau.core.identity.detectors import MIXED_AT, POINTS, SPLIT_AT
from openbureau.core.identity.documents import DOCUMENTS
from openbureau.core.identity.names import Agreement, compare, normal_phone


class Ruling(StrEnum):
    """What a rule says of a record that carries a known strong id."""

    MATCH = "match"
    MATCH_WITH_FINDING = "match-with-finding"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What is compared of one side; only in memory."""

    name: str
    is_firm: bool = False
    phones: tuple[str, ...] = ()
    births: tuple[date, ...] = ()
    is_born_in_id: bool = False
    """The birth date stands inside the identity number, so that its agreeing says nothing new."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How two identities under the same strong id agree."""

    names: Agreement
    has_same_phone: bool
    has_same_birth: bool
    is_name_documented: bool
    """The new name was confirmed by papers at the desk, or decided on before."""

    @property
    def has_support(self) -> bool:
        """Does something besides number and name agree?"""
        return self.has_same_phone or self.has_same_birth


@dataclass(frozen=True, slots=True)
class Rule:
    """One published rule: id, condition in words and as code, outcome, reason."""

    rule_id: str
    ruling: Ruling
    holds: Callable[[Compared], bool]
    condition: tuple[str, str]
    reason: tuple[str, str]


RULES: tuple[Rule, ...] = (
    Rule(
        "name-same",
        Ruling.MATCH,
        lambda two: two.names is Agreement.SAME,
        (
            "证件号码与姓名均一致（繁简、全半角、间隔号、公司形式的写法视为一致）",
            "number and name agree (traditional forms, width, middle dots and spellings of legal forms count as agreeing)",
        ),
        ("同一主体", "the same subject"),
    ),
    Rule(
        "name-documented",
        Ruling.MATCH,
        lambda two: two.is_name_documented,
        ("该姓名此前已凭证件核实或已经裁定", "this name was confirmed by papers or decided on before"),
        ("更名已有证明", "the change of name is proved"),
    ),
    Rule(
        "name-order",
        Ruling.MATCH,
        lambda two: two.names is Agreement.SAME_ORDERED,
        ("拉丁字母姓名的各部分相同，仅次序不同", "the parts of the Latin name are the same in another order"),
        ("姓与名的次序因习惯而异", "family name first or last is a custom, not a difference"),
    ),
    Rule(
        "name-sound",
        Ruling.MATCH_WITH_FINDING,
        lambda two: two.names is Agreement.SAME_SOUND and two.has_support,
        (
            "读音（拼音）相同，且电话或号码之外的出生日期一致",
            "the same in sound (pinyin), and phone or a birth date outside the number agrees",
        ),
        ("拼音写法或同音误录", "a pinyin spelling, or another character of the same sound"),
    ),
    Rule(
        "name-shape",
        Ruling.MATCH_WITH_FINDING,
        lambda two: two.names is Agreement.SIMILAR_SHAPE and two.has_support,
        (
            "仅有形近字不同，且电话或号码之外的出生日期一致",
            "only characters of similar shape differ, and phone or a birth date outside the number agrees",
        ),
        ("形近字误录", "a character of similar shape was written"),
    ),
    Rule(
        "name-typo",
        Ruling.MATCH_WITH_FINDING,
        lambda two: two.names is Agreement.ONE_CHARACTER and two.has_support,
        (
            "仅一字之差，且电话或号码之外的出生日期一致",
            "one character differs, and phone or a birth date outside the number agrees",
        ),
        ("录入差错", "a slip in writing"),
    ),
    Rule(
        "name-branch",
        Ruling.HOLD,
        lambda two: two.names is Agreement.BRANCH,
        ("同一企业的总机构与分支机构共用一个号码", "head office and branch of one firm under one number"),
        ("分支机构应有自己的号码，由人工核对", "a branch has a number of its own: a person looks"),
    ),
    Rule(
        "name-unsupported",
        Ruling.HOLD,
        lambda two: two.names in {Agreement.SAME_SOUND, Agreement.SIMILAR_SHAPE, Agreement.ONE_CHARACTER},
        ("姓名相近，但没有其他一致之处", "the names are near, and nothing else agrees"),
        ("仅凭姓名相近不足以认定", "a near name alone decides nothing"),
    ),
    Rule(
        "name-other",
        Ruling.HOLD,
        lambda _: True,
        ("证件号码一致而姓名不同", "the number agrees and the name is another"),
        ("可能是更名、冒用或号码误录，由人工核对", "renamed, stolen or mistyped: a person looks"),
    ),
)


def rules_digest() -> str:
    """SHA-256 (hex) of the table as published."""
    rows = [f"{rule.rule_id}|{rule.ruling}|{rule.condition}|{rule.reason}" for rule in RULES]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def compare_identities(held: Identity, given: Identity, *, is_name_documented: bool = False) -> Compared:
    """How what is given agrees with what is held under the same strong id."""
    phones = [{normal_phone(phone) for phone in one.phones} - {None} for one in (held, given)]
    return Compared(
        compare(held.name, given.name, is_firm=held.is_firm and given.is_firm),
        bool(phones[0] & phones[1]),
        not held.is_born_in_id and bool(set(held.births) & set(given.births)),
        is_name_documented,
    )


def decide(compared: Compared) -> Rule:
    """The first rule that holds."""
    return next(rule for rule in RULES if rule.holds(compared))


class Choice(StrEnum):
    """What a reviewer may say of a case."""

    LINK = "link"
    APART = "apart"
    PAPERS = "papers"


class Standing(StrEnum):
    """Where a case of the desk stands."""

    OPEN = "open"
    SECOND = "second"
    ESCALATED = "escalated"
    PAPERS = "papers"
    LINKED = "linked"
    KEPT_APART = "kept-apart"


_ENDS = {Choice.LINK: Standing.LINKED, Choice.APART: Standing.KEPT_APART, Choice.PAPERS: Standing.PAPERS}
MOST_OPINIONS = 3


def standing(choices: Sequence[Choice], *, needs_two: bool) -> Standing:
    """Where a round of decisions stands: one decides, or two who agree; else a third; without two alike it stays up."""
    if not choices:
        return Standing.OPEN
    if not needs_two:
        return _ENDS[choices[0]]
    for choice in choices:
        if choices.count(choice) > 1:
            return _ENDS[choice]
    return Standing.SECOND if len(choices) == 1 else Standing.ESCALATED


def may_decide(reviewer: str, reviewers: Sequence[str], where: Standing) -> bool:
    """May this reviewer decide now?  Nobody twice in a round; after three opinions without agreement nobody of the desk."""
    is_waiting = where in {Standing.OPEN, Standing.SECOND, Standing.ESCALATED}
    return is_waiting and reviewer not in reviewers and len(reviewers) < MOST_OPINIONS


def page() -> str:
    """The published page: papers, rules, signs of mixed and split files, who decides; made from the tables."""
    papers = [
        f"| `{name}` | {one.zh} | {one.en} | {'yes' if one.is_checked else 'no'} |" for name, one in DOCUMENTS.items()
    ]
    rules = [
        f"| `{rule.rule_id}` | {rule.ruling.value} | {rule.condition[1]} | {rule.reason[1]} | "
        f"{rule.condition[0]}。{rule.reason[0]}。 |"
        for rule in RULES
    ]
    signs = [f"| `{code}` | {points} | {en} | {zh} |" for code, (points, zh, en) in POINTS.items()]
    return _PAGE.format(
        papers="\n".join(papers),
        rules="\n".join(rules),
        signs="\n".join(signs),
        digest=rules_digest(),
        mixed=MIXED_AT,
        split=SPLIT_AT,
    )


_PAGE = """# Whose record is it?

Made from `core/identity` by `./dev docs`; why: [decision 0017](../decisions/0017-identity.md).

## Papers

A number counts in its one spelling (width, blanks and hyphens do not matter). Where the kind has a check character, one
wrong digit makes it no number; the others are checked for their form alone. A 15-digit identity number is its 18-digit form.

| kind | 中文 | English | check character |
|---|---|---|---|
{papers}

## A known number under another name

The first rule that holds decides. `hold`: the record becomes a subject of its own, unlinked, with a case for the desk; no
report is given on the number to anybody until it is decided. The digest of this table stands in the event of each comparison.

Digest: `{digest}`

| rule | outcome | condition | reason | 中文 |
|---|---|---|---|---|
{rules}

Without a common strong id nothing is ever linked by a rule: the linkage proposes, a reviewer decides.

## Signs of a mixed or a split file

A case of a mixed file is opened from {mixed} points, of a split file from {split}. A score changes no file.

| sign | points | English | 中文 |
|---|---|---|---|
{signs}

## Who decides

One reviewer; two who do not see each other's opinion where either file holds adverse information or somebody says that the
number was stolen. Two who differ call a third; without two alike the case goes to the committee. Asking for papers opens a
new round. One reviewer alone may end a link, with a reason: each file is then what it was, and nothing of one stands in the
other. Each look is a `staff-view` event in each person's chain, each link and each undo an event in both.
"""
