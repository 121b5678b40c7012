"""Is the watcher's policy read strictly, and its quorum reckoned rightly?"""

from contextlib import suppress
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.note import COSIGNATURE, ED25519, ML_DSA_44, verifier_key
from openbureau.tlog.policy import MOST_WITNESSES, Quorum, parse_policy, parse_quorum, render_policy
from openbureau.tlog.strict import Malformed

LOG = verifier_key("made.example/log", bytes(32))
PIN = bytes(range(32))
TEXT = render_policy(LOG, PIN)
WITNESSES = {name: verifier_key(f"{name}.example", name.encode() * 32, COSIGNATURE) for name in "abcde"}
COMMITTEE = "".join(f"witness {name} {key.render()}\n" for name, key in WITNESSES.items())


def test_a_rendered_policy_comes_back() -> None:
    """Log key, pin and no quorum: what is written is read."""
    policy = parse_policy(TEXT)
    assert (policy.logs, policy.founding_act, policy.quorum) == ((LOG,), PIN, "none")
    assert policy.is_met(())


def test_a_quorum_counts_its_members() -> None:
    """Four of five: every set of four or five meets it, no set of three, and strangers do not count."""
    policy = parse_policy(
        f"{TEXT.replace('quorum none', '')}{COMMITTEE}group committee 4 a b c d e\nquorum committee\n"
    )
    keys = list(WITNESSES.values())
    for count in range(6):
        for some in combinations(keys, count):
            assert policy.is_met(some) is (count >= 4)
    assert not policy.is_met({verifier_key("a.example", bytes(32), COSIGNATURE), *keys[:3]})


def test_groups_of_groups() -> None:
    """`any` and `all` and groups within groups hold as they read."""
    groups = "group one any a b\ngroup two all c d\ngroup both all one two\nquorum both\n"
    text = TEXT.replace("quorum none", "") + COMMITTEE + groups
    policy = parse_policy(text)
    met = {"".join(some): policy.is_met({WITNESSES[name] for name in some}) for some in combinations("abcd", 3)}
    assert met == {"abc": False, "abd": False, "acd": True, "bcd": True}
    assert parse_policy(text.replace("quorum both", "quorum e")).is_met({WITNESSES["e"]})


A = WITNESSES["a"].render()


@pytest.mark.parametrize(
    "text",
    [
        "", "quorum none\n", f"log {LOG.render()}\n", f"log {A}\nquorum none\n", f"{TEXT}quorum none\n", f"{TEXT}surprise\n",
        f"{TEXT}witness a {LOG.render()}\n", f"{TEXT}witness a {A}\nwitness a {A}\n", f"{TEXT}witness none {A}\n",
        f"{TEXT}group g 1 a\n", f"{TEXT}witness a {A}\ngroup g 2 a\n", f"{TEXT}witness a {A}\ngroup g 0 a\n",
        f"{TEXT}witness a {A}\ngroup g 01 a\n", f"{TEXT}witness a {A}\ngroup g 1\n", f"{TEXT}witness a {A}\ngroup g 1 a a\n",
        f"{TEXT}witness a {A}\ngroup a 1 a\n", TEXT.replace("none", "nobody"), TEXT + TEXT,
        f"log {LOG.render()}x\nquorum none\n",
        f"# openbureau founding-act {PIN.hex()}\n{TEXT}", f"{TEXT}witness a {A}\nwitness b {A}\n",
    ],
)  # fmt: skip
def test_malformed_policies_are_refused(text: str) -> None:
    """Unknown lines, keys of the wrong type, taken names and impossible groups are refused."""
    with pytest.raises(Malformed):
        parse_policy(text)


def test_a_refusal_names_the_line() -> None:
    """Whoever mends a policy is told where."""
    with pytest.raises(Malformed, match="policy line 4"):
        parse_policy(f"{TEXT}surprise\n")


