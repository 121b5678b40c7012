"""How does a machine, and how does a person, learn the format?

JSON Schema, a data contract (ODCS) and a page, all made from the layouts; and the hash of the whole rule pack.
"""

import hashlib
from typing import Any

from openbureau.core.furnishing import content
from openbureau.core.furnishing.checks import CHECKS, CHECKS_CODE
from openbureau.core.furnishing.layout import Field, FieldKind, Layout
from openbureau.core.furnishing.layouts import FORMAT, KEYS, LAYOUTS
from openbureau.core.furnishing.messages import RULES
from openbureau.core.furnishing.parse import MOST_AMOUNT
from openbureau.core.metro2 import METRO2_CODE
from openbureau.core.metro2.checks import APPENDED_RULES, BASE_RULES
from openbureau.core.metro2.layout import SEGMENTS, Slot
from openbureau.tlog.canonical import canonical


def json_schema(layout: Layout) -> dict[str, Any]:
    """JSON Schema (2020-12) of one record kind."""
    properties: dict[str, Any] = {"record": {"const": layout.record}}
    properties.update((field.name, _property(field)) for field in layout.fields)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{FORMAT} {layout.record}",
        "type": "object",
        "properties": properties,
        "required": ["record", *(field.name for field in layout.fields if field.is_required)],
        "additionalProperties": False,
    }


def _property(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"description": f"{field.en} / {field.zh}"}
    match field.kind:
        case FieldKind.AMOUNT:
            found |= {"type": "integer", "minimum": 0, "maximum": MOST_AMOUNT}
        case FieldKind.COUNT:
            found |= {"type": "integer", "minimum": 0, "maximum": field.most}
        case FieldKind.FLAG:
            found |= {"type": "boolean"}
        case FieldKind.DAY:
            found |= {"type": "string", "format": "date"}
        case FieldKind.MONTH:
            found |= {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}
        case FieldKind.CODE:
            found |= {"enum": list(field.codes or ())}
        case FieldKind.TEXT:
            found |= {"type": "string", "minLength": 1, "maxLength": field.longest}
    return found


def rule_pack_hash() -> str:
    """SHA-256 (hex) over layouts, codes, checks in their order, barred words and findings: door and offline check print the
    same."""
    pack = {
        "format": FORMAT,
        "layouts": [json_schema(layout) for layout in LAYOUTS.values()],
        "checks": {record: [one.__name__ for one in checks] for record, checks in CHECKS.items()},
        "code": CHECKS_CODE,
        "barred": content.pack(),
        "metro2_code": METRO2_CODE,
        "metro2": [[segment.name, *map(_slot_row, segment.slots)] for segment in SEGMENTS.values()],
        "metro2_rules": [[one.rule, one.field] for one in BASE_RULES]
        + [[one.rule, one.field] for one in APPENDED_RULES],
        "rules": {name: [rule.severity, *rule.what, *rule.cure, rule.law or ""] for name, rule in RULES.items()},
    }
    return hashlib.sha256(canonical(pack)).hexdigest()


def _slot_row(slot: Slot) -> list[Any]:
    return [slot.name, slot.kind.value, slot.length, sorted(slot.codes or ())]


_LOGICAL = {FieldKind.AMOUNT: "integer", FieldKind.COUNT: "integer", FieldKind.FLAG: "boolean", FieldKind.DAY: "date"}


def data_contract() -> dict[str, Any]:
    """The Open Data Contract Standard (ODCS 3) document of the format: one object a record kind."""
    return {
        "apiVersion": "v3.0.2",
        "kind": "DataContract",
        "id": "openbureau-1",
        "name": FORMAT,
        "version": "1.0.0",
        "status": "active",
        "description": {
            "purpose": "What a furnisher sends to a credit bureau. 信息提供者向征信机构报送的数据。",
            "usage": "JSON Lines, CSV or Parquet; see docs/specs/openbureau-1.md.",
            "limitations": "No religion, genes, fingerprints, blood type, illness or medical history in any field.",
        },
        "schema": [_contract_object(layout) for layout in LAYOUTS.values()],
    }


