"""What do the steps of the story share?  The bureau, the country, the lender who asks, the person who is asked about."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from openbureau.core.member import Role
from openbureau.core.staff import StaffRole
from openbureau.jobs.context import Bureau
from openbureau.jobs.founding.sandbox import add_desk, add_staff
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Outcome
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.jobs.subject.sign_in import sign_in
from openbureau.lab.country import Country
from openbureau.law.workdays import civil_day

PURPOSE = "loan-approval"
HERO = "good-payer"


@dataclass
class Story:
    """What the steps share."""

    bureau: Bureau
    country: Country
    tokens: Mapping[str, str]
    codes: dict[str, str]
    """Sandbox sign-in codes by handle."""
    folder: Path
    """Where furnished files and exports are written."""
    lender: str
    url: str
    """The administrator's connection string of the story's database."""
    witnesses: Mapping[str, str] | None = None
    """Where the sandbox's own witnesses are reached."""
    keys: int = 0
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def hero(self) -> str:
        """The handle of the person whom the story is about."""
        return self.country.cases[HERO]

    def ask(self) -> Outcome:
        """The lender asks about the hero."""
        person = self.country.one(self.hero)
        subject: dict[str, Any] = {"id_kind": "cn-id", "id_number": person.id_number, "name": person.name}
        self.keys += 1
        return answer_inquiry(
            InquiryRequest(
                token=self.tokens[self.lender],
                idempotency_key=f"demo-{self.keys}",
                body=json.dumps([subject, PURPOSE], ensure_ascii=False).encode(),
                purpose=PURPOSE,
                actor_user="desk-1",
                **subject,
            ),
            self.bureau,
        )

    def subject_id(self) -> str:
        """The hero, signed in."""
        found = sign_in(self.bureau, self.hero, self.codes[self.hero])
        if found is None:
            raise AssertionError("a person of the sandbox cannot sign in")
        return found

    @property
    def today(self) -> date:
        """The day as the law counts days."""
        return civil_day(self.bureau.clock())

    def law(self, rule_id: str) -> tuple[str, str]:
        """The citation of a rule in both languages."""
        citation = self.bureau.rulebook(civil_day(self.bureau.clock())).rule(rule_id).citation
        return citation.render("en"), citation.render("zh")

    def name(self, member_id: str) -> tuple[str, str]:
        """A member's name in English and Chinese."""
        member = self.bureau.members[member_id]
        return member.name_en, member.name_zh


def choose_lender(country: Country) -> str:
    """A lender for the story: the first that may ask for loans."""
    return next(
        member.member_id for member in country.members if Role.LENDER in member.roles and PURPOSE in member.purposes
    )


STAFF = (("regulator", StaffRole.REGULATOR), ("reviewer-1", StaffRole.REVIEWER), ("reviewer-2", StaffRole.REVIEWER))


def open_desks(story: Story) -> dict[str, str]:
    """Accounts of staff and of the desk of every member that furnishes: fresh codes by handle."""
    codes = {}
    for handle, role in STAFF:
        codes[handle] = new_code()
        add_staff(story.bureau, handle=handle, role=role, code=codes[handle])
    for member_id, member in story.bureau.members.items():
        if Role.FURNISHER in member.roles:
            codes[member_id] = new_code()
            add_desk(story.bureau, member_id=member_id, code=codes[member_id])
    return codes


def new_code() -> str:
    """Six fresh digits."""
    return f"{int.from_bytes(os.urandom(4)) % 1_000_000:06d}"
