"""What did the watcher find, and how is it told?

A verdict is a list of checks, each a promise in plain words with what was found.  Promises: `broken` outranks
`cannot-tell`, which outranks `old`; `ok` means that every check was made and held.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["ok", "broken", "cannot-tell", "old"]
EXIT_CODES: dict[Status, int] = {"ok": 0, "broken": 1, "cannot-tell": 3, "old": 4}
MOST_EVIDENCE = 5
_WORDS = {
    "en": {"ok": "EVERYTHING HOLDS", "broken": "A PROMISE IS BROKEN", "cannot-tell": "CANNOT TELL", "old": "TOO OLD"},
    "zh": {"ok": "全部成立", "broken": "有承诺被违反", "cannot-tell": "无法判断", "old": "数据过旧"},
}
_MARKS = {True: "✓", False: "✗", None: "?"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found, and where: a file with a line, an entry, a person's label."""

    place: str
    en: str
    zh: str


class Trouble(Exception):
    """Something could not be read: missing (cannot tell) or malformed (broken)."""

    def __init__(self, place: str, en: str, zh: str, *, is_missing: bool = False) -> None:
        super().__init__(f"{place}: {en}")
        self.evidence = Evidence(place, en, zh)
        self.is_missing = is_missing


def missing(place: str, en: str = "is not in the export", zh: str = "导出中没有该文件") -> Trouble:
    """The trouble of something that is not there."""
    return Trouble(place, en, zh, is_missing=True)


@dataclass(frozen=True, slots=True)
class Check:
    """One promise: kept (True), broken (False) or not to be told from what is here (None); `count` things were looked at."""

    name: str
    ok: bool | None
    promise: dict[str, str]
    evidence: tuple[Evidence, ...]
    count: int
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks and what they come to.  `origin`, `size`, `root` are the checkpoint's; `notes` say what was relied on."""

    status: Status
    checks: tuple[Check, ...]
    origin: str = ""
    size: int = 0
    root: str = ""
    notes: tuple[Evidence, ...] = ()
    exhibits: tuple[tuple[str, str], ...] = ()
    """Signed texts that both sides can hold, by the name of a file: what the evidence of a broken promise rests on."""

    @property
    def exit_code(self) -> int:
        """The exit status of the command."""
        return EXIT_CODES[self.status]


def status_of(checks: tuple[Check, ...]) -> Status:
    """What a list of checks comes to.  No check at all proves nothing."""
    if any(check.ok is False and not check.is_old for check in checks):
        return "broken"
    if not checks or any(check.ok is None for check in checks):
        return "cannot-tell"
    return "old" if any(check.is_old for check in checks) else "ok"


@dataclass(slots=True)
class Tally:
    """What one check has found so far."""

    count: int = 0
    broken: list[Evidence] = field(default_factory=list)
    missing: list[Evidence] = field(default_factory=list)
    notes: list[Evidence] = field(default_factory=list)
    """What is told though the promise holds."""
    is_old: bool = False
    found: int = 0

    def wrong(self, place: str, en: str, zh: str) -> None:
        """The promise is broken here."""
        self.found += 1
        if len(self.broken) < MOST_EVIDENCE:
            self.broken.append(Evidence(place, en, zh))

    def lacking(self, place: str, en: str, zh: str) -> None:
        """What would be needed to tell is not here."""
        if len(self.missing) < MOST_EVIDENCE:
            self.missing.append(Evidence(place, en, zh))

    def tell(self, place: str, en: str, zh: str) -> None:
        """Something that the reader should know, and that breaks nothing."""
        if len(self.notes) < MOST_EVIDENCE:
            self.notes.append(Evidence(place, en, zh))

    def trouble(self, met: Trouble) -> None:
        """Something could not be read."""
        told = met.evidence
        (self.lacking if met.is_missing else self.wrong)(told.place, told.en, told.zh)

    def check(self, name: str, promise: dict[str, str]) -> Check:
        """The finished check."""
        evidence = self.broken or self.missing or self.notes
        if self.found > len(self.broken):
            rest = self.found - len(self.broken)
            evidence = [*evidence, Evidence("...", f"and {rest} more of this kind", f"另有 {rest} 处")]
        ok = False if self.broken else None if self.missing else True
        return Check(name, ok, promise, tuple(evidence), self.count, self.is_old)


def render(verdict: Verdict, lang: str = "en") -> str:
    """The verdict for people: the outcome, each promise with a mark, and the evidence under what does not hold."""
    language = "zh" if lang.startswith("zh") else "en"
    lines = [f"{_WORDS[language][verdict.status]}  {verdict.origin}  {verdict.size}  {verdict.root}".rstrip(), ""]
    for check in verdict.checks:
        lines.append(f"{_MARKS[check.ok]} {check.promise[language]} [{check.name}: {check.count}]")
        lines.extend(f"    {found.place}: {getattr(found, language)}" for found in check.evidence)
    if verdict.notes:
        lines.append("")
        lines.extend(f"{note.place}: {getattr(note, language)}" for note in verdict.notes)
    if verdict.status != "ok":
        for name, text in verdict.exhibits:
            lines += ["", f"---- {name}", text.rstrip("\n")]
    return "\n".join(lines) + "\n"


def to_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict as plain JSON."""
    return {
        "status": verdict.status,
        "exit_code": verdict.exit_code,
        "origin": verdict.origin,
        "size": verdict.size,
        "root": verdict.root,
        "checks": [
            {
                "name": check.name,
                "ok": check.ok,
                "count": check.count,
                "promise": check.promise,
                "evidence": [_evidence_json(found) for found in check.evidence],
            }
            for check in verdict.checks
        ],
        "notes": [_evidence_json(note) for note in verdict.notes],
        "exhibits": dict(verdict.exhibits),
    }


def _evidence_json(found: Evidence) -> dict[str, str]:
    return {"place": found.place, "en": found.en, "zh": found.zh}
