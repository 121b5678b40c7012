"""Nothing grows past what one person can hold in mind."""

import ast

from tidy.sources import Function, functions, rooms, sources

ROOMS, FILES, LINES, FUNCTION_LINES, POSITIONAL = 9, 20, 350, 50, 3
# Split by noun into sub-folders.
BY_NOUN = {"core", "jobs", "lab", "store", "watch", "web"}
# Pure data: a file here may be longer, because a table is read row by row.
TABLES = {
    "core/attribute_list.py",
    "core/furnishing/codes.py",
    "core/furnishing/layouts.py",
    "core/furnishing/messages.py",
    "core/metro2/layout.py",
}
# Whom a function is done for, not what is handed to it; they come first, like `self`.
HANDLES = {"self", "cls", "bureau", "connection"}


def test_there_are_few_rooms() -> None:
    """A supervisor can name every room."""
    assert len(rooms()) <= ROOMS, [room.name for room in rooms()]


def test_no_folder_is_crowded() -> None:
    """A folder has at most 20 files: a room, or a noun of a room that is split by nouns (docs/decisions/0019-nouns.md)."""
    for room in rooms():
        for folder in {path.parent for path in room.rglob("*.py")}:
            count = len([path for path in folder.glob("*.py") if path.name != "__init__.py"])
            assert count <= FILES, f"{folder.relative_to(room.parent)} has {count} files"


def test_only_named_rooms_have_folders() -> None:
    """A room without nouns is flat."""
    split = {source.room for source in sources() if len(source.path.relative_to(source.path.parents[0]).parts) > 1}
    deep = {source.room for source in sources() if source.place.count("/") > 1}
    assert split | deep <= BY_NOUN


def test_no_file_is_long() -> None:
    """A file fits in 350 lines unless it is a table."""
    long = {source.place: len(source.text.splitlines()) for source in sources() if source.place not in TABLES}
    assert {place: count for place, count in long.items() if count > LINES} == {}


def test_a_listed_table_is_a_table() -> None:
    """A file that may be long holds rows, not logic: no loops and no branches longer than a few lines."""
    listed = {source.place: source for source in sources() if source.place in TABLES}
    assert set(listed) == TABLES
    for source in listed.values():
        code = sum(_length(function) for function in functions(source))
        assert code * 3 < len(source.text.splitlines()), f"{source.place} is more logic than table"


def test_no_function_is_long() -> None:
    """A function fits on a screen."""
    long = [
        f"{source.at(one)} {one.name}"
        for source in sources()
        for one in functions(source)
        if _length(one) > FUNCTION_LINES
    ]
    assert long == []


def test_no_function_takes_many_positions() -> None:
    """After three values every argument is named by the caller; whom it is done for is not counted."""
    many = [
        f"{source.at(one)} {one.name}"
        for source in sources()
        for one in functions(source)
        if len([name for name in positions(one) if name not in HANDLES]) > POSITIONAL
    ]
    assert many == []


def positions(function: Function) -> list[str]:
    """The names that may be given by position."""
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]


def _length(node: ast.AST) -> int:
    return (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0) + 1
