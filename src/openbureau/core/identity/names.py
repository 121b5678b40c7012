"""Do two names agree, and how?  Characters, pinyin, Latin order, traditional forms, firms and their branches, telephones.

Everything here compares; nothing is stored in these forms.  The tables are small and our own: a character that is not in
them has no sound here, and then no agreement is claimed from sound.  Promise: normalising twice equals normalising once.
"""

import re
import unicodedata
from enum import StrEnum
from functools import cache
from itertools import product

_SOUNDS = """
ai 艾爱 an 安 ao 敖傲奥 ba 巴 bai 白柏百 ban 班 bang 邦 bao 包鲍宝保葆 bei 贝北蓓 bi 毕碧弼 bian 卞边 biao 彪标 bin 斌彬滨宾
bing 冰兵炳丙秉 bo 博波柏伯薄勃 bu 卜步 cai 蔡才彩财采 can 灿 cang 苍 cao 曹草操 cen 岑 ceng 曾 cha 查 chai 柴 chan 婵单
chang 常昌畅长昶 chao 超朝潮晁 che 车 chen 陈晨辰琛臣宸沉忱 cheng 程成诚承城澄丞 chi 池迟驰 chong 崇充冲重 chou 仇
chu 褚楚初储 chuan 川传 chun 春淳纯 cong 从丛聪 cui 崔翠 da 达大 dai 戴代岱 dan 丹旦单 dang 党 dao 道 de 德得 deng 邓登灯
di 狄迪翟笛 dian 典 ding 丁定鼎 dong 董东冬栋 dou 窦豆 du 杜都笃 duan 段端 duo 多铎朵 e 鄂娥 en 恩 er 尔二 fa 发法
fan 范樊凡繁帆 fang 方房芳放舫 fei 费飞菲斐 fen 芬 feng 冯凤封丰峰锋风枫 fu 傅付符福富甫扶夫伏 gai 盖 gan 甘干 gang 刚钢岗
gao 高皋 ge 葛戈格歌盖 gen 根 geng 耿庚 gong 龚宫巩公功恭 gou 苟缑 gu 顾古谷辜固 guan 关管官冠观 guang 光广 gui 桂贵归
guo 郭国果 ha 哈 hai 海 han 韩汉涵寒翰晗含 hang 杭航 hao 郝浩昊皓豪好 he 何贺赫和河荷禾鹤 heng 恒衡横 hong 洪红宏弘鸿虹
hou 侯后厚 hu 胡扈虎湖户 hua 华花化桦 huai 怀 huan 桓欢环焕 huang 黄煌皇 hui 惠慧辉会晖卉蕙徽 huo 霍火
ji 季纪吉姬冀计继济佳基吉积 jia 贾佳嘉家甲加 jian 简建健剑坚见俭鉴 jiang 江姜蒋疆将 jiao 焦娇姣 jie 杰洁捷解节婕
jin 金靳晋进锦瑾津劲今 jing 荆景静京晶敬菁经井婧璟靖竞 jiong 炯 jiu 九久玖 ju 鞠居菊巨 juan 娟卷隽 jue 觉珏 jun 军君俊峻钧均骏
kai 凯开恺 kan 阚侃 kang 康亢 ke 柯可克科珂 kong 孔空 kuan 宽 kuang 邝匡况 kui 奎魁 kun 坤昆 lai 赖来 lan 兰蓝岚澜 lang 郎朗
lao 劳 le 乐 lei 雷磊蕾 leng 冷 li 李黎厉郦利丽莉立力理礼励黎栗 lian 连廉莲联炼 liang 梁良亮 liao 廖辽 lie 列烈
lin 林蔺临琳霖麟 ling 凌令玲灵铃岭龄 liu 刘柳六留流 long 龙隆 lou 娄楼 lu 卢鲁陆路吕芦露璐禄鹿 luan 栾 lun 伦 luo 罗骆洛
lv 吕律绿 ma 马麻 man 满曼 mang 莽 mao 毛茅茂 mei 梅美媚玫 men 门 meng 孟蒙萌梦 mi 米宓 mian 绵 miao 苗缪妙 min 闵敏民旻
ming 明鸣铭名茗 mo 莫墨默 mu 穆牧木慕 na 那娜 nan 南楠男 ni 倪妮尼 nian 年念 nie 聂 ning 宁凝 niu 牛钮 nong 农 nuo 诺 ou 欧区
pan 潘盘盼 pang 庞 pei 裴培沛佩 peng 彭鹏朋 pi 皮 pian 片 piao 朴 pin 品 ping 平萍屏 po 坡 pu 蒲浦朴普 qi 齐戚祁琪奇琦启旗起祺
qia 恰 qian 钱千倩谦乾 qiang 强羌 qiao 乔巧桥 qie 切 qin 秦覃琴勤沁钦 qing 青清庆晴卿 qiong 琼 qiu 邱秋丘仇求 qu 曲屈瞿渠
quan 权全泉 que 阙 qun 群 ran 冉然 rao 饶 ren 任仁人 rong 荣容戎融蓉 rou 柔 ru 汝茹儒如 ruan 阮 rui 瑞睿锐蕊芮 run 润 ruo 若
sa 萨 san 三 sang 桑 sen 森 sha 沙莎 shan 单山珊善杉闪 shang 尚商上 shao 邵少绍韶 she 佘舍 shen 沈申慎深 sheng 盛生胜声圣升
shi 石史施师时世士诗仕实 shou 寿守 shu 舒书淑树束殊姝 shuai 帅 shuang 双霜爽 shui 水 shun 舜顺 shuo 硕朔 si 司思斯四
song 宋松嵩颂 su 苏素肃 sui 隋随岁 sun 孙 suo 索 tai 邰泰太台 tan 谭谈覃檀 tang 唐汤棠堂 tao 陶涛桃韬 teng 滕腾 ti 提
tian 田天恬甜 tie 铁 ting 廷庭婷亭挺 tong 童佟通同彤桐 tu 涂屠图 tuo 拓 wan 万婉宛琬 wang 王汪望旺
wei 魏韦卫伟维威薇为巍炜玮蔚惟微未尉位 wen 温文闻雯纹 weng 翁 wo 沃 wu 吴武伍巫邬吾五悟午 xi 席奚习西希喜熙溪曦玺夕锡
xia 夏霞侠 xian 冼先贤娴宪显 xiang 向项相香祥翔湘享 xiao 肖萧小晓霄孝笑潇骁 xie 谢解协 xin 辛欣新心信鑫馨昕 xing 邢幸星兴杏行
xiong 熊雄 xiu 修秀休 xu 徐许旭须胥续绪 xuan 宣轩萱璇玄炫 xue 薛学雪 xun 荀勋迅寻逊 ya 亚雅娅 yan 严颜闫阎燕晏言岩彦艳妍炎延研
yang 杨阳羊洋扬央 yao 姚尧瑶耀遥药 ye 叶业野烨 yi 易伊怡一义亿毅艺依仪宜以忆逸奕翼益 yin 尹殷银印音引寅因
ying 应英颖莹迎影盈瑛 yong 雍永勇用咏泳 you 尤游友由有悠佑 yu 于余俞喻虞郁禹玉宇雨育裕瑜钰愉煜语尉鱼渝誉
yuan 袁元原苑远源媛园圆渊 yue 岳月越悦跃乐玥 yun 云芸允运韵昀 zai 载宰 zan 昝赞 zang 臧 zao 早 ze 泽则 zeng 曾增 zha 查扎
zhai 翟宅 zhan 詹展占湛 zhang 张章彰璋长掌 zhao 赵招昭兆照 zhe 哲者喆 zhen 甄真珍贞振震镇祯臻 zheng 郑正政征铮峥争
zhi 支之志智芝直植治致知芷 zhong 钟仲中忠重众 zhou 周洲舟 zhu 朱祝诸竺竹珠柱主筑 zhuan 专 zhuang 庄壮 zhuo 卓灼 zi 子紫自梓滋
zong 宗纵 zou 邹 zu 祖 zuo 左佐
"""
_TRADITIONAL_PAIRS = (
    "張张 陳陈 劉刘 楊杨 趙赵 黃黄 吳吴 孫孙 馬马 羅罗 鄭郑 謝谢 韓韩 許许 馮冯 鄧邓 葉叶 蕭萧 蔣蒋 蘇苏 "
    "盧卢 閻阎 餘余 鍾钟 範范 譚谭 賈贾 龍龙 萬万 錢钱 湯汤 龔龚 龐庞 賴赖 莊庄 顏颜 簡简 車车 關关 喬乔 "
    "齊齐 魯鲁 劍剑 偉伟 麗丽 華华 國国 強强 軍军 傑杰 輝辉 鳳凤 蘭兰 紅红 東东 業业 寧宁 濤涛 亞亚 詩诗 "
    "飛飞 揚扬 藝艺 億亿 義义 頤颐 雲云 瑋玮 煒炜 維维 圖图 澤泽 驍骁 駿骏 騰腾 鵬鹏 賓宾 靜静 潔洁 瑩莹 "
    "穎颖 蓮莲 瓊琼 蘿萝 蔔卜 競竞 誠诚 謙谦 謹谨 訓训 譽誉 諾诺 銳锐 鋒锋 鋼钢 鎮镇 銘铭 錦锦 鈺钰 鈞钧 "
    "陽阳 陸陆 陰阴 歐欧 區区 駱骆 單单 聶聂 欒栾 畢毕 鄒邹 鄔邬 "
)
_TRADITIONAL = {pair[0]: pair[1] for pair in _TRADITIONAL_PAIRS.split()}
_SHAPES = (
    "未末 己已巳 日曰 士土 候侯 析折 戊戌戍 徽微 晴睛 冶治 妹姝 毫豪 今令 千干于 大太犬 王玉主 "
    "天夭 人入 阳旸杨 清晴情 佳住往 莹荧萤 炜伟玮 琪琦棋 俊浚峻 祥详 梓锌 洋详 婷停 昊吴 冯马"
)
_LOOK_ALIKE = tuple(_SHAPES.split())
_DOTS = str.maketrans(dict.fromkeys("·•・‧∙．", "·"))
_FORMS = (
    ("股份有限公司", "股份公司"), ("有限责任公司", "有限公司"), ("COMPANY LIMITED", "CO LTD"), ("CORPORATION", "CORP"),
    ("LIMITED", "LTD"), ("COMPANY", "CO"), ("INCORPORATED", "INC"),
)  # fmt: skip
_BRANCH_ZH = re.compile(r"(?P<head>.+?公司)(?P<branch>.+?(?:分公司|支公司|分行|支行|办事处|营业部))\Z")
_BRANCH_EN = re.compile(r"(?P<head>.+? (?:CO LTD|LTD|INC|CORP)) (?P<branch>.+) BRANCH\Z")
_BRANCH_OF = re.compile(r"(?P<branch>[A-Z ]+?) BRANCH OF (?P<head>.+)\Z")
_HAN = re.compile(r"[\u3400-\u9fff]")
_AREA_CODES = re.compile(r"(?:0(?:10|2[0-9])[0-9]{8}|0[3-9][0-9]{2}[0-9]{7,8})\Z")


