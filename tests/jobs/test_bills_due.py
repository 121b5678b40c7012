"""Do months close by themselves: in their order, no sooner than they may, once, whoever else tries?"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from jobs.test_bills import AFTER, MONTH, ask, correct_late, shown
from openbureau.jobs.billing import due
from openbureau.jobs.billing.close import BillMisbehaviour, close_month, closes_at
from openbureau.jobs.billing.due import BillMonth, bill_months, close_due
from openbureau.jobs.log.sequence import sequence
from openbureau.web.serve import standing_duties
from world import World

NEXT = "2026-12"
OPENS = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
"""Six hours after the end of November in Beijing."""


def closers(world: World) -> list[tuple[str, str]]:
    """Every closed month and who closed it."""
    with psycopg.connect(world.url) as connection:
        return connection.execute("select bill_month, closed_by from bureau.bill_month order by bill_month").fetchall()


def test_months_close_in_their_order_when_they_may(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a second before the hour of the rule; wrong answers are given back first; a second round does nothing, nor does one
    that looked before another process closed this month and the next."""
    ask(world, "late", member="bank-beta")
    correct_late(world)
    assert closes_at(world.bureau, MONTH) == OPENS
    world.clock.at = OPENS - timedelta(seconds=1)
    assert close_due(world.bureau) == []
    assert closers(world) == []
    world.clock.at = OPENS
    assert close_due(world.bureau) == [MONTH]
    assert shown(world, "bank-beta").to_json()["totals"]["credit_fen"] == 100
    ask(world, "good")
    assert close_due(world.bureau) == []
    world.clock.at = datetime(2027, 2, 1, tzinfo=UTC)
    assert [(row.month, row.closed_at) for row in bill_months(world.bureau)] == [(NEXT, None), (MONTH, OPENS)]
    assert close_due(world.bureau, stopped=lambda: True) == []
    assert close_due(world.bureau) == [NEXT]
    assert close_due(world.bureau) == []
    assert closers(world) == [(MONTH, "bureau"), (NEXT, "bureau")]
    newest = bill_months(world.bureau)[0]
    assert (newest.invoices, newest.total_fen) == (1, 100)
    assert isinstance(newest, BillMonth)
    seen = [[MONTH], []]
    monkeypatch.setattr(due, "_open", lambda _: seen.pop(0))
    assert close_due(world.bureau) == []


def test_many_at_once_close_a_month_once(world: World) -> None:
    """Eight rounds and two people at the terminal at the same moment: one entry, one set of invoices, no trouble."""
    ask(world)
    ask(world, "plain", member="bank-beta")
    sequence(world.bureau)
    world.clock.at = AFTER
    with ThreadPoolExecutor(8) as pool:
        rounds = [pool.submit(close_due, world.bureau) for _ in range(6)]
        people = [pool.submit(close_month, world.bureau, MONTH, by="operator") for _ in range(2)]
        closed = [month for one in rounds for month in one.result()]
        first = [made.result().is_repeat for made in people].count(False)
    assert len(closed) + first == 1
    assert len(closers(world)) == 1
    with psycopg.connect(world.url) as connection:
        assert connection.execute("select count(*) from bureau.invoice").fetchone() == (2,)


def test_trouble_is_told_and_the_serving_process_tries_again(world: World) -> None:
    """A lane that numbered more charges than there are stops the closing, loudly; mended, a round of the serving process
    closes the month, and nobody has to type anything."""
    ask(world)
    world.clock.at = AFTER
    with psycopg.connect(world.url) as connection:
        connection.execute("update bureau.lane_head set seq = seq + 1")
    with pytest.raises(BillMisbehaviour):
        close_due(world.bureau)
    assert closers(world) == []
    with psycopg.connect(world.url) as connection:
        connection.execute("update bureau.lane_head set seq = seq - 1")
    told: list[str] = []
    with standing_duties(world.bureau, lambda _, duty: told.append(duty)):
        wait = threading.Event()
        for _ in range(600):
            if closers(world):
                break
            wait.wait(0.05)
    assert closers(world) == [(MONTH, "bureau")]
    assert "bills" not in told
