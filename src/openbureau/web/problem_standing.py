"""What can go wrong with what a lender leaves with us to be worked: batches, monitors, deliveries?  Data table."""

Both = tuple[str, str]

STANDING: tuple[tuple[str, int, Both, Both], ...] = (
    (
        "batch-empty", 422,
        ("The file asks nothing", "文件中没有查询"),
        ("Send one inquiry a line (JSON Lines), each with subject and purpose.",
         "请每行发送一条查询（JSON Lines），各含 subject 与 purpose。"),
    ),
    (
        "batch-too-long", 413,
        ("The file has more lines than a batch may have", "文件行数超过批量上限"),
        ("Split the file; the number under most is what one batch may have.",
         "请拆分文件；most 为单个批次的行数上限。"),
    ),
    (
        "batch-not-ended", 409,
        ("The batch is still being worked", "批次仍在处理中"),
        ("Ask again when its state is done or cancelled; the batch in this document says how far it is.",
         "请待状态为 done 或 cancelled 后再取；本文档的 batch 说明进度。"),
    ),
    (
        "batch-cancelled", 409,
        ("The batch was cancelled before this line was begun", "批次在处理该行之前已取消"),
        ("Nothing was read or recorded for this line. Send it in another batch if it is still needed.",
         "该行未读取、未记录任何信息。如仍需要，请在另一批次中发送。"),
    ),
    (
        "batch-expired", 409,
        ("The line was not worked in its time", "该行未在时限内处理"),
        ("Nothing was read or recorded for this line. Send it again in a new batch.",
         "该行未读取、未记录任何信息。请在新批次中重新发送。"),
    ),
    (
        "webhook-not-confirmed", 422,
        ("The address did not say that it wants to be told", "该地址未表示愿意接收消息"),
        ("Answer our OPTIONS request with 200 and the header WebHook-Allowed-Origin: * or the origin we sent.",
         "请以 200 应答我方 OPTIONS 请求，并带 WebHook-Allowed-Origin: * 或我方所发来源。"),
    ),
    (
        "erased", 410,
        ("What was told has been erased since", "所提供的内容此后已被删除"),
        ("The record of the inquiry stays in the log; its content is gone by law.",
         "查询记录仍在日志中；内容已依法删除。"),
    ),
)  # fmt: skip
