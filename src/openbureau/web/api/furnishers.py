"""What does a furnisher send, and what becomes of it?

The body is the file itself.  It is read in pieces into an unnamed file beside the database, never into memory as a whole,
then received (bytes first, before any opinion on them) and loaded.
"""

import tempfile
import uuid
from dataclasses import asdict
from typing import IO, Any, BinaryIO, cast

from openbureau.core.furnishing.finding import Finding, finding_json
from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.core.furnishing.parse import FORMATS
from openbureau.core.outcome import Refusal
from openbureau.jobs.furnishing.load import NoReceipt, acceptance, acceptance_json, furnish
from openbureau.jobs.furnishing.receive import FurnishingReceipt
from openbureau.jobs.inquiry.contents import refusal_json
from openbureau.web.api.bodies import field_trouble
from openbureau.web.api.lenders import member_of
from openbureau.web.desk import Asking, Desk, desk_of
from openbureau.web.replies import PRIVATE, Reply, json_reply
from openbureau.web.trouble import Trouble

LARGEST_FILE = 4 << 30
"""Bytes of one furnished file: 4 GiB."""
IN_MEMORY = 8 << 20


async def send_file(request: Asking) -> Reply:
    """POST /v1/furnishings?format=&kind=: receipt and acceptance of one file."""
    member = await member_of(request)
    desk = desk_of(request)
    format_, kind = _choice(request, "format", FORMATS), _choice(request, "kind", tuple(LAYOUTS))
    with _waiting_file(desk) as file:
        async for piece in request.stream():
            file.write(piece)
        file.seek(0)
        told = await desk.load(_furnish, desk, member.member_id, (file, format_, kind))
    place = f"/v1/furnishings/{told['receipt']['receipt_id']}"
    return json_reply(told, status=201, headers=PRIVATE | {"Location": place})


def _waiting_file(desk: Desk) -> IO[bytes]:
    """An unnamed file: nobody else can open it, and it is gone with the request."""
    return tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(desk.bureau.settings.home))


def _furnish(desk: Desk, member_id: str, sent: tuple[IO[bytes], str | None, str | None]) -> dict[str, Any]:
    bureau = desk.bureau
    file, format_, kind = sent
    received, made = furnish(bureau, member_id, cast("BinaryIO", file), format=format_, kind=kind)
    match received:
        case Refusal():
            told = refusal_json(received)
            raise Trouble(received.code.value, told={"rules": told["rules"], "citations": told["citations"]})
        case Finding():
            raise Trouble("file-not-readable", told={"finding": finding_json(received)})
        case FurnishingReceipt():
            if made is None:
                raise AssertionError("a receipt without an acceptance")
            receipt = asdict(received)
            receipt["received_at"] = received.received_at.strftime("%Y-%m-%dT%H:%M:%SZ")
            return {"receipt": receipt, "acceptance": acceptance_json(bureau, made)}


def _choice(request: Asking, name: str, choices: tuple[str, ...]) -> str | None:
    value = request.query_params.get(name)
    if value is None or value in choices:
        return cast("str | None", value)
    listed = ", ".join(choices)
    raise field_trouble(
        f"?{name}",
        {"en": "is not one of the known values", "zh": "不是已知取值"},
        {"en": f"Leave it out, or send one of: {listed}.", "zh": f"请省略，或使用：{listed}。"},
    )


async def one_file(request: Asking) -> Reply:
    """GET /v1/furnishings/{id}: what became of a file that this member sent."""
    member = await member_of(request)
    desk = desk_of(request)
    receipt_id = str(request.path_params["receipt_id"])
    try:
        receipt_id = str(uuid.UUID(receipt_id))
        told = await desk.do(_acceptance, desk, member.member_id, receipt_id)
    except (ValueError, NoReceipt):
        raise Trouble("not-found") from None
    return json_reply(told)


def _acceptance(desk: Desk, member_id: str, receipt_id: str) -> dict[str, Any]:
    made = acceptance(desk.bureau, receipt_id, member_id=member_id)
    return {"acceptance": acceptance_json(desk.bureau, made)}
