"""Put people in the public eye on a list that cannot be read: blind indexes of their numbers, nothing else."""

from collections.abc import Iterable

from openbureau.core.subject import normalize_id
from openbureau.jobs.context import Bureau
from openbureau.store.abuse import mark_person


def mark_people(bureau: Bureau, numbers: Iterable[tuple[str, str]], *, is_marked: bool = True) -> tuple[int, int]:
    """Mark (or unmark) people by kind and number of a paper; how many were taken, and how many numbers are none."""
    now, taken, wrong = bureau.clock(), 0, 0
    with bureau.store.connection("loader") as connection:
        for kind, text in numbers:
            number = normalize_id(kind, text)
            if number is None:
                wrong += 1
                continue
            mark_person(connection, kind, bureau.id_blind(kind, number), (now, is_marked))
            taken += 1
    return taken, wrong
