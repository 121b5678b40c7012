"""What was a rule on a day, and what changed between two days?

Reads the packaged rules of a regime.  Promises that unknown or duplicate keys, missing citations, gaps and values that
claim more than was read fail at load, with file, line and cure.  Drafts are loaded only when named.

Not done here: deciding anything; knowing today.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from typing import Any

from openbureau.law.rules import RULE_IDS, Citation, Rule, Rulebook, RuleValue, Status
from openbureau.law.strict_yaml import LawError, Mapped, load_strict

_RULE_KEYS = {"label", "unit", "effect", "values", "valid_to"}
_VALUE_KEYS = {"value", "status", "instrument", "article", "quote", "gist", "source", "grade", "checked_on"}
_SURE = {"READ-FULL", "READ"}
_OPT_IN = {Status.DRAFT, Status.LAPSED_DRAFT}


@dataclass(frozen=True, slots=True)
class Change:
    """How one rule differs between two days: `before` or `after` is None where the rule did not hold."""

    id: str
    before: Rule | None
    after: Rule | None


class Law:
    """All rules of a regime through time."""

    def __init__(self, rules: Mapping[str, tuple[Rule, ...]], digest: str) -> None:
        self._rules = dict(rules)
        self.digest = digest

    def on(self, day: date) -> Rulebook:
        """The rules that hold on a day."""
        held = {}
        for rule_id, history in self._rules.items():
            rule = _on(history, day)
            if rule is not None:
                held[rule_id] = rule
        return Rulebook(day, held, self.digest)

    def history(self, rule_id: str) -> tuple[Rule, ...]:
        """Every value a rule ever had, oldest first; empty when there is no such rule."""
        return self._rules.get(rule_id, ())

    @property
    def topics(self) -> tuple[str, ...]:
        """The names of the topic files, sorted."""
        return tuple(sorted({rule.topic for history in self._rules.values() for rule in history}))

    @property
    def ids(self) -> tuple[str, ...]:
        """Every rule id, in file order."""
        return tuple(self._rules)

    def changes(self, first: date, second: date) -> tuple[Change, ...]:
        """What differs between two days, in file order."""
        found = []
        for rule_id, history in self._rules.items():
            before, after = _on(history, first), _on(history, second)
            if (before and (before.value, before.status)) != (after and (after.value, after.status)):
                found.append(Change(rule_id, before, after))
        return tuple(found)


def _on(history: tuple[Rule, ...], day: date) -> Rule | None:
    for rule in reversed(history):
        if rule.since <= day:
            return rule if rule.until is None or day <= rule.until else None
    return None


def read_pack(regime: str) -> dict[str, str]:
    """The packaged files of a regime by name: YAML rules and the Cedar policies with their schema."""
    folder = files("openbureau.law") / regime
    if not folder.is_dir():
        raise LawError(f"no regime {regime!r} is packaged")
    return {
        item.name: item.read_text("utf-8")
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith((".yaml", ".cedar", ".cedarschema"))
    }


def pack_digest(pack: Mapping[str, str]) -> str:
    """SHA-256 (hex) over names and contents: the hash by which an act names a rule set."""
    made = hashlib.sha256()
    for name, text in sorted(pack.items()):
        content = text.encode()
        made.update(f"{name}\n{len(content)}\n".encode() + content)
    return made.hexdigest()


def load_law(regime: str = "cn", *, drafts: frozenset[str] = frozenset(), pack: Mapping[str, str] | None = None) -> Law:
    """The law of a regime.  `drafts` names the instruments whose drafts count as well (`draft2025`, `draft2026` ...).

    `pack` may hold another set of files than the packaged one: an older set in replay, or a trial.
    """
    pack = read_pack(regime) if pack is None else pack
    topics = {name: text for name, text in pack.items() if name.endswith(".yaml") and name != "instruments.yaml"}
    instruments = _instruments(pack.get("instruments.yaml", ""))
    if unknown := sorted(drafts - set(instruments)):
        raise LawError(f"no instrument is called {', '.join(unknown)}; drafts are named as in instruments.yaml")
    rules: dict[str, tuple[Rule, ...]] = {}
    places: dict[str, str] = {}
    for name, text in topics.items():
        if name == "holidays.yaml":
            continue
        found = load_strict(text, name)
        for rule_id, entry in found.items():
            if rule_id in places:
                raise LawError(
                    f"{name}: line {found.lines[rule_id]}: the rule {rule_id} stands in {places[rule_id]} too; keep one"
                )
            places[rule_id] = name
            reader = _Reader(name, rule_id, found.lines[rule_id], instruments=instruments)
            history = reader.read(entry, drafts)
            if history:
                rules[rule_id] = history
    missing = sorted(set(RULE_IDS.values()) - set(rules))
    if missing:
        raise LawError(f"{regime}: the code reckons with rules that no file has: {', '.join(missing)}")
    return Law(rules, pack_digest(pack))


def _instruments(text: str) -> Mapped:
    """The instruments by their short names, each with zh, en and number."""
    found = load_strict(text, "instruments.yaml")
    for name, entry in found.items():
        if not isinstance(entry, Mapped) or set(entry) != {"zh", "en", "number"}:
            raise LawError(f"instruments.yaml: line {found.lines[name]}: {name}: an instrument has zh, en and number")
    return found


class _Reader:
    """Reads one rule, and knows where it stands."""

    def __init__(self, name: str, rule_id: str, line: int, *, instruments: Mapped) -> None:
        self._name, self._id, self._line, self._instruments = name, rule_id, line, instruments

    def _wrong(self, line: int, what: str) -> LawError:
        return LawError(f"{self._name}: line {line}: {self._id}: {what}")

    def read(self, entry: Any, drafts: frozenset[str]) -> tuple[Rule, ...]:
        """Its values in the order of their days.  A draft that was not chosen ends nothing."""
        if not isinstance(entry, Mapped):
            raise self._wrong(self._line, "a rule is a mapping with label, unit, effect and values")
        self._keys(entry, _RULE_KEYS, {"label", "unit", "effect", "values"})
        label, values = entry["label"], entry["values"]
        if not isinstance(label, Mapped) or set(label) != {"en", "zh"}:
            raise self._wrong(entry.lines["label"], "a label has en and zh")
        if not isinstance(values, Mapped) or not values:
            raise self._wrong(entry.lines["values"], "values are a mapping from days to values")
        days = [self._day(text, values.lines[text]) for text in values]
        if any(earlier >= later for earlier, later in pairwise(days)):
            raise self._wrong(entry.line, "the days of the values must rise, each once")
        end = self._end(entry, days[-1])
        read = [
            self._value(entry, value, values.lines[text], since=since)
            for since, (text, value) in zip(days, values.items(), strict=True)
        ]
        kept = [
            rule
            for rule, value in zip(read, values.values(), strict=True)
            if rule.status not in _OPT_IN or value["instrument"] in drafts
        ]
        ends = [*(later.since - timedelta(days=1) for later in kept[1:]), end]
        return tuple(replace(rule, until=until) for rule, until in zip(kept, ends, strict=False))

    def _value(self, entry: Mapped, value: Any, line: int, *, since: date) -> Rule:
        if not isinstance(value, Mapped):
            raise self._wrong(line, "a value is a mapping with value, status and citation")
        self._keys(value, _VALUE_KEYS, _VALUE_KEYS - {"quote", "gist"})
        if bool(value.get("quote")) == bool(value.get("gist")):
            raise self._wrong(line, "a citation has the instrument's words (quote) or ours (gist), one of them")
        status = self._status(value, line)
        if status is Status.IN_FORCE and value["grade"] not in _SURE:
            raise self._wrong(
                line, "only what was read (READ-FULL, READ) may be in force; make it a draft or leave it out"
            )
        for key in ("instrument", "source", "grade", "quote" if value.get("quote") else "gist"):
            self._text(value, key)
        instrument = self._instruments.get(value["instrument"])
        if instrument is None:
            raise self._wrong(line, f"no instrument {value['instrument']!r}; add it to instruments.yaml")
        checked = value["checked_on"]
        if not isinstance(checked, date) or isinstance(checked, datetime):
            raise self._wrong(value.lines["checked_on"], "checked_on is a day such as 2026-11-24")
        citation = Citation(
            instrument["zh"], instrument["en"], instrument["number"], self._text(value, "article"),
            value.get("quote") or "", value.get("gist") or "", value["source"], value["grade"], checked,
        )  # fmt: skip
        return Rule(
            self._id, self._name.removesuffix(".yaml"), _frozen(value["value"]), self._text(entry, "unit"),
            since, None, status, citation, entry["label"]["en"], entry["label"]["zh"], self._text(entry, "effect"),
        )  # fmt: skip

    def _keys(self, found: Mapped, known: set[str], needed: set[str]) -> None:
        for key in found:
            if key not in known:
                raise self._wrong(found.lines[key], f"unknown key {key!r}; known are {', '.join(sorted(known))}")
        for key in sorted(needed - set(found)):
            raise self._wrong(found.line, f"{key} is missing; every value names its {key}")

    def _status(self, value: Mapped, line: int) -> Status:
        try:
            return Status(value["status"])
        except ValueError:
            raise self._wrong(line, f"unknown status {value['status']!r}; known are {', '.join(Status)}") from None

    def _text(self, found: Mapped, key: str) -> str:
        if not isinstance(found[key], str):
            raise self._wrong(found.lines[key], f"{key} must be text; put it in quotation marks")
        return str(found[key])

    def _day(self, text: str, line: int) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self._wrong(line, f"{text!r} is not a day; write it as 2022-01-01") from None

    def _end(self, entry: Mapped, newest: date) -> date | None:
        end = entry.get("valid_to")
        if end is None:
            return None
        if not isinstance(end, date) or isinstance(end, datetime):
            raise self._wrong(entry.lines["valid_to"], "valid_to is a day such as 2025-06-30")
        if end < newest:
            raise self._wrong(entry.lines["valid_to"], f"valid_to lies before {newest}, the day of the newest value")
        return end


def _frozen(value: Any) -> RuleValue:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
