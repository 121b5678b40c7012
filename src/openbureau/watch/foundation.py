"""Is the log the one we trust, and is what is in force what the members signed?

Checkpoint, witnesses, founding act, keys, policies, law, scorecards: everything that does not need the events.
"""

import hashlib
import re
from collections.abc import Mapping

from openbureau.core.act import ActRefused, open_act
from openbureau.core.scorecard import ScorecardRefused, parse_scorecard, scorecard_digest
from openbureau.core.sign_in.keys import KeyStatementRefused, follow, parse_statement
from openbureau.law.reader import pack_digest
from openbureau.tlog.canonical import NotCanonical, canonical
from openbureau.tlog.checkpoint import open_checkpoint
from openbureau.tlog.cosignature import cosigners
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.note import NoteRefused, VerifierKey
from openbureau.tlog.policy import Policy, parse_policy, parse_quorum, render_policy
from openbureau.tlog.strict import Malformed
from openbureau.watch.case import ACT, Inspector
from openbureau.watch.verdict import Trouble


class SignedCheckpoint(Inspector):
    """A log key of the policy signed the checkpoint."""

    name = "checkpoint"

    def begin(self) -> None:
        """The signature."""
        checkpoint = self.case.checkpoint
        keys = {key.name: key for key in self.case.policy.logs}
        key = keys.get(checkpoint.origin)
        if key is None:
            self.tally.wrong("checkpoint", f"the policy does not trust {checkpoint.origin!r}", "策略不信任该日志")
            return
        try:
            open_checkpoint(self.case.note, key)
        except (NoteRefused, Malformed) as trouble:
            self.tally.wrong("checkpoint", str(trouble), "检查点的签名不成立")
        self.tally.count = 1


class Witnesses(Inspector):
    """The quorum of the policy cosigned."""

    name = "witnesses"

    def begin(self) -> None:
        """The cosignatures."""
        policy = self.case.policy
        asked = [policy, *self._of_act()]
        keys = tuple(dict.fromkeys(key for one in asked for key in one.keys))
        try:
            times = cosigners(self.case.note, keys)
        except (NoteRefused, Malformed) as trouble:
            self.tally.wrong("checkpoint", str(trouble), "见证签名不成立")
            return
        self.tally.count = len({key.name for key in times})
        if not all(one.is_met(times) for one in asked):
            self.tally.wrong("checkpoint", "too few witnesses have signed", "见证方数量不足")
        elif self.case.most_age is not None:
            self._age(asked, times, self.case.now.timestamp() - self.case.most_age.total_seconds())

    def _of_act(self) -> tuple[Policy, ...]:
        """What the founding act asks for, whatever the policy file leaves out."""
        named = self.case.body.get("witnesses")
        if named is None:
            return ()
        try:
            text = render_policy(self.case.policy.logs[0], bytes(32), parse_quorum(named))
        except Malformed as trouble:
            raise Trouble(ACT, str(trouble), "创立文件所列见证方格式不正确") from None
        return (parse_policy(text),)

    def _age(self, asked: list[Policy], times: Mapping[VerifierKey, int], oldest: float) -> None:
        """Only witnesses tell the time of a checkpoint, and one of them alone could tell any: a quorum has to be fresh."""
        if not times:
            self.tally.lacking("checkpoint", "no witness tells its age", "没有见证方能证明其时间")
        elif not all(one.is_met([key for key, at in times.items() if at >= oldest]) for one in asked) or not any(
            at >= oldest for at in times.values()
        ):
            self.tally.is_old = True
            self.tally.wrong("checkpoint", "is older than you accept", "检查点过旧")


