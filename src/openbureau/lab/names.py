"""Which names do made-up people, firms and places get?  Data table.

Our own short lists: common Chinese surnames with rough weights, characters for given names, parts of firms' names, and
cities that are on no map.  Division codes begin with 99, which no province has.
"""

SURNAMES: tuple[tuple[str, int], ...] = (
    ("王", 72), ("李", 71), ("张", 68), ("刘", 52), ("陈", 45), ("杨", 33), ("黄", 23), ("赵", 21), ("吴", 20), ("周", 19),
    ("徐", 15), ("孙", 14), ("马", 13), ("朱", 13), ("胡", 12), ("郭", 11), ("何", 11), ("林", 10), ("高", 10), ("罗", 10),
    ("郑", 9), ("梁", 8), ("谢", 7), ("宋", 7), ("唐", 7), ("许", 6), ("韩", 6), ("冯", 6), ("邓", 6), ("曹", 6),
    ("彭", 6), ("曾", 5), ("田", 5), ("董", 5), ("潘", 5), ("袁", 5), ("蔡", 5), ("蒋", 5), ("余", 5), ("于", 5),
    ("杜", 5), ("叶", 4), ("程", 4), ("苏", 4), ("魏", 4), ("吕", 4), ("丁", 4), ("任", 4), ("沈", 4), ("姚", 4),
    ("卢", 4), ("姜", 4), ("钟", 4), ("谭", 4), ("陆", 4), ("汪", 4), ("范", 4), ("石", 3), ("廖", 3), ("贾", 3),
    ("欧阳", 1), ("司马", 1), ("上官", 1), ("诸葛", 1),
)  # fmt: skip
GIVEN_MALE = "伟强磊军勇杰涛明超刚平辉鹏飞波斌宇浩凯健俊帆毅峰建国志海文博"
GIVEN_FEMALE = "芳娜敏静丽艳娟霞秀玲燕红梅琳雪倩慧婷莉颖洁丹萍云英佳怡瑶雅兰"
GIVEN_SHARED = "晓子思嘉新永春华林安宁欣然天一宏启景亦书知远清和乐文立家成"
TWO_CHARACTERS = 0.78
"""Share of given names that have two characters."""

REGIONS: tuple[tuple[str, str, str], ...] = (
    ("990101", "云屏市", "Yunping"), ("990201", "澄沙市", "Chengsha"), ("990301", "鹤汀市", "Heting"),
    ("990401", "锦澜市", "Jinlan"), ("990501", "霁川市", "Jichuan"), ("990601", "望潮市", "Wangchao"),
    ("990701", "碧禾市", "Bihe"), ("990801", "银杉市", "Yinshan"), ("990901", "枫渡市", "Fengdu"),
    ("991001", "九苇市", "Jiuwei"), ("991101", "星堰市", "Xingyan"), ("991201", "长汐市", "Changxi"),
)  # fmt: skip
RESEARCH_REGION = "998001"
"""The division of people whose credit histories come from public research data: never shared with the country."""

FIRM_BRANDS = (
    "鹤鸣", "云帆", "澄心", "锦禾", "霁月", "望山", "碧泉", "银杏", "枫林", "苇航", "星野", "长青", "瑞苗", "和畅", "知微",
    "恒源", "远桥", "盛达", "启明", "安居", "百川", "千木", "万里", "朴石", "青禾", "南亭", "北渡", "东篱", "西岭", "中和",
)  # fmt: skip
FIRM_TRADES = ("食品", "纺织", "五金", "建材", "物流", "餐饮", "电子", "农业", "服饰", "家具", "印刷", "机械")
FIRM_FORMS = ("有限公司", "有限责任公司", "商贸有限公司", "科技有限公司")
