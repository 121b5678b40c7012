"""The batch duty from a terminal."""

import json
import random

import psycopg
import pytest

from openbureau import cli
from openbureau.jobs.furnishing.load import furnish
from world import Person, jsonl, person_id, subject_record


def test_detect_runs_from_the_terminal(world, monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`openbureau identity detect --json` looks at everybody and says how many cases it opened, and nothing of anybody."""
    settings = world.bureau.settings
    monkeypatch.setenv("OPENBUREAU_HOME", str(settings.home))
    monkeypatch.setenv("OPENBUREAU_DATABASE_URL", world.url)
    status = cli.app(["identity", "detect", "--json"], result_action="return_value", exit_on_error=False)
    told = json.loads(capsys.readouterr().out)
    assert status == 0
    assert told["mixed"]["cases"] == told["split"]["cases"] == 0
    assert told["mixed"]["subjects"] == told["split"]["subjects"] == 7


def test_the_linkage_proposes_and_links_nothing(new_world, monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A hundred people and six who also came with a passport: their pairs wait on the desk, no link is made."""
    chance = random.Random(5)
    families, given = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚"
    records: list[dict[str, object]] = []
    for number in range(100):
        born = f"19{chance.randint(50, 99)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        name = chance.choice(families) + "".join(chance.sample(given, 2))
        person = Person(f"N{number:04d}", person_id(number, born), name)
        told = {"phone": f"138{chance.randint(0, 99_999_999):08d}", "region": f"{chance.randint(11, 15)}0101"}
        records.append(subject_record(person) | told)
        if number < 6:
            paper = {"subject_ref": f"E{number}", "id_kind": "cn-passport", "id_number": f"E{number:08d}"}
            records.append(records[-1] | paper | {"born_on": f"{born[:4]}-{born[4:6]}-{born[6:]}"})
    world = new_world(files={})
    furnish(world.bureau, "bank-alpha", jsonl(records))
    monkeypatch.setenv("OPENBUREAU_HOME", str(world.bureau.settings.home))
    monkeypatch.setenv("OPENBUREAU_DATABASE_URL", world.url)
    assert cli.app(["identity", "propose", "--json"], result_action="return_value", exit_on_error=False) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["subjects"] == 106
    with psycopg.connect(world.url) as connection:
        kinds = connection.execute("select kind, count(*) from bureau.desk_case group by kind").fetchall()
        links = connection.execute("select count(*) from bureau.identity_link").fetchone()
    assert kinds == [("proposal", told["cases"])]
    assert 6 <= told["cases"] <= 8
    assert links == (0,)
