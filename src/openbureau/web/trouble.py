"""How does a handler say that it cannot go on?

A `Trouble` names a row of `problems.py`; one place renders it.  Refusals of the law are values and never come this way
from below: the lender's handler turns a recorded refusal into the same kind of document.
"""

from collections.abc import Mapping
from typing import Any

from openbureau.web.problems import PROBLEMS, ProblemRow


class Trouble(Exception):
    """A request ends here, with this problem.  `told` holds more members of the document, never personal data."""

    def __init__(
        self,
        code: str,
        *,
        detail: str = "",
        told: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.row: ProblemRow = PROBLEMS[code]
        self.detail = detail
        self.told: dict[str, Any] = dict(told or {})
        self.headers: dict[str, str] = dict(headers or {})


def problem_document(row: ProblemRow, language: str, *, detail: str = "", told: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a problem document in the language asked for; the cure stands in for a missing detail."""
    at = 1 if language == "zh-CN" else 0
    return {
        "type": row.type,
        "title": row.title[at],
        "status": row.status,
        "detail": detail or row.cure[at],
        "cure": row.cure[at],
        **told,
    }
