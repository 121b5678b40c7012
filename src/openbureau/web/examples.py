"""What does each address take and give, by example?

Examples follow from the schemas, so that none can be forgotten and none can be wrong for long: a field takes its value from the
table below, or from its own schema.  Nobody in them exists.
"""

from collections.abc import Mapping
from typing import Any

from openbureau.web.api.openapi_parts import Json
from openbureau.web.problems import PROBLEMS

HASH, ID = "6f1ed002ab5595859014ebf0951522d9" * 2, "01a20b48-0900-73bd-8e7b-9b6263b9ffd6"
_HINTS: Mapping[str, Any] = {
    "member_id": "bank-alpha", "asked_by": "bank-alpha", "actor": "bank-alpha", "furnisher": "A", "actor_user": "desk-17",
    "purpose": "loan-approval", "product": "report", "id_kind": "cn-id", "id_number": "999999199006150018",
    "name": "甲有档", "month": "2026-11", "bill_month": "2026-11", "outcome": "report", "currency": "CNY",
    "amount_fen": 100, "value": 765, "rule_id": "fee.crc.personal", "url": "https://lender.example/told",
    "key": "2026-11-24-000417", "case_id": ID, "words": "Our consent system was down.", "en": "In English", "zh": "中文",
    "article": "18", "number": "国务院令第631号",
    "quote": "向征信机构查询个人信息的，应当取得信息主体本人的书面同意并约定用途。",
    "detail": "Administrative Regulation on the Credit Reporting Industry, Art. 18", "status": 403, "months": 24,
    "questions": ["has-overdue-now"], "document": HASH, "document_hash": HASH, "log": "demo.openbureau.example",
    "next": "/v1/alerts?after=1", "entry": "dTE7AQ==", "signature": "dTE7AQ==", "parts": ["dTE7AQ=="],
}  # fmt: skip
_FORMATS: Mapping[str, str] = {
    "uuid": ID, "date": "2026-11-24", "date-time": "2026-11-24T02:00:00Z", "uri": "https://lender.example/told",
    "uri-reference": "/v1/proofs/" + HASH,
}  # fmt: skip
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("[0-9a-f]{64}", HASH), ("[0-9]{4}-(0[1-9]|1[0-2])", "2026-11"), ("[0-9]{4}-[0-9]{2}$", "2026-11"),
    ("[N", "NNNNNN*NNNNN1NNNNNNNNNNN"), ("[0-9]{1,5}$", "417"), ("whpk_", "whpk_dTE7AQ=="),
    ("[!-~", "2026-11-24-000417"), ("/problems/", "/problems/no-consent"),
)  # fmt: skip
_SELDOM = frozenset({"months", "questions", "errors", "document", "detail", "status"})
"""Fields that are shown only where they must be there."""
_DEEPEST = 12
_JSON = ("application/json", "application/problem+json")


def with_examples(description: Json) -> Json:
    """The description with an example in every request, answer and parameter that has none."""
    shapes: Json = description["components"]["schemas"]
    every = [content for _, _, operation in operations(description) for content in _contents(operation)]
    for code, told in description["components"]["responses"].items():
        for content in told["content"].values():
            content["example"] = example_of(content["schema"], shapes) | _problem(code)
    for content in every:
        for media_type, told in content.items():
            if media_type in _JSON and "schema" in told and "example" not in told and "examples" not in told:
                told["example"] = example_of(told["schema"], shapes)
    for _, _, operation in operations(description):
        for parameter in operation.get("parameters", ()):
            parameter.setdefault("example", example_of(parameter["schema"], shapes, name=parameter["name"]))
    return description


def _problem(code: str) -> Json:
    row = PROBLEMS[code]
    return {"type": row.type, "title": row.title[0], "status": row.status, "cure": row.cure[0]}


def operations(description: Json) -> list[tuple[str, str, Json]]:
    """Every operation with its path and method, in the order of the description."""
    return [
        (path, method, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def _contents(operation: Json) -> list[Json]:
    held = [operation.get("requestBody", {}), *operation["responses"].values()]
    return [one["content"] for one in held if "content" in one]


def example_of(schema: Json, shapes: Json, *, name: str = "", depth: int = 0) -> Any:
    """A value that fits a schema: by its own example, by the name of its field, or by its form."""
    if "$ref" in schema:
        return example_of(shapes[schema["$ref"].rpartition("/")[2]], shapes, name=name, depth=depth + 1)
    for word in ("example", "const", "default"):
        if word in schema and schema[word] is not None:
            return schema[word]
    if "enum" in schema:
        return _HINTS[name] if _HINTS.get(name) in schema["enum"] else schema["enum"][0]
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return example_of(schema[word][0], shapes, name=name, depth=depth + 1)
    kinds = schema.get("type", "object")
    kind = next((one for one in kinds if one != "null"), "null") if isinstance(kinds, list) else kinds
    match kind:
        case "object":
            return _object(schema, shapes, depth)
        case "array":
            hint = _HINTS.get(name)
            item = schema.get("items") or schema.get("prefixItems", [{}])[0]
            is_end = depth > _DEEPEST or schema.get("maxItems") == 0
            return hint if isinstance(hint, list) else [] if is_end else [example_of(item, shapes, depth=depth + 1)]
        case "string":
            return _text(schema, name)
        case "integer" | "number":
            hint = _HINTS.get(name)
            return hint if isinstance(hint, int) else max(int(schema.get("minimum", 1)), 1)
        case "boolean":
            return False
        case _:
            return None


def _object(schema: Json, shapes: Json, depth: int) -> Json:
    if depth > _DEEPEST:
        return {}
    needed = set(schema.get("required", ())) | (set(_HINTS) - _SELDOM)
    return {
        field: example_of(inner, shapes, name=field, depth=depth + 1)
        for field, inner in schema.get("properties", {}).items()
        if field in needed
    }


def _text(schema: Json, name: str) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    pattern = schema.get("pattern", "")
    hint = _HINTS.get(name)
    for mark, text in _PATTERNS:
        if mark in pattern:
            return hint if mark == "[!-~" and isinstance(hint, str) else text
    return hint if isinstance(hint, str) else "text"
