#!/usr/bin/env python3
"""Write the pages and schemas of docs/specs that are made from the code; with `--check` only say whether they are so.

    .venv/bin/python tools/make_specs.py [--check]

Made: `openbureau-1.md`, the data contract `openbureau-1.odcs.yaml` and one JSON Schema a record kind; page, data contract
and JSON Schema of Metro 2; `identity.md`; `consent.schema.json`; the schemas of report and answers; `products.md`;
`openapi.json`.  Exit status 1 when `--check` finds a file that differs.
"""

import json
import sys
from pathlib import Path

import yaml

import metro2_specs
from openbureau.core.answer.page import page as products_page
from openbureau.core.answer.schema import documents
from openbureau.core.consent.artefact import json_schema as consent_schema
from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.core.furnishing.schema import data_contract, json_schema, page
from openbureau.core.identity.rules import page as identity_page
from openbureau.web.api.openapi import document as described
from openbureau.web.api.openapi import render_openapi
from openbureau.web.pages.docs import docs_markdown

SPECS = Path(__file__).resolve().parents[1] / "docs" / "specs"


def made_files() -> dict[str, str]:
    """Name and text of every made file."""
    contract = yaml.safe_dump(data_contract(), allow_unicode=True, sort_keys=False, width=120)
    found = {"openbureau-1.md": page(), "openbureau-1.odcs.yaml": contract, "identity.md": identity_page()}
    found["products.md"] = products_page()
    found |= metro2_specs.made_files() | {
        "openapi.json": render_openapi().decode(),
        "openapi.md": docs_markdown(described()),
    }
    found["consent.schema.json"] = json.dumps(consent_schema(), ensure_ascii=False, indent=2) + "\n"
    for name, document in documents().items():
        found[name] = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    for record, layout in LAYOUTS.items():
        found[f"openbureau-1.{record}.schema.json"] = (
            json.dumps(json_schema(layout), ensure_ascii=False, indent=2) + "\n"
        )
    return found


def main(words: list[str]) -> int:
    """Write or check; the exit status."""
    if words not in ([], ["--check"]):
        print("usage: make_specs.py [--check]", file=sys.stderr)
        return 2
    stale = []
    for name, text in made_files().items():
        path = SPECS / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not words:
            path.write_text(text, "utf-8")
    for name in stale:
        print(f"{'differs from the code' if words else 'written'}: docs/specs/{name}")
    return 1 if words and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