@pytest.mark.parametrize(
    "line", ["# a remark", "", "   ", f"# openbureau founding-act {PIN.hex()[:-1]}", "#openbureau founding-act"]
)
def test_remarks_do_not_matter(line: str) -> None:
    """Empty lines and remarks are passed over, and only the exact form pins an act."""
    assert parse_policy(f"{line}\n{TEXT}").founding_act == PIN


@given(st.text(max_size=80))
def test_no_text_makes_reading_raise(text: str) -> None:
    """Any text is a policy or refused."""
    for whole in (text, TEXT + text, f"log {text}\nquorum {text}\n"):
        with suppress(Malformed):
            assert parse_policy(whole).logs


BOTH = tuple(
    tuple(verifier_key(f"{name}.example/w", name.encode() * 32, kind) for kind in (COSIGNATURE, ML_DSA_44))
    for name in "abcd"
)


def test_an_installations_policy_counts_witnesses_that_signed_with_all_their_keys() -> None:
    """Three of four: every set of witnesses, each with one or both of its keys."""
    quorum = Quorum(3, BOTH)
    text = render_policy(LOG, PIN, quorum)
    policy = parse_policy(text)
    assert (policy.founding_act, set(policy.keys)) == (PIN, {key for keys in BOTH for key in keys})
    assert parse_quorum(quorum.to_json()) == quorum
    for count in range(5):
        for some in combinations(BOTH, count):
            keys = [key for keys in some for key in keys]
            assert policy.is_met(keys) is (count >= 3)
            assert not keys or not policy.is_met(keys[:-1]) or count == 4
    assert not policy.is_met([keys[0] for keys in BOTH])
    assert not policy.is_met([keys[1] for keys in BOTH])


def test_a_witness_may_have_one_key() -> None:
    """Of either kind; then that one counts."""
    mixed = Quorum(2, (BOTH[0][:1], BOTH[1][1:], BOTH[2]))
    policy = parse_policy(render_policy(LOG, PIN, mixed))
    assert policy.is_met([BOTH[0][0], BOTH[1][1]])
    assert not policy.is_met([BOTH[0][0], BOTH[1][0], BOTH[2][0]])
    assert parse_quorum(mixed.to_json()) == mixed


B = [[key.render() for key in keys] for keys in BOTH]
RENAMED = verifier_key("e.example", b"a" * 32, ML_DSA_44).render()


@pytest.mark.parametrize(
    "value",
    [
        None, [], {}, {"needed": 3}, {"needed": "3", "of": B}, {"needed": True, "of": B}, {"needed": 3, "of": B, "more": 1},
        {"needed": 3, "of": [*B, []]}, {"needed": 3, "of": "abcd"}, {"needed": 3, "of": [*B[:3], ["x"]]},
        {"needed": 2, "of": B}, {"needed": 5, "of": B}, {"needed": 0, "of": []}, {"needed": 3, "of": [*B[:3], B[0]]},
        {"needed": 3, "of": [*B[:3], [B[3][0], B[3][0]]]}, {"needed": 3, "of": [*B[:3], [B[3][0], RENAMED]]},
        {"needed": 3, "of": [*B[:3], [verifier_key("d.example/w", b"d" * 32, ED25519).render()]]},
        {"needed": MOST_WITNESSES + 1, "of": [[verifier_key(f"w{at}.example", bytes([at] * 32), COSIGNATURE).render()]
                                              for at in range(MOST_WITNESSES + 1)]},
    ],
)  # fmt: skip
def test_witnesses_that_would_not_hold_together_are_refused(value: object) -> None:
    """Half of them or fewer, one twice, keys of two names, of one kind, of the log's kind, too many: refused."""
    with pytest.raises(Malformed):
        parse_quorum(value)


def test_the_keys_of_a_witness_are_found_by_its_name() -> None:
    """Each witness's own keys, and no other's."""
    one, two = (verifier_key(name, name.encode() * 16, COSIGNATURE) for name in ("w1", "w2"))
    quorum = Quorum(2, ((one,), (two,)))
    assert (quorum.keys("w1"), quorum.keys("w2")) == ((one,), (two,))
    assert quorum.names == ("w1", "w2")
