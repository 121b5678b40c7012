"""The artefact of a consent: canonical, signed, coherent, and refused with the place where it is not."""

import json
from datetime import date

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbureau.core.consent.artefact import (
    Agreed,
    ArtefactRefused,
    Collector,
    Confirmation,
    Consent,
    DataLife,
    Frequency,
    Institution,
    Provider,
    Shown,
    Whose,
    artefact_bytes,
    artefact_hash,
    is_signed,
    json_schema,
    message_of,
    missing_points,
    open_artefact,
    sign_consent,
)
from openbureau.core.consent.terms import KINDS_OF, kinds_of, points_for
from openbureau.core.products import Product
from openbureau.core.purpose import WORDINGS
from world import PEOPLE

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
WORDED = WORDINGS["loan-approval"][0]
CONSENT = Consent(
    schema="openbureau-consent/1",
    consent_id="01934f00-0000-7000-8000-000000000001",
    made_at="2026-11-24T02:00:00Z",
    starts_on=date(2026, 11, 24),
    ends_on=date(2027, 2, 24),
    mode="view",
    fetch="continuing",
    frequency=None,
    purpose=Agreed("loan-approval", 1, WORDED.zh, WORDED.en),
    products=["report"],
    data_kinds=kinds_of(["report"]),
    data_life=DataLife("purpose", None),
    subject=Whose("cn-id", PEOPLE["good"].id_number, PEOPLE["good"].name),
    consumer=Institution("bank-beta", "乙丑银行", "Bank Beta"),
    provider=Provider("test.openbureau.example", "Test bureau"),
    collector=Collector("bureau", "web"),
    notice=Shown("notice-2", "zh-CN"),
    confirmations=[Confirmation(point.code, point.rule) for point in points_for(["report"])],
    document_hash=None,
)
ARTEFACT = sign_consent(CONSENT, KEY.sign, PUBLIC)


def changed(**changes):
    return artefact_bytes(sign_consent(msgspec.structs.replace(CONSENT, **changes), KEY.sign, PUBLIC))


def flaws(content):
    with pytest.raises(ArtefactRefused) as caught:
        open_artefact(content)
    return [flaw.pointer for flaw in caught.value.flaws]


def test_opening_gives_back_what_was_signed_whatever_the_order():
    """Another order and blanks change neither hash nor signature."""
    content = artefact_bytes(ARTEFACT)
    other = json.dumps(dict(reversed(json.loads(content).items())), indent=2).encode()
    assert open_artefact(content) == open_artefact(other) == ARTEFACT
    assert artefact_hash(open_artefact(other)) == artefact_hash(ARTEFACT)
    assert is_signed(ARTEFACT, [PUBLIC])


