"""How does a machine, and how does a person, learn the format?  JSON Schema and a page, both made from the layouts."""

import hashlib
from typing import Any

from openbureau.core.furnishing.layout import Field, FieldKind, Layout
from openbureau.core.furnishing.layouts import FORMAT, LAYOUTS
from openbureau.core.furnishing.messages import RULES
from openbureau.core.furnishing.parse import MOST_AMOUNT
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
    """SHA-256 (hex) over layouts, codes and findings: production and the offline check print the same."""
    rules = {name: [rule.severity, *rule.what, *rule.cure] for name, rule in RULES.items()}
    pack = {"format": FORMAT, "layouts": [json_schema(layout) for layout in LAYOUTS.values()], "rules": rules}
    return hashlib.sha256(canonical(pack)).hexdigest()


def page() -> str:
    """The page of the format in docs/specs, in both languages."""
    lines = [
        f"# The format {FORMAT}",
        "",
        "Made from the layouts in `core/furnishing/layouts.py` by `./dev docs`; do not edit. 由布局自动生成，请勿手工修改。",
        "",
        "Write records as JSON Lines (one object a line, `record` names its kind), as CSV (one kind a file, a first line of",
        "column names) or as Parquet (one kind a file). UTF-8. Days are `2026-11-24`, months `2026-11`, amounts whole numbers",
        "of the smallest unit. A subject comes before its tradelines, a tradeline before its months. Sending a file twice",
        "changes nothing. Check a file before sending it: `openbureau check FILE`.",
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
    ]
    return "\n".join(lines) + "\n"


def _longest(field: Field) -> str:
    return f", at most {field.longest}" if field.kind is FieldKind.TEXT else ""
