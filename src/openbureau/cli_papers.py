"""What can anyone check who holds a paper of the bureau's?  Published figures, a bill, an answer, a draw, a decision.

Registered by `cli.py`; the base install is enough.  All print a verdict, and end with its status.
"""

from pathlib import Path

from cyclopts import App

from openbureau.cli_ground import Ground, Json, Language
from openbureau.watch.verdict import Verdict, render, to_json


def register(watch_app: App, ground: Ground) -> None:
    """Add the commands of this file."""
    _register_figures(watch_app, ground)
    _register_answer(watch_app, ground)


def _told(verdict: Verdict, ground: Ground, *, is_json: bool, lang: str) -> int:
    ground.emit(to_json(verdict), is_json, lambda: render(verdict, ground.short(lang)))
    return verdict.exit_code


def _register_figures(watch_app: App, ground: Ground) -> None:
    @watch_app.command
    def recount(directory: Path, *, policy: Path | None = None, is_json: Json = False, lang: Language = "") -> int:
        """Count every published number again, by the query beside it, from the committee's openings in an export.

        Fails where one differs, where a month is not the one that the log binds, or where log or openings do not hold.
        """
        from openbureau.watch.papers.recount import recount as counted

        return _told(counted(directory, policy=policy), ground, is_json=is_json, lang=lang)


def _register_answer(watch_app: App, ground: Ground) -> None:
    @watch_app.command
    def check_answer(file: Path, *, policy: Path | None = None, act: Path | None = None, proof: Path | None = None,
                     url: str = "", is_json: Json = False, lang: Language = "") -> int:  # fmt: skip
        """Check an answer or a refusal that the Python client kept (`keep_answer`): signature, receipt, promise, hash, log.

        `--policy` (and `--act`) are from elsewhere: without them the file vouches for itself.  `--proof` is a proof that was
        fetched since; `--url` asks a bureau for it.  Not in the log: cannot tell before the promised deadline, broken after.
        """
        from openbureau.watch.papers.answer import check_answer as checked
        from openbureau.watch.papers.fetched import proof_at
        from openbureau.watch.papers.steps import read_act

        content = file.read_bytes()
        shown = proof.read_text("utf-8") if proof else proof_at(url, content) if url else None
        verdict = checked(
            content,
            policy=policy.read_text("utf-8") if policy else None,
            act=read_act(act) if act else None,
            proof=shown,
        )
        return _told(verdict, ground, is_json=is_json, lang=lang)
