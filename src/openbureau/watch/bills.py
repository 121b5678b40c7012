"""Is the sum of all invoices the log?

For each closed month (a system entry `billing`): the invoices shown to the committee lie under the entry's root, each has
exactly the charges that the log holds of its member, tiers, credits and totals follow from the signed rules, and their
sums are the entry's.  And no bill has a gap.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from openbureau.core.invoice import (
    CURRENCY,
    NoInvoice,
    Place,
    Reason,
    Tiers,
    credit_amounts,
    reckon,
    summary_leaf,
    tiers_of,
)
from openbureau.core.leaf import NONE
from openbureau.law.rules import NoRule
from openbureau.tlog.canonical import NotCanonical
from openbureau.tlog.merkle import Tree
from openbureau.tlog.strict import Malformed, parse_decimal
from openbureau.watch.case import Case, Inspector, Seen
from openbureau.watch.events import CORRECTION, place_of

FILE = "openings/bills.jsonl"


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many charges of one price."""

    rule: str
    price_fen: int
    count: int


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A charge given back: where it was charged, its leaf, why, and the leaf that shows it."""

    month: str
    rule: str
    price_fen: int
    credit_fen: int
    reason: Reason
    leaf: str
    evidence: str | None


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The summary of one invoice."""

    member: str
    month: str
    currency: str
    invoice: str
    groups: list[Group]
    credits: list[Given]
    totals: dict[str, int]


class BillLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the committee's file of bills."""

    salt: str
    summary: Shown


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the log says of a closed month."""

    month: str
    currency: str
    invoices: int
    root: str
    totals: dict[str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """An event that a credit names: what kind, where, whose, and the charge it makes."""

    index: int
    kind: str
    label: str
    charge: tuple[str, Place] | None


_line = msgspec.json.Decoder(BillLine).decode
_entry = msgspec.json.Decoder(Entry).decode


class Bills(Inspector):
    """Closed months: every charge of the log is on the invoice of its member, and the sums follow from it."""

    name, needs_events, sees_closed = "bills", True, True

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._shown: dict[str, list[tuple[bytes, Shown]]] = {}
        self._named: set[str] = set()
        self._told: dict[str, Told] = {}
        self._made: Counter[tuple[str, Place]] = Counter()
        self._given: Counter[tuple[str, Place]] = Counter()
        self._given_leaves: set[str] = set()

    def begin(self) -> None:
        """The invoices that the committee is shown."""
        if not self.case.export.has(FILE):
            return
        for number, content in self.case.export.lines(FILE):
            try:
                line = _line(content)
                salt = bytes.fromhex(line.salt)
            except (msgspec.MsgspecError, ValueError, RecursionError):
                self.tally.wrong(f"{FILE}:{number}", "is not the summary of an invoice", "该行不是账单摘要")
                continue
            self._shown.setdefault(line.summary.month, []).append((salt, line.summary))
            for one in line.summary.credits:
                self._named.update({one.leaf, one.evidence or one.leaf})

    def see(self, event: Seen) -> None:
        """One event: is it charged, is it named by a credit?"""
        fields = event.fields
        charged = _charge(fields) if fields["bill_seq"] != NONE else None
        if charged is not None:
            self._made[charged] += 1
        leaf = event.leaf_hash.hex()
        if leaf in self._named:
            self._told[leaf] = Told(event.index, fields["kind"], fields["label"], charged)

    def end(self) -> None:
        """Each closed month, in the order of the log."""
        before = ""
        for index, content in self.case.billing:
            self.tally.count += 1
            place = f"entry {index} (billing)"
            try:
                entry = _entry(content)
            except (msgspec.MsgspecError, RecursionError):
                self.tally.wrong(place, "does not say what a closed month came to", "记录未说明该月账单合计")
                continue
            if entry.month <= before:
                self.tally.wrong(place, f"closes {entry.month[:20]} after {before}", "结账月份顺序有误或重复")
                continue
            before = entry.month
            self._month(place, entry)
        for month in sorted(set(self._shown) - {_month_of(content) for _, content in self.case.billing}):
            self.tally.wrong(
                FILE, f"shows invoices of {month[:20]}, which the log does not close", "日志中没有该月的结账记录"
            )

    def _month(self, place: str, entry: Entry) -> None:
        shown = self._shown.get(entry.month)
        if shown is None and entry.invoices and not self.case.export.has(FILE):
            self.tally.lacking(FILE, "is not in the export", "导出中没有该文件")
            return
        shown = shown or []
        tree = Tree()
        try:
            tree.append([summary_leaf(salt, msgspec.to_builtins(one)) for salt, one in shown])
        except NotCanonical as trouble:
            self.tally.wrong(FILE, str(trouble), "账单摘要格式不正确")
            return
        if tree.root().hex() != entry.root or len(shown) != entry.invoices:
            self.tally.wrong(place, "is bound to other invoices than those that are shown", "结账记录与所示账单不符")
        sums: Counter[str] = Counter()
        for _, one in shown:
            sums.update(one.totals)
            self._invoice(f"{FILE} {one.month} {one.member[:60]}", one)
        if {name: sums[name] for name in entry.totals} != entry.totals or not set(sums) <= set(entry.totals):
            self.tally.wrong(place, "has other sums than its invoices", "结账记录的合计与账单不符")
        billed = {actor for actor, (month, _, _) in self._made if month == entry.month}
        members = [one.member for _, one in shown]
        for missing in sorted(billed - set(members)):
            self.tally.wrong(place, f"has no invoice of {missing[:60]!r}, who was charged", "被收费的机构没有账单")
        if len(set(members)) != len(members):
            self.tally.wrong(place, "has two invoices of one member", "同一机构有两份账单")

    def _invoice(self, place: str, one: Shown) -> None:
        """One invoice: its charges are the log's, its sums follow from them."""
        volume = Counter({(one.month, group.rule, group.price_fen): group.count for group in one.groups})
        made = {
            where: count for (actor, where), count in self._made.items() if (actor, where[0]) == (one.member, one.month)
        }
        if dict(volume) != made or len(volume) != len(one.groups):
            self.tally.wrong(place, "has other charges than the log", "账单上的收费与日志不符")
            return
        for given in one.credits:
            self._credit(place, one, given)
        law = self.case.law
        if law is None:
            return
        try:
            months = {one.month, *(given.month for given in one.credits)}
            tiers = {month: tiers_of(law.on(date.fromisoformat(f"{month}-01"))) for month in months}
            amounts = self._amounts(one, tiers)
        except (NoInvoice, NoRule, ValueError):
            self.tally.wrong(place, "gives back what was not charged", "退还了并未收取的费用")
            return
        if [given.credit_fen for given in one.credits] != amounts:
            self.tally.wrong(place, "gives back another amount than was paid", "退还金额与所付金额不符")
        if one.totals != reckon(volume, amounts, tiers[one.month]).to_json() or one.currency != CURRENCY:
            self.tally.wrong(place, "has other sums than its charges come to", "账单合计与其收费不符")

    def _amounts(self, one: Shown, tiers: dict[str, Tiers]) -> list[int]:
        """What its credits give back, and remember them for later months."""
        places: list[Place] = [(given.month, given.rule, given.price_fen) for given in one.credits]
        left = {where: self._made[one.member, where] - self._given[one.member, where] for where in places}
        self._given.update((one.member, where) for where in places)
        return credit_amounts(places, left, tiers)

    def _credit(self, place: str, one: Shown, given: Given) -> None:
        """A credit names a charge of this member, once; a wrong answer is shown by a later correction of the same person."""
        told, shows = self._told.get(given.leaf), self._told.get(given.evidence or "")
        where = (given.month, given.rule, given.price_fen)
        if (
            told is None
            or told.charge != (one.member, where)
            or given.leaf in self._given_leaves
            or given.month > one.month
        ):
            self.tally.wrong(
                place, f"gives back a charge that was not made, or twice: {given.leaf[:16]}", "退还的收费不存在或重复"
            )
            return
        self._given_leaves.add(given.leaf)
        is_shown = (
            shows is not None and shows.kind == CORRECTION and shows.label == told.label and shows.index > told.index
        ) or self._is_closed(given)
        if given.reason is Reason.WRONG_ANSWER and not is_shown:
            self.tally.wrong(
                place, f"calls an answer wrong that nothing corrected: {given.leaf[:16]}", "没有更正记录证明答复有误"
            )

    def _is_closed(self, given: Given) -> bool:
        """Do the charge and what showed it wrong lie in one chain that an erasure closed?"""
        closed = self.case.claims.by_leaf
        both = closed.get(given.leaf), closed.get(given.evidence or "")
        return both[0] is not None and both[0] is both[1]


