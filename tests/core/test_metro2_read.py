"""Metro 2, bytes and values: every form there and back, every damage a finding, no byte lost."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.metro2_files import FORMS, HEADERS, OTHER, RECORDS, SPOTLESS, made, segments
from openbureau.core.furnishing.batch import RecordReader
from openbureau.core.furnishing.checks import check_context
from openbureau.core.furnishing.finding import finding_json
from openbureau.core.furnishing.offline import open_file
from openbureau.core.furnishing.parse import Dialect
from openbureau.core.metro2.layout import BASE, HEADER, SEGMENTS, TRAILER, Kind
from openbureau.core.metro2.read import (
    BINARY,
    CHARACTER,
    DECIMAL,
    PACKED,
    Form,
    characters,
    detect_form,
    read_record,
    split_form,
    values,
)
from openbureau.core.metro2.write import encode, given_of, pack, render_file, render_record
from openbureau.law.reader import load_law

LIMIT = 1 << 20
DAY = load_law("cn").on(date(2026, 11, 24))
CONTEXT = check_context(DAY)


def through_the_door(content: bytes, *, cut: int = 1 << 16) -> tuple[list[bytes], Any]:
    """Pieces and batch of a file, read in chunks of some size; the end of the file told too."""

    class Source(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size, cut) if size and size > 0 else size)

    opened = open_file(Source(content), LIMIT, format="metro2")
    if not isinstance(opened, tuple):
        return [content], opened
    dialect, pieces = opened
    held = list(pieces)
    reader = RecordReader(dialect, CONTEXT)
    batch = reader.read(held)
    batch.findings += reader.end().findings
    return [piece.content for piece in held], batch


# ------------------------------------------------------------------------------------------------------ layout


def test_every_segment_has_the_published_length() -> None:
    """Lengths of both forms are those of the public sources."""
    sizes = {name: (segment.size, segment.packed_size) for name, segment in SEGMENTS.items()}
    whole = (426, 366)
    assert sizes == {
        "header": whole, "base": whole, "trailer": whole, "j1": (100,) * 2, "j2": (200,) * 2, "k1": (34,) * 2,
        "k2": (34,) * 2, "k3": (40,) * 2, "k4": (30,) * 2, "l1": (54,) * 2, "n1": (146,) * 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("segment", "name", "place", "packed"),
    [
        ("base", "time_stamp", (6, 19), (6, 13)),
        ("base", "consumer_account_number", (43, 72), (37, 66)),
        ("base", "date_opened", (76, 83), (70, 74)),
        ("base", "account_status", (124, 125), (99, 100)),
        ("base", "payment_history_profile", (127, 150), (102, 125)),
        ("base", "current_balance", (155, 163), (130, 134)),
        ("base", "date_last_payment", (206, 213), (160, 164)),
        ("base", "social_security_number", (298, 306), (249, 253)),
        ("base", "telephone_number", (315, 324), (259, 264)),
        ("base", "residence_code", (426, 426), (366, 366)),
        ("header", "program_revision_date", (72, 79), (72, 79)),
        ("header", "prbc_program_identifier", (271, 280), (271, 280)),
        ("j2", "zip_code", (188, 196), (188, 196)),
        ("l1", "new_identification_number", (34, 53), (34, 53)),
        ("trailer", "total_status_code_df", (30, 38), (22, 26)),
        ("trailer", "total_status_code97", (255, 263), (147, 151)),
        ("trailer", "total_telephone_numbers_all_segments", (399, 407), (227, 231)),
    ],
)
def test_positions_are_the_published_ones(segment: str, name: str, place: Any, packed: Any) -> None:
    """Positions counted from 1, in both forms."""
    for is_packed, wanted in ((False, place), (True, packed)):
        at = SEGMENTS[segment].places(is_packed=is_packed)[name]
        assert (at.start + 1, at.stop) == wanted


# ------------------------------------------------------------------------------------------------- there and back


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("packing", [DECIMAL, BINARY])
@settings(max_examples=25, deadline=None)
@given(records=st.lists(RECORDS, max_size=4), header=HEADERS, cut=st.integers(1, 3000))
def test_what_is_written_is_read_back(form: Form, packing: str, records: list[Any], header: Any, cut: int) -> None:
    """Any values, in every form and packing, in chunks of any size: written, found out, cut, read; and written the same."""
    content = b"".join(render_file(records, form, header=header, packing=packing))
    assert detect_form(content[:4096]) == form
    chunks = (content[at : at + cut] for at in range(0, len(content), cut))
    pieces = [piece.content for piece in split_form(chunks, form, LIMIT)]
    assert b"".join(pieces) == content
    read = [read_record(piece, form) for piece in pieces]
    assert [one.kind for one in read] == ["header", *["base"] * len(records), "trailer"]
    assert all(one.troubles == () for one in read)
    for sent, got in zip(records, read[1:-1], strict=True):
        found = given_of(got)
        for name, ones in sent.items():
            for mine, its in zip(
                [ones] if name == "base" else ones, [found[name]] if name == "base" else found[name], strict=True
            ):
                assert {key: its[key] or None for key in mine} == {key: value or None for key, value in mine.items()}
    again = b"".join(render_record(given_of(one), form, packing=packing) for one in read)
    assert again == content


@pytest.mark.parametrize("name", list(SEGMENTS))
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_segment_is_written_as_it_was_read(name: str, data: st.DataObject) -> None:
    """Values to characters to values to the same characters."""
    segment = SEGMENTS[name]
    content = encode(segment, data.draw(segments(segment)))
    assert encode(segment, values(segment, content)) == content
    if segment in (HEADER, BASE, TRAILER):
        for packing in (DECIMAL, BINARY):
            assert characters(segment, pack(segment, content, packing)) == content


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_person_born_on_31_may_is_read(form: Form) -> None:
    """The named case: the last day of a long month is a day, in every form."""
    _, batch = through_the_door(b"".join(render_file([made(date_birth="1985-05-31")], form)))
    assert batch.findings == []
    assert batch.subjects[0][1].born_on.isoformat() == "1985-05-31"


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("name", ["date_opened", "date_birth", "date_account_information", "date_closed"])
@pytest.mark.parametrize("bad", [b"02301985", b"13011985", b"00011985", b"05321985", b"05310000"])
def test_a_bad_day_is_a_finding_and_never_a_lost_record(form: Form, name: str, bad: bytes) -> None:
    """The named case: a day that no calendar has refuses its record by name, and the next record is read."""
    records = [made(**{name: bad}), made(consumer_account_number="LOAN-2", social_security_number=123456788)]
    _, batch = through_the_door(b"".join(render_file(records, form)))
    assert [(one.record_no, one.rule, one.field) for one in batch.findings] == [(1, "m2-bad-date", name)]
    assert (batch.records, batch.accepted, batch.refused) == (2, 1, 1)


# ---------------------------------------------------------------------------------------------------- damage


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=3000), cut=st.integers(1, 4000))
@example(content=b"-4101999HEADER    I 2", cut=7)
@example(content=b"0000HEADER" + b"\x00" * 30, cut=1)
def test_no_bytes_raise_and_none_are_lost(content: bytes, cut: int) -> None:
    """Anything at all: pieces that join to the file, and every record read or refused with a finding."""
    for head in (b"", b"0426HEADER", b"\x01r\x00\x00\x01n\x00\x00HEADER", b"\n"):
        _account_for(head + content, cut)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), form=st.sampled_from(FORMS))
def test_damaged_files_are_accounted_for(data: st.DataObject, form: Form) -> None:
    """Good files with bytes changed, cut out or put in: nothing raises, nothing is lost, nothing goes unsaid."""
    records = [made(consumer_account_number=f"L{at}", others={"j1": [OTHER]} if at % 2 else {}) for at in range(4)]
    content = bytearray(b"".join(render_file(records, form)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        match data.draw(st.integers(0, 2)):
            case 0:
                content[at : at + 1] = data.draw(st.binary(min_size=1, max_size=1))
            case 1:
                del content[at : at + data.draw(st.integers(1, 500))]
            case 2:
                content[at:at] = data.draw(st.binary(min_size=1, max_size=500))
    _account_for(bytes(content), data.draw(st.integers(1, 4000)))


def _account_for(content: bytes, cut: int) -> None:
    pieces, batch = through_the_door(content, cut=cut)
    assert b"".join(pieces) == content
    if not hasattr(batch, "records"):
        assert batch.rule in {"m2-not-metro2", "empty-file"}
        return
    assert batch.accepted + batch.refused == batch.records
    refused = {found.record_no for found in batch.findings if found.refuses and found.record_no}
    taken = {number for number, _ in (*batch.tradelines, *batch.deletions)}
    assert refused | taken == set(range(1, batch.records + 1))
    for found in batch.findings:
        finding_json(found, DAY)


@pytest.mark.parametrize("form", [form for form in FORMS if not form.by_line], ids=str)
def test_reading_goes_on_behind_a_damaged_record(form: Form) -> None:
    """Without line ends too: garbage between two records is one piece with a finding, and the next record is read."""
    first, second, third = (render_record(made(consumer_account_number=f"L{at}"), form) for at in range(3))
    header, trailer = (render_record({name: {}}, form) for name in ("header", "trailer"))
    pieces, batch = through_the_door(header + first + b"\xff\x01garbage" * 9 + second + first[:200] + third + trailer)
    assert [update.account_no for _, update in batch.tradelines] == ["L0", "L1", "L2"]
    assert {one.rule for one in batch.findings if one.record_no} <= {
        "m2-no-record", "m2-too-short", "m2-length-differs", "m2-block-differs", "m2-unknown-segment", "m2-bad-number",
    }  # fmt: skip
    assert batch.refused == 2
    assert len(pieces) == 7


@pytest.mark.parametrize("packing", [CHARACTER, PACKED])
def test_a_block_may_hold_several_records(packing: str) -> None:
    """One block descriptor before three records, then one before the next two: all are read, and nothing is amiss."""
    bare = Form(packing, False, False)
    records = [made(consumer_account_number=f"L{at}", others={"j1": [OTHER]}, ecoa_code="2") for at in range(4)]
    parts = list(render_file(records, bare))

    def block(records: list[bytes]) -> bytes:
        told = 4 + sum(map(len, records))
        return (told.to_bytes(2, "big") + b"\0\0" if packing == PACKED else b"%04d" % told) + b"".join(records)

    content = block(parts[:3]) + block(parts[3:5]) + block(parts[5:])
    assert detect_form(content) == Form(packing, True, False)
    pieces, batch = through_the_door(content, cut=700)
    assert len(pieces) == 6
    assert batch.findings == []
    assert [update.account_no for _, update in batch.tradelines] == ["L0", "L1", "L2", "L3"]


def test_a_block_descriptor_that_is_too_short_is_told() -> None:
    """A block cannot be shorter than its record; the record is read all the same."""
    form = Form(CHARACTER, True, False)
    header, record, trailer = list(render_file([made()], form))
    _, batch = through_the_door(header + b"0429" + record[4:] + trailer)
    assert [(one.record_no, one.rule) for one in batch.findings] == [(1, "m2-block-differs")]
    assert batch.accepted == 1


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize(
    ("names", "late"),
    [("j1 j1 k2 l1", []), ("k2 j1", ["j1"]), ("l1 k2 k2 j1", ["k2", "j1"]), ("l1 l1", ["l1"]), ("j1 l1 k2 l1", ["k2"])],
)
def test_segments_out_of_order_are_told_and_kept(form: Form, names: str, late: list[str]) -> None:
    """Appended segments stand in the order of the layout, the change of a number once; what does not is told and read."""
    base, *_ = read_record(render_record(made(), form), form)[1:]
    first = pack(BASE, base, BINARY) if form.packing == PACKED else base
    rest = b"".join(encode(SEGMENTS[name], {"segment_identifier": name.upper()}) for name in names.split())
    size = len(first) + len(rest)

    def descriptor(told: int) -> bytes:
        return told.to_bytes(2, "big") + b"\0\0" if form.packing == PACKED else b"%04d" % told

    lead = descriptor(size + 4) if form.is_blocked else b""
    found = read_record(lead + descriptor(size) + first[4:] + rest + b"\n" * form.by_line, form)
    assert [name for name, _ in found.appended] == names.split()
    assert found.troubles == tuple(("m2-segment-order", name) for name in late)


def test_a_line_of_megabytes_is_one_finding() -> None:
    """A line without end costs one finding and not the machine."""
    header = render_record({"header": {}})
    content = header + b"9" * (3 << 20) + b"\n" + render_record(made()) + render_record({"trailer": {}})
    _, batch = through_the_door(content)
    assert [one.rule for one in batch.findings if one.record_no] == ["too-long"]
    assert batch.accepted == 1


def test_findings_never_repeat_a_value() -> None:
    """Whatever is wrong, no name and no number of a person stands in what is told."""
    content = b"".join(
        render_file([made(surname="SECRETNAME", social_security_number=b"98765432X", date_birth=b"99999999")])
    )
    _, batch = through_the_door(content)
    told = json.dumps([finding_json(one, DAY) for one in batch.findings])
    assert "SECRET" not in told
    assert "987654" not in told


# --------------------------------------------------------------------------------------------------- real samples


def samples(data_dir: Path) -> list[Path]:
    """Every Metro 2 sample, the malformed ones and the crash inputs too."""
    found = [path for path in sorted((data_dir / "metro2").rglob("*")) if path.is_file()]
    return [path for path in found if path.suffix not in {".json", ".output"}]


@pytest.mark.parametrize("name", ["unpacked_fixed_file", "unpacked_variable_file", "packed_file"])
def test_the_public_samples_say_what_their_makers_say(data_dir: Path, name: str) -> None:
    """Each value of each record equals the JSON beside the sample; written again, each segment has the same bytes."""
    folder = data_dir / "metro2" / "moov_testdata"
    content = (folder / f"{name}.dat").read_bytes()
    told = json.loads((folder / f"{name}.json").read_text())
    form = detect_form(content)
    assert form is not None
    read = [read_record(piece.content, form) for piece in split_form([content], form, LIMIT)]
    wanted = [{"header": told["header"]}, *told["data"], {"trailer": told["trailer"]}]
    for record, sample in zip(read, wanted, strict=True):
        found = given_of(record)
        assert set(sample) == set(found)
        for segment, ones in sample.items():
            mine = found[segment] if isinstance(found[segment], dict) else None
            its = ones if isinstance(ones, list) else [ones]
            for given_, expected in zip([mine] if mine else found[segment], its, strict=True):
                _compare(segment, given_, expected, form.packing)
        for segment, sent in ((record.kind, record.content), *record.appended):
            assert encode(SEGMENTS[segment], values(SEGMENTS[segment], sent)) == sent


def _compare(segment: str, mine: dict[str, Any], sample: dict[str, Any], packing: str) -> None:
    folded = {key.replace("_", ""): (key, value) for key, value in mine.items()}
    for name, value in sample.items():
        if name == "blockDescriptorWord":
            continue
        key, got = folded[name.lower()]
        if SEGMENTS[segment].by_name[key].kind is Kind.DATE:
            got = f"{got}T00:00:00Z"
        elif SEGMENTS[segment].by_name[key].kind is Kind.TIME:
            got = f"{got}Z"
        elif key == "record_descriptor_word" and segment == "header" and packing == CHARACTER:
            continue  # the samples' descriptors count padding that their JSON does not
        assert got == value, (segment, key)


def test_the_packed_sample_is_written_as_the_same_bytes(data_dir: Path) -> None:
    """The packed binary file of the public program, record by record; only its trailer came without block descriptor."""
    content = (data_dir / "metro2" / "moov_testdata" / "packed_file.dat").read_bytes()
    form = Form(PACKED, True, False)
    pieces = [piece.content for piece in split_form([content], form, LIMIT)]
    assert len(pieces) == 3
    for piece in pieces:
        again = render_record(given_of(read_record(piece, form)), form, packing=BINARY)
        assert again == piece or again[4:] == piece


def test_every_sample_is_accounted_for(data_dir: Path) -> None:
    """Malformed files and the inputs that crashed other programs: read, or refused with a finding, and no byte lost."""
    found = samples(data_dir)
    assert len(found) > 40
    for path in found:
        content = path.read_bytes()
        _account_for(content, 100)
        _account_for(content.replace(b"\n", b""), 1 << 16)


@pytest.mark.parametrize(
    ("name", "records"),
    [("m2_file_small", 3), ("m2_file_small_with_error", 3), ("m2_file_bad_header", 3), ("m2_file_small_no_header", 3),
     ("m2_extra_extra_segments", 3), ("test_normalize_format/small_after_normalization", 3),
     ("test_previous_records/jan-2018", 2)],
)  # fmt: skip
def test_files_with_line_ends_and_wrong_descriptors_are_read(data_dir: Path, name: str, records: int) -> None:
    """The supervisor's samples: every record is found, whatever its descriptor says."""
    _, batch = through_the_door((data_dir / "metro2" / "cfpb_samples" / f"{name}.txt").read_bytes())
    assert batch.records == records
    rules = {(one.record_no, one.rule) for one in batch.findings}
    if name == "m2_file_small_with_error":
        assert (3, "m2-unknown-segment") in rules
    if name == "m2_file_small_no_header":
        assert (0, "m2-header-missing") in rules
    if name.startswith("test_previous"):
        assert (0, "m2-trailer-missing") in rules


