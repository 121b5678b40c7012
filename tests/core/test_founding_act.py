"""Can an invalid act found anything?"""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbureau.core.act import ActRefused, draft_act, open_act, sign_act
from openbureau.core.member import Member, Role
from openbureau.tlog.note import COSIGNATURE, verifier_key
from openbureau.tlog.policy import Quorum
from openbureau.tlog.strict import render_base64

NAMES = ("bank-one", "bank-two", "platform-three")
KEYS = {name: Ed25519PrivateKey.from_private_bytes(bytes([at]) * 32) for at, name in enumerate((*NAMES, "stranger"), 1)}


def member(name: str) -> Member:
    """A made-up member with its own key."""
    return Member(
        name, "某机构", "An institution", "11", frozenset({Role.LENDER, Role.FURNISHER}),
        frozenset({"loan-approval", "post-loan"}), True, date(2026, 1, 1), date(2027, 12, 31),
        KEYS[name].public_key().public_bytes_raw(),
    )  # fmt: skip


def body(**changes: Any) -> dict[str, Any]:
    """The body of a good act, with changes."""
    made = draft_act(
        installation="a made-up bureau",
        origin="log.example/bureau",
        mode="sandbox",
        made_on=date(2026, 11, 24),
        regime="cn",
        digests={"law_digest": "1" * 64, "policy_digest": "2" * 64, "scorecards": {"people-expert-1": "3" * 64}},
        keys={"log": "log.example/bureau+00000000+AAAA", "vrf": "BBBB"},
        members=tuple(map(member, NAMES)),
    )
    return made | changes


def signed(of: dict[str, Any], names: tuple[str, ...] = NAMES) -> dict[str, Any]:
    """The act with the signatures of these members."""
    return sign_act(of, {name: KEYS[name].sign for name in names})


GOOD = signed(body())


def test_a_good_act_opens() -> None:
    """Signed by every member it opens, and gives the members back as they were."""
    act = open_act(GOOD)
    assert act.members == {name: member(name) for name in NAMES}
    assert (act.origin, act.mode) == ("log.example/bureau", "sandbox")
    assert open_act(act.to_json()).hash == act.hash
    assert len(act.hash) == 32


def test_the_order_of_members_and_keys_does_not_matter() -> None:
    """One act, one hash."""
    turned = {"signatures": dict(reversed(GOOD["signatures"].items())), "body": dict(reversed(GOOD["body"].items()))}
    assert open_act(turned).hash == open_act(GOOD).hash


def _set(path: tuple[Any, ...], value: Any) -> Callable[[dict[str, Any]], None]:
    def change(act: dict[str, Any]) -> None:
        place: Any = act
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def _drop(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(act: dict[str, Any]) -> None:
        place: Any = act
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]

    return change


def _add_member(act: dict[str, Any]) -> None:
    act["body"]["members"].append(body(members=[])["members"] or draft_act(
        installation="", origin="", mode="", made_on=date(2026, 1, 1), regime="", digests={}, keys={},
        members=(member("stranger"),),
    )["members"][0])  # fmt: skip


def _add_signed_member(act: dict[str, Any]) -> None:
    _add_member(act)
    act["signatures"]["stranger"] = act["signatures"]["bank-one"]


def _swap_signatures(act: dict[str, Any]) -> None:
    made = act["signatures"]
    made["bank-one"], made["bank-two"] = made["bank-two"], made["bank-one"]


ALTERED: dict[str, Callable[[dict[str, Any]], None]] = {
    "a member added": _add_member,
    "a member added with a borrowed signature": _add_signed_member,
    "a member taken out": _drop("body", "members", 0),
    "a member twice": lambda act: act["body"]["members"].append(act["body"]["members"][0]),
    "no members": lambda act: act.update(body=act["body"] | {"members": []}, signatures={}),
    "a signature missing": _drop("signatures", "bank-two"),
    "no signature": _set(("signatures",), {}),
    "a signature too many": lambda act: act["signatures"].update(stranger=act["signatures"]["bank-one"]),
    "signatures exchanged": _swap_signatures,
    "a signature that is no base64": _set(("signatures", "bank-one"), "?"),
    "a signature that is too short": _set(("signatures", "bank-one"), render_base64(b"x")),
    "another law": _set(("body", "law_digest"), "9" * 64),
    "other policies": _set(("body", "policy_digest"), "9" * 64),
    "another scorecard": _set(("body", "scorecards"), {"people-expert-1": "9" * 64}),
    "another log key": _set(("body", "keys", "log"), "log.example/bureau+00000000+CCCC"),
    "another origin": _set(("body", "origin"), "log.example/other"),
    "live instead of sandbox": _set(("body", "mode"), "live"),
    "another day": _set(("body", "made_on"), "2026-11-25"),
    "another regime": _set(("body", "regime"), "eu"),
    "another name": _set(("body", "installation"), "another bureau"),
    "another schema": _set(("body", "schema"), "openbureau-act/2"),
    "another kind of act": _set(("body", "act"), "dissolution"),
    "a member's key exchanged": _set(("body", "members", 0, "verify_key"), render_base64(bytes(32))),
    "a member's contract prolonged": _set(("body", "members", 0, "contract_until"), "2099-12-31"),
    "a member's purposes widened": _set(("body", "members", 0, "purposes"), ["card-approval"]),
    "a member's role changed": _set(("body", "members", 0, "roles"), ["lender"]),
    "an unknown role": _set(("body", "members", 0, "roles"), ["owner"]),
    "a key more in the body": _set(("body", "extra"), 1),
    "a key less in the body": _drop("body", "keys"),
    "a key more in the act": _set(("extra",), 1),
    "a fraction": _set(("body", "regime"), 0.5),
    "no body": _drop("body"),
    "a body that is a list": _set(("body",), []),
    "witnesses that are none": _set(("body", "witnesses"), {}),
    "members that are texts": _set(("body", "members"), ["bank-one"]),
}


