"""In which ways may we say no?

The codes are part of the contract with lenders and people: never reused, never renamed.  Each has a page in
`docs/refusals/`, a row in `web/problems.py`, and a policy of the same id in `law/cn/permit.cedar`.
"""

from enum import StrEnum


class RefusalCode(StrEnum):
    """Why an inquiry is refused.  The order is the order in which reasons are told."""

    POLICY_ERROR = "policy-error"
    MEMBER_NOT_ACTIVE = "member-not-active"
    PURPOSE_NOT_IN_CONTRACT = "purpose-not-in-contract"
    NO_CONSENT = "no-consent"
    PURPOSE_NOT_COVERED = "purpose-not-covered"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    CONSENT_EXPIRED = "consent-expired"
    CONSENT_USED = "consent-used"
    IDENTITY_NOT_CONFIRMED = "identity-not-confirmed"
    SUBJECT_DECEASED = "subject-deceased"
    SUBJECT_MINOR = "subject-minor"
    FILE_FROZEN = "file-frozen"


TITLES: dict[RefusalCode, tuple[str, str]] = {
    RefusalCode.POLICY_ERROR: ("The request could not be decided, so it is refused", "无法作出判断，因此拒绝"),
    RefusalCode.MEMBER_NOT_ACTIVE: ("The member's contract is not in force", "机构的合同未生效或已终止"),
    RefusalCode.PURPOSE_NOT_IN_CONTRACT: ("The contract does not cover this purpose", "合同未约定该用途"),
    RefusalCode.NO_CONSENT: ("There is no written consent for this inquiry", "没有本次查询所需的书面同意"),
    RefusalCode.PURPOSE_NOT_COVERED: ("The consent does not cover this purpose", "同意的范围不包括该用途"),
    RefusalCode.CONSENT_WITHDRAWN: ("The person has withdrawn the consent", "本人已撤回同意"),
    RefusalCode.CONSENT_EXPIRED: ("The consent is not in force on this day", "同意未生效或已过期"),
    RefusalCode.CONSENT_USED: ("The consent was for one inquiry and has been used", "一次性同意已经使用"),
    RefusalCode.IDENTITY_NOT_CONFIRMED: ("Name and identity number do not belong together", "姓名与证件号码不一致"),
    RefusalCode.SUBJECT_DECEASED: ("The person has died", "信息主体已死亡"),
    RefusalCode.SUBJECT_MINOR: ("The person is a minor", "信息主体为未成年人"),
    RefusalCode.FILE_FROZEN: ("The person has frozen the file", "本人已冻结信用档案"),
}
