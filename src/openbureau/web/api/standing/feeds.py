"""How does a lender learn of what happened since?

By its feed, which it reads from where it stopped, or at an address of its own, to which the same events are handed over.
"""

import re
from typing import Annotated, Any

import msgspec

from openbureau.jobs.delivery.endpoint import (
    DeliveryRow,
    NoDelivery,
    Webhook,
    deliveries,
    end_webhook,
    replay,
    set_webhook,
    webhook_of,
)
from openbureau.jobs.delivery.feed import PAGE_EVENTS, cloud_event, feed, public_key
from openbureau.web.api.bodies import field_trouble
from openbureau.web.api.furnishers import as_uuid
from openbureau.web.api.lenders import member_of
from openbureau.web.deliver import NotWanted, ask_leave
from openbureau.web.desk import Asking, desk_of
from openbureau.web.outward import LONGEST_URL, AddressRefused
from openbureau.web.replies import SHORT, Reply, json_reply
from openbureau.web.trouble import Trouble

STATES = ("waiting", "delivered", "dead")
_NUMBER = re.compile(r"[0-9]{1,15}\Z")


class WebhookBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a member wants to be told."""

    url: Annotated[str, msgspec.Meta(min_length=8, max_length=LONGEST_URL)]


_webhook = msgspec.json.Decoder(WebhookBody).decode


async def own_feed(request: Asking) -> Reply:
    """GET /v1/alerts?after=: the events of this member after a place, in order; `next` is where to go on."""
    member = await member_of(request)
    desk = desk_of(request)
    after = _number(request, "after") or 0
    events = await desk.do(feed, desk.bureau, member.member_id, after)
    place = events[-1].position if events else after
    return json_reply(
        {
            "events": [cloud_event(desk.bureau, event) for event in events],
            "next": f"/v1/alerts?after={place}",
            "is_more": len(events) == PAGE_EVENTS,
        }
    )


async def put_webhook(request: Asking) -> Reply:
    """PUT /v1/members/me/webhook: tell this member at an address, which is asked first whether it wants to be told."""
    member = await member_of(request)
    desk = desk_of(request)
    try:
        url = _webhook(await request.body()).url
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _url_trouble(
            {"en": "must be an address", "zh": "须为网址"},
            {"en": 'Send {"url": "https://..."}.', "zh": '请发送 {"url": "https://..."}。'},
        ) from None
    try:
        rate = await desk.load(ask_leave, desk.bureau, url)
    except AddressRefused as refused:
        raise _url_trouble(*_WHY[refused.code]) from None
    except NotWanted as trouble:
        raise Trouble("webhook-not-confirmed", told={"answer": trouble.answer, "reason": trouble.trouble}) from None
    held = await desk.do(set_webhook, desk.bureau, member.member_id, url, rate)
    return json_reply(webhook_json(held))


def _url_trouble(what: dict[str, str], cure: dict[str, str]) -> Trouble:
    return field_trouble("/url", what, cure)


_HTTPS = {"en": "Send an https address that the internet can reach.", "zh": "请发送互联网可访问的 https 地址。"}
_WHY: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "not-an-address": ({"en": "is no address we can use", "zh": "不是可用的网址"}, _HTTPS),
    "not-https": ({"en": "is not https", "zh": "不是 https 地址"}, _HTTPS),
    "has-user": (
        {"en": "holds a user or password", "zh": "含有用户名或密码"},
        {"en": "Leave them out; check our signature instead.", "zh": "请去掉；请改为验证我方签名。"},
    ),
    "not-public": ({"en": "leads into a private network", "zh": "指向内部网络"}, _HTTPS),
    "not-found": ({"en": "is of a name that leads nowhere", "zh": "域名无法解析"}, _HTTPS),
}


def webhook_json(held: Webhook) -> dict[str, Any]:
    """An address as plain JSON."""
    return {
        "url": held.url,
        "allowed_rate": held.allowed_rate,
        "confirmed_at": held.confirmed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ended_at": held.ended_at.strftime("%Y-%m-%dT%H:%M:%SZ") if held.ended_at else None,
        "end_reason": held.end_reason,
    }


async def show_webhook(request: Asking) -> Reply:
    """GET /v1/members/me/webhook: where this member is told, or was."""
    member = await member_of(request)
    return await _shown(request, member.member_id)


async def _shown(request: Asking, member_id: str) -> Reply:
    """The address of a member who is known; a signed request is read once only."""
    desk = desk_of(request)
    held = await desk.do(webhook_of, desk.bureau, member_id)
    if held is None:
        raise Trouble("not-found")
    return json_reply(webhook_json(held))


async def delete_webhook(request: Asking) -> Reply:
    """DELETE /v1/members/me/webhook: hand over nothing any more; the feed goes on."""
    member = await member_of(request)
    desk = desk_of(request)
    if not await desk.do(end_webhook, desk.bureau, member.member_id):
        raise Trouble("not-found")
    return await _shown(request, member.member_id)


async def own_deliveries(request: Asking) -> Reply:
    """GET /v1/deliveries?state=&before=: what is and was on its way to this member, newest first."""
    member = await member_of(request)
    desk = desk_of(request)
    state = request.query_params.get("state")
    if state is not None and state not in STATES:
        raise field_trouble(
            "?state",
            {"en": "is not one of the known values", "zh": "不是已知取值"},
            {
                "en": f"Leave it out, or send one of: {', '.join(STATES)}.",
                "zh": f"请省略，或使用：{'、'.join(STATES)}。",
            },
        )
    before = _number(request, "before")

    def read() -> list[DeliveryRow]:
        return deliveries(desk.bureau, member.member_id, before=before, state=state)

    return json_reply({"deliveries": [delivery_json(row) for row in await desk.do(read)]})


def delivery_json(row: DeliveryRow) -> dict[str, Any]:
    """A delivery as plain JSON."""
    return {
        "delivery_id": row.event_id,
        "position": row.position,
        "kind": row.kind,
        "state": row.state,
        "tries": row.tries,
        "due_at": row.due_at.strftime("%Y-%m-%dT%H:%M:%SZ") if row.state == "waiting" else None,
        "tried_at": row.tried_at.strftime("%Y-%m-%dT%H:%M:%SZ") if row.tried_at else None,
        "answer": row.answer,
        "trouble": row.trouble,
    }


async def replay_delivery(request: Asking) -> Reply:
    """POST /v1/deliveries/{id}/replay: let an event set out again with all its attempts."""
    member = await member_of(request)
    desk = desk_of(request)
    event_id = as_uuid(request.path_params["delivery_id"])
    if event_id is None:
        raise Trouble("not-found")
    try:
        return json_reply(delivery_json(await desk.do(replay, desk.bureau, member.member_id, event_id)))
    except NoDelivery:
        raise Trouble("not-found") from None


async def webhook_key(request: Asking) -> Reply:
    """GET /v1/webhook-key: the public key under which deliveries are signed."""
    return json_reply({"key": public_key(desk_of(request).bureau)}, headers=SHORT)


def _number(request: Asking, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not _NUMBER.match(text):
        raise field_trouble(
            f"?{name}",
            {"en": "must be a place in the feed", "zh": "须为消息流中的位置"},
            {"en": "Follow the address under next.", "zh": "请使用 next 中的地址。"},
        )
    return int(text)
