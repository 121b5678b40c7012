"""Which addresses give an answer on paper?

The person's own report, logged like a look at it, and an earlier answer of a lender, told again; in the reader's language.
"""

from typing import Any

import msgspec

from openbureau.core.member import Member
from openbureau.jobs.inquiry.outcome import Refused
from openbureau.jobs.subject.own_report import own_report
from openbureau.web.api.answers import again, number_of
from openbureau.web.api.lenders import member_of, refused
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.mine import mine_or_sign_in
from openbureau.web.pages.views import member_name
from openbureau.web.replies import PRIVATE, Reply, language_of, raw
from openbureau.web.report.pdf import NoChineseFont, font_of_system, paper
from openbureau.web.report.view import answer_view
from openbureau.web.trouble import Trouble

PDF = "application/pdf"


async def lender_paper(request: Asking) -> Reply:
    """GET /v1/inquiries/{inquiry_id}/report.pdf: an earlier answer on paper, under the same rules as the answer itself."""
    found = await paper_again(request, await member_of(request))
    return refused(request, *found) if isinstance(found, tuple) else found


async def paper_again(request: Asking, member: Member) -> Reply | tuple[Refused, dict[str, str]]:
    """The answer that the address names, told again to this member on paper; or the refusal with the pacer's headers."""
    _check_font()
    outcome, paced = await again(request, member)
    if isinstance(outcome, Refused):
        return outcome, paced
    return await _paper(request, msgspec.json.decode(outcome.answer), number=number_of(request), headers=paced)


async def own_paper(request: Asking) -> Reply:
    """GET /me/report.pdf: one's own report on paper, every institution by name."""
    match mine_or_sign_in(request):
        case (_, subject_id):
            _check_font()
            desk = desk_of(request)
            found = await desk.do(own_report, desk.bureau, subject_id)
            return await _paper(request, found, number=str(found["header"]["report_id"]), headers={})
        case reply:
            return reply


def _check_font() -> None:
    """Nothing is asked or logged for a paper that could not be written."""
    try:
        font_of_system()
    except NoChineseFont:
        raise Trouble("no-chinese-font") from None


async def _paper(request: Asking, answer: dict[str, Any], *, number: str, headers: dict[str, str]) -> Reply:
    desk, language = desk_of(request), language_of(request)
    write = desk.paper.formats[language]
    view = answer_view(answer, write, name=lambda member: member_name(desk.bureau, member, write))
    content = await desk.do(paper, view, write, answer["header"]["made_at"])
    told = {"Content-Disposition": f'inline; filename="{number}.pdf"', "Content-Language": language}
    return raw(content, PDF, headers={**PRIVATE, **told, **headers})
