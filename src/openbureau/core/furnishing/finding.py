"""What is wrong with a record, where, and what cures it?

A finding is a value in a list.  It names the place and the field but never repeats a personal value.
"""

from dataclasses import dataclass
from typing import Any

from openbureau.core.furnishing.messages import REFUSE, RULES
from openbureau.law.rules import Rulebook


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a record breaks.  `record_no` counts records from 1; 0 is the file as a whole."""

    record_no: int
    rule: str
    field: str = ""
    hint: str = ""
    """A short addition that holds no personal data: the nearest column, the allowed codes."""

    @property
    def refuses(self) -> bool:
        """Does the record stay out because of it?"""
        return RULES[self.rule].severity == REFUSE


def finding_json(found: Finding, rulebook: Rulebook | None = None) -> dict[str, Any]:
    """A finding with all its sentences in both languages, and its citation where a law applies."""
    message = RULES[found.rule]
    told: dict[str, Any] = {
        "record": found.record_no,
        "rule": found.rule,
        "severity": message.severity,
        "field": found.field or None,
        "hint": found.hint or None,
    }
    for name in ("what", "why", "harm", "innocent", "cure"):
        english, chinese = getattr(message, name)
        told[name] = {"en": english, "zh": chinese}
    if message.law and rulebook is not None:
        cited = rulebook.rule(message.law).citation
        told["citation"] = {"en": cited.render("en"), "zh": cited.render("zh")}
    return told


def render_finding(found: Finding, language: str) -> str:
    """One line for reading."""
    message = RULES[found.rule]
    at = 1 if language == "zh" else 0
    place = (f"第 {found.record_no} 条" if found.record_no else "文件") if at else (
        f"record {found.record_no}" if found.record_no else "file"
    )  # fmt: skip
    field = f" [{found.field}]" if found.field else ""
    hint = f" ({found.hint})" if found.hint else ""
    return f"{place}{field}: {message.what[at]}{hint} {message.cure[at]} ({found.rule})"
