"""How are consents described to those who write against them?  Part of the description in `openapi.py`."""

import msgspec

from openbureau.core.consent.terms import KINDS_OF, POINTS
from openbureau.core.purpose import PURPOSES, WORDINGS
from openbureau.jobs.consent.sample import MOST_DOCUMENT
from openbureau.web.api.bodies import CodeBody, ConsentBody, PointsBody
from openbureau.web.api.openapi_furnishers import MEMBER
from openbureau.web.api.openapi_parts import Json, answer, maybe, operation, place, record, ref, some, text, whole

PERSON: list[Json] = [{"personSession": []}]
CHANGING: list[Json] = [{"personSession": [], "sessionToken": []}]
_POINTS: Json = some(text(enum=list(POINTS)))
_ID = place("consent_id", "The consent.", format="uuid")
_CHANGE = ("sign-in-needed", "form-not-trusted")
_CONSENT = record(
    "A consent, and what its withdrawal would do.",
    consent_id=text(format="uuid"), member_id=text(), purpose=text(), purpose_version=whole(),
    products=some(text(enum=list(KINDS_OF))), starts_on=text(format="date"), ends_on=text(format="date"),
    is_one_time={"type": "boolean"}, collector=text("`subject`, or the member that took it."),
    channel=text(enum=["web", "lender-online", "paper"]), notice_version=text(), given_at=text(format="date-time"),
    withdrawn_at=maybe("string"), state=text(enum=["in-force", "withdrawn", "expired"]),
    on_withdrawal=record(
        "What a withdrawal does.", inquiries_stop={"type": "boolean"}, monitoring_stops={"type": "boolean"},
        answers_stay=whole("So many answers were lawfully given and stay given."), citations=some(ref("Both")),
    ),
)  # fmt: skip
_ARTEFACT: Json = {"type": "object", "description": "A signed consent: docs/specs/consent.md and consent.schema.json."}
_REQUEST = record(
    "What a lender asks of the person.",
    state=text(enum=["pending", "confirmed", "declined", "lapsed"]), asked_at=text(format="date-time"),
    until=text(format="date-time"), consent={"type": "object", "description": "The `consent` part of the artefact."},
)  # fmt: skip
_NOTICE = record(
    "What a person is told before consenting.",
    version=text(), language=text(enum=["zh-CN", "en"]), warning=text("Shown conspicuously."), purpose=text(),
    items=some(record("One thing that is told.", code=text(), heading=text(), text=text())),
    points=some(record("What is agreed to by itself.", point=text(enum=list(POINTS)), rule=text(), text=text(),
                       citation=ref("Both"))),
)  # fmt: skip
_SAMPLE = record(
    "A written original that is asked for.",
    sample_id=text(format="uuid"), consent_id=text(format="uuid"), document_hash=text(), seed=text("Of the draw."),
    asked_at=text(format="date-time"), due_on=text(format="date"),
    state=text(enum=["open", "missing", "original", "late", "differs"]),
)  # fmt: skip
_COLLECTED = record(
    "A consent that a member took.", optional=("code",), artefact=_ARTEFACT,
    code=text("A code that the person gave; it confirms at once.", minLength=1, maxLength=64),
)  # fmt: skip
_WORDED = WORDINGS["loan-approval"][0]
_GIVEN_EXAMPLE: Json = {
    "member_id": "bank-alpha", "purpose": "loan-approval", "months": 3, "is_one_time": False, "products": ["report"],
    "points": ["purpose", "provide", "sensitive"], "notice_version": "notice-2", "language": "zh-CN",
}  # fmt: skip
_COLLECTED_EXAMPLE: Json = {
    "artefact": {
        "consent": {
            "schema": "openbureau-consent/1", "consent_id": "01934f00-0000-7000-8000-000000000001",
            "made_at": "2026-11-24T02:00:00Z", "starts_on": "2026-11-24", "ends_on": "2027-02-24", "mode": "view",
            "fetch": "one-time", "frequency": {"unit": "term", "value": 1},
            "purpose": {"code": "loan-approval", "version": 1, "zh": _WORDED.zh, "en": _WORDED.en},
            "products": ["score"], "data_kinds": ["identity", "score"], "data_life": {"unit": "month", "value": 6},
            "subject": {"id_kind": "cn-id", "id_number": "990101198802140011", "name": "甄良"},
            "consumer": {"member_id": "bank-alpha", "name_zh": "甲子银行", "name_en": "Bank Alpha"},
            "provider": {"origin": "bureau.example", "name": "A bureau"},
            "collector": {"id": "bank-alpha", "channel": "lender-online"},
            "notice": {"version": "notice-2", "language": "zh-CN"},
            "confirmations": [{"point": point.code, "rule": point.rule} for point in list(POINTS.values())[:3]],
            "document_hash": None,
        },
        "signature": {"algorithm": "Ed25519", "public_key": "<base64 of 32 bytes>", "value": "<base64 of 64 bytes>"},
    }
}  # fmt: skip