def test_the_samples_trailers_count_right(data_dir: Path) -> None:
    """Our counts of the public samples are those of their trailers."""
    for name in ("unpacked_fixed_file", "unpacked_variable_file", "packed_file"):
        _, batch = through_the_door((data_dir / "metro2" / "moov_testdata" / f"{name}.dat").read_bytes())
        assert not [one for one in batch.findings if one.rule == "m2-trailer-count"]


def test_a_line_of_another_format_is_no_record_of_this_one() -> None:
    """A month of openbureau/1 between Metro 2 records is refused like any other garbage, not taken."""
    line = b'{"record":"month","account_no":"LOAN-1","month":"2026-09","status":"N"}\n'
    parts = [render_record({"header": {}}), line, render_record(made()), line]
    _, batch = through_the_door(b"".join(parts))
    assert [(one.record_no, one.rule) for one in batch.findings] == [
        (1, "m2-no-record"), (3, "m2-no-record"), (0, "m2-trailer-missing"),
    ]  # fmt: skip
    assert (batch.records, batch.refused, len(batch.tradelines)) == (3, 2, 1)


def test_what_is_detected_is_only_metro2() -> None:
    """JSON Lines, CSV and Parquet are never taken for Metro 2, and the wish for openbureau holds."""
    for content in (b'{"record":"subject"}\n', b"account_no,month,status\n", b"PAR1" + b"\0" * 50, b"", b"1234567890"):
        assert detect_form(content) is None
    metro2 = b"".join(render_file([made()]))
    opened = open_file(io.BytesIO(metro2), LIMIT)
    assert isinstance(opened, tuple)
    assert opened[0] == Dialect("metro2", "character", ("lines",))
    assert not isinstance(open_file(io.BytesIO(metro2), LIMIT, format="openbureau"), tuple)
    assert SPOTLESS["surname"] == "MADEUP"
