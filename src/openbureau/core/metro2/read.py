"""Where does one Metro 2 record end, and what stands in it?

Bytes in, records out: fixed and variable blocks, characters, packed decimals, and the packed binary numbers that one public
program writes, with or without line ends.  Promises: never raises, on any bytes; the pieces joined are the stream; memory does
not grow with the file.  A packed base segment is turned into its 426 characters, so that everything after this knows one form.
"""

import re
from binascii import hexlify
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from openbureau.core.furnishing.records import Piece, split_records
from openbureau.core.metro2.layout import APPENDED, BASE, DIGITS, HEADER, TRAILER, Kind, Segment, Slot

CHARACTER, PACKED = "character", "packed"
DECIMAL, BINARY = "decimal", "binary"
LONGEST = 9999
"""The longest record that a descriptor of four digits can tell."""
WINDOW = 1 << 16
_FIRST = frozenset({b"1", b"H", b"T"})
_BASE_MARK = rb"1(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:19|20)[0-9]{8}[01]"
_START = re.compile(rb"[0-9]{4}(?:HEADER|TRAILER|" + _BASE_MARK + rb")")
_SIGN = rb"(?:s|[\x0c\x1c\x2c\x3c\x4c\x5c\x6c\x7c\x8c\x9c\x0f\x1f\x2f\x3f\x4f\x5f\x6f\x7f\x8f\x9f])"
_PACKED_BASE = re.compile(rb"1[\x00-\xff]{7}" + _SIGN)
_PACKED_START = re.compile(rb"[\x01-\x7f][\x00-\xff]\x00\x00(?:HEADER|TRAILER|1[\x00-\xff]{7}" + _SIGN + rb")")


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written: characters or packed, with a block descriptor before each record, with line ends."""

    packing: str
    is_blocked: bool
    by_line: bool

    @property
    def words(self) -> tuple[str, ...]:
        """The form as words that can be kept."""
        return tuple(word for word, is_so in (("blocked", self.is_blocked), ("lines", self.by_line)) if is_so)


def form_of(packing: str, words: Iterable[str]) -> Form:
    """The form that was kept as words."""
    kept = set(words)
    return Form(packing, "blocked" in kept, "lines" in kept)


class Record(NamedTuple):
    """One record: `header`, `base` or `trailer`, its first segment in characters, appended segments, and troubles of form."""

    kind: str
    content: bytes
    appended: tuple[tuple[str, bytes], ...]
    troubles: tuple[tuple[str, str], ...]


def detect_form(head: bytes) -> Form | None:
    """How the file that begins so is written, or None when it is not Metro 2."""
    head = head.lstrip(b"\r\n")
    for at, is_blocked in ((0, False), (4, True)):
        mark = head[at + 4 : at + 24]
        if head[at + 2 : at + 4] == b"\x00\x00":
            if mark.startswith((b"HEADER", b"TRAILER")) or _PACKED_BASE.match(mark):
                return Form(PACKED, is_blocked, False)
        elif mark.startswith((b"HEADER", b"TRAILER")) or (head[at : at + 4].isdigit() and re.match(_BASE_MARK, mark)):
            return Form(CHARACTER, is_blocked, b"\n" in head[:LONGEST])
    return None


def split_form(chunks: Iterable[bytes], form: Form, limit: int) -> Iterator[Piece]:
    """The records of a file as pieces: line by line where there are lines, else by descriptor."""
    return split_records(chunks, limit) if form.by_line else _by_descriptor(chunks, form)


def _by_descriptor(chunks: Iterable[bytes], form: Form) -> Iterator[Piece]:
    held, at = b"", 0
    for chunk in chunks:
        held, at = held[at:] + chunk, 0
        while len(held) - at >= WINDOW:
            length = _length(held, at, form)
            yield Piece(held[at : at + length], True, True)
            at += length
    while at < len(held):
        length = _length(held, at, form)
        yield Piece(held[at : at + length], True, True)
        at += length


def _length(held: bytes, at: int, form: Form) -> int:
    """Bytes of the piece at a place, at least one.  What is no record reaches to the next that looks like one."""
    is_packed = form.packing == PACKED
    strong = _PACKED_START if is_packed else _START
    for before in (4, 0) if form.is_blocked else (0, 4):
        start = at + before
        told = _descriptor(held[start : start + 4], is_packed)
        is_form = (
            before == 0 if not form.is_blocked else 0 < before + told <= _descriptor(held[at : at + before], is_packed)
        )
        if told and (held[start + 4 : start + 5] in _FIRST if is_form else strong.match(held, start)):
            end = start + told
            if end == len(held) or _looks_like_start(held, end, is_packed):
                return end - at
    start = at + 4 * form.is_blocked
    walked = _walked(held, start, is_packed)
    if walked and (start + walked == len(held) or _looks_like_start(held, start + walked, is_packed)):
        return start + walked - at
    found = strong.search(held, start + 1, at + WINDOW)
    if walked == _descriptor(held[start : start + 4], is_packed) > 0 and (not found or found.start() >= start + walked):
        return start + walked - at
    if found is None:
        return min(len(held) - at, WINDOW - 64)
    end = found.start()
    is_lead = form.is_blocked and end - 4 > at and _descriptor(held[end - 4 : end], is_packed)
    return end - 4 - at if is_lead else end - at


def _descriptor(content: bytes, is_packed: bool) -> int:
    """The length that a descriptor word tells, or 0."""
    if is_packed:
        return int.from_bytes(content[:2], "big") & 0x7FFF if content[2:] == b"\x00\x00" else 0
    return int(content) if len(content) == 4 and content.isdigit() else 0


def _looks_like_start(held: bytes, at: int, is_packed: bool) -> bool:
    """Could a record begin here, with or without a block descriptor?"""
    one, two = held[at : at + 4], held[at + 4 : at + 8]
    is_first = held[at + 4 : at + 5] in _FIRST and _descriptor(one, is_packed) > 0
    return is_first or (held[at + 8 : at + 9] in _FIRST and _descriptor(two, is_packed) > 0)


def _walked(held: bytes, at: int, is_packed: bool) -> int:
    """Length of a base segment with the segments that follow it, whatever its descriptor says; 0 where there is none."""
    if held[at + 4 : at + 5] != b"1":
        return 0
    end = at + (BASE.packed_size if is_packed else BASE.size)
    while (segment := _MARKS.get(held[end : end + 2])) is not None:
        end += segment.size
    return end - at if end <= len(held) else 0


_MARKS = {mark.encode(): segment for mark, segment in APPENDED.items()}
_SIZES = {mark: (segment.name, segment.size) for mark, segment in _MARKS.items()}


# ------------------------------------------------------------------------------------------------ one record


def read_record(content: bytes, form: Form) -> Record:
    """What one piece holds.  `kind` is empty when it is no record."""
    content = content.rstrip(b"\r\n") if form.by_line else content
    is_packed = form.packing == PACKED
    told, size = _descriptor(content[:4], is_packed), len(content)
    # a block may hold several records: its descriptor stands before the first only, and tells more than that one's length
    start = 4 if form.is_blocked and (told != size or _descriptor(content[4:8], is_packed) == size - 4) else 0
    if not (kind := _kind(content, start)):
        start = 4 - start
        kind = _kind(content, start)
    if not kind:
        return Record("", content, (), (("m2-no-record", ""),))
    is_odd = start and (not form.is_blocked or told < size)
    troubles = [("m2-block-differs", "block_descriptor_word")] if is_odd else []
    content = content[start:]
    if _descriptor(content[:4], is_packed) != len(content):
        troubles.append(("m2-length-differs", "record_descriptor_word"))
    segment = _KINDS[kind]
    size = segment.packed_size if is_packed else segment.size
    first, rest = content[:size], content[size:]
    if len(first) < size:
        if kind == "base" or len(first) < size // 2:
            return Record(kind, first, (), (*troubles, ("m2-too-short", "")))
        first = first.ljust(size)
    appended: tuple[tuple[str, bytes], ...] = ()
    if rest and kind == "base":
        appended, trouble = _appended(rest, form)
        troubles += trouble
    if is_packed:
        first = characters(segment, first)
    return Record(kind, first, appended, tuple(troubles))


_KINDS = {"header": HEADER, "base": BASE, "trailer": TRAILER}


def _kind(content: bytes, start: int) -> str:
    mark = content[start + 4 : start + 11]
    if mark[:1] == b"1":
        return "base"
    if mark[:6] == b"HEADER":
        return "header"
    return "trailer" if mark == b"TRAILER" else ""


def _appended(rest: bytes, form: Form) -> tuple[tuple[tuple[str, bytes], ...], list[tuple[str, str]]]:
    """Segments behind a base segment, and what is wrong with their order or form."""
    found: list[tuple[str, bytes]] = []
    troubles: list[tuple[str, str]] = []
    at, end = 0, len(rest)
    while at < end:
        named = _SIZES.get(rest[at : at + 2])
        if named is None:
            return tuple(found), [*troubles, ("m2-unknown-segment", "")] if rest[at:].strip(b" \x00") else troubles
        name, size = named
        content = rest[at : at + size]
        if len(content) < size:
            if not form.by_line:
                return tuple(found), [*troubles, ("m2-unknown-segment", name)]
            content = content.ljust(size)
        if found and (name < found[-1][0] or name == found[-1][0] == "l1"):
            troubles.append(("m2-segment-order", name))
        found.append((name, content))
        at += size
    return tuple(found), troubles


# ---------------------------------------------------------------------------------------------- packed values


def _from_decimal(content: bytes, length: int) -> bytes:
    digits = content.hex()
    return digits[-1 - length : -1].encode() if digits[-1] in "cdf" and digits[:-1].isdigit() else b"?" * length


def _from_binary(content: bytes, length: int, *, has_sign: bool) -> bytes:
    if has_sign:
        if content[-1:] != b"s":
            return b"?" * length
        content = content[:-1]
    digits = b"%0*d" % (length, int.from_bytes(content, "big"))
    return digits if len(digits) == length else b"?" * length


def _unpack(slot: Slot, content: bytes, packing: str) -> bytes:
    if not any(content):
        return b"0" * slot.length
    if not content.strip():
        return b" " * slot.length
    if packing == BINARY:
        return _from_binary(content, slot.length, has_sign=slot.kind in (Kind.DATE, Kind.TIME))
    return _from_decimal(content, slot.length)


def characters(segment: Segment, content: bytes) -> bytes:
    """The 426 characters of a packed header, base segment or trailer of 366 bytes."""
    if segment is BASE and (quick := _from_decimals(content)) is not None:
        return quick
    parts = [content[place] for place in segment.places(is_packed=True).values()]
    is_packed = [_is_packed(segment, slot) for slot in segment.slots]
    packed = [part for part, is_so in zip(parts, is_packed, strict=True) if is_so]
    is_binary = parts[2][-1:] == b"s" if segment is BASE else _counter_packing(packed) == BINARY
    packing = BINARY if is_binary else DECIMAL
    for at, slot in enumerate(segment.slots):
        part = _unpack(slot, parts[at], packing) if is_packed[at] else parts[at]
        parts[at] = part[: slot.length].ljust(slot.length)
    parts[0] = b"%04d" % min(int.from_bytes(content[:2], "big"), LONGEST)
    return b"".join(parts)


def _is_packed(segment: Segment, slot: Slot) -> bool:
    return segment.packs and slot.kind in DIGITS and slot.packed_length != slot.length


def _plan() -> tuple[tuple[tuple[bool, slice], ...], Callable[[bytes], Any]]:
    """Slices of a base segment's bytes, and of their hexadecimal digits, that joined are the characters; and its signs."""
    parts: list[tuple[bool, slice]] = []
    signs = []
    for slot, place in zip(BASE.slots[1:], list(BASE.places(is_packed=True).values())[1:], strict=True):
        if _is_packed(BASE, slot):
            signs.append(2 * place.stop - 1)
            parts.append((True, slice(2 * place.stop - 1 - slot.length, 2 * place.stop - 1)))
        elif parts and not parts[-1][0]:
            parts[-1] = (False, slice(parts[-1][1].start, place.stop))
        else:
            parts.append((False, place))
    return tuple(parts), itemgetter(*signs)


