"""Staff come in: with a one-time code the first time, then with a password and a second factor.

Promises: a password alone opens nothing; the code of a time step (TOTP, RFC 6238) opens once, one step of drift either way;
failures in a row close the account for longer and longer; what happened is an event of the account, and what somebody typed is
not in it; an unknown account takes as long as a wrong password.
"""

import base64
import hmac
from dataclasses import dataclass
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from openbureau.core.staff import StaffRole, password_trouble
from openbureau.jobs.context import Bureau
from openbureau.jobs.staff.accounts import code_digest, note
from openbureau.store import staff as store
from openbureau.store.sealing import seal, unseal
from openbureau.store.staff import StaffAttempt

STEP_SECONDS = 30
_DRIFT = (0, -1, 1)
_SECRET_BYTES = 20
_hasher = PasswordHasher()  # RFC 9106, second recommended option: 64 MiB, 3 passes


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody of staff, with password and second factor; `epoch` tells when the account last changed."""

    handle: str
    roles: tuple[StaffRole, ...]
    epoch: int


@dataclass(frozen=True, slots=True)
class Enrolling:
    """Somebody with a good one-time code, who still has to set password and second factor; the secret is new."""

    handle: str
    code: str
    secret: str


@dataclass(frozen=True, slots=True)
class EnrolRefused:
    """Why password and second factor were not set: English, Chinese."""

    reason_en: str
    reason_zh: str


def enter_staff(bureau: Bureau, handle: str, password: str, code: str) -> Entered | Enrolling | None:
    """Who this is; None when anything does not fit.  A one-time code is given in place of the password."""
    with bureau.store.connection("api") as connection:
        tried = store.begin_attempt(connection, handle, bureau.clock())
        if tried is None:
            _fits(_nobody(), password)
            # What was typed as an account may be a password: it is kept nowhere.
            note(bureau, connection, "", "failed", detail="unknown-or-waiting")
            return None
        if tried.enrol_hash is not None and hmac.compare_digest(tried.enrol_hash, code_digest(password)):
            return Enrolling(handle, password, base64.b32encode(bureau.random(_SECRET_BYTES)).decode())
        if not _fits(tried.password_hash or _nobody(), password) or tried.password_hash is None:
            note(bureau, connection, handle, "failed", detail="password")
            return None
        roles = tuple(StaffRole(role) for role in sorted(tried.roles))
        step = _step_of(bureau, _secret(bureau, handle, tried), code)
        if step is None:
            note(bureau, connection, handle, "failed", detail="code")
            return None
        if not store.enter(connection, handle, epoch=tried.epoch, step=step):
            note(bureau, connection, handle, "replayed")
            return None
        note(bureau, connection, handle, "signed-in", detail="code")
        return Entered(handle, roles, tried.epoch)


def enrol_staff(bureau: Bureau, enrolling: Enrolling, password: str, code: str) -> Entered | EnrolRefused:
    """Set password and second factor, once for each one-time code; whoever has done so is in."""
    trouble = password_trouble(enrolling.handle, password)
    if trouble is not None:
        return EnrolRefused(*trouble)
    with bureau.store.connection("api") as connection:
        at, handle = bureau.clock(), enrolling.handle
        tried = store.begin_attempt(connection, handle, at)
        step = _step_of(bureau, enrolling.secret, code)
        if tried is None:
            return EnrolRefused("Too many tries: wait, then begin again.", "尝试次数过多：请稍候再重新开始。")
        if step is None:
            return EnrolRefused(
                "The six digits are not those of the secret shown: check the clock of your device.",
                "六位数字与所示密钥不符：请检查设备时钟。",
            )
        key = bureau.data_key(tried.wrapped_key, f"staff/{handle}")
        sealed = seal(key, enrolling.secret.encode(), place=_totp_place(handle), random=bureau.random)
        epoch = store.enrol(
            connection, handle, code=code_digest(enrolling.code), at=at, password=_hasher.hash(password), totp=sealed,
            step=step,
        )  # fmt: skip
        if epoch is None:
            return EnrolRefused(
                "The one-time code was used or is over: ask the operator for a new one.",
                "一次性代码已使用或已过期：请向运营方索取新代码。",
            )
        note(bureau, connection, handle, "enrolled")
        note(bureau, connection, handle, "signed-in", detail="code")
    return Entered(handle, tuple(StaffRole(role) for role in sorted(tried.roles)), epoch)


def is_still_staff(bureau: Bureau, handle: str, roles: tuple[str, ...], epoch: int) -> bool:
    """Does a session still hold?  Not after the account was closed, renewed, or given other roles."""
    with bureau.store.connection("api") as connection:
        return store.stands(connection, handle, epoch=epoch, roles=roles)


def secret_address(enrolling: Enrolling, issuer: str) -> str:
    """The secret as an `otpauth` address, which a device reads."""
    return pyotp.TOTP(enrolling.secret).provisioning_uri(name=enrolling.handle, issuer_name=issuer)


def _step_of(bureau: Bureau, secret: str | None, code: str) -> int | None:
    """The time step whose code this is; None for none near now."""
    now = int(bureau.clock().timestamp()) // STEP_SECONDS
    made = pyotp.TOTP(secret or base64.b32encode(bytes(_SECRET_BYTES)).decode())
    digits = code.replace(" ", "")
    found = [now + by for by in _DRIFT if hmac.compare_digest(made.generate_otp(now + by).encode(), digits.encode())]
    return found[0] if found and secret else None


def _secret(bureau: Bureau, handle: str, tried: StaffAttempt) -> str | None:
    if tried.totp_sealed is None:
        return None
    key = bureau.data_key(tried.wrapped_key, f"staff/{handle}")
    return unseal(key, tried.totp_sealed, place=_totp_place(handle)).decode()


def _totp_place(handle: str) -> str:
    return f"staff/{handle}/totp"


@cache
def _nobody() -> str:
    """A hash that no password fits, so that an unknown account takes as long as a known one."""
    return _hasher.hash(base64.b64encode(pyotp.random_base32(64).encode()))


def _fits(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False
