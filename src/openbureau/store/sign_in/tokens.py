"""How does a member get a token, and which keys did it state?

Promises: a token is kept only if none of the ids that asked for it was seen before; a statement is kept once a number.
Whether a statement is believed is for the core.
"""

from dataclasses import dataclass
from datetime import datetime

from openbureau.store.database import Connection
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOnce:
    """Ids of one issuer that may be seen once: kind and hashed value of each, kept until nobody would accept them."""

    issuer: str
    ids: tuple[tuple[str, bytes], ...]
    keep_until: datetime

    @property
    def columns(self) -> tuple[list[str], list[bytes], datetime]:
        """Kinds, values and the last instant, as the store takes them."""
        return [kind for kind, _ in self.ids], [value for _, value in self.ids], self.keep_until


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """One access token: its hash, whose it is, what for, and to what it is bound."""

    token_hash: bytes
    member_id: str
    kid: str
    scopes: tuple[str, ...]
    jkt: bytes | None
    x5t: bytes | None
    valid_from: datetime
    valid_until: datetime


def issue_token(connection: Connection, row: TokenRow, once: SeenOnce) -> bool:
    """Keep a token; False where one of the ids was seen before."""
    words = [
        once.issuer, *once.columns, row.token_hash, row.member_id, row.kid, list(row.scopes), row.jkt, row.x5t,
        row.valid_from, row.valid_until,
    ]  # fmt: skip
    found = connection.execute(sql("issue_token"), words).fetchone()
    return bool(found and found[0])


def member_keys(connection: Connection, member_id: str) -> str:
    """The statements of a member in order, as a JSON list of texts."""
    row = connection.execute(sql("member_keys"), [member_id]).fetchone()
    return str(row[0]) if row else "[]"


def add_member_key(
    connection: Connection, place: tuple[str, int], content: str, *, leaf: tuple[bytes, str, bytes], now: datetime
) -> bool:  # fmt: skip
    """Keep the next statement of a member; `leaf` is the leaf's hash, its id and its entry.  False where it is taken."""
    found = connection.execute(sql("add_member_key"), [*place, content, *leaf, now]).fetchone()
    return bool(found and found[0])


def forget_sign_ins(connection: Connection, now: datetime, most: int) -> int:
    """Forget what nobody would accept any more, `most` of each kind; how many."""
    row = connection.execute(sql("forget_sign_ins"), [now, most]).fetchone()
    return int(row[0]) if row else 0
