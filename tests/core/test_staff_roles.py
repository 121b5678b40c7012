"""Staff roles: what each may do, and that nobody both operates the bureau and audits it."""

from itertools import chain, combinations, pairwise

import pytest

from openbureau.core.staff import (
    AUDITING,
    CAPABILITIES,
    OPERATING,
    STAFF_NAMES,
    WAIT_SECONDS,
    Capability,
    RoleRefused,
    StaffRole,
    capabilities,
    join_roles,
    password_trouble,
)

OPERATORS = {StaffRole.OPERATOR, StaffRole.SUPPORT, StaffRole.REVIEWER, StaffRole.BILLING}
WATCHERS = set(StaffRole) - OPERATORS


def test_every_role_has_a_row_and_a_name() -> None:
    """A role without capabilities, or without a name that a person can read, is noticed."""
    assert set(CAPABILITIES) == set(StaffRole) == set(STAFF_NAMES)
    assert all(CAPABILITIES.values())


def test_every_capability_is_of_one_kind() -> None:
    """Operating and auditing share nothing, and a new capability has to be put into one of them."""
    assert not OPERATING & AUDITING
    assert set(Capability) == OPERATING | AUDITING


@pytest.mark.parametrize("role", list(StaffRole))
def test_no_role_both_operates_and_audits(role: StaffRole) -> None:
    """Each role's row lies wholly on one side."""
    assert bool(CAPABILITIES[role] & OPERATING) != bool(CAPABILITIES[role] & AUDITING)
    assert (role in OPERATORS) == bool(CAPABILITIES[role] & OPERATING)


def test_no_account_both_operates_and_audits() -> None:
    """Of all sets of roles those with one of each side are refused, in both languages, and no others."""
    every = chain.from_iterable(combinations(StaffRole, count) for count in range(1, len(StaffRole) + 1))
    for roles in map(frozenset, every):
        made = join_roles(roles)
        if roles & OPERATORS and roles & WATCHERS:
            assert isinstance(made, RoleRefused)
            assert "0028" in made.reason_en
            assert "0028" in made.reason_zh
        else:
            assert made == roles
            assert not (capabilities(roles) & OPERATING and capabilities(roles) & AUDITING)


def test_failures_close_an_account_for_longer_and_longer() -> None:
    """Four are free, the fifth costs a minute, and each more doubles it to about an hour: a hundred take days."""
    assert WAIT_SECONDS[:5] == (0, 0, 0, 0, 60)
    assert all(later == 2 * sooner for sooner, later in pairwise(WAIT_SECONDS[4:]))
    assert sum(WAIT_SECONDS) + (100 - len(WAIT_SECONDS)) * WAIT_SECONDS[-1] > 3 * 86_400


@pytest.mark.parametrize("bad", ["short", "x" * 65, "aaaaaaaaaaaaaaab", "my-ANNA.W-password"])
def test_a_weak_password_is_told(bad: str) -> None:
    """Too short, too long, of few characters, or holding the account."""
    assert password_trouble("anna.w", bad) is not None


@pytest.mark.parametrize("good", ["correct horse battery", "密码可以是一句很长的中文句子", "x" * 3 + "abcdefghij"])
def test_a_long_sentence_is_a_password(good: str) -> None:
    """Any characters, no rules of composition."""
    assert password_trouble("anna.w", good) is None
