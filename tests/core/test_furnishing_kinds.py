"""One layout a kind drives parser, writer, schema, contract and these records: what is written is read, in every spelling."""

import io
import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from core.furnished import CLEAN, CONTEXT, records
from openbureau.core.furnishing.batch import RecordReader
from openbureau.core.furnishing.checks import check
from openbureau.core.furnishing.content import PROHIBITED, RESTRICTED, barred_content, barred_name
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.layout import FieldKind
from openbureau.core.furnishing.layouts import KEYS, LAYOUTS
from openbureau.core.furnishing.offline import open_file
from openbureau.core.furnishing.parquet import write_parquet
from openbureau.core.furnishing.parse import CSV, JSONL, Dialect, detect, parse_json
from openbureau.core.furnishing.records import Piece, split_records
from openbureau.core.furnishing.schema import data_contract, json_schema, page
from openbureau.core.furnishing.values import TYPES
from openbureau.core.furnishing.write import render_csv, render_jsonl

LIMIT = 1 << 20


def read_back(content: bytes):
    """The dialect of a whole file and what its records say."""
    opened = open_file(io.BytesIO(content), LIMIT)
    assert not isinstance(opened, Finding), opened
    dialect, pieces = opened
    reader = RecordReader(dialect, CONTEXT)
    return dialect, reader.read(list(pieces))


