"""Is each delivered answer the one that was logged, and was its promise kept?

Reads `reports/<inquiry>/answer.json` and `receipt.json` (sandbox exports have them; a lender has its own).
"""

import hashlib
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbureau.core.answer.lesser import score_block
from openbureau.core.attributes import AttributeValue
from openbureau.core.leaf import EventKind
from openbureau.core.products import AGAIN
from openbureau.core.scorecard import (
    MOST_REASONS,
    Score,
    Scorecard,
    ScorecardRefused,
    parse_scorecard,
    score,
    score_json,
)
from openbureau.law.rules import RULE_IDS
from openbureau.law.workdays import civil_day
from openbureau.tlog.canonical import canonical
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.merkle import leaf_hash
from openbureau.tlog.strict import Malformed, parse_base64
from openbureau.watch.case import Case, Inspector, Seen
from openbureau.watch.export import parse_object
from openbureau.watch.openings import LENDER_FIELDS, Opened, Unreadable, parse_opening
from openbureau.watch.verdict import Trouble

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")
_RECEIPT_KEYS = {"inquiry_id", "entry", "opening", "promise"}
_PROMISE_KEYS = {"leaf", "deadline", "log", "signature"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """A delivered answer with its receipt, read but not judged."""

    folder: str
    inquiry_id: str
    entry: bytes
    leaf: bytes
    opening: Opened
    promise: dict[str, str]
    fields: dict[str, str] = field(default_factory=dict)


def read_time(place: str, text: str) -> datetime:
    """An instant such as 2026-11-24T08:00:00Z; `Trouble` for anything else."""
    try:
        if _TIME.match(text):
            return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        pass
    raise Trouble(place, f"{text[:40]!r} is no time", "时间格式不正确")


def read_receipt(case: Case, folder: str) -> Receipt:
    """The receipt of one answer; `Trouble` when malformed."""
    place = f"reports/{folder}/receipt.json"
    value = case.export.json(place)
    promise = value.get("promise")
    is_formed = set(value) == _RECEIPT_KEYS and isinstance(promise, dict) and set(promise) == _PROMISE_KEYS
    texts = [value.get("inquiry_id"), value.get("entry"), *(promise.values() if isinstance(promise, dict) else ())]
    if not is_formed or not all(isinstance(text, str) for text in texts) or not isinstance(promise, dict):
        raise Trouble(place, "is not a receipt", "不是回执")
    try:
        entry = parse_base64(value["entry"])
        opening = parse_opening(msgspec.json.encode(value["opening"]))
    except (Malformed, Unreadable, ValueError, RecursionError):
        raise Trouble(place, "is not a receipt: entry or opening is malformed", "回执格式不正确") from None
    return Receipt(folder, value["inquiry_id"], entry, leaf_hash(entry), opening, promise, opening.fields)


class _PerReceipt(Inspector, ABC):
    """Looks at one answer after the other, once the log was read."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.receipts: list[Receipt] = []
        self.logged: set[bytes] = set()
        self._wanted: set[bytes] = set()

    def begin(self) -> None:
        """Read the receipts, so that their events are noticed when the log passes."""
        for folder in self.case.export.names("reports"):
            if folder.endswith(".json"):
                continue  # published figures, no answer
            try:
                self.receipts.append(read_receipt(self.case, folder))
            except Trouble as met:
                self.tally.trouble(met)
        self._wanted = {receipt.leaf for receipt in self.receipts}

    def see(self, event: Seen) -> None:
        """Notice the events that the receipts speak of."""
        if event.leaf_hash in self._wanted:
            self.logged.add(event.leaf_hash)

    def end(self) -> None:
        """Judge each receipt."""
        for receipt in self.receipts:
            self.tally.count += 1
            try:
                self.judge(receipt)
            except Trouble as met:
                self.tally.trouble(met)

    @abstractmethod
    def judge(self, receipt: Receipt) -> None:
        """One answer."""


class Receipts(_PerReceipt):
    """The receipt opens an entry of the log for this very answer."""

    name, needs_events = "receipts", True

    def judge(self, receipt: Receipt) -> None:
        """Entry, opening, and what they name."""
        place = f"reports/{receipt.folder}/receipt.json"
        try:
            commitment = parse_entry(receipt.entry).commitment
        except Malformed as trouble:
            raise Trouble(place, str(trouble), "回执中的记录格式不正确") from None
        why = receipt.opening.fault(commitment) if commitment is not None else "the entry is of no event"
        if why is None and not receipt.fields.keys() >= set(LENDER_FIELDS):
            why = "the opening does not show the fields that a lender sees"
        if why is None and receipt.promise["leaf"] != receipt.leaf.hex():
            why = "the promise speaks of another leaf"
        if why is None and receipt.promise["log"] != self.case.checkpoint.origin:
            why = "the promise speaks of another log"
        if why is None and receipt.inquiry_id != receipt.folder:
            why = "the receipt is of another inquiry"
        if why is not None:
            self.tally.wrong(place, why, "回执与日志不符")


class Promises(_PerReceipt):
    """The bureau's signature stands under the promise; the leaf is in the log, or the deadline has not passed."""

    name, needs_events = "promises", True

    def judge(self, receipt: Receipt) -> None:
        """Signature, deadline, leaf."""
        place = f"reports/{receipt.folder}/receipt.json"
        promise = {name: text for name, text in receipt.promise.items() if name != "signature"}
        message = b"openbureau promise\n" + canonical(promise)
        try:
            key = Ed25519PublicKey.from_public_bytes(parse_base64(self.case.body["keys"]["response"]))
            key.verify(parse_base64(receipt.promise["signature"]), message)
        except (InvalidSignature, ValueError, KeyError):
            self.tally.wrong(place, "the bureau's key did not sign this promise", "承诺的签名不成立")
            return
        deadline = read_time(place, promise["deadline"])
        self._in_time(place, receipt, deadline)
        if receipt.leaf in self.logged:
            return
        if self.case.now > deadline:
            self.tally.wrong(
                place, "the deadline has passed and the event is not in the log", "期限已过，事件仍不在日志中"
            )
        else:
            self.tally.lacking(place, "the event waits for the log until its deadline", "事件在期限之前等待写入日志")

    def _in_time(self, place: str, receipt: Receipt, deadline: datetime) -> None:
        if self.case.law is None or "time" not in receipt.fields:
            return
        at = read_time(place, receipt.fields["time"])
        rules = [
            rule
            for rule in self.case.law.history(RULE_IDS["merge_delay_seconds"])
            if rule.since <= civil_day(at) <= (rule.until or date.max)
        ]
        if not rules or not at <= deadline <= at + timedelta(seconds=rules[-1].number + 1):
            self.tally.wrong(place, "promises less than the rule asks for", "承诺的期限晚于规则要求")


class Answers(_PerReceipt):
    """The answer's bytes are those that were logged, for the member and purpose that were logged."""

    name = "answers"

    def judge(self, receipt: Receipt) -> None:
        """Hash, header, price."""
        place = f"reports/{receipt.folder}/answer.json"
        content = self.case.export.read(place)
        fields = receipt.fields
        if hashlib.sha256(content).hexdigest() != fields.get("response"):
            self.tally.wrong(place, "is another answer than the one that was logged", "与日志所记的回答不符")
            return
        header = parse_object(place, content).get("header")
        shown = header if isinstance(header, dict) else {}
        expected = {
            "report_id": receipt.inquiry_id,
            "asked_by": fields.get("actor"),
            "purpose": fields.get("purpose"),
            "product": fields.get("product"),
        }
        kind, _, first = (fields.get("product") or "").partition(";")
        if kind == AGAIN:  # the bytes of an earlier answer, under the number and product of that one
            expected = {**expected, "report_id": first, "product": shown.get("product")}
        if any(shown.get(name) != value for name, value in expected.items()):
            self.tally.wrong(place, "is an answer to somebody or something else", "回答的对象或用途不符")
        elif fields.get("kind") != EventKind.INQUIRY.value:
            self.tally.wrong(place, "was delivered, and logged as something else", "已交付，但日志记为其他事件")
        elif shown.get("outcome") == "no-hit" and not fields.get("price", "").endswith(";0;CNY;free"):
            self.tally.wrong(place, "found nobody, and was charged", "查无此人却收费")


class Scores(_PerReceipt):
    """Points are looked up again in the signed table from the figures shown; they add up to the number shown."""

    name = "scores"

    def judge(self, receipt: Receipt) -> None:
        """One answer's score."""
        place = f"reports/{receipt.folder}/answer.json"
        shown = parse_object(place, self.case.export.read(place)).get("score")
        if shown is None:
            return
        try:
            again = self._again if "points" in shown else self._told_alone
            is_right = isinstance(shown, dict) and shown == again(shown)
        except (KeyError, TypeError, ValueError, AttributeError, ScorecardRefused):
            is_right = False
        if not is_right:
            self.tally.wrong(place, "the score does not follow from the signed scorecard", "评分与已签署的评分表不符")

    def _card(self, shown: dict[str, Any]) -> tuple[Scorecard, str]:
        """The signed scorecard that the answer names."""
        name = str(shown["scorecard"])
        card = parse_scorecard(self.case.export.read(f"system/scorecards/{name}.json"))
        return card, str(self.case.body["scorecards"][name])

    def _told_alone(self, shown: dict[str, Any]) -> dict[str, Any]:
        """A score that is told without its figures (product `score`): what can be checked is scale, band and names."""
        card, digest = self._card(shown)
        reasons = tuple(str(one["code"]) for one in shown["reasons"])
        if not set(reasons) <= {row.name for row in card.table} or len(reasons) > MOST_REASONS:
            raise ValueError("a reason that the table does not know")
        value = shown["value"]
        if value is not None and not card.lowest <= value <= card.highest:
            raise ValueError("a number outside the scale")
        return score_block(card, Score(card.id, digest, value, card.base, 0, (), reasons, card.standing))

    def _again(self, shown: dict[str, Any]) -> dict[str, Any]:
        """The score again, from the figures that the answer shows."""
        card, digest = self._card(shown)
        figures = {
            part["attribute"]: AttributeValue(part["value"], part["special"], tuple(part["tradelines"]))
            for part in shown["points"]
        }
        if shown["value"] is None:
            figures = {row.name: AttributeValue(None, "no-record") for row in card.table}
        figures.setdefault("history_months", AttributeValue(None if shown["value"] is None else card.history_months))
        return score_json(score(card, digest, figures))
