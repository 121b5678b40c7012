"""What cures a refusal?  Data table: for each code what to do about it, in English and Chinese."""

from openbureau.core.refusal import RefusalCode

Both = tuple[str, str]
"""A text in English and in Chinese."""

REFUSAL_CURES: dict[RefusalCode, Both] = {
    RefusalCode.POLICY_ERROR: (
        "Nothing was disclosed. Send the request again with a new key; if it stays, tell the bureau the inquiry's number.",
        "未提供任何信息。请换一个幂等键重试；如仍失败，请将查询编号告知征信机构。",
    ),
    RefusalCode.MEMBER_NOT_ACTIVE: (
        "Renew or reactivate the contract before asking again.",
        "请先续签或恢复合同，再行查询。",
    ),
    RefusalCode.PURPOSE_NOT_IN_CONTRACT: (
        "Ask for a purpose that the contract names, or have the contract amended first.",
        "请使用合同约定的用途，或先修订合同。",
    ),
    RefusalCode.NO_CONSENT: (
        "Obtain the person's consent to your institution for this purpose, recorded with the bureau, then ask again.",
        "请先取得本人对贵机构、针对该用途的同意并在征信机构登记，再行查询。",
    ),
    RefusalCode.PURPOSE_NOT_COVERED: (
        "Ask only for the purpose the person agreed to, or obtain a new consent for this one.",
        "请仅为本人同意的用途查询，或就该用途重新取得同意。",
    ),
    RefusalCode.CONSENT_WITHDRAWN: (
        "The person has decided. Only a new consent, freely given, permits a new inquiry.",
        "本人已作出决定。只有重新自愿作出的同意才允许再次查询。",
    ),
    RefusalCode.CONSENT_EXPIRED: (
        "Obtain a consent that covers today.",
        "请取得覆盖当日的同意。",
    ),
    RefusalCode.CONSENT_USED: (
        "A one-time consent permits one answer. Obtain another for another inquiry.",
        "一次性同意只允许一次查询。如需再次查询，请重新取得同意。",
    ),
    RefusalCode.IDENTITY_NOT_CONFIRMED: (
        "Check name and identity number against the person's document and ask again.",
        "请对照本人证件核对姓名与证件号码后重新查询。",
    ),
    RefusalCode.SUBJECT_DECEASED: (
        "No inquiry is answered. Close relatives may turn to the bureau with proof.",
        "不再提供查询。近亲属可持证明材料向征信机构提出请求。",
    ),
    RefusalCode.SUBJECT_MINOR: (
        "No report on a minor is given for credit.",
        "不为信贷目的提供未成年人的报告。",
    ),
    RefusalCode.ANSWER_OUTDATED: (
        "Ask anew with known_as_of of the earlier answer as as_of: the answer is as known then, less what may not be shown.",
        "请以原答复的 known_as_of 作为 as_of 重新查询：按当时所知答复，但不含现已不得展示的内容。",
    ),
    RefusalCode.FILE_FROZEN: (
        "Ask the person to lift the freeze; the bureau cannot lift it for a lender.",
        "请本人解除冻结；征信机构不能应机构要求解除。",
    ),
    RefusalCode.ROLE_NOT_ENTITLED: (
        "Ask as what the contract says you are, or have the contract amended first.",
        "请以合同约定的角色查询，或先修订合同。",
    ),
    RefusalCode.PRODUCT_NOT_FOR_PURPOSE: (
        "An employer asks questions (product `question`); alerts belong to the purpose `post-loan`.",
        "用人单位只能使用 question 产品；预警只用于贷后管理。",
    ),
    RefusalCode.RECIPIENT_NOT_ENTITLED: (
        "Take consents only for institutions whose contract is in force and names this purpose.",
        "仅可为合同有效且约定该用途的机构收取同意。",
    ),
    RefusalCode.RECORD_NOT_OWN: (
        "Correct only what your institution furnished; the person may dispute the rest.",
        "只能更正贵机构报送的记录；其他记录由本人提出异议。",
    ),
    RefusalCode.DOCUMENT_MISSING: (
        "Send the document with its law, number, issuing body and officer, all of them filled in.",
        "请提交文书，并填写法律依据、文号、签发机关与承办人。",
    ),
    RefusalCode.DOCUMENT_NOT_FOR_BODY: (
        "A court asks for `judicial` by one of trial, enforcement or bankruptcy, an authority for `official` by its own.",
        "法院以审判、执行或破产文书按 judicial 查询；行政等机关以其职权内文书按 official 查询。",
    ),
    RefusalCode.DOCUMENT_EXPIRED: (
        "Send a document that is in force today and was issued within the term of our rule.",
        "请提交当日有效且签发未超过规定期限的文书。",
    ),
    RefusalCode.DEFERRAL_NOT_LAWFUL: (
        "Name the law that asks for secrecy and a day after today within the term of our rule, or leave the deferral out.",
        "请写明要求保密的法律，并给出规定期限内的今日之后的日期；或不申请推迟。",
    ),
    RefusalCode.GUARANTOR_NOT_CONSENTED: (
        "Obtain the person's own consent as a guarantor (purpose `guarantor-check`), then ask again.",
        "请取得本人以保证人身份（用途 guarantor-check）作出的同意，再行查询。",
    ),
    RefusalCode.PRODUCT_NOT_COVERED: (
        "Ask only for a product that the consent names, or obtain a new consent that names this one.",
        "请仅查询同意所列的产品，或重新取得包含该产品的同意。",
    ),
    RefusalCode.CONSENT_OUTDATED: (
        "Show the person today's wording of the purpose and obtain a new consent.",
        "请向本人出示该用途的现行表述并重新取得同意。",
    ),
    RefusalCode.CONSENT_NOT_CONFIRMED: (
        "Ask the person to confirm the consent in their own session, or record the paper original.",
        "请本人登录确认该同意，或登记书面原件。",
    ),
    RefusalCode.NO_RUNNING_ACCOUNT: (
        "Post-loan inquiries are for open accounts that you furnished: furnish the account first.",
        "贷后管理只针对贵机构已报送且存续的账户；请先报送账户。",
    ),
    RefusalCode.NO_FILE_HELD: (
        "Check the number against the document; nothing is held under it.",
        "请对照文书核对证件号码；该号码下没有档案。",
    ),
    RefusalCode.IDENTITY_AMBIGUOUS: (
        "Nothing to do for now: the bureau's reviewers settle whose number it is. Ask again later with a new key.",
        "目前无需处理：征信机构复核员正在核定号码归属。请稍后用新键重试。",
    ),
    RefusalCode.NOT_OWN_FILE: (
        "Sign in as the person whose file it is.",
        "请以档案本人的身份登录。",
    ),
    RefusalCode.NO_VIEW_OF_PERSONS: (
        "Look at institutions and figures; a person's file is opened by a reviewer with a case, or unmasked by the committee.",
        "请查看机构、文件与统计；个人档案由复核员凭案件查看，或由委员会揭示。",
    ),
    RefusalCode.ERASURE_ACCOUNT_RUNNING: (
        "Close the account with its institution, or have a record that is not yours corrected; then ask again.",
        "请先向该机构结清并关闭账户，或申请更正不属于您的记录，再提出删除。",
    ),
    RefusalCode.ERASURE_TERM_RUNNING: (
        "Wait for the day that the page names: it goes then by itself. Against the law or wrong? Ask for a decision.",
        "请等到页面所示日期，届时自动删除。如认为处理违法或有误，请申请裁定。",
    ),
    RefusalCode.ERASURE_WITHOUT_REASON: (
        "Give one of the reasons that the rules name.",
        "请给出规定的理由之一。",
    ),
    RefusalCode.VIEW_WITHOUT_REASON: (
        "Open the person through a case, or give the reason that the rules name.",
        "请通过案件查看，或给出规定的理由。",
    ),
}
