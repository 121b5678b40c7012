"""Whose browser is this?

A session is a small value in a cookie, sealed with AES-GCM under the session key, so that a browser can neither read nor
change it.  Promises: it ends after 30 minutes without use and after 8 hours in any case; a session that was left
cannot be used again in this process; every form carries a token of its own session; signing in makes a new session.
"""

import base64
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from litestar.datastructures import Cookie

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 8 * 3600
_PLACE = b"openbureau session 1"
_NONCE = 12
_LONGEST_COOKIE = 1024


class Session(msgspec.Struct, frozen=True, array_like=True):
    """One browser: its number, who signed in, its form token, when it began and was last used.

    Who signed in is one of: a person, the desk of a member, staff with a role (or several, by blanks); nobody before.
    `epoch` is the account's at sign-in, 0 for accounts of the sandbox; `aside` holds what a half-done sign-in needs.
    """

    number: str
    subject_id: str | None
    token: str
    began: int
    used: int
    member_id: str | None = None
    staff: str | None = None
    role: str | None = None
    epoch: int = 0
    aside: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """`person`, `member`, the role of staff, or empty for nobody."""
        return "person" if self.subject_id else "member" if self.member_id else self.role or ""


class Sessions:
    """Makes, seals, opens and ends sessions."""

    def __init__(self, key: bytes, clock: Callable[[], datetime], *, is_secure: bool) -> None:
        self._seal = AESGCM(key)
        self._clock = clock
        self._is_secure = is_secure
        self._ended: dict[str, int] = {}
        self.cookie_name = "__Host-openbureau-session" if is_secure else "openbureau-session"

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def begin(
        self, subject_id: str | None = None, *, member_id: str | None = None, staff: tuple[str, str] | None = None,
        epoch: int = 0, aside: tuple[str, ...] = (),
    ) -> Session:  # fmt: skip
        """A new session: of a person, of a member's desk, of staff (handle and roles), or of nobody yet."""
        now = self._now()
        handle, role = staff or (None, None)
        token = secrets.token_urlsafe(24)
        return Session(secrets.token_hex(16), subject_id, token, now, now, member_id, handle, role, epoch, aside)

    def cookie(self, session: Session) -> Cookie:
        """The session as a cookie, used just now."""
        content = msgspec.json.encode(msgspec.structs.replace(session, used=self._now()))
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._seal.encrypt(nonce, content, _PLACE)
        return self._cookie(base64.urlsafe_b64encode(sealed).decode(), LONGEST_SECONDS)

    def no_cookie(self) -> Cookie:
        """The cookie that takes the session away."""
        return self._cookie("", 0)

    def _cookie(self, value: str, age: int) -> Cookie:
        return Cookie(
            key=self.cookie_name, value=value, path="/", max_age=age, httponly=True, samesite="lax", secure=self._is_secure
        )  # fmt: skip

    def open(self, value: str | None) -> Session | None:
        """The session in a cookie; None when there is none, it was changed, it is over or it was left."""
        if not value or len(value) > _LONGEST_COOKIE:
            return None
        try:
            sealed = base64.urlsafe_b64decode(value.encode("ascii"))
            content = self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], _PLACE)
            session = msgspec.json.decode(content, type=Session)
        except (ValueError, InvalidTag, msgspec.MsgspecError):
            return None
        now = self._now()
        is_over = now - session.used > IDLE_SECONDS or now - session.began > LONGEST_SECONDS
        return None if is_over or session.number in self._ended else session

    def end(self, session: Session) -> None:
        """Leave a session for good."""
        now = self._now()
        self._ended = {number: at for number, at in self._ended.items() if now - at <= LONGEST_SECONDS}
        self._ended[session.number] = now


def is_trusted(session: Session, token: str | None, *, origin: str | None, host: str, site: str | None) -> bool:
    """Does a form come from a page of this session: its token, and where told its origin?"""
    if site not in {None, "same-origin", "none"}:
        return False
    # Our pages send no referrer, and browsers then send the origin of a form as "null"; the token decides.
    if origin not in {None, "null"} and str(origin).partition("://")[2] != host:
        return False
    return token is not None and hmac.compare_digest(token.encode(), session.token.encode())
