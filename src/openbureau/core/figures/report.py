"""What do a month's events come to?  The aggregate of a month, its root, and the log entry that binds it.

Pure: the same events give the same bytes.  A figure is {name, title, query, columns, rows, total}; rows are sorted by their
keys and carry the value last.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openbureau.core.decision.policy import DEFAULT_ARTICLE
from openbureau.core.figures.query import Fields, Ground, Query, month_of, parse_query
from openbureau.core.figures.registry import FIGURES, Figure
from openbureau.core.refusal import RefusalCode
from openbureau.law.policies import PolicyText
from openbureau.law.reader import Law
from openbureau.tlog.canonical import canonical
from openbureau.tlog.merkle import Tree, leaf_hash

SCHEMA = "openbureau-figures/1"
REPORT = "figures"
"""What kind of report an `audit-report` entry binds."""
SHOWN = ("kind", "time", "actor", "purpose", "basis", "policy", "price")
"""The fields that figures are made of: whoever is shown them can count again."""


def ground_of(member_kinds: Mapping[str, str], law: Law, policies: PolicyText) -> Ground:
    """What events are held against: institutions as the act names them, articles as the policies cite them."""
    cited = {code.value: DEFAULT_ARTICLE for code in RefusalCode} | dict(policies.cites)
    return Ground(
        member_kinds,
        {name: tuple(dict.fromkeys(_article(law, rule) for rule in rules)) for name, rules in cited.items()},
    )


def _article(law: Law, rule_id: str) -> str:
    """Number of the instrument and article, as the newest version of the rule cites them."""
    held = law.history(rule_id)
    return f"{held[-1].citation.number} {held[-1].citation.article}" if held else rule_id


class Counting:
    """Counts the events of one month by several queries at once."""

    def __init__(self, month: str, queries: Mapping[str, Query], ground: Ground) -> None:
        self._month, self._queries, self._ground = month, queries, ground
        self._found: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in queries}

    @property
    def names(self) -> frozenset[str]:
        """What is counted."""
        return frozenset(self._queries)

    def take(self, fields: Fields) -> None:
        """One event; those of other months count nothing."""
        if month_of(fields.get("time", "")) != self._month:
            return
        for name, query in self._queries.items():
            query.tally(self._found[name], fields, self._ground)

    def rows(self, name: str) -> list[list[Any]]:
        """The rows of a figure: keys, then the value; sorted."""
        return [[*key, value] for key, value in sorted(self._found[name].items())]


def figure_json(figure: Figure, rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """One figure as it is published."""
    return {
        "name": figure.name,
        "title": {"en": figure.en, "zh": figure.zh},
        "query": figure.query,
        "columns": list(figure.parsed.by),
        "rows": [list(row) for row in rows],
        "total": sum(row[-1] for row in rows),
    }


def make_report(
    events: Iterable[Fields], *, month: str, ground: Ground, log: str, size: int,
    figures: Mapping[str, Figure] = FIGURES,
) -> dict[str, Any]:  # fmt: skip
    """The aggregate of a month over the events of the first `size` entries of a log."""
    counting = Counting(month, {name: parse_query(one.query) for name, one in figures.items()}, ground)
    for fields in events:
        counting.take(fields)
    return {
        "schema": SCHEMA,
        "log": log,
        "month": month,
        "size": size,
        "figures": [figure_json(one, counting.rows(name)) for name, one in figures.items()],
    }


def report_entry(report: Mapping[str, Any]) -> dict[str, Any]:
    """The system entry (`audit-report`) that binds a report: its root, and the total of each figure in clear."""
    return {
        "report": REPORT,
        "schema": SCHEMA,
        "month": report["month"],
        "size": report["size"],
        "root": figures_root(report["figures"]).hex(),
        "totals": {one["name"]: one["total"] for one in report["figures"]},
    }


def figures_root(figures: Iterable[Mapping[str, Any]]) -> bytes:
    """The RFC 6962 root over the canonical JSON of each figure: one number can be shown alone, with its path."""
    tree = Tree()
    tree.append([leaf_hash(canonical(dict(one))) for one in figures])
    return tree.root()
