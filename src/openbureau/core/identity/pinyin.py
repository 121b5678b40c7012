"""How is a name in characters read?  Data table and its reading.

The first plane of the code table GB 2312 lists 3,755 common characters in the order of their reading, so the first
character of each syllable is enough to read all of them.  Characters of its second plane that are usual in names, and
those that a name reads otherwise, stand in a list of their own.  Tones are left out, as in passports.

Promises: one reading a character, the most usual in names; what is not listed is its own reading, so that it still equals
itself and nothing else.
"""

from bisect import bisect_right
from functools import lru_cache

_ALL_SYLLABLES = (
    "a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce ceng cha "
    "chai chan chang chao che chen cheng chi chong chou chu chuai chuan chuang chui chun chuo ci cong cou cu cuan cui "
    "cun cuo da dai dan dang dao de deng di dian diao die ding diu dong dou du duan dui dun duo e en er fa fan fang "
    "fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai "
    "han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing "
    "jiong jiu ju juan jue jun ka kai kan kang kao ke ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan "
    "lang lao le lei leng li lia lian liang liao lie lin ling liu long lou lu lv luan lue lun luo ma mai man mang mao "
    "me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao "
    "nie nin ning niu nong nu nv nuan nue nuo o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pu "
    "qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou ru ruan rui "
    "run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shen sheng shi shou shu shua shuai shuan "
    "shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te teng ti tian tiao tie ting tong tou "
    "tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue "
    "xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan "
    "zhang zhao zhe zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun "
    "zuo"
)
_SYLLABLES = _ALL_SYLLABLES.split()
_FIRST = (
    "啊埃鞍肮凹芭白斑邦苞杯奔崩逼鞭标鳖彬兵玻哺擦猜餐苍操厕层插拆搀昌超车郴撑吃充抽初揣川疮吹春戳疵聪凑粗蹿摧村磋搭"
    "呆耽当刀德蹬堤颠碉跌丁丢东兜都端堆墩掇蛾恩而发藩坊菲芬丰佛否夫噶该干冈篙哥给根耕工钩辜刮乖棺光瑰辊锅哈骸酣夯壕"
    "呵嘿痕哼轰喉呼花槐欢荒灰荤豁击嘉歼僵蕉揭巾荆炯揪鞠捐撅均喀开刊康考坷肯坑空抠枯夸块宽匡亏坤括垃莱蓝琅捞勒雷棱厘"
    "俩联粮撩列琳玲溜龙楼芦驴峦掠抡萝妈埋瞒芒猫么玫门萌眯棉苗蔑民明谬摸谋拇拿氖南囊挠呢馁嫩能妮蔫娘鸟捏您柠牛脓奴女"
    "暖虐挪哦欧啪拍攀乓抛呸喷砰坯篇飘撇拼乒坡扑期掐牵枪橇切钦青琼秋趋圈缺裙然瓤饶惹壬扔日戎揉茹软蕊闰若撒腮三桑搔瑟"
    "森僧莎筛珊墒梢奢砷声师收蔬刷摔栓霜谁吮说斯松搜嗽酸虽孙蓑塌胎坍汤掏特藤梯天挑贴厅通偷凸湍推吞拖挖歪豌汪威瘟嗡挝"
    "巫昔瞎掀相萧楔薪星兄休墟轩靴勋压焉殃邀椰一茵英哟拥幽淤鸳曰耘匝栽咱赃遭责贼怎增扎摘瞻樟招遮珍蒸芝中舟珠抓拽专桩"
    "椎谆捉兹鬃邹租钻嘴尊昨"
)
_SECOND_PLANE = int.from_bytes("亍".encode("gb2312"), "big")
_BY_READING = {
    "zeng": "曾", "zhai": "翟", "zi": "梓", "ting": "婷霆", "xin": "鑫馨昕歆", "yi": "怡奕懿熠翊漪祎贻轶燚",
    "qi": "琪琦祺淇麒绮岐亓", "qian": "倩茜芊骞", "nan": "楠", "wen": "雯汶", "yuan": "媛", "di": "娣棣邸",
    "hao": "昊皓灏颢", "yu": "毓钰瑜煜昱彧妤禹喻於", "rui": "睿芮", "lu": "璐潞逯麓", "jiao": "姣皎",
    "yan": "妍焱嫣琰闫鄢晏", "jing": "婧菁旌璟", "wei": "炜薇玮", "xuan": "璇萱煊瑄炫", "yun": "芸郓筠昀",
    "ye": "烨晔", "miao": "淼缪", "hui": "晖蕙珲荟", "xiao": "潇筱晓霄骁", "ke": "珂轲", "chan": "婵",
    "xi": "曦熹禧郗奚玺", "han": "晗菡邗瀚", "zhao": "钊曌", "ya": "娅", "jie": "婕", "yue": "玥钺",
    "xian": "娴冼", "jin": "瑾晋", "lan": "岚", "chen": "琛谌宸", "ying": "瑛滢莺瀛嬴", "lin": "麟霖琳蔺",
    "shan": "姗芟", "shu": "姝澍", "hong": "泓", "zhi": "芷祉", "tao": "韬", "mei": "嵋", "kai": "恺锴",
    "jun": "珺隽", "fei": "斐霏妃", "ling": "翎苓", "qin": "沁覃", "xia": "遐", "jia": "嘉郏珈",
    "min": "旻珉闵", "peng": "芃", "hang": "珩", "heng": "蘅", "si": "偲", "su": "夙", "luo": "漯雒",
    "pei": "霈", "pu": "濮璞", "tan": "郯", "tong": "佟彤仝", "yin": "殷胤", "ruan": "阮", "shao": "劭",
    "she": "佘", "ben": "贲", "yao": "瑶姚垚", "yong": "邕", "xun": "荀珣", "xing": "邢", "jiang": "绛",
    "gong": "龚", "ju": "琚桔", "bei": "蓓", "cen": "岑", "chang": "嫦", "cheng": "丞铖", "duo": "铎",
    "gen": "艮", "hua": "桦", "kun": "琨锟", "luan": "銮栾", "ming": "茗", "mu": "沐", "niu": "妞",
    "pi": "丕邳", "rong": "榕", "sheng": "晟", "song": "嵩", "xu": "栩胥", "zhang": "璋", "zhe": "喆",
    "zhen": "桢祯", "zheng": "峥铮", "teng": "滕", "dou": "窦", "chu": "褚", "qu": "瞿", "zang": "臧",
    "wu": "邬", "kuang": "邝", "jue": "珏", "kan": "阚", "gao": "郜", "chao": "晁", "que": "阙", "qiu": "裘",
    "tai": "邰", "ji": "嵇", "zan": "昝", "cui": "璀", "dai": "黛", "fu": "馥芙",
}  # fmt: skip
COMPOUND_SURNAMES = frozenset((
    "欧阳", "上官", "皇甫", "令狐", "司徒", "诸葛", "司马", "宇文", "呼延", "慕容", "尉迟", "长孙",
    "夏侯", "东方", "公孙", "轩辕", "钟离", "南宫", "西门", "申屠", "端木", "濮阳", "赫连", "澹台",
    "闻人", "独孤", "万俟", "司空", "第五", "东郭", "百里", "太史",
))  # fmt: skip
"""Surnames of two characters."""
_OWN = {char: reading for reading, chars in _BY_READING.items() for char in chars}
_STARTS = [int.from_bytes(char.encode("gb2312"), "big") for char in _FIRST]


@lru_cache(maxsize=8192)
def _reading(char: str) -> str:
    if char in _OWN:
        return _OWN[char]
    try:
        place = int.from_bytes(char.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return char
    if place >= _SECOND_PLANE or place < _STARTS[0]:
        return char
    return _SYLLABLES[bisect_right(_STARTS, place) - 1]


def pinyin(text: str) -> str:
    """The reading of characters as one word of Latin letters: 晓明 is xiaoming."""
    return "".join(map(_reading, text))
