"""How does a published figure say what it counts?

A small language, one line a figure: `count where kind = inquiry by purpose, institution`, `sum price.fen by price.rule`.
The text *is* the definition: it is what is counted by, what is published, and what anyone counts again by.
Promises: one spelling of each query; a text that is none is refused with the word that does not fit; nothing here knows a
person, a day or a file.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from openbureau.core.leaf import NONE
from openbureau.law.workdays import civil_day
from openbureau.tlog.strict import Malformed, parse_decimal

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.*-]{0,79}\Z")
_SHAPE = re.compile(r"(?:(count)|sum ([a-z.]+))(?: where (.+?))?(?: by (.+))?\Z")
_TEST = re.compile(r"([a-z.]+) (=|!=) (.+)\Z")
Fields = Mapping[str, str]


class NoQuery(ValueError):
    """A text that is no query; the message says which word does not fit."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an event is held against: the kind of each institution, and the articles of each reason of a refusal."""

    member_kinds: Mapping[str, str]
    articles: Mapping[str, tuple[str, ...]]


Column = Callable[[Fields, Ground], tuple[str, ...]]


def _plain(name: str) -> Column:
    return lambda fields, _: (fields.get(name, NONE),)


def _part(name: str, at: int, of: int) -> Column:
    """One part of a field whose parts stand between semicolons; `-` where the field has another form."""

    def read(fields: Fields, _: Ground) -> tuple[str, ...]:
        parts = fields.get(name, NONE).split(";")
        return (parts[at] if len(parts) == of else NONE,)

    return read


def month_of(time: str) -> str:
    """The month in which the law puts an instant such as 2026-11-24T08:00:00Z; `-` for what is none."""
    try:
        return civil_day(datetime.fromisoformat(time)).isoformat()[:7] if time.endswith("Z") else NONE
    except ValueError:
        return NONE


def _reasons(fields: Fields, _: Ground) -> tuple[str, ...]:
    parts = fields.get("policy", NONE).split(";")
    return tuple(dict.fromkeys(parts[2].split(","))) if len(parts) == 3 else (NONE,)


def _articles(fields: Fields, ground: Ground) -> tuple[str, ...]:
    found = [article for reason in _reasons(fields, ground) for article in ground.articles.get(reason, (NONE,))]
    return tuple(dict.fromkeys(found))


COLUMNS: Mapping[str, Column] = {
    "kind": _plain("kind"),
    "month": lambda fields, _: (month_of(fields.get("time", NONE)),),
    "actor": _plain("actor"),
    "purpose": _plain("purpose"),
    "basis": _plain("basis"),
    "institution": lambda fields, ground: (ground.member_kinds.get(fields.get("actor", NONE), NONE),),
    "decision": _part("policy", 1, 3),
    "reason": _reasons,
    "article": _articles,
    "price.rule": _part("price", 0, 5),
    "price.fen": _part("price", 2, 5),
    "price.currency": _part("price", 3, 5),
    "price.flag": _part("price", 4, 5),
}
"""What an event shows: fields of its leaf, and what follows from them.  `reason` and `article` may have several values: the
event counts once under each."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as read.  `adds` is the column that is summed, None to count; `tests` are column, is-equal, word."""

    text: str
    adds: str | None
    tests: tuple[tuple[str, bool, str], ...]
    by: tuple[str, ...]

    def tally(self, into: Counter[tuple[str, ...]], fields: Fields, ground: Ground) -> None:
        """Count one event.  A sum passes over what is no number, as a recount does."""
        for name, is_equal, word in self.tests:
            if (word in COLUMNS[name](fields, ground)) is not is_equal:
                return
        amount = 1
        if self.adds is not None:
            try:
                amount = parse_decimal(COLUMNS[self.adds](fields, ground)[0])
            except Malformed:
                return
        keys: list[tuple[str, ...]] = [()]
        for name in self.by:
            values = COLUMNS[name](fields, ground)
            keys = [(*key, value) for key in keys for value in values]
        for key in keys:
            into[key] += amount


def parse_query(text: str) -> Query:
    """The query of a text; `NoQuery` for any other than its one spelling."""
    found = _SHAPE.match(text)
    if found is None:
        raise NoQuery("a query is `count` or `sum COLUMN`, then `where` and `by`")
    _, adds, where, by = found.groups()
    tests = tuple(_test(part) for part in where.split(" and ")) if where else ()
    names = tuple(by.split(", ")) if by else ()
    for name in (*names, *(one[0] for one in tests), *([adds] if adds else [])):
        if name not in COLUMNS:
            raise NoQuery(f"there is no column {name[:40]!r}")
    if len(set(names)) != len(names):
        raise NoQuery("a column stands twice")
    return Query(text, adds, tests, names)


def _test(part: str) -> tuple[str, bool, str]:
    found = _TEST.match(part)
    if found is None or not _WORD.match(found[3]):
        raise NoQuery(f"{part[:60]!r} is no test; write `column = word` or `column != word`")
    return found[1], found[2] == "=", found[3]
