"""What may a furnisher ask about what it sent?  Its signed receipt, the proof of one record, the quality of its month."""

from typing import Any

from openbureau.jobs.furnishing.load import NoReceipt
from openbureau.jobs.furnishing.prove_record import NoRecord, file_receipt, prove_record
from openbureau.jobs.furnishing.quality import NoMonth, quality
from openbureau.web.api.bodies import field_trouble
from openbureau.web.api.furnishers import as_uuid
from openbureau.web.api.lenders import member_of
from openbureau.web.desk import Asking, Desk, desk_of
from openbureau.web.replies import Reply, json_reply
from openbureau.web.trouble import Trouble


async def receipt(request: Asking) -> Reply:
    """GET /v1/furnishings/{id}/receipt: the signed receipt of a file, with its place in the log where it has one."""
    member = await member_of(request)
    desk = desk_of(request)
    try:
        told = await desk.do(_receipt, desk, member.member_id, _receipt_id(request))
    except NoReceipt:
        raise Trouble("not-found") from None
    return json_reply(told)


async def record_proof(request: Asking) -> Reply:
    """GET /v1/furnishings/{id}/records/{n}/proof: that this one record was sent, unchanged, for anybody to verify."""
    member = await member_of(request)
    desk = desk_of(request)
    wanted = (_receipt_id(request), int(request.path_params["number"]))
    try:
        told = await desk.load(_proof, desk, member.member_id, wanted)
    except (NoReceipt, NoRecord):
        raise Trouble("not-found") from None
    return json_reply(told)


async def own_quality(request: Asking) -> Reply:
    """GET /v1/members/me/quality?month=YYYY-MM: the quality of one's own month, by the published formula."""
    member = await member_of(request)
    desk = desk_of(request)
    try:
        told = await desk.do(_quality, desk, member.member_id, request.query_params.get("month", ""))
    except NoMonth:
        raise field_trouble(
            "?month",
            {"en": "is no month", "zh": "不是月份"},
            {"en": "Send a month as YYYY-MM.", "zh": "请按 YYYY-MM 填写月份。"},
        ) from None
    return json_reply(told)


def _receipt_id(request: Asking) -> str:
    found = as_uuid(request.path_params["receipt_id"])
    if found is None:
        raise Trouble("not-found")
    return found


def _receipt(desk: Desk, member_id: str, receipt_id: str) -> dict[str, Any]:
    return file_receipt(desk.bureau, receipt_id, member_id=member_id)


def _proof(desk: Desk, member_id: str, wanted: tuple[str, int]) -> dict[str, Any]:
    return prove_record(desk.bureau, wanted[0], wanted[1], member_id=member_id)


def _quality(desk: Desk, member_id: str, month: str) -> dict[str, Any]:
    return quality(desk.bureau, member_id, month)
