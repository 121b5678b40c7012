"""The language of figures and their registry: one spelling, one meaning, counted alike by anybody."""

import collections
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.core.figures.query import COLUMNS, Ground, NoQuery, month_of, parse_query
from openbureau.core.figures.registry import FIGURES, Figure, registry
from openbureau.core.figures.report import SHOWN, figures_root, make_report, report_entry
from openbureau.core.leaf import COMMITTEE_FIELDS

GROUND = Ground({"bank-one": "11", "fund-two": "24"}, {"no-consent": ("631 18", "631 23"), "file-frozen": ("631 23",)})
KINDS = ("inquiry", "inquiry-refused", "consent-given", "self-access", "furnishing")


def event(kind: str = "inquiry", actor: str = "bank-one", fen: int = 100, **more: str) -> dict[str, str]:
    """An event as the committee sees it."""
    flag = "billable" if fen else "free"
    told = {
        "kind": kind, "time": "2026-11-24T08:00:00Z", "actor": actor, "purpose": "loan-approval", "basis": "consent",
        "policy": "d;permit;inquiry-under-consent", "price": f"fee.x;1;{fen};CNY;{flag}",
    }  # fmt: skip
    return told | more


def counted(text: str, *events: dict[str, str]) -> dict[tuple[str, ...], int]:
    """What a query comes to."""
    query, found = parse_query(text), Counter[tuple[str, ...]]()
    for one in events:
        query.tally(found, one, GROUND)
    return dict(found)


@pytest.mark.parametrize(
    "text",
    ["", "count ", "Count", "count where", "count by", "count by nothing", "sum nothing", "count where kind", "sum",
     "count where kind == inquiry", "count where kind = ", "count where kind = a b", "count by kind,purpose",
     "count by kind, kind", "count where label = x", "count by label", "count where kind = x; drop", "count\n"],
)  # fmt: skip
def test_what_is_no_query_is_refused(text: str) -> None:
    """Every other spelling, an unknown column, and the fields that would follow a person."""
    with pytest.raises(NoQuery):
        parse_query(text)


def test_a_query_counts_what_it_says() -> None:
    """Tests, columns, sums; a refusal with two articles counts under both."""
    refused = event("inquiry-refused", fen=0, policy="d;refusal;no-consent,file-frozen")
    events = (event(), event(actor="fund-two", fen=50), event("self-access", "subject", 0), refused)
    assert counted("count by kind", *events) == {("inquiry",): 2, ("self-access",): 1, ("inquiry-refused",): 1}
    assert counted("count where kind != inquiry", *events) == {(): 2}
    assert counted("sum price.fen where kind = inquiry by institution", *events) == {("11",): 100, ("24",): 50}
    assert counted("count where kind = inquiry-refused by article", *events) == {("631 18",): 1, ("631 23",): 1}
    assert counted("count by reason, decision", refused) == {
        ("no-consent", "refusal"): 1,
        ("file-frozen", "refusal"): 1,
    }
    assert counted("count where article = 631", *events) == {}


def test_what_has_another_form_is_dashes_and_no_sum() -> None:
    """Nothing raises: an event of a later form is counted by what it has."""
    odd = {"kind": "new-kind", "price": "what", "policy": "-"}
    assert counted("count by kind, month, decision, price.fen, article", odd) == {("new-kind", "-", "-", "-", "-"): 1}
    assert counted("sum price.fen", odd, event(price="a;1;-5;CNY;free")) == {}


@pytest.mark.parametrize(
    ("time", "month"),
    [
        ("2026-11-30T15:59:59Z", "2026-11"),
        ("2026-11-30T16:00:00Z", "2026-12"),
        ("2026-11-30", "-"),
        ("-", "-"),
        ("Z", "-"),
    ],
)
def test_months_are_those_of_beijing(time: str, month: str) -> None:
    """As bills count them; what does not say its zone belongs to none."""
    assert month_of(time) == month


@given(
    st.lists(
        st.builds(
            event, st.sampled_from(KINDS), st.sampled_from(["bank-one", "fund-two", "subject"]), st.integers(0, 900)
        )
    )
)
def test_a_figure_does_not_depend_on_the_order(events: list[dict[str, str]]) -> None:
    """Counted forwards and backwards, and in two parts: the same rows, and totals that are their sums."""
    there = make_report(events, month="2026-11", ground=GROUND, log="l", size=9)
    back = make_report(reversed(events), month="2026-11", ground=GROUND, log="l", size=9)
    assert there == back
    for one in there["figures"]:
        assert one["total"] == sum(row[-1] for row in one["rows"])
    assert next(one for one in there["figures"] if one["name"] == "events")["total"] == len(events)


def test_other_months_count_nothing() -> None:
    """An event of the month after is left to that month."""
    report = make_report([event(), event(time="2026-12-01T08:00:00Z")], month="2026-11", ground=GROUND, log="l", size=2)
    assert next(one for one in report["figures"] if one["name"] == "events")["rows"] == [["inquiry", 1]]


def test_the_entry_binds_every_number() -> None:
    """Another number in any row is another root; the entry tells each total."""
    report = make_report([event(), event("self-access")], month="2026-11", ground=GROUND, log="l", size=2)
    before = report_entry(report)
    assert set(before["totals"]) == set(FIGURES)
    for one in report["figures"]:
        for row in one["rows"]:
            row[-1] += 1
            assert figures_root(report["figures"]).hex() != before["root"]
            row[-1] -= 1
    assert report_entry(report) == before


def test_figures_are_made_of_what_the_committee_sees() -> None:
    """No column reaches further than the openings from which anyone counts again."""
    assert set(SHOWN) <= set(COMMITTEE_FIELDS)
    reading: set[str] = set()

    class Watched(dict[str, str]):
        def get(self, name: str, default: str = "-") -> str:  # type: ignore[override]
            reading.add(name)
            return super().get(name, default)

    for column in COLUMNS.values():
        column(Watched(event()), GROUND)
    assert reading == set(SHOWN)


def test_a_further_figure_is_counted_like_the_others() -> None:
    """Whoever adds a line to the registry has it in the report; a name twice, or no query, is refused."""
    mine = Figure("mine", "我的", "Mine", "count where purpose = loan-approval by actor")
    report = make_report(
        [event()], month="2026-11", ground=GROUND, log="l", size=1, figures=registry(tuple(FIGURES.values()), (mine,))
    )
    assert report["figures"][-1] == {
        "name": "mine", "title": {"en": "Mine", "zh": "我的"}, "query": mine.query, "columns": ["actor"],
        "rows": [["bank-one", 1]], "total": 1,
    }  # fmt: skip
    with pytest.raises(ValueError, match="mine"):
        registry((mine,), (mine,))
    with pytest.raises(NoQuery):
        registry((Figure("bad", "坏", "Bad", "whatever"),))


def test_each_figure_is_told_in_both_languages() -> None:
    """Titles differ from one another and from the name."""
    titles = collections.Counter(title for one in FIGURES.values() for title in (one.zh, one.en))
    assert set(titles.values()) == {1}
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in one.zh) for one in FIGURES.values())
