"""Which shapes does the API speak of?  Data table for the description in `openapi.py`.

Request bodies come from the types that decode them; answers are described here.  Examples name nobody: identity numbers in
them carry the province code 99, which no province has.
"""

from typing import Any

import msgspec

from openbureau.core.answer.schema import answer_shape, own_report_shape, report_shape
from openbureau.core.decision.order import KINDS
from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.core.furnishing.parse import FORMATS
from openbureau.core.purpose import PURPOSES
from openbureau.core.questions import QUESTIONS
from openbureau.core.refusal import RefusalCode
from openbureau.web.api.bodies import PRODUCTS, InquiryBody
from openbureau.web.api.conduct import ExplanationBody
from openbureau.web.api.furnishers import AccountNumbers
from openbureau.web.api.standing.bodies import MonitorBody
from openbureau.web.api.uploads import UploadBody
from openbureau.web.official.orders import OfficialBody
from openbureau.web.problems import PROBLEMS

Json = dict[str, Any]


def ref(name: str) -> Json:
    """A reference to a named shape."""
    return {"$ref": f"#/components/schemas/{name}"}


def text(description: str = "", **more: Any) -> Json:
    """A text."""
    return {"type": "string"} | ({"description": description} if description else {}) | more


def whole(description: str = "") -> Json:
    """A whole number."""
    return {"type": "integer"} | ({"description": description} if description else {})


def some(items: Json) -> Json:
    """A list."""
    return {"type": "array", "items": items}


def maybe(shape: str) -> Json:
    """A value or null."""
    return {"type": [shape, "null"]}


def record(description: str, /, optional: tuple[str, ...] = (), **fields: Json) -> Json:
    """An object with these fields, all but the optional ones always there."""
    needed = [name for name in fields if name not in optional]
    return {"type": "object", "description": description, "properties": fields, "required": needed}


_EVERYWHERE = ("request-not-readable", "fault")
_GATE = ("not-signed-in", "proof-refused", "signature-refused", "request-replayed", "scope-missing")
"""What every address of a member may answer (`web/gate.py`)."""


def is_refusal(code: str) -> bool:
    """Is this problem a recorded refusal, with its articles?"""
    return code in set(RefusalCode)


def operation(
    tag: str, name: str, summary: str, *, answers: Json, problems: tuple[str, ...] = (), security: list[Json] | None = None,
    **more: Any,
) -> Json:  # fmt: skip
    """One operation.  Problems that share a status are told together, since the format has one answer a status."""
    by_status: dict[str, list[str]] = {}
    gate = _GATE if any("memberToken" in one for one in security or []) else ()
    for code in dict.fromkeys((*problems, *gate, *_EVERYWHERE)):
        by_status.setdefault(str(PROBLEMS[code].status), []).append(code)
    told = {status: _told(codes) for status, codes in by_status.items()}
    made = {"operationId": name, "tags": [tag], "summary": summary, "security": security or []}
    return made | more | {"responses": dict(sorted((told | answers).items()))}


def _told(codes: list[str]) -> Json:
    if len(codes) == 1:
        return {"$ref": f"#/components/responses/{codes[0]}"}
    rows = [PROBLEMS[code] for code in codes]
    kinds = sorted({"Refusal" if is_refusal(row.code) else "Problem" for row in rows})
    schema: Json = ref(kinds[0]) if len(kinds) == 1 else {"anyOf": [ref(kind) for kind in kinds]}
    return {
        "description": "One of: " + "; ".join(f"{row.code} ({row.title[0]})" for row in rows),
        "content": {"application/problem+json": {"schema": schema}},
    }


def answer(description: str, schema: Json, media_type: str = "application/json", **headers: str) -> Json:
    """One answer, with its headers."""
    made: Json = {"description": description, "content": {media_type: {"schema": schema}}}
    if headers:
        made["headers"] = {
            name.replace("_", "-"): {"description": told, "schema": text()} for name, told in headers.items()
        }
    return made


def place(name: str, description: str, **more: Any) -> Json:
    """A parameter in the path."""
    return {"name": name, "in": "path", "required": True, "description": description, "schema": text(**more)}


