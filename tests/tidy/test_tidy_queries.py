"""Every statement says what it touches and for whom: the inventory of who reads which personal data."""

import re

import pytest

from tidy.sources import PACKAGE

QUERIES = PACKAGE / "store" / "queries"
HEADER = re.compile(
    r"-- (?P<name>[a-z_]+)\n(?P<what>(?:-- (?!touches:|for:).+\n)+)"
    r"-- touches: (?P<touches>.+)\n-- for: (?P<duties>.+)\n(?P<body>[^-].*)",
    re.DOTALL,
)
FILES = sorted(QUERIES.glob("*.sql"))


def statements(text: str) -> list[str]:
    """The blocks of a file, one a statement."""
    return [block.strip() + "\n" for block in re.split(r"\n\s*\n(?=-- [a-z_]+\n)", text) if block.strip()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_statement_has_its_header(path) -> None:  # type: ignore[no-untyped-def]
    """Name, what it is for, tables it touches, duties that use it."""
    blocks = statements(path.read_text("utf-8"))
    assert blocks
    assert [block.splitlines()[0] for block in blocks if not HEADER.fullmatch(block)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_named_duty_exists(path) -> None:  # type: ignore[no-untyped-def]
    """A statement nobody uses any more is noticed, and a duty that has moved too."""
    for line in re.findall(r"^-- for: (.+)$", path.read_text("utf-8"), re.MULTILINE):
        for duty in line.split(","):
            module = PACKAGE.joinpath(*duty.strip().split("."))
            assert module.with_suffix(".py").exists(), f"{path.name}: there is no {duty.strip()}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_touched_table_exists(path) -> None:  # type: ignore[no-untyped-def]
    """Tables are those that the migrations make."""
    made = "\n".join(one.read_text("utf-8") for one in (PACKAGE / "store" / "migrations").glob("*.sql"))
    tables = set(re.findall(r"create table (?:if not exists )?(?:\w+\.)?(\w+)", made))
    assert tables
    for line in re.findall(r"^-- touches: (.+)$", path.read_text("utf-8"), re.MULTILINE):
        named = {word.strip() for word in line.split(",")}
        assert named <= tables, f"{path.name}: {sorted(named - tables)}"


def test_no_statement_name_is_used_twice() -> None:
    """A name means one statement."""
    names = [block.splitlines()[0][3:] for path in FILES for block in statements(path.read_text("utf-8"))]
    assert len(names) == len(set(names))


def test_the_header_test_can_fail() -> None:
    """A header without its last line is no header."""
    whole = "-- find_it\n-- Something.\n-- touches: a\n-- for: jobs.x.y\nselect 1\n"
    assert HEADER.fullmatch(whole)
    assert not HEADER.fullmatch(whole.replace("-- for: jobs.x.y\n", ""))
    assert not HEADER.fullmatch(whole.replace("-- Something.\n", ""))
