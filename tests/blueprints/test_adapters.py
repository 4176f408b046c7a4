"""部门数据接口: each sees its own, templates and samples, settings without secrets, approval and its withdrawal, the try."""

import io
import re
import zipfile
from dataclasses import replace

import msgspec
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters import certify, distributions, run
from fanpin.adapters.failures import Failure
from fanpin.adapters.manifest import Setting, SettingType
from fanpin.models.adapters import AdapterRelease
from fanpin.steps import adapter_health, adapters
from fanpin.worker import drain
from tests.conftest import StandingClock
from tests.counting import statements
from tests.registered import certified, registered
from tests.world import World, log_in

OFFICER, ANALYST, DECIDER, ADMIN = "bm.medical-insurance", "xian.ban", "xian.zhang", "xi.tong"
SETTINGS = (Setting(name="line", title="自付标准", default="10000", type=SettingType.NUMBER),
            Setting(name="password", title="接口口令", secret=True, required=True),
            Setting(name="way", title="口径", type=SettingType.CHOICE, choices=(("a", "按年度"), ("b", "按十二个月"))))


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def release(session: Session, world: World, clock: StandingClock) -> AdapterRelease:
    row = registered(session, now=clock.now())
    session.commit()
    return row


@pytest.fixture
def with_settings(session: Session, world: World, clock: StandingClock, release: AdapterRelease) -> str:

    release.manifest = msgspec.json.decode(msgspec.json.encode(replace(release.declared, settings=SETTINGS)))
    session.commit()
    return f"/adapters/{release.ref}/settings"


def test_each_sees_its_own_departments_adapters(app: Flask, release: AdapterRelease):
    for name in (OFFICER, ANALYST, DECIDER):
        said = words(log_in(app, name).get("/adapters"))
        assert "医保部门：住院自付费用和医疗救助" in said and "可用" in said
    stranger = log_in(app, "bm.health")
    assert "还没有安装接口" in words(stranger.get("/adapters"))
    for page in ("", "/template", "/sample", "/settings"):
        assert stranger.get(f"/adapters/{release.ref}{page}").status_code == 404
    assert stranger.post(f"/adapters/{release.ref}/try").status_code == 404


def test_the_page_tells_kinds_with_their_clause_and_the_columns(app: Flask, release: AdapterRelease):
    said = words(log_in(app, OFFICER).get(f"/adapters/{release.ref}"))
    for word in ("提供家庭成员因病住院医保报销后自付费用较高的农户信息", "批量提供（附件1）", "逐人核查（三(六)）", release.digest,
                 "个人负担金额", "没有故障", "数据怎么来"):
        assert word in said
    assert "平台答复里的记录" not in said


def test_template_and_sample_are_sent(app: Flask, release: AdapterRelease):
    client = log_in(app, OFFICER)
    template = client.get(f"/adapters/{release.ref}/template?table=settlements")
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(template.get_data())).namelist()
    assert "attachment" in template.headers["Content-Disposition"]
    assert "公民身份号码" in words(client.get(f"/adapters/{release.ref}/sample?table=settlements"))
    assert client.get(f"/adapters/{release.ref}/sample?table=nothing").status_code == 404


def test_a_secret_is_written_and_never_shown(app: Flask, with_settings: str, session: Session):
    client = log_in(app, OFFICER)
    page = with_settings.removesuffix("/settings")
    answer = client.post(with_settings, data={"set_line": "1", "set_password": "", "set_way": "a"})
    assert answer.status_code == 422 and "请填写此项" in words(answer) and 'value="1"' in words(answer)
    assert client.post(with_settings, data={"set_line": "1", "set_password": "canary", "set_way": "a"}).status_code == 302
    for shown in (client.get(with_settings), client.get(page), log_in(app, ANALYST).get(page)):
        assert "canary" not in words(shown) and "已设置，不显示" in words(shown)
    assert "按年度" in words(client.get(page))
    assert client.post(with_settings, data={"set_line": "2", "set_password": "", "set_way": "a"}).status_code == 302
    assert "已设置" in words(client.get(page))


def test_the_settings_stand_in_groups_that_say_who_has_to_fill_them_in(app: Flask, release: AdapterRelease):
    said = words(log_in(app, OFFICER).get(f"/adapters/{release.ref}/settings"))
    groups = ("<h2>数据怎么来", "<h2>中间库、共享平台都要填", "<h2>只有中间库要填", "<h2>只有共享平台要填")
    assert [said.index(title) for title in groups] == sorted(said.index(title) for title in groups)
    assert "选“表格导入”的，下面几组都不用填" in said and "接口自己的设置" not in said


@pytest.mark.parametrize(("typed", "said"), [({"set_line": "很多"}, "请填写数字"), ({"set_way": "c"}, "请从给出的选项中选择")])
def test_a_wrong_setting_comes_back(app: Flask, with_settings: str, typed: dict[str, str], said: str):
    answer = log_in(app, OFFICER).post(with_settings, data={"set_line": "1", "set_password": "x", "set_way": "a"} | typed)
    assert answer.status_code == 422 and said in words(answer)


