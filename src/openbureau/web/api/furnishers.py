"""What does a furnisher send, and what becomes of it?

The body is the file itself, or a few records.  A file is read in pieces into an unnamed file beside the database, never
into memory as a whole, then received (bytes first, before any opinion on them) and loaded: while the sender waits, or
afterwards where the sender prefers so.
"""

import hashlib
import io
import re
import tempfile
import uuid
from dataclasses import asdict
from typing import IO, Annotated, Any, BinaryIO, cast

import msgspec

from openbureau.core.furnishing.finding import Finding, finding_json
from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.core.furnishing.parse import FORMATS
from openbureau.core.outcome import Refusal
from openbureau.jobs.furnishing.held import LOOKED_UP_MOST, held_accounts, held_totals
from openbureau.jobs.furnishing.load import NoReceipt, acceptance, acceptance_json, load_file, must_wait
from openbureau.jobs.furnishing.progress import LIST_MOST, furnishings, progress_of
from openbureau.jobs.furnishing.receive import Arrival, FurnishingReceipt, OtherContent, Received, receive_file
from openbureau.jobs.furnishing.upload import LARGEST_UPLOAD
from openbureau.jobs.inquiry.contents import refusal_json
from openbureau.web.api.bodies import field_trouble
from openbureau.web.api.people import check_origin
from openbureau.web.desk import Asking, Desk, desk_of
from openbureau.web.gate import CHALLENGE, member_of, stream_body
from openbureau.web.pages.signed import member_signed_in
from openbureau.web.replies import PRIVATE, Reply, json_reply, language_of
from openbureau.web.trouble import Trouble

LARGEST_FILE = LARGEST_UPLOAD
"""Bytes of one furnished file, whole or in pieces."""
IN_MEMORY = 8 << 20
MOST_RECORDS = 1000
_KEY = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?\Z")
_KEY_CURE = (
    "请发送由 1 至 200 个可打印 ASCII 字符组成、首尾不为空格的键：每次报送使用新键，重发时使用原键。",
    "Send 1 to 200 printable ASCII characters, no blank first or last, new for each sending and the same in a repeat.",
)
_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")


class AccountNumbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which accounts a furnisher asks about, by its own numbers."""

    account_nos: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=1, max_length=64)]],
        msgspec.Meta(min_length=1, max_length=LOOKED_UP_MOST),
    ]


_list_of_raw = msgspec.json.Decoder(list[msgspec.Raw]).decode
_anything = msgspec.json.Decoder().decode
_read_numbers = msgspec.json.Decoder(AccountNumbers).decode


async def send_file(request: Asking) -> Reply:
    """POST /v1/furnishings?format=&kind=: receipt and acceptance of one file; the receipt alone where preferred."""
    member = await member_of(request, is_streamed=True)
    desk = desk_of(request)
    format_, kind = _choice(request, "format", FORMATS), _choice(request, "kind", tuple(LAYOUTS))
    with _waiting_file(desk) as file:
        await stream_body(request, file)
        made = await desk.load(_receive, desk, member.member_id, (file, format_, kind))
    return await received_reply(request, made)


async def received_reply(request: Asking, received: Received) -> Reply:
    """The answer to whatever was received: loaded now; or later where the sender prefers that, or sent more before."""
    desk = desk_of(request)
    receipt = receipt_json(received)
    place = {"Location": f"/v1/furnishings/{receipt['receipt_id']}"}
    is_preferred = prefers_async(request)
    if is_preferred or await desk.do(must_wait, desk.bureau, receipt["receipt_id"]):
        desk.wake()
        headers = PRIVATE | place | ({"Preference-Applied": "respond-async"} if is_preferred else {})
        return json_reply({"receipt": receipt}, status=202, headers=headers)
    told = await desk.load(_load, desk, receipt["receipt_id"])
    return json_reply({"receipt": receipt, "acceptance": told}, status=201, headers=PRIVATE | place)


def prefers_async(request: Asking) -> bool:
    """Does the sender rather come back for the acceptance (RFC 7240)?"""
    wishes = ",".join(request.headers.getall("prefer", []))
    return any(wish.partition(";")[0].strip().lower() == "respond-async" for wish in wishes.split(","))


def _waiting_file(desk: Desk) -> IO[bytes]:
    """An unnamed file: nobody else can open it, and it is gone with the request."""
    return tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(desk.bureau.settings.home))


def _receive(desk: Desk, member_id: str, sent: tuple[IO[bytes], str | None, str | None]) -> Received:
    file, format_, kind = sent
    return receive_file(desk.bureau, member_id, cast("BinaryIO", file), format=format_, kind=kind)


def _load(desk: Desk, receipt_id: str) -> dict[str, Any]:
    return acceptance_json(desk.bureau, load_file(desk.bureau, receipt_id))


def refused(refusal: Refusal) -> Trouble:
    """A refusal with its articles as the problem that it is at the door."""
    told = refusal_json(refusal)
    return Trouble(refusal.code.value, told={"rules": told["rules"], "citations": told["citations"]})


def receipt_json(received: Received) -> dict[str, Any]:
    """A receipt as plain JSON; `Trouble` where there is none."""
    match received:
        case Refusal():
            raise refused(received)
        case Finding():
            raise Trouble("file-not-readable", told={"finding": finding_json(received)})
        case FurnishingReceipt():
            receipt = asdict(received)
            receipt["received_at"] = received.received_at.strftime("%Y-%m-%dT%H:%M:%SZ")
            return receipt


async def send_records(request: Asking) -> Reply:
    """POST /v1/records: one record or a few, received and loaded like a file; the answer has receipt and findings."""
    member = await member_of(request)
    desk = desk_of(request)
    content = await request.body()
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.match(key):
        cure = desk.paper.formats[language_of(request)].pick(_KEY_CURE)
        raise Trouble("idempotency-key-missing", detail=cure, told={"cure": cure})
    lines = record_lines(content)
    try:
        made = await desk.load(_receive_records, desk, member.member_id, (lines, key))
    except OtherContent:
        raise Trouble("idempotency-key-reused") from None
    return await received_reply(request, made)


def record_lines(content: bytes) -> bytes:
    """A JSON object, or a list of them, as lines: each record byte for byte but for its line ends."""
    try:
        records = _read_records(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Trouble("not-json") from None
    lines = [bytes(one) for one in records] if isinstance(records, list) else [content.strip()]
    if not 0 < len(lines) <= MOST_RECORDS or any(line[:1] != b"{" for line in lines):
        raise field_trouble(
            "#",
            {
                "en": f"must be one record or 1 to {MOST_RECORDS} of them",
                "zh": f"须为一条记录，或 1 至 {MOST_RECORDS} 条记录",
            },
            {"en": "Send a JSON object, or a list of them.", "zh": "请发送一个 JSON 对象，或由其组成的列表。"},
        )
    # In JSON a line end stands between values only, where a blank says the same.
    return b"".join(line.translate(_ONE_LINE) + b"\n" for line in lines)


def _read_records(content: bytes) -> list[msgspec.Raw] | msgspec.Raw:
    if content.lstrip()[:1] == b"[":
        listed: list[msgspec.Raw] = _list_of_raw(content)
        return listed
    _anything(content)
    return msgspec.Raw(content)


def _receive_records(desk: Desk, member_id: str, sent: tuple[bytes, str | None]) -> Received:
    lines, key = sent
    arrival = None
    if key is not None:
        content = desk.bureau.own_key("records", member_id, hashlib.sha256(lines).hexdigest())
        arrival = Arrival(b"records/" + key.encode(), "records", content)
    else:
        arrival = Arrival(uuid.uuid4().bytes, "records")
    return receive_file(desk.bureau, member_id, io.BytesIO(lines), format="jsonl", arrival=arrival)


async def own_files(request: Asking) -> Reply:
    """GET /v1/furnishings?before=: the files of this member with their progress, newest first."""
    member = await member_of(request)
    desk = desk_of(request)
    before = request.query_params.get("before")
    if before is not None and as_uuid(before) is None:
        raise field_trouble(
            "?before",
            {"en": "is no receipt id", "zh": "不是回执编号"},
            {"en": "Send the last receipt id of the page before.", "zh": "请发送上一页最后一个回执编号。"},
        )
    rows = await desk.do(_listed, desk, member.member_id, before)
    following = rows[-1]["receipt_id"] if len(rows) == LIST_MOST else None
    return json_reply({"furnishings": rows, "next": f"/v1/furnishings?before={following}" if following else None})


def _listed(desk: Desk, member_id: str, before: str | None) -> list[dict[str, Any]]:
    return furnishings(desk.bureau, member_id, before=before)


async def own_accounts(request: Asking) -> Reply:
    """GET /v1/accounts: what is held from this member, in totals."""
    member = await member_of(request)
    desk = desk_of(request)
    return json_reply({"totals": await desk.do(held_totals, desk.bureau, member.member_id)})


async def look_up(request: Asking) -> Reply:
    """POST /v1/accounts: accounts of this member by its own numbers, which never stand in an address."""
    member = await member_of(request)
    desk = desk_of(request)
    try:
        numbers = _read_numbers(await request.body()).account_nos
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise field_trouble(
            "#/account_nos",
            {
                "en": f"must be a list of 1 to {LOOKED_UP_MOST} account numbers",
                "zh": f"须为 1 至 {LOOKED_UP_MOST} 个账户编号的列表",
            },
            {"en": 'Send {"account_nos": ["..."]}.', "zh": '请发送 {"account_nos": ["..."]}。'},
        ) from None
    return json_reply({"accounts": await desk.do(held_accounts, desk.bureau, member.member_id, numbers)})


async def sender(request: Asking) -> str:
    """The member that sends: by bearer token, or by the session of its desk with the session's token."""
    if request.headers.get("authorization"):
        return (await member_of(request)).member_id
    try:
        session, member_id = member_signed_in(request)
    except Trouble:
        raise Trouble("not-signed-in", headers=CHALLENGE) from None
    if request.method != "GET":
        check_origin(request, session, request.headers.get("x-csrf-token"))
    return member_id


def as_uuid(text: object) -> str | None:
    """The canonical spelling of an id; None for what is none."""
    try:
        return str(uuid.UUID(str(text)))
    except ValueError:
        return None


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
    member_id = await sender(request)
    desk = desk_of(request)
    receipt_id = as_uuid(request.path_params["receipt_id"])
    try:
        return json_reply(await desk.do(_acceptance, desk, member_id, receipt_id or ""))
    except NoReceipt:
        raise Trouble("not-found") from None


def _acceptance(desk: Desk, member_id: str, receipt_id: str) -> dict[str, Any]:
    progress = progress_of(desk.bureau, member_id, receipt_id) if receipt_id else None
    if progress is None:
        raise NoReceipt("no file was received under this id")
    made = acceptance(desk.bureau, receipt_id, member_id=member_id)
    return {"acceptance": acceptance_json(desk.bureau, made), "progress": progress}
