"""What do those who audit see and ask: originals of written consents, drawn by a seed, and what each lender showed?

For auditors and the committee.  Promises: no page shows a person or a document; a draw is the same duty as from the terminal,
under the name of who drew, and the same draw again asks for nothing twice.
"""

from datetime import date
from typing import Any

from openbureau.core.staff import Capability, staff_actor
from openbureau.jobs.consent.sample import Drawn, DrawRefused, counts, draw, draws, samples
from openbureau.jobs.staff.sign_in import Staff
from openbureau.law.workdays import civil_day
from openbureau.web.api.people import check_origin
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import N_, staff_able
from openbureau.web.pages.views import member_name
from openbureau.web.problems import PROBLEMS
from openbureau.web.replies import Reply, language_of, page, redirect
from openbureau.web.trouble import Trouble

SIGN_IN = "/sign-in?as=staff&next=/staff/samples"
MOST_LISTED, MOST_ASKED = 200, 1000
STATES = {
    "open": (N_("asked for"), "wait"), "original": (N_("the original"), "calm"), "late": (N_("the original, late"), "wait"),
    "differs": (N_("another document"), "bad"), "missing": (N_("missing"), "bad"),
}  # fmt: skip
Words = dict[str, Any]


def _auditing(request: Asking) -> tuple[Session, Staff] | Reply:
    try:
        return staff_able(request, Capability.AUDIT)
    except Trouble:
        return redirect(SIGN_IN)


async def samples_page(request: Asking) -> Reply:
    """GET /staff/samples: lender by lender, what was asked for and what came; every draw; a form for the next."""
    match _auditing(request):
        case (session, _):
            return await _samples(request, session)
        case reply:
            return reply


async def _samples(
    request: Asking, session: Session, *, filled: Words | None = None, problem: str | None = None, made: Drawn | None = None
) -> Reply:  # fmt: skip
    desk, write = desk_of(request), desk_of(request).paper.formats[language_of(request)]
    found = await desk.do(samples, desk.bureau)
    row = PROBLEMS[problem] if problem else None

    def name(member_id: str) -> str:
        return member_name(desk.bureau, member_id, write)

    words: Words = {
        "lenders": [(name(one.member_id), one) for one in counts(found)],
        "samples": [
            {"member": name(one.member_id), "consent_id": one.consent_id, "sample_id": one.sample_id, "due_on": one.due_on,
             "asked_at": one.asked_at, "state": STATES[state][0], "tone": STATES[state][1]}
            for one, state in found[:MOST_LISTED]
        ],
        "draws": await desk.do(draws, desk.bureau),
        "filled": filled or {"seed": "", "count": "5", "first": "", "last": civil_day(desk.bureau.clock()).isoformat()},
        "most": MOST_ASKED,
        "problem": row,
        "made": made,
    }  # fmt: skip
    return page(request, "staff_samples.html", words, status=row.status if row else 200, session=session)


async def do_draw(request: Asking) -> Reply:
    """POST /staff/samples: draw by a seed and ask; again, the page with the same originals and nothing asked twice."""
    match _auditing(request):
        case (session, staff):
            form = await request.form()
            check_origin(request, session, str(form.get("token", "")))
            filled = {name: str(form.get(name, ""))[:300].strip() for name in ("seed", "count", "first", "last")}
            desk, by = desk_of(request), f"{staff_actor(staff.role)}/{staff.handle}"
            try:
                wish = _wish(filled)
                made = await desk.do(lambda: draw(desk.bureau, **wish, by=by))
            except (DrawRefused, ValueError):
                return await _samples(request, session, filled=filled, problem="draw-not-made")
            return await _samples(request, session, filled=filled, made=made)
        case reply:
            return reply


def _wish(filled: Words) -> Words:
    """The fields of the form as a draw takes them; `ValueError` where one is none."""
    count = filled["count"]
    if not (count.isascii() and count.isdecimal() and int(count) <= MOST_ASKED) or "\x00" in filled["seed"]:
        raise ValueError("a draw asks for a whole number of originals, by a seed without zero bytes")
    first, last = (date.fromisoformat(filled[name]) for name in ("first", "last"))
    return {"seed": filled["seed"], "count": int(count), "first": first, "last": last}
