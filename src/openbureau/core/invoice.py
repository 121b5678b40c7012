"""What does a month come to?

From charges, credit notes and dated tiers to an invoice whose every line names its log entry.  Pure: the same inputs give the
same bytes for ever.  Promises: only numbers count, not the order of charges; a credited charge is reckoned as if it had
never been made; no function here is told which member it is for, and the sums can be made again from the log alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from openbureau.law.rules import Rulebook
from openbureau.tlog.canonical import canonical
from openbureau.tlog.merkle import leaf_hash

SCHEMA = "openbureau-invoice/1"
CURRENCY = "CNY"
Tiers = tuple[tuple[int, int], ...]
"""Above how many charges of one price in a month, what percentage of it is owed; from the lowest."""
Place = tuple[str, str, int]
"""Month, rule and price in fen: what is counted together."""


class Reason(StrEnum):
    """Why a charge is given back."""

    WRONG_ANSWER = "wrong-answer"
    LATE_ANSWER = "late-answer"
    DISPUTE_UPHELD = "dispute-upheld"


class NoInvoice(ValueError):
    """Inputs that belong to no invoice: another currency, or more credited than was charged."""


@dataclass(frozen=True, slots=True)
class Line:
    """One charge and the log entry it stands in.  `leaf` is the leaf hash in hex; `log_index` None while it waits."""

    lane: int
    number: int
    charged_on: date
    product: str
    rule_id: str
    price_fen: int
    currency: str
    inquiry_id: str
    leaf: str
    log_index: int | None


@dataclass(frozen=True, slots=True)
class Credit:
    """One charge given back: the charge with the month it stands in, why, since when, and the leaf that shows it (or None)."""

    month: str
    line: Line
    reason: Reason
    evidence: str | None
    noted_on: date

    @property
    def place(self) -> Place:
        """Among which charges it was counted."""
        return self.month, self.line.rule_id, self.line.price_fen


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a month, in fen.  `total_fen` is owed; below zero it is owed to the member."""

    charges: int
    list_fen: int
    net_fen: int
    credit_fen: int

    @property
    def total_fen(self) -> int:
        """What is to be paid."""
        return self.net_fen - self.credit_fen

    def to_json(self) -> dict[str, int]:
        """The sums by name."""
        return {
            "charges": self.charges,
            "list_fen": self.list_fen,
            "discount_fen": self.list_fen - self.net_fen,
            "net_fen": self.net_fen,
            "credit_fen": self.credit_fen,
            "total_fen": self.total_fen,
        }


def tiers_of(rulebook: Rulebook) -> Tiers:
    """The tiers of a day; a month has those of its first day.  TypeError (a fault in the pack) if they are none."""
    value = rulebook.typed.fee_tiers.value
    pairs = []
    for pair in value if isinstance(value, tuple) else (None,):
        match pair:
            case (int(above), int(percent)):
                pairs.append((above, percent))
            case _:
                raise TypeError("tiers are pairs: a number of charges and a percentage")
    return tuple(pairs)


