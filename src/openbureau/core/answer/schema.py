"""What form has an answer?

JSON Schema (2020-12) of the report, of a person's own report and of the answers that are less; published as
docs/specs/report.schema.json, own-report.schema.json and answer.schema.json, and part of the API's description.  Promises:
an answer has the fields named here and no others; every code is one of its table.  Codes in words:
`core/furnishing/codes.py`.
"""

from collections.abc import Iterable
from typing import Any

from openbureau.core.answer.lesser import BANDS
from openbureau.core.answer.lesser import SCHEMA as ANSWER_SCHEMA
from openbureau.core.answer.word import AnswerWord
from openbureau.core.attribute_list import ATTRIBUTES, FAMILIES
from openbureau.core.furnishing import codes
from openbureau.core.purpose import PURPOSES
from openbureau.core.questions import QUESTIONS
from openbureau.core.report import OWN_SCHEMA, PUBLIC_UNITS
from openbureau.core.report import SCHEMA as REPORT_SCHEMA

Json = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
OUTCOMES = tuple(word.value for word in AnswerWord)
_MARKS = "".join(codes.MONTH_STATUSES) + "/"


def _text(description: str = "", **more: Any) -> Json:
    return {"type": "string"} | ({"description": description} if description else {}) | more


def _count(description: str = "") -> Json:
    return {"type": "integer", "minimum": 0} | ({"description": description} if description else {})


def _money(description: str = "") -> Json:
    return {"type": "integer"} | {"description": description or "Smallest unit of the currency."}


def _code(table: Iterable[str]) -> Json:
    return {"type": "string", "enum": list(table)}


def _maybe(shape: Json) -> Json:
    return {"anyOf": [shape, {"type": "null"}]}


def _list(items: Json, description: str = "") -> Json:
    return {"type": "array", "items": items} | ({"description": description} if description else {})


def _object(description: str = "", optional: tuple[str, ...] = (), /, **fields: Json) -> Json:
    return {
        "type": "object",
        **({"description": description} if description else {}),
        "properties": fields,
        "required": [name for name in fields if name not in optional],
        "additionalProperties": False,
    }


_DAY = _text(format="date")
_MONTH = _text("YYYY-MM", pattern="^[0-9]{4}-(0[1-9]|1[0-2])$")
_INSTANT = _text("RFC 3339, UTC", format="date-time")
_CURRENCY = _code(codes.CURRENCIES)
_BY = _text("An institution: its id to itself and to the person; else two letters, stable within one answer.")
_BOTH = _object("A text in both languages.", en=_text(), zh=_text())
_REASONS = _list(
    _object(code=_code(row.name for row in ATTRIBUTES), family=_code(FAMILIES)), "Strongest first, four at most."
)
_COUNTED = {"inquiries": _count(), "lenders": _count()}


def _header() -> Json:
    return _object(
        "Which answer this is (PBOC PRH).",
        report_id=_text(format="uuid"), made_at=_INSTANT, known_as_of=_INSTANT, asked_by=_text(), purpose=_text(),
        product=_text("As in the leaf: name; for questions their ids, for a past moment its instant."),
        outcome=_code(OUTCOMES),
    )  # fmt: skip


def _score() -> Json:
    point = _object(
        attribute=_code(row.name for row in ATTRIBUTES), family=_code(FAMILIES), value=_maybe({"type": "integer"}),
        special=_maybe(_text()), points={"type": "integer"}, reference={"type": "integer"}, tradelines=_list(_text()),
    )  # fmt: skip
    return _object(
        "The score, how it adds up, and why it is not higher (PBOC PSM).",
        scorecard=_text(), scorecard_digest=_text(pattern="^[0-9a-f]{64}$"), standing=_BOTH,
        value=_maybe({"type": "integer"}), note=_maybe(_code(["not-enough-data"])),
        sum=_maybe(_object(base={"type": "integer"}, total={"type": "integer"}, cut={"type": "integer"})),
        points=_list(point), reasons=_REASONS,
    )  # fmt: skip


def _summary() -> Json:
    kind = {"account_type": _code(codes.ACCOUNT_TYPES), "currency": _CURRENCY}
    owed = _list(_object(currency=_CURRENCY, accounts=_count(), balance_fen=_money()))
    return _object(
        "Credit summary (PBOC PCO).",
        by_account_type=_list(_object(
            **kind, accounts=_count(), open=_count(), limit_fen=_money(), balance_fen=_money(), overdue_fen=_money())),
        by_business_type=_list(_object(business_type=_text(), accounts=_count(), first_month=_MONTH)),
        recovered=owed, bad_debts=owed,
        overdue=_list(_object(
            **kind, accounts=_count(), months=_count(), highest_fen=_money(), longest_run=_count("months in a row"))),
        loans=_list(_object(
            **kind, institutions=_count(), accounts=_count(), limit_fen=_money(), balance_fen=_money(),
            average_due_6_fen=_maybe(_money()))),
        cards=_list(_object(
            **kind, institutions=_count(), accounts=_count(), limit_fen=_money(), highest_limit_fen=_money(),
            lowest_limit_fen=_money(), used_fen=_money(), average_used_6_fen=_maybe(_money()))),
        linked_duties=_list(_object(
            role=_code([*codes.ROLES, "guarantee"]), currency=_CURRENCY, duties=_count(), amount_fen=_money(),
            balance_fen=_maybe(_money()))),
    )  # fmt: skip


