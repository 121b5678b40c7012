"""Which furnished records go, and what is left of one that is not only theirs?

A record is read as the updates that it holds; each is kept, dropped, or left without what is somebody's.  Promises: a record
that is nobody else's goes whole; one of a joint account stays for the others, and names the erased person no more.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from openbureau.core.furnishing.values import (
    CorrectionUpdate,
    DeletionUpdate,
    MonthUpdate,
    SubjectUpdate,
    TradelineUpdate,
    Update,
)
from openbureau.core.subject import normalize_id, normalize_name
from openbureau.jobs.context import Bureau

Judge = Callable[[str, Update], Update | None]
"""A member and an update that it sent; the same update to keep it, None to drop it, another for what is left of it."""
_OF_ACCOUNT = frozenset({"month", "share"})
_NUMBERED = {
    "guarantee": ("guarantee_no", "guarantee"), "outside-inquiry": ("inquiry_no", "outside-inquiry"),
    "public-record": ("public_no", "public-record"),
}  # fmt: skip
"""Kinds with a key of their own: its field, and under which word it is hashed."""
SHORTEST_NEEDLE = 4


def ghost_ref(subject_id: str) -> str:
    """What stands in the records of a joint account where the erased person's key stood: an id that names nobody."""
    return f"erased:{subject_id}"


@dataclass(slots=True)
class Theirs:
    """Everything by which a person's records are known, all of it keyed hashes; nothing here can be read."""

    bureau: Bureau
    numbers: Mapping[tuple[str, bytes], bool] = field(default_factory=dict)
    """Identity numbers; True where somebody else claims the same one."""
    names: frozenset[bytes] = frozenset()
    refs: frozenset[tuple[str, bytes]] = frozenset()
    gone: frozenset[tuple[str, bytes]] = frozenset()
    """Accounts that nobody else is a party to."""
    joint: Mapping[tuple[str, bytes], str] = field(default_factory=dict)
    """Accounts that stay for others, and under which subject the person is their main party."""
    numbered: frozenset[str] = frozenset()
    """Ids of guarantees, inquiries and public records."""
    needles: dict[str, set[str]] = field(default_factory=dict)
    """What dropped records called the person and their accounts, by member; for records that cannot be read."""
    _keys: dict[tuple[str, str, str], bytes] = field(default_factory=dict)

    def judge(self, member_id: str, update: Update) -> Update | None:
        """Keep, drop, or leave without the person."""
        left = self._left(member_id, update)
        if left is None:
            self._remember(member_id, update)
        return left

    def _left(self, member_id: str, update: Update) -> Update | None:
        match update:
            case SubjectUpdate():
                return None if self._is_person(member_id, update) else update
            case TradelineUpdate():
                account = (member_id, self._key("account", member_id, update.account_no))
                if account in self.gone or (account not in self.joint and self._has_ref(member_id, update.subject_ref)):
                    return None
                is_mine = account in self.joint and self._has_ref(member_id, update.subject_ref)
                return (
                    msgspec.structs.replace(update, subject_ref=ghost_ref(self.joint[account])) if is_mine else update
                )
            case MonthUpdate():
                return None if self._is_gone(member_id, update.account_no) else update
            case CorrectionUpdate() | DeletionUpdate():
                return None if self._is_about(member_id, update) else update
            case _:
                return None if self._is_further(member_id, update) else update

    def _is_person(self, member_id: str, update: SubjectUpdate) -> bool:
        return self._has_ref(member_id, update.subject_ref) or self.is_claimed(
            update.id_kind, update.id_number, update.name
        )

    def is_claimed(self, id_kind: str, id_number: str, name: str) -> bool:
        """Is this the person's number, and, where somebody else claims it too, the person's name?"""
        number = normalize_id(id_kind, id_number)
        if number is None:
            return False
        is_shared = self.numbers.get((id_kind, self.bureau.id_blind(id_kind, number)))
        if is_shared is None:
            return False
        return not is_shared or self.bureau.name_blind(number, normalize_name(name)) in self.names

    def _is_further(self, member_id: str, update: Update) -> bool:
        ref = getattr(update, "subject_ref", None)
        if ref is not None and self._has_ref(member_id, ref):
            return True
        account = getattr(update, "account_no", None)
        return account is not None and self._is_gone(member_id, account)

    def _is_about(self, member_id: str, update: CorrectionUpdate | DeletionUpdate) -> bool:
        target, key = update.target, update.key
        if target in {"tradeline", *_OF_ACCOUNT}:
            return self._is_gone(member_id, key)
        if target == "party":
            return self._is_gone(member_id, key) or (update.part is not None and self._has_ref(member_id, update.part))
        if target in _NUMBERED:
            return self._id(member_id, _NUMBERED[target][1], key) in self.numbered
        return self._has_ref(member_id, key)

    def _has_ref(self, member_id: str, ref: str) -> bool:
        return (member_id, self._key("ref", member_id, ref)) in self.refs

    def _is_gone(self, member_id: str, account_no: str) -> bool:
        return (member_id, self._key("account", member_id, account_no)) in self.gone

    def _id(self, member_id: str, kind: str, text: str) -> str:
        first = bytearray(self._key(kind, member_id, text)[:16])
        first[6], first[8] = first[6] & 0x0F | 0x80, first[8] & 0x3F | 0x80
        return str(UUID(bytes=bytes(first)))

    def _key(self, kind: str, member_id: str, text: str) -> bytes:
        place = (kind, member_id, text)
        found = self._keys.get(place)
        if found is None:
            if len(self._keys) > 500_000:
                self._keys.clear()
            found = self._keys[place] = self.bureau.own_key(kind, member_id, text)
        return found

    def _remember(self, member_id: str, update: Update) -> None:
        held = self.needles.setdefault(member_id, set())
        for name in ("subject_ref", "id_number", "phone", "account_no", *(pair[0] for pair in _NUMBERED.values())):
            text = getattr(update, name, None)
            if isinstance(text, str) and len(text) >= SHORTEST_NEEDLE:
                held.add(text)


def finder(needles: Collection[str]) -> Callable[[bytes], bool]:
    """Does a record that cannot be read hold one of these words whole?"""
    if not needles:
        return lambda _: False
    words = b"|".join(re.escape(word.encode()) for word in sorted(needles))
    found = re.compile(b"(?<![0-9A-Za-z])(?:" + words + b")(?![0-9A-Za-z])")
    return lambda content: found.search(content) is not None


def judged(judge: Judge, member_id: str, updates: Iterable[Update]) -> list[Update] | None:
    """What is left of a record; None where all of it stays."""
    whole = list(updates)
    left = [judge(member_id, update) for update in whole]
    if all(one is other for one, other in zip(whole, left, strict=True)):
        return None
    return [update for update in left if update is not None]


def fields_of(update: Update) -> dict[str, Any]:
    """An update as the record that would be furnished for it."""
    made: dict[str, Any] = msgspec.structs.asdict(update)
    return made
