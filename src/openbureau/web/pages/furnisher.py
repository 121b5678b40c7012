"""What does a furnisher see and do at its desk, as pages?

Send a file, see how far each has come and what is wrong with it, and what is held from it.  Everything works without
JavaScript; a small script of our own adds drag-and-drop, resume and live progress.  Account numbers never stand in an
address.
"""

from typing import Any, BinaryIO, cast

from litestar.datastructures import UploadFile

from openbureau.config import KeyRefused
from openbureau.core.furnishing.finding import Finding, finding_json
from openbureau.core.outcome import Refusal
from openbureau.core.refusal import TITLES
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.envelope import recipient_of
from openbureau.jobs.furnishing.held import LOOKED_UP_MOST, held_accounts, held_totals
from openbureau.jobs.furnishing.load import load_file, must_wait, receipt_and_counts
from openbureau.jobs.furnishing.progress import LIST_MOST, findings_grouped, furnishings, progress_of
from openbureau.jobs.furnishing.receive import FurnishingReceipt, Received, receive_file
from openbureau.jobs.furnishing.upload import LARGEST_PIECE, under_way
from openbureau.web.api.furnishers import as_uuid
from openbureau.web.api.people import check_origin
from openbureau.web.api.uploads import upload_json
from openbureau.web.desk import Asking, Desk, desk_of
from openbureau.web.pages.furnishing_views import account_rows, file_row, file_rows, finding_rows, held_rows, size_words
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import member_signed_in
from openbureau.web.pages.views import member_name
from openbureau.web.problems import PROBLEMS, ProblemRow
from openbureau.web.replies import Reply, language_of, page, redirect
from openbureau.web.trouble import Trouble

LARGEST_FORM = 32 << 20
"""Bytes of a file sent by the plain form; larger ones go in pieces."""
LOADED_AT_ONCE = 4 << 20
"""A file up to this size is loaded before its page is shown."""
SIGN_IN = "/sign-in?as=member&next=/furnisher"


def _at_desk(request: Asking) -> tuple[Session, str] | Reply:
    try:
        return member_signed_in(request)
    except Trouble:
        return redirect(SIGN_IN)


async def furnisher_page(request: Asking) -> Reply:
    """GET /furnisher: send a file, the files sent, what is held."""
    match _at_desk(request):
        case (session, member_id):
            return await _desk_page(request, session, member_id)
        case reply:
            return reply


async def _desk_page(
    request: Asking, session: Session, member_id: str, *, row: ProblemRow | None = None, more: dict[str, Any] | None = None
) -> Reply:  # fmt: skip
    desk, language = desk_of(request), language_of(request)
    before = as_uuid(request.query_params.get("before", "-"))
    words = await desk.do(_desk_words, desk, member_id, (before, language))
    words |= {"problem": row, "finding": None, "refusal": None, "looked_up": None} | (more or {})
    return page(
        request, "furnisher.html", words, status=row.status if row else 200, session=session, is_scripted=True
    )  # fmt: skip


