"""How is described what a lender leaves with us to be worked, and what it is told afterwards?"""

from openbureau.core.monitor.triggers import TRIGGERS
from openbureau.jobs.delivery.feed import TYPES
from openbureau.web.api.openapi_parts import Json, answer, maybe, operation, place, record, ref, some, text, whole
from openbureau.web.api.standing.feeds import STATES
from openbureau.web.problems import PROBLEMS

MEMBER: list[Json] = [{"memberToken": []}]
_KEY: Json = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": text(pattern="^[!-~ ]{1,200}$"),
              "description": "New for each file, the same for a repeat: the same batch is given."}  # fmt: skip
MONITOR_EXAMPLE: Json = {
    "subject": {"id_kind": "cn-id", "id_number": "990101198802140017", "name": "甄良"},
    "reference": "loan-2026-0042",
    "triggers": ["new-overdue", "bad-debt"],
}
_LINE = (
    '{"key": "row-1", "subject": {"id_kind": "cn-id", "id_number": "990101198802140017", "name": "甄良"}, '
    '"purpose": "post-loan"}\n'
)


def standing_paths() -> Json:
    """Every address for what a lender leaves with us."""
    return _batches() | _monitors() | _feed() | _webhook()


def standing_schemas() -> Json:
    """The shapes that only these addresses speak of."""
    return _batch_schemas() | _told_schemas()


def _batch_schemas() -> Json:
    return {
        "Batch": record(
            "A file of inquiries and how far it has come. Worked lines are answered (no-hits too), refused, or problems.",
            batch_id=text(format="uuid"), key=text("The idempotency key it came under."),
            state=text(enum=["waiting", "working", "done", "cancelling", "cancelled"]),
            lines=whole(), worked=whole(), answered=whole(), refused=whole(), problems=whole(),
            bytes=whole("Bytes as received."), sha256=text("SHA-256 of the bytes as received, hex."),
            received_at=text(format="date-time"), work_until=text("Lines not begun by then are not begun.", format="date-time"),
            expires_at=text("Then batch and results are removed.", format="date-time"),
            ended_at=maybe("string"), results=maybe("string"),
        ),
        "BatchLine": record(
            "One line of the results: an answer with its receipt, a refusal, or the line's problem.",
            ("inquiry_id", "answer", "receipt", "refusal", "problem"),
            line=whole("Its number in the file, from 1."), key=maybe("string"), inquiry_id=text(format="uuid"),
            answer={"type": "object"}, receipt=ref("Receipt"), refusal=ref("Refusal"), problem=ref("Problem"),
        ),
    }  # fmt: skip


def _told_schemas() -> Json:
    return {
        "CloudEvent": record(
            "Something that happened since (CloudEvents 1.0). It names nobody; its content is fetched.",
            specversion={"const": "1.0"}, id=text("The same at every attempt.", format="uuid"),
            source=text(format="uri-reference"), type=text(enum=list(TYPES.values())),
            subject=text("The monitor or the batch.", format="uuid"), time=text(format="date-time"),
            datacontenttype={"const": "application/json"},
            data=record(
                "What it is about.", ("monitor_id", "batch_id", "alert_id", "trigger", "reason"),
                position=whole("Its place in the feed."), reference=text("The lender's own."),
                content=text("Where the content is.", format="uri-reference"), monitor_id=text(format="uuid"),
                batch_id=text(format="uuid"), alert_id=text(format="uuid"), trigger=text(), reason=text(),
            ),
        ),
        "Monitor": record(
            "A file that is watched, or was.",
            monitor_id=text("The id of the inquiry by which it was begun.", format="uuid"), purpose=text(),
            triggers=some(text(enum=list(TRIGGERS))), reference=text("The lender's own."), actor_user=text(),
            started_at=text(format="date-time"), ended_at=maybe("string"),
            reason=text("Why it ended: stopped, or the code of a refusal.") | {"type": ["string", "null"]}, alerts=whole(),
        ),
        "Told": record(
            "An answer that is less than a report: that a file is watched, or what happened in it.",
            inquiry_id=text(format="uuid"), answer={"type": "object"}, receipt=ref("Receipt"),
        ),
        "Webhook": record(
            "Where a member is told.", url=text(format="uri"), allowed_rate=maybe("integer"),
            confirmed_at=text(format="date-time"), ended_at=maybe("string"), end_reason=maybe("string"),
        ),
        "Delivery": record(
            "An event on its way.", delivery_id=text("The id of the event.", format="uuid"), position=whole(),
            kind=text(enum=list(TYPES)), state=text(enum=list(STATES)), tries=whole(), due_at=maybe("string"),
            tried_at=maybe("string"), answer=maybe("integer"), trouble=maybe("string"),
        ),
    }  # fmt: skip


