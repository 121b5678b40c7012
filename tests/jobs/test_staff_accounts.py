"""Accounts of staff: one-time code, password and second factor, waits, roles, and what is recorded."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import psycopg
import pyotp
import pytest

from openbureau.config import LIVE
from openbureau.core.staff import WAIT_SECONDS, RoleRefused, StaffRole
from openbureau.jobs.context import Bureau
from openbureau.jobs.staff.accounts import (
    CODE_HOURS,
    AccountRefused,
    add_account,
    close_account,
    give_role,
    list_accounts,
    list_events,
    renew_code,
    take_role,
)
from openbureau.jobs.staff.enter import (
    Enrolling,
    EnrolRefused,
    Entered,
    enrol_staff,
    enter_staff,
    is_still_staff,
)
from world import World

PASSWORD = "a sentence about nothing"
REVIEWER, AUDITOR, BILLING = StaffRole.REVIEWER, StaffRole.AUDITOR, StaffRole.BILLING


def now_code(bureau: Bureau, secret: str, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(bureau.clock() + timedelta(seconds=30 * steps))


def made(world: World, handle: str, *roles: StaffRole) -> Enrolling:
    """A new account, its one-time code given at the door."""
    code = add_account(world.bureau, handle, frozenset(roles or {REVIEWER}))
    assert not isinstance(code, RoleRefused)
    begun = enter_staff(world.bureau, handle, code.code, "")
    assert isinstance(begun, Enrolling)
    return begun


def enrolled(world: World, handle: str, *roles: StaffRole) -> Enrolling:
    """An account with password and second factor, and the next time step begun."""
    begun = made(world, handle, *roles)
    assert isinstance(enrol_staff(world.bureau, begun, PASSWORD, now_code(world.bureau, begun.secret)), Entered)
    world.clock.at += timedelta(seconds=60)
    return begun


@pytest.fixture(autouse=True)
def later(shared_world: World) -> Iterator[None]:
    """Each test has a clock a little later than the one before."""
    yield
    shared_world.clock.at += timedelta(seconds=90)


def kinds(world: World, handle: str) -> list[str]:
    return [event.kind for event in list_events(world.bureau, handle)]


def test_the_first_sign_in_sets_password_and_second_factor(shared_world: World) -> None:
    """A one-time code leads to enrolment, enrolment into the account, in live as in the sandbox; each is recorded."""
    bureau = replace(shared_world.bureau, settings=replace(shared_world.bureau.settings, mode=LIVE))
    code = add_account(bureau, "reviewer-10", frozenset({REVIEWER}))
    assert not isinstance(code, RoleRefused)
    begun = enter_staff(bureau, "reviewer-10", code.code.lower(), "")
    assert isinstance(begun, Enrolling)
    entered = enrol_staff(bureau, begun, PASSWORD, now_code(bureau, begun.secret))
    assert isinstance(entered, Entered)
    assert (entered.handle, entered.roles) == ("reviewer-10", (REVIEWER,))
    assert is_still_staff(bureau, "reviewer-10", ("reviewer",), entered.epoch)
    shared_world.clock.at += timedelta(seconds=30)
    assert isinstance(enter_staff(bureau, "reviewer-10", PASSWORD, now_code(bureau, begun.secret)), Entered)
    assert sorted(kinds(shared_world, "reviewer-10")) == ["added", "enrolled", "signed-in", "signed-in"]


def test_neither_factor_opens_alone(shared_world: World) -> None:
    """The right password with no code or a wrong one, and the right code with a wrong password, open nothing."""
    begun = enrolled(shared_world, "reviewer-11")
    bureau, code = shared_world.bureau, now_code(shared_world.bureau, begun.secret)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for password, factor in ((PASSWORD, ""), (PASSWORD, wrong), ("another sentence", code)):
        assert enter_staff(bureau, "reviewer-11", password, factor) is None
    assert isinstance(enter_staff(bureau, "reviewer-11", PASSWORD, code), Entered)
    told = [event.detail for event in list_events(bureau, "reviewer-11") if event.kind == "failed"]
    assert sorted(told) == ["code", "code", "password"]


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(shared_world: World, steps: int, opens: bool) -> None:
    """Thirty seconds either way, no more."""
    handle = f"drift-{steps + 2}"
    begun = enrolled(shared_world, handle)
    shared_world.clock.at += timedelta(seconds=120)
    code = now_code(shared_world.bureau, begun.secret, steps=steps)
    assert isinstance(enter_staff(shared_world.bureau, handle, PASSWORD, code), Entered) is opens


def test_a_code_opens_once(shared_world: World) -> None:
    """The same code again, and the one before it, are refused and recorded as such."""
    begun = enrolled(shared_world, "reviewer-12")
    bureau = shared_world.bureau
    before, code = (now_code(bureau, begun.secret, steps=steps) for steps in (-1, 0))
    assert isinstance(enter_staff(bureau, "reviewer-12", PASSWORD, code), Entered)
    assert enter_staff(bureau, "reviewer-12", PASSWORD, code) is None
    assert enter_staff(bureau, "reviewer-12", PASSWORD, before) is None
    assert kinds(shared_world, "reviewer-12").count("replayed") == 2


def test_of_fifty_at_once_with_one_code_one_comes_in(shared_world: World) -> None:
    """The same right password and code from fifty browsers in the same moment."""
    begun = enrolled(shared_world, "reviewer-13")
    bureau, code = shared_world.bureau, now_code(shared_world.bureau, begun.secret)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: enter_staff(bureau, "reviewer-13", PASSWORD, code), range(50)))
    assert len([one for one in told if isinstance(one, Entered)]) == 1
    assert kinds(shared_world, "reviewer-13").count("signed-in") == 2  # one of them at enrolment


def test_a_one_time_code_is_used_once(shared_world: World) -> None:
    """Of several at once one enrols; afterwards the code leads nowhere; nor does it after its hours."""
    begun = made(shared_world, "reviewer-14")
    bureau, code = shared_world.bureau, now_code(shared_world.bureau, begun.secret)
    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(lambda _: enrol_staff(bureau, begun, PASSWORD, code), range(3)))
    assert len([one for one in told if isinstance(one, Entered)]) == 1
    assert enter_staff(bureau, "reviewer-14", begun.code, "") is None
    fresh = add_account(bureau, "reviewer-15", frozenset({REVIEWER}))
    assert not isinstance(fresh, RoleRefused)
    shared_world.clock.at += timedelta(hours=CODE_HOURS)
    assert enter_staff(bureau, "reviewer-15", fresh.code, "") is None


def test_enrolment_says_what_is_wrong(shared_world: World) -> None:
    """A short password, a wrong code: told in both languages, and nothing is set."""
    begun = made(shared_world, "reviewer-16")
    bureau, code = shared_world.bureau, now_code(shared_world.bureau, begun.secret)
    for password, factor in (("short", code), (PASSWORD, "000000" if code != "000000" else "111111")):
        refused = enrol_staff(bureau, begun, password, factor)
        assert isinstance(refused, EnrolRefused)
        assert refused.reason_en
        assert refused.reason_zh
    assert enter_staff(bureau, "reviewer-16", PASSWORD, code) is None
    assert isinstance(enrol_staff(bureau, begun, PASSWORD, code), Entered)


def test_failures_in_a_row_close_the_account_for_a_while(shared_world: World) -> None:
    """After five the right words are refused too; later they open, and the count begins anew."""
    begun = enrolled(shared_world, "reviewer-17")
    bureau = shared_world.bureau
    for _ in range(5):
        assert enter_staff(bureau, "reviewer-17", "a wrong sentence", "123456") is None
    assert enter_staff(bureau, "reviewer-17", PASSWORD, now_code(bureau, begun.secret)) is None
    shared_world.clock.at += timedelta(seconds=WAIT_SECONDS[4])
    assert isinstance(enter_staff(bureau, "reviewer-17", PASSWORD, now_code(bureau, begun.secret)), Entered)
    assert enter_staff(bureau, "reviewer-17", "a wrong sentence", "123456") is None
    shared_world.clock.at += timedelta(seconds=30)
    assert isinstance(enter_staff(bureau, "reviewer-17", PASSWORD, now_code(bureau, begun.secret)), Entered)


def test_fifty_guesses_at_once_are_five(shared_world: World) -> None:
    """An attempt counts before it is looked at: guessing in parallel gains nothing."""
    enrolled(shared_world, "reviewer-18")
    bureau = shared_world.bureau
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: enter_staff(bureau, "reviewer-18", "a wrong sentence", "1"), range(50)))
    assert kinds(shared_world, "reviewer-18").count("failed") == 5


def test_a_lost_factor_is_renewed_from_the_terminal(shared_world: World) -> None:
    """A new one-time code ends the sessions; once used, the old secret and password open nothing."""
    begun = enrolled(shared_world, "reviewer-19")
    bureau = shared_world.bureau
    entered = enter_staff(bureau, "reviewer-19", PASSWORD, now_code(bureau, begun.secret))
    assert isinstance(entered, Entered)
    code = renew_code(bureau, "reviewer-19")
    assert not is_still_staff(bureau, "reviewer-19", ("reviewer",), entered.epoch)
    again = enter_staff(bureau, "reviewer-19", code.code, "")
    assert isinstance(again, Enrolling)
    shared_world.clock.at += timedelta(seconds=60)
    assert isinstance(enrol_staff(bureau, again, "another long sentence", now_code(bureau, again.secret)), Entered)
    shared_world.clock.at += timedelta(seconds=60)
    assert enter_staff(bureau, "reviewer-19", PASSWORD, now_code(bureau, begun.secret)) is None
    assert "recovered" in kinds(shared_world, "reviewer-19")


def test_no_account_gets_to_operate_and_audit(shared_world: World) -> None:
    """Neither at the start nor by a second role; the reason is told; the database refuses it by itself."""
    bureau = shared_world.bureau
    assert isinstance(add_account(bureau, "both-1", frozenset({REVIEWER, AUDITOR})), RoleRefused)
    enrolled(shared_world, "reviewer-20")
    refused = give_role(bureau, "reviewer-20", AUDITOR)
    assert isinstance(refused, RoleRefused)
    assert "0028" in refused.reason_en
    assert give_role(bureau, "reviewer-20", BILLING) == {REVIEWER, BILLING}
    held = {one.handle: one.roles for one in list_accounts(bureau)}
    assert held["reviewer-20"] == ("billing", "reviewer")
    assert "both-1" not in held
    with psycopg.connect(shared_world.url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("update bureau.staff_account set roles = roles || '{auditor}' where handle = 'reviewer-20'")


def test_other_roles_and_closing_end_sessions(shared_world: World) -> None:
    """Whoever was in with older roles is out at once; a closed account stays closed and its handle taken."""
    begun = enrolled(shared_world, "reviewer-21", REVIEWER, BILLING)
    bureau = shared_world.bureau
    entered = enter_staff(bureau, "reviewer-21", PASSWORD, now_code(bureau, begun.secret))
    assert isinstance(entered, Entered)
    assert take_role(bureau, "reviewer-21", BILLING) == {REVIEWER}
    assert not is_still_staff(bureau, "reviewer-21", ("billing", "reviewer"), entered.epoch)
    with pytest.raises(AccountRefused, match="only role"):
        take_role(bureau, "reviewer-21", REVIEWER)
    close_account(bureau, "reviewer-21")
    shared_world.clock.at += timedelta(seconds=60)
    assert enter_staff(bureau, "reviewer-21", PASSWORD, now_code(bureau, begun.secret)) is None
    with pytest.raises(AccountRefused, match="no open account"):
        renew_code(bureau, "reviewer-21")
    with pytest.raises(AccountRefused, match="already"):
        add_account(bureau, "reviewer-21", frozenset({REVIEWER}))


@pytest.mark.parametrize("handle", ["", "A", "Anna", "x" * 32, "1a", "a b", "甄良"])
def test_an_account_is_named_by_a_duty(shared_world: World, handle: str) -> None:
    """What is no handle is refused with the rule."""
    with pytest.raises(AccountRefused, match="characters"):
        add_account(shared_world.bureau, handle, frozenset({REVIEWER}))


def test_what_was_typed_is_kept_nowhere(shared_world: World) -> None:
    """An unknown account leaves an event without its name: it may have been a password."""
    assert enter_staff(shared_world.bureau, "my-secret-password", "x", "y") is None
    newest = list_events(shared_world.bureau, most=1)[0]
    assert (newest.handle, newest.kind, newest.detail) == ("", "failed", "unknown-or-waiting")


def test_the_secret_is_sealed(shared_world: World) -> None:
    """No column of the account holds the secret, the password or the one-time code."""
    begun = enrolled(shared_world, "reviewer-22")
    with psycopg.connect(shared_world.url) as connection:
        row = connection.execute("select * from bureau.staff_account where handle = 'reviewer-22'").fetchone()
    for word in (begun.secret, PASSWORD, begun.code, begun.code.replace("-", "")):
        assert not any(word.encode() in (one if isinstance(one, bytes) else str(one).encode()) for one in row or ())
