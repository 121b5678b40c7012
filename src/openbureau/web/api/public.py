"""What may anybody see?

The log in C2SP form, the law as data, the page of each problem, the description of this API, and whether we are well.
Nothing here knows a person.
"""

import re
import time
from datetime import date
from pathlib import Path
from typing import Any

from openbureau.jobs.context import Bureau
from openbureau.jobs.log.prove import checkpoint, policy, proof, tile, witnesses
from openbureau.law.rules import NoRule
from openbureau.law.show import show
from openbureau.law.workdays import civil_day
from openbureau.tlog.checkpoint import open_checkpoint
from openbureau.tlog.tile import ENTRIES, TileAddress
from openbureau.web.api.bodies import field_trouble
from openbureau.web.desk import Asking, Desk, desk_of
from openbureau.web.problems import PROBLEMS
from openbureau.web.replies import (
    FOR_EVER,
    JSON,
    PROBLEM,
    SHORT,
    TEXT,
    Reply,
    json_reply,
    page,
    problem,
    raw,
    wants_page,
)
from openbureau.web.trouble import Trouble, problem_document

BINARY = "application/octet-stream"
_TILE = re.compile(r"/?(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([0-9]{1,3}))?\Z")
_LEAF = re.compile(r"[0-9a-f]{64}\Z")


async def log_checkpoint(request: Asking) -> Reply:
    """GET /checkpoint: the last signed head."""
    desk = desk_of(request)
    found = await desk.do(checkpoint, desk.bureau)
    if found is None:
        raise Trouble("not-ready", told={"checks": {"log": "no checkpoint has been signed yet"}})
    return raw(found.encode(), TEXT, headers=SHORT)


async def log_tile(request: Asking) -> Reply:
    """GET /tile/...: a hash tile or an entry bundle; what is served once never changes."""
    address = read_tile_path(str(request.path_params["place"]))
    desk = desk_of(request)
    found = await desk.do(tile, desk.bureau, address) if address else None
    if found is None:
        raise Trouble("not-found")
    return raw(found, BINARY, headers=FOR_EVER)


def read_tile_path(place: str) -> TileAddress | None:
    """The address of a tile path; None for any spelling but the one of the format."""
    found = _TILE.match(place)
    if found is None:
        return None
    level, number, width = found.groups()
    made = TileAddress(
        ENTRIES if level == "entries" else int(level),
        int(number.replace("x", "").replace("/", "")),
        int(width) if width else 256,
    )
    return made if made.path == f"tile/{place.lstrip('/')}" and made.width > 0 else None


async def log_key(request: Asking) -> Reply:
    """GET /log.vkey: the log's public key."""
    return raw((desk_of(request).bureau.log_key.render() + "\n").encode(), TEXT, headers=SHORT)


async def log_policy(request: Asking) -> Reply:
    """GET /policy: what a watcher pins: log key and founding act."""
    return raw(policy(desk_of(request).bureau).encode(), TEXT, headers=SHORT)


async def leaf_proof(request: Asking) -> Reply:
    """GET /v1/proofs/{leaf}: the .tlog-proof of a leaf, by its hash in hex."""
    leaf = str(request.path_params["leaf"])
    if not _LEAF.match(leaf):
        raise field_trouble(
            "/leaf",
            {"en": "must be a leaf hash", "zh": "须为记录哈希"},
            {"en": "Send 64 lower-case hex digits, as in the receipt.", "zh": "请发送回执中的 64 位小写十六进制数。"},
        )
    desk = desk_of(request)
    found = await desk.do(proof, desk.bureau, bytes.fromhex(leaf))
    if found is None:
        raise Trouble("no-proof-yet", headers={"Retry-After": "2"})
    return raw(found.encode(), TEXT, headers=SHORT)


def day_asked(request: Asking) -> date:
    """The day that `?on=` names, today without it."""
    given = request.query_params.get("on")
    try:
        return date.fromisoformat(given) if given else civil_day(desk_of(request).bureau.clock())
    except ValueError:
        raise field_trouble(
            "?on",
            {"en": "must be a day", "zh": "须为日期"},
            {"en": "Send it as YYYY-MM-DD.", "zh": "请以 YYYY-MM-DD 发送。"},
        ) from None