def _contract_object(layout: Layout) -> dict[str, Any]:
    rules = dict.fromkeys(one.__name__ for one in CHECKS[layout.record])
    described = {one.__name__: (one.__doc__ or "").strip() for one in CHECKS[layout.record]}
    return {
        "name": layout.record,
        "logicalType": "object",
        "description": f"{layout.en} / {layout.zh}",
        "properties": [_contract_property(layout, field) for field in layout.fields],
        "quality": [{"name": name, "type": "text", "description": described[name]} for name in rules],
    }


def _contract_property(layout: Layout, field: Field) -> dict[str, Any]:
    key = KEYS.get(layout.record, ())
    made: dict[str, Any] = {
        "name": field.name,
        "logicalType": _LOGICAL.get(field.kind, "string"),
        "description": f"{field.en} / {field.zh}",
        "required": field.is_required,
    }
    if field.name in key:
        made |= {"primaryKey": True, "primaryKeyPosition": key.index(field.name) + 1}
    if field.personal != "none":
        made["classification"] = "restricted"
    shape = {
        name: value
        for name, value in _property(field).items()
        if name in {"minimum", "maximum", "minLength", "maxLength", "pattern"}
    }
    if shape:
        made["logicalTypeOptions"] = shape
    if field.codes:
        made["quality"] = [{"name": "codes", "type": "text", "description": f"one of {', '.join(field.codes)}"}]
    return made


def page() -> str:
    """The page of the format in docs/specs, in both languages."""
    lines = [
        f"# The format {FORMAT}",
        "",
        "Made from the layouts in `core/furnishing/layouts.py` by `./dev docs`; do not edit. 由布局自动生成，请勿手工修改。",
        "",
        "Write records as JSON Lines (one object a line, `record` names its kind), as CSV (one kind a file, a first line of",
        "column names) or as Parquet (one kind a file). UTF-8. Days are `2026-11-24`, months `2026-11`, amounts whole numbers",
        "of the smallest unit. A subject comes before its tradelines, a tradeline before its months and parties. Sending a",
        "file twice changes nothing. Check a file before sending it: `openbureau check FILE`.",
        "",
        "以 JSON Lines、CSV 或 Parquet 报送，UTF-8 编码。金额为最小货币单位的整数。先报主体，再报账户，后报月份。",
        "重复报送不产生变化。报送前可离线校验：`openbureau check 文件`。",
    ]
    for layout in LAYOUTS.values():
        lines += [
            "",
            f"## `{layout.record}` {layout.en} {layout.zh}",
            "",
            "| field | kind | must | en | zh |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| `{field.name}` | {field.kind.value}{_longest(field)} | {'yes' if field.is_required else 'no'} "
            f"| {field.en} | {field.zh} |"
            for field in layout.fields
        ]
        for field in layout.fields:
            if field.codes:
                lines += ["", f"Codes of `{field.name}`:", "", "| code | en | zh |", "|---|---|---|"]
                lines += [f"| `{code}` | {english} | {chinese} |" for code, (chinese, english) in field.codes.items()]
    lines += ["", "## Findings", "", "A record with a finding that refuses stays out; all others are accepted.", ""]
    lines += ["| rule | severity | what | cure | 说明 | law |", "|---|---|---|---|---|---|"]
    lines += [
        f"| `{name}` | {rule.severity} | {rule.what[0]} | {rule.cure[0]} | {rule.what[1]}{rule.cure[1]} | {rule.law or ''} |"
        for name, rule in RULES.items()
        if not name.startswith("m2-")
    ]
    return "\n".join(lines) + "\n"


def _longest(field: Field) -> str:
    return f", at most {field.longest}" if field.kind is FieldKind.TEXT else ""
