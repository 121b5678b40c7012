"""What can be done from a terminal about members: who may be asked about in the sandbox, and how members ask.

Registered by `cli.py`, which gives the ground: an open bureau, and how to speak.
"""

from typing import Any

from cyclopts import App

from openbureau.cli_ground import Ground, Json, Language


def register(app: App, ground: Ground) -> None:
    """Add the commands of this file."""
    _register_sandbox(app, ground)


def _register_sandbox(app: App, ground: Ground) -> None:
    sandbox_app = App(name="sandbox", help="Made-up people to try the bureau with.")
    app.command(sandbox_app)

    @sandbox_app.command
    def people(*, is_json: Json = False, lang: Language = "") -> int:
        """Bring a made-up person for every outcome of an inquiry into this sandbox, once, and list them."""
        with ground.bureau() as bureau:
            from openbureau.jobs.founding.outcomes import outcome_rows, plant_outcomes
            from openbureau.jobs.founding.sandbox import kept_tokens

            rows = outcome_rows(plant_outcomes(bureau, kept_tokens(bureau.settings)))
        ground.emit(rows, is_json, lambda: "\n".join(_outcome_line(row, ground.short(lang)) for row in rows))
        return 0


def _outcome_line(row: dict[str, Any], language: str) -> str:
    subject = row["subject"]
    return f"{row['case']:<14} {subject['id_number']}  {subject['name']}  {row['outcome']:<22}  {row[language]}"
