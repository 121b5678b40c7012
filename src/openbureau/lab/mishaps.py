"""What goes wrong with who is who in the synthetic country?

Twins, telephones of a household, people with a new name, slips of the pen, old short numbers, names in Latin letters,
records without a number, and numbers that somebody else uses.  None of it happens unless a country is made with it, and
then the truth table `identity` says of every furnished subject who it really is.

Promises: who a person is depends on seed and number only, as everywhere in the country; what a furnisher writes of a
person depends on seed, furnisher and number; two people never have one number, even twins.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from openbureau.core.identity.pinyin import COMPOUND_SURNAMES, pinyin
from openbureau.core.subject import person_check
from openbureau.lab.chance import one_of, own_key, source, whole
from openbureau.lab.firms import Firm
from openbureau.lab.names import GIVEN_FEMALE, GIVEN_MALE, GIVEN_SHARED, SURNAMES
from openbureau.lab.people import Person, full_name, given_name, make_person

Record = dict[str, Any]

TWINS, HOUSEHOLD_PHONES, RENAMED = 0.02, 0.06, 0.01
"""Of people with an even number, the share who are the twin of the one before; of all, who share a telephone with the one
before, and who have taken another name."""
STOLEN_NUMBERS = 0.002
"""Of the subjects of a platform, the share whose number another person uses there under a name of their own."""
PER_FURNISHER: dict[str, tuple[tuple[str, float], ...]] = {
    "bank-chengxin": (("15-digit", 0.02),),
    "bank-heshan": (("15-digit", 0.02), ("name-typo", 0.002)),
    "finance-ruiju": (("latin-name", 0.05), ("number-typo", 0.002)),
    "platform-yunfu": (("15-digit", 0.01), ("other-phone", 0.10)),
    "platform-fanzhu": (
        ("name-typo", 0.02), ("number-typo", 0.01), ("phone-typo", 0.02), ("shop-phone", 0.02), ("other-phone", 0.05),
        ("no-number", 0.05),
    ),
}  # fmt: skip
"""How a furnisher writes, each with the share of its subjects.  More than one can strike a record."""
THIEVES_AT = ("platform-yunfu", "platform-fanzhu")
SHOP_PHONES = 12
"""How many shops put their own telephone on their customers' forms."""


@dataclass(frozen=True, slots=True)
class Written:
    """One subject as furnished: the record, who it really is, whose number it carries, and what went wrong."""

    record: Record
    handle: str
    number_of: str | None
    mishaps: tuple[str, ...]


def person_of(seed: int, number: int, *, until: date, case: str | None) -> tuple[Person, tuple[str, ...]]:
    """Person `number` of a country with mishaps, and which of their own they have: twin, household-phone, renamed."""
    person = make_person(seed, number, until=until, case=case)
    if case is not None or number < 2:
        return person, ()
    struck = []
    rng = source(seed, "kin", number)
    is_twin, is_household, is_renamed = rng.random() < TWINS, rng.random() < HOUSEHOLD_PHONES, rng.random() < RENAMED
    if is_twin and number % 2 == 0 and number > 10:
        person = _twin(person, person_of(seed, number - 1, until=until, case=None)[0], rng)
        struck.append("twin")
    elif is_household:
        person = replace(person, phone=make_person(seed, number - 1, until=until, case=None).phone)
        struck.append("household-phone")
    if is_renamed:
        struck.append("renamed")
    return person, tuple(struck)


def _twin(person: Person, other: Person, rng: Random) -> Person:
    """The other's day and place of birth, surname and telephone.

    The number has a neighbouring division and the other's serial, which nobody else can have.
    """
    first = f"{other.id_number[:5]}2{other.id_number[6:17]}"
    surname = surname_of(other.name)
    given = given_name(rng, other.gender)
    while surname + given == other.name:
        given = given_name(rng, other.gender)
    return replace(
        person, id_number=first + person_check(first), name=surname + given, gender=other.gender, born_on=other.born_on,
        region=other.region, phone=other.phone,
    )  # fmt: skip


def surname_of(name: str) -> str:
    """The surname of a name in characters."""
    return name[:2] if name[:2] in COMPOUND_SURNAMES else name[:1]


