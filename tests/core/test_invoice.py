"""Does a month come to what the tariff says, for everybody alike and for ever?"""

import inspect
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.core import invoice as invoices
from openbureau.core.invoice import (
    Credit,
    Line,
    NoInvoice,
    Place,
    Reason,
    billing_entry,
    credit_amounts,
    make_invoice,
    net,
    render_invoice,
    summary,
    tier_rows,
    tiers_of,
)
from openbureau.core.member import CONCESSION_KINDS
from openbureau.core.pricing import SHARES, charge
from openbureau.law.reader import load_law

LAW = load_law()
MONTH, FEE = "2026-11", "fee.crc.personal"
TIERS = ((0, 100), (3, 90), (5, 50))
PARTY = {"id": "bank-made-up", "kind": "11", "zh": "某银行", "en": "A bank"}


def line(number: int, *, price: int = 100, rule: str = FEE, lane: int = 3) -> Line:
    """A charge with a log entry of its own."""
    leaf = f"{lane:032x}{number:032x}"
    return Line(lane, number, date(2026, 11, 1), "report", rule, price, "CNY", f"inquiry-{lane}-{number}", leaf, number)


def credit(number: int, month: str = MONTH, **changes: Any) -> Credit:
    """A charge given back."""
    return Credit(month, line(number, **changes), Reason.WRONG_ANSWER, "ee" * 32, date(2026, 11, 20))


def made(
    lines: list[Line], credited: list[Credit] | None = None, *, left: dict[Place, int] | None = None,
    party: dict[str, str] = PARTY,
) -> dict[str, Any]:  # fmt: skip
    """The invoice of November under the small tiers."""
    tiers = {MONTH: TIERS, "2026-10": TIERS}
    return make_invoice(party, MONTH, lines=lines, credited=credited or [], left=left or {}, tiers=tiers)


@pytest.mark.parametrize(
    ("count", "fen"), [(0, 0), (1, 100), (3, 300), (4, 390), (5, 480), (6, 530), (100, 5230)]
)  # fmt: skip
def test_only_the_excess_is_cheaper(count: int, fen: int) -> None:
    """Up to a step everything costs what it did; what lies above has the lower share."""
    assert net(count, 100, TIERS) == fen
    rows = tier_rows(count, 100, TIERS)
    assert sum(row["count"] for row in rows) == count
    assert all(row["count"] > 0 for row in rows)


def test_the_tiers_in_force_are_read_from_the_law() -> None:
    """The first step begins at nothing with the whole price, and shares fall."""
    tiers = tiers_of(LAW.on(date(2026, 11, 1)))
    assert tiers[0] == (0, 100)
    assert [above for above, _ in tiers] == sorted({above for above, _ in tiers})
    assert [percent for _, percent in tiers] == sorted({percent for _, percent in tiers}, reverse=True)


def test_every_line_names_its_log_entry() -> None:
    """Bill number, inquiry, leaf and place in the log; the lines run through in the order of lane and number."""
    told = made([line(2), line(1), line(1, lane=0)])
    assert [row["line"] for row in told["lines"]] == [1, 2, 3]
    assert [row["bill_seq"] for row in told["lines"]] == ["2026-11;000;1", "2026-11;003;1", "2026-11;003;2"]
    for row in told["lines"]:
        assert len(row["leaf"]) == 64
        assert row["inquiry_id"]
        assert row["log_index"] is not None


def test_prices_are_counted_apart() -> None:
    """Each rule with each price has its own count and tiers, and the sums are those of the groups."""
    told = made(
        [line(n) for n in range(1, 7)] + [line(n, price=900, rule="fee.crc.enterprise", lane=4) for n in (1, 2)]
    )
    assert [(one["rule"], one["count"], one["net_fen"]) for one in told["groups"]] == [
        ("fee.crc.enterprise", 2, 1800), (FEE, 6, 530),
    ]  # fmt: skip
    assert told["totals"] == {
        "charges": 8, "list_fen": 2400, "discount_fen": 70, "net_fen": 2330, "credit_fen": 0, "total_fen": 2330,
    }  # fmt: skip


@given(st.permutations([line(n) for n in range(1, 7)]), st.permutations([credit(2), credit(5)]))
def test_the_same_inputs_give_the_same_bytes(lines: list[Line], credited: list[Credit]) -> None:
    """In whatever order charges and credit notes are read."""
    assert render_invoice(made(lines, credited)) == render_invoice(
        made([line(n) for n in range(1, 7)], [credit(2), credit(5)])
    )


