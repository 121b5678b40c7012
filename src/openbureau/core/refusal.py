"""In which ways may we say no?

The codes are part of the contract with lenders and people: never reused, never renamed.  Each has a page in
`docs/refusals/`, a row in `web/problems.py`, and a policy of the same id in `law/cn/permit.cedar`; three have none:
`policy-error` and `role-not-entitled`, the no where nothing permits; and `answer-outdated`, which is found after the permit.
"""

from enum import StrEnum


class RefusalCode(StrEnum):
    """Why an act is refused.  The order is the order in which reasons are told."""

    POLICY_ERROR = "policy-error"
    ROLE_NOT_ENTITLED = "role-not-entitled"
    MEMBER_NOT_ACTIVE = "member-not-active"
    PURPOSE_NOT_IN_CONTRACT = "purpose-not-in-contract"
    PRODUCT_NOT_FOR_PURPOSE = "product-not-for-purpose"
    RECIPIENT_NOT_ENTITLED = "recipient-not-entitled"
    RECORD_NOT_OWN = "record-not-own"
    DOCUMENT_MISSING = "document-missing"
    DOCUMENT_NOT_FOR_BODY = "document-not-for-body"
    DOCUMENT_EXPIRED = "document-expired"
    DEFERRAL_NOT_LAWFUL = "deferral-not-lawful"
    NO_CONSENT = "no-consent"
    PURPOSE_NOT_COVERED = "purpose-not-covered"
    GUARANTOR_NOT_CONSENTED = "guarantor-not-consented"
    PRODUCT_NOT_COVERED = "product-not-covered"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    CONSENT_EXPIRED = "consent-expired"
    CONSENT_USED = "consent-used"
    CONSENT_OUTDATED = "consent-outdated"
    CONSENT_NOT_CONFIRMED = "consent-not-confirmed"
    NO_RUNNING_ACCOUNT = "no-running-account"
    NO_FILE_HELD = "no-file-held"
    IDENTITY_AMBIGUOUS = "identity-ambiguous"
    IDENTITY_NOT_CONFIRMED = "identity-not-confirmed"
    SUBJECT_DECEASED = "subject-deceased"
    SUBJECT_MINOR = "subject-minor"
    FILE_FROZEN = "file-frozen"
    NOT_OWN_FILE = "not-own-file"
    ERASURE_ACCOUNT_RUNNING = "erasure-account-running"
    ERASURE_TERM_RUNNING = "erasure-term-running"
    NO_VIEW_OF_PERSONS = "no-view-of-persons"
    VIEW_WITHOUT_REASON = "view-without-reason"
    ERASURE_WITHOUT_REASON = "erasure-without-reason"
    ANSWER_OUTDATED = "answer-outdated"


TITLES: dict[RefusalCode, tuple[str, str]] = {
    RefusalCode.POLICY_ERROR: ("The request could not be decided, so it is refused", "无法作出判断，因此拒绝"),
    RefusalCode.ROLE_NOT_ENTITLED: ("No rule gives this to the role of whoever asks", "没有规则允许该角色作此行为"),
    RefusalCode.MEMBER_NOT_ACTIVE: ("The member's contract is not in force", "机构的合同未生效或已终止"),
    RefusalCode.PURPOSE_NOT_IN_CONTRACT: ("The contract does not cover this purpose", "合同未约定该用途"),
    RefusalCode.PRODUCT_NOT_FOR_PURPOSE: ("This purpose does not need this product", "该用途不得使用该产品"),
    RefusalCode.RECIPIENT_NOT_ENTITLED: ("The recipient may not ask for this purpose", "接收方无权为该用途查询"),
    RefusalCode.RECORD_NOT_OWN: ("The record was furnished by another institution", "该记录由其他机构报送"),
    RefusalCode.DOCUMENT_MISSING: (
        "The document of the court or authority is missing or not complete",
        "缺少司法或行政文书，或文书不完整",
    ),
    RefusalCode.DOCUMENT_NOT_FOR_BODY: (
        "The document is not of a kind this body may issue",
        "文书种类与该机关职权不符",
    ),
    RefusalCode.DOCUMENT_EXPIRED: ("The document is not in force on this day", "文书未生效或已过期"),
    RefusalCode.DEFERRAL_NOT_LAWFUL: ("The notice to the person may not be put off like this", "推迟告知不合规定"),
    RefusalCode.NO_CONSENT: ("There is no written consent for this inquiry", "没有本次查询所需的书面同意"),
    RefusalCode.PURPOSE_NOT_COVERED: ("The consent does not cover this purpose", "同意的范围不包括该用途"),
    RefusalCode.GUARANTOR_NOT_CONSENTED: ("The person has not consented as a guarantor", "本人未以保证人身份同意"),
    RefusalCode.PRODUCT_NOT_COVERED: ("The consent does not cover this product", "同意的范围不包括该产品"),
    RefusalCode.CONSENT_WITHDRAWN: ("The person has withdrawn the consent", "本人已撤回同意"),
    RefusalCode.CONSENT_EXPIRED: ("The consent is not in force on this day", "同意未生效或已过期"),
    RefusalCode.CONSENT_USED: ("The consent was for one inquiry and has been used", "一次性同意已经使用"),
    RefusalCode.CONSENT_OUTDATED: ("The purpose has changed since the consent was given", "用途在同意之后已变更"),
    RefusalCode.CONSENT_NOT_CONFIRMED: ("The person has not confirmed the consent", "本人尚未确认该同意"),
    RefusalCode.NO_RUNNING_ACCOUNT: ("The lender holds no open account of the person", "本人在该机构没有存续账户"),
    RefusalCode.NO_FILE_HELD: ("Nothing is held under this number", "该证件号码下没有档案"),
    RefusalCode.IDENTITY_AMBIGUOUS: ("More than one person may be meant", "可能对应多个信息主体"),
    RefusalCode.IDENTITY_NOT_CONFIRMED: ("Name and identity number do not belong together", "姓名与证件号码不一致"),
    RefusalCode.SUBJECT_DECEASED: ("The person has died", "信息主体已死亡"),
    RefusalCode.SUBJECT_MINOR: ("The person is a minor", "信息主体为未成年人"),
    RefusalCode.FILE_FROZEN: ("The person has frozen the file", "本人已冻结信用档案"),
    RefusalCode.NOT_OWN_FILE: ("This is another person's file", "这是他人的档案"),
    RefusalCode.ERASURE_ACCOUNT_RUNNING: (
        "An account is still running, so what is held of it still serves its purpose",
        "仍有存续账户，所保存的信息尚需用于约定目的",
    ),
    RefusalCode.ERASURE_TERM_RUNNING: (
        "The term for which adverse information is kept is not over",
        "不良信息的保存期限未届满",
    ),
    RefusalCode.NO_VIEW_OF_PERSONS: (
        "This role sees institutions and figures, not persons",
        "该角色只看机构与统计，不看个人",
    ),
    RefusalCode.VIEW_WITHOUT_REASON: (
        "A look at a person needs a reason that the rules name",
        "查看个人须有规定的理由",
    ),
    RefusalCode.ERASURE_WITHOUT_REASON: (
        "An erasure by decision needs a reason that the rules name",
        "决定删除须有规定的理由",
    ),
    RefusalCode.ANSWER_OUTDATED: (
        "The earlier answer shows something that may not be shown any more",
        "原答复含有现已不得展示的内容",
    ),
}
