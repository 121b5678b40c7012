"""The last steps: the log is signed, and a watcher who has nothing but an export verifies it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from openbureau.demo.sandbox import Story
from openbureau.demo.telling import Step
from openbureau.jobs.log.export import export
from openbureau.jobs.log.index import make_index
from openbureau.jobs.log.prove import checkpoint, policy
from openbureau.tlog.checkpoint import parse_checkpoint
from openbureau.tlog.cosignature import check_cosignatures, cosigners
from openbureau.tlog.policy import parse_policy
from openbureau.web.witnesses import signing

WATCH_SECONDS = 600


def logged(story: Story) -> Step:
    """The signed log."""
    with signing(story.bureau, story.witnesses):
        make_index(story.bureau)
    text = checkpoint(story.bureau)
    size = parse_checkpoint(text.split("\n\n", 1)[0] + "\n").size if text else 0
    return Step(
        "logged",
        ("The log is signed", "日志签署"),
        size > 0,
        "jobs/log/sequence.py",
        lines=(
            (
                f"{size} leaves, each a salted commitment; the checkpoint is a C2SP signed note over an RFC 6962 tree.",
                f"共 {size} 个叶子，均为加盐承诺；检查点为 RFC 6962 树上的 C2SP 签名。",
            ),
        ),
        figures={"size": size},
    )


def witnessed(story: Story) -> Step:
    """A quorum has cosigned what is published, and the quorum is found by the policy file that everybody reads."""
    rules, text = parse_policy(policy(story.bureau)), checkpoint(story.bureau) or ""
    signed = check_cosignatures(text.encode(), rules.keys) if text else {}
    quorum = story.bureau.act.quorum
    needed, count = (quorum.needed, len(quorum.witnesses)) if quorum else (0, 0)
    return Step(
        "witnessed",
        ("Witnesses cosign the head before it is published", "见证方在公布前联署检查点"),
        count > 0 and rules.is_met(cosigners(text.encode(), rules.keys)),
        "jobs/log/publish.py",
        article=story.law("house.quorum_lost_stop_seconds"),
        lines=(
            (
                f"{len(signed)} of {count} have signed, {needed} are needed; each saw that the log only grew.",
                f"{count} 个见证方中 {len(signed)} 个已签署，需要 {needed} 个；各自核对日志只增不减。",
            ),
            (
                "They are the sandbox's own: a live bureau names others, and stops answering when it loses them.",
                "此处为沙盒自设；正式机构须由外部担任，失去见证即停止答复。",
            ),
        ),
        figures={"signed": len(signed), "needed": needed, "witnesses": count},
    )


def _watch(directory: Path) -> tuple[int, dict[str, Any]]:
    """The watcher as a process of its own, with nothing but the export: no settings of ours, no database."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("OPENBUREAU_")}
    done = subprocess.run(
        [sys.executable, "-m", "openbureau", "watch", "verify", str(directory), "--json"],
        capture_output=True, text=True, check=False, timeout=WATCH_SECONDS, env=env,
    )  # fmt: skip
    if not done.stdout.strip():
        return done.returncode, {"status": f"no verdict: {done.stderr.strip().splitlines()[-1:]}", "checks": []}
    verdict: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, verdict


def verified(story: Story) -> Step:
    """A watcher on another process."""
    directory = story.folder / "export"
    shutil.rmtree(directory, ignore_errors=True)
    export(story.bureau, directory, persons={story.hero: ""})
    code, verdict = _watch(directory)
    held = [check for check in verdict["checks"] if check["ok"]]
    return Step(
        "verified",
        ("A watcher in another process verifies all of it from an export", "另一进程中的监督者仅凭导出文件完成验证"),
        code == 0,
        "watch/verify.py",
        article=story.law("pipl.gatekeeper.independent_body"),
        lines=(
            (
                f"{len(held)} checks hold; verdict: {verdict['status']}.",
                f"{len(held)} 项检查成立；结论：{verdict['status']}。",
            ),
        ),
        figures={"status": verdict["status"], "exit": code, "checks": len(held)},
    )


def caught(story: Story) -> Step:
    """One byte of one entry altered in a copy."""
    copy = story.folder / "tampered"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(story.folder / "export", copy)
    bundle = next((copy / "tile" / "entries").rglob("[0-9]*[0-9]"))
    while bundle.is_dir():
        bundle = next(bundle.iterdir())
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    bundle.write_bytes(content)
    code, verdict = _watch(copy)
    shutil.rmtree(copy)
    return Step(
        "caught",
        ("One altered byte, and the watcher says so", "改动一个字节，监督者即可发现"),
        code == 1 and verdict["status"] == "broken",
        "watch/verify.py",
        lines=((f"Verdict: {verdict['status']}.", f"结论：{verdict['status']}。"),),
        figures={"status": verdict["status"], "exit": code},
    )
