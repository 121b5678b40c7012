"""The Metro 2 page, its JSON Schema and its data contract, all made from the one layout."""

import json
from typing import Any

import yaml

from openbureau.core.furnishing.messages import RULES
from openbureau.core.furnishing.parse import MOST_AMOUNT
from openbureau.core.metro2 import layout
from openbureau.core.metro2.layout import SEGMENTS, Codes, Kind, Segment, Slot

# What becomes of a value of the base segment (and of J1 and J2): record kind and field of openbureau/1, with the reading.
MEANING: dict[str, tuple[str, str]] = {
    "time_stamp": ("kept in the receipt; tells how numbers are packed", "存于回执；据此判断数字的压缩方式"),
    "correction_indicator": ("kept; a replacement is a new version like any other", "保存；替换记录与其他新版本相同"),
    "consumer_account_number": (
        "`account_no` of tradeline, month, party, deletion",
        "账户、月度、关系人、删除的 `account_no`",
    ),
    "portfolio_type": (
        "`account_type`: I, M, L are D1; R with a card type R2; C, O and other R R1; types 48, 0C, 77 are C1",
        "`account_type`：I、M、L 为 D1；R 且为卡类为 R2；C、O 及其他 R 为 R1；48、0C、77 为 C1",
    ),
    "account_type": ("`business_type`, by the table below; 99 when not known", "`business_type`，见下表；未知为 99"),
    "date_opened": ("`opened_on`", "`opened_on`"),
    "credit_limit": ("`limit_fen` of C, O, R; times 100", "C、O、R 的 `limit_fen`，乘以 100"),
    "highest_credit": (
        "`limit_fen` of I, M, L, and where no limit is given; times 100",
        "I、M、L 及未填额度时的 `limit_fen`，乘以 100",
    ),
    "terms_duration": (
        "`due_on` of I, M, L: the day opened plus the terms, months for I and L, years for M",
        "I、M、L 的 `due_on`：开立日期加期限，I、L 以月计，M 以年计",
    ),
    "scheduled_monthly_payment_amount": ("`due_fen` of the present month; times 100", "当月 `due_fen`，乘以 100"),
    "actual_payment_amount": ("`paid_fen` of the present month; times 100", "当月 `paid_fen`，乘以 100"),
    "account_status": (
        "`account_status` of the tradeline and `status` of the present month, by the table below; DA and DF are a deletion",
        "账户 `account_status` 与当月 `status`，见下表；DA、DF 为删除",
    ),
    "payment_rating": ("`status` of the present month for status 05", "状态 05 时的当月 `status`"),
    "payment_history_profile": (
        "a month for each letter, the newest being the month before the record; without amounts; none before the opening",
        "每个字母对应一个月，最新者为记录所在月的前一月；不含金额；不早于开立月份",
    ),
    "current_balance": ("`balance_fen` of the present month; times 100", "当月 `balance_fen`，乘以 100"),
    "amount_past_due": ("`overdue_fen` of the present month; times 100", "当月 `overdue_fen`，乘以 100"),
    "date_account_information": ("`as_of_on`; its month is the present month", "`as_of_on`；其所在月为当月"),
    "date_closed": ("`closed_on` where the status says closed", "状态为关闭时的 `closed_on`"),
    "surname": ("`name`: first, middle, last", "`name`：名、中间名、姓"),
    "first_name": ("`name`", "`name`"),
    "middle_name": ("`name`", "`name`"),
    "social_security_number": (
        "`id_number` with `id_kind` us-ssn, and `subject_ref`",
        "`id_number`（`id_kind` 为 us-ssn）及 `subject_ref`",
    ),
    "date_birth": ("`born_on`", "`born_on`"),
    "telephone_number": ("`phone`", "`phone`"),
    "ecoa_code": (
        "`role`: 1, 2, 7 borrower, 5 guarantor; of J1 and J2: 1, 2, 7 co-borrower, 5 guarantor; W and X never acted on",
        "`role`：1、2、7 为借款人，5 为担保人；J1、J2 中 1、2、7 为共同借款人，5 为担保人；W、X 一律不据以处理",
    ),
}
KEPT = ("kept in the receipt; not used", "存于回执，不使用")
TABLES: tuple[tuple[str, str, Codes], ...] = (
    ("portfolio_type", "组合类型", layout.PORTFOLIOS), ("terms_frequency", "还款频率", layout.FREQUENCIES),
    ("payment_rating", "还款评级", layout.RATINGS), ("ecoa_code", "本人与账户的关系", layout.ECOA),
    ("compliance_condition_code", "异议与关闭标识", layout.COMPLIANCE),
    ("purchased_indicator", "购售标识", layout.INDICATORS_PURCHASED), ("agency_identifier", "机构标识", layout.AGENCIES),
    ("specialized_payment_indicator", "特殊还款", layout.SPECIAL_PAYMENTS), ("change_indicator", "变更标识", layout.CHANGES),
)  # fmt: skip
INTRODUCTION = """# The format Metro 2

Made from `core/metro2/layout.py` by `./dev docs`; do not edit. 由布局自动生成，请勿手工修改。

Send it as it is: `openbureau check FILE --format metro2` offline, `openbureau furnish FILE --format metro2`, or
`POST /v1/furnishings?format=metro2`; the format is also found out from the first record. Beside this page: the
[JSON Schema](metro2.schema.json) of values and the [data contract](metro2.odcs.yaml). Why it is read so:
[0013](../decisions/0013-metro2.md).

Read and written: characters (426) and packed (366); fixed records and records behind a block descriptor; with and without
line ends. Packed numbers are packed decimals with a sign in the last half byte; the packed binary numbers that one public
program writes are read too, and told apart by the last byte of the time stamp. Descriptors that do not fit are told, and the
record is found all the same where line ends or its segments tell its length. Header and trailer are no records: what is
wrong with them is told of the file (record 0). Every other record is taken with all its parts, or refused with a finding.

Metro 2 cannot say that a person was told before adverse information was furnished (Art. 15 of the Credit Reporting
Regulation). Nothing is invented: a record whose present state is adverse is refused, adverse months of the history are left
out; both as `adverse-without-notice`. Send those months as `month` records of [openbureau/1](openbureau-1.md) with
`adverse_notified_on`.

按原样报送：离线校验 `openbureau check 文件 --format metro2`，报送 `openbureau furnish 文件 --format metro2` 或
`POST /v1/furnishings?format=metro2`。支持字符（426）与压缩（366）两种形式、定长与带数据块长度字的记录、有无换行均可。
Metro 2 无法说明不良信息已事先告知本人（《征信业管理条例》第十五条），故当前状态为不良的记录不予采用，历史中的不良月份予以略去，
均以 `adverse-without-notice` 告知；此类月份请以 openbureau/1 的 `month` 记录并附 `adverse_notified_on` 报送。
"""


