"""What is wrong with a record, where, and what cures it?

A finding is a value in a list.  It names the place and the field but never repeats a personal value.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openbureau.core.furnishing.messages import REFUSE, RULES
from openbureau.law.rules import NoRule, Rulebook


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


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What the checks are given: the day, and the numbers of the law that they need."""

    today: date
    this_month: str
    child_age: int
    last_notice_on: date
    """The last day on which a notice still leaves the lead time of our house rule."""
    adverse_years: int = 5
    least_share_bp: int = 0
    """A partner's smallest share of a joint loan, in basis points; 0 where no rule asks for one."""


def check_context(rulebook: Rulebook) -> CheckContext:
    """The context of a day."""
    typed, day = rulebook.typed, rulebook.day
    try:
        share = rulebook.rule("colend.partner_share_min").number * 100
    except NoRule:
        share = 0
    return CheckContext(
        day, day.isoformat()[:7], typed.child_age.number, day - timedelta(days=typed.adverse_lead_days.number),
        typed.adverse_years.number, share,
    )  # fmt: skip


Found = tuple[str, str] | None
"""What a check says: the rule that is broken and the field, or nothing."""


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
