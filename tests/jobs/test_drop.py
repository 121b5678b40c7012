"""The watched folder: complete files only, once each, whoever watches and whoever is killed."""

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from openbureau.jobs.furnishing import drop
from openbureau.jobs.furnishing.drop import DONE, REFUSED, TAKEN, DropFolder, Watcher
from openbureau.jobs.furnishing.receive import Arrival, FurnishingReceipt, receive_file
from world import PEOPLE, World, alpha_file, jsonl, loan, subject_record

CONTENT = jsonl(alpha_file()).read()
MEMBER = "bank-alpha"


@pytest.fixture
def empty(new_world: Callable[..., World]) -> World:
    return new_world(files={})


def receipts(world: World) -> int:
    with psycopg.connect(world.url) as connection:
        row = connection.execute("select count(*) from bureau.receipt").fetchone()
        return int(row[0]) if row else 0


def names(folder: Path) -> list[str]:
    return sorted(path.name.partition("~")[2] for path in folder.iterdir())


def test_a_complete_file_is_furnished_with_its_report(empty: World, tmp_path: Path) -> None:
    """It waits one look, then comes to done/ with a report for machines and one in each language."""
    folder = DropFolder(empty.bureau, tmp_path, MEMBER, settled=0)
    (tmp_path / "october.jsonl").write_bytes(CONTENT)
    assert folder.look() == []
    (made,) = folder.look()
    assert made.receipt_id is not None
    assert made.place.read_bytes() == CONTENT
    assert names(tmp_path / DONE) == [
        "october.jsonl", "october.jsonl.report.en.txt", "october.jsonl.report.json", "october.jsonl.report.zh.txt",
    ]  # fmt: skip
    told = json.loads(made.place.with_name(made.place.name + ".report.json").read_text())
    assert (told["receipt"]["receipt_id"], told["accepted"]) == (made.receipt_id, len(alpha_file()))
    assert "接收" in made.place.with_name(made.place.name + ".report.zh.txt").read_text()
    assert folder.look() == []
    assert receipts(empty) == 1


def test_findings_are_in_the_report(empty: World, tmp_path: Path) -> None:
    """A file with a bad record is done, and its report says what to mend, in both languages."""
    folder = DropFolder(empty.bureau, tmp_path, MEMBER, settled=0)
    person = PEOPLE["good"]
    (tmp_path / "a.jsonl").write_bytes(jsonl([subject_record(person), loan(person, account_type="ZZ")]).read())
    folder.look()
    (made,) = folder.look()
    english = made.place.with_name(made.place.name + ".report.en.txt").read_text()
    chinese = made.place.with_name(made.place.name + ".report.zh.txt").read_text()
    assert "1 refused" in english
    assert "record 2" in english
    assert "第 2 条" in chinese


@pytest.mark.parametrize("content", [b"", b"nonsense,columns\n1,2\n", b"\xff\xfe\x00"])
def test_what_is_no_file_comes_to_refused(empty: World, tmp_path: Path, content: bytes) -> None:
    """With its finding, and without a receipt."""
    folder = DropFolder(empty.bureau, tmp_path, MEMBER, settled=0)
    (tmp_path / "x.csv").write_bytes(content)
    folder.look()
    (made,) = folder.look()
    assert (made.receipt_id, made.place.parent.name) == (None, REFUSED)
    assert json.loads(made.place.with_name(made.place.name + ".report.json").read_text())["finding"]["cure"]["zh"]
    assert receipts(empty) == 0


def test_a_refused_furnisher_learns_why(empty: World, tmp_path: Path) -> None:
    """The refusal stands in the report."""
    folder = DropFolder(empty.bureau, tmp_path, "bank-closed", settled=0)
    (tmp_path / "x.jsonl").write_bytes(CONTENT)
    folder.look()
    (made,) = folder.look()
    report = json.loads(made.place.with_name(made.place.name + ".report.json").read_text())
    assert (made.place.parent.name, report["refusal"]["code"]) == (REFUSED, "member-not-active")
    assert report["refusal"]["citations"][0]["instrument"]["zh"]
    chinese = made.place.with_name(made.place.name + ".report.zh.txt").read_text()
    assert chinese.splitlines()[1].startswith("《")


