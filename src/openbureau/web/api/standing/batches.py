"""How does a lender ask about many people at once?

The body is a file of inquiries, one a line (JSON Lines), each with the fields of a single inquiry and a `key` of the lender's
own.  It is read in pieces into an unnamed file, kept sealed, and worked beside; results are fetched a page at a time, which
one after another make the file of results in the order of the lines.
"""

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, BinaryIO, cast

import msgspec

from openbureau.core.outcome import Refusal
from openbureau.jobs.batch.receive import (
    Batch,
    BatchEmpty,
    BatchTooLong,
    NoBatch,
    OtherBatch,
    Reader,
    cancel,
    one_batch,
    own_batches,
    receive_batch,
)
from openbureau.jobs.batch.results import PAGE_LINES, LineOutcome, NotEnded, read_results
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.law.workdays import civil_day
from openbureau.web.api.bodies import InquiryBody, check_wish, field_trouble, read_inquiry
from openbureau.web.api.furnishers import IN_MEMORY, as_uuid, refused
from openbureau.web.api.lenders import REPLAYED, idempotency_key, is_key, request_of, told_of
from openbureau.web.desk import Asking, desk_of
from openbureau.web.gate import member_of, stream_body
from openbureau.web.problems import PROBLEMS
from openbureau.web.replies import PRIVATE, Reply, json_reply, language_of, raw
from openbureau.web.trouble import Trouble, problem_document

LARGEST_BATCH = 256 << 20
JSON_LINES = "application/jsonl"
_encode = msgspec.json.Encoder().encode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


async def send_batch(request: Asking) -> Reply:
    """POST /v1/batches: keep a file of inquiries to be worked; the same key and file again give the same batch."""
    member = await member_of(request, is_streamed=True)
    key = idempotency_key(request)
    desk = desk_of(request)
    with tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(desk.bureau.settings.home)) as file:
        await stream_body(request, file)

        read = line_reader(desk.bureau)

        def receive() -> Batch | Refusal:
            return receive_batch(desk.bureau, member.member_id, cast("BinaryIO", file), key=key, read=read)

        try:
            made = await desk.load(receive)
        except OtherBatch:
            raise Trouble("idempotency-key-reused") from None
        except BatchEmpty:
            raise Trouble("batch-empty") from None
        except BatchTooLong as trouble:
            raise Trouble("batch-too-long", told={"most": trouble.most}) from None
    if isinstance(made, Refusal):
        raise refused(made)
    headers = (REPLAYED if made.is_repeat else PRIVATE) | {"Location": f"/v1/batches/{made.batch_id}"}
    return json_reply(batch_json(made), status=200 if made.is_repeat else 202, headers=headers)


def line_reader(bureau: Bureau) -> Reader:
    """Reads lines under the rules of today, as known until now."""
    now = bureau.clock()
    typed, span = bureau.rulebook(civil_day(now)).typed, (bureau.known_since, now)

    def read(content: bytes, own: str) -> tuple[str | None, InquiryRequest] | dict[str, Any]:
        return _read_line(content, own, lambda body: check_wish(body, typed, span))

    return read


def _read_line(
    content: bytes, own: str, check: Callable[[InquiryBody], None]
) -> tuple[str | None, InquiryRequest] | dict[str, Any]:
    """What a line asks with its key, or its problem; `own` is the idempotency key of a line that brings none."""
    try:
        key, rest = _key_and_rest(content)
        body = read_inquiry(rest)
        check(body)
    except Trouble as trouble:
        return {"code": trouble.row.code, "told": trouble.told}
    except RecursionError:
        return {"code": "not-json", "told": {}}
    # No key of a single inquiry looks like this: those are ASCII.
    return key, request_of(body, content, token="", key=own if key is None else f"batch·key·{key}")


