"""The description by example, readable without an account, a script or a network."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from openbureau.web.api.openapi import document
from openbureau.web.examples import operations
from openbureau.web.pages.docs import docs_markdown
from openbureau.web.pages.docs_words import CHINESE, MORE
from web.visitor import PAGE, Client

SPECS = Path(__file__).parents[2] / "docs" / "specs"
DESCRIBED = document()
JSON = ("application/json", "application/problem+json")


def examples() -> list[tuple[str, Any, Any]]:
    """Every place of an example with its schema and value."""
    found = []
    for path, method, operation in operations(DESCRIBED):
        place = f"{method} {path}"
        for status, one in [("request", operation.get("requestBody", {})), *operation["responses"].items()]:
            for media_type, content in one.get("content", {}).items():
                if media_type in JSON and "schema" in content:
                    found.append((f"{place} {status}", content["schema"], content.get("example", ...)))
        found += [
            (f"{place} {one['name']}", one["schema"], one.get("example", ...))
            for one in operation.get("parameters", ())
        ]
    for code, one in DESCRIBED["components"]["responses"].items():
        content = one["content"]["application/problem+json"]
        found.append((code, content["schema"], content.get("example", ...)))
    return found


@pytest.mark.parametrize(("place", "schema", "example"), examples(), ids=[one[0] for one in examples()])
def test_every_example_fits_its_schema(place: str, schema: Any, example: Any) -> None:
    """Requests, answers, problems and parameters: each has an example, and it is one."""
    assert example is not ..., place
    Draft202012Validator(schema | {"components": DESCRIBED["components"]}).validate(example)


def test_examples_name_nobody() -> None:
    """Identity numbers in the description carry the province code that no province has."""
    numbers = re.findall(r"\b\d{17}[\dX]\b", json.dumps(DESCRIBED))
    assert numbers
    assert all(number.startswith("99") for number in numbers)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_page_tells_every_address_and_loads_nothing_from_elsewhere(client: Client, language: str) -> None:
    """Each operation of the description stands on the page with its method, and no address leads off this host."""
    page = client.get(f"/docs?lang={language}", headers=PAGE)
    assert page.status_code == 200
    for path, method, operation in operations(DESCRIBED):
        assert f'id="{operation["operationId"]}"' in page.text
        assert f"{method.upper()} {path}" in page.text
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page.text)
    assert "<script" not in page.text
    assert ("参数" in page.text) == (language == "zh-CN")


def test_the_copy_in_docs_is_the_same() -> None:
    """docs/specs/openapi.md is made from the same description."""
    assert (SPECS / "openapi.md").read_text("utf-8") == docs_markdown(DESCRIBED)


def test_every_operation_and_parameter_has_its_chinese_words(client: Client) -> None:
    """An operation without a Chinese summary, or a parameter without Chinese words, fails; so does a sentence nobody uses."""
    used = {told["summary"] for _, _, told in operations(DESCRIBED)}
    used |= {one["description"] for _, _, told in operations(DESCRIBED) for one in told.get("parameters", ())}
    assert set(CHINESE) == used
    longer = {told["description"] for _, _, told in operations(DESCRIBED) if told.get("description")}
    longer |= {DESCRIBED["info"]["description"], *(tag["description"] for tag in DESCRIBED["tags"])}
    assert set(MORE) == longer
    every = CHINESE | MORE
    assert all(re.search(r"[\u4e00-\u9fff]", chinese) for chinese in every.values())
    page = html.unescape(client.get("/docs?lang=zh-CN", headers=PAGE).text)
    assert [english for english, chinese in every.items() if chinese not in page] == []
    assert not [english for english in every if f">{english}<" in page]
    assert "Withdraw a consent, in one step" in client.get("/docs?lang=en", headers=PAGE).text