def written(
    seed: int, furnisher_id: str, owner: Person | Firm, *, record: Record, struck: tuple[str, ...]
) -> Iterator[Written]:
    """What a furnisher writes of a subject: the record with its mishaps, and perhaps another of a thief of the number."""
    if isinstance(owner, Firm) or owner.case is not None:
        yield Written(record, owner.handle, owner.handle, ())
        return
    rng = source(seed, "written", furnisher_id, owner.number)
    made, mishaps = dict(record), list(struck)
    if "renamed" in struck and rng.random() < 0.5:
        made["name"] = _former_name(seed, owner)
    elif "renamed" in struck:
        mishaps.remove("renamed")
    for name, share in PER_FURNISHER.get(furnisher_id, ()):
        if rng.random() < share and _WRITE[name](rng, made):
            mishaps.append(name)
    yield Written(made, owner.handle, owner.handle if "id_number" in made else None, tuple(mishaps))
    if furnisher_id in THIEVES_AT and rng.random() < STOLEN_NUMBERS:
        yield _thief(seed, furnisher_id, owner, record=record)


def _former_name(seed: int, person: Person) -> str:
    """The name before: another given name, and now and then another surname."""
    rng = source(seed, "former", person.number)
    surname = surname_of(person.name)
    if rng.random() < 0.3:
        surname = SURNAMES[int(rng.random() * len(SURNAMES))][0]
    return surname + given_name(rng, person.gender)


def _thief(seed: int, furnisher_id: str, victim: Person, *, record: Record) -> Written:
    """Somebody who is nobody else in the country, with the victim's number and day of birth, and a name of their own."""
    rng = source(seed, "thief", furnisher_id, victim.number)
    name = full_name(rng, victim.gender)
    while name == victim.name:
        name = full_name(rng, victim.gender)
    made = record | {
        "subject_ref": own_key(seed, "thief", furnisher_id, victim.handle), "name": name, "phone": _telephone(rng),
    }  # fmt: skip
    return Written(made, f"X-{furnisher_id}-{victim.handle}", victim.handle, ("stolen-number",))


def _telephone(rng: Random) -> str:
    return f"000{whole(rng, 10_000_000, 99_999_999)}"


def _short_number(_: Random, record: Record) -> bool:
    """The old number of fifteen digits, for those born before 2000."""
    number = record["id_number"]
    if number[6:8] != "19" or len(number) != 18:
        return False
    record["id_number"] = number[:6] + number[8:17]
    return True


def _name_typo(rng: Random, record: Record) -> bool:
    """A character like another, or two that changed places."""
    name = record["name"]
    if len(name) > 2 and rng.random() < 0.3:
        record["name"] = name[:-2] + name[-1] + name[-2]
    else:
        record["name"] = name[:-1] + one_of(rng, GIVEN_SHARED + GIVEN_MALE + GIVEN_FEMALE)
    return bool(record["name"] != name)


def _number_typo(rng: Random, record: Record) -> bool:
    """A wrong digit; the check character, which is the writer's own, shows it."""
    number = record["id_number"]
    at = whole(rng, 6, len(number) - 2)
    record["id_number"] = number[:at] + str((int(number[at]) + whole(rng, 1, 9)) % 10) + number[at + 1 :]
    return True


def _phone_typo(rng: Random, record: Record) -> bool:
    phone = record["phone"]
    at = whole(rng, 3, len(phone) - 1)
    record["phone"] = phone[:at] + str((int(phone[at]) + whole(rng, 1, 9)) % 10) + phone[at + 1 :]
    return True


def _no_number(_: Random, record: Record) -> bool:
    del record["id_kind"], record["id_number"]
    return True


def _shop_phone(rng: Random, record: Record) -> bool:
    record["phone"] = f"00010000{whole(rng, 1, SHOP_PHONES):03d}"
    return True


def _other_phone(rng: Random, record: Record) -> bool:
    record["phone"] = _telephone(rng)
    return True


def _latin_name(rng: Random, record: Record) -> bool:
    """In Latin letters, the surname first or last."""
    surname = surname_of(record["name"])
    parts = [pinyin(surname).upper(), pinyin(record["name"][len(surname) :]).upper()]
    record["name"] = " ".join(parts if rng.random() < 0.5 else parts[::-1])
    return True


_WRITE = {
    "15-digit": _short_number, "name-typo": _name_typo, "number-typo": _number_typo, "phone-typo": _phone_typo,
    "no-number": _no_number, "shop-phone": _shop_phone, "other-phone": _other_phone, "latin-name": _latin_name,
}  # fmt: skip
