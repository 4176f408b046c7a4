"""Plugins as they are and as they should not be: each ends in one sentence, and nothing of a bad answer is kept."""

import os
from datetime import date
from pathlib import Path

import pytest

from fanpin import sandbox
from fanpin.adapters import run
from fanpin.adapters.contract import Later, NotFound
from fanpin.adapters.failures import AdapterFailed, Failure
from fanpin.adapters.run import MappedRow, PluginChild
from tests.adapters.samples import ROW, manifest_of, written

AS_OF = date(2026, 3, 2)
WALLS = sandbox.capabilities()


def mapped(folder: Path, body: str, **settings: str) -> list[MappedRow]:
    installed = written(folder, body)
    manifest = manifest_of(installed)
    return list(run.map_rows(installed, manifest, manifest.tables[0], [ROW], as_of=AS_OF, settings=settings))


def failure(folder: Path, body: str) -> Failure:
    with pytest.raises(AdapterFailed) as failed:
        mapped(folder, body)
    return failed.value.failure


def test_a_row_becomes_facts_about_its_token(tmp_path: Path) -> None:
    (row,) = mapped(tmp_path, "return row.declared()")
    (fact,) = row.facts
    assert (fact.kind, fact.amount, fact.date) == ("high_medical_cost", 500_000, date(2026, 1, 12))
    assert row.row is ROW and fact.subject not in ROW.keys.values()


def test_tokens_are_new_in_every_request(tmp_path: Path) -> None:
    installed = written(tmp_path)
    manifest = manifest_of(installed)
    with PluginChild(installed, manifest) as plugin:
        said = [row.facts[0].subject for _ in range(2) for row in plugin.map(manifest.tables[0], [ROW], as_of=AS_OF)]
    assert len(set(said)) == 2


def test_the_plugin_never_sees_whom_a_row_is_about(tmp_path: Path) -> None:
    (row,) = mapped(tmp_path, 'return [row.fact("high_medical_cost", amount=1, date=date(2026, 1, 1), label="")] '
                              'if "53010219600301101X" not in repr([row.cells, row.token]) else []')
    assert len(row.facts) == 1


def test_settings_reach_the_plugin_and_secrets_do_not(tmp_path: Path) -> None:
    body = ('return [row.fact("high_medical_cost", amount=int(row.settings["line"]), date=date(2026, 1, 1))] '
            'if sorted(row.settings) == ["line"] else []')
    assert mapped(tmp_path, body)[0].facts[0].amount == 100
    assert mapped(tmp_path, body, line="7", password="canary")[0].facts[0].amount == 7


def test_a_question_is_answered_without_a_fact(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'return [row.not_found("high_medical_cost")]')[0].answers == (("high_medical_cost", NotFound()),)
    (row,) = mapped(tmp_path, 'return [row.later("high_medical_cost", date(2026, 3, 9))]')
    assert row.answers == (("high_medical_cost", Later(date(2026, 3, 9))),)


@pytest.mark.parametrize(("body", "code"), [
    ('return [Fact(subject="somebody", kind="high_medical_cost", amount=1, date=date(2026, 1, 1))]', "stranger"),
    ('return [Reply("somebody", "high_medical_cost", row.nothing("x").answer)]', "stranger"),
    ('return [row.fact("vehicle", value="private_car", ref="云A")]', "not_claimed"),
    ('return [row.fact("high_medical_cost", amount=1, date=date(2026, 1, 1), label="53010219600301101X 样甲")]', "id_inside"),
])
def test_an_answer_about_anybody_else_rejects_the_batch(tmp_path: Path, body: str, code: str) -> None:
    failed = failure(tmp_path, body)
    assert (failed.code, failed.security) == (code, True) and "整批退回" in failed.text


@pytest.mark.parametrize(("words", "held"), [
    ("53010219600301101X", True), ("身份证530102 19600301 101x", True), ("530102600301101", True),
    ("530628000012345", False), ("530628001001GB00001F00010001", False), ("91530628MA6K0A1B2U", False), ("530102199913011011", False),
])
def test_an_id_number_is_told_from_a_licence_of_as_many_digits(words: str, held: bool) -> None:
    assert run.holds_id(words) is held