def page() -> str:
    """The page in both languages: positions, meaning, codes, findings."""
    lines = [INTRODUCTION]
    for segment in SEGMENTS.values():
        lines += _segment_lines(segment)
    lines += ["", "## Codes 代码"]
    for name, zh, codes in TABLES:
        lines += ["", f"### `{name}` {zh}", "", "| code | en | zh |", "|---|---|---|"]
        lines += [f"| {code} | {en} | {chinese} |" for code, (en, chinese) in codes.items()]
    lines += _status_lines()
    lines += ["", "## Findings 发现", "", "| rule | severity | what | cure | 说明 | law |", "|---|---|---|---|---|---|"]
    lines += [
        f"| `{name}` | {rule.severity} | {rule.what[0]} | {rule.cure[0]} | {rule.what[1]}{rule.cure[1]} | {rule.law or ''} |"
        for name, rule in RULES.items()
        if name.startswith("m2-")
    ]
    return "\n".join(lines) + "\n"


def _segment_lines(segment: Segment) -> list[str]:
    has_meaning = segment.name in {"base", "j1", "j2"}
    size = f"{segment.size}" + (f", packed {segment.packed_size}" if segment.packed_size != segment.size else "")
    lines = ["", f"## `{segment.name}` {segment.en} {segment.zh} ({size})", ""]
    lines.append("| value | at | packed | kind | en | zh |" + (" becomes | 对应 |" if has_meaning else ""))
    lines.append("|---|---|---|---|---|---|" + ("---|---|" if has_meaning else ""))
    plain, packed = segment.places(), segment.places(is_packed=True)
    for slot in segment.slots:
        places = f"{_at(plain[slot.name])} | {_at(packed[slot.name])}"
        row = f"| `{slot.name}` | {places} | {slot.kind.value} | {slot.en} | {slot.zh} |"
        if has_meaning:
            english, chinese = MEANING.get(slot.name, KEPT)
            row += f" {english} | {chinese} |"
        lines.append(row)
    return lines


def _at(place: slice) -> str:
    return f"{place.start + 1}-{place.stop}"


