"""How is this API described to those who write against it?

OpenAPI 3.1, readable without an account at /schema/openapi.json; docs/specs/openapi.json is its copy in the repository, and
a test finds any difference between this description and the routes.
"""

import json

from openbureau.core.refusal import RefusalCode
from openbureau.web.api.openapi_billing import BILLING_SHAPES, billing_paths
from openbureau.web.api.openapi_conduct import CONDUCT_CASE, PACED, conduct_paths
from openbureau.web.api.openapi_consents import PERSON, consent_paths, consent_schemas
from openbureau.web.api.openapi_furnishers import MEMBER, furnisher_paths
from openbureau.web.api.openapi_parts import (
    INQUIRY_EXAMPLE,
    OFFICIAL_EXAMPLE,
    Json,
    is_refusal,
    maybe,
    record,
    ref,
    schemas,
    some,
    text,
    whole,
)
from openbureau.web.api.openapi_parts import answer as _answer
from openbureau.web.api.openapi_parts import operation as _operation
from openbureau.web.api.openapi_parts import place as _place
from openbureau.web.api.standing.openapi import standing_paths, standing_schemas
from openbureau.web.examples import with_examples
from openbureau.web.problems import PROBLEMS, ProblemRow
from openbureau.web.sign_in.openapi import TOKEN_SCHEME, sign_in_paths

_OF_EVERY = {
    RefusalCode.POLICY_ERROR, RefusalCode.ROLE_NOT_ENTITLED, RefusalCode.MEMBER_NOT_ACTIVE,
    RefusalCode.PURPOSE_NOT_IN_CONTRACT, RefusalCode.IDENTITY_AMBIGUOUS, RefusalCode.IDENTITY_NOT_CONFIRMED,
}  # fmt: skip
_ONLY_ORDERS = {
    RefusalCode.DOCUMENT_MISSING, RefusalCode.DOCUMENT_NOT_FOR_BODY, RefusalCode.DOCUMENT_EXPIRED,
    RefusalCode.DEFERRAL_NOT_LAWFUL, RefusalCode.NO_FILE_HELD,
}  # fmt: skip
_OF_ORDERS = _OF_EVERY | _ONLY_ORDERS
_OTHER_ACTS = _ONLY_ORDERS | {
    RefusalCode.RECIPIENT_NOT_ENTITLED, RefusalCode.RECORD_NOT_OWN, RefusalCode.NOT_OWN_FILE,
    RefusalCode.NO_VIEW_OF_PERSONS, RefusalCode.VIEW_WITHOUT_REASON, RefusalCode.ERASURE_ACCOUNT_RUNNING,
    RefusalCode.ERASURE_TERM_RUNNING, RefusalCode.ERASURE_WITHOUT_REASON,
}  # fmt: skip
"""Refusals that no inquiry under a consent meets."""


def render_openapi() -> bytes:
    """The description as JSON, the same bytes every time."""
    return (json.dumps(document(), ensure_ascii=False, indent=1) + "\n").encode()


def document() -> Json:
    """The whole description, with an example of everything."""
    return with_examples(_described())


def _described() -> Json:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "openbureau",
            "version": "0.1.0",
            "summary": "A personal credit bureau that anyone can audit.",
            "description": "Inquiries by lenders, files from furnishers, a person's own report, diary and consents, and the "
            "public log. Every error is a problem document (RFC 9457) in the language of Accept-Language (zh-CN or en). The "
            "sandbox holds made-up people only.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This installation."}],
        "tags": [
            {"name": name, "description": told}
            for name, told in (
                ("lenders", "Institutions that ask for reports."),
                ("members", "How members sign in, and the keys of their machines."),
                ("furnishers", "Institutions that send information."),
                ("people", "The person a file is about."),
                ("log", "The transparency log, in the C2SP formats."),
                ("law", "The rules in force, as data."),
                ("operators", "Health and figures."),
            )
        ],
        "paths": {**_lenders(), **_answers(), **conduct_paths(), **billing_paths(), **standing_paths(), **furnisher_paths(),
                  **_people(), **consent_paths(), **sign_in_paths(), **_log(), **_operators()},
        "components": {
            "schemas": schemas() | consent_schemas() | standing_schemas() | BILLING_SHAPES | {"ConductCase": CONDUCT_CASE},
            "responses": {row.code: _problem(row) for row in PROBLEMS.values()},
            "securitySchemes": {
                "memberToken": TOKEN_SCHEME,
                "personSession": {"type": "apiKey", "in": "cookie", "name": "openbureau-session",
                                  "description": "The session of a signed-in person."},
                "deskSession": {"type": "apiKey", "in": "cookie", "name": "openbureau-session",
                                "description": "The session of a member's signed-in desk; with sessionToken for changes."},
                "sessionToken": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token",
                                 "description": "The session's own token; every answer under /v1/me carries it."},
            },
        },
    }  # fmt: skip


