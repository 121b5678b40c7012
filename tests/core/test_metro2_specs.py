"""The Metro 2 page, JSON Schema and data contract follow from the layout, and fit what is read."""

import hashlib
from typing import Any

import jsonschema
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core.metro2_files import FORMS, HEADERS, RECORDS
from openbureau.core.furnishing.messages import RULES
from openbureau.core.metro2 import METRO2_CODE
from openbureau.core.metro2.layout import SEGMENTS
from openbureau.core.metro2.read import Form, detect_form, read_record, split_form
from openbureau.core.metro2.write import given_of, render_file
from tidy.sources import ROOT

SPECS = ROOT / "docs" / "specs"


def schema() -> Any:
    """The published schema as a validator."""
    return jsonschema.Draft202012Validator(yaml.safe_load((SPECS / "metro2.schema.json").read_text("utf-8")))


@settings(max_examples=25, deadline=None)
@given(records=st.lists(RECORDS, max_size=3), header=HEADERS, form=st.sampled_from(FORMS))
def test_what_is_read_fits_the_schema(records: list[Any], header: Any, form: Form) -> None:
    """Every record that can be written and read back fits the published schema; a wrong value does not."""
    validator = schema()
    content = b"".join(render_file(records, form, header=header))
    for piece in split_form([content], form, 1 << 20):
        found = given_of(read_record(piece.content, form))
        assert list(validator.iter_errors(found)) == []
        (first, *_) = found
        found[first]["record_descriptor_word"] = "x"
        assert not validator.is_valid(found)


def test_the_samples_fit_the_schema(data_dir: Any) -> None:
    """The public program's own files fit it too."""
    for name in ("unpacked_fixed_file", "packed_file"):
        content = (data_dir / "metro2" / "moov_testdata" / f"{name}.dat").read_bytes()
        form = detect_form(content)
        assert form is not None
        for piece in split_form([content], form, 1 << 20):
            assert list(schema().iter_errors(given_of(read_record(piece.content, form)))) == []


def test_page_and_contract_name_every_value_and_rule() -> None:
    """Nothing of the layout is missing from what is published, and positions are the layout's."""
    page = (SPECS / "metro2.md").read_text("utf-8")
    contract = yaml.safe_load((SPECS / "metro2.odcs.yaml").read_text("utf-8"))
    assert (contract["kind"], contract["apiVersion"]) == ("DataContract", "v3.1.0")
    objects = {one["name"]: one for one in contract["schema"]}
    assert list(objects) == list(SEGMENTS)
    for name, segment in SEGMENTS.items():
        assert [one["name"] for one in objects[name]["properties"]] == [slot.name for slot in segment.slots]
        for one in objects[name]["properties"]:
            place = segment.places()[one["name"]]
            assert one["customProperties"][0]["value"] == f"{place.start + 1}-{place.stop}"
            assert f"| `{one['name']}` | {place.start + 1}-{place.stop} |" in page
    rules = [name for name in RULES if name.startswith("m2-")]
    assert [one["name"] for one in objects["base"]["quality"]] == rules
    assert all(f"| `{name}` |" in page for name in rules)


def test_the_rule_pack_covers_the_code_of_metro2() -> None:
    """The constant is the digest of the code as it stands; paste the one shown here when it changes."""
    folder = ROOT / "src" / "openbureau" / "core" / "metro2"
    content = b"".join((folder / f"{name}.py").read_bytes() for name in ("layout", "read", "checks", "meaning"))
    assert hashlib.sha256(content).hexdigest() == METRO2_CODE
