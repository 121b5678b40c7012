"""What do the operations and parameters of the API say in Chinese?  Data table: the English sentence, the Chinese one.

Keyed by the sentence itself, so that a changed sentence has no Chinese one until it is translated anew; a test finds it.
"""

CHINESE: dict[str, str] = {
    "Ask for a person's report and score": "查询个人的报告与评分",
    "Look somebody up by the document of a court or an authority": "凭法院或机关的文书查询",
    "What this member owes for a month": "本机构某月应付的费用",
    "An earlier answer, bit for bit": "逐字节重取此前的答复",
    "An earlier answer on paper": "此前答复的纸质版",
    "What is asked about the conduct of this member's users": "涉及本机构用户查询行为的案件",
    "Explain a case to the committee": "向委员会说明案件",
    "The tariff of a day: prices, volume tiers, what is free": "某日的收费标准：价格、用量档次与免费项目",
    "This member's months, newest first: running ones as they stand, closed ones for ever": "本机构各月账单，最近的在前：未结账的为当前状态，已结账的不再变动",  # noqa: E501
    "The invoice of a month, every line with its log entry": "某月的账单，每行附日志条目",
    "Object to a line of an invoice; upheld, the charge is given back": "对账单某行提出异议；获支持的退还费用",
    "What this member objected to, and what was decided": "本机构提出的异议及裁决",
    "Ask about many people with one file": "以一个文件批量查询",
    "The batches of this member, newest first": "本机构的批量查询，最近的在前",
    "How far a batch has come": "批量查询的进度",
    "What became of the lines, in their order": "各行的结果，按原顺序",
    "Begin no further line of a batch": "不再处理批量查询的后续各行",
    "Watch the file of a borrower": "关注借款人的档案",
    "The files that this member watches or watched, newest first": "本机构正在关注或曾关注的档案，最近的在前",
    "What is told of a file, and whether and why that ended": "对某档案提示的内容，以及是否、为何结束",
    "Be told no more": "不再接收提示",
    "What was told, as it was recorded, with its receipt": "提示的原始内容及其回执",
    "What happened since, in order": "其后发生的事件，按顺序",
    "Be told at an address of one's own": "在自有地址接收推送",
    "Where one is told": "当前的推送地址",
    "Be told nowhere any more; the feed goes on": "停止推送；事件列表照常提供",
    "What is and was on its way, newest first": "推送中与已推送的事件，最近的在前",
    "Let an event set out again": "重新推送某事件",
    "The public key of our deliveries (Standard Webhooks, Ed25519)": "推送签名的公钥（Standard Webhooks，Ed25519）",
    "Send a file in openbureau/1 or Metro 2": "报送 openbureau/1 或 Metro 2 文件",
    "The files of this member, each with its progress": "本机构的文件及各自进度",
    "What became of a file": "文件的处理结果",
    "Send one record, or a few, at any time of the day": "随时报送一条或数条记录",
    "What is held from this member, in totals": "本机构所报信息的总数",
    "Accounts of this member by its own numbers": "按本机构账户号查询账户",
    "Begin a file that comes in pieces": "开始分块上传文件",
    "Uploads under way": "进行中的上传",
    "How far an upload is, or what came of it": "上传的进度或结果",
    "Send a piece, 16 MiB at most": "上传一个分块，最大 16 MiB",
    "Give an upload up": "放弃上传",
    "Receive a whole upload as one file; asked again, the same receipt": "将完整上传作为一个文件接收；重复请求返回同一回执",
    "The signed receipt of a file, with its place in the log": "文件的签名回执及其在日志中的位置",
    "Proof that one record was sent, unchanged, when and by whom": "某条记录何时由谁报送且未经改动的证明",
    "The quality of what one sent in a month": "某月所报信息的质量",
    "One's own report, free of charge, every institution by name": "本人信用报告，免费，各机构显示名称",
    "Everything that happened to one's file, newest first": "本人档案的全部事件，最近的在前",
    "The consents one gave, and what lenders ask for": "本人给出的同意，以及机构的请求",
    "Give a consent: one lender, one purpose, some months, point by point": "给出同意：一家机构、一项用途、若干月，逐项确认",
    "The signed artefact of a consent, byte for byte as its hash stands in the log": "同意的签名凭证，与日志中的哈希逐字节对应",
    "Withdraw a consent, in one step": "一步撤回同意",
    "What one is told before consenting, and the points to agree to one by one": "同意前的告知内容，以及须逐项确认的事项",
    "Say yes to what a lender asks, point by point": "逐项同意机构的请求",
    "Say no to what a lender asks; the lender is not told": "拒绝机构的请求；不告知该机构",
    "A code to say to one lender: it stands for one's confirmation, once": "告知某机构的代码：代表本人确认，限用一次",
    "Send a consent that this member took and signed": "提交本机构取得并签名的同意",
    "How a consent stands that this member sent or that names it": "本机构提交或以本机构为对象的同意的状态",
    "The written originals that this member is asked to show": "要求本机构提交的书面原件",
    "Show a written original: the file itself, byte for byte": "提交书面原件：原文件，逐字节一致",
    "An access token for the member whose key signed the assertion": "为以密钥签署断言的机构签发访问令牌",
    "What the token endpoint is and takes": "令牌接口的地址与要求",
    "The key under which answers to members are signed": "答复机构时所用的签名公钥",
    "The member's keys, and what the next statement has to name": "机构的密钥，以及下一份声明须载明的内容",
    "Add a key or end one": "增加或停用密钥",
    "The last signed head of the log": "日志最近一次签名的头部",
    "A hash tile or an entry bundle; never changes": "哈希块或条目块；永不变动",
    "The log's public key": "日志的公钥",
    "What a watcher pins: log key and founding act": "核验方须固定的内容：日志公钥与创立文件",
    "The proof that a leaf is in the log": "某条记录在日志中的证明",
    "The rules of a topic on a day, each with its citation": "某主题在某日的规则，逐条附引用条文",
    "Every problem with its cure, in both languages": "全部问题及解决办法，中英文",
    "What a problem means": "某问题的含义",
    "The process is up": "进程运行中",
    "The database answers, the log is being signed": "数据库可用，日志正在签名",
    "Counts and durations for Prometheus": "供 Prometheus 使用的计数与耗时",
    "This description": "本接口说明",
    "A proof of the key to bind the token to (RFC 9449 §5).": "令牌所绑定密钥的证明（RFC 9449 第5节）。",
    "New for each file, the same for a repeat: the same batch is given.": "每个文件使用新键，重发时使用原键：返回同一批次。",
    "New for each inquiry, the same for a repeat.": "每次查询使用新键，重发时使用原键。",
    "New for each look-up, the same for a repeat.": "每次查询使用新键，重发时使用原键。",
    "The same for a repeat: the same receipt is given and nothing is received again.": "重发时使用原键：返回同一回执，不重复接收。",  # noqa: E501
    "respond-async: answer 202 with the receipt, and load afterwards (RFC 7240).": "respond-async：以 202 返回回执，随后入库（RFC 7240）。",  # noqa: E501
    "Go on after this line; the Link header has the address.": "从该行之后继续；地址见 Link 响应头。",
    "Go on after this place.": "从该位置之后继续。",
    "The id of the event.": "事件编号。",
    "How it is written; JSON when left out. PDF is in the reader's language.": "输出格式；不填为 JSON。PDF 使用读者的语言。",
    "Where the piece begins; or tell it in Content-Range: bytes FIRST-LAST/SIZE.": "分块的起始偏移；或以 Content-Range: bytes 起-止/总长 说明。",  # noqa: E501
    "From the answer to the file.": "见提交文件时的答复。",
    "Go on before this batch.": "从该批次之前继续。",
    "Go on before this monitor.": "从该关注之前继续。",
    "Go on before this place.": "从该位置之前继续。",
    "Go on before this receipt; the next member of a page has it.": "从该回执之前继续；见每页的 next。",
    "Its code.": "问题代码。",
    "The consent.": "同意编号。",
    "How the file is written; found out when left out.": "文件格式；不填则自动识别。",
    "inquiry_id of the earlier answer.": "此前答复的 inquiry_id。",
    "Kind of record of a CSV file; found out from its columns when left out.": "CSV 文件的记录种类；不填则按列识别。",
    "Leaf hash, hex.": "记录哈希，十六进制。",
    "The lender.": "信息使用者。",
    "From the answer.": "见此前的答复。",
    "A month in Beijing, YYYY-MM.": "北京时间的月份，YYYY-MM。",
    "YYYY-MM": "月份，YYYY-MM",
    "For how long; three when left out.": "月数；不填为三个月。",
    "Number of the record, from 1.": "记录序号，从 1 起。",
    "A day; today when left out.": "日期；不填为当日。",
    "C2SP path: LEVEL/NUMBER or entries/NUMBER, partial ones with .p/WIDTH": "C2SP 路径：层/序号 或 entries/序号，不完整的加 .p/宽度",  # noqa: E501
    "Comma between them; `report` when left out.": "以逗号分隔；不填为 `report`。",
    "The purpose.": "用途。",
    "From the receipt.": "见回执。",
    "The sample.": "抽样编号。",
    "Deliveries in this state only.": "仅此状态的推送。",
    "A topic, such as retention, or the id of a rule.": "主题（如 retention）或规则编号。",
    "From the answer that began it.": "见开始上传时的答复。",
}  # fmt: skip

