"""The main job from end to end: one household enters and leaves, every act told in order, every paper there, the trail whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit, crypto
from fanpin.app import create_app
from fanpin.cli.journey import travel
from fanpin.clock import Clock
from fanpin.config import Settings
from fanpin.documents.catalogue import PAPERS
from fanpin.documents.printing import Rendered
from fanpin.extensions import db
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case, CaseAct
from fanpin.models.county import Determination
from fanpin.models.deliberation import MeetingKind, MeetingRecord, VillageList
from fanpin.models.measures import Measure, MeasurePosting, MeasureStatus
from fanpin.models.notices import NoticePlace
from fanpin.models.outbox import OutboxItem
from fanpin.models.papers import Paper
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules import workdays
from fanpin.rules.stages import OPEN, Procedure, Stage
from fanpin.steps import papers
from tests.conftest import TODAY

PAGE = b"%PDF-1.7 test"
STEP = re.compile(r"^ *(\d+)\. (\d{4}-\d{2}-\d{2}) (\S+) +(\S.*?)　(.*)$")
# The acts of 三 to 五 in the policy's order, by the words in which they are told.
ROAD = [
    ("三(一)", "登记群众自主申报"), ("三(一)", "受理并归并到户"), ("三(二)", "提出为重点核查对象"), ("三(二)", "确定为重点核查对象，开始办理"),
    ("三(三)", "入户调查，填写实地调查表"), ("三(三)", "农户签署申请及授权承诺书"), ("三(三)", "提出纳入监测"),
    ("三(四)", "提出名单"), ("三(四)", "把名单向群众公布"), ("三(四)", "村民小组党员和户主评议会议"), ("三(四)", "核实并答复群众意见"),
    ("三(四)", "逐户逐人提出帮扶措施"), ("三(四)", "村“两委”研究会议"), ("三(四)", "村“两委”研究通过，进入公示"), ("三(四)", "制作公示"),
    ("三(四)", "在各村民小组公开场所和政府救助平台公示"), ("三(四)", "公示期满无异议，上报乡镇"),
    ("三(五)", "抽查核实"), ("三(五)", "乡镇专题会议"), ("三(五)", "逐户明确帮扶措施"), ("三(五)", "专题会议审核通过，报县级确定"),
    ("三(六)", "发起部门联审"), ("三(六)", "确定为监测对象"), ("三(六)", "报县领导小组"), ("三(六)", "明确帮扶主责部门：农业农村部门"),
    ("四", "落实帮扶措施"), ("三(六)", "录入全国防返贫监测信息系统"), ("四", "帮扶措施在村内公示"), ("二(一)", "日常监测走访"),
    ("五(一)", "开展帮扶成效评议"), ("五(一)", "村（组）党员群众评议会"), ("五(二)", "农户签署风险消除知情同意书"), ("五(二)", "进入风险消除程序"),
    ("三(三)", "入户调查，填写实地调查表"), ("五(二)", "调查确认，进入公示"), ("三(四)", "制作公示"), ("三(五)", "抽查核实"),
    ("三(六)", "发起部门联审"), ("三(六)", "审定同意风险消除"), ("五(二)", "标注“风险消除”"),
]


@dataclass
class Told:
    """What the journey said, and the application it left behind."""

    app: Flask
    out: Path
    whole: bool = False
    lines: list[str] = field(default_factory=list)

    @property
    def steps(self) -> list[tuple[str, str, str, str]]:
        """List (day, clause, act, who) of every step told."""
        found = [STEP.match(line) for line in self.lines]
        return [match.groups()[1:] for match in found if match]


def _pretend_to_print(app: Flask) -> int:
    """Keep a page for every paper owed, without the press: its own tests show that it prints."""
    with app.app_context():
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        clock: Clock = app.extensions["fanpin.clock"]
        owed = session.scalars(select(OutboxItem).where(
            OutboxItem.kind == "paper.render", OutboxItem.due_at <= clock.now())).all()
        store = app.config["FANPIN_SETTINGS"].files_dir
        for item in owed:
            page = Rendered(pdf=PAGE, digest="sm3:0", pages=1, text="")
            papers.store_printed(session, item.payload["paper"], page, store, now=clock.now())
        session.commit()
        db.session.remove()
        return len(owed)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, keyring: crypto.Keyring) -> Iterator[Told]:
    """Walk the whole way once."""
    folder = tmp_path_factory.mktemp("journey")
    settings = Settings.load({"FANPIN_DATABASE_URL": f"sqlite:///{folder / 'fanpin.sqlite'}",
                              "FANPIN_PASSWORD_PROFILE": "test"}, instance=folder)
    clock = Clock(timedelta(days=(TODAY - Clock().today()).days))
    app = create_app(settings, clock=clock, keyring=keyring)
    (folder / "out").mkdir()
    told = Told(app, folder / "out")
    with app.app_context():
        db.metadata.create_all(db.engine)
    told.whole = travel(app, settings, told.out, today=TODAY, say=told.lines.append,
                        print_papers=_pretend_to_print)
    yield told
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def after(told: Told) -> Iterator[Session]:
    """Look at what the journey left behind."""
    with told.app.app_context():
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        yield session
        db.session.remove()


def test_the_journey_ends_whole_with_every_paper(told: Told) -> None:
    assert told.whole
    names = [file.name for file in told.out.glob("*.pdf")]
    assert len(names) >= 12
    issued = {line.split("文书：")[1].split("（")[0] for line in told.lines if "文书：" in line}
    assert {name.split("-", 1)[1].removesuffix(".pdf") for name in names} == issued
    assert issued <= {paper.title for paper in PAPERS.values()}
    assert "全部完整" in told.lines[-1]


def test_every_act_is_told_in_the_policys_order_with_its_clause_and_who_did_it(told: Told) -> None:
    ahead = iter([(clause, act) for _, clause, act, _ in told.steps])
    for expected in ROAD:
        assert expected in ahead, f"{expected} is not told, or not in its place"
    assert [day for day, *_ in told.steps] == sorted(day for day, *_ in told.steps)
    assert all(re.fullmatch(r".+（.+）", who) for *_, who in told.steps)


def test_every_step_leaves_an_event_of_its_own(told: Told) -> None:
    events = [line.split("审计事件：")[1].split()[0] for line in told.lines if "审计事件：" in line]
    assert len(events) == len(told.steps) == len(set(events))


def test_every_stage_is_visited_and_the_case_ends_eliminated(after: Session) -> None:
    case = after.scalars(select(Case)).one()
    acts = after.scalars(select(CaseAct).order_by(CaseAct.id)).all()
    way = [Stage.SURVEY, *(act.target for act in acts if act.source is not act.target)]
    assert way == [Stage.SURVEY, Stage.DELIBERATION, Stage.PUBLICITY, Stage.TOWNSHIP, Stage.COUNTY, Stage.ASSISTANCE,
                   Stage.REVIEW, Stage.SURVEY, Stage.PUBLICITY, Stage.TOWNSHIP, Stage.COUNTY, Stage.ELIMINATED]
    assert set(OPEN) <= set(way)
    assert (case.stage, case.procedure, case.closed_on) == (Stage.ELIMINATED, Procedure.LEAVING, acts[-1].on)
    assert case.closed_on <= date(2026, 12, 31)


def test_determination_report_lead_measures_and_entry_follow_each_other(after: Session) -> None:
    row = after.scalars(select(Determination).where(Determination.procedure == Procedure.ENTERING)).one()
    begun = after.scalars(select(Measure.started_on).where(Measure.category.is_not(None))).all()
    assert row.decided_on <= row.reported_on <= row.lead_named_on <= min(begun) <= row.entered_on <= row.entry_due_on
    order = {tag: number for number, tag in enumerate(after.scalars(select(AuditEvent.tag).order_by(AuditEvent.id)))}
    tags = ["county.report", "county.assign", "assistance.start", "assistance.enter", "assistance.post"]
    assert [order[tag] for tag in tags] == sorted(order[tag] for tag in tags)


def test_each_notice_hung_five_working_days_before_the_village_reported(after: Session) -> None:
    lists = after.scalars(select(VillageList).order_by(VillageList.id)).all()
    assert [row.procedure for row in lists] == [Procedure.ENTERING, Procedure.LEAVING]
    for row in lists:
        posted = after.scalars(select(NoticePlace.posted_on).where(NoticePlace.area_path.startswith(row.area_path),
                                                                   NoticePlace.posted_on >= row.announced_on,
                                                                   NoticePlace.posted_on <= row.village_report_on)).all()
        period = workdays.period(max(posted), 5, calendar=workdays.NATIONAL, area_code="530628")
        assert period.over_on(row.village_report_on)


def test_the_villagers_met_before_the_committees_and_before_the_way_out(after: Session) -> None:
    kinds = after.scalars(select(MeetingRecord.kind).order_by(MeetingRecord.id)).all()
    assert kinds == [MeetingKind.DELIBERATION, MeetingKind.COMMITTEE, MeetingKind.TOWNSHIP, MeetingKind.REVIEW,
                     MeetingKind.TOWNSHIP]


def test_nobody_both_proposes_and_approves(after: Session) -> None:
    by = {action: {act.actor_id for act in after.scalars(select(CaseAct).where(CaseAct.action == action))}
          for action in ("survey.propose", "publicity.report", "township.submit", "county.determine", "county.assign")}
    proposers, approvers = by["survey.propose"] | by["publicity.report"], by["township.submit"] | by["county.determine"]
    assert not proposers & approvers and not by["township.submit"] & by["county.determine"]


def test_marking_has_ended_the_measures_and_every_chain_verifies(after: Session) -> None:
    assert {row.status for row in after.scalars(select(Measure))} <= {MeasureStatus.STOPPED, MeasureStatus.DONE}
    assert after.scalars(select(MeasurePosting)).all()
    report = audit.verify(after)
    assert report.whole and report.events > 60
    assert not after.scalars(select(Paper).where(Paper.state != "ready")).all()
