"""WHO MAY ASK?  Every address of the bureau, listed once.

`create_app` gives the application of one opened bureau.  Promises: an address that is not in `ROUTES` does not exist; each
has its audience and its largest body; there is no cookie, template or form check on a machine's way in.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from openbureau.config import LIVE
from openbureau.jobs.consent.sample import MOST_DOCUMENT
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.upload import LARGEST_PIECE
from openbureau.jobs.leave import NotPermitted
from openbureau.web.api import (
    answers,
    billing,
    consents,
    furnished,
    furnishers,
    lenders,
    people,
    public,
    uploads,
)
from openbureau.web.api import conduct as conduct_api
from openbureau.web.api.furnishers import LARGEST_FILE
from openbureau.web.api.openapi import render_openapi
from openbureau.web.api.standing import batches, feeds, monitors
from openbureau.web.asking import conduct, deliveries, lender, told
from openbureau.web.desk import Asking, Desk, desk_of, is_loopback
from openbureau.web.gate import AUDIENCE, AUDIENCES, AnswerKey, answer_key, check_address, sign_answer
from openbureau.web.official import orders
from openbureau.web.paces import Pacer
from openbureau.web.pages import bills, docs, furnisher, mine, regulator, review, staff
from openbureau.web.pages import consents as my_consents
from openbureau.web.pages.limits import SignInLimits
from openbureau.web.pages.paper import Paper
from openbureau.web.pages.session import Sessions
from openbureau.web.pages.signed import end_if_over
from openbureau.web.replies import Reply, on_any, on_fault, on_http_exception, on_not_permitted, on_trouble
from openbureau.web.report import papers
from openbureau.web.sign_in import doors as sign_in
from openbureau.web.staff import bills as staff_bills
from openbureau.web.staff import samples as staff_samples
from openbureau.web.telemetry import Figures
from openbureau.web.trouble import Trouble

LARGEST_BODY = 64 << 10
LARGEST_RECORDS = 4 << 20
Method = Literal["GET", "POST", "PUT", "DELETE"]
GET: Method = "GET"
POST: Method = "POST"
PUT: Method = "PUT"
DELETE: Method = "DELETE"
Handler = Callable[[Asking], Awaitable[Reply]]
BROWSED = frozenset({"page", "staff"})
"""Audiences whose sessions may be staff's; no session is opened on a machine's way in."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address: method, path, who is meant, what answers, and the largest body it takes."""

    method: Method
    path: str
    audience: str
    handler: Handler
    largest: int = LARGEST_BODY


