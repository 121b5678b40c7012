"""Forget ids seen once and tokens that are over.  Nobody would accept them any more, so nothing is lost."""

from openbureau.jobs.context import Bureau
from openbureau.store.sign_in import tokens

AT_ONCE = 5000


def forget_sign_ins(bureau: Bureau) -> int:
    """Forget what is over; how many rows."""
    total = 0
    with bureau.store.connection("sequencer") as connection:
        while count := tokens.forget_sign_ins(connection, bureau.clock(), AT_ONCE):
            total += count
            if count < AT_ONCE:
                break
    return total
