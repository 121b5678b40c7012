"""How is a step told?  On a terminal with rich, or as one JSON line a step."""

import json
from dataclasses import dataclass, field
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the story.

    `file` is the code that did it, relative to the package; `article` the citation that ruled, in both languages; `lines`
    what happened, in both languages; `figures` the same for machines.  `ok` is what the story expected to see.
    """

    name: str
    title: tuple[str, str]
    ok: bool
    file: str
    article: tuple[str, str] | None = None
    lines: tuple[tuple[str, str], ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


class Teller(Protocol):
    """Takes the steps as they happen."""

    def tell(self, step: Step) -> None:
        """Show one step."""
        ...

    def say(self, english: str, chinese: str) -> None:
        """Say something between steps."""
        ...


class JsonTeller:
    """One JSON line a step on standard output."""

    def tell(self, step: Step) -> None:
        """As the protocol promises."""
        line: dict[str, Any] = {"step": step.name, "ok": step.ok, "file": step.file, "seconds": round(step.seconds, 3)}
        if step.article:
            line["article"] = {"en": step.article[0], "zh": step.article[1]}
        line["told"] = {"en": [line[0] for line in step.lines], "zh": [line[1] for line in step.lines]}
        print(json.dumps(line | step.figures, ensure_ascii=False), flush=True)

    def say(self, english: str, chinese: str) -> None:
        """Nothing: a reader of lines wants steps only."""


class TerminalTeller:
    """Rich text in one language."""

    def __init__(self, language: str, console: Console | None = None) -> None:
        self._at = 1 if language == "zh" else 0
        self._console = console or Console(highlight=False)
        self._number = 0

    def tell(self, step: Step) -> None:
        """As the protocol promises."""
        self._number += 1
        mark = "[bold green]✓[/]" if step.ok else "[bold red]✗[/]"
        where = escape(f"src/openbureau/{step.file}")
        self._console.print(f"\n{mark} [bold]{self._number:>2}  {escape(step.title[self._at])}[/]   [dim]{where}[/]")
        for line in step.lines:
            self._console.print(f"      {escape(line[self._at])}")
        if step.article:
            self._console.print(f"      [cyan]§ {escape(step.article[self._at])}[/]")

    def say(self, english: str, chinese: str) -> None:
        """As the protocol promises."""
        self._console.print((english, chinese)[self._at])