ROUTES: tuple[Route, ...] = (
    # Lenders: a bearer token.
    Route(POST, "/v1/inquiries", "lender", lenders.ask),
    # Courts and authorities: signed in like lenders, with a document instead of a consent.
    Route(POST, "/v1/official-inquiries", "lender", orders.ask_officially),
    Route(GET, "/v1/members/me/charges", "member", lenders.own_charges),
    # Lenders: many inquiries at once.
    Route(POST, "/v1/batches", "lender", batches.send_batch, batches.LARGEST_BATCH),
    Route(GET, "/v1/batches", "lender", batches.list_batches),
    Route(GET, "/v1/batches/{batch_id:str}", "lender", batches.show_batch),
    Route(GET, "/v1/batches/{batch_id:str}/results", "lender", batches.batch_results),
    Route(POST, "/v1/batches/{batch_id:str}/cancel", "lender", batches.cancel_batch),
    # Lenders: files of their borrowers that they watch, and what happened since.
    Route(POST, "/v1/monitors", "lender", monitors.begin_monitor),
    Route(GET, "/v1/monitors", "lender", monitors.list_monitors),
    Route(GET, "/v1/monitors/{monitor_id:str}", "lender", monitors.show_monitor),
    Route(POST, "/v1/monitors/{monitor_id:str}/stop", "lender", monitors.end_monitor),
    Route(GET, "/v1/alerts", "lender", feeds.own_feed),
    Route(GET, "/v1/alerts/{alert_id:str}", "lender", monitors.show_alert),
    Route(PUT, "/v1/members/me/webhook", "member", feeds.put_webhook),
    Route(GET, "/v1/members/me/webhook", "member", feeds.show_webhook),
    Route(DELETE, "/v1/members/me/webhook", "member", feeds.delete_webhook),
    Route(GET, "/v1/deliveries", "member", feeds.own_deliveries),
    Route(POST, "/v1/deliveries/{delivery_id:str}/replay", "member", feeds.replay_delivery),
    Route(GET, "/v1/webhook-key", "anybody", feeds.webhook_key),
    # Lenders: what was answered before.
    Route(GET, "/v1/inquiries/{inquiry_id:str}", "lender", answers.one_answer),
    Route(GET, "/v1/inquiries/{inquiry_id:str}/report.pdf", "lender", papers.lender_paper),
    # Furnishers: a bearer token.
    Route(POST, "/v1/furnishings", "furnisher", furnishers.send_file, LARGEST_FILE),
    Route(GET, "/v1/furnishings", "furnisher", furnishers.own_files),
    Route(GET, "/v1/members/me/quality", "furnisher", furnished.own_quality),
    Route(GET, "/v1/furnishings/{receipt_id:str}/receipt", "furnisher", furnished.receipt),
    Route(GET, "/v1/furnishings/{receipt_id:str}/records/{number:int}/proof", "furnisher", furnished.record_proof),
    Route(GET, "/v1/furnishings/{receipt_id:str}", "furnisher", furnishers.one_file),
    Route(POST, "/v1/records", "furnisher", furnishers.send_records, LARGEST_RECORDS),
    Route(GET, "/v1/accounts", "furnisher", furnishers.own_accounts),
    Route(POST, "/v1/accounts", "furnisher", furnishers.look_up),
    # Furnishers: a file in pieces; a bearer token, or the session of a desk with its token.
    Route(POST, "/v1/uploads", "furnisher", uploads.begin_upload),
    Route(GET, "/v1/uploads", "furnisher", uploads.own_uploads),
    Route(GET, "/v1/uploads/{upload_id:str}", "furnisher", uploads.how_far_it_is),
    Route(PUT, "/v1/uploads/{upload_id:str}", "furnisher", uploads.take_piece, LARGEST_PIECE + 1),
    Route(DELETE, "/v1/uploads/{upload_id:str}", "furnisher", uploads.give_up_upload),
    Route(POST, "/v1/uploads/{upload_id:str}/finish", "furnisher", uploads.finish_upload),
    # Members: sign in, and keys.
    Route(POST, sign_in.TOKEN_PATH, "anybody", sign_in.give),
    Route(GET, "/.well-known/oauth-authorization-server", "anybody", sign_in.metadata),
    Route(GET, sign_in.JWKS_PATH, "anybody", sign_in.key_set),
    Route(GET, "/v1/members/me/keys", "member", sign_in.own_keys),
    Route(POST, "/v1/members/me/keys", "member", sign_in.state_own_key),
    # People: a session, and its token for everything that changes something.
    Route(GET, "/v1/me/report", "person", people.report),
    Route(GET, "/v1/me/diary", "person", people.own_diary),
    # People: pages.
    Route(GET, "/", "page", mine.home),
    Route(GET, "/sign-in", "page", mine.sign_in_page),
    Route(POST, "/sign-in", "page", mine.do_sign_in),
    Route(POST, "/sign-out", "page", mine.do_sign_out),
    Route(GET, "/me/report", "page", mine.report_page),
    Route(GET, "/me/report.pdf", "page", papers.own_paper),
    Route(GET, "/me/diary", "page", mine.diary_page),
    # Consents: people by session, as data and as pages; collectors and lenders with their members' sign-in.
    Route(GET, "/v1/me/consents", "person", consents.own_consents),
    Route(POST, "/v1/me/consents", "person", consents.add_consent),
    Route(GET, "/v1/me/consents/{consent_id:str}", "person", consents.one_artefact),
    Route(POST, "/v1/me/consents/{consent_id:str}/withdraw", "person", consents.end_consent),
    Route(GET, "/v1/me/consent-notice", "person", consents.notice),
    Route(POST, "/v1/me/consent-requests/{consent_id:str}/confirm", "person", consents.confirm),
    Route(POST, "/v1/me/consent-requests/{consent_id:str}/decline", "person", consents.decline),
    Route(POST, "/v1/me/consent-codes", "person", consents.add_code),
    Route(GET, "/me/consents", "page", my_consents.consents_page),
    Route(GET, "/me/consents/new", "page", my_consents.notice_page),
    Route(POST, "/me/consents", "page", my_consents.do_give),
    Route(POST, "/me/consents/codes", "page", my_consents.do_code),
    Route(POST, "/me/consents/{consent_id:str}/withdraw", "page", my_consents.do_withdraw),
    Route(GET, "/me/consents/requests/{consent_id:str}", "page", my_consents.request_page),
    Route(POST, "/me/consents/requests/{consent_id:str}", "page", my_consents.do_answer),
    Route(POST, "/v1/consents", "collector", consents.send_consent),
    Route(GET, "/v1/consents/{consent_id:str}", "collector", consents.read_standing),
    Route(GET, "/v1/members/me/consent-samples", "collector", consents.asked_samples),
    Route(POST, "/v1/members/me/consent-samples/{sample_id:str}", "collector", consents.show_original, MOST_DOCUMENT),
    # Furnishers: pages of a desk.  Staff: a regulator's pages, which only read.
    Route(GET, "/furnisher", "page", furnisher.furnisher_page),
    Route(POST, "/furnisher", "page", furnisher.do_send, furnisher.LARGEST_FORM),
    Route(GET, "/furnisher/accounts", "page", furnisher.furnisher_page),
    Route(POST, "/furnisher/accounts", "page", furnisher.do_look_up),
    Route(GET, "/furnisher/files/{receipt_id:str}", "page", furnisher.file_page),
    Route(GET, "/regulator", "page", regulator.regulator_page),
    Route(GET, "/regulator/files/{receipt_id:str}", "page", regulator.regulator_file),
    # Reviewers: pages.
    Route(GET, "/desk", "page", review.desk_page),
    Route(GET, "/desk/{case_id:str}", "page", review.case_page),
    Route(POST, "/desk/{case_id:str}/decide", "page", review.do_decide),
    Route(POST, "/desk/{case_id:str}/undo", "page", review.do_undo),
    # Staff: their own account, and what staff did.
    Route(GET, "/staff", "page", staff.account_page),
    Route(GET, "/staff/enrol", "page", staff.enrol_page),
    Route(POST, "/staff/enrol", "page", staff.do_enrol),
    Route(GET, "/staff/events", "page", staff.events_page),
    # Billers: what members object to.  Auditors and the committee: originals of consents.
    Route(GET, "/staff/bills", "page", staff_bills.bills_page),
    Route(POST, "/staff/bills/{dispute_id:str}/decide", "page", staff_bills.do_decide),
    Route(GET, "/staff/samples", "page", staff_samples.samples_page),
    Route(POST, "/staff/samples", "page", staff_samples.do_draw),
    # Members: their bills, by token and at their desk.
    Route(GET, "/v1/members/me/invoices", "member", billing.own_invoices),
    Route(GET, "/v1/members/me/invoices/{month:str}", "member", billing.own_invoice),
    Route(POST, "/v1/members/me/invoices/{month:str}/disputes", "member", billing.dispute_line),
    Route(GET, "/v1/members/me/invoice-disputes", "member", billing.own_disputes),
    Route(GET, "/lender/bills", "page", bills.bills_page),
    Route(GET, "/lender/bills/{month:str}", "page", bills.bill_page),
    Route(POST, "/lender/bills/{month:str}/disputes", "page", bills.do_dispute),
    # Anybody: the tariff, as a page and as data.
    Route(GET, "/tariff", "page", bills.tariff_page),
    Route(GET, "/v1/tariff", "anybody", billing.tariff_rows),
    # How members ask: cases for the committee, read by a regulator; a member's own, with its explanation.
    Route(GET, "/v1/members/me/cases", "member", conduct_api.own_cases),
    Route(POST, "/v1/members/me/cases", "member", conduct_api.explain_case),
    Route(GET, "/cases", "page", conduct.cases_page),
    Route(GET, "/cases/{case_id:str}", "page", conduct.case_page),
    Route(POST, "/cases/{case_id:str}/decide", "page", conduct.do_decide),
    # Lenders: pages of a desk.
    Route(GET, "/lender", "page", lender.lender_page),
    Route(POST, "/lender", "page", lender.do_ask),
    Route(POST, "/lender/answers/{inquiry_id:str}/report.pdf", "page", told.do_print),
    Route(GET, "/lender/deliveries", "page", deliveries.deliveries_page),
    Route(POST, "/lender/deliveries/{delivery_id:str}/replay", "page", deliveries.do_replay),
    Route(GET, "/lender/cases", "page", conduct.own_cases_page),
    Route(GET, "/lender/cases/{case_id:str}", "page", conduct.own_case_page),
    Route(POST, "/lender/cases/{case_id:str}", "page", conduct.do_explain),
    # Anybody: the log, the law, the problems, our health.
    Route(GET, "/checkpoint", "anybody", public.log_checkpoint),
    Route(GET, "/tile/{place:path}", "anybody", public.log_tile),
    Route(GET, "/log.vkey", "anybody", public.log_key),
    Route(GET, "/policy", "anybody", public.log_policy),
    Route(GET, "/v1/proofs/{leaf:str}", "anybody", public.leaf_proof),
    Route(GET, "/v1/law/{topic:str}", "anybody", public.law_rows),
    Route(GET, "/problems", "anybody", public.problem_page),
    Route(GET, "/problems/{code:str}", "anybody", public.problem_page),
    Route(GET, "/docs", "page", docs.docs_page),
    Route(GET, "/schema/openapi.json", "anybody", public.description),
    Route(GET, "/static/{name:str}", "anybody", public.static_file),
    Route(GET, "/healthz", "operator", public.alive),
    Route(GET, "/readyz", "operator", public.ready),
    Route(GET, "/metrics", "operator", public.figures),
)


