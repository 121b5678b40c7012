"""How does a lender's desk read an answer or a refusal, and take the answer along on paper?

The answer stands in the same words as on paper and as the person reads it (`web/report/view.py`).  Promise: what is printed is
told again under the rules of today, recorded before it leaves, and shown to the person like any inquiry.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from openbureau.core.products import Product
from openbureau.jobs.inquiry.outcome import Answered, Outcome, Refused
from openbureau.web.api.lenders import told_of
from openbureau.web.api.people import check_origin
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import N_, member_signed_in
from openbureau.web.pages.views import OUTCOMES, member_name, purpose_name
from openbureau.web.replies import Reply, language_of, page
from openbureau.web.report.papers import paper_again
from openbureau.web.report.view import answer_view

PRODUCTS = {
    Product.REPORT.value: N_("Report and score"), Product.SCORE.value: N_("Score alone"),
    Product.ATTRIBUTES.value: N_("Figures without the accounts"), Product.QUESTION.value: N_("Questions instead of the file"),
    Product.CHANGES.value: N_("What changed since our last look"),
}  # fmt: skip


async def do_print(request: Asking) -> Reply:
    """POST /lender/answers/{inquiry_id}/report.pdf: an earlier answer of the signed-in member on paper; or why not."""
    session, member_id = member_signed_in(request)
    form = await request.form()
    check_origin(request, session, str(form.get("token", "")))
    match await paper_again(request, desk_of(request).bureau.members[member_id]):
        case (refusal, paced):
            return told_page(request, session, {}, outcome=refusal, paced=paced)
        case reply:
            return reply


def told_page(
    request: Asking, session: Session, filled: Mapping[str, Any], *, outcome: Outcome, paced: Mapping[str, str]
) -> Reply:  # fmt: skip
    """An answer or a refusal as a page; `filled` is the form that asked, by which the same bytes can be had again."""
    desk, language = desk_of(request), language_of(request)
    write, status = desk.paper.formats[language], 200
    words: dict[str, Any] = {
        "filled": filled, "slowed": paced.get("OpenBureau-Slowed"), "refusal": None, "answer": None,
        "purpose": purpose_name(str(filled["purpose"]), write) if filled else None,
        "product": PRODUCTS.get(str(filled["product"]), str(filled["product"])) if filled else None,
    }  # fmt: skip
    match outcome:
        case Answered():
            blocks = msgspec.json.decode(outcome.answer)
            words |= {
                "answer": answer_view(blocks, write, name=lambda one: member_name(desk.bureau, one, write)),
                "outcome": OUTCOMES.get(blocks["header"]["outcome"], N_("Report given")),
                "is_no_hit": blocks["header"]["outcome"] == "no-hit",
            }
        case Refused():
            row, detail, _ = told_of(outcome, language)
            status = row.status
            words["refusal"] = {"row": row, "detail": detail, "code": outcome.code.value}
        case _:
            raise AssertionError("only an answer or a refusal is told")
    words |= {"receipt": outcome.receipt, "inquiry_id": outcome.inquiry_id}
    return page(request, "lender_answer.html", words, status=status, session=session)