def test_a_signature_is_over_everything_and_by_one_of_the_keys():
    """No field can be changed, no other key vouches, and a key that is not the collector's own counts for nothing."""
    for name in CONSENT.__struct_fields__:
        value = {"starts_on": date(2026, 11, 25), "ends_on": date(2027, 1, 1)}.get(name, "other")
        other = msgspec.structs.replace(ARTEFACT, consent=msgspec.structs.replace(CONSENT, **{name: value}))
        assert message_of(other.consent) != message_of(CONSENT)
        assert not is_signed(other, [PUBLIC])
    assert not is_signed(ARTEFACT, [bytes(32)])
    assert not is_signed(ARTEFACT, [])
    for value in ("", "A" * 88, "not base64"):
        bad = msgspec.structs.replace(ARTEFACT.signature, value=value)
        assert not is_signed(msgspec.structs.replace(ARTEFACT, signature=bad), [PUBLIC])


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"ends_on": date(2026, 11, 23)}, "/ends_on"),
        ({"frequency": Frequency("term", 1)}, "/frequency"),
        ({"fetch": "one-time"}, "/frequency"),
        ({"data_life": DataLife("purpose", 3)}, "/data_life"),
        ({"data_life": DataLife("month", None)}, "/data_life"),
        ({"products": ["report", "report"]}, "/products"),
        ({"products": ["monitoring"], "data_kinds": kinds_of(["monitoring"])}, "/products"),
        ({"products": ["report", "monitoring"], "fetch": "one-time", "frequency": Frequency("term", 1)}, "/fetch"),
        ({"data_kinds": ["identity"]}, "/data_kinds"),
        ({"purpose": Agreed("loan-approval", 2, WORDED.zh, WORDED.en)}, "/purpose"),
        ({"purpose": Agreed("loan-approval", 1, WORDED.zh, "anything else")}, "/purpose"),
        ({"purpose": Agreed("curiosity", 1, WORDED.zh, WORDED.en)}, "/purpose"),
        ({"subject": Whose("cn-id", "990101198802140012", "甄良")}, "/subject/id_number"),
        ({"collector": Collector("bank-beta", "web")}, "/collector"),
        ({"collector": Collector("bureau", "lender-online")}, "/collector"),
        ({"collector": Collector("bank-beta", "paper")}, "/document_hash"),
        ({"document_hash": "0" * 64}, "/document_hash"),
        ({"confirmations": [*CONSENT.confirmations, CONSENT.confirmations[0]]}, "/confirmations"),
        ({"confirmations": [Confirmation("purpose", "pipl.provide.separate_consent")]}, "/confirmations"),
    ],
)  # fmt: skip
def test_parts_that_contradict_each_other_are_found(changes, pointer):
    """Each contradiction by itself, with its place."""
    assert flaws(changed(**changes)) == [f"/consent{pointer}"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"schema": "openbureau-consent/2"}, "/consent/schema"),
        ({"consent_id": "1"}, "/consent/consent_id"),
        ({"made_at": "2026-11-24T02:00:00+00:00"}, "/consent/made_at"),
        ({"starts_on": "24 November"}, "/consent/starts_on"),
        ({"mode": "store"}, "/consent/mode"),
        ({"products": []}, "/consent/products"),
        ({"products": ["everything"]}, "/consent/products/0"),
        ({"frequency": {"unit": "day", "value": 1}}, "/consent/frequency/unit"),
        ({"subject": {"id_kind": "cn-id", "id_number": PEOPLE["good"].id_number}}, "/consent/subject/name"),
        ({"consumer": [CONSENT.consumer, CONSENT.consumer]}, "/consent/consumer"),
        ({"purpose": [CONSENT.purpose, CONSENT.purpose]}, "/consent/purpose"),
        ({"more": PEOPLE["good"].name}, "/consent"),
    ],
)
def test_another_form_is_refused_with_its_place_and_without_its_value(changes, pointer):
    """Fields of another form, unknown fields, and bundles: several lenders or purposes in one consent."""
    value = json.loads(artefact_bytes(ARTEFACT))
    value["consent"] |= msgspec.to_builtins(changes)
    with pytest.raises(ArtefactRefused) as caught:
        open_artefact(json.dumps(value).encode())
    (flaw,) = caught.value.flaws
    assert flaw.pointer == pointer
    assert PEOPLE["good"].name not in str(caught.value)
    assert PEOPLE["good"].id_number not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"consent": {}}'])
def test_what_is_no_artefact_is_refused(content):
    """Whatever the bytes."""
    with pytest.raises(ArtefactRefused):
        open_artefact(content)


def test_the_points_that_are_missing_are_told():
    """All are needed; monitoring adds one."""
    assert missing_points(CONSENT) == ()
    told = msgspec.structs.replace(CONSENT, products=["report", "monitoring"], confirmations=CONSENT.confirmations[:1])
    assert [point.code for point in missing_points(told)] == ["provide", "sensitive", "monitoring"]


def test_every_product_discloses_kinds_and_a_report_discloses_all():
    """No product without its kinds (an alert is covered by monitoring); a report covers every lesser product."""
    assert set(KINDS_OF) == {*Product, "monitoring"} - {Product.ALERT}
    assert all(set(kinds_of([name])) <= set(kinds_of(["report"])) for name in KINDS_OF)


def test_the_published_schema_knows_every_field():
    """And is closed: what is not in it is not an artefact."""
    schema = json_schema()
    consent = schema["$defs"]["Consent"]
    assert set(consent["properties"]) == set(CONSENT.__struct_fields__) == set(consent["required"])
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())