_BOTH = record("A text in both languages.", en=text(), zh=text())
_CITATION = record(
    "Where a decision comes from.",
    instrument=ref("Both"), number=text(), article=text(), quote=maybe("string"), gist=maybe("string"),
)  # fmt: skip
_RECEIPT = record(
    "A signed promise that the record of this inquiry is in the public log by a deadline, with an opening of the lender's "
    "own fields.",
    inquiry_id=text(format="uuid"),
    entry=text("The log entry, base64."),
    opening={"type": "object", "description": "Fields of the leaf with what is needed to check them."},
    promise=record(
        "The promise and its Ed25519 signature.",
        leaf=text("Leaf hash, hex.", pattern="^[0-9a-f]{64}$"), deadline=text(format="date-time"), log=text(),
        signature=text(),
    ),
)  # fmt: skip
_TYPES = [row.type for row in PROBLEMS.values()]
_PROBLEM = record(
    "A problem document (RFC 9457).",
    ("instance", "errors", "citations", "rules", "policy", "receipt", "finding", "checks", "topics", "upload",
     "batch", "most", "answer", "reason",
     "answer_hash", "leaf", "erased_at"),
    type=text("Address of the page that explains the problem.", format="uri-reference", enum=_TYPES),
    title=text(), status=whole(), detail=text(), cure=text("What to do about it."), instance=text(format="uri"),
    errors=some(record("A field that needs a change.", pointer=text(), what=ref("Both"), cure=ref("Both"))),
    citations=some(ref("Citation")), rules=some(text()), policy=text("Digest of the policies in force."),
    receipt=ref("Receipt"), finding={"type": "object"}, checks={"type": "object"}, topics=some(text()),
    upload=ref("Upload"), answer_hash=text("SHA-256 of an erased answer."), leaf=text("Leaf of the erasure."),
    erased_at=text(format="date-time"),
)  # fmt: skip
_REFUSAL = record(
    "A lawful no: recorded, logged, free of charge, shown to the person.",
    type=text(format="uri-reference"), title=text(), status={"const": 403}, detail=text("The article, in its own words."),
    cure=text(), instance=text("urn:uuid of the inquiry.", format="uri"), rules=some(text()), policy=text(),
    citations=some(ref("Citation")), receipt=ref("Receipt"),
)  # fmt: skip
_FINDING = record(
    "Something wrong or odd in a record: what, why it matters, whom it may harm, the innocent explanation, the cure.",
    ("citation",),
    record=whole("Number of the record; 0 is the file."), rule=text(), severity=text(enum=["refuse", "warn"]),
    field=maybe("string"), hint=maybe("string"), what=ref("Both"), why=ref("Both"), harm=ref("Both"),
    innocent=ref("Both"), cure=ref("Both"), citation=ref("Both"),
)  # fmt: skip
_ACCEPTANCE = record(
    "What became of a file: accepted and refused account for every record.",
    receipt={"type": "object"}, rule_pack=text(), is_done={"type": "boolean"}, records=whole(), accepted=whole(),
    refused=whole(), new=whole(), changed=whole(), unchanged=whole(), findings_by_rule={"type": "object"},
    findings=some(ref("Finding")),
)  # fmt: skip
_PROGRESS = record(
    "How far a file has come.",
    receipt_id=text(format="uuid"), member_id=text(),
    door=text("Where it came in.", enum=["file", "upload", "records", "drop"]),
    format=text(), received_at=text(format="date-time"), bytes=whole(), leaf=text(),
    state=text(enum=["waiting", "loading", "done"]), read=whole("Records read so far."), of=whole("Records in all."),
    per_mille=whole("The share that is done, in thousandths."), records=whole(), accepted=whole(), refused=whole(),
    new=whole(), changed=whole(), unchanged=whole(), findings=whole(), is_repeat={"type": "boolean"},
)  # fmt: skip
_UPLOAD = record(
    "An upload in pieces: how many bytes are held, and the file that came of it once it is finished.",
    upload_id=text(format="uuid"), size=whole(), held=whole("The offset at which the next piece begins."),
    begun_at=text(format="date-time"), expires_at=text(format="date-time"), receipt_id=maybe("string"),
    furnishing=maybe("string"),
)  # fmt: skip
_HELD_TOTAL = record(
    "Accounts of one type, status and last month.",
    account_type=text(), account_status=text(), last_month=maybe("string"), accounts=whole(),
    late=whole("Overdue in that month."),
)  # fmt: skip
_HELD_ACCOUNT = record(
    "One of the furnisher's own accounts as held now; only held and the number where it is unknown here.",
    ("account_type", "business_type", "role", "opened_on", "closed_on", "currency", "limit_fen", "account_status", "as_of_on",
     "last_month", "months", "balance_fen", "overdue_fen", "known_at"),
    account_no=text(), held={"type": "boolean"}, account_type=text(), business_type=text(), role=text(),
    opened_on=text(format="date"), closed_on=maybe("string"), currency=text(), limit_fen=whole(), account_status=text(),
    as_of_on=text(format="date"), last_month=maybe("string"), months=text("The last twelve statuses, oldest first."),
    balance_fen=maybe("integer"), overdue_fen=maybe("integer"), known_at=text(format="date-time"),
)  # fmt: skip
_ENTRY = record(
    "One event of the person's chain.",
    at=text(format="date-time"), kind=text(), actor=text(), actor_name=ref("Both"), purpose=text(), seq=whole(),
    product=text("As in the leaf: what was disclosed."), price=text(), refusal=maybe("string"),
    citations=some(ref("Both")), leaf=text(), leaf_index=maybe("integer"),
    proof=text(format="uri-reference"),
)  # fmt: skip
_CHARGE = record(
    "One charge.",
    inquiry_id=text(format="uuid"), bill_month=text(), lane=whole(), bill_seq=whole(), rule=text("Rule of the tariff."),
    amount_fen=whole(), currency=text(), charged_on=text(format="date"), product=text(),
)  # fmt: skip


