"""Adapters that break the contract, each in its own way: one plain sentence, nothing of them kept, the caller lives on.

The list is that of a certificate; the adapters are the files of `faults/`.
"""

import os
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from fanpin.adapters import run
from fanpin.adapters.cases import WALLS, WHOLE, State
from fanpin.adapters.certify import certify
from fanpin.adapters.failures import AdapterFailed, Failure
from fanpin.adapters.report import BAD
from fanpin.adapters.run import MappedRow
from fanpin.adapters.wire import ReadRow
from tests.adapters.faulty import ENDS, FOLDER, SECRET, fault, reached_for, with_samples

AS_OF = date(2026, 3, 2)


def row(number: int, reason: str) -> ReadRow:
    return ReadRow(number, {"id_number": "53018119600301100X", "name": "样甲"},
                   {"救助金额": 300_000, "发放日期": "2026-01-12", "救助事由": reason})


@pytest.fixture
def reasons(tmp_path: Path) -> Iterator[dict[str, str]]:
    with reached_for(tmp_path) as found:
        yield found


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MAP_SECONDS", 2)
    monkeypatch.setattr(run, "LOAD_SECONDS", 3)


def children() -> list[str]:
    return [child for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()]


def tried(name: str, reasons: dict[str, str]) -> list[MappedRow] | Failure | tuple[str, ...]:
    found = run.declared(fault(name))
    if found.manifest is None or not found.ok:
        return found.problems
    rows = [row(number, reasons.get(name, SECRET)) for number in (2, 3)]
    try:
        return list(run.map_rows(found.installed, found.manifest, found.manifest.table("relief"), rows, as_of=AS_OF))
    except AdapterFailed as failed:
        return failed.failure


@pytest.mark.parametrize("name", ENDS)
def test_each_fault_ends_as_the_table_says_and_leaves_nothing_behind(name: str, reasons: dict[str, str]) -> None:
    before, files, threads = children(), len(os.listdir("/proc/self/fd")), threading.active_count()
    end, found = ENDS[name], tried(name, reasons)
    if end.refused:
        assert isinstance(found, tuple) and any(end.refused in problem for problem in found)
    elif end.codes:
        assert isinstance(found, Failure), found
        assert found.code in end.codes.split() and found.security is end.security
        assert SECRET not in repr(found) and "53018119600301100X" not in repr(found)
        assert found.text.endswith(("开发人员", "整批退回"))
    elif end.problem:
        assert isinstance(found, list)
        assert all(end.problem in one.problems[0].reason and not one.facts and not one.answers for one in found)
    else:
        assert isinstance(found, list) and all(len(one.facts) <= 1 for one in found)
    assert (children(), len(os.listdir("/proc/self/fd")), threading.active_count()) == (before, files, threads)
    assert not Path("/tmp/fanpin-fault").exists()


def test_every_fault_of_the_folder_is_in_the_table() -> None:
    written = {path.stem for path in FOLDER.glob("*.py")}
    assert written == set(ENDS) | {"kills_its_parent", "well"} and len(written) >= 40


def test_statements_markup_and_formulas_are_words_and_marks_that_turn_the_line_are_refused(
        reasons: dict[str, str]) -> None:
    found = run.declared(fault("writes_statements"))
    assert found.manifest is not None
    rows = [row(number, SECRET) for number in range(2, 6)]
    told = list(run.map_rows(found.installed, found.manifest, found.manifest.table("relief"), rows, as_of=AS_OF))
    assert [fact.label for one in told for fact in one.facts] == [
        "'; DROP TABLE fact; --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0"]
    assert [problem.reason for problem in told[3].problems] == ["文字中有看不见的控制字符"]


# What stands between each and a certificate: the case, and a word of what it says.
NOT_CERTIFIED = {
    "raises": ("sample", "出错"), "hangs_before_the_first_answer": ("sample", "超时"), "contradicts_itself": ("sample", "互相矛盾"),
    "knows_the_future": ("sample", "晚于"), "remembers": ("order", "不同的答复"), "throws_dice": ("again", "两个进程"),
    "keeps_every_row": ("load", "内存"), "looks_around": ("reach", "环境变量、表格以外的文件"),
    "sends_by_udp": ("reach", "网络"), "forks_without_end": ("reach", "新的进程或线程"), "fills_the_disk": ("reach", "表格以外的文件"),
    "reads_the_parents_environment": ("reach", "表格以外的文件"), "prints_what_it_reads": ("quiet", "写到了输出里"),
    "answers_with_a_wrong_token": ("sample", "没有询问的对象"), "hides_an_id_in_words": ("sample", "证件号码"),
    "complains_with_secrets": ("sample", "自行退出"), "speaks_a_later_version": ("declaration", "约定"), "does_not_load": ("declaration", "载入出错"),
}


@pytest.mark.parametrize("name", NOT_CERTIFIED)
def test_none_of_them_is_certified(name: str, tmp_path: Path) -> None:
    report = certify(with_samples(name, tmp_path), as_of=AS_OF, load_rows=10_000 if name == "keeps_every_row" else 50)
    code, word = NOT_CERTIFIED[name]
    assert not report.ok
    assert word in next(case.text for case in report.failed if case.code.split(".")[-1] == code)


def test_a_remark_with_an_id_number_reaches_no_adapter_and_costs_no_batch() -> None:
    found = run.declared(fault("sound"))
    assert found.manifest is not None
    told = run.map_rows(found.installed, found.manifest, found.manifest.table("relief"),
                        [row(2, "由５３９９９９１９７４０３１２９０１５代办")], as_of=AS_OF)
    assert [fact.label for one in told for fact in one.facts] == ["由（证件号码略）代办"]


def test_the_list_of_a_certificate_names_cases_and_faults_that_there_are(tmp_path: Path) -> None:
    report = certify(with_samples("sound", tmp_path), as_of=AS_OF, load_rows=50)
    codes = {case.code.partition(".")[2] if case.group not in (WHOLE, WALLS) else case.code for case in report.cases}
    faults = {name for one in BAD for name in one.faults}
    assert {code for one in BAD for code in one.cases} - codes == set()
    assert faults == {path.stem for path in FOLDER.glob("*.py")} - {"sound", "well"}


def test_a_sound_one_is_certified_and_told_from_one_that_answers_its_known_persons_wrongly(tmp_path: Path) -> None:
    sound = with_samples("sound", tmp_path / "sound")
    assert certify(sound, as_of=AS_OF, load_rows=50).ok
    known = '{"row": 2, "facts": [{"kind": "temporary_relief", "date": "2026-01-12", "amount": 300000, "label": "就医"}]}\n'
    for name, state in (("sound", State.PASSED), ("answers_wrongly", State.FAILED)):
        folder = tmp_path / f"known-{name}"
        installed = with_samples(name, folder)
        (folder / "samples" / "relief.jsonl").write_text(known, encoding="utf-8")
        cases = {case.code: case.state for case in certify(installed, as_of=AS_OF, load_rows=50).cases}
        assert cases["relief.known"] is state
