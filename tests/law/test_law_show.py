"""Is the law told as it is, for its day, in both languages?"""

import json
from datetime import date

import pytest

from openbureau.law.reader import load_law
from openbureau.law.rules import NoRule
from openbureau.law.show import diff_row, render_diff, render_show, show

LAW = load_law()
TODAY = date(2026, 11, 24)


def test_a_topic_shows_value_and_citation() -> None:
    """`retention` of today has the five years with the words of Art. 16."""
    rows = {row["id"]: row for row in show(LAW, "retention", TODAY)}
    row = rows["crr.negative.retention_years"]
    assert (row["value"], row["unit"], row["status"]) == (5, "years", "in_force")
    assert row["citation"]["article"] == "16"
    assert "保存期限" in row["citation"]["quote"]
    assert json.loads(json.dumps(rows)) == rows


def test_a_rule_can_be_shown_alone() -> None:
    """A rule's own id shows that rule and no other."""
    assert [row["id"] for row in show(LAW, "dispute.response_days", TODAY)] == ["dispute.response_days"]


def test_a_day_without_a_rule_fails() -> None:
    """Before the first rule there is nothing to show; the message names the first day."""
    with pytest.raises(NoRule, match="no rule of 'retention' holds on 2013-03-14; the first holds from 2013-03-15"):
        show(LAW, "retention", date(2013, 3, 14))


def test_an_unknown_name_lists_the_topics() -> None:
    """A misspelt topic is answered with the topics there are."""
    with pytest.raises(NoRule, match=r"'retentoin'; topics: .*retention"):
        show(LAW, "retentoin", TODAY)


def test_the_measures_of_2022_show_in_a_diff() -> None:
    """Between 2021-12-01 and 2022-02-01 exactly the rules of 2022-01-01 begin."""
    changes = LAW.changes(date(2021, 12, 1), date(2022, 2, 1))
    assert {change.id for change in changes} == {
        "mcb.credit_information", "mcb.licence_or_filing", "colend.partner_share_min", "colend.single_partner_cap",
        "colend.total_cap", "colend.no_cross_region",
    }  # fmt: skip
    assert all(change.before is None and change.after and change.after.since == date(2022, 1, 1) for change in changes)


def test_a_diff_tells_what_begins_what_ends_and_what_differs() -> None:
    """Plus, minus and tilde, with the old and the new value; read backwards the signs turn."""
    before, after = date(2025, 6, 30), date(2025, 7, 1)
    told = render_diff(LAW.changes(before, after), "en").splitlines()
    assert any(line.startswith("~ fee.crc.personal: 200 fen per report -> 100 fen per report") for line in told)
    assert any(line.startswith("+ fee.crc.personal.concession: 50") for line in told)
    back = render_diff(LAW.changes(after, before), "en")
    assert "- fee.crc.personal.concession: 50" in back
    assert "~ fee.crc.personal: 100 fen per report -> 200 fen per report" in back


def test_no_change_is_said_in_words() -> None:
    """A day against itself: nothing changed, in both languages."""
    assert render_diff(LAW.changes(TODAY, TODAY), "en") == "nothing changed"
    assert render_diff(LAW.changes(TODAY, TODAY), "zh") == "没有变化"


def test_a_diff_row_is_plain_json() -> None:
    """Rows for machines hold both sides."""
    rows = [diff_row(change) for change in LAW.changes(date(2025, 6, 30), date(2025, 7, 1))]
    fee = next(row for row in rows if row["id"] == "fee.crc.enterprise")
    assert (fee["before"]["value"], fee["after"]["value"]) == (2000, 900)
    assert json.loads(json.dumps(rows)) == rows


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rule_can_be_told(language: str) -> None:
    """The paragraph of each rule has its id, since when, status and citation."""
    rules = list(LAW.on(TODAY))
    told = render_show(rules, language).split("\n\n")
    assert len(told) == len(rules)
    for rule, paragraph in zip(rules, told, strict=True):
        assert paragraph.startswith(rule.id)
        assert rule.since.isoformat() in paragraph
        assert (rule.citation.quote or rule.citation.gist) in paragraph
        assert (rule.citation.instrument_zh if language == "zh" else rule.citation.instrument_en) in paragraph


@pytest.mark.parametrize(("language", "words"), [("en", "our own house rule, not law"), ("zh", "不是法律")])
def test_house_rules_are_shown_as_such(language: str, words: str) -> None:
    """Nobody can take a house rule for law."""
    rules = [rule for rule in LAW.on(TODAY) if rule.topic == "house"]
    assert render_show(rules, language).count(words) == len(rules) > 0