@pytest.mark.parametrize("name", ALTERED)
def test_each_alteration_is_refused(name: str) -> None:
    """Whatever is changed after the signing, the act founds nothing."""
    act = copy.deepcopy(GOOD)
    ALTERED[name](act)
    assert act != GOOD
    with pytest.raises(ActRefused):
        open_act(act)


@pytest.mark.parametrize("value", [None, [], {}, "act", 7, {"body": {}, "signatures": {}}])
def test_what_is_no_act_is_refused(value: Any) -> None:
    """Any other JSON is refused, never a fault."""
    with pytest.raises(ActRefused):
        open_act(value)


@pytest.mark.parametrize("changes", [{"act": "dissolution"}, {"mode": "test"}, {"schema": "openbureau-act/0"}])
def test_signatures_do_not_help_an_act_of_an_unknown_form(changes: dict[str, str]) -> None:
    """All members signed, and still it is no founding act."""
    with pytest.raises(ActRefused, match="founding act"):
        open_act(signed(body(**changes)))


def test_a_member_stands_in_the_act_once() -> None:
    """Signed as it is, an act with a member twice or without members founds nothing."""
    twice = body()
    twice["members"].append(twice["members"][0])
    for made, names in ((twice, NAMES), (body(members=[]), ())):
        with pytest.raises(ActRefused, match="stands in the act once"):
            open_act(signed(made, names))


def test_a_stranger_cannot_sign_for_a_member() -> None:
    """The message names whose signature does not stand."""
    forged = sign_act(body(), {name: KEYS["stranger" if name == "bank-two" else name].sign for name in NAMES})
    with pytest.raises(ActRefused, match="bank-two"):
        open_act(forged)


def test_a_suspended_member_stays_suspended() -> None:
    """Only a plain true makes a member active."""
    for value in (False, 1, "true", None):
        made = body()
        made["members"][0]["is_active"] = value
        assert not open_act(signed(made)).members["bank-one"].is_active


QUORUM = Quorum(
    2, tuple((verifier_key(f"w{at}.example/w", bytes([at]) * 32, COSIGNATURE),) for at in range(1, 4))
)  # fmt: skip


def test_an_act_names_its_witnesses() -> None:
    """They come back as they were named; the act of a sandbox may do without, that of a live installation may not."""
    assert open_act(signed(body(witnesses=QUORUM.to_json()))).quorum == QUORUM
    assert open_act(GOOD).quorum is None
    assert open_act(signed(body(mode="live", witnesses=QUORUM.to_json()))).quorum == QUORUM
    with pytest.raises(ActRefused, match="names the witnesses"):
        open_act(signed(body(mode="live")))


def test_a_sandboxs_witness_watches_no_live_installation() -> None:
    """By its name."""
    own = (verifier_key("sandbox-witness-1.x.example", bytes(32), COSIGNATURE),)
    named = Quorum(3, (*QUORUM.witnesses, own)).to_json()
    assert open_act(signed(body(witnesses=named))).quorum
    with pytest.raises(ActRefused, match="sandbox's own"):
        open_act(signed(body(mode="live", witnesses=named)))


@pytest.mark.parametrize("named", [None, {"needed": 1, "of": QUORUM.to_json()["of"]}, {"needed": 2, "of": [["x"]]}])
def test_signatures_do_not_help_witnesses_that_would_not_hold(named: Any) -> None:
    """All members signed, and still half of the witnesses are not enough."""
    with pytest.raises(ActRefused, match="malformed"):
        open_act(signed(body(witnesses=named)))
