"""What does a lender see and do at its desk, as pages?

Ask by a form, read the answer or the refusal in words, take the answer's bytes along, see what was asked lately.  Everything
works without JavaScript.  Whatever can be wished by the API can be wished here: changes, months, a past moment (a time
without a zone is Beijing time, as every time that is shown).  Promises: no name and no number stands in an address; a form
sent twice is one inquiry; the answer that is shown is the one that was recorded.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from openbureau.core.products import Product
from openbureau.core.purpose import PURPOSES
from openbureau.core.questions import QUESTIONS
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.at_desk import ask_at_desk, asked_lately
from openbureau.jobs.inquiry.outcome import Answered, HeldBack, NoQuorum, Outcome, Refused
from openbureau.jobs.inquiry.products import MAKERS
from openbureau.law.workdays import civil_day
from openbureau.web.api.bodies import check_wish, read_inquiry
from openbureau.web.api.lenders import no_quorum, request_of
from openbureau.web.api.people import check_origin
from openbureau.web.asking.told import PRODUCTS, told_page
from openbureau.web.desk import Asking, desk_of
from openbureau.web.paces import Turn, held_back
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import N_, member_signed_in
from openbureau.web.pages.views import OUTCOMES, member_name, purpose_name
from openbureau.web.problems import ProblemRow
from openbureau.web.replies import JSON, PRIVATE, Reply, language_of, page, raw, redirect
from openbureau.web.trouble import Trouble

SIGN_IN = "/sign-in?as=member&next=/lender"
ID_KINDS = (("cn-id", N_("A person's identity number")), ("cn-uscc", N_("A firm's credit code")))
_LONGEST_FIELD = 200
_SHOWN_ZONE = timezone(timedelta(hours=8))
FIELDS = ("id_kind", "id_number", "name", "purpose", "product", "months", "as_of", "actor_user", "key")
Form = Mapping[str, Any]
_UNFILLED = {"actor_user": "desk", "product": "report", "id_kind": "cn-id", "purpose": "", "months": "", "as_of": ""}


def _at_desk(request: Asking) -> tuple[Session, str] | Reply:
    try:
        return member_signed_in(request)
    except Trouble:
        return redirect(SIGN_IN)


async def lender_page(request: Asking) -> Reply:
    """GET /lender: ask, and what was asked lately."""
    match _at_desk(request):
        case (session, member_id):
            return await _asking(request, session, member_id, filled={})
        case reply:
            return reply


async def _asking(
    request: Asking, session: Session, member_id: str, *, filled: Form, row: ProblemRow | None = None,
    errors: tuple[tuple[str, str], ...] = (),
) -> Reply:  # fmt: skip
    desk, write = desk_of(request), desk_of(request).paper.formats[language_of(request)]
    member = desk.bureau.members[member_id]
    lately = await desk.do(asked_lately, desk.bureau, member_id)
    words = {
        "member": member_name(desk.bureau, member_id, write),
        "problem": row,
        "errors": errors,
        "filled": _UNFILLED | dict(filled),
        "chosen": set(filled.get("questions", ())),
        "key": secrets.token_urlsafe(18),
        "months": _months(desk.bureau),
        "id_kinds": ID_KINDS,
        "purposes": [(name, purpose_name(name, write)) for name in PURPOSES if name in member.purposes],
        "products": [(one.value, PRODUCTS[one.value]) for one in MAKERS if one.value in PRODUCTS],
        "questions": [(one.id, write.pick((one.zh, one.en))) for one in QUESTIONS.values()],
        "lately": [
            {
                "at": one.at, "user": one.user, "purpose": purpose_name(one.purpose, write),
                "product": PRODUCTS.get(one.product.partition(";")[0], one.product), "inquiry_id": one.inquiry_id,
                "known": one.product.partition("as-of=")[2],
                "outcome": OUTCOMES[one.outcome], "code": one.code, "is_refused": one.outcome == "refused",
                "has_paper": one.outcome != "refused" and one.product.partition(";")[0] in PRODUCTS,
            }
            for one in lately
        ],
    }  # fmt: skip
    return page(request, "lender.html", words, status=row.status if row else 200, session=session)


def _months(bureau: Bureau) -> tuple[int, int]:
    """How many months a report shows unless more are wished, and how many at most, by the rules of today."""
    rules = bureau.rulebook(civil_day(bureau.clock())).typed
    return rules.report_months.number, rules.report_months_most.number


async def do_ask(request: Asking) -> Reply:
    """POST /lender: the answer or the refusal as a page; with `as=json`, the answer's bytes to keep."""
    match _at_desk(request):
        case (session, member_id):
            form = await request.form()
            check_origin(request, session, str(form.get("token", "")))
            filled = _filled(form)
            try:
                outcome, turn = await _asked(request, member_id, filled)
            except Trouble as trouble:
                return await _not_taken(request, session, member_id, filled=filled, trouble=trouble)
            if form.get("as") == "json" and isinstance(outcome, Answered):
                name = f'attachment; filename="inquiry-{outcome.inquiry_id}.json"'
                return raw(outcome.answer, JSON, headers=PRIVATE | {"Content-Disposition": name})
            return told_page(request, session, filled, outcome=outcome, paced=turn.headers)
        case reply:
            return reply


