"""What is a field, and what is a layout?

One layout a record kind drives parser, writer, validator, JSON Schema, test data and the page in docs: change it in
`layouts.py` and everything follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """How a value is written."""

    TEXT = "text"
    CODE = "code"
    DAY = "day"
    MONTH = "month"
    AMOUNT = "amount"
    FLAG = "flag"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: name, kind, words in both languages, whether it must be there, how long, which codes."""

    name: str
    kind: FieldKind
    zh: str
    en: str
    is_required: bool = True
    longest: int = 64
    codes: Mapping[str, tuple[str, str]] | None = None
    personal: str = "none"
    """`identifier`, `name` or `contact` for direct personal data (kept encrypted), else `none`."""
    most: int = 2**31 - 1
    """The largest count."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A record kind and its fields in order."""

    record: str
    zh: str
    en: str
    fields: tuple[Field, ...]

    @property
    def by_name(self) -> dict[str, Field]:
        """Fields by name."""
        return {field.name: field for field in self.fields}

    @property
    def required(self) -> frozenset[str]:
        """Names of the fields that must be there."""
        return frozenset(field.name for field in self.fields if field.is_required)
