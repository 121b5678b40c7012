"""How is a Metro 2 file written, and what does its trailer tell?

The inverse of `read`: what is written here is read back as the same values, and what was read from a clean file is written
as the same bytes.  Driven by given values, so that synthetic files say what their maker wants them to say, clean or not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openbureau.core.metro2.layout import (
    APPENDED,
    BASE,
    COUNTED,
    DIGITS,
    HEADER,
    SEGMENTS,
    TRAILER,
    Kind,
    Segment,
    Slot,
)
from openbureau.core.metro2.read import CHARACTER, DECIMAL, PACKED, Form, Record, values

Values = Mapping[str, Any]
CLEAN = Form(CHARACTER, False, True)


def encode(segment: Segment, given: Values) -> bytes:
    """The characters of a segment.  A text that is too long is cut; a value may be given as the characters themselves."""
    return b"".join(_encoded(slot, given.get(slot.name)) for slot in segment.slots)


def _encoded(slot: Slot, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value[: slot.length].ljust(slot.length)
    if slot.kind in DIGITS or slot.kind is Kind.LENGTH:
        return _digits(slot, value)
    return str(value or "").encode("ascii", "replace")[: slot.length].ljust(slot.length)


def _digits(slot: Slot, value: Any) -> bytes:
    text = str(value or 0)
    if slot.kind in (Kind.DATE, Kind.TIME) and value and text[4:5] == "-":
        text = text[5:7] + text[8:10] + text[:4] + text[11:13] + text[14:16] + text[17:19]
    text = text.rjust(slot.length, "0")
    if len(text) != slot.length or not text.isascii():
        raise ValueError(f"{slot.name} does not fit into {slot.length} digits")
    return text.encode()


def pack(segment: Segment, content: bytes, packing: str) -> bytes:
    """The packed form of a segment in characters."""
    parts = []
    for slot, place in zip(segment.slots, segment.places().values(), strict=True):
        part, width = content[place], segment.width(slot, is_packed=True)
        if slot.kind is Kind.LENGTH:
            part = int(part).to_bytes(2, "big") + b"\x00\x00"
        elif segment.packs and slot.kind in DIGITS and width != slot.length:
            part = _packed(slot, part, packing)
        parts.append(part[:width].ljust(width))
    return b"".join(parts)


def _packed(slot: Slot, digits: bytes, packing: str) -> bytes:
    width = slot.packed_length
    if packing == DECIMAL:
        return bytes.fromhex(digits.decode().rjust(2 * width - 1, "0") + "c")
    if slot.kind in (Kind.DATE, Kind.TIME):
        return int(digits).to_bytes(width - 1, "big") + b"s" if int(digits) else bytes(width)
    return int(digits).to_bytes(width, "big")


def render_record(given: Mapping[str, Any], form: Form = CLEAN, *, packing: str = DECIMAL) -> bytes:
    """One record: `{"base": {...}, "j1": [{...}], ...}`, or `{"header": {...}}`, or `{"trailer": {...}}`."""
    first = next(SEGMENTS[name] for name in ("base", "header", "trailer") if name in given)
    rest = b"".join(
        encode(segment, {"segment_identifier": mark, **one})
        for mark, segment in APPENDED.items()
        for one in given.get(segment.name, ())
    )
    size = first.packed_size if form.packing == PACKED else first.size
    own = {"record_descriptor_word": size + len(rest), **given[first.name]}
    if first is BASE:
        own = {"processing_indicator": 1, **own}
    else:
        own["record_identifier"] = first.mark
    content = encode(first, own)
    if form.packing == PACKED:
        content = pack(first, content, packing)
    content += rest
    if form.is_blocked:
        told = len(content) + 4
        content = (told.to_bytes(2, "big") + b"\x00\x00" if form.packing == PACKED else b"%04d" % told) + content
    return content + b"\n" if form.by_line else content


def render_file(
    records: Iterable[Mapping[str, Any]],
    form: Form = CLEAN,
    *,
    header: Values | None = None,
    trailer: Values | None = None,
    packing: str = DECIMAL,
) -> Iterator[bytes]:
    """A whole file, record by record: header, the given records, and a trailer that counts them (or says what is given)."""
    yield render_record({"header": header or {}}, form, packing=packing)
    tally = Tally()
    for given in records:
        tally.add(_as_read(given))
        yield render_record(given, form, packing=packing)
    yield render_record({"trailer": {**tally.totals(), **(trailer or {})}}, form, packing=packing)


def _as_read(given: Mapping[str, Any]) -> Record:
    appended = tuple(
        (segment.name, encode(segment, {"segment_identifier": mark, **one}))
        for mark, segment in APPENDED.items()
        for one in given.get(segment.name, ())
    )
    return Record("base", encode(BASE, given["base"]), appended, ())


def given_of(record: Record) -> dict[str, Any]:
    """A record as it was read, as the values from which it is written."""
    segment = {"base": BASE, "header": HEADER, "trailer": TRAILER}[record.kind]
    found: dict[str, Any] = {record.kind: values(segment, record.content)}
    for name, content in record.appended:
        found.setdefault(name, []).append(values(SEGMENTS[name], content))
    return found


# ---------------------------------------------------------------------------------------------------- trailer

_AT = BASE.places()
_NUMBER, _BORN = _AT["social_security_number"], _AT["date_birth"]
_PLACES = {segment.name: segment.places() for segment in APPENDED.values()}
_STATUS, _TIE, _PHONE = _AT["account_status"], _AT["ecoa_code"], _AT["telephone_number"]
_SEGMENT_TOTALS = {
    "j1": "total_consumer_segments_j1", "j2": "total_consumer_segments_j2", "k1": "total_original_creditor_segments",
    "k2": "total_purchased_to_segments", "k3": "total_mortgage_information_segments",
    "k4": "total_payment_information_segments", "l1": "total_change_segments", "n1": "total_employment_segments",
}  # fmt: skip
_STATUS_TOTALS = {
    **{code.encode(): f"total_status_code{code}" for code in COUNTED},
    b"DA": "total_status_code_da", b"DF": "total_status_code_df",
}  # fmt: skip


class Tally:
    """Counts what a trailer tells."""

    def __init__(self) -> None:
        self._bases: Counter[tuple[bytes, bytes, bool, bool, bool]] = Counter()
        self._others: Counter[str] = Counter()

    def add(self, record: Record) -> None:
        """Count a record with a base segment."""
        base = record.content
        self._bases[
            base[_STATUS], base[_TIE], base[_NUMBER].strip(b"0 ") != b"", base[_BORN].strip(b"0 ") != b"",
            base[_PHONE].strip(b"0 ") != b"",
        ] += 1  # fmt: skip
        for name, content in record.appended:
            self._others[_SEGMENT_TOTALS[name]] += 1
            if name in {"j1", "j2"}:
                places = _PLACES[name]
                self._others["total_ecoa_code_z"] += content[places["ecoa_code"]] == b"Z"
                for total, field in (("social_numbers", "social_security_number"), ("dates_birth", "date_birth")):
                    if content[places[field]].strip(b"0 "):
                        self._others[f"total_{total}_{name}_segments"] += 1
                        self._others[f"total_{total}_all_segments"] += 1
                self._others["total_telephone_numbers_all_segments"] += (
                    content[places["telephone_number"]].strip(b"0 ") != b""
                )

    def totals(self) -> dict[str, int]:
        """Every total of the trailer by name; `block_count` counts header and trailer too."""
        found = Counter(dict.fromkeys((slot.name for slot in TRAILER.slots if slot.name.startswith("total_")), 0))
        found.update(self._others)
        for (status, tie, has_number, has_birth, has_phone), count in self._bases.items():
            found["total_base_records"] += count
            if status in _STATUS_TOTALS:
                found[_STATUS_TOTALS[status]] += count
            found["total_ecoa_code_z"] += count * (tie == b"Z")
            for total, has_it in (("social_numbers", has_number), ("dates_birth", has_birth)):
                found[f"total_{total}_all_segments"] += count * has_it
                found[f"total_{total}_base_segments"] += count * has_it
            found["total_telephone_numbers_all_segments"] += count * has_phone
        return {**found, "block_count": found["total_base_records"] + 2}

    def differences(self, trailer: bytes) -> list[tuple[str, int]]:
        """Totals that a trailer tells otherwise, and how many there were; blocks are counted in several ways: not compared."""
        told = values(TRAILER, trailer)
        found = self.totals().items()
        return [(name, count) for name, count in found if name != "block_count" and told[name] != count]
