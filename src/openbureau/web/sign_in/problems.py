"""What can go wrong when a member's machine signs in, and what cures it?  Data table; see `problems.py`."""

Both = tuple[str, str]

SIGN_IN: tuple[tuple[str, int, Both, Both], ...] = (
    (
        "proof-refused", 401,
        ("The DPoP proof does not hold", "DPoP 证明不成立"),
        ("Make a proof for this very request: method, address without query, the token's hash, now, an id never used before.",
         "请为本次请求单独生成证明：方法、不含查询串的地址、令牌哈希、当前时间，以及从未用过的编号。"),
    ),
    (
        "signature-refused", 401,
        ("The request's signature does not hold", "请求签名不成立"),
        ("Sign anew as docs/specs/fapi.md says: all that is listed there covered, created now, a nonce never used before.",
         "请按 docs/specs/fapi.md 重新签名：覆盖其中所列全部内容，注明当前时间，并使用从未用过的随机数。"),
    ),
    (
        "request-replayed", 401,
        ("This very request was received before", "已收到过完全相同的请求"),
        ("A repeat is signed anew, with the same idempotency key and a new proof and nonce. If it was not you, end the key.",
         "重发时请使用原幂等键，并重新生成证明、随机数与签名。如非贵机构所发，请立即终止该密钥。"),
    ),
    (
        "scope-missing", 403,
        ("The token is not good for this address", "令牌权限不包括该地址"),
        ("Get a token with the scope that this address asks for; the roles in your contract say which you may have.",
         "请获取具有该地址所需权限的令牌；可获取的权限由合同中的角色决定。"),
    ),
    (
        "key-statement-refused", 422,
        ("The statement on a key is not accepted", "密钥声明未被接受"),
        ("Draft the next statement from GET /v1/members/me/keys, sign it with a valid key, and send it within a minute.",
         "请依据 GET /v1/members/me/keys 起草下一份声明，用有效密钥签名，并在一分钟内发送。"),
    ),
)  # fmt: skip
