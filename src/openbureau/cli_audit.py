"""What can be done from a terminal for those who audit?  Published figures of a month, and random draws.

Registered by `cli.py`, which gives the ground: an open bureau, and how to speak.
"""

import json
from typing import Any

from cyclopts import App

from openbureau.cli_ground import Ground, Json, Language, signing

TROUBLES = {"FiguresRefused"}


def register(app: App, ground: Ground) -> None:
    """Add the commands of this file."""
    figures_app = App(name="figures", help="The published figures of each month, bound to the log.")
    app.command(figures_app)
    _register_figures(figures_app, ground)


def _register_figures(figures_app: App, ground: Ground) -> None:
    @figures_app.command
    def publish(month: str, *, is_json: Json = False, lang: Language = "") -> int:
        """Count the events of MONTH (2026-11), bind the figures to the log, keep them.  Again: what was published."""
        with ground.bureau() as bureau:
            from openbureau.jobs.log.figures import publish_figures

            with signing(bureau):
                made = publish_figures(bureau, month)
        told = json.loads(made.kept.content)
        ground.emit(
            {"report": told, "leaf": made.kept.leaf.hex(), "is_repeat": made.is_repeat},
            is_json,
            lambda: figures_text(told, ground.short(lang)),
        )
        return 0

    @figures_app.command
    def registry(*, is_json: Json = False, lang: Language = "") -> int:
        """List what is published every month, each figure with the query that defines it.  No server, no database."""
        from openbureau.core.figures.registry import FIGURES

        rows = [
            {"name": one.name, "title": {"en": one.en, "zh": one.zh}, "query": one.query} for one in FIGURES.values()
        ]
        language = ground.short(lang)
        lines = [f"{one.name}  {getattr(one, language)}\n    {one.query}" for one in FIGURES.values()]
        ground.emit(rows, is_json, lambda: "\n".join(lines))
        return 0


def figures_text(report: dict[str, Any], language: str) -> str:
    """The figures of a month for people."""
    lines = [f"{report['log']}  {report['month']}"]
    for one in report["figures"]:
        lines += ["", f"{one['title'][language]}: {one['total']}", f"    {one['query']}"]
        lines += [f"    {'  '.join(map(str, row[:-1])):<60} {row[-1]:>10}" for row in one["rows"] if len(row) > 1]
    return "\n".join(lines)
