"""A channel's rows become leads about their tokens, or the whole is refused: nobody's words are changed, nobody is made up."""

from pathlib import Path

import pytest

from fanpin.adapters import run
from fanpin.adapters.failures import AdapterFailed, Failure
from fanpin.adapters.lead_trial import try_leads
from fanpin.adapters.leads import MappedLead, map_leads
from fanpin.adapters.manifest import Manifest
from fanpin.adapters.run import PluginChild
from fanpin.adapters.versions import PluginRole
from tests.adapters import platforms, samples
from tests.adapters.platforms import ROW, SOUND
from tests.conftest import TODAY


def declared(folder: Path, body: str = SOUND, *changes: tuple[str, str]) -> tuple[run.Installed, Manifest]:
    installed = platforms.written(folder, body, *changes)
    found = run.declared(installed)
    assert found.problems == () and found.manifest is not None
    return installed, found.manifest


def mapped(folder: Path, body: str = SOUND) -> list[MappedLead]:
    installed, manifest = declared(folder, body)
    with PluginChild(installed, manifest) as plugin:
        return list(map_leads(plugin, manifest.tables[0], [ROW], today=TODAY))


def failure(folder: Path, body: str) -> Failure:
    with pytest.raises(AdapterFailed) as failed:
        mapped(folder, body)
    return failed.value.failure


def test_a_channel_declares_its_role_and_its_platform(tmp_path: Path) -> None:
    _, manifest = declared(tmp_path)
    assert (manifest.role, manifest.channel, manifest.department) == (PluginRole.CHANNEL, "province", None)
    assert "transport_from_export" in [setting.name for setting in manifest.settings]


def test_a_row_becomes_a_lead_in_the_declarers_own_words(tmp_path: Path) -> None:
    (row,) = mapped(tmp_path)
    assert row.lead is not None and row.problems == ()
    assert (row.lead.number, row.lead.declared_on, row.lead.categories, row.lead.relation) == (
        "YN-1", TODAY.replace(month=2, day=12), ("education",), "父亲")
    assert row.lead.statement == "孩子上学交不起学费\n房子也漏雨"


def test_a_row_that_is_no_declaration_says_nothing(tmp_path: Path) -> None:
    (row,) = mapped(tmp_path, "return []")
    assert (row.lead, row.problems) == (None, ())


def test_the_channel_never_sees_who_declared_nor_where(tmp_path: Path) -> None:
    body = f'hidden = repr([row.cells, row.token]); assert not any(key in hidden for key in {sorted(ROW.keys.values())!r})\n        {SOUND}'
    assert mapped(tmp_path, body)[0].lead is not None


@pytest.mark.parametrize(("part", "wrong", "reason"), [
    ('row.text("流水号")', '""', "没有平台的流水号"),
    ('row.text("流水号")', '"9" * 61', "流水号超过60个字"),
    ('row.date("申报时间")', "None", "没有申报日期"),
    ('row.date("申报时间")', "date(2026, 3, 3)", "晚于今天"),
    ('row.text("诉求")', '""', "没有申报内容"),
    ('row.text("诉求")', 'row.text("诉求").replace("漏雨", "很好")', "改动了申报人的原话"),
    ('[row.code("类别")]', '["rich"]', "困难类别不在规定范围内"),
    ('row.text("与户主关系")', '"父" * 41', "与户主的关系超过40个字"),
    ('row.text("与户主关系")', '"父\\u202e亲"', "看不见的控制字符"),
])
def test_a_lead_that_is_wrong_in_one_part_refuses_its_row_with_the_reason(tmp_path: Path, part: str, wrong: str, reason: str) -> None:
    (row,) = mapped(tmp_path, SOUND.replace(part, wrong))
    assert row.lead is None and [reason in problem.reason for problem in row.problems] == [True]


def test_two_leads_of_one_row_refuse_it(tmp_path: Path) -> None:
    (row,) = mapped(tmp_path, SOUND.replace("return [", "return 2 * ["))
    assert row.lead is None and "几条申报" in row.problems[0].reason


@pytest.mark.parametrize("body", [
    SOUND.replace("row.lead(", "ToldLead(subject='somebody', ").replace('categories=[row.code("类别")]', "categories=()"),
    SOUND.replace("row.lead(", "ToldLead(subject='53018119600301100X', ").replace('categories=[row.code("类别")]', "categories=()"),
])
def test_a_lead_about_another_token_refuses_the_whole_as_a_breach(tmp_path: Path, body: str) -> None:
    found = failure(tmp_path, body)
    assert (found.code, found.security) == ("stranger", True) and "整份退回" in found.text


