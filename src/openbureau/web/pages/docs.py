"""How is the API read by people?  The description as one page that needs no account, no script and no network.

`docs_view` is pure: it turns the description into rows for the page at /docs and for docs/specs/openapi.md.
"""

import json
from typing import Any

from openbureau.web.desk import Asking, desk_of
from openbureau.web.examples import operations
from openbureau.web.pages.docs_words import CHINESE, MORE
from openbureau.web.pages.signed import open_session
from openbureau.web.replies import Reply, language_of, page

Json = dict[str, Any]


async def docs_page(request: Asking) -> Reply:
    """GET /docs: every address with what it takes and gives."""
    found = docs_view(json.loads(desk_of(request).openapi))
    found["told"] = CHINESE | MORE if language_of(request) == "zh-CN" else {}
    return page(request, "docs.html", found, session=open_session(request))


def docs_view(description: Json) -> Json:
    """The description by tag: each operation with its parameters, examples and answers."""
    rows = [_operation(description, found) for found in operations(description)]
    return {
        "about": description["info"]["description"],
        "version": description["info"]["version"],
        "tags": [
            tag | {"operations": [row for row in rows if row["tag"] == tag["name"]]} for tag in description["tags"]
        ],
    }


def _operation(description: Json, found: tuple[str, str, Json]) -> Json:
    path, method, told = found
    body = told.get("requestBody", {}).get("content", {})
    return {
        "id": told["operationId"],
        "tag": told["tags"][0],
        "method": method.upper(),
        "path": path,
        "summary": told["summary"],
        "description": told.get("description", ""),
        "sign_in": sorted({name for way in told.get("security", ()) for name in way}),
        "parameters": told.get("parameters", []),
        "takes": [(media_type, _pretty(one)) for media_type, one in body.items()],
        "answers": [_answer(description, status, one) for status, one in told["responses"].items()],
    }


def _answer(description: Json, status: str, told: Json) -> Json:
    if "$ref" in told:
        told = description["components"]["responses"][told["$ref"].rpartition("/")[2]]
    contents = told.get("content", {}).items()
    return {
        "status": status,
        "description": told["description"],
        "headers": [(name, one["description"]) for name, one in told.get("headers", {}).items()],
        "gives": [(media_type, _pretty(one)) for media_type, one in contents],
    }


def _pretty(content: Json) -> str:
    return json.dumps(content["example"], ensure_ascii=False, indent=2) if "example" in content else ""


def docs_markdown(description: Json) -> str:
    """The same as Markdown, for docs/specs/openapi.md."""
    view = docs_view(description)
    lines = [
        "# The API",
        "",
        "Made from the code by `./dev docs`; the same as `/docs` of a running bureau.",
        "",
        view["about"],
    ]
    for tag in view["tags"]:
        lines += ["", f"## {tag['name']}", "", tag["description"]]
        for row in tag["operations"]:
            lines += _markdown(row)
    return "\n".join(lines) + "\n"


def _markdown(row: Json) -> list[str]:
    lines = ["", f"### {row['method']} {row['path']}", "", f"**{row['summary']}.** {row['description']}".strip()]
    if row["sign_in"]:
        lines += ["", f"Sign-in: {', '.join(row['sign_in'])}."]
    if row["parameters"]:
        lines += ["", "| parameter | in | example | |", "|---|---|---|---|"]
        lines += [
            f"| `{one['name']}` | {one['in']} | `{one.get('example', '')}` | {one.get('description', '')} |"
            for one in row["parameters"]
        ]
    for media_type, example in row["takes"]:
        lines += ["", f"Takes `{media_type}`" + (":" if example else "."), *_fenced(example)]
    lines += [""]
    for one in row["answers"]:
        lines += [f"- **{one['status']}** {one['description']}"]
    for media_type, example in next((one["gives"] for one in row["answers"] if one["status"].startswith("2")), []):
        lines += ["", f"Gives `{media_type}`" + (":" if example else "."), *_fenced(example)]
    return lines


def _fenced(example: str) -> list[str]:
    return ["", "```json", example, "```"] if example else []
