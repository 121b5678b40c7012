"""What can be done from a terminal with consents: check an artefact offline, ask lenders for originals, see what came.

The check needs no server and no database; `cli.py` registers these commands and gives the ground they stand on.
"""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cyclopts import App

from openbureau.cli_ground import NO, Ground, Json, Language

CANNOT_TELL = 3
TROUBLES = {"DrawRefused"}


def register(app: App, ground: Ground) -> None:
    """Add the commands of this file."""
    consent_app = App(name=("consent", "consents"), help="Consents: their artefacts, and originals that lenders show.")
    app.command(consent_app)
    _register_check(consent_app, ground)
    _register_samples(consent_app, ground)


def _register_check(app: App, ground: Ground) -> None:
    @app.command
    def check(file: Path, *, act: Path | None = None, is_json: Json = False, lang: Language = "") -> int:
        """Check the artefact of a consent: its form, whether its parts fit, its signature.  No server, no database.

        `--act` is the founding act (`system/founding-act.json` of an export): with it the signature must be by a key of the
        collector that the act names.  Without it the signature can only be found to fit the key in the file: status 3.
        """
        told = _checked(file.read_bytes(), act)
        words = _WORDS[ground.short(lang)]
        lines = [words[told["verdict"]]] + [
            f"{flaw['pointer'] or '/'}  {flaw[ground.short(lang)]}" for flaw in told["flaws"]
        ]
        if told["hash"]:
            lines.append(f"SHA-256 {told['hash']}")
        ground.emit(told, is_json, lambda: "\n".join(lines))
        return {"good": 0, "key-not-known": CANNOT_TELL, "key-not-in-act": CANNOT_TELL}.get(told["verdict"], NO)


_WORDS = {
    "en": {
        "good": "good: form, parts and signature hold, by a key of its collector",
        "key-not-known": "form and parts hold, the signature fits the key in it; whose key that is, only an act tells (--act)",
        "key-not-in-act": "form and parts hold, the signature fits the key in it; the act does not name that key, a later "
        "statement of the member may",
        "not-signed": "NOT GOOD: the signature does not hold, or is by no key of its collector",
        "another-bureau": "NOT GOOD: it names another bureau than this act founds",
        "no-artefact": "NOT GOOD: it is no artefact of a consent",
    },
    "zh": {
        "good": "有效：格式、内容与签名均成立，签名出自其收集者的密钥",
        "key-not-known": "格式与内容成立，签名与文件内的公钥相符；该公钥属于谁，须凭创立文件判断（--act）",
        "key-not-in-act": "格式与内容成立，签名与文件内的公钥相符；创立文件未载明该公钥，可能由该机构后来的声明载明",
        "not-signed": "无效：签名不成立，或并非出自其收集者的密钥",
        "another-bureau": "无效：其所列征信机构并非该文件所创立",
        "no-artefact": "无效：不是同意的电子凭证",
    },
}


def _checked(content: bytes, act: Path | None) -> dict[str, Any]:
    from openbureau.core.act import open_act
    from openbureau.core.consent.artefact import ArtefactRefused, artefact_hash, is_signed, open_artefact

    try:
        artefact = open_artefact(content)
    except ArtefactRefused as refused:
        flaws = [{"pointer": flaw.pointer, "en": flaw.en, "zh": flaw.zh} for flaw in refused.flaws]
        return {"verdict": "no-artefact", "hash": None, "flaws": flaws}
    told: dict[str, Any] = {"verdict": "good", "hash": artefact_hash(artefact).hex(), "flaws": []}
    if act is None:
        return told | {"verdict": "key-not-known" if is_signed(artefact, _own_key(artefact)) else "not-signed"}
    opened = open_act(json.loads(act.read_text("utf-8")))
    collector = artefact.consent.collector.id
    if artefact.consent.provider.origin != opened.origin:
        return told | {"verdict": "another-bureau"}
    if is_signed(artefact, _keys(opened, collector, datetime.fromisoformat(artefact.consent.made_at))):
        return told
    # A member may have added the key later, by a statement in the log that this file does not have.
    is_open = is_signed(artefact, _own_key(artefact)) and collector in opened.members
    return told | {"verdict": "key-not-in-act" if is_open else "not-signed"}


def _own_key(artefact: Any) -> list[bytes]:
    """The key that an artefact carries itself."""
    from openbureau.tlog.strict import Malformed, parse_base64

    try:
        return [parse_base64(artefact.signature.public_key)]
    except Malformed:
        return []


def _keys(act: Any, collector: str, at: datetime) -> list[bytes]:
    """The keys that speak for a collector in an act at an instant."""
    from openbureau.core.consent.terms import BUREAU
    from openbureau.tlog.strict import parse_base64

    if collector == BUREAU:
        return [parse_base64(act.body["keys"]["response"])]
    member = act.members.get(collector)
    return [member.verify_key, *(key.public_key for key in member.keys if key.is_valid(at))] if member else []


def _register_samples(app: App, ground: Ground) -> None:
    @app.command
    def sample(*, seed: str, count: int, first: date, last: date, by: str = "operator", is_json: Json = False) -> int:
        """Ask each member for up to `--count` written originals of consents recorded from `--first` to `--last`.

        The draw is a function of `--seed`: take one that nobody could know before, and publish it.  The same draw again asks
        for nothing twice.  `--by` is who draws; it is kept with the draw.
        """
        with ground.bureau() as bureau:
            from openbureau.jobs.consent.sample import draw

            made = draw(bureau, seed=seed, count=count, first=first, last=last, by=by)
        told = {"seed": made.seed, "of": made.of, "asked": made.asked, "due_on": made.due_on.isoformat(),
                "consents": list(made.consents)}  # fmt: skip
        lines = [f"{made.asked} originals asked for, of {made.of} on paper; due {made.due_on}", *made.consents]
        ground.emit(told, is_json, lambda: "\n".join(lines))
        return 0

    @app.command
    def samples(*, is_json: Json = False) -> int:
        """Show what was asked for and what came, member by member.  Status 1 where an original is missing or differs."""
        with ground.bureau() as bureau:
            from openbureau.jobs.consent.sample import counts
            from openbureau.jobs.consent.sample import samples as every

            found = every(bureau)
        table = counts(found)
        told = {
            "members": [
                {"member_id": one.member_id, "asked": one.asked, "open": one.open, "originals": one.originals,
                 "late": one.late, "differing": one.differing, "missing": one.missing, "findings": one.findings}
                for one in table
            ],
            "samples": [
                {"sample_id": one.sample_id, "member_id": one.member_id, "consent_id": one.consent_id, "seed": one.seed,
                 "due_on": one.due_on.isoformat(), "state": state}
                for one, state in found
            ],
        }  # fmt: skip
        lines = [
            f"{one.member_id:<24} asked {one.asked}, open {one.open}, originals {one.originals}, late {one.late}, "
            f"differing {one.differing}, missing {one.missing}"
            for one in table
        ]
        ground.emit(told, is_json, lambda: "\n".join(lines) or "nothing was asked for")
        return NO if any(one.findings for one in table) else 0