def _problem(row: ProblemRow) -> Json:
    shape = "Refusal" if is_refusal(row.code) else "Problem"
    return {
        "description": f"{row.title[0]}. {row.cure[0]}",
        "content": {"application/problem+json": {"schema": ref(shape)}},
    }


def _header(name: str, description: str, pattern: str) -> Json:
    return {"name": name, "in": "header", "required": True, "description": description, "schema": text(pattern=pattern)}


def _body(shape: str, example: Json) -> Json:
    return {"required": True, "content": {"application/json": {"schema": ref(shape), "example": example}}}


def _lenders() -> Json:
    refusals = tuple(code for code in filter(is_refusal, PROBLEMS) if code not in _OTHER_ACTS)
    door = ("not-signed-in", "idempotency-key-missing", "idempotency-key-reused", "not-json", "fields-not-valid")
    return {
        "/v1/inquiries": {"post": _operation(
            "lenders", "ask", "Ask for a person's report and score",
            description="Answered or refused, and recorded before it leaves. The same key and body give the same bytes and "
            "at most one charge. A refusal is free, and quotes its article.",
            answers={"200": _answer("The report with its receipt.", ref("Answer"),
                                    Idempotent_Replayed="true when this is the repeat of an earlier answer", **PACED)},
            problems=(*door, *refusals, "too-large", "too-busy", "no-quorum", "rate-limited", "quota-reached"), security=MEMBER,
            parameters=[_header("Idempotency-Key", "New for each inquiry, the same for a repeat.", "^[!-~ ]{1,200}$")],
            requestBody=_body("InquiryBody", INQUIRY_EXAMPLE),
        )},
        "/v1/official-inquiries": {"post": _operation(
            "lenders", "askOfficially", "Look somebody up by the document of a court or an authority",
            description="No consent, but a document: kind of proceedings, law, number, issuing body, officer. The answer rests "
            "on its hash. The person reads of it in their diary at once, or on the day of a lawful deferral. Free of charge.",
            answers={"200": _answer("The report with its receipt.", ref("Answer"),
                                    Idempotent_Replayed="true when this is the repeat of an earlier answer")},
            problems=(*door, *(code.value for code in RefusalCode if code in _OF_ORDERS), "too-large", "too-busy", "no-quorum"),
            security=MEMBER,
            parameters=[_header("Idempotency-Key", "New for each look-up, the same for a repeat.", "^[!-~ ]{1,200}$")],
            requestBody=_body("OfficialBody", OFFICIAL_EXAMPLE),
        )},
        "/v1/members/me/charges": {"get": _operation(
            "lenders", "charges", "What this member owes for a month",
            answers={"200": _answer("Charge by charge.", record(
                "The charges of a month.", member_id=text(), month=text(), charges=some(ref("Charge"))))},
            problems=("not-signed-in", "fields-not-valid"), security=MEMBER,
            parameters=[{"name": "month", "in": "query", "required": True, "description": "YYYY-MM",
                         "schema": text(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$")}],
        )},
    }  # fmt: skip


def _answers() -> Json:
    refusals = tuple(code for code in filter(is_refusal, PROBLEMS) if code not in _OTHER_ACTS)
    return {
        "/v1/inquiries/{inquiry_id}": {"get": _operation(
            "lenders", "askAgain", "An earlier answer, bit for bit",
            description="To the member that got it, with a permit of today, free, and recorded. Where something in it may "
            "not be shown any more it is refused; ask anew with as_of then.",
            answers={"200": _answer("The bytes that left, with their hash and a receipt of this telling.", record(
                "An answer told again.", inquiry_id=text("Of this telling."), again=text("Of the first time."),
                answer_hash=text("SHA-256 of answer, hex."),
                answer={"oneOf": [ref("Report"), ref("LesserAnswer")]}, receipt=ref("Receipt")))},
            problems=("not-signed-in", *refusals, "no-such-answer", "answer-erased", "too-busy", "no-quorum"), security=MEMBER,
            parameters=[_place("inquiry_id", "inquiry_id of the earlier answer.")],
        )},
        "/v1/inquiries/{inquiry_id}/report.pdf": {"get": _operation(
            "lenders", "askAgainOnPaper", "An earlier answer on paper",
            description="Under the same rules as the answer itself, in the language of Accept-Language. PDF/A-2b; the same "
            "answer gives the same bytes.",
            answers={"200": _answer("The paper.", text(format="binary"), "application/pdf")},
            problems=("not-signed-in", *refusals, "no-such-answer", "answer-erased", "too-busy", "no-quorum",
                      "no-chinese-font"),
            security=MEMBER, parameters=[_place("inquiry_id", "inquiry_id of the earlier answer.")],
        )},
    }  # fmt: skip


def _people() -> Json:
    return {
        "/v1/me/report": {"get": _operation(
            "people", "ownReport", "One's own report, free of charge, every institution by name",
            answers={"200": _answer("The report.", ref("OwnReport"))}, problems=("sign-in-needed",), security=PERSON,
        )},
        "/v1/me/diary": {"get": _operation(
            "people", "diary", "Everything that happened to one's file, newest first",
            answers={"200": _answer("The diary.", record("The diary.", entries=some(ref("DiaryEntry"))))},
            problems=("sign-in-needed",), security=PERSON,
        )},
    }  # fmt: skip


def _log() -> Json:
    binary = {"type": "string", "contentMediaType": "application/octet-stream"}
    rules = record("Rules.", on=text(format="date"), digest=text(), rules=some({"type": "object"}))
    return {
        "/checkpoint": {"get": _operation(
            "log", "checkpoint", "The last signed head of the log",
            answers={"200": _answer("A signed note.", text(), "text/plain")}, problems=("not-ready",),
        )},
        "/tile/{place}": {"get": _operation(
            "log", "tile", "A hash tile or an entry bundle; never changes",
            answers={"200": _answer("The tile.", binary, "application/octet-stream")}, problems=("not-found",),
            parameters=[_place("place", "C2SP path: LEVEL/NUMBER or entries/NUMBER, partial ones with .p/WIDTH")],
        )},
        "/log.vkey": {"get": _operation(
            "log", "logKey", "The log's public key", answers={"200": _answer("A verifier key.", text(), "text/plain")},
        )},
        "/policy": {"get": _operation(
            "log", "policy", "What a watcher pins: log key and founding act",
            answers={"200": _answer("A watcher's policy.", text(), "text/plain")},
        )},
        "/v1/proofs/{leaf}": {"get": _operation(
            "log", "proof", "The proof that a leaf is in the log",
            answers={"200": _answer("A .tlog-proof.", text(), "text/plain")},
            problems=("no-proof-yet", "fields-not-valid"),
            parameters=[_place("leaf", "Leaf hash, hex.", pattern="^[0-9a-f]{64}$")],
        )},
        "/v1/law/{topic}": {"get": _operation(
            "law", "law", "The rules of a topic on a day, each with its citation",
            answers={"200": _answer("The rules.", rules)}, problems=("no-rule", "fields-not-valid"),
            parameters=[_place("topic", "A topic, such as retention, or the id of a rule."),
                        {"name": "on", "in": "query", "required": False, "schema": text(format="date"),
                         "description": "A day; today when left out."}],
        )},
    }  # fmt: skip


def _operators() -> Json:
    row = record("A problem.", type=text(), status=whole(), title=ref("Both"), cure=ref("Both"))
    checks = record(
        "How we are.", is_ready={"type": "boolean"}, database=text(), sequencer=text(), log_size=whole(),
        checkpoint_age_seconds=maybe("integer"),
    )  # fmt: skip
    return {
        "/problems": {"get": _operation(
            "operators", "problems", "Every problem with its cure, in both languages",
            answers={"200": _answer("The problems.", record("The problems.", problems=some(row)))},
        )},
        "/problems/{code}": {"get": _operation(
            "operators", "problem", "What a problem means", answers={"200": _answer("The problem.", row)},
            problems=("not-found",), parameters=[_place("code", "Its code.", enum=list(PROBLEMS))],
        )},
        "/healthz": {"get": _operation(
            "operators", "alive", "The process is up",
            answers={"200": _answer("Up.", record("Up.", status={"const": "up"}))},
        )},
        "/readyz": {"get": _operation(
            "operators", "ready", "The database answers, the log is being signed",
            answers={"200": _answer("Ready.", checks)}, problems=("not-ready",),
        )},
        "/metrics": {"get": _operation(
            "operators", "metrics", "Counts and durations for Prometheus",
            answers={"200": _answer("Text form 0.0.4.", text(), "text/plain")},
        )},
        "/schema/openapi.json": {"get": _operation(
            "operators", "description", "This description",
            answers={"200": _answer("OpenAPI 3.1.", {"type": "object"})},
        )},
    }  # fmt: skip
