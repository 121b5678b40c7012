"""Give back what was charged for a wrong answer, without being asked.

An answer is wrong that a later correction shows to have carried a wrong value (`jobs/furnishing/lineage.py`).  Promises: each
charge is given back at most once; not where the asker itself had furnished the value; a closed month stays as it is, and the
credit note goes into the first month after it.
"""

from openbureau.core.invoice import Reason
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.lineage import trace_corrections
from openbureau.store.billing import add_credit_note, as_member, lock_bills, wrong_answers

BUREAU = "bureau"
"""Who notes a credit that nobody decided."""


def credit_wrong_answers(bureau: Bureau) -> int:
    """Credit notes for every charged answer that turned out wrong; how many are new."""
    trace_corrections(bureau)
    with bureau.store.connection("auditor") as connection:
        found = wrong_answers(connection)
    noted = 0
    with bureau.store.connection("billing") as connection:
        for one in found:
            with as_member(connection, one.member_id):
                lock_bills(connection)
                noted += add_credit_note(
                    connection, one.subject_id, one.inquiry_id, reason=Reason.WRONG_ANSWER, evidence=one.evidence,
                    at=bureau.clock(), by=BUREAU,
                )  # fmt: skip
    return noted
