"""Run the demo: make a sandbox, tell the story, then serve.

The sandbox lies in a directory of its own that is made anew and removed at the end, so a demo can neither see nor harm an
installation, and two demos can run side by side.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from openbureau.config import SANDBOX, Settings
from openbureau.demo.sandbox import Story, choose_lender, new_code, open_desks
from openbureau.demo.story import tell_story
from openbureau.demo.telling import JsonTeller, Teller, TerminalTeller
from openbureau.demo.witnesses import make_witnesses, sandbox_witnesses
from openbureau.jobs.context import Bureau, database, open_bureau
from openbureau.jobs.founding.init import Plan, found_sandbox
from openbureau.jobs.founding.outcomes import outcome_rows, plant_outcomes
from openbureau.lab.country import Country, make_country
from openbureau.law.workdays import civil_day

ORIGIN = "demo.openbureau.example"
SIGN_INS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the demo should do."""

    once: bool = False
    json: bool = False
    language: str = "en"
    export: Path | None = None
    seed: int = 2021
    people: int = 60
    firms: int = 8
    months: int = 36


def run_demo(settings: Settings, wish: Wish, serve: Callable[[Bureau, Teller, Mapping[str, str] | None], None]) -> int:
    """The exit status: 0 when every step saw what it should."""
    teller: Teller = JsonTeller() if wish.json else TerminalTeller(wish.language)
    teller.say(
        "openbureau: a sandbox of made-up people. Nothing here is real data, and all of it is removed at the end.",
        "openbureau 沙盒：其中人物均为虚构，结束后全部删除。",
    )
    with _sandbox(settings) as home, database(home, lambda line: teller.say(line, line)) as url:
        story = _story(home, url, wish)
        with closing(story.bureau.store), sandbox_witnesses(story.bureau) as story.witnesses:
            is_well = True
            for step in tell_story(story):
                teller.tell(step)
                is_well = is_well and step.ok
            if wish.export is not None:
                shutil.copytree(story.folder / "export", wish.export, dirs_exist_ok=True)
                teller.say(f"\nThe export lies in {wish.export}.", f"\n导出文件位于 {wish.export}。")
            _end(teller, is_well=is_well)
            if not wish.once:
                _tell_outcomes(story, teller)
                _tell_sign_ins(story, teller)
                serve(story.bureau, teller, story.witnesses)
    return 0 if is_well else 1


@contextmanager
def _sandbox(settings: Settings) -> Iterator[Settings]:
    """Settings of a fresh home, removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="openbureau-demo-"))
    if os.geteuid() == 0:
        home.chmod(0o711)  # the database's own account has to pass through; every file in it is closed by itself
    try:
        yield Settings(SANDBOX, home, None, settings.pg_bin, settings.regime, settings.host, settings.port)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _story(home: Settings, url: str, wish: Wish) -> Story:
    now = datetime.now(UTC)
    country = make_country(wish.seed, people=wish.people, firms=wish.firms, months=wish.months, until=civil_day(now))
    plan = Plan("openbureau demo", ORIGIN, country.members, make_witnesses(home.home, ORIGIN))
    tokens = found_sandbox(home, url, plan, now=now, random=os.urandom)
    bureau = open_bureau(home, url)
    folder = home.home / "story"
    folder.mkdir(mode=0o700)
    return Story(bureau, country, tokens, _codes(country), folder, choose_lender(country), url)


def _codes(country: Country) -> dict[str, str]:
    """Who can sign in: the named cases first, then some more; a fresh code each."""
    handles = [*country.cases.values(), *(person.handle for person in country.people)]
    return {handle: new_code() for handle in dict.fromkeys(handles[:SIGN_INS])}


def _end(teller: Teller, *, is_well: bool) -> None:
    if is_well:
        teller.say("\nEvery step held.", "\n每一步均成立。")
    else:
        teller.say("\nA step did not hold; see the mark above.", "\n有步骤未成立，见上文标记。")


def _tell_outcomes(story: Story, teller: Teller) -> None:
    teller.say(
        "\nA made-up person for every outcome (number, name, who asks for what, outcome; docs/guide/sandbox.md):",
        "\n每种查询结果各一名虚构人物（号码、姓名、查询方与用途、结果；见 docs/guide/sandbox.zh-CN.md）：",
    )
    for row in outcome_rows(plant_outcomes(story.bureau, story.tokens)):
        asked = f"{row['asker']:<9}  {row['purpose']:<15}"
        line = f"  {row['subject']['id_number']}  {row['subject']['name']}  {asked}  {row['outcome']}"
        teller.say(line, line)


def _tell_sign_ins(story: Story, teller: Teller) -> None:
    teller.say("\nSandbox sign-ins (handle, code):", "\n沙盒登录（编号、登录码）：")
    names = {handle: case for case, handle in story.country.cases.items()}
    for handle, code in story.codes.items():
        teller.say(f"  {handle}  {code}  {names.get(handle, '')}", f"  {handle}  {code}  {names.get(handle, '')}")
    teller.say("Staff and members' desks (choose 'staff' or 'institution'):", "工作人员与机构（登录时选择相应身份）：")
    for handle, code in open_desks(story).items():
        teller.say(f"  {handle:<22} {code}", f"  {handle:<22} {code}")
    teller.say("Lender tokens (for the API):", "机构令牌（用于接口）：")
    for member_id, token in story.tokens.items():
        teller.say(f"  {member_id:<22} {token}", f"  {member_id:<22} {token}")
