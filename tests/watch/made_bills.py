"""Closed months for tests: the bills of a made log, honest or not."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

from openbureau.core.invoice import (
    Credit,
    Line,
    Place,
    Reason,
    billing_entry,
    make_invoice,
    render_invoice,
    summary,
    summary_leaf,
    tiers_of,
)
from openbureau.core.leaf import NONE, EventKind, Leaf
from openbureau.tlog.entry import render_system
from openbureau.tlog.merkle import Tree
from watch.made_log import LAW, MONTH, MadeLog, Person, seed

MEMBERS = ("bank-one", "fund-two")
TIERS = tiers_of(LAW.on(date(2026, 11, 1)))
Change = Callable[[dict[str, dict[str, Any]]], None]


def line_of(index: int, leaf: Leaf) -> Line:
    """The charge of a leaf."""
    fields = dict(leaf.fields)
    _, lane, number = fields["bill_seq"].split(";")
    rule, _, amount, currency, _ = fields["price"].split(";")
    at = date.fromisoformat(fields["time"][:10])
    return Line(
        int(lane), int(number), at, fields["product"], rule, int(amount), currency, "-", leaf.leaf_hash.hex(), index
    )


def charges(made: MadeLog, actor: str, month: str) -> list[Line]:
    """The charges of a member in a month."""
    return [
        line_of(index, leaf)
        for index, leaf in made.leaves
        if dict(leaf.fields)["actor"] == actor and dict(leaf.fields)["bill_seq"].startswith(month)
    ]


def credit_of(made: MadeLog, leaf: Leaf, evidence: Leaf | None, reason: Reason = Reason.WRONG_ANSWER) -> Credit:
    """A charged answer given back."""
    index = next(at for at, one in made.leaves if one is leaf)
    month = dict(leaf.fields)["bill_seq"][:7]
    shown = evidence.leaf_hash.hex() if evidence else None
    return Credit(month, line_of(index, leaf), reason, shown, date(2026, 11, 20))


def correction(made: MadeLog, person: Person) -> Leaf:
    """An event of a person's chain that tells of a correction."""
    return made.add(made.event(EventKind.CORRECTION, "bank-one", purpose="correction", basis=NONE), person)


def close(
    made: MadeLog, month: str = MONTH, *, credited: dict[str, list[Credit]] | None = None,
    left: dict[Place, int] | None = None, change: Change = lambda _: None, said: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Close a month at the end of the log; `change` alters the summaries before they are bound, `said` the entry."""
    shown: dict[str, dict[str, Any]] = {}
    for member in MEMBERS:
        lines, given = charges(made, member, month), (credited or {}).get(member, [])
        if lines or given:
            party = {"id": member, "kind": "11", "zh": member, "en": member}
            tiers = dict.fromkeys((month, *(credit.month for credit in given)), TIERS)
            told = make_invoice(party, month, lines=lines, credited=given, left=left or {}, tiers=tiers)
            shown[member] = summary(told, hashlib.sha256(render_invoice(told)).hexdigest())
    change(shown)
    salts = {member: seed(f"bill {month} {member}") for member in shown}
    tree = Tree()
    tree.append([summary_leaf(salts[member], one) for member, one in shown.items()])
    entry = billing_entry(month, list(shown.values()), tree.root().hex()) | (said or {})
    made.entries.append(render_system("billing", entry))
    made.bills += [{"salt": salts[member].hex(), "summary": one} for member, one in shown.items()]
