"""Forget ids seen once and tokens that are over.  Nobody would accept them any more, so nothing is lost."""

from openbureau.jobs.context import Bureau
from openbureau.store.sign_in.tokens import forget_sign_ins

AT_ONCE = 5000


def forget(bureau: Bureau) -> int:
    """Forget what is over; how many rows."""
    total = 0
    with bureau.store.connection("sequencer") as connection:
        while count := forget_sign_ins(connection, bureau.clock(), AT_ONCE):
            total += count
            if count < AT_ONCE:
                break
    return total
