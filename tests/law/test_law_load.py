"""Does each mistake in a law file fail at load, with file, line and cure?"""

from datetime import date

import pytest

from law.packs import HEAD, law_with, value
from openbureau.law.reader import load_law, pack_digest, read_pack
from openbureau.law.strict_yaml import LawError

GOOD = HEAD + value("2020-01-01")


def _swap(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


MISTAKES: dict[str, tuple[str, str]] = {
    "unknown key of a rule": (
        _swap('  effect: "None"\n', '  effect: "None"\n  efect: "x"\n'),
        "line 5:.*unknown key 'efect'",
    ),
    "unknown key of a value": (
        _swap("      source: S-TRIAL\n", "      source: S-TRIAL\n      note: x\n"),
        "line 13:.*unknown key 'note'",
    ),
    "duplicate key of a rule": (
        _swap('  unit: "days"\n', '  unit: "days"\n  unit: "days"\n'),
        "line 4: the key 'unit' stands here a second time",
    ),
    "duplicate key of a value": (
        _swap("      value: 1\n", "      value: 1\n      value: 2\n"),
        "line 8: the key 'value' stands",
    ),
    "duplicate rule": (GOOD + GOOD, "line 15: the key 'trial.rule' stands here a second time"),
    "duplicate day": (GOOD + value("2020-01-01", 2), "line 15: the key '2020-01-01' stands"),
    "the same day in another spelling": (GOOD + value('"20200101"', 2), "line 2:.*the days of the values must rise"),
    "days that overlap": (GOOD + value("2019-01-01", 2), "line 2:.*the days of the values must rise"),
    "an end before the newest value": (
        _swap('  effect: "None"\n', '  effect: "None"\n  valid_to: 2019-12-31\n'),
        "line 5:.*valid_to lies before 2020-01-01",
    ),
    "an end that is no day": (
        _swap('  effect: "None"\n', '  effect: "None"\n  valid_to: soon\n'),
        "line 5:.*valid_to is a day",
    ),
    "a start that is no day": (_swap("2020-01-01", '"2020-13-01"'), "line 6:.*'2020-13-01' is not a day"),
    "a start that is a year": (_swap("2020-01-01", "2020"), "line 6: a key must be text"),
    "no article": (_swap('      article: "1"\n', ""), "line 7:.*article is missing"),
    "no instrument": (_swap("      instrument: crr\n", ""), "line 7:.*instrument is missing"),
    "no source": (_swap("      source: S-TRIAL\n", ""), "line 7:.*source is missing"),
    "no grade": (_swap("      grade: READ-FULL\n", ""), "line 7:.*grade is missing"),
    "no day of check": (_swap("      checked_on: 2026-11-24\n", ""), "line 7:.*checked_on is missing"),
    "no status": (_swap("      status: in_force\n", ""), "line 7:.*status is missing"),
    "no value": (_swap("      value: 1\n", ""), "line 7:.*value is missing"),
    "no words": (_swap('      gist: "A made-up rule."\n', ""), "line 6:.*quote.*gist.*one of them"),
    "empty words": (_swap('      gist: "A made-up rule."\n', '      gist: ""\n'), "line 6:.*one of them"),
    "both kinds of words": (
        _swap('      gist: "A made-up rule."\n', '      gist: "x"\n      quote: "y"\n'),
        "line 6:.*one of them",
    ),
    "words that are no text": (_swap('gist: "A made-up rule."', "gist: 7"), "line 11:.*gist must be text"),
    "an article that is no text": (_swap('article: "1"', "article: 1"), "line 10:.*article must be text"),
    "a unit that is no text": (_swap('unit: "days"', "unit: 3"), "line 3:.*unit must be text"),
    "no unit": (_swap('  unit: "days"\n', ""), "line 2:.*unit is missing"),
    "no effect": (_swap('  effect: "None"\n', ""), "line 2:.*effect is missing"),
    "no label": (_swap('  label: {en: "A trial", zh: "试验"}\n', ""), "line 2:.*label is missing"),
    "a label in one language": (_swap(', zh: "试验"', ""), "line 2:.*a label has en and zh"),
    "no values": (HEAD.replace("values:", "values: {}"), "line 5:.*values are a mapping"),
    "a value that is no mapping": (HEAD + "    2020-01-01: 5\n", "line 6:.*a value is a mapping"),
    "a rule that is no mapping": (GOOD + "trial.other: 5\n", "line 15: trial.other: a rule is a mapping"),
    "an unknown instrument": (_swap("instrument: crr", "instrument: xyz"), "line 6:.*no instrument 'xyz'"),
    "an instrument that is no text": (
        _swap("instrument: crr", "instrument: [crr]"),
        "line 9:.*instrument must be text",
    ),
    "an unknown status": (_swap("status: in_force", "status: in-force"), "line 6:.*unknown status 'in-force'"),
    "in force though not read": (_swap("grade: READ-FULL", "grade: SNIPPET"), r"line 6:.*only what was read"),
    "a check that is no day": (_swap("2026-11-24", "yesterday"), "line 14:.*checked_on is a day"),
    "a check with a time of day": (_swap("2026-11-24", "2026-11-24T10:00:00Z"), "line 14:.*checked_on is a day"),
    "a bare on": (_swap('  effect: "None"\n', '  effect: "None"\n  on: 3\n'), "line 5: a key must be text"),
    "no YAML": (GOOD + "  {{{\n", "line 16: not YAML"),
    "a Python object": (_swap("value: 1", "value: !!python/name:os.system"), "line 7: not YAML"),
    "a list of rules": ("- 1\n- 2\n", "line 1: a law file is a mapping"),
    "an empty file": ("", "line 1: a law file is a mapping"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_fails_with_file_and_line(name: str) -> None:
    """The message begins with the file, then says the line and what is wrong."""
    text, told = MISTAKES[name]
    with pytest.raises(LawError, match=rf"^trial\.yaml: {told}"):
        law_with(text)


def test_the_text_without_a_mistake_loads() -> None:
    """The text all mistakes are planted in is itself good."""
    found = law_with(GOOD).on(date(2020, 1, 1)).rule("trial.rule")
    assert (found.number, found.unit, found.until) == (1, "days", None)


def test_one_rule_in_two_files_fails() -> None:
    """The second file and its line are named, and the first file."""
    with pytest.raises(LawError, match=r"^trial\.yaml: line 1: the rule crr\.inquiry\.consent stands in inquiry\.yaml"):
        law_with(GOOD.replace("trial.rule", "crr.inquiry.consent"))


@pytest.mark.parametrize("key", ["zh", "en", "number"])
def test_an_instrument_has_both_names_and_a_number(key: str) -> None:
    """An instrument without one of them fails at its line."""
    entry = {"zh": '"试"', "en": '"T"', "number": '"1"'}
    text = "trial:\n" + "".join(f"  {name}: {word}\n" for name, word in entry.items() if name != key)
    pack = read_pack("cn")
    lines = pack["instruments.yaml"].count("\n") + 1
    with pytest.raises(LawError, match=rf"^instruments\.yaml: line {lines}: trial: an instrument has"):
        load_law(pack=pack | {"instruments.yaml": pack["instruments.yaml"] + text})


def test_a_rule_the_code_needs_cannot_be_left_out() -> None:
    """A pack without a topic that the code reckons with fails and names the rules."""
    pack = {name: text for name, text in read_pack("cn").items() if name != "retention.yaml"}
    with pytest.raises(LawError, match=r"no file has: crr\.negative\.retention_years"):
        load_law(pack=pack)


def test_an_unknown_regime_fails() -> None:
    """Only packaged regimes load."""
    with pytest.raises(LawError, match="no regime 'xx' is packaged"):
        load_law("xx")


def test_a_gap_is_a_fault_when_asked_for() -> None:
    """After `valid_to` nothing holds: neither the old value nor a default."""
    law = law_with(GOOD.replace('  effect: "None"\n', '  effect: "None"\n  valid_to: 2020-06-30\n'))
    assert law.on(date(2020, 6, 30)).rule("trial.rule").number == 1
    with pytest.raises(LookupError, match="2020-07-01"):
        law.on(date(2020, 7, 1)).rule("trial.rule")


def test_a_draft_is_loaded_only_when_chosen() -> None:
    """A rule that has only a draft value is not there until its instrument is named."""
    text = HEAD + value("2020-01-01", status="draft", instrument="draft2026", grade="SNIPPET")
    assert law_with(text).history("trial.rule") == ()
    chosen = law_with(text, drafts=frozenset({"draft2026"}))
    assert chosen.on(date(2021, 1, 1)).rule("trial.rule").status == "draft"


def test_a_draft_not_chosen_ends_nothing() -> None:
    """A later draft, not chosen, leaves no gap behind the value in force; chosen, it follows it."""
    text = GOOD + value("2022-01-01", 2, status="draft", instrument="draft2026") + value("2024-01-01", 3)
    in_force = law_with(text)
    assert in_force.on(date(2023, 1, 1)).rule("trial.rule").number == 1
    assert in_force.history("trial.rule")[0].until == date(2023, 12, 31)
    chosen = law_with(text, drafts=frozenset({"draft2026"}))
    assert [rule.until for rule in chosen.history("trial.rule")] == [date(2021, 12, 31), date(2023, 12, 31), None]


def test_an_unknown_draft_is_not_passed_over() -> None:
    """A misspelt choice fails instead of choosing nothing."""
    with pytest.raises(LawError, match="no instrument is called draft2027"):
        load_law(drafts=frozenset({"draft2027"}))


@pytest.mark.parametrize("draft", ["draft2025", "draft2026", "pipl2", "mldraft"])
def test_packaged_drafts_load_only_when_chosen(draft: str) -> None:
    """Choosing a draft adds rules, all of that draft, and changes none in force."""
    plain, chosen = load_law(), load_law(drafts=frozenset({draft}))
    added = set(chosen.ids) - set(plain.ids)
    assert added
    assert all(rule.status in {"draft", "lapsed_draft"} for rule_id in added for rule in chosen.history(rule_id))
    assert all(chosen.history(rule_id) == plain.history(rule_id) for rule_id in plain.ids)


def test_no_draft_is_law_by_default() -> None:
    """The pack as loaded without a choice holds no draft at all."""
    plain = load_law()
    assert not [rule for i in plain.ids for rule in plain.history(i) if rule.status in {"draft", "lapsed_draft"}]


def test_the_digest_names_one_set() -> None:
    """Any changed byte, name or file gives another digest; the order of files does not."""
    pack = read_pack("cn")
    digest = pack_digest(pack)
    assert digest == pack_digest(dict(reversed(pack.items()))) == load_law().digest
    changed = [pack | {name: text + "\n"} for name, text in pack.items()]
    moved = {("x" + name if name == "house.yaml" else name): text for name, text in pack.items()}
    fewer = {name: text for name, text in pack.items() if name != "house.yaml"}
    digests = {pack_digest(other) for other in (*changed, moved, fewer)}
    assert digest not in digests
    assert len(digests) == len(pack) + 2
