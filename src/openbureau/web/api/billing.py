"""What does it cost, and what does a member owe?

The tariff is for anybody; invoices and their disputes are for the member alone.  An invoice leaves byte for byte as its hash
stands under the log.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec

from openbureau.jobs.billing.dispute import LONGEST_WORDS, REASONS, NotDisputed, disputes, open_dispute
from openbureau.jobs.billing.invoices import Invoice, invoice_of, invoices, is_month
from openbureau.jobs.billing.printed import print_csv, print_pdf
from openbureau.jobs.billing.tariff import tariff
from openbureau.law.rules import NoRule
from openbureau.web.api.bodies import Rule, body_trouble, field_trouble, one_of
from openbureau.web.api.lenders import member_of
from openbureau.web.api.public import day_asked
from openbureau.web.desk import Asking, desk_of
from openbureau.web.replies import JSON, PRIVATE, SHORT, Reply, json_reply, language_of, raw
from openbureau.web.trouble import Trouble

CSV, PDF = "text/csv", "application/pdf"
FORMS = ("json", "csv", "pdf")
"""How an invoice may be asked for."""
UUID_FORM = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


class BillDisputeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member's objection to a line of its bill."""

    inquiry_id: Annotated[str, msgspec.Meta(pattern=UUID_FORM)]
    reason: Literal["wrong-answer", "late-answer", "not-asked", "other"]
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_WORDS, pattern=r"\S")]


_decode = msgspec.json.Decoder(BillDisputeBody).decode
_UUID: Rule = (
    lambda value: isinstance(value, str) and re.match(UUID_FORM, value) is not None,
    {"en": "must be the id of an inquiry", "zh": "须为查询编号"},
    {"en": "Send inquiry_id as it stands on the line of the bill.", "zh": "请发送账单该行所示的 inquiry_id。"},
)
_WORDS: Rule = (
    lambda value: isinstance(value, str) and len(value) <= LONGEST_WORDS and bool(value.strip()),
    {"en": f"must say why, in 1 to {LONGEST_WORDS} characters", "zh": f"须说明理由，1 至 {LONGEST_WORDS} 个字符"},
    {"en": "Send it as a JSON string; name no person.", "zh": "请以 JSON 字符串发送，不要写出任何人的姓名。"},
)


def read_bill_dispute(body: bytes) -> BillDisputeBody:
    """A member's objection from its bytes; `Trouble` lists every field that does not fit."""
    rules = {"/inquiry_id": (True, _UUID), "/reason": (True, one_of(tuple(REASONS))), "/words": (True, _WORDS)}
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise body_trouble(body, rules) from None


async def tariff_rows(request: Asking) -> Reply:
    """GET /v1/tariff?on=: every price, tier and free answer of a day, with the rules behind them."""
    return json_reply(told_tariff(request), headers=SHORT)


def told_tariff(request: Asking) -> dict[str, Any]:
    """The tariff of the day that is asked for."""
    law = desk_of(request).bureau.law
    try:
        return tariff(law, day_asked(request))
    except NoRule:
        raise Trouble("no-rule", told={"topics": list(law.topics)}) from None


async def own_invoices(request: Asking) -> Reply:
    """GET /v1/members/me/invoices: the months of the asking member, newest first."""
    member = await member_of(request)
    desk = desk_of(request)
    rows = await desk.do(invoices, desk.bureau, member.member_id)
    return json_reply({"member_id": member.member_id, "invoices": rows})


async def own_invoice(request: Asking) -> Reply:
    """GET /v1/members/me/invoices/{month}?as=: an invoice as JSON with its proof, as CSV, or as PDF."""
    member = await member_of(request)
    return await told_invoice(request, member.member_id)


async def told_invoice(request: Asking, member_id: str) -> Reply:
    """A member's invoice in the form that is asked for."""
    form = request.query_params.get("as", "json")
    if form not in FORMS:
        raise field_trouble(
            "?as",
            {"en": "must be json, csv or pdf", "zh": "须为 json、csv 或 pdf"},
            {"en": "Leave it out for JSON.", "zh": "不写则为 JSON。"},
        )
    found = await asked_invoice(request, member_id)
    if form == "json":
        return raw(_json(found), JSON)
    desk, language = desk_of(request), language_of(request)
    make: Callable[[], bytes] = (
        (lambda: print_csv(found)) if form == "csv" else (lambda: print_pdf(desk.bureau, found, language))
    )
    name = f"invoice-{member_id}-{request.path_params['month']}.{form}"
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return raw(await desk.do(make), CSV if form == "csv" else PDF, headers=headers)


async def asked_invoice(request: Asking, member_id: str) -> Invoice:
    """The invoice of the month in the address; `Trouble` where there is none."""
    month, desk = str(request.path_params["month"]), desk_of(request)
    found = await desk.do(invoice_of, desk.bureau, member_id, month) if is_month(month) else None
    if found is None:
        raise Trouble("no-such-invoice")
    return found


def _json(found: Invoice) -> bytes:
    """The invoice spliced in as it is kept, with what ties it to the log."""
    state = "closed" if found.is_closed else "open"
    told = {"state": state, "hash": found.hash, "invoice": msgspec.Raw(found.content), "proof": found.proof}
    return msgspec.json.encode(told)


async def own_disputes(request: Asking) -> Reply:
    """GET /v1/members/me/invoice-disputes: what the member objected to, and what was decided."""
    member = await member_of(request)
    desk = desk_of(request)
    found = await desk.do(disputes, desk.bureau, member.member_id)
    return json_reply({"disputes": [one.to_json() for one in found]})


async def dispute_line(request: Asking) -> Reply:
    """POST /v1/members/me/invoices/{month}/disputes: object to a line, with a reason."""
    member = await member_of(request)
    body = read_bill_dispute(await request.body())
    made = await objection(request, member.member_id, (body.inquiry_id, body.reason, body.words))
    return json_reply(made, status=201)


async def objection(request: Asking, member_id: str, asked: tuple[str, str, str]) -> dict[str, Any]:
    """An objection recorded: inquiry, reason and words; `Trouble` where the line cannot be disputed."""
    desk, month = desk_of(request), str(request.path_params["month"])
    inquiry_id, reason, words = asked

    def record() -> Any:
        return open_dispute(
            desk.bureau, member_id, month, inquiry_id=inquiry_id, reason=reason, words=words
        )  # fmt: skip

    match await desk.do(record):
        case NotDisputed() as why:
            raise Trouble(why.value)
        case made:
            found: dict[str, Any] = made.to_json()
            return found
