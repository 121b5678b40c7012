"""Ways to cheat with an erasure, and who catches each: `openbureau watch verify`."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openbureau.core.staff import StaffRole
from openbureau.jobs.billing.close import close_month
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.erasure.erase import erase
from openbureau.jobs.erasure.order import ordered_by_person, ordered_by_staff
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.staff.sign_in import Staff
from openbureau.tlog.canonical import canonical
from openbureau.watch.verify import verify
from world import PEOPLE, World

FILE = "openings/erasures.jsonl"
Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def exported(shared_world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three people were asked about; one was erased at her wish, one by a reviewer, one as nobody may order it."""
    bureau = shared_world.bureau
    ids = {}
    for name in ("good", "busy", "plain", "late"):
        ids[name] = shared_world.subject_id(PEOPLE[name])
        give_consent(bureau, ids[name], member_id="bank-alpha", purpose="loan-approval")
        answer_inquiry(shared_world.request(PEOPLE[name]), bureau)
    policy = f"{bureau.policies.digest};permit;erasure-by-"
    erase(bureau, ordered_by_person(bureau, ids["good"], policy=policy + "request"))
    reviewer = Staff("reviewer-1", StaffRole.REVIEWER)
    erase(bureau, ordered_by_staff(bureau, ids["busy"], reviewer, reason="unlawful", policy=policy + "decision"))
    place = tmp_path_factory.mktemp("export")
    export(bureau, place)
    return place


def broken(place: Path, world: World) -> set[str]:
    """The promises that are found broken."""
    return {check.name for check in verify(place, now=world.clock.at).checks if check.ok is False}


def test_lawful_erasures_are_accepted(exported: Path, shared_world: World) -> None:
    """Both stand, and what they closed is counted by the bills."""
    found = verify(exported, now=shared_world.clock.at)
    assert found.status == "ok"
    assert {check.name: check.count for check in found.checks}["erasures"] == 2


def _without_file(lines: Lines) -> Lines:
    return []


def _without_one(lines: Lines) -> Lines:
    return lines[1:]


def _longer(lines: Lines) -> Lines:
    taken = {index for line in lines for index, _ in line["erased"]}
    other = next(index for index in range(5, lines[0]["index"]) if index not in taken)
    lines[0]["erased"] = sorted([*lines[0]["erased"], [other, None]])
    return lines


def _shorter(lines: Lines) -> Lines:
    lines[0]["erased"].pop()
    return lines


def _of_another(lines: Lines) -> Lines:
    lines[0]["statement"], lines[1]["statement"] = lines[1]["statement"], lines[0]["statement"]
    return lines


def _unsigned(lines: Lines) -> Lines:
    lines[0]["signature"] = lines[1]["signature"]
    return lines


def _other_words(lines: Lines) -> Lines:
    said = json.loads(lines[1]["statement"])
    lines[1]["statement"] = canonical(said | {"reason": "court-order"}).decode()
    return lines


def _other_price(lines: Lines) -> Lines:
    for pair in lines[0]["erased"]:
        if pair[1] is not None:
            key, value = pair[1]["opened"]["price"]
            pair[1]["opened"]["price"] = [key, value.replace("billable", "free")]
    return lines


def _no_residue(lines: Lines) -> Lines:
    lines[0]["erased"] = [[index, None] for index, _ in lines[0]["erased"]]
    return lines


def _no_object(lines: Lines) -> Lines:
    return [{"index": 1}, *lines]


CHEATS: dict[str, tuple[Callable[[Lines], Lines], set[str]]] = {
    "openings destroyed and no erasure shown": (_without_file, {"openings-complete", "erasures"}),
    "one of two erasures withheld": (_without_one, {"openings-complete", "erasures"}),
    "somebody else's event hidden among the erased": (_longer, {"erasures"}),
    "an event of the chain neither open nor closed": (_shorter, {"openings-complete", "erasures"}),
    "the statement of another erasure": (_of_another, {"erasures"}),
    "a signature of another statement": (_unsigned, {"erasures"}),
    "a reason changed afterwards": (_other_words, {"erasures"}),
    "a charge called free after the erasure": (_other_price, {"erasures"}),
    "a line that is no erasure": (_no_object, {"erasures"}),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_cheats_with_erasures_are_caught(cheat: str, exported: Path, shared_world: World, tmp_path: Path) -> None:
    """Each breaks the promises that are named, at least."""
    change, expected = CHEATS[cheat]
    place = tmp_path / "export"
    shutil.copytree(exported, place)
    lines = change([json.loads(line) for line in (place / FILE).read_text().splitlines()])
    (place / FILE).write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = broken(place, shared_world)
    assert found >= expected, found


def test_a_charge_hidden_by_an_erasure_is_missed_by_its_bill(world: World, tmp_path: Path) -> None:
    """The month is closed; what is left of the erased person's charge is taken away: the bill counts one more than the log."""
    bureau = world.bureau
    ids = {name: world.subject_id(PEOPLE[name]) for name in ("good", "busy")}
    for name, subject in ids.items():
        give_consent(bureau, subject, member_id="bank-alpha", purpose="loan-approval")
        answer_inquiry(world.request(PEOPLE[name]), bureau)
    sequence(bureau)
    month = world.clock.at.strftime("%Y-%m")
    world.clock.forward(days=10)
    close_month(bureau, month, by="biller-1")
    erase(bureau, ordered_by_person(bureau, ids["good"], policy=f"{bureau.policies.digest};permit;erasure-by-request"))
    export(bureau, tmp_path)
    assert broken(tmp_path, world) == set()
    lines = _no_residue([json.loads(line) for line in (tmp_path / FILE).read_text().splitlines()])
    (tmp_path / FILE).write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert broken(tmp_path, world) >= {"bills"}


@pytest.mark.parametrize("by", ["staff/billing", "staff/auditor", "bank-alpha", "subject"])
def test_whoever_may_not_order_is_found(by: str, world: World, tmp_path: Path) -> None:
    """The database holds an order, the bureau signed and erased: the watcher still asks whether that role decides erasures."""
    bureau, subject = world.bureau, world.subject_id(PEOPLE["good"])
    policy = f"{bureau.policies.digest};permit;erasure-by-decision"
    order = ordered_by_staff(
        bureau, subject, Staff("x", StaffRole.REVIEWER), reason="unlawful", policy=policy
    )  # fmt: skip
    erase(bureau, replace(order, ordered_by=by))
    export(bureau, tmp_path)
    assert broken(tmp_path, world) == {"erasures"}
