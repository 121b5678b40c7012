"""How is the law told to a person who asks?  Rows for machines, text for people; both languages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from openbureau.law.reader import Change, Law
from openbureau.law.rules import NoRule, Rule, RuleValue, Status

_STATUS_ZH = {
    Status.IN_FORCE: "现行有效",
    Status.DRAFT: "征求意见稿",
    Status.LAPSED_DRAFT: "已失效草案",
    Status.POLICY: "政策或解释",
    Status.EXPIRED: "已到期",
    Status.SUPERSEDED: "已被取代",
    Status.HOUSE: "本系统自定规则，不是法律",
}
_STATUS_EN = {
    Status.IN_FORCE: "in force",
    Status.DRAFT: "draft, not law",
    Status.LAPSED_DRAFT: "lapsed draft, never law",
    Status.POLICY: "policy or interpretation",
    Status.EXPIRED: "expired",
    Status.SUPERSEDED: "superseded",
    Status.HOUSE: "our own house rule, not law",
}


def show(law: Law, what: str, on: date) -> list[dict[str, Any]]:
    """The rules of a topic, or one rule, on a day.  `NoRule` when none holds; an unknown name lists the topics."""
    if what not in law.topics and what not in law.ids:
        raise NoRule(f"no topic and no rule is called {what!r}; topics: {', '.join(law.topics)}")
    found = [rule for rule in law.on(on) if what in {rule.topic, rule.id}]
    if not found:
        first = min(rule.since for rule_id in law.ids for rule in law.history(rule_id) if what in {rule.topic, rule.id})
        raise NoRule(f"no rule of {what!r} holds on {on}; the first holds from {first}")
    return [row(rule) for rule in found]


def row(rule: Rule) -> dict[str, Any]:
    """A rule as plain JSON values."""
    return {
        "id": rule.id,
        "topic": rule.topic,
        "value": _plain(rule.value),
        "unit": rule.unit,
        "since": rule.since.isoformat(),
        "until": rule.until.isoformat() if rule.until else None,
        "status": str(rule.status),
        "label": {"en": rule.label_en, "zh": rule.label_zh},
        "effect": rule.effect,
        "citation": citation_row(rule),
    }


def citation_row(rule: Rule) -> dict[str, Any]:
    """The citation of a rule as plain JSON values."""
    cited = rule.citation
    return {
        "instrument": {"en": cited.instrument_en, "zh": cited.instrument_zh},
        "number": cited.number,
        "article": cited.article,
        "quote": cited.quote or None,
        "gist": cited.gist or None,
        "source": cited.source,
        "grade": cited.grade,
        "checked_on": cited.checked_on.isoformat(),
    }


def _plain(value: RuleValue) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def render_show(rules: Sequence[Rule], language: str) -> str:
    """The same for reading: label, value, since when, status, citation."""
    return "\n\n".join(_paragraph(rule, language) for rule in rules)


def _paragraph(rule: Rule, language: str) -> str:
    chinese = language == "zh"
    label = rule.label_zh if chinese else rule.label_en
    status = (_STATUS_ZH if chinese else _STATUS_EN)[rule.status]
    since = f"自 {rule.since} 起" if chinese else f"since {rule.since}"
    return f"{rule.id}\n  {label}\n  {_value(rule)}  ({since}; {status})\n  {rule.citation.render(language)}"


def _value(rule: Rule) -> str:
    if rule.value is None:
        return rule.unit
    if isinstance(rule.value, bool):
        return ("yes" if rule.value else "no") + f" ({rule.unit})"
    if isinstance(rule.value, tuple):
        return "; ".join(map(str, rule.value)) + f" ({rule.unit})"
    return f"{rule.value} {rule.unit}"


def render_diff(changes: Sequence[Change], language: str) -> str:
    """What changed: + begins, - ends, ~ differs."""
    if not changes:
        return "没有变化" if language == "zh" else "nothing changed"
    return "\n".join(_change(change, language) for change in changes)


def diff_row(change: Change) -> dict[str, Any]:
    """A change as plain JSON values."""
    return {
        "id": change.id,
        "before": row(change.before) if change.before else None,
        "after": row(change.after) if change.after else None,
    }


def _change(change: Change, language: str) -> str:
    before, after = change.before, change.after
    if after is None:
        return f"- {change.id}: {_value(before)}" if before else f"- {change.id}"
    cited = after.citation.render(language)
    if before is None:
        return f"+ {change.id}: {_value(after)} [{after.status}]\n    {cited}"
    return f"~ {change.id}: {_value(before)} -> {_value(after)} [{after.status}]\n    {cited}"
