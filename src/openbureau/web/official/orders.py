"""How does a court or an authority look somebody up?

By a document instead of a consent: what it must say, and what happens when it does not.  A body that cannot be read is told
field by field; a document that is missing, of the wrong kind or out of its term is a refusal, recorded like any other.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

import msgspec

from openbureau.core.decision.order import KINDS, ORDER_PURPOSES, Deferral, Document, Order
from openbureau.core.products import Product
from openbureau.core.subject import ID_KINDS
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.web.api.bodies import Rule, SubjectBody, body_trouble, one_of, printable, text_of
from openbureau.web.api.lenders import idempotency_key, settled
from openbureau.web.desk import Asking, desk_of
from openbureau.web.gate import presented_by, signed_body
from openbureau.web.replies import Reply

Words = Annotated[str, msgspec.Meta(max_length=200)]


class DocumentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document: kind of proceedings, law relied on, number, issuing body, officer, first and last day."""

    kind: Annotated[str, msgspec.Meta(max_length=40)]
    statute: Words
    number: Words
    issued_by: Words
    officer: Words
    issued_on: date
    valid_until: date


class DeferralBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The wish to tell the person later: the law that asks for secrecy, and the day on which they are told."""

    statute: Words
    until: date


class OfficialBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A look-up by a court (`judicial`) or an authority (`official`).

    Without a document it is refused: `document-missing`.  `actor_user` is the body's own pseudonym for the officer.
    """

    subject: SubjectBody
    purpose: Literal["judicial", "official"]
    document: DocumentBody | None = None
    deferral: DeferralBody | None = None
    actor_user: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}$")] = "-"

    @property
    def order(self) -> Order:
        """What takes the place of a consent."""
        shown, later = self.document, self.deferral
        document = Document(**msgspec.structs.asdict(shown)) if shown else None
        return Order(document, Deferral(later.statute, later.until) if later else None)


_official: Callable[[bytes], OfficialBody] = msgspec.json.Decoder(OfficialBody).decode


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


_DAY: Rule = (
    _is_day,
    {"en": "must be a day", "zh": "须为日期"},
    {"en": "Send it as YYYY-MM-DD.", "zh": "请以 YYYY-MM-DD 发送。"},
)
_WORDS: Rule = (
    lambda value: isinstance(value, str) and len(value) <= 200,
    {"en": "must be text of at most 200 characters", "zh": "须为不超过 200 个字符的文本"},
    {"en": "Send it as a JSON string.", "zh": "请以 JSON 字符串发送。"},
)
_OFFICIAL: dict[str, tuple[bool, Rule]] = {
    "/subject/id_kind": (True, one_of(ID_KINDS)),
    "/subject/id_number": (True, text_of(64)),
    "/subject/name": (True, text_of(120)),
    "/purpose": (True, one_of(tuple(sorted(ORDER_PURPOSES)))),
    "/actor_user": (False, printable(64)),
}
_DOCUMENT: dict[str, tuple[bool, Rule]] = {
    "/document/kind": (True, one_of(tuple(KINDS))),
    **{f"/document/{name}": (True, _WORDS) for name in ("statute", "number", "issued_by", "officer")},
    "/document/issued_on": (True, _DAY),
    "/document/valid_until": (True, _DAY),
}
_DEFERRAL: dict[str, tuple[bool, Rule]] = {"/deferral/statute": (True, _WORDS), "/deferral/until": (True, _DAY)}


def read_official(body: bytes) -> OfficialBody:
    """A look-up by a court or an authority from its bytes; `Trouble` lists every field that does not fit."""
    try:
        found = _official(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise body_trouble(body, _OFFICIAL, also={"document": _DOCUMENT, "deferral": _DEFERRAL}) from None
    if found.document is not None and found.document.kind not in KINDS:
        raise body_trouble(body, _OFFICIAL, also={"document": _DOCUMENT, "deferral": _DEFERRAL})
    return found


async def ask_officially(request: Asking) -> Reply:
    """POST /v1/official-inquiries: a report by the document of a court or an authority, or a refusal; recorded, free."""
    desk = desk_of(request)
    presented, key = presented_by(request), idempotency_key(request)
    content = await signed_body(request, presented)
    body = read_official(content)
    asked = InquiryRequest(
        token=presented.token,
        shown=presented.shown,
        idempotency_key=key,
        body=content,
        id_kind=body.subject.id_kind,
        id_number=body.subject.id_number,
        name=body.subject.name,
        purpose=body.purpose,
        product=Product.REPORT.value,
        actor_user=body.actor_user,
        order=body.order,
    )
    turn = await desk.pacer.turn(desk.do)
    return settled(request, await desk.do(answer_inquiry, asked, desk.bureau, turn), turn)
