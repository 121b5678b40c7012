"""How does a lender watch the files of its own borrowers?

To begin is an inquiry: answered or refused in the same form.  What happens since comes by the feed (`feeds.py`); the content of
an alert, and why a monitor ended, is fetched here.
"""

from typing import Any

import msgspec

from openbureau.core.monitor.triggers import Watch
from openbureau.core.products import Options, Product
from openbureau.jobs.inquiry.outcome import Answered
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.jobs.monitor.own import AlertErased, MonitorRow, NoMonitor, alert_of, one_monitor, own_monitors
from openbureau.jobs.monitor.start import start_monitor
from openbureau.jobs.monitor.stop import stop_monitor
from openbureau.web.api.bodies import field_trouble
from openbureau.web.api.furnishers import as_uuid
from openbureau.web.api.lenders import idempotency_key, member_of, settled
from openbureau.web.api.standing.bodies import read_monitor
from openbureau.web.desk import Asking, desk_of
from openbureau.web.gate import presented_by, signed_body
from openbureau.web.replies import JSON, Reply, json_reply, raw
from openbureau.web.trouble import Trouble

_encode = msgspec.json.Encoder().encode


async def begin_monitor(request: Asking) -> Reply:
    """POST /v1/monitors: watch a borrower's file; answered or refused like an inquiry, and recorded before it leaves."""
    desk = desk_of(request)
    presented, key = presented_by(request), idempotency_key(request)
    content = await signed_body(request, presented)
    body = read_monitor(content)
    asked = InquiryRequest(
        token=presented.token,
        idempotency_key=key,
        body=content,
        id_kind=body.subject.id_kind,
        id_number=body.subject.id_number,
        name=body.subject.name,
        purpose=body.purpose,
        product=Product.ALERT.value,
        actor_user=body.actor_user,
        options=Options(watch=Watch(body.triggers, body.reference)),
        shown=presented.shown,
        received_at=desk.bureau.clock(),
    )
    turn = await desk.pacer.turn(desk.do)
    return settled(request, await desk.do(start_monitor, asked, desk.bureau, turn), turn)


async def list_monitors(request: Asking) -> Reply:
    """GET /v1/monitors?before=: the monitors of this member, newest first."""
    member = await member_of(request)
    desk = desk_of(request)
    before = request.query_params.get("before")
    if before is not None and as_uuid(before) is None:
        raise field_trouble(
            "?before",
            {"en": "is no monitor id", "zh": "不是监测编号"},
            {"en": "Send the last monitor id of the page before.", "zh": "请发送上一页最后一个监测编号。"},
        )
    rows = await desk.do(own_monitors, desk.bureau, member.member_id, before)
    return json_reply({"monitors": [monitor_json(row) for row in rows]})


def monitor_json(row: MonitorRow) -> dict[str, Any]:
    """A monitor as plain JSON."""
    return {
        "monitor_id": row.monitor_id,
        "purpose": row.purpose,
        "triggers": list(row.triggers),
        "reference": row.reference,
        "actor_user": row.actor_user,
        "started_at": row.started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ended_at": row.ended_at.strftime("%Y-%m-%dT%H:%M:%SZ") if row.ended_at else None,
        "reason": row.reason,
        "alerts": row.alerts,
    }


async def show_monitor(request: Asking) -> Reply:
    """GET /v1/monitors/{id}: what is told, and whether and why it ended."""
    member = await member_of(request)
    return await _shown(request, member.member_id)


async def _shown(request: Asking, member_id: str) -> Reply:
    """A monitor of a member who is known; a signed request is read once only."""
    desk = desk_of(request)
    try:
        row = await desk.do(one_monitor, desk.bureau, member_id, _id(request, "monitor_id"))
    except NoMonitor:
        raise Trouble("not-found") from None
    return json_reply(monitor_json(row))


async def end_monitor(request: Asking) -> Reply:
    """POST /v1/monitors/{id}/stop: be told no more."""
    member = await member_of(request)
    desk = desk_of(request)
    try:
        await desk.do(stop_monitor, desk.bureau, member.member_id, _id(request, "monitor_id"))
    except NoMonitor:
        raise Trouble("not-found") from None
    return await _shown(request, member.member_id)


async def show_alert(request: Asking) -> Reply:
    """GET /v1/alerts/{id}: what was told, byte for byte as it was recorded, with its receipt."""
    member = await member_of(request)
    desk = desk_of(request)
    try:
        told = await desk.do(alert_of, desk.bureau, member.member_id, _id(request, "alert_id"))
    except NoMonitor:
        raise Trouble("not-found") from None
    except AlertErased:
        raise Trouble("erased") from None
    if not isinstance(told, Answered):
        raise Trouble("not-found")
    content = {"inquiry_id": told.inquiry_id, "answer": msgspec.Raw(told.answer), "receipt": told.receipt}
    return raw(_encode(content), JSON)


def _id(request: Asking, name: str) -> str:
    found = as_uuid(request.path_params[name])
    if found is None:
        raise Trouble("not-found")
    return found