def test_the_decider_approves_what_was_certified_and_takes_it_back(app: Flask, session: Session, clock: StandingClock,
                                                                   release: AdapterRelease):
    decider, page = log_in(app, DECIDER), f"/adapters/{release.ref}"
    assert decider.post(f"{page}/approve", data={"document": "联审〔2026〕3号"}).status_code == 409
    assert "检验通过后才能批准" in words(decider.get(page)) and "没有通过的报告" in words(decider.get(f"{page}/approve"))
    certified(session, release, now=clock.now())
    session.commit()
    assert release.digest[:16] in words(decider.get(f"{page}/approve"))
    assert decider.post(f"{page}/approve", data={"document": ""}).status_code == 422
    assert decider.post(f"{page}/approve", data={"document": "联审〔2026〕3号"}).status_code == 302
    assert "联审〔2026〕3号" in words(log_in(app, OFFICER).get(page)) and "<td data-label=\"常设批准\">有" in words(decider.get("/adapters"))
    assert decider.post(f"{page}/approve", data={"document": "联审〔2026〕4号"}).status_code == 409
    assert decider.post(f"{page}/withdraw", data={"reason": "抽查不符"}).status_code == 302
    assert "每次答复由部门核查员签字确认" in words(decider.get(page))
    assert decider.post(f"{page}/withdraw", data={"reason": "抽查不符"}).status_code == 409


def test_the_sample_is_tried_and_the_page_tells_what_came(app: Flask, release: AdapterRelease):
    client, page = log_in(app, OFFICER), f"/adapters/{release.ref}"
    assert client.post(f"{page}/try").status_code == 302
    assert "正在进行" in words(client.get(page))
    drain(app)
    said = words(client.get(page))
    assert "读了4行，4行可用" in said and "住院报销后自付费用较高3条" in said and not re.search(r"\d{17}[\dX]", said.replace(release.digest, ""))


def test_the_administrator_asks_for_a_certificate_and_everybody_reads_it(
        app: Flask, session: Session, release: AdapterRelease, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(certify, "LOAD_ROWS", 50)
    admin, officer, page = log_in(app, ADMIN), log_in(app, OFFICER), f"/adapters/{release.ref}"
    assert "没有检验" in words(admin.get("/adapters")) and "请系统管理员在这一页检验" in words(officer.get(page))
    assert officer.get(f"{page}/certificate").status_code == 404
    assert admin.post(f"{page}/certify").status_code == 302 and "正在检验" in words(officer.get(page))
    drain(app)
    for client in (admin, officer, log_in(app, DECIDER)):
        assert "没有未通过的" in words(client.get(page)) and client.get(f"{page}/certificate").get_data().startswith(b"%PDF-")
    assert "检验通过" in words(admin.get("/adapters")) and officer.post(f"{page}/certify").status_code == 403


def test_an_administrator_sees_the_program_and_nothing_of_a_county(app: Flask, session: Session, world: World, clock: StandingClock,
                                                                   release: AdapterRelease):
    adapter_health.failed(session, release, Failure("timeout", "适配器处理数据超时"), area_path=world.areas["county"].path,
                          actor="任务", now=clock.now())
    session.commit()
    said = words(log_in(app, ADMIN).get(f"/adapters/{release.ref}"))
    assert release.digest in said and "适配器处理数据超时" in said
    for word in ("报送和去向", "得出的预警", "常设批准", "修改设置", "最近的故障"):
        assert word not in said


def test_an_administrator_opens_an_outlet_to_certify_it(app: Flask, session: Session, world: World, clock: StandingClock):
    installed = distributions.find("fanpin-outlet-national-system")
    adapters.refresh(session, [run.declared(installed)], now=clock.now())
    session.commit()
    row = session.scalars(select(AdapterRelease)).one()
    said = words(log_in(app, ADMIN).get(f"/adapters/{row.ref}"))
    assert row.digest in said and "检验" in said
    assert log_in(app, ANALYST).get(f"/adapters/{row.ref}").location.endswith(f"/outlets/{row.ref}")


def test_failures_are_told_in_a_sentence_and_a_breach_is_marked(app: Flask, session: Session, world: World,
                                                                clock: StandingClock, release: AdapterRelease):
    adapter_health.failed(session, release, Failure("stranger", "适配器答复了没有询问的对象，整批退回", security=True),
                          area_path=world.areas["county"].path, actor="任务", now=clock.now())
    session.commit()
    said = words(log_in(app, OFFICER).get(f"/adapters/{release.ref}"))
    assert "答复了没有询问的对象" in said and "越界" in said and "暂停调用" in said


def test_a_refused_adapter_says_why_and_offers_nothing(app: Flask, session: Session, release: AdapterRelease):
    release.problems, release.manifest = ["“机动车”由公安部门提供"], {}
    session.commit()
    said = words(log_in(app, ANALYST).get(f"/adapters/{release.ref}"))
    assert "“机动车”由公安部门提供" in said and "用样表试一试" not in said
    assert log_in(app, ANALYST).get(f"/adapters/{release.ref}/template").status_code == 404


def test_the_pages_cost_no_more_with_more_rows(app: Flask, session: Session, world: World, clock: StandingClock,
                                               release: AdapterRelease):
    client, costs = log_in(app, ANALYST), []
    for turn in "ab":
        with statements() as asked:
            client.get("/adapters")
            client.get(f"/adapters/{release.ref}")
        costs.append(len(asked))
        for number in range(8):
            session.add(AdapterRelease(name=f"fanpin-{turn}{number}", distribution="x", version="1", digest="f" * 64,
                                       department="health", first_seen=clock.now(), last_seen=clock.now()))
            adapter_health.failed(session, release, Failure("timeout", "超时"), area_path=world.areas["county"].path,
                                  actor="任务", now=clock.now())
        session.commit()
    assert costs[0] == costs[1]
    assert adapters.present_releases(session)