def create_app(
    bureau: Bureau, *, trouble: Callable[[], Exception | None] | None = None, wake: Callable[[], None] = lambda: None,
    figures: Figures | None = None,
) -> Litestar:  # fmt: skip
    """The application of an opened bureau.

    `trouble` tells what ails the sequencer of this process, if one runs here; `wake` tells its loader, if one runs here,
    that something waits; `figures` counts what happens here and beside.
    """
    figures = figures or Figures()
    is_secure = bureau.settings.mode == LIVE or not is_loopback(bureau.settings.host)
    desk = Desk(
        bureau=bureau,
        paper=Paper(),
        sessions=Sessions(bureau.keys.key("session"), bureau.clock, is_secure=is_secure),
        limits=SignInLimits(bureau.clock),
        figures=figures,
        pacer=Pacer(bureau),
        openapi=render_openapi(),
        trouble=trouble,
        wake=wake,
    )
    check_address(bureau)
    key = answer_key(bureau)
    return Litestar(
        route_handlers=[_handler(route, key) for route in ROUTES],
        middleware=[figures.measure],
        exception_handlers={
            Trouble: on_trouble,
            NotPermitted: on_not_permitted,
            HTTPException: on_http_exception,
            Exception: on_fault,
        },
        lifespan=[_closing(desk)],
        state=State({"desk": desk}),
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _handler(route: Route, key: AnswerKey) -> HTTPRouteHandler:
    """A route as the framework wants it; its handlers take the request and nothing else.  Answers to members are signed."""

    async def handle(request: Asking) -> Reply:
        if route.audience in BROWSED:
            await end_if_over(request)
        return await route.handler(request)

    async def handle_member(request: Asking) -> Reply:
        request.scope[AUDIENCE] = route.audience  # type: ignore[literal-required]
        try:
            reply = await route.handler(request)
        except Exception as trouble:  # noqa: BLE001  (a problem is an answer too, and signed like one)
            reply = on_any(request, trouble)
        sign_answer(request, reply, desk_of(request), key=key)
        return reply

    return HTTPRouteHandler(
        route.path,
        http_method=route.method,
        name=f"{route.method} {route.path}",
        request_max_body_size=route.largest,
        status_code=200,
    )(handle_member if route.audience in AUDIENCES else handle)


def _closing(desk: Desk) -> Callable[[Litestar], Any]:
    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        yield
        desk.close()

    return lifespan
