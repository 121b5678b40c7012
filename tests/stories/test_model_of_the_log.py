"""The design of the log, tried in every order: no split view below the arithmetic of quorums, and one above it."""

from itertools import product

import pytest

from stories.log_model import Found, Rules, conflict, explore, follows, note, witnessed

ALL = [(witnesses, needed) for witnesses in range(1, 6) for needed in range(1, witnesses + 1)]


def seen(rules: Rules, *, least: int) -> Found:
    """Explore and say how many states there were; too few mean that the model does not move."""
    found = explore(rules)
    print(f"{found.states:>9,} states: {rules.told()}")
    assert found.states >= least
    return found


def test_the_model_stands_on_the_real_decisions() -> None:
    """A witness signs what continues what it saw and nothing else; histories conflict where they part."""
    assert witnessed("", "a")
    assert witnessed("a", "abc")
    assert not witnessed("ab", "a")
    assert not witnessed("ab", "acb")
    assert not witnessed("a", "b")
    assert [follows("", "a"), follows("a", "ab"), follows("ab", "a"), follows("ab", "acb")] == [
        True,
        True,
        False,
        False,
    ]
    assert conflict("ab", "ac")
    assert not conflict("a", "ab")
    assert note("ab").startswith(b"model.example/log\n2\n")


@pytest.mark.parametrize(("needed", "cheats"), [(2, 0), (3, 0), (3, 1), (3, 2)])
def test_no_split_view_below_the_arithmetic(needed: int, cheats: int) -> None:
    """Three witnesses, four events, a bureau that signs every history it likes: never two accepted heads in conflict."""
    found = seen(Rules(needed=needed, cheats=cheats, is_bureau_honest=False), least=400)
    assert found.split == ()
    assert found.twice, "a bureau that cheats signs two histories"


@pytest.mark.parametrize(("needed", "cheats"), [(1, 0), (2, 1), (2, 2), (3, 3)])
def test_the_split_view_is_found_at_the_arithmetic(needed: int, cheats: int) -> None:
    """One witness that cheats more and the model shows the way into the split view."""
    found = seen(Rules(needed=needed, cheats=cheats, is_bureau_honest=False), least=30)
    assert {"sign a", "sign b"} <= set(found.split)


def test_two_quorums_meet_in_2k_minus_n_witnesses() -> None:
    """For every number of witnesses to five and every quorum: a split view if and only if so many cheat."""
    for (witnesses, needed), cheats in product(ALL, range(6)):
        if cheats <= witnesses:
            rules = Rules(witnesses=witnesses, needed=needed, cheats=cheats, events=2, is_bureau_honest=False)
            assert bool(explore(rules).split) == (cheats >= 2 * needed - witnesses), rules


@pytest.mark.parametrize("needed", [2, 3])
def test_a_witness_that_answers_before_it_stores_splits_the_view(needed: int) -> None:
    """The order of store and signature matters: turned round, no witness needs to cheat."""
    found = seen(Rules(needed=needed, events=2, is_bureau_honest=False, is_careless=True), least=50)
    assert any("signs a and dies" in step or "signs b and dies" in step for step in found.split)


@pytest.mark.parametrize(("needed", "cheats"), [(2, 0), (3, 0), (3, 1), (3, 2)])
def test_an_honest_bureau_keeps_one_history_through_crashes_and_restores(needed: int, cheats: int) -> None:
    """Whatever is lost, restored and delayed: what had a quorum is never contradicted if a quorum is asked after a restore."""
    found = seen(Rules(needed=needed, cheats=cheats, events=3), least=2_000)
    assert (found.split, found.forgot) == ((), ())


def test_without_restores_an_honest_bureau_never_signs_twice() -> None:
    """Crashes alone, at every step, with or without the file outside: one history."""
    for heals in (True, False):
        assert seen(Rules(events=3, restores=0, heals_file=heals), least=500).twice == ()


@pytest.mark.parametrize(("needed", "cheats"), [(2, 0), (3, 2)])
def test_fewer_answers_than_a_quorum_do_not_suffice_after_a_restore(needed: int, cheats: int) -> None:
    """A restored bureau that asks one witness fewer contradicts what had a quorum: its own log is at an end."""
    found = seen(Rules(needed=needed, cheats=cheats, events=2, asked=needed - 1), least=500)
    assert "restore on a new machine" in found.forgot
    assert found.split == (), "the witnesses still keep the readers from two histories"


def test_the_file_outside_serves_where_no_witness_is_asked() -> None:
    """Kept through restores, and written before a head leaves, it does what the witnesses do."""
    assert seen(Rules(events=3, asked=0, keeps_file=True), least=10_000).forgot == ()


@pytest.mark.parametrize("change", [{"leaves_early": True}, {"heals_file": False}, {"keeps_file": False}])
def test_each_rule_of_the_file_outside_is_needed(change: dict[str, bool]) -> None:
    """A head that leaves before it is in the file, a crash that leaves the file behind, a lost file: each opens the way."""
    found = seen(Rules(**{"events": 2, "asked": 0, "keeps_file": True, **change}), least=1_000)
    assert found.forgot


def test_what_stays_open_is_found() -> None:
    """A head that nobody saw may be signed again otherwise; a request that arrives after the asking stops the bureau."""
    assert seen(Rules(events=2), least=1_000).twice == (
        "take a", "sign a", "restore", "take b", "asked (0, 1): go on", "sign b",
    )  # fmt: skip
    late = seen(Rules(events=2, is_late=True), least=1_000)
    assert late.forgot
    assert late.split == ()


@pytest.mark.slow
@pytest.mark.parametrize(("needed", "cheats"), [(2, 0), (3, 0), (3, 1), (3, 2)])
@pytest.mark.parametrize(("events", "restores", "is_late"), [(4, 1, False), (3, 2, False), (3, 2, True)])
def test_the_larger_bound(needed: int, cheats: int, *, events: int, restores: int, is_late: bool) -> None:
    """Four events with a restore, three with two, requests in time and late."""
    rules = Rules(needed=needed, cheats=cheats, events=events, restores=restores, is_late=is_late)
    found = seen(rules, least=5_000)
    assert found.split == ()
    assert bool(found.forgot) == is_late