def _charge(fields: dict[str, str]) -> tuple[str, Place] | None:
    """Who was charged what in which month; None where the price is none (told by `charges`)."""
    try:
        rule_id, _, amount = fields["price"].split(";")[:3]
        return fields["actor"], (fields["bill_seq"].partition(";")[0], rule_id, parse_decimal(amount))
    except ValueError:
        return None


def _month_of(content: bytes) -> str:
    try:
        found: Any = msgspec.json.decode(content)
    except (msgspec.MsgspecError, RecursionError):
        return ""
    return str(found.get("month", "")) if isinstance(found, dict) else ""


class BillLanes(Inspector):
    """Within each member, month and lane the bill numbers run 1, 2, 3 ..."""

    name, needs_events, sees_closed = "bill-lanes", True, True

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._lanes: dict[tuple[str, str], tuple[int, set[int]]] = {}

    def see(self, event: Seen) -> None:
        """One event; within a lane the log may hold them in another order."""
        text = event.fields["bill_seq"]
        if text == NONE:
            return
        self.tally.count += 1
        lane, _, number_text = text.rpartition(";")
        month, _, lane_text = lane.partition(";")
        try:
            number = parse_decimal(number_text)
        except Malformed:
            number = 0
        is_formed = len(month) == 7 and month[4] == "-" and (month[:4] + month[5:]).isdigit() and text.isascii()
        if not is_formed or len(lane_text) != 3 or not lane_text.isdigit() or number < 1:
            self.tally.wrong(place_of(event), f"{text[:40]!r} is no place on a bill", "账单编号格式不正确")
            return
        key = (event.fields["actor"], lane)
        held, early = self._lanes.get(key) or (0, set())
        if number <= held or number in early:
            self.tally.wrong(place_of(event), f"stands on a bill twice: {text}", f"重复收费：{text}")
            return
        early.add(number)
        while held + 1 in early:
            held += 1
            early.remove(held)
        self._lanes[key] = (held, early)

    def end(self) -> None:
        """What is still early has a gap before it."""
        for (actor, lane), (held, early) in self._lanes.items():
            if early:
                self.tally.wrong(f"{actor} {lane}", f"number {held + 1} is missing", f"缺少编号 {held + 1}")