def test_what_is_still_written_waits(empty: World, tmp_path: Path) -> None:
    """Growing files, unfinished names, folders and links are left alone."""
    folder = DropFolder(empty.bureau, tmp_path, MEMBER, settled=0)
    growing = tmp_path / "growing.jsonl"
    for name in (".hidden", "x.part", "x.tmp"):
        (tmp_path / name).write_bytes(CONTENT)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "x.part")
    for at in range(3):
        with growing.open("ab") as file:
            file.write(CONTENT[at * 100 : at * 100 + 100])
        assert folder.look() == []
    assert receipts(empty) == 0
    patient = DropFolder(empty.bureau, tmp_path, MEMBER, settled=3600)
    assert patient.look() == patient.look() == []
    os.utime(growing, (1, 1))
    assert patient.look() == []
    assert len(patient.look()) == 1


def test_two_watchers_furnish_a_file_once(empty: World, tmp_path: Path) -> None:
    """Six files, three watchers at once: six receipts."""
    for number in range(6):
        person = PEOPLE["good"]
        (tmp_path / f"{number}.jsonl").write_bytes(jsonl([subject_record(person), loan(person, number + 1)]).read())
    made: list[object] = []
    folders = [DropFolder(empty.bureau, tmp_path, MEMBER, settled=0) for _ in range(3)]

    def watch(folder: DropFolder) -> None:
        for _ in range(4):
            made.extend(folder.look())

    threads = [threading.Thread(target=watch, args=(folder,)) for folder in folders]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    made.extend(folders[0].look())
    assert [folder.troubles for folder in folders] == [{}, {}, {}]
    assert (receipts(empty), len(made)) == (6, 6)
    assert len(list((tmp_path / DONE).glob("*.report.json"))) == 6


def test_what_was_taken_and_left_is_finished_once(empty: World, tmp_path: Path) -> None:
    """Left after the taking, or after the receipt, or after the report: the next watcher ends it with one receipt."""
    folder = DropFolder(empty.bureau, tmp_path, MEMBER, settled=0)
    left = tmp_path / TAKEN / "0190-left~a.jsonl"
    left.write_bytes(CONTENT)
    received = receive_file(empty.bureau, MEMBER, left.open("rb"), arrival=Arrival(b"0190-left", "drop"))
    assert isinstance(received, FurnishingReceipt)
    (tmp_path / DONE / "0190-left~a.jsonl.report.json").write_text("half")
    (made,) = folder.look()
    assert (made.receipt_id, receipts(empty)) == (received.receipt_id, 1)
    assert json.loads((tmp_path / DONE / "0190-left~a.jsonl.report.json").read_text())["is_done"] is True