def _inquiry_summary() -> Json:
    return _object(
        "Inquiry summary (PBOC PQO): answered ones; of the counts by purpose, all of two years.",
        last=_maybe(_object(asked_on=_DAY, by=_BY, purpose=_code(PURPOSES))),
        last_month=_object(**_COUNTED, loan=_object(**_COUNTED), card=_object(**_COUNTED)),
        last_two_years=_object(**_COUNTED, post_loan=_count(), guarantor=_count(), merchant=_count()),
        refused=_count(),
    )


def _account(*, has_history: bool = True) -> Json:
    history = _object(
        "One character a month, oldest first; `/` for a month without a row or one that may not be shown.",
        first_month=_MONTH, statuses=_text(pattern=f"^[{_MARKS.replace('*', chr(92) + '*')}]*$"),
        overdue_fen=_list(_maybe(_money())),
    )  # fmt: skip
    latest = _object(
        "The newest month of an open account.",
        month=_MONTH, status=_code(_MARKS), periods_overdue=_count(), balance_fen=_maybe(_money()), due_fen=_maybe(_money()),
        paid_fen=_maybe(_money()), overdue_fen=_maybe(_money()),
    )  # fmt: skip
    return _object(
        "One credit account (PBOC PDA).", ("shares", "part"),
        tradeline_id=_text(format="uuid"), furnisher=_BY, account_type=_code(codes.ACCOUNT_TYPES), business_type=_text(),
        role=_code(codes.ROLES), opened_on=_DAY, closed_on=_maybe(_DAY), due_on=_maybe(_DAY), currency=_CURRENCY,
        limit_fen=_money(), account_status=_code(codes.ACCOUNT_STATUSES), five_class=_maybe(_code(codes.FIVE_CLASSES)),
        as_of_on=_DAY, balance_fen=_money(), overdue_fen=_money(), latest=_maybe(latest),
        **({"history": history} if has_history else {}),
        shares=_list(_object(funder=_BY, share_bp=_count("basis points")), "Who funds a joint loan; where held."),
        part=_object("The subject's own part; where held.", liability_fen=_maybe(_money()), ended_on=_maybe(_DAY)),
    )  # fmt: skip


def _duty() -> Json:
    return _object(
        "A guarantee given (PBOC PCR).",
        guarantee_id=_text(format="uuid"), furnisher=_BY, kind=_code(codes.GUARANTEE_KINDS), starts_on=_DAY,
        ends_on=_maybe(_DAY), currency=_CURRENCY, amount_fen=_money(), outstanding_fen=_maybe(_money()),
        status=_code(codes.GUARANTEE_STATUSES), as_of_on=_DAY,
    )  # fmt: skip


def _public() -> Json:
    return _object(
        "A public record (PBOC PF01 to PF08).",
        public_id=_text(format="uuid"), furnisher=_BY, kind=_code(codes.PUBLIC_KINDS),
        unit=_maybe(_code(sorted(PUBLIC_UNITS.values()))), issuer=_maybe(_text()), case_no=_maybe(_text()), decided_on=_DAY,
        amount_fen=_maybe(_money()), status=_code(codes.PUBLIC_STATUSES), ended_on=_maybe(_DAY), as_of_on=_DAY,
    )  # fmt: skip


def _inquiry() -> Json:
    return _object(
        "One inquiry (PBOC POQ).",
        asked_on=_DAY, by=_BY, purpose=_code(PURPOSES), reason=_maybe(_code(codes.INQUIRY_REASONS)),
        outcome=_code(["answered", "no-hit", "refused"]),
    )  # fmt: skip


def _activity() -> Json:
    """The two blocks that a person's own report alone has."""
    told = {"consent_given_on": _maybe(_DAY), "notice_on": _maybe(_DAY)}
    amount, count = _maybe(_money()), _maybe(_count())
    use = _object(
        "A month of use of one service, in bands.  A figure is null where it was not furnished or is past its time.",
        furnisher=_BY, service=_code(codes.SERVICES), month=_MONTH, active_band=_code(codes.DAY_BANDS),
        spend_band=_maybe(_code(codes.AMOUNT_BANDS)), bills=count, bills_late=count, overdue_fen=amount,
        adverse_notified_on=_maybe(_DAY), **told,
    )  # fmt: skip
    business = _object(
        "A month of a firm's or sole trader's activity.",
        furnisher=_BY, month=_MONTH, trader_kind=_code(codes.TRADER_KINDS), turnover_fen=amount, refund_fen=amount,
        orders=count, customers=count, active_days=count, largest_bp=count, penalties=count, **told,
    )  # fmt: skip
    return {"platform_use": _list(use, "Newest month first."), "business": _list(business, "Newest month first.")}


