"""How does the code reach its SQL?

Reads `queries/*.sql`: each query is headed by its name, a sentence, the tables it touches and the jobs it is for.  The
public table "which duty reads which personal data" is made from these headers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_HEAD = re.compile(
    r"^-- (?P<name>\w+)\n(?P<about>(?:-- .+\n)+?)-- touches: (?P<touches>.+)\n-- for: (?P<jobs>.+)\n", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Query:
    """One statement with its header."""

    name: str
    about: str
    touches: tuple[str, ...]
    jobs: tuple[str, ...]
    sql: str


@cache
def load_queries() -> Mapping[str, Query]:
    """All queries by name; ValueError when a name stands twice or a file has text without a header."""
    found: dict[str, Query] = {}
    for item in sorted((files("openbureau.store") / "queries").iterdir(), key=lambda item: item.name):
        if not item.name.endswith(".sql"):
            continue
        text = item.read_text("utf-8")
        heads = list(_HEAD.finditer(text))
        if not heads or text[: heads[0].start()].strip():
            raise ValueError(f"{item.name}: a query begins with its name, a sentence, touches and for")
        for head, following in zip(heads, [*heads[1:], None], strict=True):
            if head["name"] in found:
                raise ValueError(f"{item.name}: a second query is called {head['name']}")
            end = following.start() if following else len(text)
            about = " ".join(line.removeprefix("-- ") for line in head["about"].strip().split("\n"))
            found[head["name"]] = Query(
                head["name"], about, _words(head["touches"]), _words(head["jobs"]), text[head.end() : end].strip()
            )
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


def sql(name: str) -> bytes:
    """The text of a query."""
    return load_queries()[name].sql.encode()