@given(st.integers(1, 12), st.data())
def test_a_credited_charge_was_never_made(count: int, data: st.DataObject) -> None:
    """With credit notes a month comes to what it would have come to without those charges."""
    gone = data.draw(st.sets(st.integers(1, count)))
    told = made([line(n) for n in range(1, count + 1)], [credit(n) for n in gone])
    assert told["totals"]["total_fen"] == net(count - len(gone), 100, TIERS)
    assert all(one["credit_fen"] >= 0 for one in told["credits"])


def test_a_charge_of_a_closed_month_is_given_back_at_its_tier() -> None:
    """In a later month: what the closed bill would have been less, given what was credited before."""
    old: Place = ("2026-10", FEE, 100)
    told = made([line(1)], [credit(9, "2026-10"), credit(8, "2026-10")], left={old: 6})
    assert [one["credit_fen"] for one in told["credits"]] == [50, 90]
    assert told["totals"]["total_fen"] == 100 - 140
    assert credit_amounts([old], {old: 4}, {"2026-10": TIERS}) == [90]


def test_what_belongs_on_no_invoice() -> None:
    """Another currency, and more given back than was charged."""
    with pytest.raises(NoInvoice, match="CNY"):
        made([replace(line(1), currency="USD")])
    with pytest.raises(NoInvoice, match="given back"):
        made([line(1)], [credit(1), credit(1)])
    with pytest.raises(NoInvoice, match="given back"):
        made([line(1)], [credit(1, "2026-10")])


@given(st.integers(0, 10_000), st.sampled_from(["11", "31", *sorted(CONCESSION_KINDS)]))
def test_two_members_of_a_class_pay_the_same(seed: int, kind: str) -> None:
    """A month of random answers costs two institutions of one class the same to the fen, line by line."""
    chance = Random(seed)
    asked = [
        (chance.choice(["report", *SHARES]), chance.choice(["person", "enterprise"]), chance.randrange(28),
         chance.randrange(40))
        for _ in range(chance.randrange(40))
    ]  # fmt: skip

    def month_of(name: str) -> dict[str, Any]:
        last: dict[tuple[int, str], dict[str, date]] = {}
        lines = []
        for product, subject, day, who in asked:
            on = date(2026, 11, 1) + timedelta(days=day)
            charged = charge(
                kind, product=product, subject_kind=subject, last_charged=last.get((who, subject), {}), is_no_hit=False,
                rulebook=LAW.on(on),
            )  # fmt: skip
            if charged.is_billable:
                last.setdefault((who, subject), {})[product] = on
                number = len(lines) + 1
                lines.append(replace(line(number, price=charged.amount_fen, rule=charged.rule_id), charged_on=on))
        return made(lines, party=PARTY | {"id": name, "zh": name, "en": name})

    one, other = month_of("bank-one"), month_of("bank-other")
    assert one | {"member": None} == other | {"member": None}


def test_no_function_of_an_invoice_is_told_who_it_is_for() -> None:
    """Only the page that is printed has a party; what is reckoned has none."""
    for function in (invoices.net, invoices.tier_rows, invoices.reckon, invoices.credit_amounts, invoices.tiers_of):
        assert not {"party", "member", "member_id"} & set(inspect.signature(function).parameters)


def test_the_committee_sees_counts_and_no_inquiry() -> None:
    """A summary names the member, the counts, the credited leaves and the sums, and no inquiry, subject or product."""
    told = made([line(n) for n in range(1, 5)], [credit(2)])
    shown = summary(told, "aa" * 32)
    assert shown["groups"] == [{"rule": FEE, "price_fen": 100, "count": 4}]
    assert shown["credits"][0]["leaf"] == line(2).leaf
    assert shown["totals"] == told["totals"]
    assert "inquiry" not in str(shown["credits"]) + str(shown["groups"])


def test_the_log_entry_has_sums_and_names_nobody() -> None:
    """The public entry of a month: how many invoices, their root, and the sums over all members."""
    shown = [summary(made([line(n) for n in range(1, count + 1)]), "aa" * 32) for count in (4, 6)]
    entry = billing_entry(MONTH, shown, "bb" * 32)
    assert (entry["invoices"], entry["root"]) == (2, "bb" * 32)
    assert entry["totals"] == {
        "charges": 10, "list_fen": 1000, "discount_fen": 80, "net_fen": 920, "credit_fen": 0, "total_fen": 920,
    }  # fmt: skip
    assert PARTY["id"] not in str(entry)
    assert billing_entry(MONTH, [], "cc" * 32)["totals"]["total_fen"] == 0
