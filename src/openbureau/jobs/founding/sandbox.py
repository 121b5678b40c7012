"""Give made-up people, staff and members' desks a way to sign in to the sandbox."""

from collections.abc import Mapping
from pathlib import Path

from openbureau.config import SANDBOX, Settings, write_private
from openbureau.core.staff import StaffRole
from openbureau.core.subject import normalize_id
from openbureau.jobs.context import Bureau
from openbureau.jobs.subject.sign_in import code_hash
from openbureau.store.staff import add_sandbox_desk, add_sandbox_staff
from openbureau.store.subject import add_sandbox_identity, subject_of_identifier

TOKENS = "tokens"


class NotSandbox(RuntimeError):
    """Sandbox identities exist in the sandbox only."""


def add_sign_in(bureau: Bureau, *, handle: str, code: str, id_kind: str, id_number: str) -> bool:
    """Let the made-up person with this number sign in; False when nobody of that number is held."""
    _check_sandbox(bureau)
    number = normalize_id(id_kind, id_number)
    if number is None:
        return False
    with bureau.store.connection("loader") as connection:
        subject_id = subject_of_identifier(connection, id_kind, bureau.id_blind(id_kind, number))
        if subject_id is None:
            return False
        add_sandbox_identity(connection, handle, subject_id, code_hash(handle, code))
    return True


def add_staff(bureau: Bureau, *, handle: str, role: StaffRole, code: str) -> None:
    """Let made-up staff sign in with a role."""
    _check_sandbox(bureau)
    with bureau.store.connection("loader") as connection:
        add_sandbox_staff(connection, handle, role.value, code_hash(handle, code))


def add_desk(bureau: Bureau, *, member_id: str, code: str) -> None:
    """Let the desk of a made-up member sign in under the member's id."""
    _check_sandbox(bureau)
    if member_id not in bureau.members:
        raise LookupError(f"no member is called {member_id!r}")
    with bureau.store.connection("loader") as connection:
        add_sandbox_desk(connection, member_id, member_id, code_hash(member_id, code))


def keep_tokens(settings: Settings, tokens: Mapping[str, str]) -> Path:
    """Tokens as files that only their owner reads: never on a terminal, where they would be kept in a scroll-back."""
    folder = settings.home / TOKENS
    folder.mkdir(mode=0o700, exist_ok=True)
    for member_id, token in tokens.items():
        write_private(folder / member_id, token + "\n")
    return folder


def kept_tokens(settings: Settings) -> dict[str, str]:
    """The tokens that the founding kept, by member."""
    return {path.name: path.read_text().strip() for path in sorted((settings.home / TOKENS).glob("*"))}


def _check_sandbox(bureau: Bureau) -> None:
    if bureau.settings.mode != SANDBOX:
        raise NotSandbox("sandbox identities exist in the sandbox only")
