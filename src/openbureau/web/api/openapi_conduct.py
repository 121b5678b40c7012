"""How are the cases about conduct described, and the limits that a member meets?"""

from openbureau.core.abuse import AbuseRule
from openbureau.web.api.openapi_parts import Json, answer, maybe, operation, record, ref, some, text

MEMBER: list[Json] = [{"memberToken": []}]
PACED = {
    "RateLimit": "what is left of the day, of the member and of the user, and the seconds until the next day",
    "OpenBureau_Slowed": "only while the user is slowed down: rule, case and end",
}
"""The headers that every answer to an inquiry carries."""
_WORD = record(
    "What was said: the member's explanation, or the committee's decision.",
    kind=text(enum=["explained", "confirmed", "dismissed"]), said_by=text(), said_at=text(format="date-time"),
    words=text(),
)  # fmt: skip
CONDUCT_CASE = record(
    "A question about how one of a member's users asks.  It names inquiries by their leaves and no person.",
    case_id=text(format="uuid"), member_id=text(), actor_user=text(), rule=text(enum=[rule.value for rule in AbuseRule]),
    title=ref("Both"), innocent_explanation=ref("Both"), cites=some(text()), opened_at=text(format="date-time"),
    figures={"type": "object", "additionalProperties": {"type": "integer"}}, evidence=some(text(pattern="^[0-9a-f]{64}$")),
    law_digest=text(), leaf=text(), standing=text(enum=["open", "explained", "confirmed", "dismissed"]),
    slowed_until=maybe("string"), words=some(_WORD),
)  # fmt: skip


def conduct_paths() -> Json:
    """Every address of a member about conduct."""
    body = {"schema": ref("ExplanationBody")}
    told = record("Recorded.", case_id=text(format="uuid"), standing={"const": "explained"})
    return {
        "/v1/members/me/cases": {
            "get": operation(
                "lenders", "ownCases", "What is asked about the conduct of this member's users",
                description="A case is a question: figures, the leaves of the inquiries, the articles, and what may innocently "
                "explain it. The user may be slowed down until somebody has looked.",
                answers={"200": answer("The cases, newest first.", record(
                    "The cases.", cases=some(ref("ConductCase"))))},
                problems=("not-signed-in",), security=MEMBER,
            ),
            "post": operation(
                "lenders", "explainCase", "Explain a case to the committee", answers={"201": answer("Recorded.", told)},
                problems=("not-signed-in", "not-json", "fields-not-valid", "no-such-conduct-case", "case-closed",
                          "too-large"),
                security=MEMBER, requestBody={"required": True, "content": {"application/json": body}},
            ),
        }
    }  # fmt: skip
