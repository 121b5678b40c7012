"""Parsing never raises: every record of any bytes is one update or at least one finding."""

import io
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.furnished import CLEAN as RECORDS
from openbureau.core.furnishing.offline import check_file
from openbureau.core.furnishing.parquet import write_parquet
from openbureau.core.furnishing.parse import FORMATS, Dialect, detect, parser
from openbureau.core.furnishing.write import render_csv, render_jsonl
from openbureau.law.reader import load_law
from world import NOW, PEOPLE, loan, months, subject_record

RULEBOOK = load_law("cn").on(NOW.date())
CLEAN = [subject_record(PEOPLE["good"]), loan(PEOPLE["good"]), *months("P0001-1", "N12N")]
JSONL = b"".join(map(render_jsonl, CLEAN))
CSV = b"".join(render_csv("month", CLEAN[2:]))


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([None, *FORMATS]))
@example(b'{"record":"month","month":1e999}\n', None)
@example(b'{"record":' + b"[" * 5000 + b"\n", "jsonl")
@example(b'account_no,month,status\n"', "csv")
@example(b"\xef\xbb\xbf{}", None)
def test_any_bytes_are_accounted_for(content: bytes, format_: str | None) -> None:
    """Accepted and refused add up, and what is refused is told."""
    found = check_file(io.BytesIO(content), RULEBOOK, format=format_, most=1000)
    assert found.records == found.accepted + found.refused
    assert len({one.record_no for one in found.shown if one.refuses and one.record_no}) == found.refused
    if format_ == "jsonl" and all(one.record_no for one in found.shown):
        assert found.records == sum(bool(line.strip()) for line in content.split(b"\n"))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([JSONL, CSV]), st.data())
def test_a_damaged_file_is_accounted_for(content: bytes, data: st.DataObject) -> None:
    """Cut, flipped and doubled bytes: as above."""
    at = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(at, min(at + 40, len(content))))
    put = data.draw(st.binary(max_size=12))
    found = check_file(io.BytesIO(content[:at] + put + content[end:]), RULEBOOK)
    assert found.records == found.accepted + found.refused
    assert found.findings >= found.refused


@given(st.binary(max_size=200))
@example(b'{"record":"month","account_no":1,"account_no":"A","month":"2026-10","status":"N"}')
def test_one_record_of_any_bytes(content: bytes) -> None:
    """An update or findings that refuse, for each format."""
    for dialect in (Dialect("jsonl"), Dialect("csv", "month", ("account_no", "month", "status"))):
        found = parser(dialect)(content, 1)
        if isinstance(found, tuple):
            assert any(one.refuses for one in found)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty-file"),
        (b"\n\n", "empty-file"),
        ("账户,月份\n".encode("gb18030"), "wrong-encoding"),
        ("{}".encode("utf-16"), "wrong-encoding"),
        (CSV.replace(b"status", b"statos", 1), "unknown-column"),
        (CSV.replace(b",month", b"", 1), "missing-column"),
        (JSONL[: len(JSONL) - 30], "not-json"),
        (JSONL.replace(b'"status":"1"', b'"status":"9"'), "unknown-code"),
        (JSONL.replace(b'"month":"2024-12"', b'"month":"2031-12"'), "month-in-future"),
        (JSONL.replace(b'"opened_on":"2024-11-05"', b'"opened_on":"2031-01-01"'), "day-in-future"),
    ],
)
def test_each_bad_file_has_its_finding(content: bytes, rule: str) -> None:
    """Empty, another encoding, a wrong column, a missing one, cut off, unknown codes, days to come."""
    assert content not in (JSONL, CSV)
    found = check_file(io.BytesIO(content), RULEBOOK)
    assert rule in {one.rule for one in found.shown}, found.shown


def _parquet() -> bytes:
    held = io.BytesIO()
    write_parquet(held, "month", CLEAN[2:])
    return held.getvalue()


def _changed(kind: str, **changes: object) -> bytes:
    return json.dumps({"record": kind, **RECORDS[kind], **changes}).encode() + b"\n"


@pytest.mark.parametrize(
    ("content", "rule", "field"),
    [
        (b"PAR1 and nothing of a file behind it", "broken-file", ""),
        (_parquet()[:-9], "broken-file", ""),
        (_changed("month").replace(b'"N"', b'"\xff"'), "not-utf8", ""),
        (b"account_no,month,status\n\xff,2026-10,N\n", "not-utf8", ""),
        (b'{"record":"mouth"}\n', "unknown-record", "record"),
        (b'{"account_no":"A-1"}\n', "unknown-record", "record"),
        (_changed("month", statos="N"), "unknown-field", "statos"),
        (_changed("month", status=1), "wrong-type", "status"),
        (_changed("month", balance_fen="1"), "wrong-type", "balance_fen"),
        (_changed("business", orders=True), "wrong-type", "orders"),
        (b"account_no,month,status,paid_fen\nA-1,2026-10,N,1.5\n", "wrong-type", "paid_fen"),
        (_changed("month", account_no="A" * 65), "text-too-long", "account_no"),
        (_changed("tradeline", opened_on="2023-02-29"), "bad-day", "opened_on"),
        (_changed("tradeline", opened_on="20230228"), "bad-day", "opened_on"),
        (_changed("month", balance_fen=-1), "bad-amount", "balance_fen"),
        (_changed("month", balance_fen=1.5), "bad-amount", "balance_fen"),
        (_changed("month", balance_fen=2**53), "bad-amount", "balance_fen"),
        (_changed("business", orders=-1), "bad-count", "orders"),
        (_changed("share", share_bp=10_001), "bad-count", "share_bp"),
        (b"account_no,month,status\nA-1,2026-10\n", "wrong-width", ""),
        (b"account_no,month,status\nA-1,2026-10,N,\n", "wrong-width", ""),
        (b'account_no,month,status\nA-1,2026-10,"N"N\n', "wrong-width", ""),
    ],
)
def test_each_bad_record_has_its_finding_and_no_other(content: bytes, rule: str, field: str) -> None:
    """One trouble of a record, or of a file that cannot be opened, gives one finding that refuses and names the field."""
    found = check_file(io.BytesIO(content), RULEBOOK)
    assert [(one.rule, one.field, one.refuses) for one in found.shown] == [(rule, field, True)]
    assert (found.accepted, found.refused) == (0, 0 if rule == "broken-file" else 1)


def test_a_clean_file_is_clean() -> None:
    """The files that are damaged above have no finding of their own."""
    for content in (JSONL, CSV):
        assert check_file(io.BytesIO(content), RULEBOOK).findings == 0
    assert isinstance(detect(JSONL.split(b"\n")[0]), Dialect)
