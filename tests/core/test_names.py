"""Names and telephones: when do two agree, and how?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.core.identity.detectors import FileFacts, Home, PairFacts, Seen, one_life, score, two_lives
from openbureau.core.identity.names import (
    Agreement,
    compare,
    differing,
    name_keys,
    normal_phone,
    plain_name,
    split_branch,
)
from openbureau.core.identity.rules import (
    RULES,
    Choice,
    Compared,
    Identity,
    Ruling,
    Standing,
    compare_identities,
    decide,
    may_decide,
    standing,
)

NAMES = st.one_of(st.text(max_size=12), st.text("张章王伟未末炜小晓明·•. Zhang", max_size=6))


@given(NAMES)
def test_plain_names_are_idempotent(text: str) -> None:
    """Once plain, always plain."""
    assert plain_name(plain_name(text)) == plain_name(text)


@given(NAMES, NAMES)
def test_comparing_has_no_left_and_no_right(one: str, other: str) -> None:
    """The same answer both ways, and every name agrees with itself."""
    assert compare(one, other) is compare(other, one)
    assert compare(one, one) is Agreement.SAME
    for side, marks in zip((one, other), differing(one, other), strict=True):
        assert "".join(character for character, _ in marks) == side
    kept = [[character for character, differs in marks if not differs] for marks in differing(one, other)]
    assert kept[0] == kept[1]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("张伟", "張偉", "same"), ("阿依·古丽", "阿依•古丽", "same"), ("阿依.古丽", "阿依·古丽", "same"),
        ("阿依．古丽", "阿依·古丽", "same"), ("J. Smith", "J Smith", "same"), ("ＺＨＡＮＧ　Ｗｅｉ", "zhang wei", "same"),
        ("José", "JOSE", "same"), ("Zhang Wei", "Wei, Zhang", "same-ordered"), ("Ouyang Xiu", "OU YANG XIU", "same-ordered"),
        ("张伟", "Zhang Wei", "same-sound"), ("张伟", "WEI ZHANG", "same-sound"), ("欧阳修", "Xiu Ouyang", "same-sound"),
        ("章伟", "张伟", "same-sound"), ("曾祥", "CENG XIANG", "same-sound"), ("张末", "张未", "similar-shape"),
        ("张小明", "张大明", "one-character"), ("张小明", "张小", "one-character"),
        ("Jon Smith", "John Smith", "one-character"),
        ("王芳", "李芳", "different"), ("张伟", "Li Wei", "different"), ("龘龘", "Da Da", "different"), ("", "张", "different"),
        ("王芳", "王强", "different"), ("Li", "Le", "different"),
    ],
)  # fmt: skip
def test_people(one: str, other: str, found: str) -> None:
    """Characters, pinyin, Latin order, width, accents, sound, shape, a slip; and what is another name."""
    assert compare(one, other).value == found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("虚构有限责任公司", "虚构有限公司", "same"),
        ("虚构有限公司上海分公司", "虚构有限公司（上海分公司）", "same"),
        ("Foo Co., Ltd. Shanghai Branch", "Shanghai Branch of Foo Company Limited", "same"),
        ("虚构有限公司", "虚构有限公司上海分公司", "branch"),
        ("虚构有限公司北京分公司", "虚构有限公司上海分公司", "branch"),
        ("虚构星辰有限公司", "虚构星晨有限公司", "one-character"),
        ("甲公司", "乙公司", "different"),
        ("Foo Inc", "Bar Inc", "different"),
    ],
)
def test_firms(one: str, other: str, found: str) -> None:
    """Spellings of the legal form are one; a branch is not its head office."""
    assert compare(one, other, is_firm=True).value == found


def test_branches_are_told_apart() -> None:
    """Head office and branch, in both languages; none where none is named."""
    assert split_branch("虚构银行股份有限公司杭州支行") == ("虚构银行股份公司", "杭州支行")
    assert split_branch("虚构有限公司") == ("虚构有限公司", "")


def test_keys_meet() -> None:
    """Two spellings of one name share a key; two names do not."""
    assert name_keys("张伟") & name_keys("Wei Zhang")
    assert name_keys("Zhang Wei") & name_keys("WEI ZHANG")
    assert not name_keys("张伟") & name_keys("李娜")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("+86 138 0013 8000", "13800138000"), ("0086-13800138000", "13800138000"), ("8613800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"), ("(010) 6552-1234", "01065521234"), ("+86 10 65521234", "01065521234"),
        ("0755-1234567", "07551234567"), ("+1 (212) 555-0100", "+12125550100"), ("12", None), ("23800138000", None), ("", None),
    ],
)  # fmt: skip
def test_telephones(text: str, normal: str | None) -> None:
    """Eleven digits, landlines with area code, other countries with a plus; nothing else."""
    assert normal_phone(text) == normal


@given(st.text("+0123456789 -()", max_size=18))
def test_telephones_are_idempotent(text: str) -> None:
    """Once normal, always normal."""
    once = normal_phone(text)
    assert once is None or normal_phone(once) == once


EVERY = [
    Compared(names, phone, birth, known)
    for names in Agreement
    for phone in (False, True)
    for birth in (False, True)
    for known in (False, True)
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_each_rule_is_needed(rule: object) -> None:
    """Without it something would be decided otherwise, or for another reason."""
    others = [one for one in RULES if one is not rule]
    assert any(
        decide(two) is rule and next((one for one in others if one.holds(two)), None) is not rule for two in EVERY
    )


@pytest.mark.parametrize("two", EVERY, ids=str)
def test_nothing_is_decided_on_a_different_name(two: Compared) -> None:
    """A different name, and a near one without support, is held; every rule says so in both languages."""
    rule = decide(two)
    is_near = two.names in {Agreement.SAME_SOUND, Agreement.SIMILAR_SHAPE, Agreement.ONE_CHARACTER}
    is_match = (
        two.names in {Agreement.SAME, Agreement.SAME_ORDERED} or two.is_name_documented or (is_near and two.has_support)
    )
    assert (rule.ruling is not Ruling.HOLD) == is_match
    assert all((*rule.condition, *rule.reason))


def test_a_birth_inside_the_number_supports_nothing() -> None:
    """It always agrees where the number does."""
    from datetime import date

    born = (date(1988, 2, 14),)
    held, given_ = Identity(name="张明", births=born, is_born_in_id=True), Identity(name="张名", births=born)
    assert decide(compare_identities(held, given_)).ruling is Ruling.HOLD
    held = Identity(name="张明", births=born)
    assert decide(compare_identities(held, given_)).ruling is Ruling.MATCH_WITH_FINDING


L, A, P = Choice.LINK, Choice.APART, Choice.PAPERS


@pytest.mark.parametrize(
    ("choices", "needs_two", "found"),
    [
        ([], False, Standing.OPEN), ([L], False, Standing.LINKED), ([P], False, Standing.PAPERS), ([L], True, Standing.SECOND),
        ([L, L], True, Standing.LINKED), ([A, A], True, Standing.KEPT_APART), ([L, A], True, Standing.ESCALATED),
        ([L, A, A], True, Standing.KEPT_APART), ([L, A, P], True, Standing.ESCALATED), ([], True, Standing.OPEN),
    ],
)  # fmt: skip
def test_standing(choices: list[Choice], needs_two: bool, found: Standing) -> None:
    """One, two alike, a third; three who all differ stay above the desk."""
    assert standing(choices, needs_two=needs_two) is found
    assert may_decide("x", [], found) == (found in {Standing.OPEN, Standing.SECOND, Standing.ESCALATED})
    assert not may_decide("x", ["x"], found)
    assert not may_decide("x", ["a", "b", "c"], found)


def test_two_lives() -> None:
    """Each sign alone is seen; one that is consistent gives none."""
    from datetime import date

    here, there = Home("440103", 10, 30), Home("230102", 20, 40)
    signs = {
        "names-differ": FileFacts(seen=(Seen(1, None, has_other_name=True),)),
        "births-differ": FileFacts(seen=(Seen(1, None, has_other_birth=True),)),
        "homes-apart": FileFacts(homes=(here, there)),
        "lives-after-death": FileFacts(deceased_on=date(2020, 1, 1), opened_on=(date(2020, 1, 2),)),
        "places-alternate": FileFacts(seen=tuple(Seen(at, "44" if at % 2 else "23") for at in range(4))),
        "refs-many": FileFacts(keys_of_one_furnisher=2),
    }
    for code, facts in signs.items():
        assert [reason.code for reason in two_lives(facts)] == [code]
    moved = FileFacts(
        seen=(Seen(1, "44"), Seen(2, "44"), Seen(3, "23")),
        homes=(here, Home("440199", 15, 40), Home("230102", 40, 60)),
        deceased_on=date(2020, 1, 2),
        opened_on=(date(2020, 1, 2),),
    )
    assert two_lives(moved) == ()


def test_one_life_needs_more_than_a_household() -> None:
    """Twins share telephone, birth and neighbouring numbers; a name makes it a case, a telephone alone never does."""
    names = (
        "has_same_phone",
        "has_same_name",
        "has_same_birth",
        "has_other_paper",
        "is_near_number",
        "has_inner_number",
    )

    def facts(*true: str) -> PairFacts:
        return PairFacts(**{name: name in true for name in (*names, "account_goes_on")})

    assert one_life(facts("has_same_phone", "has_same_birth", "is_near_number")) == ()
    assert score(one_life(facts("has_same_phone", "has_same_name", "has_same_birth"))) == 75
    assert score(one_life(facts("has_same_phone", "has_same_name"))) < 60
    assert one_life(facts("has_inner_number"))
    assert one_life(facts("account_goes_on"))