class Continues(Inspector):
    """The log is at least as large as the remembered one, and begins with it."""

    name = "continues"

    def end(self) -> None:
        """After the log was read: its first part against what is remembered."""
        earlier, now = self.case.earlier, self.case.checkpoint
        if earlier is None:
            return
        self.tally.count = earlier.size
        if earlier.origin != now.origin:
            self.tally.wrong("checkpoint", f"is of another log than {earlier.origin}", "与以前所见不是同一日志")
        elif now.size < earlier.size:
            self.tally.is_old = True
            self.tally.wrong(
                "checkpoint",
                f"has {now.size} entries; you have seen {earlier.size}",
                f"只有 {now.size} 条记录；您曾见过 {earlier.size} 条",
            )
        elif self.case.old_root is None:
            self.tally.lacking("tile/entries", "the log could not be read to its end", "日志无法读完")
        elif self.case.old_root != earlier.root:
            self.tally.wrong(
                "checkpoint", f"the first {earlier.size} entries are others than you have seen", "以前的记录已被改动"
            )


class FoundingAct(Inspector):
    """Entry 0 is the act in the export, and its hash is the pinned one."""

    name = "founding-act"

    def end(self) -> None:
        """After the log was read: its first entry."""
        pin = self.case.policy.founding_act
        if pin is None:
            self.tally.lacking("policy", "pins no founding act", "策略文件没有固定创立文件")
            return
        try:
            content = canonical(self.case.act)
        except (NotCanonical, RecursionError):
            raise Trouble(ACT, "has no canonical form", "没有规范形式") from None
        self.tally.count = 1
        if hashlib.sha256(content).digest() != pin:
            self.tally.wrong(ACT, "is not the act that the policy pins", "与策略所固定的创立文件不符")
        first = self.case.first_entry
        if first is None:
            self.tally.lacking("entry 0", "is not in the export", "导出中没有第一条记录")
            return
        try:
            entry = parse_entry(first)
        except Malformed as trouble:
            raise Trouble("entry 0", str(trouble), "第一条记录格式不正确") from None
        if entry.kind != "act" or hashlib.sha256(entry.content).digest() != pin:
            self.tally.wrong("entry 0", "is not the act that the policy pins", "第一条记录不是策略所固定的创立文件")


class ActSigned(Inspector):
    """All founding members signed."""

    name = "act-signed"

    def begin(self) -> None:
        """The members' signatures."""
        try:
            act = open_act(self.case.act)
        except (ActRefused, NotCanonical, RecursionError) as trouble:
            self.tally.wrong(ACT, str(trouble), "创立文件或其签名不成立")
            return
        self.tally.count = len(act.members)


class Keys(Inspector):
    """Log key, label key and response key are those of the act; the log has the act's name."""

    name = "keys"

    def begin(self) -> None:
        """Policy, `log.vkey` and `system/keys.json` against the act."""
        body = self.case.body
        named = body["keys"]
        self.tally.count = len(named)
        if self.case.checkpoint.origin != body["origin"]:
            self.tally.wrong("checkpoint", "is of another log than the founding act names", "与创立文件所列日志不符")
        if named.get("log") not in {key.render() for key in self.case.policy.logs}:
            self.tally.wrong("policy", "trusts another log key than the founding act names", "日志密钥与创立文件不符")
        if self.case.export.text("log.vkey") != f"{named.get('log')}\n":
            self.tally.wrong("log.vkey", "is another key than the founding act names", "日志密钥与创立文件不符")
        if self.case.export.json("system/keys.json") != named:
            self.tally.wrong("system/keys.json", "holds other keys than the founding act names", "密钥与创立文件不符")


_BUREAU_KEY = re.compile(
    rb'\{"at":"[0-9TZ:-]{20}","schema":"openbureau-key/1","step":"(?:begun|ended|removed)","version":[1-9][0-9]{0,5},'
    rb'"what":"(?:root|event|session|age)"\}'
)
"""A new version of a key of the bureau's own (docs/specs/log.md)."""


