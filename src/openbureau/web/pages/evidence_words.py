"""What does the linkage say of a pair, in the reader's language?  Its codes are English; their Chinese is here.  Data table."""

CHINESE = {
    # fields
    "building": "楼栋", "day of birth": "出生日期", "family name": "姓", "gender": "性别", "given name": "名",
    "house number": "门牌号", "identity number": "证件号码", "mail address": "电子邮箱", "name": "姓名",
    "occupation": "职业", "place": "地点", "postcode": "邮编", "region": "地区", "street": "街道", "telephone": "电话",
    # how far two values agree
    "alike": "相近", "beginning": "开头相同", "different": "不同", "given and family swapped": "姓与名互换",
    "not stated": "未提供", "one digit": "一位数字不同", "one digit or two swapped": "一位数字不同或相邻两位互换",
    "one inside the other": "一者包含另一者", "one letter": "一个字母不同", "one of two characters": "两字中一字不同",
    "same": "相同", "same before the at": "@ 之前相同", "same district": "同一区县", "same line": "同一号段",
    "same month and day": "月日相同", "same reading": "读音相同", "same year": "年份相同",
    "same year, two digits": "年份相同，两位数字不同", "same, under another given name": "相同，但名不同",
    "two digits": "两位数字不同", "two letters": "两个字母不同", "two valid numbers": "两个均有效的号码",
    "words shared": "部分词相同",
    # what to beware of
    "perhaps another's number": "可能是他人的证件号码", "perhaps one household": "可能同属一户",
    "perhaps twins": "可能是双胞胎", "two identity numbers": "存在两个证件号码",
}  # fmt: skip
"""Chinese by code."""


def words_of(code: str) -> tuple[str, str]:
    """Chinese and English of a code; a code that is not listed stands for itself."""
    return CHINESE.get(code, code), code