def _feed() -> Json:
    page = record(
        "Events in their order.", events=some(ref("CloudEvent")), next=text("Where to go on.", format="uri-reference"),
        is_more={"type": "boolean"},
    )  # fmt: skip
    one = {"/v1/alerts/{alert_id}": {"get": operation(
        "lenders", "alert", "What was told, as it was recorded, with its receipt",
        answers={"200": answer("The content.", ref("Told"))}, problems=("not-signed-in", "not-found", "erased"),
        security=MEMBER, parameters=[place("alert_id", "The id of the event.", format="uuid")],
    )}}  # fmt: skip
    return one | {"/v1/alerts": {"get": operation(
        "lenders", "feed", "What happened since, in order",
        description="The same events as are handed over to the member's address. Places have no gap; read on from next.",
        answers={"200": answer("A page of events.", page)}, problems=("not-signed-in", "fields-not-valid"),
        security=MEMBER, parameters=[_place_parameter("after", "Go on after this place.")],
    )}}  # fmt: skip


def _place_parameter(name: str, description: str) -> Json:
    schema = {"type": "integer", "minimum": 0}
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _monitors() -> Json:
    one = [place("monitor_id", "From the answer.", format="uuid")]
    before = {"name": "before", "in": "query", "required": False, "schema": text(format="uuid"),
              "description": "Go on before this monitor."}  # fmt: skip
    refusals = tuple(code for code, row in PROBLEMS.items() if row.status == 403 and code != "form-not-trusted")
    held = {"200": answer("The monitor.", ref("Monitor"))}
    return {
        "/v1/monitors": {
            "post": operation(
                "lenders", "beginMonitor", "Watch the file of a borrower",
                description="An inquiry of the product alert: it needs the person's consent to monitoring and a running "
                "account of the lender's own, is recorded like any other, tells nothing of the file and is free. Each alert is "
                "decided, recorded and charged by itself. Triggers: "
                + "; ".join(f"{row.code} ({row.en})" for row in TRIGGERS.values()),
                answers={"200": answer("It is watched.", ref("Told"))},
                problems=("not-signed-in", "idempotency-key-missing", "idempotency-key-reused", "not-json", "fields-not-valid",
                          *refusals, "too-large", "too-busy", "no-quorum"),
                security=MEMBER, parameters=[_KEY],
                requestBody={"required": True, "content": {"application/json": {
                    "schema": ref("MonitorBody"), "example": MONITOR_EXAMPLE}}},
            ),
            "get": operation(
                "lenders", "monitors", "The files that this member watches or watched, newest first",
                answers={"200": answer("A page.", record("Monitors.", monitors=some(ref("Monitor"))))},
                problems=("not-signed-in", "fields-not-valid"), security=MEMBER, parameters=[before],
            ),
        },
        "/v1/monitors/{monitor_id}": {"get": operation(
            "lenders", "monitor", "What is told of a file, and whether and why that ended", answers=held,
            problems=("not-signed-in", "not-found"), security=MEMBER, parameters=one,
        )},
        "/v1/monitors/{monitor_id}/stop": {"post": operation(
            "lenders", "stopMonitor", "Be told no more", answers=held, problems=("not-signed-in", "not-found"),
            security=MEMBER, parameters=one,
        )},
    }  # fmt: skip


