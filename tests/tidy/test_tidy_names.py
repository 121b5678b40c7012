"""One idea, one word; and a word for everything public."""

import ast
import re
from collections.abc import Iterator

import pytest

from tidy.sources import ROOT, Source, functions, sources

# Names that say nothing about what is in them.
EMPTY = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "processor", "base", "service", "info"}
# Words for which GLOSSARY.md has a better one.
SYNONYMS = {"consumer", "customer", "borrower", "allow", "allowed", "deny", "denied", "feature", "features"}
TEST_FOLDERS = {"stories", "tidy", "cli", "demo", "corpus"}


def words(name: str) -> set[str]:
    """The words of a name in either spelling."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name.replace("base64", "encoding"))}


def named(source: Source) -> Iterator[tuple[str, str]]:
    """Every name that a file gives: itself, functions, classes; with its place."""
    yield source.place, source.path.stem
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield source.at(node), node.name


@pytest.mark.parametrize("banned", [EMPTY, SYNONYMS], ids=["empty", "synonyms"])
def test_no_name_is_banned(banned: set[str]) -> None:
    """Files, functions and classes are named from the glossary."""
    assert [f"{place} {name}" for source in sources() for place, name in named(source) if words(name) & banned] == []


def test_the_name_test_can_fail() -> None:
    """Both spellings of a name are taken apart."""
    assert words("BaseHTTPManager") == {"base", "http", "manager"}
    assert words("_allow_customer2") == {"allow", "customer"}


def test_every_file_says_what_it_answers() -> None:
    """A file begins with its question, its promises, what it does not do."""
    assert [source.place for source in sources() if not ast.get_docstring(source.tree)] == []


def test_every_public_name_is_documented() -> None:
    """A public function, class or method of a public class says what it promises."""
    bare = []
    for source in sources():
        for node in source.tree.body:
            inner = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else []
            for one in (node, *inner):
                if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    continue
                if not one.name.startswith("_") and not ast.get_docstring(one):
                    bare.append(f"{source.at(one)} {one.name}")
    assert bare == []


def test_every_test_says_a_sentence() -> None:
    """A test's docstring is one sentence of behaviour."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_tests_mirror_the_rooms() -> None:
    """Who looks for the tests of a room finds them under its name."""
    held = {source.room for source in sources() if source.room}
    folders = {
        path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith((".", "__"))
    }
    assert folders <= held | TEST_FOLDERS
    assert held - folders <= {"demo"}, "the demo is tested by its stories"


def test_nothing_is_left_for_later() -> None:
    """No stub waits on the thread."""
    stubs = [
        source.at(node)
        for source in sources()
        for function in functions(source)
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id in {"NotImplementedError", "NotImplemented"}
    ]
    assert stubs == []