_PARTS, _signs = _plan()
_SIGNS = frozenset(b"cdf")


def _from_decimals(content: bytes) -> bytes | None:
    """The quick way, open to a base segment whose every packed decimal has its sign."""
    digits = hexlify(content)
    if not _SIGNS.issuperset(_signs(digits)):
        return None
    told = b"%04d" % min(int.from_bytes(content[:2], "big"), LONGEST)
    return told + b"".join([digits[at] if is_packed else content[at] for is_packed, at in _PARTS])


def _counter_packing(counters: list[bytes]) -> str:
    """How counters are packed: packed decimals all end in a sign, and a nought is not all zero bits."""
    return DECIMAL if counters and all(part[-1] & 15 in (12, 13, 15) for part in counters) else BINARY


# ----------------------------------------------------------------------------------------------------- values


def values(segment: Segment, content: bytes) -> dict[str, Any]:
    """The values of a segment in characters: texts without end blanks, whole numbers, days and instants in ISO form.
    What is blank or zero where a day should stand is None; what cannot be read is the text as it stands."""
    return {name: _value(segment.by_name[name], content[place]) for name, place in segment.places().items()}


def _value(slot: Slot, content: bytes) -> Any:
    text = content.decode("latin-1")
    match slot.kind:
        case Kind.TEXT | Kind.CODE:
            return text.rstrip(" ")
        case Kind.DATE | Kind.TIME if (text.isdigit() and int(text) == 0) or not text.strip():
            return None
        case Kind.DATE:
            return f"{text[4:]}-{text[:2]}-{text[2:4]}" if day_number(content) > 0 else text
        case Kind.TIME:
            if day_number(content[:8]) <= 0 or not text.isdigit():
                return text
            return f"{text[4:8]}-{text[:2]}-{text[2:4]}T{text[8:10]}:{text[10:12]}:{text[12:]}"
        case _:
            return int(text) if text.isascii() and text.isdigit() else 0 if not text.strip() else text


class _Days(dict[bytes, int]):
    """Day numbers by their eight characters, remembered; a stranger's nonsense is not, so that memory is bounded."""

    def __missing__(self, content: bytes) -> int:
        if content in (b"00000000", b"        "):
            number = 0
        else:
            if not content.isdigit() or len(content) != 8:
                return -1
            try:
                found = date(int(content[4:]), int(content[:2]), int(content[2:4]))
            except ValueError:
                return -1
            number = found.year * 10000 + found.month * 100 + found.day
        self[content] = number
        return number


day_number: Callable[[bytes], int] = _Days().__getitem__
"""YYYYMMDD as a number for MMDDYYYY; 0 for none, -1 for what is no day."""


def to_day(number: int) -> date | None:
    """The day of a day number."""
    return date(number // 10000, number // 100 % 100, number % 100) if number > 0 else None