class Agreement(StrEnum):
    """How two names agree, the strongest that holds."""

    SAME = "same"
    SAME_ORDERED = "same-ordered"
    SAME_SOUND = "same-sound"
    SIMILAR_SHAPE = "similar-shape"
    ONE_CHARACTER = "one-character"
    BRANCH = "branch"
    DIFFERENT = "different"


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    words = _SOUNDS.split()
    for syllable, characters in zip(words[::2], words[1::2], strict=True):
        for character in characters:
            if syllable not in found.get(character, ()):
                found[character] = (*found.get(character, ()), syllable)
    return found


def plain_name(text: str) -> str:
    """One spelling: NFKC, one middle dot, simplified characters, upper case without accents, single blanks."""
    text = unicodedata.normalize("NFKC", text).translate(_DOTS).upper()
    text = "".join(_TRADITIONAL.get(character, character) for character in text)
    text = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    text = unicodedata.normalize("NFKC", re.sub(r"[.,'`\u2019()\-]", " ", text))
    if _HAN.search(text):
        return "".join(text.split())
    return " ".join(text.split())


def latin_words(text: str) -> tuple[str, ...]:
    """The words of a Latin name in no order: family name first or last is the same name."""
    return tuple(sorted(plain_name(text).replace("·", " ").split()))


