"""How are the furnishers' addresses described?  Files whole, in pieces or record by record, and what is held from them."""

from openbureau.web.api.openapi_parts import (
    FURNISHING_PARAMETERS,
    Json,
    answer,
    maybe,
    operation,
    place,
    record,
    ref,
    some,
    text,
    whole,
)

MEMBER: list[Json] = [{"memberToken": []}]
DESK: list[Json] = [{"memberToken": []}, {"deskSession": [], "sessionToken": []}]
_DOOR = ("not-signed-in", "member-not-active", "policy-error")
_PREFER: Json = {"name": "Prefer", "in": "header", "required": False, "schema": text(),
                 "description": "respond-async: answer 202 with the receipt, and load afterwards (RFC 7240)."}  # fmt: skip
_KEY: Json = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": text(pattern="^[!-~ ]{1,200}$"),
              "description": "The same for a repeat: the same receipt is given and nothing is received again."}  # fmt: skip
_TOLD: Json = {"receipt": {"type": "object"}, "acceptance": ref("Acceptance")}
_PLACE = {"Location": "where progress and acceptance can be read"}


def _received() -> Json:
    made = {"201": answer("Received and loaded.", record("Receipt and acceptance.", (), **_TOLD), **_PLACE)}
    later = record("The receipt.", receipt={"type": "object"})
    return made | {
        "202": answer(
            "Received; the load follows (as preferred, or as an earlier file of yours is still loaded).",
            later,
            **_PLACE,
        )
    }


def furnisher_paths() -> Json:
    """Every address of a furnisher."""
    return _files() | _records() | _uploads() | _told()


def _files() -> Json:
    page = record("Files, newest first.", furnishings=some(ref("Progress")), next=maybe("string"))
    one = record("The acceptance so far.", acceptance=ref("Acceptance"), progress=ref("Progress"))
    before = {"name": "before", "in": "query", "required": False, "schema": text(format="uuid"),
              "description": "Go on before this receipt; the next member of a page has it."}  # fmt: skip
    return {
        "/v1/furnishings": {
            "post": operation(
                "furnishers", "furnish", "Send a file in openbureau/1 or Metro 2",
                description="The body is the file itself (JSON Lines, CSV, Parquet or Metro 2, 4 GiB at most), as it is or "
                "encrypted to the agency's age key. Its records are kept and logged before any opinion on them. The same file "
                "twice changes nothing.",
                answers=_received(), problems=(*_DOOR, "too-large", "file-not-readable", "fields-not-valid"),
                security=MEMBER, parameters=[*FURNISHING_PARAMETERS, _PREFER],
                requestBody={"required": True, "content": {"application/octet-stream": {}}},
            ),
            "get": operation(
                "furnishers", "furnishings", "The files of this member, each with its progress",
                answers={"200": answer("A page of files.", page)}, problems=("not-signed-in", "fields-not-valid"),
                security=MEMBER, parameters=[before],
            ),
        },
        "/v1/furnishings/{receipt_id}": {"get": operation(
            "furnishers", "furnishing", "What became of a file",
            answers={"200": answer("The acceptance.", one)},
            problems=("not-signed-in", "not-found"), security=DESK,
            parameters=[place("receipt_id", "From the receipt.", format="uuid")],
        )},
    }  # fmt: skip


def _records() -> Json:
    accounts = record("The accounts in the order asked.", accounts=some(ref("HeldAccount")))
    totals = record("Totals.", totals=some(ref("HeldTotal")))
    return {
        "/v1/records": {"post": operation(
            "furnishers", "furnishRecords", "Send one record, or a few, at any time of the day",
            description="A record of openbureau/1 as a JSON object, or a list of at most 1,000. Receipt, checks and loading "
            "are those of a file.",
            answers=_received(),
            problems=(*_DOOR, "not-json", "fields-not-valid", "idempotency-key-missing", "idempotency-key-reused",
                      "file-not-readable", "too-large"),
            security=MEMBER, parameters=[_KEY, _PREFER],
            requestBody={"required": True, "content": {"application/json": {
                "schema": {"oneOf": [{"type": "object"}, some({"type": "object"})]}}}},
        )},
        "/v1/accounts": {
            "get": operation(
                "furnishers", "heldTotals", "What is held from this member, in totals",
                answers={"200": answer("Accounts by type, status and last month.", totals)}, problems=("not-signed-in",),
                security=MEMBER,
            ),
            "post": operation(
                "furnishers", "heldAccounts", "Accounts of this member by its own numbers",
                description="Numbers are kept as keyed hashes: they cannot be listed, only looked up, and never stand in an "
                "address.",
                answers={"200": answer("As held now.", accounts)},
                problems=("not-signed-in", "fields-not-valid", "too-large"), security=MEMBER,
                requestBody={"required": True, "content": {"application/json": {"schema": ref("AccountNumbers")}}},
            ),
        },
    }  # fmt: skip


