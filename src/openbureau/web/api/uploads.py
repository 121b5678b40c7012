"""How does a large file come in pieces, and go on where the line broke?

Begin with the size, send pieces at the offset that is held, finish.  Promises: what was acknowledged is held; a piece at
another offset is a conflict that tells the right one, so that any retry is harmless; a page of the furnisher's desk uses
the same addresses under its session and the session's token.
"""

import re
from typing import Annotated, Any, Literal

import msgspec

from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.core.furnishing.parse import FORMATS
from openbureau.core.outcome import Refusal
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing import upload
from openbureau.jobs.furnishing.receive import Received
from openbureau.jobs.furnishing.upload import NoUpload, OtherDigest, TooMuch, Upload, WrongOffset
from openbureau.web.api.bodies import field_trouble
from openbureau.web.api.furnishers import as_uuid, received_reply, refused, sender
from openbureau.web.desk import Asking, desk_of
from openbureau.web.replies import PRIVATE, Reply, json_reply
from openbureau.web.trouble import Trouble

_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/(?:[0-9]{1,18}|\*)\Z")


class UploadBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What will come: its size, and if known its format, record kind and SHA-256 (hex)."""

    size: Annotated[int, msgspec.Meta(ge=1, le=upload.LARGEST_UPLOAD)]
    format: Literal[FORMATS] | None = None  # type: ignore[valid-type]
    kind: Literal[tuple(LAYOUTS)] | None = None  # type: ignore[valid-type]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")] | None = None


_read = msgspec.json.Decoder(UploadBody).decode


def upload_json(made: Upload) -> dict[str, Any]:
    """An upload as plain JSON."""
    return {
        "upload_id": made.upload_id,
        "size": made.size,
        "held": made.held,
        "begun_at": made.begun_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "expires_at": made.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "receipt_id": made.receipt_id,
        "furnishing": f"/v1/furnishings/{made.receipt_id}" if made.receipt_id else None,
    }


async def begin_upload(request: Asking) -> Reply:
    """POST /v1/uploads: begin; where to send the pieces."""
    member_id = await sender(request)
    desk = desk_of(request)
    try:
        body = _read(await request.body())
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise field_trouble(
            "#",
            {"en": "must name the size in bytes, 4 GiB at most", "zh": "须注明大小（字节），最大 4 GiB"},
            {
                "en": 'Send {"size": N}, and if known format, kind and sha256.',
                "zh": '请发送 {"size": N}，可附 format、kind 与 sha256。',
            },
        ) from None
    made = await desk.do(_begin, desk.bureau, member_id, body)
    if isinstance(made, Refusal):
        raise refused(made)
    place = {"Location": f"/v1/uploads/{made.upload_id}"}
    return json_reply({"upload": upload_json(made)}, status=201, headers=PRIVATE | place)


def _begin(bureau: Bureau, member_id: str, body: UploadBody) -> Upload | Refusal:
    return upload.begin(bureau, member_id, body.size, format=body.format, kind=body.kind, sha256=body.sha256)


async def own_uploads(request: Asking) -> Reply:
    """GET /v1/uploads: what is under way, newest first."""
    member_id = await sender(request)
    desk = desk_of(request)
    found = await desk.do(upload.under_way, desk.bureau, member_id)
    return json_reply({"uploads": [upload_json(one) for one in found]})


async def how_far_it_is(request: Asking) -> Reply:
    """GET /v1/uploads/{id}: how many bytes are held, or the receipt that came of them."""
    member_id = await sender(request)
    desk = desk_of(request)
    try:
        found = await desk.do(upload.how_far, desk.bureau, member_id, _upload_id(request))
    except NoUpload:
        raise Trouble("not-found") from None
    return json_reply({"upload": upload_json(found)})


def _upload_id(request: Asking) -> str:
    found = as_uuid(request.path_params["upload_id"])
    if found is None:
        raise Trouble("not-found")
    return found


async def take_piece(request: Asking) -> Reply:
    """PUT /v1/uploads/{id}?at=OFFSET (or Content-Range): keep a piece; how many bytes are held now."""
    member_id = await sender(request)
    desk = desk_of(request)
    at, length = _offset(request)
    content = await request.body()
    if length is not None and length != len(content):
        raise Trouble("request-not-readable")
    try:
        held = await desk.load(_keep, desk.bureau, member_id, (_upload_id(request), content, at))
    except NoUpload:
        raise Trouble("not-found") from None
    except WrongOffset as trouble:
        raise Trouble("upload-elsewhere", told={"upload": upload_json(trouble.upload)}) from None
    except TooMuch:
        raise Trouble("upload-too-long") from None
    return json_reply({"upload": upload_json(held)})


def _keep(bureau: Bureau, member_id: str, piece: tuple[str, bytes, int]) -> Upload:
    upload_id, content, at = piece
    return upload.add_piece(bureau, member_id, upload_id, content, at=at)


def _offset(request: Asking) -> tuple[int, int | None]:
    """Where a piece begins, and where Content-Range tells it, how long it is."""
    at = str(request.query_params.get("at", ""))
    if at.isascii() and at.isdigit() and len(at) <= 18:
        return int(at), None
    told = _RANGE.match(request.headers.get("content-range", ""))
    if told is None or int(told[2]) < int(told[1]):
        raise field_trouble(
            "?at",
            {"en": "must be the offset at which the piece begins", "zh": "须为分块的起始偏移"},
            {
                "en": "Send ?at=OFFSET, or Content-Range: bytes FIRST-LAST/SIZE.",
                "zh": "请发送 ?at=偏移，或 Content-Range: bytes 起-止/总长。",
            },
        )
    return int(told[1]), int(told[2]) - int(told[1]) + 1


async def give_up_upload(request: Asking) -> Reply:
    """DELETE /v1/uploads/{id}: forget an upload that will not be finished."""
    member_id = await sender(request)
    desk = desk_of(request)
    try:
        await desk.do(upload.give_up, desk.bureau, member_id, _upload_id(request))
    except NoUpload:
        raise Trouble("not-found") from None
    return json_reply({"ended": True})


async def finish_upload(request: Asking) -> Reply:
    """POST /v1/uploads/{id}/finish: receive the whole as one file; the same receipt however often it is asked."""
    member_id = await sender(request)
    return await received_reply(request, await finished(request, member_id, _upload_id(request)))


async def finished(request: Asking, member_id: str, upload_id: str) -> Received:
    """What came of an upload; `Trouble` where it is not whole, not there, or not what was promised."""
    desk = desk_of(request)
    try:
        return await desk.load(upload.finish, desk.bureau, member_id, upload_id)
    except NoUpload:
        raise Trouble("not-found") from None
    except WrongOffset as trouble:
        raise Trouble("upload-not-whole", told={"upload": upload_json(trouble.upload)}) from None
    except OtherDigest:
        raise Trouble("upload-differs") from None
