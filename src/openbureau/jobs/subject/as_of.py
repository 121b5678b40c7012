"""What was known of a person at a past moment?  Rebuilt from the ledger; today's retention decides what of it may be seen."""

from datetime import datetime

from openbureau.core.credit_file import CreditFile, decode_file, visible
from openbureau.jobs.context import Bureau
from openbureau.law.workdays import civil_day
from openbureau.store.furnishing import file_as_of
from openbureau.store.subject import own_facts


def credit_file(bureau: Bureau, subject_id: str, as_of: datetime) -> CreditFile | None:
    """The accounts as known at `as_of`, the same for ever but for what has expired since; None for no such subject."""
    now = bureau.clock()
    rulebook = bureau.rulebook(civil_day(now))
    with bureau.store.connection("api") as connection:
        found = own_facts(connection, subject_id, now)
    if found is None:
        return None
    with bureau.store.connection("auditor") as connection:
        text = file_as_of(connection, subject_id, as_of)
    held = decode_file(text, subject_id=subject_id, kind=found.kind, as_of=as_of, synthetic=found.synthetic)
    return visible(held, retention_years=rulebook.typed.adverse_years.number, today=rulebook.day)
