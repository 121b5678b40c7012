"""Found an installation from the terminal: a sandbox at once, or in two steps with an act that members sign elsewhere."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openbureau.config import Settings, write_private
from openbureau.core.act import ActRefused, open_act, parse_members
from openbureau.jobs.context import database
from openbureau.jobs.founding.init import MEMBERS, Plan, draft, found, found_sandbox
from openbureau.jobs.founding.sandbox import keep_tokens
from openbureau.lab.country import make_country
from openbureau.law.workdays import civil_day
from openbureau.tlog.policy import Quorum, parse_quorum
from openbureau.tlog.strict import Malformed


def _quiet(_line: str) -> None:
    """The founding says what it did once, at its end."""


def found_demo(
    settings: Settings, *, origin: str, installation: str, witnesses: Quorum | None = None
) -> dict[str, Any]:
    """A sandbox with the members of the synthetic country."""
    now = datetime.now(UTC)
    members = make_country(2021, people=12, firms=1, months=6, until=civil_day(now)).members
    with database(settings, _quiet) as url:
        tokens = found_sandbox(
            settings, url, Plan(installation, origin, members, witnesses), now=now, random=os.urandom
        )
    return _kept(settings, tokens)


def draft_from(
    settings: Settings, members: Path, to: Path, *, origin: str, installation: str, witnesses: Path | None = None
) -> None:
    """Make the keys and write the act for its members to sign.  `witnesses` holds them as an act names them."""
    plan = Plan(installation, origin, parse_members(_json(members)), _quorum(witnesses) if witnesses else None)
    body = draft(settings, plan, on=civil_day(datetime.now(UTC)), random=os.urandom)
    write_private(to, json.dumps({"body": body, "signatures": {}}, ensure_ascii=False, indent=1) + "\n")


def found_by(settings: Settings, act: Path) -> dict[str, Any]:
    """Found by a signed act.  `ActRefused` says what is wrong with it."""
    signed = _json(act)
    open_act(signed)
    with database(settings, _quiet) as url:
        tokens = found(settings, url, signed, now=datetime.now(UTC), random=os.urandom)
    return _kept(settings, tokens)


def _quorum(path: Path) -> Quorum:
    try:
        return parse_quorum(_json(path))
    except Malformed as trouble:
        raise ActRefused(f"{path}: {trouble}") from None


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as trouble:
        raise ActRefused(f"{path} is not JSON: {trouble}") from None


def _kept(settings: Settings, tokens: dict[str, str]) -> dict[str, Any]:
    """What was made and where it lies; a live installation makes nothing for its members."""
    act = (settings.home / "founding-act.sha256").read_text().strip()
    if not tokens:
        return {"act": act, "tokens": None, "keys": None, "members": []}
    folder = keep_tokens(settings, tokens)
    return {"act": act, "tokens": str(folder), "keys": str(settings.home / MEMBERS), "members": sorted(tokens)}