def _key_and_rest(content: bytes) -> tuple[str | None, bytes]:
    """The lender's own key for a line, and the inquiry without it."""
    if b'"key"' not in content:
        return None, content
    try:
        fields = _fields(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None, content  # whoever reads the inquiry says what is wrong
    if "key" not in fields:
        return None, content
    key = msgspec.json.decode(fields.pop("key"))
    if not isinstance(key, str) or not is_key(key):
        raise field_trouble(
            "/key",
            {"en": "must be 1 to 200 printable ASCII characters", "zh": "须为 1 至 200 个可打印 ASCII 字符"},
            {"en": "Send your own name for the line, or leave it out.", "zh": "请发送贵机构自定的行标识，或省略。"},
        )
    return key, _encode(fields)


def batch_json(made: Batch) -> dict[str, Any]:
    """A batch as plain JSON."""
    found = asdict(made)
    del found["is_repeat"]
    found["bytes"] = found.pop("byte_count")
    for name in ("received_at", "work_until", "expires_at", "ended_at"):
        found[name] = found[name].strftime("%Y-%m-%dT%H:%M:%SZ") if found[name] else None
    return found | {"results": f"/v1/batches/{made.batch_id}/results" if made.ended_at else None}


async def list_batches(request: Asking) -> Reply:
    """GET /v1/batches?before=: the batches of this member, newest first."""
    member = await member_of(request)
    desk = desk_of(request)
    before = request.query_params.get("before")
    if before is not None and as_uuid(before) is None:
        raise field_trouble(
            "?before",
            {"en": "is no batch id", "zh": "不是批次编号"},
            {"en": "Send the last batch id of the page before.", "zh": "请发送上一页最后一个批次编号。"},
        )
    rows = await desk.do(own_batches, desk.bureau, member.member_id, before)
    return json_reply({"batches": [batch_json(row) for row in rows]})


async def show_batch(request: Asking) -> Reply:
    """GET /v1/batches/{id}: how far it has come."""
    return await _told(request, one_batch)


async def cancel_batch(request: Asking) -> Reply:
    """POST /v1/batches/{id}/cancel: begin no further line; what was answered stays answered."""
    return await _told(request, cancel)


async def _told(request: Asking, duty: Any) -> Reply:
    member = await member_of(request)
    desk = desk_of(request)
    try:
        return json_reply(batch_json(await desk.do(duty, desk.bureau, member.member_id, batch_id_of(request))))
    except NoBatch:
        raise Trouble("not-found") from None


def batch_id_of(request: Asking) -> str:
    """The batch in the address; `Trouble` where it cannot be one."""
    batch_id = as_uuid(request.path_params["batch_id"])
    if batch_id is None:
        raise Trouble("not-found")
    return batch_id


async def batch_results(request: Asking) -> Reply:
    """GET /v1/batches/{id}/results?after=: what became of the lines, one a line, in their order; `Link` leads on."""
    member = await member_of(request)
    desk = desk_of(request)
    batch_id, language = batch_id_of(request), language_of(request)
    after = _line_number(request)

    def read() -> tuple[list[LineOutcome], bool]:
        return read_results(desk.bureau, member.member_id, batch_id, after=after, most=PAGE_LINES)

    try:
        lines, is_more = await desk.load(read)
    except NoBatch:
        raise Trouble("not-found") from None
    except NotEnded as trouble:
        raise Trouble(
            "batch-not-ended", told={"batch": batch_json(trouble.batch)}, headers={"Retry-After": "5"}
        ) from None
    headers = PRIVATE | {"Content-Language": language, "Vary": "Accept-Language"}
    if is_more:
        headers |= {"Link": f'</v1/batches/{batch_id}/results?after={lines[-1].number}>; rel="next"'}
    return raw(b"".join(line_bytes(line, language) for line in lines), JSON_LINES, headers=headers)


def _line_number(request: Asking) -> int:
    text = request.query_params.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise field_trouble(
            "?after",
            {"en": "must be the number of a line", "zh": "须为行号"},
            {"en": "Follow the address in the Link header.", "zh": "请使用 Link 响应头中的地址。"},
        )
    return int(text)


def line_bytes(line: LineOutcome, language: str) -> bytes:
    """One line of the results: the answer as it was recorded, the refusal or the problem as a problem document."""
    head: dict[str, Any] = {"line": line.number, "key": line.key}
    match line.outcome:
        case Answered() as told:
            head |= {"inquiry_id": told.inquiry_id, "answer": msgspec.Raw(told.answer), "receipt": told.receipt}
        case Refused() as told:
            row, detail, more = told_of(told, language)
            head |= {
                "inquiry_id": told.inquiry_id,
                "refusal": problem_document(row, language, detail=detail, told=more),
            }
        case None:
            problem = line.problem or {"code": "fault", "told": {}}
            head |= {"problem": problem_document(PROBLEMS[problem["code"]], language, told=problem["told"])}
    return _encode(head) + b"\n"
