"""What does a reason of the gate mean in Chinese?  Data table.

The reasons come from `core/sign_in` and the duties of members, in English; every one has its line here (a test finds one
that has not).  `{}` stands for a name, which is the same in both languages.
"""

import re

_ZH: dict[str, str] = {
    "Content-Digest is not sha-256 in its one form": "Content-Digest 不是唯一写法的 sha-256",
    "Signature is not canonical base64": "Signature 不是规范的 base64",
    "Signature-Input and Signature are not both there": "Signature-Input 与 Signature 未同时提供",
    "Signature-Input and Signature do not hold one signature in its one form":
        "Signature-Input 与 Signature 中没有以唯一写法表示的一个签名",
    "a DPoP token comes with one proof, another token with none": "DPoP 令牌须附一个证明，其他令牌不得附证明",
    "a component is covered twice": "同一组件被重复覆盖",
    "a covered component is not ASCII": "被覆盖的组件含非 ASCII 字符",
    "a covered component is not written in a form that is read here": "被覆盖组件的写法不受支持",
    "a field is unknown or stands twice, or something is sent beside the form": "表单字段未知或重复，或在表单之外另有内容",
    "a key cannot begin before it was stated": "密钥生效不得早于声明时间",
    "a key ends when that is stated or later, and before it would have ended":
        "密钥终止时间须不早于声明时间，且早于原定失效时间",
    "a member has at most {} keys; end one first": "每家机构最多 {} 个密钥，请先终止一个",
    "a member of the token stands twice": "令牌中有重复字段",
    "a signature parameter is unknown, stands twice or has another form": "签名参数未知、重复或写法不符",
    "a statement adds one key or ends one": "每份声明只能新增一个密钥或终止一个密钥",
    "a token is always bound: send a DPoP proof": "令牌必须绑定：请发送 DPoP 证明",
    "another statement took this place; draft the next one": "该序号已被另一份声明占用，请重新起草",
    "ath is not the hash of the access token": "ath 不是访问令牌的哈希",
    "aud is not the issuer of this bureau, as one text": "aud 不是本机构的签发者名称（单一文本）",
    "client_id is another member than the assertion's": "client_id 与断言中的机构不同",
    "exp is missing, past, or more than {} seconds ahead": "exp 缺失、已过，或超过 {} 秒之后",
    "grant_type is not client_credentials": "grant_type 不是 client_credentials",
    "htm is not the method of this request": "htm 不是本次请求的方法",
    "htu is not the address of this request without its query": "htu 不是本次请求的地址（不含查询串）",
    "iat is missing, too old or in the future": "iat 缺失、过旧或在未来",
    "iss and sub are not one and the same member": "iss 与 sub 不是同一机构",
    "jti is not 8 to 128 printable characters": "jti 不是 8 至 128 个可打印字符",
    "keyid is no valid key of the member who holds the token": "keyid 不是令牌持有机构的有效密钥",
    "no client assertion of type jwt-bearer is sent": "未发送 jwt-bearer 类型的客户端断言",
    "no key of this member has this kid": "该机构没有此 kid 的密钥",
    "no member is called so": "没有该机构",
    "no member has this id, or none of its valid keys this kid": "没有该机构，或其有效密钥中没有此 kid",
    "not a compact signed token": "不是紧凑格式的签名令牌",
    "not a key statement of a form this program knows": "不是本程序所知格式的密钥声明",
    "not a token that can be read": "无法读取该令牌",
    "the assertion names no kid": "断言未注明 kid",
    "the assertion or the proof was used before": "断言或证明已被使用过",
    "the assertion's typ is another one": "断言的 typ 不符",
    "the body is not a form": "请求体不是表单",
    "the body is not the one whose digest was signed": "正文与已签名的摘要不符",
    "the key that got this token is not valid any more": "获取该令牌的密钥已失效",
    "the member is not under contract today": "该机构今日不在合同期内",
    "the proof carries no public key": "证明中没有公钥",
    "the proof's key and its algorithm are not for each other": "证明的密钥与算法不匹配",
    "the proof's key cannot be read": "无法读取证明中的密钥",
    "the proof's key is not the public half of an Ed25519 or P-256 key": "证明中的密钥不是 Ed25519 或 P-256 的公钥",
    "the proof's typ is not dpop+jwt": "证明的 typ 不是 dpop+jwt",
    "the request is not signed": "请求未签名",
    "the request's address is not an absolute one": "请求地址不是绝对地址",
    "the scope is unknown, or not for the roles of this member": "权限未知，或不属于该机构的角色",
    "the signature does not cover {}": "签名未覆盖 {}",
    "the signature does not say when it was created": "签名未注明创建时间",
    "the signature does not stand under this message": "签名与本消息不符",
    "the signature does not stand under this statement": "签名与本声明不符",
    "the signature does not stand under this token": "签名与本令牌不符",
    "the signature has no nonce of 16 to 128 characters": "签名没有 16 至 128 个字符的随机数",
    "the signature is too old": "签名已过时",
    "the signature was created in the future": "签名创建时间在未来",
    "the signature's alg is not ed25519": "签名算法不是 ed25519",
    "the signature's tag is not {}": "签名标签不是 {}",
    "the statement is malformed": "声明格式不正确",
    "the statement is not proper JSON": "声明不是正确的 JSON",
    "the statement is not the next one of this member's chain": "声明不是该机构链上的下一份",
    "the statement is of another member": "声明属于另一机构",
    "the statement is signed by a key that was not valid when it was made": "签署声明的密钥在声明时无效",
    "the statement names no member": "声明未注明任何机构",
    "the statement says that it was made before the one that it follows": "声明时间早于其前一份声明",
    "the statement was not made just now": "声明不是刚刚作出的",
    "the token is bound to no key": "令牌未绑定密钥",
    "the token is not good for this address": "令牌权限不包括该地址",
    "the token's algorithm is not one of those accepted": "令牌的签名算法不在接受之列",
    "this kid or this key was used before; take a new one": "此 kid 或密钥已用过，请更换",
    "this proof or signature was sent before; sign each request anew": "此证明或签名已发送过，每次请求须重新签名",
    "{} has no request to be taken from": "{} 没有可取的请求",
    "{} is no instant, or in the future": "{} 不是时间，或在未来",
    "{} is not a component of this message": "{} 不是本消息的组件",
    "{} is not in the message": "消息中没有 {}",
}  # fmt: skip
_FORMS = [
    (re.compile(re.escape(en).replace(r"\{\}", "(.+)") + r"\Z"), zh) for en, zh in _ZH.items() if "{}" in en
]  # fmt: skip


def in_both(reason: str) -> dict[str, str]:
    """A reason in both languages; KeyError for one that has no line."""
    zh = _ZH.get(reason)
    if zh is None:
        found = next(((form.match(reason), line) for form, line in _FORMS if form.match(reason)), None)
        if found is None or found[0] is None:
            raise KeyError(reason)
        zh = found[1].replace("{}", found[0][1])
    return {"en": reason, "zh": zh}
