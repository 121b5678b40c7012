"""What does a member read and say of the cases about its users?"""

from typing import Annotated

import msgspec

from openbureau.jobs.abuse.cases import LONGEST, CaseRefused, NoCase, case_json, explain, member_cases
from openbureau.web.api.furnishers import as_uuid
from openbureau.web.api.lenders import member_of
from openbureau.web.desk import Asking, desk_of
from openbureau.web.replies import Reply, json_reply
from openbureau.web.trouble import Trouble


class ExplanationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member says to a case."""

    case_id: Annotated[str, msgspec.Meta(min_length=36, max_length=36)]
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]


async def own_cases(request: Asking) -> Reply:
    """GET /v1/members/me/cases: what is asked about this member's users, and what was said."""
    member, desk = await member_of(request), desk_of(request)
    found = await desk.do(member_cases, desk.bureau, member.member_id)
    return json_reply({"cases": [case_json(case) for case in found]})


async def explain_case(request: Asking) -> Reply:
    """POST /v1/members/me/cases: an explanation, recorded before the answer leaves."""
    member, desk = await member_of(request), desk_of(request)
    try:
        body = msgspec.json.decode(await request.body(), type=ExplanationBody)
    except msgspec.ValidationError:
        raise Trouble("fields-not-valid", told={"errors": [_ERROR]}) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Trouble("not-json") from None
    case_id = as_uuid(body.case_id)
    if case_id is None:
        raise Trouble("no-such-conduct-case")
    try:
        await desk.do(lambda: explain(desk.bureau, member.member_id, case_id, words=body.words))
    except NoCase:
        raise Trouble("no-such-conduct-case") from None
    except CaseRefused:
        raise Trouble("case-closed") from None
    return json_reply({"case_id": case_id, "standing": "explained"}, status=201)


_ERROR = {
    "pointer": "",
    "what": {"en": "must be an object of case_id and words", "zh": "须为含 case_id 与 words 的对象"},
    "cure": {
        "en": f"Send the id of a case and 1 to {LONGEST} characters.",
        "zh": f"请发送案件编号与 1 至 {LONGEST} 个字符的说明。",
    },
}