def _desk_words(desk: Desk, member_id: str, asked: tuple[str | None, str]) -> dict[str, Any]:
    before, language = asked
    bureau, write = desk.bureau, desk.paper.formats[language]
    files = furnishings(bureau, member_id, before=before)
    return {
        "member": member_name(bureau, member_id, write),
        "files": file_rows(files, write),
        "following": files[-1]["receipt_id"] if len(files) == LIST_MOST else None,
        "uploads": [
            upload_json(one) | {"size_words": size_words(one.size, write), "per_mille": one.held * 1000 // one.size}
            for one in under_way(bureau, member_id)
        ],
        "held": held_rows(held_totals(bureau, member_id), write),
        "recipient": _recipient(bureau),
        "largest_form": size_words(LARGEST_FORM, write),
        "largest_piece": LARGEST_PIECE // 4,
        "most": LOOKED_UP_MOST,
    }


def _recipient(bureau: Bureau) -> str | None:
    try:
        return recipient_of(bureau.keys)
    except KeyRefused:
        return None


async def do_send(request: Asking) -> Reply:
    """POST /furnisher: a file by the plain form; its own page when it is received."""
    match _at_desk(request):
        case (session, member_id):
            form = await request.form()
            check_origin(request, session, str(form.get("token", "")))
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                return await _desk_page(request, session, member_id, row=PROBLEMS["file-not-readable"])
            desk = desk_of(request)
            try:
                received = await desk.load(_receive, desk, member_id, file.file)
            finally:
                await file.close()
            return await _after(request, (session, member_id), received)
        case reply:
            return reply


async def _after(request: Asking, who: tuple[Session, str], received: Received) -> Reply:
    session, member_id = who
    desk, write = desk_of(request), desk_of(request).paper.formats[language_of(request)]
    match received:
        case FurnishingReceipt():
            is_small = received.byte_count <= LOADED_AT_ONCE
            if is_small and not await desk.do(must_wait, desk.bureau, received.receipt_id):
                await desk.load(load_file, desk.bureau, received.receipt_id)
            desk.wake()
            return redirect(f"/furnisher/files/{received.receipt_id}", cookies=[desk.sessions.cookie(session)])
        case Finding():
            told = finding_rows([finding_json(received)], write)[0]
            return await _desk_page(
                request, session, member_id, row=PROBLEMS["file-not-readable"], more={"finding": told}
            )  # fmt: skip
        case Refusal():
            english, chinese = TITLES[received.code]
            more = {"refusal": write.pick((chinese, english))}
            return await _desk_page(request, session, member_id, row=PROBLEMS[received.code.value], more=more)


def _receive(desk: Desk, member_id: str, file: Any) -> Received:
    return receive_file(desk.bureau, member_id, cast("BinaryIO", file))


async def do_look_up(request: Asking) -> Reply:
    """POST /furnisher/accounts: accounts by the furnisher's own numbers; nothing is changed."""
    match _at_desk(request):
        case (session, member_id):
            form = await request.form()
            check_origin(request, session, str(form.get("token", "")))
            numbers = str(form.get("numbers", ""))[:20_000].splitlines()
            desk, write = desk_of(request), desk_of(request).paper.formats[language_of(request)]
            found = await desk.do(held_accounts, desk.bureau, member_id, numbers)
            return await _desk_page(request, session, member_id, more={"looked_up": account_rows(found, write)})
        case reply:
            return reply


async def file_page(request: Asking) -> Reply:
    """GET /furnisher/files/{receipt_id}: what became of a file of this member."""
    match _at_desk(request):
        case (session, member_id):
            return await report_page(request, session, member_id, home="/furnisher")
        case reply:
            return reply


async def report_page(request: Asking, session: Session, member_id: str | None, *, home: str) -> Reply:
    """The acceptance report of a file of a member (or of any, for a regulator)."""
    desk, language = desk_of(request), language_of(request)
    receipt_id = as_uuid(request.path_params["receipt_id"])
    words = await desk.do(_report_words, desk, member_id, (receipt_id, language)) if receipt_id else None
    if words is None:
        raise Trouble("not-found")
    return page(
        request, "furnished_file.html", words | {"home": home}, session=session, is_scripted=home == "/furnisher"
    )


def _report_words(desk: Desk, member_id: str | None, asked: tuple[str, str]) -> dict[str, Any] | None:
    receipt_id, language = asked
    bureau, write = desk.bureau, desk.paper.formats[language]
    progress = progress_of(bureau, member_id, receipt_id)
    if progress is None:
        return None
    receipt, counts = receipt_and_counts(bureau, receipt_id)
    return {
        "file": file_row(progress, write),
        "member": member_name(bureau, progress["member_id"], write),
        "receipt": receipt,
        "findings": finding_rows(findings_grouped(bureau, receipt_id, counts), write),
    }