def consent_schemas() -> Json:
    """The named shapes of consents."""
    _, bodies = msgspec.json.schema_components(
        [ConsentBody, PointsBody, CodeBody], ref_template="#/components/schemas/{name}"
    )
    bodies["ConsentBody"]["properties"]["purpose"] = text(enum=sorted(PURPOSES))
    bodies["ConsentBody"]["properties"]["points"] = _POINTS
    bodies["PointsBody"]["properties"]["points"] = _POINTS
    return bodies | {"Consent": _CONSENT, "ConsentNotice": _NOTICE, "CollectedBody": _COLLECTED}


def consent_paths() -> Json:
    """The paths of consents, for people and for members."""
    return _own() | _requests() | _members()


def _body(shape: str, example: Json) -> Json:
    return {"required": True, "content": {"application/json": {"schema": ref(shape), "example": example}}}


def _own() -> Json:
    ended = record("The leaf of the withdrawal.", leaf=text(), proof=text(format="uri-reference"))
    wished = [
        {"name": name, "in": "query", "required": is_needed, "schema": schema, "description": told}
        for name, is_needed, schema, told in (
            ("member_id", True, text(), "The lender."),
            ("purpose", True, text(enum=sorted(PURPOSES)), "The purpose."),
            ("months", False, text(pattern="^[0-9]{1,5}$"), "For how long; three when left out."),
            ("products", False, text(), "Comma between them; `report` when left out."),
        )
    ]
    return {
        "/v1/me/consents": {
            "get": operation(
                "people", "consents", "The consents one gave, and what lenders ask for",
                answers={"200": answer("The consents.", record(
                    "The consents.", consents=some(ref("Consent")), requests=some(_REQUEST)))},
                problems=("sign-in-needed",), security=PERSON,
            ),
            "post": operation(
                "people", "giveConsent", "Give a consent: one lender, one purpose, some months, point by point",
                answers={"201": answer("Recorded.", _given())},
                problems=(*_CHANGE, "not-json", "fields-not-valid", "consent-not-possible", "consent-point-missing",
                          "notice-outdated", "too-large"),
                security=CHANGING, requestBody=_body("ConsentBody", _GIVEN_EXAMPLE),
            ),
        },
        "/v1/me/consents/{consent_id}": {"get": operation(
            "people", "consentArtefact", "The signed artefact of a consent, byte for byte as its hash stands in the log",
            answers={"200": answer("The artefact.", _ARTEFACT)}, problems=("sign-in-needed", "no-such-consent"),
            security=PERSON, parameters=[_ID],
        )},
        "/v1/me/consents/{consent_id}/withdraw": {"post": operation(
            "people", "withdrawConsent", "Withdraw a consent, in one step",
            answers={"200": answer("Withdrawn.", ended)}, problems=(*_CHANGE, "consent-not-possible"), security=CHANGING,
            parameters=[_ID],
        )},
        "/v1/me/consent-notice": {"get": operation(
            "people", "consentNotice", "What one is told before consenting, and the points to agree to one by one",
            answers={"200": answer("The notice.", ref("ConsentNotice"))},
            problems=("sign-in-needed", "fields-not-valid", "consent-not-possible"), security=PERSON, parameters=wished,
        )},
    }  # fmt: skip


