"""What else does a member do by program?  Earlier answers, watched files, bills, deliveries.

Builders of `Call` values and readers of replies: pure, shared by both clients.  Promises: an answer told again is returned
only when its bytes have the hash that is in the log; an invoice only when its bytes have the hash that it comes with, and a
closed one only when it lies under the log's entry of its month.  Not done here: consents (`client_consent.py`).
"""

import hashlib
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote, urlencode

import msgspec

from openbureau.client_answers import Answer, NotVerified, Person, Receipt, Told, body_of, logged_fields
from openbureau.client_calls import Call, Reply, keyed
from openbureau.client_check import Trust, check_receipt
from openbureau.client_duties import REFUSED, decoded, read_answer, read_refusal, told_call
from openbureau.core.invoice import summary, summary_leaf
from openbureau.core.products import Options, Product, product_text
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.merkle import ProofRefused, check_inclusion, leaf_hash
from openbureau.tlog.strict import Malformed

# ------------------------------------------------------------------------------------------------------ earlier answers


class _Again(msgspec.Struct):
    answer_hash: str


def again(trust: Trust, earlier: str | Receipt) -> Call[Told]:
    """An earlier answer of yours bit for bit, by its number; with the receipt of its first time, held against that too."""
    inquiry_id = earlier if isinstance(earlier, str) else earlier.inquiry_id
    path = f"/v1/inquiries/{quote(inquiry_id, safe='')}"
    wanted = logged_fields(
        f"GET {path}".encode(), product=product_text("", Options(again=inquiry_id)), actor_user="-"
    )  # fmt: skip

    def read(reply: Reply) -> Told:
        if reply.status == 403:
            return read_refusal(trust, reply, wanted)
        answer = read_answer(trust, reply, wanted)
        told = decoded(reply, _Again).answer_hash
        if hashlib.sha256(answer.content).hexdigest() != told:
            raise NotVerified("the bytes have another hash than is told beside them", {"answer_hash": told})
        if isinstance(earlier, Receipt):
            check_receipt(trust, earlier, wanted={"purpose": answer.header.purpose}, answer=answer.content)
        return answer

    return Call(method="GET", path=path, read=read, told=REFUSED)


# -------------------------------------------------------------------------------------------------------- watched files