def _status_lines() -> list[str]:
    lines = ["", "### `account_status` 账户状态", ""]
    lines += ["`!` is adverse without an equal in openbureau/1. `!` 表示不良且在 openbureau/1 中无对应。", ""]
    lines += ["| code | en | zh | month | D1 | R1 | R2 | C1 |", "|---|---|---|---|---|---|---|---|"]
    for code, (english, chinese) in layout.STATUSES.items():
        row = layout.ACCOUNT_STATUS.get(code, ("",) * 4)
        lines.append(
            f"| {code} | {english} | {chinese} | `{layout.MONTH_OF_STATUS.get(code, ' ')}` | " + " | ".join(row) + " |"
        )
    lines += ["", "### `payment_history_profile` 还款历史", "", "| code | en | zh | month |", "|---|---|---|---|"]
    lines += [
        f"| {code} | {en} | {zh} | `{layout.HISTORY_MONTHS[code] or ' '}` |"
        for code, (en, zh) in layout.HISTORY.items()
    ]
    lines += ["", "### `account_type` 账户类型", ""]
    lines += ["| code | en | zh | business type | usual portfolio |", "|---|---|---|---|---|"]
    lines += [
        f"| {code} | {en} | {zh} | {kind} | {usual} |" for code, (en, zh, kind, usual) in layout.ACCOUNT_TYPES.items()
    ]
    return lines


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a record as values: `{"base": {...}, "j1": [...]}`, a header or a trailer."""
    appended = {
        segment.name: {"type": "array", "items": {"$ref": f"#/$defs/{segment.name}"}}
        for segment in layout.APPENDED.values()
    }

    def record(first: str, rest: dict[str, Any]) -> dict[str, Any]:
        own = {first: {"$ref": f"#/$defs/{first}"}}
        return {"type": "object", "properties": own | rest, "required": [first], "additionalProperties": False}

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Metro 2, one record as values",
        "oneOf": [record("base", appended), record("header", {}), record("trailer", {})],
        "$defs": {segment.name: _segment_schema(segment) for segment in SEGMENTS.values()},
    }


def _segment_schema(segment: Segment) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"{segment.en} / {segment.zh}",
        "properties": {slot.name: _slot_schema(slot) for slot in segment.slots},
        "additionalProperties": False,
    }


def _slot_schema(slot: Slot) -> dict[str, Any]:
    found: dict[str, Any] = {"description": f"{slot.en} / {slot.zh}"}
    match slot.kind:
        case Kind.DATE:
            return found | {"type": ["string", "null"], "format": "date"}
        case Kind.TIME:
            return found | {
                "type": ["string", "null"],
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$",
            }
        case Kind.NUMBER | Kind.PHONE | Kind.LENGTH:
            return found | {"type": "integer", "minimum": 0, "maximum": min(10**slot.length - 1, MOST_AMOUNT)}
        case Kind.CODE if slot.codes:
            return found | {"enum": ["", *slot.codes]}
        case _:
            return found | {"type": "string", "maxLength": slot.length}


LOGICAL = {
    Kind.DATE: "date",
    Kind.TIME: "timestamp",
    Kind.NUMBER: "integer",
    Kind.LENGTH: "integer",
    Kind.PHONE: "integer",
}


def contract() -> str:
    """The data contract (Open Data Contract Standard 3.1) in YAML."""
    told = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "openbureau-metro2",
        "name": "metro2",
        "version": "1.0.0",
        "status": "active",
        "description": {
            "purpose": "Furnishing of credit accounts in the Metro 2 format.",
            "usage": "Read and checked by openbureau; see docs/specs/metro2.md.",
            "limitations": "Adverse months need proof of notice (Credit Reporting Regulation Art. 15), which the format lacks.",
        },
        "schema": [_object(segment) for segment in SEGMENTS.values()],
    }
    head = "# Made from core/metro2/layout.py by ./dev docs; do not edit.\n"
    return head + yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120)


def _object(segment: Segment) -> dict[str, Any]:
    plain, packed = segment.places(), segment.places(is_packed=True)
    found: dict[str, Any] = {
        "name": segment.name,
        "logicalType": "object",
        "physicalType": "fixed-width record"
        if segment.name in {"header", "base", "trailer"}
        else "fixed-width segment",
        "description": f"{segment.en} / {segment.zh}",
        "properties": [_property(slot, plain[slot.name], packed[slot.name]) for slot in segment.slots],
    }
    if segment.name == "base":
        rules = [name for name in RULES if name.startswith("m2-")]
        found["quality"] = [{"name": name, "type": "text", "description": RULES[name].what[0]} for name in rules]
    return found


def _property(slot: Slot, plain: slice, packed: slice) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": slot.name,
        "logicalType": LOGICAL.get(slot.kind, "string"),
        "physicalType": f"{slot.kind.value}({slot.length})",
        "description": f"{slot.en} / {slot.zh}",
    }
    if slot.personal != "none":
        found["classification"] = f"personal: {slot.personal}"
    if slot.kind in (Kind.TEXT, Kind.CODE):
        found["logicalTypeOptions"] = {"maxLength": slot.length}
    found["customProperties"] = [
        {"property": "position", "value": _at(plain)},
        {"property": "positionPacked", "value": _at(packed)},
    ]
    if slot.codes:
        found["customProperties"].append({"property": "codes", "value": list(slot.codes)})
    return found


def made_files() -> dict[str, str]:
    """Name and text of every file."""
    return {
        "metro2.md": page(),
        "metro2.schema.json": json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n",
        "metro2.odcs.yaml": contract(),
    }