@pytest.mark.parametrize(("body", "code"), [
    ("time.sleep(600)", "timeout"),
    ("os._exit(0)", "exit"),
    ("os.kill(os.getpid(), 11)", "signal"),
    ("raise ValueError('样甲 53010219600301101X')", "error"),
    ("return ['a string']", "error"),
    ("held = bytearray(2 << 30)", "error"),
    ('return [row.fact("high_medical_cost", amount=1, date=date(2026, 1, 1))] * 10 ** 5', "output"),
    ('return [row.fact("high_medical_cost", amount="many", date=date(2026, 1, 1))]', "malformed"),
    ('return [row.fact("high_medical_cost", amount=1, value="x" * 300)]', "malformed"),
])
def test_whatever_a_plugin_does_it_ends_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str,
                                                      code: str) -> None:
    monkeypatch.setattr(run, "MAP_SECONDS", 3)
    failed = failure(tmp_path, body)
    assert failed.code == code and "没有采用" in failed.text
    assert "样甲" not in failed.text + failed.detail and "5301" not in failed.text + failed.detail


@pytest.mark.parametrize("body", [
    "os.fork()",
    "socket.create_connection(('127.0.0.1', 9))",
    "socket.socket(socket.AF_UNIX)",
    "open('/etc/passwd').read()",
    "open(f'/proc/{os.getppid()}/environ', 'rb').read()",
    "open('/tmp/left', 'w').write('x')",
    "os.kill(os.getppid(), 9)",
])
def test_a_plugin_that_reaches_out_runs_into_a_wall(tmp_path: Path, body: str) -> None:
    if WALLS["seccomp"] and WALLS["landlock_signals"]:
        failed = failure(tmp_path, body)
        assert (failed.code, failed.security) == ("error", True)


def test_what_does_not_fit_the_kind_refuses_the_row(tmp_path: Path) -> None:
    (row,) = mapped(tmp_path, 'return [row.fact("high_medical_cost", amount=1, date=date(2027, 1, 1))]')
    assert row.facts == () and [problem.reason for problem in row.problems] == ["“结算日期”晚于数据截止日期"]
    (row,) = mapped(tmp_path, 'return [*row.declared(), row.nothing("high_medical_cost")]')
    assert row.facts == row.answers == () and len(row.problems) == 1


def test_what_is_printed_does_not_get_between_the_answers(tmp_path: Path) -> None:
    assert mapped(tmp_path, "print('x' * 10000); return row.declared()")[0].facts


@pytest.mark.parametrize(("change", "words"), [
    (("contract", "contract"), ""),
    (("    title =", "    contract = 99\n    title ="), "第99版"),
    (("MEDICAL_INSURANCE", "EDUCATION"), "由医保部门提供，教育部门不能申报"),
    (("@hookimpl\n", ""), "没有用 @hookimpl"),
    (("def fanpin_adapter", "def fanpin_adaptor"), "fanpin_adaptor"),
    (("return Invented()", "return 3"), "没有用 @hookimpl"),
    (("import os, socket", "import no_such_module, os, socket"), "no_such_module"),
    (('"fanpin-invented"', '"fanpin-other"'), "不一致"),
    (("class Invented", "time.sleep(99)\nclass Invented"), "超时"),
    (("class Invented", "os._exit(0)\nclass Invented"), "自行退出"),
])
def test_an_adapter_that_cannot_be_used_is_refused_with_the_reason(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], words: str) -> None:
    monkeypatch.setattr(run, "LOAD_SECONDS", 3)
    changes = [change] if words else []
    problems = run.declared(written(tmp_path, "return row.declared()", *changes)).problems
    assert bool(problems) is bool(words) and words in "".join(problems)


def test_two_adapters_of_one_name_are_both_refused(tmp_path: Path) -> None:
    installed = written(tmp_path)
    assert [one.ok for one in run.usable([installed])] == [True]
    assert [one.ok for one in run.usable([installed, installed])] == [False, False]