class Watch(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose file to watch, your own name for the case (never a person's), and the triggers: every one, if left out."""

    subject: Person
    reference: str
    triggers: tuple[str, ...] = ()
    purpose: str = "post-loan"
    actor_user: str = "-"


class Monitor(msgspec.Struct, frozen=True):
    """A file that you watch, or watched; `reason` says why it ended."""

    monitor_id: str
    purpose: str
    triggers: tuple[str, ...]
    reference: str
    actor_user: str
    started_at: datetime
    alerts: int
    ended_at: datetime | None = None
    reason: str | None = None


class _Monitors(msgspec.Struct):
    monitors: tuple[Monitor, ...]


def begin_monitor(trust: Trust, watch: Watch, key: str | None) -> Call[Told]:
    """Begin to watch; answered or refused like an inquiry.  The number of the answer is that of the monitor."""
    body = body_of(watch, watch.subject)
    wanted = logged_fields(body, purpose=watch.purpose, product=Product.ALERT, actor_user=watch.actor_user)
    return keyed(told_call(trust, "/v1/monitors", body, wanted=wanted), key)


def monitors(before: str = "") -> Call[tuple[Monitor, ...]]:
    """The files that you watch, newest first; a further page is `before` the last number of this one."""
    path = f"/v1/monitors?{urlencode({'before': before})}" if before else "/v1/monitors"
    return Call(method="GET", path=path, read=lambda reply: decoded(reply, _Monitors).monitors)


def stop_monitor(monitor_id: str) -> Call[Monitor]:
    """Watch a file no more."""
    path = f"/v1/monitors/{quote(monitor_id, safe='')}/stop"
    return Call(method="POST", path=path, read=lambda reply: decoded(reply, Monitor))


def alert(trust: Trust, alert_id: str) -> Call[Answer]:
    """What an alert tells, by the `id` of its event; checked like an answer."""
    path = f"/v1/alerts/{quote(alert_id, safe='')}"
    return Call(method="GET", path=path, read=lambda reply: read_answer(trust, reply, {"product": Product.ALERT}))


# ---------------------------------------------------------------------------------------------------------------- bills


class InvoiceRow(msgspec.Struct, frozen=True):
    """A month: `open` while it runs, then `closed` with the hash of its invoice; sums in the smallest unit."""

    month: str
    state: str
    currency: str
    totals: dict[str, int]
    hash: str | None = None


class Invoice(msgspec.Struct, frozen=True):
    """An invoice: `content` are its bytes as bound to the log by hash; `proof` ties a closed one to its month's entry."""

    state: str
    hash: str
    content: bytes
    proof: dict[str, Any] | None

    @property
    def blocks(self) -> dict[str, Any]:
        """Lines, groups, credits and totals, as plain JSON."""
        return dict(msgspec.json.decode(self.content))


class _Invoices(msgspec.Struct):
    invoices: tuple[InvoiceRow, ...]


class _Invoice(msgspec.Struct):
    state: str
    hash: str
    invoice: msgspec.Raw
    proof: dict[str, Any] | None = None


def invoices() -> Call[tuple[InvoiceRow, ...]]:
    """Your months, newest first."""
    return Call(method="GET", path="/v1/members/me/invoices", read=lambda reply: decoded(reply, _Invoices).invoices)


def invoice(month: str) -> Call[Invoice]:
    """The invoice of a month (`YYYY-MM`), checked against its hash and its proof."""

    def read(reply: Reply) -> Invoice:
        found = decoded(reply, _Invoice)
        made = Invoice(found.state, found.hash, bytes(found.invoice), found.proof)
        check_invoice(made)
        return made

    return Call(method="GET", path=_invoice_path(month), read=read)


def check_invoice(made: Invoice) -> None:
    """`NotVerified` unless the bytes have this hash and, in a closed month, lie under the root in the log's entry."""
    evidence = {"hash": made.hash, "proof": made.proof}
    if hashlib.sha256(made.content).hexdigest() != made.hash:
        raise NotVerified("the invoice has another hash than is told", evidence)
    if (proof := made.proof) is None:
        return
    try:
        entry = str(proof["entry"]).encode()
        said = msgspec.json.decode(parse_entry(entry).content)
        shown = summary(made.blocks, made.hash)
        check_inclusion(
            summary_leaf(bytes.fromhex(proof["salt"]), shown), index=proof["place"], size=proof["size"],
            proof=[bytes.fromhex(one) for one in proof["path"]], root=bytes.fromhex(said["root"]),
        )  # fmt: skip
        holds = (said["month"], proof["leaf"]) == (made.blocks["month"], leaf_hash(entry).hex())
    except (ProofRefused, Malformed, msgspec.MsgspecError, KeyError, TypeError, ValueError) as trouble:
        raise NotVerified(f"the invoice does not lie under its month's entry: {trouble}", evidence) from None
    if not holds:
        raise NotVerified("the entry is of another month or another leaf", evidence)


def invoice_csv(month: str) -> Call[bytes]:
    """The lines of a month as CSV."""
    return Call(method="GET", path=f"{_invoice_path(month)}?as=csv", read=lambda reply: reply.body)


def invoice_pdf(month: str, language: Literal["zh-CN", "en"] = "zh-CN") -> Call[bytes]:
    """The invoice of a month on paper."""
    path = f"{_invoice_path(month)}?{urlencode({'as': 'pdf', 'lang': language})}"
    return Call(method="GET", path=path, read=lambda reply: reply.body)


def _invoice_path(month: str) -> str:
    return f"/v1/members/me/invoices/{quote(month, safe='')}"


# ----------------------------------------------------------------------------------------------------------- deliveries


class Delivery(msgspec.Struct, frozen=True):
    """An event on its way to your address: `waiting`, `delivered` or `dead`; `answer` is the last status it was answered."""

    delivery_id: str
    position: int
    kind: str
    state: str
    tries: int
    due_at: datetime | None = None
    tried_at: datetime | None = None
    answer: int | None = None
    trouble: str | None = None


class _Deliveries(msgspec.Struct):
    deliveries: tuple[Delivery, ...]


def deliveries(state: str = "", before: int | None = None) -> Call[tuple[Delivery, ...]]:
    """What is and was on its way to you, newest first; a further page is `before` the last position of this one."""
    wished = {"state": state} if state else {}
    asked = urlencode(wished | ({"before": str(before)} if before is not None else {}))
    path = f"/v1/deliveries?{asked}" if asked else "/v1/deliveries"
    return Call(method="GET", path=path, read=lambda reply: decoded(reply, _Deliveries).deliveries)


def replay_delivery(delivery_id: str) -> Call[Delivery]:
    """Let an event set out again."""
    path = f"/v1/deliveries/{quote(delivery_id, safe='')}/replay"
    return Call(method="POST", path=path, read=lambda reply: decoded(reply, Delivery))
