"""What can go wrong at the door, and what cures it?  Data table.

The one table from codes to problem documents (RFC 9457): status, title and cure in both languages.  Every refusal of
`core/refusal.py` has its row here; `/problems/CODE` is the page of each.  Promises: no status is decided anywhere else.
"""

from dataclasses import dataclass

from openbureau.core.refusal import TITLES, RefusalCode
from openbureau.web.problem_bills import BILLS
from openbureau.web.problem_conduct import CONDUCT
from openbureau.web.problem_consent import CONSENTS
from openbureau.web.problem_cures import REFUSAL_CURES, Both
from openbureau.web.problem_standing import STANDING
from openbureau.web.sign_in.problems import SIGN_IN


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One problem: its code, the HTTP status, what it is called, and what to do about it."""

    code: str
    status: int
    title: Both
    cure: Both

    @property
    def type(self) -> str:
        """The type URI, which is also the address of its page."""
        return f"/problems/{self.code}"


_DOOR: tuple[ProblemRow, ...] = (
    ProblemRow(
        "not-json", 400,
        ("The body is not JSON", "请求体不是有效的 JSON"),
        ("Send one JSON object in UTF-8, as the description at /schema/openapi.json shows.",
         "请按 /schema/openapi.json 的说明发送一个 UTF-8 编码的 JSON 对象。"),
    ),
    ProblemRow(
        "fields-not-valid", 422,
        ("Some fields are not as agreed", "部分字段不符合约定"),
        ("Each field that needs a change is listed under errors with its own cure.",
         "errors 中逐一列出需要修改的字段及改正方法。"),
    ),
    ProblemRow(
        "idempotency-key-missing", 400,
        ("The Idempotency-Key header is missing or not usable", "缺少可用的 Idempotency-Key 请求头"),
        ("Send a key of 1 to 200 printable ASCII characters, new for each inquiry and the same when you repeat it.",
         "请发送由 1 至 200 个可打印 ASCII 字符组成的键：每次查询使用新键，重发时使用原键。"),
    ),
    ProblemRow(
        "idempotency-key-reused", 422,
        ("This key was used for another request", "该幂等键已用于另一请求"),
        ("Send the first body again to get its answer, or use a new key for a new request.",
         "请用原请求体重发以取得原答复，或为新请求使用新键。"),
    ),
    ProblemRow(
        "not-signed-in", 401,
        ("A valid member token is needed", "需要有效的机构令牌"),
        ("Get a token at /v1/token with your key and send it as Authorization: DPoP; the sandbox also takes its Bearer tokens.",
         "请用机构密钥在 /v1/token 获取令牌，以 Authorization: DPoP 发送；沙箱也接受其 Bearer 令牌。"),
    ),
    ProblemRow(
        "sign-in-needed", 401,
        ("Please sign in first", "请先登录"),
        ("Sign in at /sign-in; a session ends after 30 minutes without use.",
         "请在 /sign-in 登录；30 分钟无操作后会话结束。"),
    ),
    ProblemRow(
        "sign-in-not-right", 401,
        ("Handle and code do not fit", "代号与验证码不符"),
        ("Check both and try again. In the sandbox they are printed when the demo starts.",
         "请核对后重试。沙盒的代号与验证码在演示启动时显示。"),
    ),
    ProblemRow(
        "too-many-sign-ins", 429,
        ("Too many attempts to sign in", "登录尝试过多"),
        ("Wait a few minutes, then try again.", "请等待几分钟后再试。"),
    ),
    ProblemRow(
        "no-such-case", 404,
        ("There is no such case", "没有该案件"),
        ("Go back to the list of cases at /desk.", "请返回 /desk 的案件列表。"),
    ),
    ProblemRow(
        "decision-not-taken", 409,
        ("The decision was not recorded", "裁决未被记录"),
        ("Choose one of the three, give a reason of at most 2,000 characters, and see whether the case still waits for you.",
         "请选择一项并填写不超过 2000 字的理由，并确认该案件仍待您裁决。"),
    ),
    ProblemRow(
        "form-not-trusted", 403,
        ("The form does not belong to this session", "表单不属于当前会话"),
        ("Open the page again and send its form; do not send forms from other sites.",
         "请重新打开页面并提交其中的表单；不要从其他网站提交。"),
    ),
    ProblemRow(
        "consent-not-possible", 422,
        ("This consent cannot be recorded or withdrawn", "该同意无法登记或撤回"),
        ("Choose a lender and a purpose from the list; a withdrawn consent stays withdrawn.",
         "请从列表中选择机构与用途；已撤回的同意不能再次撤回。"),
    ),
    ProblemRow(
        "file-not-readable", 422,
        ("Nothing could be received from this file", "无法接收该文件"),
        ("The finding says what is wrong with the file as a whole and how to mend it.",
         "发现项说明文件整体的问题及改正方法。"),
    ),
    ProblemRow(
        "upload-elsewhere", 409,
        ("The upload stands at another offset", "上传进度与该偏移不符"),
        ("Go on from the offset under held; what is held need not be sent again.",
         "请从 held 所示的偏移继续；已收到的部分无需重发。"),
    ),
    ProblemRow(
        "upload-not-whole", 409,
        ("The upload is not whole yet", "上传尚未完成"),
        ("Send the rest from the offset under held, then finish.", "请从 held 所示的偏移发送其余部分，再完成上传。"),
    ),
    ProblemRow(
        "upload-too-long", 422,
        ("A piece is longer than what is left of the upload, or than a piece may be", "分块超过剩余长度或分块上限"),
        ("Send at most 16 MiB at once and no more than the size that the upload was begun with.",
         "每次最多发送 16 MiB，且不超过开始上传时声明的大小。"),
    ),
    ProblemRow(
        "upload-differs", 422,
        ("What came is not what was promised", "收到的内容与声明的摘要不符"),
        ("Compare the SHA-256 with your file, end this upload and begin another.",
         "请核对文件的 SHA-256，结束本次上传并重新开始。"),
    ),
    ProblemRow(
        "too-large", 413,
        ("The body is larger than is taken here", "请求体超过接收上限"),
        ("Split the file and send the parts one after another.", "请将文件拆分后依次发送。"),
    ),
    ProblemRow(
        "not-found", 404,
        ("There is nothing at this address", "该地址没有内容"),
        ("Check the address, or start at /.", "请核对地址，或从首页开始。"),
    ),
    ProblemRow(
        "no-proof-yet", 404,
        ("No proof for this leaf yet", "该记录尚无证明"),
        ("A new leaf is under a signed checkpoint within a minute; ask again then. If it stays away, keep your receipt.",
         "新记录会在一分钟内进入签名检查点，请稍后再查。若一直没有，请保留回执。"),
    ),
    ProblemRow(
        "no-such-answer", 404,
        ("No answer of this number went to your institution", "贵机构没有该编号的答复"),
        ("Check the number under inquiry_id of the answer; what was refused has no answer.",
         "请核对答复中的 inquiry_id；被拒绝的查询没有答复。"),
    ),
    ProblemRow(
        "answer-erased", 410,
        ("The person's data was erased by law", "该信息主体的数据已依法删除"),
        ("Keep the hash: it proves what your own copy was. The leaf is that of the erasure.",
         "请保留哈希值，可用于证明贵机构所存副本；leaf 为删除事件的记录。"),
    ),
    ProblemRow(
        "no-chinese-font", 503,
        ("This machine has no font with Chinese characters", "本机没有中文字体"),
        ("The operator installs the Debian package fonts-noto-cjk; the answer itself is to be had as JSON.",
         "请运营方安装 Debian 软件包 fonts-noto-cjk；答复仍可以 JSON 取得。"),
    ),
    ProblemRow(
        "no-rule", 404,
        ("No such rule holds on that day", "该日没有此项规则"),
        ("The detail names the topics, or the first day from which the rule holds.",
         "详情列出可查的主题，或该规则开始生效的日期。"),
    ),
    ProblemRow(
        "method-not-allowed", 405,
        ("This address does not take that method", "该地址不支持此方法"),
        ("The Allow header names the methods that it takes.", "Allow 响应头列出支持的方法。"),
    ),
    ProblemRow(
        "request-not-readable", 400,
        ("The request could not be read", "无法读取请求"),
        ("Check headers and body against /schema/openapi.json.", "请对照 /schema/openapi.json 检查请求头与请求体。"),
    ),
    ProblemRow(
        "too-busy", 503,
        ("The file kept changing; nothing was recorded", "档案持续变动，未作任何记录"),
        ("Send the same request with the same key again in a second.", "请在一秒后用同一幂等键重发同一请求。"),
    ),
    ProblemRow(
        "no-quorum", 503,
        ("Inquiries have stopped: too few witnesses have seen our log", "查询暂停：见证方数量不足"),
        ("Our fault, no refusal: nothing was read or recorded. Send the same after Retry-After; people's own reports go on.",
         "原因在我方，并非拒绝：未读取也未记录任何信息。请按 Retry-After 重发；本人查询与撤回同意不受影响。"),
    ),
    ProblemRow(
        "not-ready", 503,
        ("The bureau is not ready", "系统尚未就绪"),
        ("Wait; the checks in this document say what is missing.", "请稍候；本文档中的检查项说明原因。"),
    ),
    ProblemRow(
        "fault", 500,
        ("Something is broken on our side", "我们这边出现故障"),
        ("Nothing left without its record. Repeat with the same key, and tell the bureau the incident number.",
         "没有任何信息在未记录的情况下流出。请用同一幂等键重试，并将事件编号告知征信机构。"),
    ),
)  # fmt: skip

PROBLEMS: dict[str, ProblemRow] = {
    row.code: row for row in (*_DOOR, *(ProblemRow(*row) for row in (*STANDING, *CONDUCT, *SIGN_IN, *CONSENTS, *BILLS)))
} | {code.value: ProblemRow(code.value, 403, TITLES[code], REFUSAL_CURES[code]) for code in RefusalCode}
"""Every problem by its code."""