def own_report_shape() -> Json:
    """A person's own report: a report and two blocks."""
    shape = report_shape()
    fields = shape["properties"] | {"schema": {"const": OWN_SCHEMA}} | _activity()
    return _object("A person's own report, canonical JSON: its SHA-256 stands in the log.", **fields)


def report_shape() -> Json:
    """A report, block by block."""
    elsewhere = _object(
        asked_on=_DAY, by=_BY, kind=_code(codes.INSTITUTION_KINDS), reason=_code(codes.INQUIRY_REASONS)
    )  # fmt: skip
    return _object(
        "A report, canonical JSON: its SHA-256 stands in the log.",
        schema={"const": REPORT_SCHEMA}, synthetic={"type": "boolean", "description": "true for a made-up subject"},
        header=_header(),
        identity=_object("Who it is about (PBOC PIM).", kind=_code(codes.SUBJECT_KINDS), id_kind=_code(codes.ID_KINDS),
                         id_number=_text(), name=_text()),
        score=_maybe(_score()), summary=_summary(),
        public_summary=_list(_object(kind=_code(codes.PUBLIC_KINDS), records=_count(), amount_fen=_maybe(_money())),
                             "Public records by kind (PBOC PPO)."),
        inquiry_summary=_inquiry_summary(), accounts=_list(_account()), linked_duties=_list(_duty()),
        public_records=_list(_public()),
        statements=_list(_object("The person's own words (PBOC POS).", tradeline_id=_text(), made_on=_DAY, words=_text())),
        inquiries=_list(_inquiry(), "Two years, newest first, at most 200."),
        inquiries_elsewhere=_list(elsewhere, "Two years, newest first."), notice=_text(),
    )  # fmt: skip


def answer_shape() -> Json:
    """An answer that is less than a report: head, one block (two for changes), notice."""
    score = _object(
        scorecard=_text(), scorecard_digest=_text(pattern="^[0-9a-f]{64}$"), standing=_BOTH,
        value=_maybe({"type": "integer"}), note=_maybe(_code(["not-enough-data"])), lowest={"type": "integer"},
        highest={"type": "integer"}, band=_maybe({"type": "integer", "minimum": 1, "maximum": BANDS}), reasons=_REASONS,
    )  # fmt: skip
    attribute = _object(
        name=_code(row.name for row in ATTRIBUTES),
        unit=_text(),
        value=_maybe({"type": "integer"}),
        special=_maybe(_text()),
    )
    answer = _object(
        id=_code(QUESTIONS),
        answer=_code(sorted({one for row in QUESTIONS.values() for one in row.answers})),
        unit=_maybe(_text()),
    )
    blocks = {
        "score": _maybe(score), "attributes": _list(attribute), "answers": _list(answer), "since": _maybe(_INSTANT),
        "changes": _maybe(_changes()),
    }  # fmt: skip
    return _object(
        "A product that is less than a report, canonical JSON.", tuple(blocks),
        schema={"const": ANSWER_SCHEMA}, synthetic={"type": "boolean"}, header=_header(), **blocks, notice=_text(),
    )  # fmt: skip


def _changes() -> Json:
    cell = _maybe(_object(status=_code(_MARKS), overdue_fen=_maybe(_money())))
    rows = {"accounts": ("tradeline_id", _account(has_history=False)), "linked_duties": ("guarantee_id", _duty()),
            "public_records": ("public_id", _public())}  # fmt: skip

    def block(key: str, row: Json) -> Json:
        changed = _object(
            **{key: _text(format="uuid")}, furnisher=_BY,
            fields=_list(_object(field=_text(), before={}, after={})),
            months=_list(_object(month=_MONTH, before=cell, after=cell)),
        )  # fmt: skip
        return _object(new=_list(row), gone=_list(_text(format="uuid")), changed=_list(changed))

    found = {name: block(key, row) for name, (key, row) in rows.items()}
    return _object("What came, went and changed since.", **found, inquiries=_object(new=_list(_inquiry())))


def documents() -> dict[str, Json]:
    """The published schemas by file name."""
    return {
        f"{name}.schema.json": {"$schema": DIALECT, "$id": f"urn:{schema.replace('/', ':')}", "title": schema} | shape
        for name, schema, shape in (
            ("report", REPORT_SCHEMA, report_shape()),
            ("own-report", OWN_SCHEMA, own_report_shape()),
            ("answer", ANSWER_SCHEMA, answer_shape()),
        )
    }