def spellings(text: str) -> frozenset[str]:
    """Every pinyin spelling of a name in characters without blanks, family name first and last."""
    plain = plain_name(text)
    known = _readings()
    options = [known.get(character, ()) for character in plain if character != "·"]
    if len(options) < 2 or len(options) > 4 or not all(options):
        return frozenset()
    found: set[str] = set()
    for way in product(*options):
        for family in range(1, len(way)):
            first, rest = "".join(way[:family]).upper(), "".join(way[family:]).upper()
            found |= {first + rest, rest + first}
    return frozenset(found)


def name_keys(text: str) -> frozenset[str]:
    """What two spellings of one name have in common: plain characters, their pinyin, Latin words run together both ways."""
    plain = plain_name(text)
    if _HAN.search(plain):
        return spellings(text) | {plain}
    words = plain.replace("·", " ").split()
    return frozenset({"".join(words), "".join(words[1:] + words[:1]), "".join(words[-1:] + words[:-1])} - {""})


def firm_name(text: str) -> str:
    """A firm's name with its legal form written one way."""
    plain = plain_name(text)
    for long, short in _FORMS:
        plain = plain.replace(long, short)
    return plain


def split_branch(text: str) -> tuple[str, str]:
    """Head office and branch of a firm's name; the branch is empty where none is named."""
    name = firm_name(text)
    for pattern in (_BRANCH_ZH, _BRANCH_OF, _BRANCH_EN):
        found = pattern.match(name)
        if found:
            return found["head"].strip(), found["branch"].strip().removesuffix("分公司")
    return name, ""


