"""What import-linter cannot see: clocks, chance, SQL, statuses, words to the terminal, and who makes a permit."""

import ast
import re
from collections.abc import Iterator

import pytest

from tidy.sources import PURE, Source, sources

CLOCK = {"now", "today", "utcnow", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"}
OUTSIDE = {"open", "input", "print", "breakpoint", "exec", "eval", "__import__", "globals"}
FORBIDDEN = {
    "time",
    "random",
    "secrets",
    "os",
    "socket",
    "subprocess",
    "logging",
    "threading",
    "asyncio",
    "urllib",
    "http",
}
READERS = {"law/reader.py", "law/policies.py", "law/strict_yaml.py", "law/workdays.py"}  # law's own packaged files
SQL = re.compile(
    r"^\s*(select\s.+\sfrom\s|select\s+\w+\.\w+\s*\(|insert\s+into\s|update\s+\w+(\.\w+)?\s+set\s|delete\s+from\s"
    r"|(create|alter|drop)\s+(table|role|schema|database|function|index)\s|grant\s.+\sto\s|with\s+\w+\s+as\s*\()",
    re.IGNORECASE | re.DOTALL,
)
STATUSES = {401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 425, 428, 429, 502, 503}
BELOW_WEB = {"jobs", "store", "core", "law", "tlog", "watch"}
TALKERS = {"cli.py", "cli_data.py", "cli_furnish.py", "demo/telling.py"}


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def trespasses(source: Source) -> Iterator[str]:
    """Where a pure file reads a clock, chance, the environment or a file."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (f"{source.at(node)} imports {name}" for name in modules if name.partition(".")[0] in FORBIDDEN)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK:
            yield f"{source.at(node)} reads a clock"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OUTSIDE:
            yield f"{source.at(node)} calls {node.func.id}"
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "urandom", "uuid4", "uuid1"}:
            yield f"{source.at(node)} reaches for {node.attr}"
        reaches = isinstance(node, ast.Attribute) and node.attr in {
            "read_text",
            "read_bytes",
            "write_text",
            "write_bytes",
        }
        if reaches and source.place not in READERS:
            yield f"{source.at(node)} touches a file"
        if isinstance(node, ast.Global):
            yield f"{source.at(node)} changes the module"


def test_core_law_and_tlog_touch_only_values() -> None:
    """No clock, no chance, no environment, no files: the day is an argument."""
    assert [found for source in sources() if source.room in PURE for found in trespasses(source)] == []


@pytest.mark.parametrize(
    "line",
    ["import random", "from os import environ", "x = datetime.now(UTC)", "x = date.today()", "print(1)", "open('x')",
     "x = uuid.uuid4()", "x = path.read_text()"],
)  # fmt: skip
def test_the_fence_can_be_run_into(line: str) -> None:
    """Each trespass is seen on its own."""
    example = sources()[0]
    assert list(trespasses(Source(example.path.with_name("made_up.py"), "core", line, ast.parse(line)))) != []


def test_sql_is_in_the_store_alone() -> None:
    """No other room writes a statement."""
    found = []
    for source in sources():
        for node in ast.walk(source.tree):
            is_statement = isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
            if is_statement and source.room != "store":
                found.append(f"{source.at(node)} {ast.unparse(node)[:40]}")
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "select a from b",
        "insert into x values (1)",
        "delete from x",
        "update a.b set c = 1",
        "select f.g(1)",
        "grant a to b",
    ],
)
def test_sql_is_recognised(text: str) -> None:
    """A statement is known by its first words; a sentence is not one."""
    assert SQL.match(text)
    assert not SQL.match("with whom the person spoke")
    assert not SQL.match("select the rows that matter")


def test_no_status_below_web() -> None:
    """Only the web room knows that 404 means anything."""
    found = []
    for source in sources():
        if source.room not in BELOW_WEB or source.place == "watch/witness_http.py":  # it speaks a public protocol
            continue
        for node in ast.walk(source.tree):
            name = getattr(node, "attr", getattr(node, "id", getattr(node, "arg", None)))
            if name in {"HTTPStatus", "status_code", "http_status"}:
                found.append(f"{source.at(node)} {name}")
            if isinstance(node, ast.Constant) and type(node.value) is int and node.value in STATUSES:
                found.append(f"{source.at(node)} {node.value}")
    assert found == []


def test_only_the_terminal_talks() -> None:
    """Nobody prints but the command line and the demo's teller."""
    found = [
        (source.place, source.at(node))
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert [at for place, at in found if place not in TALKERS] == []
    assert {place for place, _ in found} == TALKERS


def test_a_permit_has_one_maker() -> None:
    """Without the decision there is no permit to pass on."""
    makers = set()
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and _called(node) == "Permit":
                makers.add(source.place)
            replaced = ast.unparse(node.args[0]) if isinstance(node, ast.Call) and node.args else ""
            if isinstance(node, ast.Call) and _called(node) == "replace" and "permit" in replaced.lower():
                makers.add(f"{source.place} (replace)")
    assert makers == {"core/permit.py"}