def _filled(form: Any) -> dict[str, Any]:
    """The fields of the form as text; of several questions all that were ticked."""
    made: dict[str, Any] = {name: str(form.get(name, ""))[:_LONGEST_FIELD].strip() for name in FIELDS}
    return made | {"questions": [str(one)[:64] for one in form.getall("questions", [])][:50]}


def _wished(filled: Form) -> dict[str, Any]:
    """What of the form is a wish, as the API's body has it; what is left empty wishes nothing."""
    found: dict[str, Any] = {}
    if filled["product"] == Product.QUESTION.value:
        found["questions"] = filled["questions"]
    if months := filled["months"]:
        found["months"] = int(months) if months.isdecimal() and len(months) < 6 else months
    if moment := filled["as_of"]:
        found["as_of"] = _moment(moment)
    return found


def _moment(text: str) -> str:
    """A time as typed, in RFC 3339; as it is where it is none, so that the field is told like any other."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (found if found.tzinfo else found.replace(tzinfo=_SHOWN_ZONE)).isoformat()


async def _asked(request: Asking, member_id: str, filled: Form) -> tuple[Outcome, Turn]:
    desk = desk_of(request)
    content = msgspec.json.encode(
        {
            "subject": {name: filled[name] for name in ("id_kind", "id_number", "name")},
            "purpose": filled["purpose"], "product": filled["product"], "actor_user": filled["actor_user"],
        } | _wished(filled)
    )  # fmt: skip
    body, now = read_inquiry(content), desk.bureau.clock()
    check_wish(body, desk.bureau.rulebook(civil_day(now)).typed, (desk.bureau.known_since, now))
    if not 10 <= len(filled["key"]) <= 64 or not filled["key"].isascii():
        raise Trouble("form-not-trusted")
    asked = replace(request_of(body, content, token="", key=f"desk-{filled['key']}"), received_at=now)
    turn = await desk.pacer.turn(desk.do)
    outcome = await desk.do(lambda: ask_at_desk(desk.bureau, member_id, asked, pace=turn))
    match outcome:
        case Answered() | Refused():
            return outcome, turn
        case HeldBack():
            raise held_back(outcome, turn.headers)
        case NoQuorum():
            raise no_quorum(desk)
        case _:
            raise Trouble("too-busy")


async def _not_taken(request: Asking, session: Session, member_id: str, *, filled: Form, trouble: Trouble) -> Reply:
    at = "zh" if language_of(request) == "zh-CN" else "en"
    errors = tuple(
        (str(one["pointer"]).rpartition("/")[2], f"{one['what'][at]} {one['cure'][at]}")
        for one in trouble.told.get("errors", ())
    )
    return await _asking(request, session, member_id, filled=filled, row=trouble.row, errors=errors)