class MemberKeys(Inspector):
    """Members' keys change only by statements that their own keys signed, chain after chain from the act.

    What the bureau says of new versions of its own keys stands in entries of the same kind and changes no member's.
    """

    name = "member-keys"

    def end(self) -> None:
        """After the log was read: each `key` entry against the chain of the member it names."""
        if not self.case.key_statements:
            return
        try:
            act = open_act(self.case.act)
        except (ActRefused, NotCanonical, RecursionError):
            raise Trouble(ACT, "gives no keys to begin with", "无法给出初始密钥") from None
        rings = {member_id: act.keyring(member_id) for member_id in act.members}
        for index, content in self.case.key_statements:
            self.tally.count += 1
            if _BUREAU_KEY.fullmatch(content):
                continue
            try:
                statement = parse_statement(content)
                member_id = str(statement["body"]["member_id"])
                rings[member_id] = follow(rings[member_id], statement)
            except (KeyStatementRefused, KeyError, TypeError) as trouble:
                why = str(trouble) if isinstance(trouble, KeyStatementRefused) else "it names no member of the act"
                self.tally.wrong(f"entry {index} (key)", why, "密钥声明不成立")


class Policies(Inspector):
    """The policy text has the digest that the act names (SHA-256 over text, a zero byte, schema)."""

    name = "policies"

    def begin(self) -> None:
        """Text and schema."""
        digest = self.case.body["policy_digest"]
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise Trouble(ACT, "names no policy digest", "没有列出规则的哈希")
        name = f"system/policy-{digest}.cedar"
        text, schema_name = self.case.export.read(name), f"system/policy-{digest}.cedarschema"
        is_own = self.case.export.has(schema_name)
        packaged = self.case.pack.get("permit.cedarschema", "").encode()
        schema = self.case.export.read(schema_name) if is_own else packaged
        self.tally.count = 1
        if _policy_digest(text, schema) == digest:
            return
        ours = _policy_digest(self.case.pack.get("permit.cedar", "").encode(), packaged)
        if is_own or ours == digest:
            self.tally.wrong(name, "is not the text that the founding act names", "不是创立文件所列的规则文本")
        else:
            self.tally.lacking(schema_name, "is not in the export", "导出中没有该文件")


def _policy_digest(text: bytes, schema: bytes) -> str:
    return hashlib.sha256(text + b"\x00" + schema).hexdigest()


class LawInForce(Inspector):
    """The law digest is the act's, and this program carries that very law."""

    name = "law"

    def begin(self) -> None:
        """The digest in the export, and the packaged one."""
        body = self.case.body
        self.tally.count = 1
        if self.case.export.json("system/law.json") != {"regime": body["regime"], "digest": body["law_digest"]}:
            self.tally.wrong(
                "system/law.json", "is not the law that the founding act names", "不是创立文件所列的法律规则"
            )
        elif not self.case.pack or pack_digest(self.case.pack) != body["law_digest"]:
            self.tally.lacking(
                "law", "this program carries another version of the legal rules; install the one in force",
                "本程序所带法律规则版本不同，请安装现行版本",
            )  # fmt: skip


class Scorecards(Inspector):
    """Each scorecard of the act is here with its digest, and no other."""

    name = "scorecards"

    def begin(self) -> None:
        """File by file."""
        named = self.case.body["scorecards"]
        held = {name.removesuffix(".json") for name in self.case.export.names("system/scorecards", suffix=".json")}
        for extra in sorted(held - set(named)):
            self.tally.wrong(f"system/scorecards/{extra}.json", "was never approved", "未经批准")
        for card, digest in named.items():
            place = f"system/scorecards/{card}.json"
            content = self.case.export.read(place)
            self.tally.count += 1
            if scorecard_digest(content) != digest:
                self.tally.wrong(place, "is not the scorecard that the founding act names", "不是创立文件所列的评分表")
                continue
            try:
                parse_scorecard(content)
            except ScorecardRefused as trouble:
                self.tally.wrong(place, str(trouble), "评分表格式不正确")