@pytest.mark.parametrize("kind", LAYOUTS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_what_is_written_is_read(kind, data):
    """Any record of a kind, as a JSON line: the same fields with the same values."""
    drawn = data.draw(records(kind))
    update = parse_json(render_jsonl(drawn), 2)
    assert isinstance(update, TYPES[kind]), update
    read = msgspec.to_builtins(update)
    assert {name: value for name, value in read.items() if value is not None} == drawn


@pytest.mark.parametrize("kind", LAYOUTS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_the_schema_agrees_with_the_parser(kind, data):
    """What the layout allows is valid by the schema; with one value bent, schema and parser say no together."""
    schema = Draft202012Validator(json_schema(LAYOUTS[kind]))
    drawn = data.draw(records(kind))
    assert schema.is_valid(drawn)
    field = data.draw(st.sampled_from(LAYOUTS[kind].fields))
    bent = data.draw(st.sampled_from([None, -1, 1.5, "", [], "x" * 600, 2**60]))
    changed = {name: value for name, value in drawn.items() if name != field.name} | (
        {field.name: bent} if bent is not None else {}
    )
    is_read = not isinstance(parse_json(json.dumps(changed).encode(), 2), tuple)
    if bent and isinstance(bent, str) and field.kind is FieldKind.DAY:
        return  # the schema only says that it is a day
    if bent == "":
        assert is_read != field.is_required
    else:
        assert schema.is_valid(changed) == is_read


def test_an_empty_text_is_no_consent():
    """Empty or blank is absent: a consent without a reference is refused with its article."""
    for blank in ("", " ", "\u3000"):
        update = parse_json(render_jsonl(CLEAN["platform-use"] | {"consent_ref": blank}), 2)
        assert update.consent_ref is None
        assert [one.rule for one in check(update, 2, CONTEXT)] == ["use-without-consent"]


@pytest.mark.parametrize("kind", LAYOUTS)
def test_csv_and_parquet_say_the_same(kind):
    """The clean record of a kind in three spellings is accepted as the same update; the kind is told by the columns."""
    record = CLEAN[kind]
    update = parse_json(render_jsonl(record), 2)
    dialect, batch = read_back(b"".join(render_csv(kind, [record])))
    assert (dialect.format, dialect.record) == (CSV, kind)
    container = io.BytesIO()
    write_parquet(container, kind, [record])
    _, other = read_back(container.getvalue())
    for made in (batch, other):
        assert (made.records, made.accepted, made.findings) == (1, 1, [])
        assert [one for name in made.__slots__ if isinstance(rows := getattr(made, name), list) for one in rows] == [
            (1, update)
        ]


@pytest.mark.parametrize("kind", LAYOUTS)
def test_every_kind_is_described(kind):
    """Schema, contract and page name every field of every kind."""
    schema = json_schema(LAYOUTS[kind])
    names = [field.name for field in LAYOUTS[kind].fields]
    assert list(schema["properties"]) == ["record", *names]
    (contract,) = [one for one in data_contract()["schema"] if one["name"] == kind]
    assert [one["name"] for one in contract["properties"]] == names
    keys = {one["name"]: one["primaryKeyPosition"] for one in contract["properties"] if one.get("primaryKey")}
    assert sorted(keys, key=lambda name: keys[name]) == list(KEYS.get(kind, ()))
    assert all(f"`{name}`" in page() for name in [kind, *names])


@pytest.mark.parametrize(
    ("columns", "kind"),
    [("target,key,month,reason,decided_on", "deletion"), ("target,key,field,new_value,reason,decided_on", "correction"),
     ("account_no,month,status", "month"), ("account_no,funder,share_bp,as_of_on", "share")],
)  # fmt: skip
def test_the_columns_tell_the_kind(columns, kind):
    """Where two kinds share all columns given, it is the one that lacks fewest."""
    found = detect(columns.encode())
    assert isinstance(found, Dialect)
    assert found.record == kind


_GOOD = render_jsonl(CLEAN["month"])
_LINES = [
    _GOOD,
    render_jsonl(CLEAN["month"] | {"status": "??", "month": "2026-13"}),
    render_jsonl(
        CLEAN["month"] | {"status": "3", "paid_fen": 0, "overdue_fen": 7, "adverse_notified_on": "2024-11-20"}
    ),
    render_jsonl(CLEAN["month"] | {"balance_fen": -1}),
    render_jsonl(CLEAN["month"] | {"account_no": ""}),
    _GOOD.rstrip(b"\n"),
    _GOOD.replace(b"\n", b"\r\n"),
    b'{"record":"month","account_no":"a"\n',
    b'{"record":"month","balance_fen":[{"a":1}\n',
    b'{"record":"month","q":1}]}\n',
    b'{"record":"month","account_no":"a}\n',
    _GOOD.rstrip(b"\n") + b"," + _GOOD,
    _GOOD.replace(b'"status":"N"', b'"status":"N","record":"share"'),
    b'{"record":"month"}\n',
    b"\n",
    b"]\n",
    render_jsonl(CLEAN["share"]),
]


@given(lines=st.lists(st.sampled_from(_LINES), max_size=12))
@settings(max_examples=400, deadline=None)
def test_a_run_of_months_reads_as_line_by_line(lines):
    """Reading months many at a time never says anything else than reading them one by one, whatever stands between."""
    pieces = [Piece(line, True, True) for line in lines]
    quick, slow = RecordReader(Dialect(JSONL), CONTEXT), RecordReader(Dialect(JSONL), CONTEXT)
    slow._is_quick = False
    assert quick.read(pieces) == slow.read(pieces)
    assert quick.next_record == slow.next_record


@pytest.mark.parametrize(
    ("name", "barred"),
    [
        ("religion", PROHIBITED), ("Religious_Belief", PROHIBITED), ("bloodType", PROHIBITED), ("BLOOD-GROUP", PROHIBITED),
        ("血型", PROHIBITED), ("客户 既往病史", PROHIBITED), ("ｇｅｎｅ", PROHIBITED), ("fingerPrintTemplate", PROHIBITED),
        ("DNA", PROHIBITED), ("xueXing", PROHIBITED), ("hiv_status", PROHIBITED),
        ("monthlyIncome", RESTRICTED), ("SALARY", RESTRICTED), ("年收入", RESTRICTED), ("real_estate", RESTRICTED),
        ("taxPaid", RESTRICTED),
        ("general_ledger", None), ("generated_at", None), ("gender", None), ("syntax", None), ("taxi", None),
        ("limit_fen", None), ("bloodhound", None), ("", None),
    ],
)  # fmt: skip
def test_names_of_fields_are_folded_into_words(name, barred):
    """Case, width, separators and joined words do not hide a barred name; a word that merely holds one is free."""
    assert barred_name(name) == barred


def test_no_field_of_ours_is_barred():
    """The layouts ask for nothing that Art. 14 bars."""
    names = {field.name for layout in LAYOUTS.values() for field in layout.fields}
    assert {name: barred_name(name) for name in names if barred_name(name)} == {}


@pytest.mark.parametrize(
    ("text", "barred"),
    [
        ("信仰：佛教", PROHIBITED), ("该客户系基督教徒", PROHIBITED), ("Religion: none", PROHIBITED), ("血型 A B", PROHIBITED),
        ("B型血", PROHIBITED), ("Blood type O+", PROHIBITED), ("BRCA1", PROHIBITED), ("指纹特征码77", PROHIBITED),
        ("患有 严重 心脏病", PROHIBITED), ("确\u200b诊为肺癌", PROHIBITED), ("ＨＩＶ阳性", PROHIBITED),
        ("ICD-10: E11", PROHIBITED),
        ("diagnosed 2024", PROHIBITED), ("acgtacgtacgtacgtacgtacgtacgt", PROHIBITED), ("既往史:无", PROHIBITED),
        ("月收入 8,000", RESTRICTED), ("年收入：120000元", RESTRICTED), ("salary of 9000", RESTRICTED),
        ("存款余额：5万", RESTRICTED),
        ("甄良", None), ("Christian Muslimov", None), ("虚构市卫生路88号", None), ("合同 2024-虚-77", None), ("A-1-B", None),
        ("收入部", None), ("内部编号 AB12", None),
    ],
)  # fmt: skip
def test_texts_are_searched_for_statements(text, barred):
    """Spaces, width and unseen characters do not hide a statement; a name or an address is none."""
    assert barred_content([("note", text)]) == ((barred, "note") if barred else None)


def test_findings_of_barred_texts_do_not_repeat_them():
    """Neither field name nor content travels on."""
    line = json.dumps(CLEAN["dispute-answer"] | {"note": "患有糖尿病", "既往病史110101199003071234": "x"}).encode()
    found = parse_json(line, 1)
    assert isinstance(found, tuple)
    assert [(one.rule, one.field) for one in found] == [("prohibited-field", "(name withheld)")]


@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.parametrize(
    ("name", "rule"),
    [("income", "restricted-field"), ("annual_income", "restricted-field"), ("收入", "restricted-field"),
     ("religion", "prohibited-field")],
)  # fmt: skip
def test_a_barred_field_is_refused_without_its_value(kind, name, rule):
    """A field that Art. 14 bars refuses the record of any kind, named and without what it holds."""
    found = parse_json(json.dumps(CLEAN[kind] | {"record": kind, name: "made-up 7654321"}).encode(), 3)
    assert found == (Finding(3, rule, name),)
    assert found[0].refuses
    assert "7654321" not in repr(found)


@given(
    lines=st.lists(st.sampled_from([b"", b"a", b"bb\r", b'"q', b'q"', b"x" * 9, b"y" * 25]), max_size=12),
    ends=st.booleans(),
    cuts=st.lists(st.integers(1, 12), max_size=12),
    quoted=st.booleans(),
)
@settings(max_examples=600, deadline=None)
def test_records_do_not_depend_on_where_the_stream_is_cut(lines, ends, cuts, quoted):
    """Joined pieces are the stream; however it comes, lines are the same records; none is longer than the limit."""
    stream = b"\n".join(lines) + (b"\n" if ends else b"")
    chunks, rest = [], stream
    for size in cuts:
        chunks.append(rest[:size])
        rest = rest[size:]
    pieces = list(split_records([chunk for chunk in (*chunks, rest) if chunk], 10, quoted=quoted))
    assert b"".join(piece.content for piece in pieces) == stream
    at_once = list(split_records([stream], 10, quoted=quoted)) if stream else []
    assert all(len(piece.content.rstrip(b"\n")) <= 10 for piece in pieces)
    if not quoted:
        assert [piece for piece in pieces if piece.is_whole] == [piece for piece in at_once if piece.is_whole]
        whole = [piece.content.rstrip(b"\n") for piece in pieces if piece.is_whole]
        assert whole == [line for line in stream.removesuffix(b"\n").split(b"\n") if stream and len(line) <= 10]