def test_a_file_that_breaks_us_holds_up_no_other(empty: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays taken, its trouble is kept, the next file is furnished, and a later look ends it."""
    original = drop.furnish
    bad = b"bad"

    def furnish(bureau: object, member: object, source: object, **words: object) -> object:
        if source.read(3) == bad:  # type: ignore[attr-defined]
            raise RuntimeError("a fault")
        source.seek(0)  # type: ignore[attr-defined]
        return original(bureau, member, source, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(drop, "furnish", furnish)
    folder = DropFolder(empty.bureau, tmp_path, MEMBER, settled=0)
    (tmp_path / "a.jsonl").write_bytes(bad)
    (tmp_path / "b.jsonl").write_bytes(CONTENT)
    folder.look()
    assert [made.place.name.partition("~")[2] for made in folder.look()] == ["b.jsonl"]
    assert len(folder.troubles) == 1
    monkeypatch.setattr(drop, "furnish", original)
    assert [made.place.parent.name for made in folder.look()] == [REFUSED]
    assert folder.troubles == {}


def test_a_name_is_kept_and_said_nowhere_else(empty: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A name may name a person: it stands in the folder only, not on a terminal and not in the database."""
    folder = DropFolder(empty.bureau, tmp_path, MEMBER, settled=0)
    (tmp_path / "张三-990101.jsonl").write_bytes(CONTENT)
    folder.look()
    (made,) = folder.look()
    assert made.place.name.endswith("~张三-990101.jsonl")
    out = capfd.readouterr()
    assert "张三" not in out.out + out.err
    with psycopg.connect(empty.url) as connection:
        rows = connection.execute(
            "select a::text || r::text from bureau.arrival a join bureau.receipt r using (receipt_id)"
        )
        kept = "".join(row[0] for row in rows)
    assert kept
    assert "张三" not in kept
    assert "张三".encode().hex() not in kept


@pytest.mark.parametrize(
    "name", [b"\xe5\xbc\xa0" * 75 + b".jsonl", b"ab" + b"\xe5\xbc\xa0" * 82 + b".jsonl", b"\xd5\xc5" * 120 + b".jsonl"]
)
def test_a_long_name_is_cut_by_bytes(empty: World, tmp_path: Path, name: bytes) -> None:
    """75 and 82 Chinese characters in UTF-8, and 120 in GBK: the file is furnished, and its end is what is kept."""
    folder = DropFolder(empty.bureau, tmp_path, MEMBER, settled=0)
    (tmp_path / os.fsdecode(name)).write_bytes(CONTENT)
    folder.look()
    (made,) = folder.look()
    assert (made.place.parent.name, folder.troubles) == (DONE, {})
    kept = os.fsencode(made.place.name).partition(b"~")[2]
    assert name.endswith(kept)
    assert drop.NAME_BYTES - 3 < len(kept) <= drop.NAME_BYTES
    if name.startswith(b"\xd5"):
        return
    assert kept.decode().startswith("张")
    assert (tmp_path / DONE / f"{made.place.name}.report.zh.txt").exists()


def test_a_file_that_cannot_be_taken_holds_up_no_other(
    empty: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its trouble is kept by its inode, never by its name, and is over when it can be taken."""
    original = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if path.name == "张三.jsonl":
            raise PermissionError(1, "not permitted", str(path))
        return original(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    folder = DropFolder(empty.bureau, tmp_path, MEMBER, settled=0)
    stuck = tmp_path / "张三.jsonl"
    stuck.write_bytes(CONTENT)
    (tmp_path / "自.jsonl").write_bytes(CONTENT)
    (tmp_path / TAKEN / "0190-left~a.jsonl").write_bytes(CONTENT)
    assert len(folder.look()) == 1, "what was taken before"
    assert [made.place.name.partition("~")[2] for made in folder.look()] == ["自.jsonl"]
    assert folder.look() == []
    assert list(folder.troubles) == [f"inode-{stuck.stat().st_ino}"]
    monkeypatch.setattr(Path, "rename", original)
    assert len(folder.look()) == 1
    assert folder.troubles == {}


def test_a_folder_is_of_a_member(empty: World, tmp_path: Path) -> None:
    """Of no other."""
    with pytest.raises(LookupError):
        DropFolder(empty.bureau, tmp_path, "nobody")


def test_a_watcher_complains_once_of_each_trouble(
    empty: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the id of the taken file, for as long as it stays the same, until it is mended."""
    folder = DropFolder(empty.bureau, tmp_path, MEMBER, settled=0)
    (tmp_path / TAKEN / "0190-x~name.jsonl").write_bytes(CONTENT)
    original = drop.furnish

    def breaks(*_: object, **__: object) -> object:
        raise RuntimeError("a fault")

    monkeypatch.setattr(drop, "furnish", breaks)
    said: list[tuple[str, str]] = []
    done: list[object] = []
    watcher = Watcher(
        folder, done.append, seconds=0.01, complain=lambda name, trouble: said.append((name, type(trouble).__name__))
    )
    with watcher:
        for _ in range(200):
            if said:
                break
            time.sleep(0.02)
        time.sleep(0.1)
        monkeypatch.setattr(drop, "furnish", original)
        for _ in range(500):
            if done:
                break
            time.sleep(0.02)
    assert said == [("0190-x", "RuntimeError")]
    assert len(done) == 1