def _webhook() -> Json:
    state = {"name": "state", "in": "query", "required": False, "schema": text(enum=list(STATES)),
             "description": "Deliveries in this state only."}  # fmt: skip
    held = {"200": answer("The address.", ref("Webhook"))}
    return {
        "/v1/members/me/webhook": {
            "put": operation(
                "lenders", "setWebhook", "Be told at an address of one's own",
                description="The address is asked first whether it wants to be told: OPTIONS with WebHook-Request-Origin, to "
                "be answered with WebHook-Allowed-Origin (CloudEvents, abuse protection). See docs/specs/webhooks.md.",
                answers=held, problems=("not-signed-in", "fields-not-valid", "webhook-not-confirmed", "too-large"),
                security=MEMBER,
                requestBody={"required": True, "content": {"application/json": {
                    "schema": record("An address.", url=text(format="uri")),
                    "example": {"url": "https://hooks.bank-alpha.example/openbureau"}}}},
            ),
            "get": operation("lenders", "webhook", "Where one is told", answers=held,
                             problems=("not-signed-in", "not-found"), security=MEMBER),
            "delete": operation("lenders", "endWebhook", "Be told nowhere any more; the feed goes on", answers=held,
                                problems=("not-signed-in", "not-found"), security=MEMBER),
        },
        "/v1/deliveries": {"get": operation(
            "lenders", "deliveries", "What is and was on its way, newest first",
            answers={"200": answer("Deliveries.", record("Deliveries.", deliveries=some(ref("Delivery"))))},
            problems=("not-signed-in", "fields-not-valid"), security=MEMBER,
            parameters=[state, _place_parameter("before", "Go on before this place.")],
        )},
        "/v1/deliveries/{delivery_id}/replay": {"post": operation(
            "lenders", "replayDelivery", "Let an event set out again",
            answers={"200": answer("It waits.", ref("Delivery"))}, problems=("not-signed-in", "not-found"),
            security=MEMBER, parameters=[place("delivery_id", "The id of the event.", format="uuid")],
        )},
        "/v1/webhook-key": {"get": operation(
            "lenders", "webhookKey", "The public key of our deliveries (Standard Webhooks, Ed25519)",
            answers={"200": answer("The key.", record("The key.", key=text(pattern="^whpk_"))) },
        )},
    }  # fmt: skip


def _batches() -> Json:
    one = [place("batch_id", "From the answer to the file.", format="uuid")]
    before = {"name": "before", "in": "query", "required": False, "schema": text(format="uuid"),
              "description": "Go on before this batch."}  # fmt: skip
    after = {"name": "after", "in": "query", "required": False, "schema": {"type": "integer", "minimum": 0},
             "description": "Go on after this line; the Link header has the address."}  # fmt: skip
    taken = {
        "202": answer("Kept; it is worked beside.", ref("Batch"), Location="where its progress can be read"),
        "200": answer("The same file under the same key: the batch of then.", ref("Batch")),
    }
    return {
        "/v1/batches": {
            "post": operation(
                "lenders", "sendBatch", "Ask about many people with one file",
                description="JSON Lines: the body of a single inquiry a line, with a key of the lender's own. Each line is "
                "decided, recorded and charged by itself; a line that cannot be read stops no other. A member that may not ask "
                "at all is refused with the article, and nothing is kept.",
                answers=taken,
                problems=("not-signed-in", "idempotency-key-missing", "idempotency-key-reused", "batch-empty",
                          "batch-too-long", "too-large", "member-not-active", "role-not-entitled",
                          "purpose-not-in-contract", "product-not-for-purpose", "policy-error"),
                security=MEMBER, parameters=[_KEY],
                requestBody={"required": True, "content": {"application/jsonl": {"schema": text(), "example": _LINE}}},
            ),
            "get": operation(
                "lenders", "batches", "The batches of this member, newest first",
                answers={"200": answer("A page of batches.", record("Batches.", batches=some(ref("Batch"))))},
                problems=("not-signed-in", "fields-not-valid"), security=MEMBER, parameters=[before],
            ),
        },
        "/v1/batches/{batch_id}": {"get": operation(
            "lenders", "batch", "How far a batch has come", answers={"200": answer("The batch.", ref("Batch"))},
            problems=("not-signed-in", "not-found"), security=MEMBER, parameters=one,
        )},
        "/v1/batches/{batch_id}/results": {"get": operation(
            "lenders", "batchResults", "What became of the lines, in their order",
            description="A page of the file of results (JSON Lines), once the batch has ended.",
            answers={"200": answer("Lines.", ref("BatchLine"), "application/jsonl",
                                   Link="the next page, where there is one")},
            problems=("not-signed-in", "not-found", "batch-not-ended", "fields-not-valid"),
            security=MEMBER, parameters=[*one, after],
        )},
        "/v1/batches/{batch_id}/cancel": {"post": operation(
            "lenders", "cancelBatch", "Begin no further line of a batch",
            answers={"200": answer("The batch.", ref("Batch"))}, problems=("not-signed-in", "not-found"),
            security=MEMBER, parameters=one,
        )},
    }  # fmt: skip