@pytest.mark.parametrize("body", ["raise ValueError('53018119600301100X')", "return [row]", "return 5", "return ['x']",
                                  "return [Fact(subject=row.token, kind='vehicle')]"])
def test_what_is_no_lead_fails_without_repeating_a_value(tmp_path: Path, body: str) -> None:
    found = failure(tmp_path, body)
    assert "53018119600301100X" not in found.text + found.detail and not found.security


def test_the_citizens_own_id_number_in_the_statement_is_the_citizens_word(tmp_path: Path) -> None:
    installed, manifest = declared(tmp_path)
    sheet = platforms.export(tmp_path, "YN-1,2026-02-12,我的号码是53018119600301100X，家里困难,样甲,,,,,样本村,,因病")
    trial = try_leads(installed, manifest, sheet, today=TODAY)
    assert [row.lead.statement for row in trial.mapped if row.lead] == ["我的号码是53018119600301100X，家里困难"]


def test_a_number_that_a_clerk_wrote_into_the_relation_sends_that_row_back(tmp_path: Path) -> None:
    installed, manifest = declared(tmp_path)
    sheet = platforms.export(tmp_path, "YN-1,2026-02-12,没有钱,样甲,,,,,样本村,由53018119600301100X代办,因病",
                             "YN-2,2026-02-13,没有钱,样乙,,,,,样本村,父亲,因学")
    trial = try_leads(installed, manifest, sheet, today=TODAY)
    assert [row.lead.number for row in trial.mapped if row.lead] == ["YN-2"]
    assert [(problem.row, "证件号码" in problem.reason) for problem in trial.problems] == [(2, True)]


def test_an_export_is_read_with_its_keys_apart_and_bad_rows_named(tmp_path: Path) -> None:
    installed, manifest = declared(tmp_path)
    sheet = platforms.export(
        tmp_path, 'YN-1,2026-02-12,"第一行\n第二行",样甲,53018119600301100X,,,138 0000 0000,样本村,,因病',
        "YN-2,2026-02-13,没有钱,样乙,123,,,,样本村,,因学", "YN-3,2026-02-14,没有水,样丙,,,,12,样本村,,别的",
        "YN-4,2026-02-15,没有房,样丁,,,,0870-1234567,530102001201,本人,")
    trial = try_leads(installed, manifest, sheet, today=TODAY)
    assert [(row.lead.number, row.row.keys.get("phone")) for row in trial.mapped if row.lead] == [
        ("YN-1", "13800000000"), ("YN-4", "0870-1234567")]
    assert trial.mapped[0].lead is not None and trial.mapped[0].lead.statement == "第一行\n第二行"
    assert [(problem.row, problem.column) for problem in trial.problems] == [(3, "申报人证件号"), (4, "联系电话")]
    assert (trial.refused_rows, trial.by_category) == (2, {"medical": 1})


@pytest.mark.parametrize(("old", "new", "words"), [
    ("Platform.PROVINCE", "Platform.PAPER", "只有三个平台"),
    ("village(required=True)", "village()", "须有：行政村"),
    ('person_name("申报人", required=True)', 'person_name("申报人", required=False)', "须有：姓名或户主姓名"),
    ("contract = 2", "contract = 1", "第2版约定起才有"),
    ('otherwise="other"),\n    ))', 'otherwise="other"),\n    ), (__import__("fanpin.adapters", fromlist=["x"]).bulk("vehicle"),))', "只说群众申报了什么"),
])
def test_a_channel_that_declares_what_it_may_not_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    found = run.declared(platforms.written(tmp_path, SOUND, (old, new)))
    assert not found.ok and words in "；".join(found.problems)


def test_names_are_unique_over_all_roles(tmp_path: Path) -> None:
    channel = platforms.written(tmp_path / "a", SOUND, ('"fanpin-channel-invented"', '"fanpin-invented"'))
    (tmp_path / "b").mkdir()
    adapter = samples.written(tmp_path / "b")
    found = run.usable([run.replace(channel, entry="fanpin-invented"), adapter])
    assert [one.ok for one in found] == [False, False]
    assert all("2个程序同名" in one.problems[-1] for one in found)


def test_a_departments_rows_are_never_put_to_a_channel(tmp_path: Path) -> None:
    installed, manifest = declared(tmp_path)
    with PluginChild(installed, manifest) as plugin, pytest.raises(AdapterFailed):
        list(plugin.map(manifest.tables[0], [ROW], as_of=TODAY))