def _uploads() -> Json:
    one = {"200": answer("How far it is.", record("The upload.", upload=ref("Upload")))}
    upload_id = place("upload_id", "From the answer that began it.", format="uuid")
    at: Json = {"name": "at", "in": "query", "required": False, "schema": whole() | {"minimum": 0},
                "description": "Where the piece begins; or tell it in Content-Range: bytes FIRST-LAST/SIZE."}  # fmt: skip
    listed = record("Uploads under way.", uploads=some(ref("Upload")))
    return {
        "/v1/uploads": {
            "post": operation(
                "furnishers", "beginUpload", "Begin a file that comes in pieces",
                answers={"201": answer("Begun.", record("The upload.", upload=ref("Upload")),
                                       Location="where to send the pieces")},
                problems=(*_DOOR, "form-not-trusted", "fields-not-valid", "too-large"), security=DESK,
                requestBody={"required": True, "content": {"application/json": {"schema": ref("UploadBody")}}},
            ),
            "get": operation(
                "furnishers", "uploads", "Uploads under way", answers={"200": answer("Newest first.", listed)},
                problems=("not-signed-in",), security=DESK,
            ),
        },
        "/v1/uploads/{upload_id}": {
            "get": operation(
                "furnishers", "upload", "How far an upload is, or what came of it", answers=one,
                problems=("not-signed-in", "not-found"), security=DESK, parameters=[upload_id],
            ),
            "put": operation(
                "furnishers", "uploadPiece", "Send a piece, 16 MiB at most",
                description="What is acknowledged is held. A piece at another offset changes nothing: the conflict tells "
                "the right one.",
                answers=one, security=DESK, parameters=[upload_id, at],
                problems=("not-signed-in", "form-not-trusted", "not-found", "fields-not-valid", "upload-elsewhere",
                          "upload-too-long", "too-large"),
                requestBody={"required": True, "content": {"application/octet-stream": {}}},
            ),
            "delete": operation(
                "furnishers", "giveUpUpload", "Give an upload up",
                answers={"200": answer("Gone.", record("Gone.", ended={"const": True}))},
                problems=("not-signed-in", "form-not-trusted", "not-found"), security=DESK, parameters=[upload_id],
            ),
        },
        "/v1/uploads/{upload_id}/finish": {"post": operation(
            "furnishers", "finishUpload", "Receive a whole upload as one file; asked again, the same receipt",
            answers=_received(), security=DESK, parameters=[upload_id, _PREFER],
            problems=("not-signed-in", "form-not-trusted", "member-not-active", "policy-error", "not-found",
                      "upload-not-whole", "upload-differs", "file-not-readable"),
        )},
    }  # fmt: skip


def _told() -> Json:
    """What is told of what was sent: receipts, proofs, quality."""
    return {
        "/v1/furnishings/{receipt_id}/receipt": {"get": operation(
            "furnishers", "fileReceipt", "The signed receipt of a file, with its place in the log",
            description="Anybody verifies it offline: openbureau watch record FILE.",
            answers={"200": answer("The receipt.", {"type": "object"})},
            problems=("not-signed-in", "not-found"), security=MEMBER,
            parameters=[place("receipt_id", "From the receipt.", format="uuid")],
        )},
        "/v1/furnishings/{receipt_id}/records/{number}/proof": {"get": operation(
            "furnishers", "recordProof", "Proof that one record was sent, unchanged, when and by whom",
            description="The record with its salt, the path to its file's root, the opening of the leaf that holds the root, "
            "and the leaf's place in the log. Anybody verifies it offline: openbureau watch record FILE.",
            answers={"200": answer("The proof.", {"type": "object"})},
            problems=("not-signed-in", "not-found"), security=MEMBER,
            parameters=[
                place("receipt_id", "From the receipt.", format="uuid"),
                {"name": "number", "in": "path", "required": True, "description": "Number of the record, from 1.",
                 "schema": {"type": "integer", "minimum": 1}},
            ],
        )},
        "/v1/members/me/quality": {"get": operation(
            "furnishers", "ownQuality", "The quality of what one sent in a month",
            description="By the published formula. A part without a source is absent, never zero.",
            answers={"200": answer("The figures.", {"type": "object"})},
            problems=("not-signed-in", "fields-not-valid"), security=MEMBER,
            parameters=[{"name": "month", "in": "query", "required": True, "schema": text(pattern="^[0-9]{4}-[0-9]{2}$"),
                         "description": "A month in Beijing, YYYY-MM."}],
        )},
    }  # fmt: skip
