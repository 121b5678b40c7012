"""Which policies decide, and what do they cite?

Reads the Cedar text of a regime with its schema.  Promises that each policy has an `@id` and a `@cites`, and that what
it cites exists in the rules.  Evaluating is the core's business (`core/permit.py`).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from openbureau.law.reader import Law, read_pack
from openbureau.law.strict_yaml import LawError

_POLICY = re.compile(r'((?:@\w+\("[^"]*"\)\s*)*)\b(permit|forbid)\s*\(', re.MULTILINE)
_NOTE = re.compile(r'@(\w+)\("([^"]*)"\)')


@dataclass(frozen=True, slots=True)
class PolicyText:
    """Cedar policies, their schema, the hash that events carry, and the cited rules by policy id, in text order."""

    cedar: str
    schema: str
    digest: str
    cites: Mapping[str, tuple[str, ...]]
    forbids: tuple[str, ...]


def load_policies(regime: str, law: Law, *, pack: Mapping[str, str] | None = None) -> PolicyText:
    """The policies of a regime; `LawError` if one has no id, no citation, or cites what is not there."""
    pack = read_pack(regime) if pack is None else pack
    cedar, schema = pack["permit.cedar"], pack["permit.cedarschema"]
    cites: dict[str, tuple[str, ...]] = {}
    forbids: list[str] = []
    for found in _POLICY.finditer(cedar):
        line = cedar.count("\n", 0, found.start(2)) + 1
        notes = dict(_NOTE.findall(found[1]))
        if not notes.get("id") or not notes.get("cites"):
            raise LawError(f"permit.cedar: line {line}: a policy has an @id and an @cites")
        if notes["id"] in cites:
            raise LawError(f"permit.cedar: line {line}: the id {notes['id']} stands here a second time")
        cites[notes["id"]] = tuple(notes["cites"].split())
        for rule_id in cites[notes["id"]]:
            if not law.history(rule_id):
                raise LawError(f"permit.cedar: line {line}: {notes['id']} cites {rule_id}, which no rule is called")
        if found[2] == "forbid":
            forbids.append(notes["id"])
    digest = hashlib.sha256(cedar.encode() + b"\x00" + schema.encode()).hexdigest()
    return PolicyText(cedar, schema, digest, cites, tuple(forbids))
