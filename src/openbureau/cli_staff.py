"""What can be done from a terminal about the accounts of staff?  Only here: no browser gives anybody a role.

Registered by `cli.py`, which gives the ground: an open bureau, and how to speak.
"""

from typing import Any

from cyclopts import App

from openbureau.cli_ground import NO, Ground, Json, Language
from openbureau.core.staff import RoleRefused, StaffRole

TROUBLES = {"AccountRefused", "RotationRefused", "RotationBusy"}


def register(app: App, ground: Ground) -> None:
    """Add the commands of this file."""
    staff_app = App(name="staff", help="Accounts of the bureau's own people, and of those who watch it from inside.")
    app.command(staff_app)
    _register_codes(staff_app, ground)
    _register_roles(staff_app, ground)
    _register_lists(staff_app, ground)


def _register_codes(staff_app: App, ground: Ground) -> None:
    @staff_app.command
    def add(handle: str, *, role: list[StaffRole], is_json: Json = False, lang: Language = "") -> int:
        """Make an account with a role (`--role` again for another) and print its one-time code, this once.

        HANDLE names a duty (reviewer-3), never a person.  At the first sign-in the code sets password and second factor.
        """
        with ground.bureau() as bureau:
            from openbureau.jobs.staff.accounts import add_account

            made = add_account(bureau, handle, frozenset(role))
        return _told(made, ground, is_json, lang=lang)

    @staff_app.command
    def recover(handle: str, *, is_json: Json = False, lang: Language = "") -> int:
        """Print a new one-time code for an account that lost its password or second factor; its sessions end."""
        with ground.bureau() as bureau:
            from openbureau.jobs.staff.accounts import renew_code

            made = renew_code(bureau, handle)
        return _told(made, ground, is_json, lang=lang)

    @staff_app.command
    def close(handle: str, *, is_json: Json = False) -> int:
        """Close an account for good; what it did stays recorded."""
        with ground.bureau() as bureau:
            from openbureau.jobs.staff.accounts import close_account

            close_account(bureau, handle)
        ground.emit({"handle": handle, "closed": True}, is_json, lambda: f"{handle} is closed")
        return 0


def _register_roles(staff_app: App, ground: Ground) -> None:
    @staff_app.command
    def grant(handle: str, *, role: StaffRole, is_json: Json = False, lang: Language = "") -> int:
        """Give an account one more role; refused where it would both operate the bureau and audit it."""
        with ground.bureau() as bureau:
            from openbureau.jobs.staff.accounts import give_role

            made = give_role(bureau, handle, role)
        return _told(made, ground, is_json, lang=lang)

    @staff_app.command
    def revoke(handle: str, *, role: StaffRole, is_json: Json = False, lang: Language = "") -> int:
        """Take a role from an account that has another."""
        with ground.bureau() as bureau:
            from openbureau.jobs.staff.accounts import take_role

            made = take_role(bureau, handle, role)
        return _told(made, ground, is_json, lang=lang)


def _register_lists(staff_app: App, ground: Ground) -> None:
    @staff_app.command(name="list")
    def list_(*, is_json: Json = False) -> int:
        """List the accounts with their roles."""
        with ground.bureau() as bureau:
            from openbureau.jobs.staff.accounts import list_accounts

            found = list_accounts(bureau)
        rows = [{"handle": one.handle, "roles": list(one.roles), "closed": one.is_closed,
                 "waits_for_code_until": one.enrol_until.isoformat() if one.enrol_until else None}
                for one in found]  # fmt: skip
        ground.emit(rows, is_json, lambda: "\n".join(map(_account_line, rows)))
        return 0

    @staff_app.command
    def events(*, handle: str | None = None, most: int = 200, is_json: Json = False) -> int:
        """Show what was done by and to accounts, newest first; an empty account is one that does not exist."""
        with ground.bureau() as bureau:
            from openbureau.jobs.staff.accounts import list_events

            found = list_events(bureau, handle, most=most)
        rows = [
            {"at": one.at.isoformat(), "handle": one.handle, "kind": one.kind, "detail": one.detail} for one in found
        ]
        ground.emit(
            rows, is_json,
            lambda: "\n".join(f"{row['at']}  {row['handle']:<20} {row['kind']:<13} {row['detail']}" for row in rows),
        )  # fmt: skip
        return 0


def _account_line(row: dict[str, Any]) -> str:
    state = "closed" if row["closed"] else "waits for its code" if row["waits_for_code_until"] else "open"
    return f"{row['handle']:<20} {', '.join(row['roles']):<30} {state}"


def _told(made: Any, ground: Ground, is_json: bool, *, lang: str) -> int:
    """A refusal with its reason, the roles that stand now, or the code."""
    if isinstance(made, RoleRefused):
        reason = made.reason_zh if ground.short(lang) == "zh" else made.reason_en
        told = {"refused": {"en": made.reason_en, "zh": made.reason_zh}}
        ground.emit(told, is_json, lambda: f"refused: {reason}")
        return NO
    if isinstance(made, frozenset):
        roles = sorted(made)
        ground.emit({"roles": roles}, is_json, lambda: ", ".join(roles))
        return 0
    told = {"handle": made.handle, "code": made.code, "until": made.until.isoformat()}
    ground.emit(
        told, is_json, lambda: f"{made.code}\none-time code of {made.handle}, until {told['until']}; told this once"
    )
    return 0
