"""Who lives in the synthetic country?

Made-up people: a valid identity number of a province that does not exist, a name from our own lists, traits that drive
how they repay, and the shocks of their lives.  A person depends on seed, number and the last day of the country only.

Traits and shocks are known truth: they stand in the truth tables, never in a furnished record.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from openbureau.core.credit_file import month_number
from openbureau.core.subject import PERSON_ID, birthday, person_check
from openbureau.lab.chance import one_of, shuffled, source, weighted, whole
from openbureau.lab.names import GIVEN_FEMALE, GIVEN_MALE, GIVEN_SHARED, REGIONS, SURNAMES, TWO_CHARACTERS

_AGES = (21, 70)
"""Years of age in the country's last year."""
_CASE_AGES = (33, 60)
_MINOR_AGES = (16, 16)
"""People of a named case are old enough for their accounts, or made to be young."""
ORDINARY_SERIALS, CASE_SERIALS = (100, 999), (1, 99)
"""Kept apart, so that nobody can share a number with a person of a case."""
SHOCK_SPAN = 120
"""Months before the last one in which shocks are drawn, whatever the months furnished."""

_SURNAME_BOUNDS = tuple(accumulate(weight for _, weight in SURNAMES))
_REGIONS = tuple(code for code, _, _ in REGIONS)
_BAND_BOUNDS = tuple(accumulate((18, 26, 28, 18, 10)))

JOB_LOSS, ILLNESS, SALES_DROP = "job-loss", "illness", "sales-drop"


@dataclass(frozen=True, slots=True)
class Shock:
    """A blow: its kind, its first month (year*12+month-1) and how many months it lasts."""

    kind: str
    first_month: int
    months: int


@dataclass(frozen=True, slots=True)
class Traits:
    """What drives repayment.  `band` 1 (poorest, smallest) to 5; `prudence` 0 to 1000; shocks by first month."""

    band: int
    prudence: int
    shocks: tuple[Shock, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person.  `case` names the story that this person is made for, if any."""

    number: int
    id_number: str
    name: str
    gender: str
    born_on: date
    region: str
    phone: str
    is_sole_trader: bool
    traits: Traits
    case: str | None

    @property
    def handle(self) -> str:
        """`P0001` and so on."""
        return f"P{self.number:04d}"

    @property
    def kind(self) -> str:
        """The kind of subject: a sole trader is a person, too."""
        return "person"

    @property
    def id_kind(self) -> str:
        """The kind of identity number."""
        return PERSON_ID


def id_number(region: str, born: date, serial: int) -> str:
    """An identity number with its check character.  An odd serial is a man's."""
    first = f"{region}{born:%Y%m%d}{serial:03d}"
    return first + person_check(first)


def given_name(rng: Random, gender: str) -> str:
    """A given name of one or two characters."""
    own = GIVEN_MALE if gender == "male" else GIVEN_FEMALE
    if rng.random() >= TWO_CHARACTERS:
        return one_of(rng, own)
    return one_of(rng, GIVEN_SHARED) + one_of(rng, own)


def full_name(rng: Random, gender: str) -> str:
    """Surname by its weight, then a given name."""
    return SURNAMES[weighted(rng, _SURNAME_BOUNDS)][0] + given_name(rng, gender)


def place_of_birth(
    index: int, regions: tuple[str, ...], *, years: tuple[int, int], serials: tuple[int, int], key: tuple[object, ...]
) -> tuple[str, date, int]:
    """Division, day of birth and serial of a person: a fixed shuffle, so that no two share a number.

    `years` and `serials` are the first and the last of each; `key` names the shuffle.
    """
    first = date(years[0], 1, 1)
    days = (date(years[1] + 1, 1, 1) - first).days
    place = shuffled(index, days * len(regions) * (serials[1] - serials[0] + 1), *key)
    place, day = divmod(place, days)
    serial, region = divmod(place, len(regions))
    return regions[region], first + timedelta(days=day), serials[0] + serial


def make_person(seed: int, number: int, *, until: date, case: str | None) -> Person:
    """Person `number` (from 1) of a country that ends on `until`."""
    ages = _AGES if case is None else _MINOR_AGES if case == "minor" else _CASE_AGES
    serials = ORDINARY_SERIALS if case is None else CASE_SERIALS
    region, born, serial = place_of_birth(
        number,
        _REGIONS,
        years=(until.year - ages[1], until.year - ages[0]),
        serials=serials,
        key=(seed, "birth", until.year, case),
    )
    rng = source(seed, "person", number)
    gender = "male" if serial % 2 else "female"
    name = full_name(rng, gender)
    phone = f"000{whole(rng, 10_000_000, 99_999_999)}"
    band = weighted(rng, _BAND_BOUNDS) + 1
    # Two draws make the middle common and the ends rare.
    prudence = int((rng.random() + rng.random()) * 500)
    is_sole_trader = case == "sole-trader" or (case is None and rng.random() < 0.08)
    shocks = () if case else tuple(sorted(_blows(rng, band, month_number(until)), key=lambda blow: blow.first_month))
    return Person(
        number, id_number(region, born, serial), name, gender, born, region, phone, is_sole_trader,
        Traits(band, 820 if case else prudence, shocks), case,
    )  # fmt: skip


def _blows(rng: Random, band: int, last_month: int) -> Iterator[Shock]:
    """Loss of work strikes the poorer more often; illness strikes all alike."""
    first = last_month - SHOCK_SPAN + 1
    yield from strikes(rng, JOB_LOSS, (first, last_month), hazard=0.0095 - 0.0013 * band, lasts=(3, 10))
    yield from strikes(rng, ILLNESS, (first, last_month), hazard=0.003, lasts=(2, 6))


def strikes(rng: Random, kind: str, span: tuple[int, int], *, hazard: float, lasts: tuple[int, int]) -> Iterator[Shock]:
    """Shocks of one kind within a span of months, each month with the same hazard, none while one lasts."""
    month = span[0]
    while True:
        month += int(math.log(1 - rng.random()) / math.log(1 - hazard))
        if month > span[1]:
            return
        months = whole(rng, *lasts)
        yield Shock(kind, month, months)
        month += months


def adult_months(person: Person, last_month: int) -> int:
    """Whole months between the eighteenth birthday and the last month."""
    return last_month - month_number(birthday(person.born_on, 18)) - 1