def tier_rows(count: int, price_fen: int, tiers: Tiers) -> list[dict[str, int]]:
    """What so many charges of one price cost, tier by tier; only the excess over a step has its lower share."""
    rows = []
    for (above, percent), end in zip(tiers, (*(step for step, _ in tiers[1:]), count), strict=True):
        within = min(count, end) - above
        if within > 0:
            rows.append(
                {"above": above, "percent": percent, "count": within, "net_fen": within * price_fen * percent // 100}
            )
    return rows


def net(count: int, price_fen: int, tiers: Tiers) -> int:
    """What so many charges of one price cost together, in fen."""
    return sum(row["net_fen"] for row in tier_rows(count, price_fen, tiers))


def credit_amounts(credited: Iterable[Place], left: Mapping[Place, int], tiers: Mapping[str, Tiers]) -> list[int]:
    """What each credited charge gives back: by how much the bill of its month would have been less without it.

    `left` counts the charges of each place that were not credited before; `NoInvoice` where none is left.
    """
    remaining, amounts = dict(left), []
    for place in credited:
        month, _, price = place
        count = remaining.get(place, 0)
        if count < 1:
            raise NoInvoice(f"more charges of {month} are given back than were made")
        amounts.append(net(count, price, tiers[month]) - net(count - 1, price, tiers[month]))
        remaining[place] = count - 1
    return amounts


def reckon(volume: Mapping[Place, int], credits_fen: Iterable[int], tiers: Tiers) -> Totals:
    """The sums of a month from its counts by rule and price, and what is given back in it."""
    return Totals(
        charges=sum(volume.values()),
        list_fen=sum(count * price for (_, _, price), count in volume.items()),
        net_fen=sum(net(count, price, tiers) for (_, _, price), count in volume.items()),
        credit_fen=sum(credits_fen),
    )


def make_invoice(
    party: Mapping[str, str], month: str, *, lines: Sequence[Line], credited: Sequence[Credit], left: Mapping[Place, int],
    tiers: Mapping[str, Tiers],
) -> dict[str, Any]:  # fmt: skip
    """The invoice of a month as plain JSON; `render_invoice` gives its bytes.

    `party` is the member as printed.  `left` counts, for each place of an earlier month, the charges not credited before;
    `tiers` has this month and every month of a credit.
    """
    if any(line.currency != CURRENCY for line in lines):
        raise NoInvoice(f"an invoice is in {CURRENCY}")
    ordered = sorted(lines, key=lambda line: (line.lane, line.number))
    given = sorted(credited, key=lambda one: (one.month, one.line.lane, one.line.number))
    volume = Counter((month, line.rule_id, line.price_fen) for line in ordered)
    amounts = credit_amounts((one.place for one in given), {**left, **volume}, tiers)
    totals = reckon(volume, amounts, tiers[month])
    return {
        "schema": SCHEMA,
        "member": dict(party),
        "month": month,
        "currency": CURRENCY,
        "lines": [_line(number, month, line) for number, line in enumerate(ordered, 1)],
        "groups": [_group(place, count, tiers[month]) for place, count in sorted(volume.items())],
        "credits": [_credit(one, amount) for one, amount in zip(given, amounts, strict=True)],
        "totals": totals.to_json(),
    }


def bill_seq(month: str, line: Line) -> str:
    """The number of a charge, as it stands in its leaf."""
    return f"{month};{line.lane:03d};{line.number}"


def _line(number: int, month: str, line: Line) -> dict[str, Any]:
    return {
        "line": number,
        "bill_seq": bill_seq(month, line),
        "charged_on": line.charged_on.isoformat(),
        "product": line.product,
        "rule": line.rule_id,
        "price_fen": line.price_fen,
        "inquiry_id": line.inquiry_id,
        "leaf": line.leaf,
        "log_index": line.log_index,
    }


def _group(place: Place, count: int, tiers: Tiers) -> dict[str, Any]:
    _, rule_id, price = place
    rows = tier_rows(count, price, tiers)
    return {
        "rule": rule_id,
        "price_fen": price,
        "count": count,
        "list_fen": count * price,
        "net_fen": sum(row["net_fen"] for row in rows),
        "tiers": rows,
    }


def _credit(one: Credit, amount: int) -> dict[str, Any]:
    return {
        "month": one.month,
        "bill_seq": bill_seq(one.month, one.line),
        "product": one.line.product,
        "rule": one.line.rule_id,
        "price_fen": one.line.price_fen,
        "credit_fen": amount,
        "reason": one.reason.value,
        "noted_on": one.noted_on.isoformat(),
        "inquiry_id": one.line.inquiry_id,
        "leaf": one.line.leaf,
        "log_index": one.line.log_index,
        "evidence": one.evidence,
    }


def render_invoice(invoice: Mapping[str, Any]) -> bytes:
    """Canonical JSON (RFC 8785): the bytes whose SHA-256 the log is bound to."""
    return canonical(dict(invoice))


def summary(invoice: Mapping[str, Any], invoice_hash: str) -> dict[str, Any]:
    """What the committee is shown of an invoice: the member, counts by rule and price, credits, sums; no inquiry, no person."""
    return {
        "member": invoice["member"]["id"],
        "month": invoice["month"],
        "currency": invoice["currency"],
        "invoice": invoice_hash,
        "groups": [{name: group[name] for name in ("rule", "price_fen", "count")} for group in invoice["groups"]],
        "credits": [
            {name: one[name] for name in ("month", "rule", "price_fen", "credit_fen", "reason", "leaf", "evidence")}
            for one in invoice["credits"]
        ],
        "totals": invoice["totals"],
    }


def billing_entry(month: str, summaries: Sequence[Mapping[str, Any]], root: str) -> dict[str, Any]:
    """The system entry of a closed month: how many invoices, the sums over all members, the root over the salted summaries."""
    sums: Counter[str] = Counter()
    for one in summaries:
        sums.update(one["totals"])
    names = ("charges", "list_fen", "discount_fen", "net_fen", "credit_fen", "total_fen")
    return {
        "month": month,
        "currency": CURRENCY,
        "invoices": len(summaries),
        "root": root,
        "totals": {name: sums[name] for name in names},
    }


def summary_leaf(salt: bytes, one: Mapping[str, Any]) -> bytes:
    """The leaf hash of a summary in the tree of its month: over 32 random bytes, then its canonical JSON."""
    return leaf_hash(salt + canonical(dict(one)))