def schemas() -> Json:
    """Every named shape."""
    shapes = [InquiryBody, MonitorBody, OfficialBody, UploadBody, AccountNumbers, ExplanationBody]
    _, bodies = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    agreed = (purpose.name for purpose in PURPOSES.values() if not purpose.by_order)
    bodies["InquiryBody"]["properties"]["purpose"] = text(enum=sorted(agreed))
    bodies["DocumentBody"]["properties"]["kind"] = text(enum=list(KINDS))
    bodies["InquiryBody"]["properties"]["product"] = text(enum=list(PRODUCTS), default="report")
    bodies["InquiryBody"]["properties"]["questions"] = some(text(enum=list(QUESTIONS))) | {"default": []}
    named = {
        "Both": _BOTH, "Citation": _CITATION, "Receipt": _RECEIPT, "Problem": _PROBLEM, "Refusal": _REFUSAL,
        "Report": report_shape(), "OwnReport": own_report_shape(), "Finding": _FINDING, "Acceptance": _ACCEPTANCE,
        "DiaryEntry": _ENTRY, "Charge": _CHARGE, "Progress": _PROGRESS, "Upload": _UPLOAD,
        "HeldTotal": _HELD_TOTAL,
        "HeldAccount": _HELD_ACCOUNT,
        "LesserAnswer": answer_shape(),
        "Answer": record(
            "An answer.", inquiry_id=text(format="uuid"), answer={"anyOf": [ref("Report"), ref("LesserAnswer")]},
            receipt=ref("Receipt"),
        ),
    }  # fmt: skip
    return bodies | named


FURNISHING_PARAMETERS: list[Json] = [
    {"name": "format", "in": "query", "required": False, "schema": text(enum=list(FORMATS)),
     "description": "How the file is written; found out when left out."},
    {"name": "kind", "in": "query", "required": False, "schema": text(enum=list(LAYOUTS)),
     "description": "Kind of record of a CSV file; found out from its columns when left out."},
]  # fmt: skip
INQUIRY_EXAMPLE: Json = {
    "subject": {"id_kind": "cn-id", "id_number": "990101198802140011", "name": "甄良"},
    "purpose": "loan-approval",
    "actor_user": "clerk-17",
}
OFFICIAL_EXAMPLE: Json = {
    "subject": {"id_kind": "cn-id", "id_number": "990101198802140011", "name": "甄良"},
    "purpose": "judicial",
    "document": {
        "kind": "enforcement", "statute": "the law and article that the court names", "number": "(2026) made-up 0101 no. 7",
        "issued_by": "A made-up court", "officer": "officer 0042", "issued_on": "2026-11-20", "valid_until": "2026-12-20",
    },
    "actor_user": "officer-0042",
}  # fmt: skip
