"""Does every packaged rule say where it comes from, in the words of its source?"""

import os
import re
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from openbureau.law.reader import load_law
from openbureau.law.rules import RULE_IDS, NoRule, Rule, Status, TypedRules

TODAY = date(2026, 11, 25)
ALL_DRAFTS = frozenset({"draft2025", "draft2026", "pipl2", "mldraft"})
UNITS = {
    "CNY", "CNY or percent of turnover", "audits", "bytes", "day", "days", "definition", "fen", "fen per household",
    "fen per report", "fen, or a third of mean income", "flags", "formula", "hour of day", "hours", "immediately",
    "inquiries", "list", "members", "months", "multiple of net assets", "multiple of one-year LPR", "people", "per year",
    "percent", "percent a year", "percent of all loans", "percent of net assets", "percent of tier-1 net capital",
    "period", "platforms", "points", "principle", "promptly", "reports a year", "requests a second", "right", "rule", "seconds",
    "sequence", "share", "share of all members", "test", "times", "working days", "years",
}  # fmt: skip
COUNTED = {"audits", "bytes", "days", "hours", "months", "seconds", "working days", "years", "fen per report"}
TEXTS = {
    "个人信息保护法": "个人信息保护法(2021-08-20).md",
    "征信业管理条例": "征信业管理条例(2013-01-21).md",
    "网络数据安全管理条例": "网络数据安全管理条例(2024-09-24).md",
}
LAW = load_law(drafts=ALL_DRAFTS)


VALUES = [rule for rule_id in LAW.ids for rule in LAW.history(rule_id)]
"""Each value of each rule, drafts too."""


@pytest.fixture(scope="module")
def law_texts() -> dict[str, str]:
    """The official texts by instrument; a skip with a message where they are absent."""
    root = Path(os.environ.get("OPENBUREAU_DATA", Path(__file__).parents[3] / "shared")) / "law_texts"
    if not root.is_dir():
        pytest.skip(f"the official texts are not at {root}; set OPENBUREAU_DATA to the folder that holds law_texts/")
    return {name: (root / file).read_text("utf-8") for name, file in TEXTS.items()}


@pytest.mark.parametrize("rule", VALUES, ids=lambda rule: f"{rule.id}@{rule.since}")
def test_every_value_is_cited(rule: Rule) -> None:
    """A value names instrument, number, article, words, source, grade, the day of the check, both labels and effect."""
    cited = rule.citation
    told = (
        cited.instrument_zh, cited.instrument_en, cited.number, cited.article, cited.source, cited.grade,
        rule.label_en, rule.label_zh, rule.effect, rule.topic,
    )  # fmt: skip
    assert all(told)
    assert bool(cited.quote) != bool(cited.gist)
    assert date(2026, 1, 1) <= cited.checked_on <= TODAY
    assert re.search(r"[\u4e00-\u9fff]", rule.label_zh)
    assert re.search(r"[A-Za-z]", rule.label_en)


@pytest.mark.parametrize("rule", VALUES, ids=lambda rule: f"{rule.id}@{rule.since}")
def test_units_are_known(rule: Rule) -> None:
    """A unit comes from the list, and what is counted is a whole number that is not negative."""
    assert rule.unit in UNITS
    if rule.unit in COUNTED:
        assert rule.number >= 0


def test_only_what_was_read_is_in_force() -> None:
    """In force is only what was read; house rules say so in status, instrument and grade alike."""
    for rule in VALUES:
        if rule.status is Status.IN_FORCE:
            assert rule.citation.grade in {"READ-FULL", "READ"}, rule.id
        is_house = {
            rule.status is Status.HOUSE,
            rule.citation.grade == "HOUSE",
            rule.citation.instrument_en == "openbureau house rule",
            rule.id.startswith("house."),
        }
        assert len(is_house) == 1, rule.id


def test_quotations_are_chinese() -> None:
    """A quotation is in the instrument's own language, and short."""
    for rule in VALUES:
        if rule.citation.quote:
            assert re.search(r"[\u4e00-\u9fff]", rule.citation.quote), rule.id
            assert len(rule.citation.quote) <= 250, rule.id