def _given() -> Json:
    return record("The recorded consent.", consent_id=text(), ends_on=text(format="date"), leaf=text(), proof=text())


def _requests() -> Json:
    declined = record("What was declined.", consent_id=text(), state={"const": "declined"})
    code = record("A code, shown once.", code=text(), member_id=text(), until=text(format="date-time"))
    return {
        "/v1/me/consent-requests/{consent_id}/confirm": {"post": operation(
            "people", "confirmConsent", "Say yes to what a lender asks, point by point",
            answers={"201": answer("Recorded.", _given())},
            problems=(*_CHANGE, "not-json", "fields-not-valid", "consent-not-possible", "consent-point-missing",
                      "notice-outdated", "no-such-consent"),
            security=CHANGING, parameters=[_ID],
            requestBody=_body("PointsBody", {"points": ["purpose", "provide", "sensitive"]}),
        )},
        "/v1/me/consent-requests/{consent_id}/decline": {"post": operation(
            "people", "declineConsent", "Say no to what a lender asks; the lender is not told",
            answers={"200": answer("Declined.", declined)}, problems=(*_CHANGE, "no-such-consent"), security=CHANGING,
            parameters=[_ID],
        )},
        "/v1/me/consent-codes": {"post": operation(
            "people", "consentCode", "A code to say to one lender: it stands for one's confirmation, once",
            answers={"201": answer("The code.", code)},
            problems=(*_CHANGE, "not-json", "fields-not-valid", "consent-not-possible"), security=CHANGING,
            requestBody=_body("CodeBody", {"member_id": "bank-alpha"}),
        )},
    }  # fmt: skip


def _members() -> Json:
    taken = record("The same for everybody.", consent_id=text(), artefact_hash=text(), state={"const": "received"})
    standing = record(
        "How the consent stands.", consent_id=text(),
        state=text(enum=["received", "lapsed", "in-force", "withdrawn", "expired", "given"]),
        artefact={"oneOf": [_ARTEFACT, {"type": "null"}]},
    )  # fmt: skip
    shown = record("What came of it.", sample_id=text(), state=text(enum=["original", "late", "differs"]))
    return {
        "/v1/consents": {"post": operation(
            "lenders", "sendConsent", "Send a consent that this member took and signed",
            description="On line it waits until the person confirms it here, or counts at once with their code; on paper it "
            "counts at once, and the original may be asked for. The reply is the same whether or not the person is on file.",
            answers={"202": answer("Received.", taken)},
            problems=("not-signed-in", "not-json", "fields-not-valid", "member-not-active", "consent-not-signed",
                      "consent-not-yours", "consent-not-possible", "consent-point-missing", "notice-outdated",
                      "consent-id-used", "consent-asked-already", "too-large"),
            security=MEMBER, requestBody=_body("CollectedBody", _COLLECTED_EXAMPLE),
        )},
        "/v1/consents/{consent_id}": {"get": operation(
            "lenders", "consentStanding", "How a consent stands that this member sent or that names it",
            answers={"200": answer("How it stands; the artefact once it was given.", standing)},
            problems=("not-signed-in", "no-such-consent"), security=MEMBER, parameters=[_ID],
        )},
        "/v1/members/me/consent-samples": {"get": operation(
            "lenders", "consentSamples", "The written originals that this member is asked to show",
            answers={"200": answer("What was asked for.", record(
                "What was asked for.", member_id=text(), samples=some(_SAMPLE)))},
            problems=("not-signed-in",), security=MEMBER,
        )},
        "/v1/members/me/consent-samples/{sample_id}": {"post": operation(
            "lenders", "showOriginal", "Show a written original: the file itself, byte for byte",
            description=f"At most {MOST_DOCUMENT} bytes. Compared with the hash that was signed; the first document counts.",
            answers={"200": answer("Compared.", shown)},
            problems=("not-signed-in", "no-such-sample", "sample-answered", "no-document", "too-large"), security=MEMBER,
            parameters=[place("sample_id", "The sample.", format="uuid")],
            requestBody={"required": True, "content": {"application/octet-stream": {
                "schema": {"type": "string", "contentMediaType": "application/octet-stream"}}}},
        )},
    }  # fmt: skip
