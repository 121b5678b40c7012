"""What do we promise, in words that need no engineer?  One sentence a check, in English and Chinese."""

PROMISES: dict[str, dict[str, str]] = {
    "checkpoint": {
        "en": "The summary of the log is signed with the log's own key, the one that you trust.",
        "zh": "日志的摘要由您信任的日志密钥签名。",
    },
    "witnesses": {
        "en": "As many independent witnesses as the policy asks for have signed the same summary.",
        "zh": "策略要求的独立见证方都签署了同一份摘要。",
    },
    "continues": {
        "en": "The log goes on from what you have seen before: nothing that was in it was changed or taken out.",
        "zh": "日志是您以前所见内容的延续：没有任何记录被修改或删除。",
    },
    "root": {
        "en": "Every entry of the log is here, unchanged and in its place.",
        "zh": "日志的每一条记录都在，未被改动，位置正确。",
    },
    "tiles": {
        "en": "What the log shows to others as its fingerprints belongs to these very entries.",
        "zh": "日志对外提供的哈希与这些记录一致。",
    },
    "entries": {
        "en": "Every entry is of a kind that the rules know.",
        "zh": "每一条记录都属于规则允许的类型。",
    },
    "founding-act": {
        "en": "The log begins with the founding act whose fingerprint stands in the policy.",
        "zh": "日志以创立文件开头，其哈希与策略文件所载一致。",
    },
    "act-signed": {
        "en": "Every founding member has signed the founding act.",
        "zh": "每一个创始成员都签署了创立文件。",
    },
    "keys": {
        "en": "The keys in use are the ones that the founding act names.",
        "zh": "所用密钥正是创立文件所列的密钥。",
    },
    "member-keys": {
        "en": "The keys that speak for a member were changed by that member alone, step by step from the founding act.",
        "zh": "代表各机构的密钥只由该机构自己变更，自创立文件起逐步可查。",
    },
    "policies": {
        "en": "The text of the rules of access is the one that the members signed.",
        "zh": "访问规则的文本正是成员签署的文本。",
    },
    "law": {
        "en": "The legal rules in force are the ones that the members signed.",
        "zh": "现行法律规则正是成员签署的版本。",
    },
    "scorecards": {
        "en": "The scorecards are the ones that the members signed.",
        "zh": "评分表正是成员签署的版本。",
    },
    "openings-complete": {
        "en": "Every event in the log is laid open to the committee, once, and none besides.",
        "zh": "日志中的每一个事件都向委员会公开，恰好一次，没有多余。",
    },
    "openings-true": {
        "en": "What the committee is shown of each event is what was put into the log.",
        "zh": "委员会看到的每个事件内容与写入日志时一致。",
    },
    "chains": {
        "en": "The events of each person are numbered from 1 without a gap, each holding on to the one before.",
        "zh": "每个人的事件从 1 起连续编号，环环相扣，没有缺口。",
    },
    "index": {
        "en": "Every hour the log says where each person's events ended, so that nobody can be shown less than there is.",
        "zh": "日志每小时记载每个人的事件链条止于何处，任何人都不会看到比实际更少的内容。",
    },
    "erasures": {
        "en": "What is not laid open any more was closed by an erasure that the law allows, signed, and of a whole chain.",
        "zh": "不再公开的内容，都由依法作出、经签名、覆盖整条链的删除所关闭。",
    },
    "actors": {
        "en": "Only founding members asked, furnished or entered a consent on paper; every other consent comes from the "
        "person; only staff look as staff or link.",
        "zh": "只有创立文件所列机构可以查询、报送或登记纸质同意，其他同意只来自本人，以工作人员身份查阅或认定的只有工作人员。",
    },
    "links": {
        "en": "Where two records were linked as one person's, or a link was undone, both chains tell of it.",
        "zh": "两份记录被认定为同一人或撤销认定时，双方的链条都有记载。",
    },
    "consents": {
        "en": "Every answer rests on a consent that this person had given before and not withdrawn.",
        "zh": "每一次回答都基于本人事先作出且未撤回的同意。",
    },
    "orders": {
        "en": "Answers without consent went to courts and authorities, each on a document, and free.",
        "zh": "未经同意的回答只提供给司法或行政机关，各有文书依据，且不收费。",
    },
    "decisions": {
        "en": "Every inquiry was decided by the signed rules: answered where they permit, refused where they forbid.",
        "zh": "每一次查询都依据已签署的规则裁决：允许则回答，禁止则拒绝。",
    },
    "free": {
        "en": "Refusals and a person's look at their own file cost nothing; only answers are ever charged.",
        "zh": "拒绝和本人查阅自己的档案均不收费；只有回答才可能收费。",
    },
    "charges": {
        "en": "Every charge is the fee of the tariff for that kind of institution.",
        "zh": "每一笔收费都符合该类机构的收费标准。",
    },
    "bill-lanes": {
        "en": "The charges of each member are numbered without a gap: none is billed twice and none is hidden.",
        "zh": "每家机构的收费连续编号：没有重复收费，也没有隐瞒。",
    },
    "bills": {
        "en": "The invoices of every closed month are the log's charges and nothing else, and their sums are right.",
        "zh": "每个已结账月份的账单与日志中的收费完全一致，合计正确。",
    },
    "figures-bound": {
        "en": "The published figures of each month are the ones that stand in the log.",
        "zh": "每个月公布的统计数字与日志所绑定的一致。",
    },
    "figures": {
        "en": "Every published number comes out again when the log's events are counted as it says.",
        "zh": "每一个公布的数字，按所附口径重新统计日志事件，结果相同。",
    },
    "members": {
        "en": "What each member is shown of its own events is complete and true.",
        "zh": "每家机构看到的自身事件完整且真实。",
    },
    "labels": {
        "en": "The name under which a person's events stand in the log is theirs and no other.",
        "zh": "日志中某人事件所用的代号确属本人且唯一。",
    },
    "diaries": {
        "en": "What a person is shown of their own events is complete and true, and each answer had their consent for it.",
        "zh": "本人看到的自身事件完整且真实，每一次回答都有其对该用途的同意。",
    },
    "receipts": {
        "en": "The receipt of every answer belongs to an event of the log.",
        "zh": "每一份回答的回执都对应日志中的事件。",
    },
    "promises": {
        "en": "The promise in every receipt is signed by the bureau and was kept in time.",
        "zh": "每份回执中的承诺由征信机构签名，并按时履行。",
    },
    "answers": {
        "en": "Every delivered answer is, letter for letter, the one that was logged.",
        "zh": "每一份已交付的回答与日志所记逐字一致。",
    },
    "scores": {
        "en": "The points of every delivered score follow from the signed scorecard and add up.",
        "zh": "每个已交付评分的分值均出自已签署的评分表，且加总正确。",
    },
}
