"""Give made-up people a way to sign in to the sandbox."""

from openbureau.config import SANDBOX
from openbureau.core.subject import normalize_id
from openbureau.jobs.context import Bureau
from openbureau.jobs.subject.sign_in import code_hash
from openbureau.store.subject import add_sandbox_identity, subject_of_identifier


class NotSandbox(RuntimeError):
    """Sandbox identities exist in the sandbox only."""


def add_sign_in(bureau: Bureau, *, handle: str, code: str, id_kind: str, id_number: str) -> bool:
    """Let the made-up person with this number sign in; False when nobody of that number is held."""
    if bureau.settings.mode != SANDBOX:
        raise NotSandbox("sandbox identities exist in the sandbox only")
    number = normalize_id(id_kind, id_number)
    if number is None:
        return False
    with bureau.store.connection("loader") as connection:
        subject_id = subject_of_identifier(connection, id_kind, bureau.id_blind(id_kind, number))
        if subject_id is None:
            return False
        add_sandbox_identity(connection, handle, subject_id, code_hash(handle, code))
    return True