async def law_rows(request: Asking) -> Reply:
    """GET /v1/law/{topic}?on=: the rules of a topic, or one rule, as they hold on a day."""
    desk, on = desk_of(request), day_asked(request)
    try:
        rows = show(desk.bureau.law, str(request.path_params["topic"]), on)
    except NoRule:
        raise Trouble("no-rule", told={"topics": list(desk.bureau.law.topics)}) from None
    return json_reply({"on": on.isoformat(), "digest": desk.bureau.law.digest, "rules": rows}, headers=SHORT)


async def problem_page(request: Asking) -> Reply:
    """GET /problems/{code}: what a problem means, in both languages; GET /problems lists them all."""
    code = request.path_params.get("code")
    if code is not None and code not in PROBLEMS:
        raise Trouble("not-found")
    rows = [PROBLEMS[code]] if code else list(PROBLEMS.values())
    if not wants_page(request):
        told = [
            {"type": row.type, "status": row.status, "title": _both(row.title), "cure": _both(row.cure)} for row in rows
        ]
        return json_reply(told[0] if code else {"problems": told}, headers=SHORT)
    return page(request, "problems.html", {"rows": rows})


def _both(text: tuple[str, str]) -> dict[str, str]:
    return {"en": text[0], "zh": text[1]}


async def alive(_: Asking) -> Reply:
    """GET /healthz: the process is up."""
    return raw(b'{"status":"up"}', JSON, headers=SHORT)


async def ready(request: Asking) -> Reply:
    """GET /readyz: the database answers, the log is being signed."""
    desk = desk_of(request)
    checks = await desk.do(log_state, desk)
    if checks["is_ready"]:
        return json_reply(checks, headers=SHORT)
    document = problem_document(PROBLEMS["not-ready"], "en", told={"checks": checks})
    if wants_page(request):
        return problem(request, PROBLEMS["not-ready"])
    return json_reply(document, status=503, headers=SHORT | {"Content-Type": PROBLEM})


def log_state(desk: Desk) -> dict[str, Any]:
    """How the log stands: size, age of the last checkpoint, and trouble by kind only."""
    checks: dict[str, Any] = {"database": "reached", "log_size": 0, "checkpoint_age_seconds": None}
    try:
        text = checkpoint(desk.bureau)
        checks["log_size"] = log_size(desk.bureau, text)
        checks["witnesses"] = witnesses(desk.bureau)
    except Exception as trouble:  # noqa: BLE001  (whatever the database says, the answer is: not ready)
        checks["database"] = f"not reached ({type(trouble).__name__})"
        text = None
    checks["checkpoint_age_seconds"] = checkpoint_age(desk.bureau.settings.head_file)
    trouble_now = desk.trouble() if desk.trouble else None
    checks["sequencer"] = (
        "elsewhere" if desk.trouble is None else type(trouble_now).__name__ if trouble_now else "at work"
    )
    checks["is_ready"] = text is not None and trouble_now is None
    return checks


def log_size(bureau: Bureau, text: str | None) -> int:
    """Entries under a checkpoint; 0 before the first."""
    return open_checkpoint(text.encode(), bureau.log_key).size if text else 0


def checkpoint_age(head_file: Path) -> int | None:
    """Seconds since a checkpoint was signed here; None before the first."""
    try:
        return max(int(time.time() - head_file.stat().st_mtime), 0)
    except OSError:
        return None


async def figures(request: Asking) -> Reply:
    """GET /metrics: counts and durations, no person in them."""
    desk = desk_of(request)
    state = await desk.do(log_state, desk)
    desk.figures.log_size.set(state["log_size"])
    desk.figures.checkpoint_age.set(-1 if state["checkpoint_age_seconds"] is None else state["checkpoint_age_seconds"])
    return raw(desk.figures.render(), "text/plain; version=0.0.4", headers=SHORT)


async def description(request: Asking) -> Reply:
    """GET /schema/openapi.json: this API, readable without an account."""
    return raw(desk_of(request).openapi, JSON, headers=SHORT)


async def static_file(request: Asking) -> Reply:
    """GET /static/{name}: a file that pages load."""
    found = desk_of(request).paper.files.get(str(request.path_params["name"]))
    if found is None:
        raise Trouble("not-found")
    return raw(found.content, found.media_type, headers=FOR_EVER)
