"""Whom does a watcher trust?

C2SP tlog-policy: lines `log`, `witness`, `group`, `quorum`; empty lines and lines that begin with # are comments.  Our
founding act's hash stands in a comment of fixed form (`# openbureau founding-act <64 hex digits>`), so that the file
stays readable for every other implementation, and our watcher reads it strictly.

An installation's own policy is made from the act in force: its `Quorum` says which witnesses there are, under which keys,
and how many must have signed.  Promises: a key counts once; of a witness that is named with two keys both must have signed;
fewer than more than half of the witnesses are never enough, so that two histories cannot both have a quorum of honest ones.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from openbureau.tlog.note import COSIGNATURE, COSIGNERS, ED25519, ML_DSA_44, NoteRefused, VerifierKey, parse_vkey
from openbureau.tlog.strict import Malformed, parse_decimal

_ACT = re.compile(r"# openbureau founding-act ([0-9a-f]{64})\Z")
MOST_WITNESSES = 12
"""So that an act with all their keys stays an entry of the log."""
_KINDS = {COSIGNATURE: "ed25519", ML_DSA_44: "ml-dsa-44"}


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

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """Every witness's key."""
        return tuple(self.witnesses.values())

    def is_met(self, signed: Collection[VerifierKey]) -> bool:
        """Is the quorum among these keys?"""
        return self.quorum == "none" or self._holds(self.quorum, signed)

    def _holds(self, name: str, signed: Collection[VerifierKey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in signed
        group = self.groups[name]
        return sum(self._holds(member, signed) for member in group.members) >= group.needed


@dataclass(frozen=True, slots=True)
class Quorum:
    """Witnesses of an installation: the keys of each (one or two, of one name), and how many witnesses must have signed."""

    needed: int
    witnesses: tuple[tuple[VerifierKey, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The witnesses' names."""
        return tuple(keys[0].name for keys in self.witnesses)

    def keys(self, name: str) -> tuple[VerifierKey, ...]:
        """The keys of the witness of this name."""
        return next(keys for keys in self.witnesses if keys[0].name == name)

    def to_json(self) -> dict[str, Any]:
        """As an act names it."""
        return {"needed": self.needed, "of": [[key.render() for key in keys] for keys in self.witnesses]}


def parse_quorum(value: Any) -> Quorum:
    """Witnesses as an act names them; `Malformed` unless each is another, and more than half of them are needed."""
    if not isinstance(value, dict) or set(value) != {"needed", "of"} or type(value["needed"]) is not int:
        raise Malformed("witnesses are written as how many are needed, and of which")
    named = value["of"]
    if not isinstance(named, list) or not all(isinstance(keys, list) and keys for keys in named):
        raise Malformed("each witness is a list of its keys")
    try:
        made = Quorum(value["needed"], tuple(tuple(parse_vkey(str(key)) for key in keys) for keys in named))
    except NoteRefused as trouble:
        raise Malformed(str(trouble)) from None
    for keys in made.witnesses:
        if len({key.name for key in keys}) != 1 or len({key.kind for key in keys} & COSIGNERS) != len(keys):
            raise Malformed("the keys of a witness are of one name, and each of another kind that cosigns")
    count = len(made.witnesses)
    if not (count <= MOST_WITNESSES and made.needed <= count < 2 * made.needed):
        raise Malformed(f"more than half of the witnesses are needed, and at most {MOST_WITNESSES} are named")
    if len(set(made.names)) != count:
        raise Malformed("a witness is named once")
    return made


def render_policy(log: VerifierKey, founding_act: bytes, quorum: Quorum | None = None) -> str:
    """The policy of an installation; without a quorum, of one that has no witness."""
    head = f"# openbureau founding-act {founding_act.hex()}\nlog {log.render()}\n"
    if quorum is None:
        return f"{head}quorum none\n"
    lines, members = [], []
    for keys in quorum.witnesses:
        names = [f"{key.name}:{_KINDS[key.kind]}" for key in keys]
        lines += [f"witness {name} {key.render()}\n" for name, key in zip(names, keys, strict=True)]
        members.append(names[0] if len(keys) == 1 else f"{keys[0].name}:all")
        lines += [f"group {members[-1]} all {' '.join(names)}\n"] if len(keys) > 1 else []
    return f"{head}{''.join(lines)}group witnesses {quorum.needed} {' '.join(members)}\nquorum witnesses\n"


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
                witness = self._key(key, COSIGNERS)
                if witness in self.witnesses.values():
                    raise Malformed("a key is named twice, and would count twice")
                self.witnesses[name] = witness
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
