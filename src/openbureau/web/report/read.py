"""How are codes, amounts and institutions of an answer read, and of what is it made in words?

The pieces that every section is made of.  A code without words is shown as it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openbureau.core.purpose import PURPOSES
from openbureau.web.pages.language import Formats
from openbureau.web.report.words import LABELS

Json = Mapping[str, Any]
Name = Callable[[str], str]
Table = Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class Section:
    """One block in words: facts as pairs, tables with a head, years of months, sentences."""

    id: str
    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class View:
    """An answer in words."""

    title: str
    stamps: list[str]
    header: list[tuple[str, str]]
    sections: list[Section]
    legend: list[tuple[str, str]]
    glossary: list[tuple[str, str]]
    notice: str


class Reader:
    """Reads codes, amounts and institutions of one answer in one language."""

    def __init__(self, write: Formats, name: Name) -> None:
        self.write = write
        self.name = name

    def label(self, key: str) -> str:
        """What a field is called."""
        return self.write.pick(LABELS[key])

    def code(self, table: Table, code: str | None) -> str:
        """A code in words; as it is where it has none; a stroke for nothing."""
        if code is None:
            return "–"
        found = table.get(code)
        return self.write.pick(found).partition(" (")[0] if found else code

    def money(self, amount: int | None, currency: str = "CNY") -> str:
        """An amount in its currency."""
        return self.write.money(amount, currency)

    def count(self, value: int | None) -> str:
        """A number, a stroke for none."""
        return "–" if value is None else self.write.number(value)

    def purpose(self, purpose: str) -> str:
        """A purpose in words."""
        found = PURPOSES.get(purpose)
        return self.write.pick((found.zh, found.en)) if found else purpose

    def table(self, heads: tuple[str, ...], rows: list[list[str]], *, numbers: int = 0) -> dict[str, Any]:
        """A table; its last `numbers` columns are numbers."""
        return {"head": [self.label(key) for key in heads], "rows": rows, "numbers": numbers}
