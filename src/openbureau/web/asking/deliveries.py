"""What does a member's desk see of events on their way to its own address?

The address, each event with its state, and a button to let it set out again.  Promises: no person stands here; a member sees
its own events only.
"""

from typing import Any

from openbureau.jobs.delivery.endpoint import DeliveryRow, NoDelivery, deliveries, replay, webhook_of
from openbureau.web.api.furnishers import as_uuid
from openbureau.web.api.people import check_origin
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.signed import N_, member_signed_in
from openbureau.web.replies import Reply, page, redirect
from openbureau.web.trouble import Trouble

HOME = "/lender/deliveries"
KINDS = {
    "alert": N_("Something happened in a watched file"), "monitor-ended": N_("A file is watched no more"),
    "batch-ended": N_("A file of inquiries is worked"),
}  # fmt: skip
STATES = {
    "waiting": (N_("on its way"), "wait"),
    "delivered": (N_("delivered"), "calm"),
    "dead": (N_("given up"), "bad"),
}


async def deliveries_page(request: Asking) -> Reply:
    """GET /lender/deliveries: the newest events of the signed-in member, and where they go."""
    try:
        session, member_id = member_signed_in(request)
    except Trouble:
        return redirect(f"/sign-in?as=member&next={HOME}")
    desk = desk_of(request)
    held = await desk.do(webhook_of, desk.bureau, member_id)
    rows = await desk.do(lambda: deliveries(desk.bureau, member_id, before=None, state=None))
    words = {"webhook": held, "rows": [_words(row) for row in rows]}
    return page(request, "deliveries.html", words, session=session)


def _words(row: DeliveryRow) -> dict[str, Any]:
    state, tone = STATES[row.state]
    return {"row": row, "kind": KINDS.get(row.kind, row.kind), "state": state, "tone": tone}


async def do_replay(request: Asking) -> Reply:
    """POST /lender/deliveries/{delivery_id}/replay: let an event set out again with all its attempts."""
    session, member_id = member_signed_in(request)
    form = await request.form()
    check_origin(request, session, str(form.get("token", "")))
    desk, event_id = desk_of(request), as_uuid(request.path_params["delivery_id"])
    if event_id is None:
        raise Trouble("not-found")
    try:
        await desk.do(replay, desk.bureau, member_id, event_id)
    except NoDelivery:
        raise Trouble("not-found") from None
    return redirect(HOME, cookies=[desk.sessions.cookie(session)])
