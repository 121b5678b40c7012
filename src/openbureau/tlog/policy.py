"""Whom does a watcher trust?

C2SP tlog-policy: lines `log`, `witness`, `group`, `quorum`; empty lines and lines that begin with # are comments.  Our
founding act's hash stands in a comment of fixed form (`# openbureau founding-act <64 hex digits>`), so that the file
stays readable for every other implementation, and our watcher reads it strictly.
"""

import re
from dataclasses import dataclass, field

from openbureau.tlog.note import COSIGNERS, ED25519, NoteRefused, VerifierKey, parse_vkey
from openbureau.tlog.strict import Malformed, parse_decimal

_ACT = re.compile(r"# openbureau founding-act ([0-9a-f]{64})\Z")


@dataclass(frozen=True, slots=True)
class Group:
    """`needed` of these members (witnesses or groups) must have cosigned."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The logs and witnesses that count, the quorum, and the pinned founding act."""

    logs: tuple[VerifierKey, ...]
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = "none"
    founding_act: bytes | None = None

    def is_met(self, cosigners: frozenset[str]) -> bool:
        """Is the quorum among these names of log keys' cosigners?"""
        return self.quorum == "none" or self._holds(self.quorum, cosigners)

    def _holds(self, name: str, cosigners: frozenset[str]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].name in cosigners
        group = self.groups[name]
        return sum(self._holds(member, cosigners) for member in group.members) >= group.needed


def render_policy(log: VerifierKey, founding_act: bytes) -> str:
    """The policy of an installation that has no witness yet."""
    return f"# openbureau founding-act {founding_act.hex()}\nlog {log.render()}\nquorum none\n"


def parse_policy(text: str) -> Policy:
    """Read a policy strictly; `Malformed` names the line."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        try:
            reader.read(line)
        except (Malformed, NoteRefused) as trouble:
            raise Malformed(f"policy line {number}: {trouble}") from None
    if reader.quorum is None or not reader.logs:
        raise Malformed("a policy names at least one log, and its quorum")
    return Policy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum, reader.act)


class _Reader:
    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self.act: bytes | None = None

    def read(self, line: str) -> None:
        if line.startswith("#"):
            found = _ACT.match(line)
            if found and self.act is not None:
                raise Malformed("the founding act is named twice")
            self.act = bytes.fromhex(found[1]) if found else self.act
            return
        words = line.split()
        match words:
            case []:
                return
            case ["log", key] | ["log", key, _]:
                self.logs.append(self._key(key, frozenset({ED25519})))
            case ["witness", name, key] | ["witness", name, key, _]:
                self._new(name)
                self.witnesses[name] = self._key(key, COSIGNERS)
            case ["group", name, needed, *members] if members:
                self._group(name, needed, members)
            case ["quorum", name] if self.quorum is None and (name == "none" or self._known(name)):
                self.quorum = name
            case _:
                raise Malformed("a line reads log KEY, witness NAME KEY, group NAME N MEMBERS or quorum NAME")

    def _group(self, name: str, needed: str, members: list[str]) -> None:
        self._new(name)
        count = {"any": 1, "all": len(members)}.get(needed) or parse_decimal(needed)
        if not 1 <= count <= len(members) or len(set(members)) != len(members):
            raise Malformed("a group needs between one and all of its distinct members")
        if not all(self._known(member) for member in members):
            raise Malformed("a group's member is not named above it")
        self.groups[name] = Group(count, tuple(members))

    def _known(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _new(self, name: str) -> None:
        if self._known(name) or name == "none":
            raise Malformed(f"the name {name} is taken")

    @staticmethod
    def _key(text: str, kinds: frozenset[int]) -> VerifierKey:
        key = parse_vkey(text)
        if key.kind not in kinds:
            raise Malformed("the key is of the wrong type for this line")
        return key