MORE: dict[str, str] = {
    "Inquiries by lenders, files from furnishers, a person's own report, diary and consents, and the public log. Every error is a problem document (RFC 9457) in the language of Accept-Language (zh-CN or en). The sandbox holds made-up people only.": "信息使用者的查询，信息提供者的文件，本人的报告、日志与同意，以及公开日志。每个错误都是问题文档（RFC 9457），语言依 Accept-Language（zh-CN 或 en）。沙盒中人物均为虚构。",  # noqa: E501
    "Institutions that ask for reports.": "查询报告的机构。",
    "How members sign in, and the keys of their machines.": "机构如何登录，以及其系统的密钥。",
    "Institutions that send information.": "报送信息的机构。",
    "The person a file is about.": "档案所属的本人。",
    "The transparency log, in the C2SP formats.": "透明日志，采用 C2SP 格式。",
    "The rules in force, as data.": "以数据形式提供的现行规则。",
    "Health and figures.": "运行状态与数字。",
    "Answered or refused, and recorded before it leaves. The same key and body give the same bytes and at most one charge. A refusal is free, and quotes its article.": "答复或拒绝，均在发出前记录。同一幂等键与请求体返回相同字节，至多收费一次。拒绝不收费，并引用条文。",  # noqa: E501
    "No consent, but a document: kind of proceedings, law, number, issuing body, officer. The answer rests on its hash. The person reads of it in their diary at once, or on the day of a lawful deferral. Free of charge.": "不凭同意而凭文书：程序种类、法律依据、文号、发文机关、经办人。答复以文书的哈希为依据。本人可立即在日志中看到；依法延后告知的，自该日起可见。不收费。",  # noqa: E501
    "To the member that got it, with a permit of today, free, and recorded. Where something in it may not be shown any more it is refused; ask anew with as_of then.": "提供给取得该答复的机构，须有当日的准许，不收费，予以记录。其中有内容已不得展示的，予以拒绝；请以当时的 as_of 重新查询。",  # noqa: E501
    "Under the same rules as the answer itself, in the language of Accept-Language. PDF/A-2b; the same answer gives the same bytes.": "规则与答复本身相同，语言依 Accept-Language。PDF/A-2b；同一答复生成相同字节。",  # noqa: E501
    "A case is a question: figures, the leaves of the inquiries, the articles, and what may innocently explain it. The user may be slowed down until somebody has looked.": "案件是一个疑问：数字、相关查询的记录、条文，以及可能的正当原因。在有人查看之前，该用户可能被放慢。",  # noqa: E501
    "JSON Lines: the body of a single inquiry a line, with a key of the lender's own. Each line is decided, recorded and charged by itself; a line that cannot be read stops no other. A member that may not ask at all is refused with the article, and nothing is kept.": "JSON Lines：每行一个单笔查询的请求体，附机构自定的键。每行分别裁定、记录、收费；无法读取的行不影响其他行。完全无权查询的机构会收到引用条文的拒绝，且不保留任何内容。",  # noqa: E501
    "A page of the file of results (JSON Lines), once the batch has ended.": "批次结束后，结果文件（JSON Lines）的一页。",
    "An inquiry of the product alert: it needs the person's consent to monitoring and a running account of the lender's own, is recorded like any other, tells nothing of the file and is free. Each alert is decided, recorded and charged by itself. Triggers: new-account (A new account with another institution); new-overdue (An account with another institution is newly overdue); worse-overdue (An overdue account with another institution got worse); bad-debt (An account with another institution became bad debt or went to collection); exposure-growth (Balances with other institutions grew by more than the threshold); many-inquiries (Many applications for credit with other institutions within a month); score-fall (The score fell by more than the threshold)": "产品 alert 的查询：须有本人对持续关注的同意，且本机构有存续账户；与其他查询同样记录，不透露档案内容，不收费。每次提示分别裁定、记录、收费。触发条件：new-account（他机构新增账户）；new-overdue（他机构账户新逾期）；worse-overdue（他机构逾期加重）；bad-debt（他机构账户成为呆账或转入催收）；exposure-growth（他机构余额增长超过阈值）；many-inquiries（一个月内多次向他机构申请信贷）；score-fall（评分下降超过阈值）。",  # noqa: E501
    "The same events as are handed over to the member's address. Places have no gap; read on from next.": "与推送至机构地址的事件相同。位置连续无缺；请从 next 继续读取。",  # noqa: E501
    "The address is asked first whether it wants to be told: OPTIONS with WebHook-Request-Origin, to be answered with WebHook-Allowed-Origin (CloudEvents, abuse protection). See docs/specs/webhooks.md.": "首先询问该地址是否愿意接收：发送带 WebHook-Request-Origin 的 OPTIONS，须以 WebHook-Allowed-Origin 答复（CloudEvents 防滥用）。见 docs/specs/webhooks.md。",  # noqa: E501
    "The body is the file itself (JSON Lines, CSV, Parquet or Metro 2, 4 GiB at most), as it is or encrypted to the agency's age key. Its records are kept and logged before any opinion on them. The same file twice changes nothing.": "请求体为文件本身（JSON Lines、CSV、Parquet 或 Metro 2，最大 4 GiB），明文或以征信机构的 age 公钥加密。先保存并记录其中的记录，再作任何判断。同一文件重复报送不改变任何内容。",  # noqa: E501
    "A record of openbureau/1 as a JSON object, or a list of at most 1,000. Receipt, checks and loading are those of a file.": "openbureau/1 的一条记录（JSON 对象），或至多 1000 条的列表。回执、校验与入库同文件。",  # noqa: E501
    "Numbers are kept as keyed hashes: they cannot be listed, only looked up, and never stand in an address.": "账户号以带密钥的哈希保存：不能列出，只能查询，且不出现在地址中。",  # noqa: E501
    "What is acknowledged is held. A piece at another offset changes nothing: the conflict tells the right one.": "已确认的分块即已保存。偏移不符的分块不改变任何内容：冲突答复会说明正确的偏移。",  # noqa: E501
    "Anybody verifies it offline: openbureau watch record FILE.": "任何人可离线核验：openbureau watch record FILE。",
    "The record with its salt, the path to its file's root, the opening of the leaf that holds the root, and the leaf's place in the log. Anybody verifies it offline: openbureau watch record FILE.": "记录及其盐值、至文件根的路径、包含该根的记录的公开凭据，以及其在日志中的位置。任何人可离线核验：openbureau watch record FILE。",  # noqa: E501
    "By the published formula. A part without a source is absent, never zero.": "依公布的公式。没有来源的部分不列出，不作零计。",  # noqa: E501
    "On line it waits until the person confirms it here, or counts at once with their code; on paper it counts at once, and the original may be asked for. The reply is the same whether or not the person is on file.": "在线取得的，待本人在此确认后生效，或凭本人代码立即生效；纸质的立即生效，并可能被要求提交原件。无论本人是否有档案，答复相同。",  # noqa: E501
    "At most 4194304 bytes. Compared with the hash that was signed; the first document counts.": "至多 4194304 字节。与签名时的哈希比对；以首次提交的文件为准。",  # noqa: E501
}  # fmt: skip
"""The same for what is said at more length: of the whole, of its parts, of an operation."""