def compare(left: str, right: str, *, is_firm: bool = False) -> Agreement:
    """How two names agree."""
    if is_firm:
        return _compare_firms(left, right)
    one, other = plain_name(left), plain_name(right)
    if one == other:
        return Agreement.SAME
    has_han = bool(_HAN.search(one)), bool(_HAN.search(other))
    if not any(has_han) and latin_words(one) == latin_words(other):
        return Agreement.SAME_ORDERED
    if all(has_han):
        return _compare_characters(one, other)
    if has_han[0] != has_han[1]:
        han, latin = (one, other) if has_han[0] else (other, one)
        return (
            Agreement.SAME_SOUND if latin.replace(" ", "").replace("·", "") in spellings(han) else Agreement.DIFFERENT
        )
    if one.replace(" ", "") == other.replace(" ", ""):
        return Agreement.SAME_ORDERED
    return (
        Agreement.ONE_CHARACTER if _is_one_edit(one, other) and min(len(one), len(other)) > 4 else Agreement.DIFFERENT
    )


def _compare_characters(one: str, other: str) -> Agreement:
    if len(one) == len(other):
        pairs = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
        if all(any(a in row and b in row for row in _LOOK_ALIKE) for a, b in pairs):
            return Agreement.SIMILAR_SHAPE
        known = _readings()
        if all(set(known.get(a, ())) & set(known.get(b, ())) for a, b in pairs):
            return Agreement.SAME_SOUND
    if _is_one_edit(one, other) and max(len(one), len(other)) > 2 and one[0] == other[0]:
        return Agreement.ONE_CHARACTER
    return Agreement.DIFFERENT


def _compare_firms(left: str, right: str) -> Agreement:
    (head, branch), (other_head, other_branch) = split_branch(left), split_branch(right)
    if head != other_head:
        is_close = branch == other_branch and _is_one_edit(head, other_head) and min(len(head), len(other_head)) > 5
        return Agreement.ONE_CHARACTER if is_close else Agreement.DIFFERENT
    return Agreement.SAME if branch == other_branch else Agreement.BRANCH


def _is_one_edit(one: str, other: str) -> bool:
    """One character replaced, left out, put in, or two neighbours exchanged."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, other_rest = one[start:], other[start:]
    if len(one) == len(other):
        is_swapped = len(rest) > 1 and rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]
        return is_swapped or rest[1:] == other_rest[1:]
    return rest[1:] == other_rest if len(one) > len(other) else other_rest[1:] == rest


def differing(left: str, right: str) -> tuple[tuple[tuple[str, bool], ...], tuple[tuple[str, bool], ...]]:
    """Each character of both names and whether it differs, for showing them side by side."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for a in range(len(left) - 1, -1, -1):
        for b in range(len(right) - 1, -1, -1):
            table[a][b] = table[a + 1][b + 1] + 1 if left[a] == right[b] else max(table[a + 1][b], table[a][b + 1])
    marks, other_marks = [True] * len(left), [True] * len(right)
    a = b = 0
    while a < len(left) and b < len(right):
        if left[a] == right[b]:
            marks[a] = other_marks[b] = False
            a, b = a + 1, b + 1
        elif table[a + 1][b] >= table[a][b + 1]:
            a += 1
        else:
            b += 1
    return tuple(zip(left, marks, strict=True)), tuple(zip(right, other_marks, strict=True))


def normal_phone(text: str) -> str | None:
    """A Chinese mobile number as 11 digits, a landline with its area code, another country's with `+`; else None."""
    plain = re.sub(r"[\s\-().]", "", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"^(?:\+|00)86", "", plain)
    if re.match(r"86?1[3-9][0-9]{9}\Z", plain) and len(plain) == 13:
        plain = plain[2:]
    if re.match(r"1[3-9][0-9]{9}\Z", plain) or _AREA_CODES.match(plain):
        return plain
    if re.match(r"(?:10|2[0-9])[0-9]{8}\Z", plain):
        return f"0{plain}"
    plain = re.sub(r"^00", "+", plain)
    return plain if re.match(r"\+[1-9][0-9]{6,14}\Z", plain) else None