def test_quotations_occur_in_the_official_texts(law_texts: dict[str, str]) -> None:
    """Each quotation of the three laws at hand stands word for word in the article it names."""
    seen = 0
    for rule in VALUES:
        text = law_texts.get(rule.citation.instrument_zh)
        if text is None or not rule.citation.quote:
            continue
        assert _bare(rule.citation.quote) in _bare(text), rule.id
        seen += 1
    assert seen >= 90


def test_quotations_stand_in_the_article_they_name(law_texts: dict[str, str]) -> None:
    """The article in which the words stand is the article cited."""
    for rule in VALUES:
        text = law_texts.get(rule.citation.instrument_zh)
        if text is None or not rule.citation.quote or not rule.citation.article[:1].isdigit():
            continue
        parts = re.split(r"^第([一二三四五六七八九十百]+)条", text, flags=re.MULTILINE)
        articles = {_number(words): _bare(body) for words, body in zip(parts[1::2], parts[2::2], strict=True)}
        cited = [int(number) for number in re.findall(r"\d+", rule.citation.article)]
        assert any(_bare(rule.citation.quote) in articles.get(number, "") for number in cited), rule.id


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _number(words: str) -> int:
    """A Chinese number up to 199."""
    digits = {word: at for at, word in enumerate("零一二三四五六七八九")}
    total = 0
    for part in re.findall(r"([一二三四五六七八九]?)([百十])|([一二三四五六七八九])", words):
        total += digits[part[2]] if part[2] else (digits[part[0]] if part[0] else 1) * {"百": 100, "十": 10}[part[1]]
    return total


def test_the_rules_the_code_reckons_with_hold_today() -> None:
    """Each typed rule is there today, under its own id."""
    typed = LAW.on(TODAY).typed
    for field in fields(TypedRules):
        assert getattr(typed, field.name).id == RULE_IDS[field.name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("adverse_years", 5), ("free_reports", 2), ("dispute_days", 20), ("child_age", 14), ("credit_minor_age", 18),
        ("fee_person", 100), ("fee_firm", 900), ("fee_person_concession", 50), ("fee_firm_concession", 450),
        ("fee_window_person", 1), ("fee_window_firm", 30), ("report_months", 24), ("report_months_most", 60),
        ("consent_months_most", 12), ("inquiry_consent", True), ("negative_notice", True),
    ],
)  # fmt: skip
def test_the_numbers_a_jurist_would_check(name: str, value: object) -> None:
    """The numbers of today, one by one."""
    assert getattr(LAW.on(TODAY).typed, name).value == value


@pytest.mark.parametrize(
    ("day", "fen"),
    [("2016-01-01", 500), ("2018-12-31", 500), ("2019-01-01", 200), ("2025-06-30", 200), ("2025-07-01", 100)],
)
def test_a_value_holds_until_the_day_before_the_next(day: str, fen: int) -> None:
    """The fee of a report changes on its day, not before."""
    assert LAW.on(date.fromisoformat(day)).rule("fee.crc.personal").value == fen


def test_a_missing_rule_is_a_fault_with_day_and_cure() -> None:
    """Asking for a rule that does not hold names the rule and the day, and never gives a default."""
    with pytest.raises(NoRule, match=r"'pipl.minor.age' holds on 2021-10-31; ask for another day"):
        LAW.on(date(2021, 10, 31)).rule("pipl.minor.age")


def test_typed_rules_are_incomplete_before_their_day() -> None:
    """Before the tariff of 2025 the typed rules are a fault, not half a set."""
    with pytest.raises(NoRule, match=r"fee\.crc"):
        _ = LAW.on(date(2025, 6, 30)).typed


def test_number_refuses_what_is_no_number() -> None:
    """A truth value or a list is not taken for a number."""
    with pytest.raises(TypeError, match=r"crr\.inquiry\.consent"):
        _ = LAW.on(TODAY).rule("crr.inquiry.consent").number
