"""Where does one record end and the next begin?

Cuts a stream of bytes into records without ever holding more than one record and one chunk.  Promises: the pieces joined
are the stream, byte for byte; a record longer than the limit comes in several pieces, of which all but the first say so.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import repeat
from typing import NamedTuple


class Piece(NamedTuple):
    """Some bytes of a file: a record with its line end, or a part of one that is too long."""

    content: bytes
    starts: bool
    is_whole: bool


class Redacted(Piece):
    """A record that was destroyed by a lawful erasure (no content), or what is left of it after one.

    What is left is a run of openbureau/1 JSON lines, whatever the file was written in.  It holds the place and the number of
    the record that stood there.
    """


_PIECE = partial(tuple.__new__, Piece)


def split_records(chunks: Iterable[bytes], limit: int, *, quoted: bool = False) -> Iterator[Piece]:
    """Pieces of a text file.  With `quoted`, a newline inside double quotation marks does not end a record (CSV)."""
    pending, starts = b"", True
    quotes = 0
    for chunk in chunks:
        lines = _lines(pending + chunk)
        pending = b""
        if starts and not quoted and lines and max(map(len, lines)) <= limit:
            # The common case, without a step in Python for each record.
            pending = b"" if lines[-1].endswith(b"\n") else lines.pop()
            yield from map(_PIECE, zip(lines, repeat(True), repeat(True)))
            continue
        held = b""
        for line in lines:
            held = held + line if held else line
            quotes = held.count(b'"') if quoted else 0
            if quotes % 2 == 0 and held.endswith(b"\n"):
                yield from _cut(held, limit, starts)
                held, starts = b"", True
            elif len(held) > limit:
                yield Piece(held[:limit], starts, False)
                held, starts = held[limit:], False
        while len(held) > limit:
            yield Piece(held[:limit], starts, False)
            held, starts = held[limit:], False
        pending = held
    if pending:
        yield from _cut(pending, limit, starts)


def in_runs(pieces: Iterable[Piece], *, most: int, most_bytes: int) -> Iterator[list[Piece]]:
    """Runs of pieces, bounded in number and in bytes."""
    run: list[Piece] = []
    size = 0
    for piece in pieces:
        run.append(piece)
        size += len(piece.content)
        if len(run) >= most or size >= most_bytes:
            yield run
            run, size = [], 0
    if run:
        yield run


def _lines(content: bytes) -> list[bytes]:
    """Split after newlines only: a carriage return alone ends nothing."""
    parts = content.split(b"\n")
    lines = [part + b"\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def _cut(record: bytes, limit: int, starts: bool) -> Iterator[Piece]:
    if len(record) <= limit + 1:
        yield Piece(record, starts, starts)
        return
    for at in range(0, len(record), limit):
        yield Piece(record[at : at + limit], starts and at == 0, False)
