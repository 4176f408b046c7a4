"""六 on the screen: each level's leading group works through its own pages, and everybody due is told on the desk."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.leading_groups import JointMeeting, MeetingDecision
from fanpin.models.staff import ResponsiblePerson, Training, TrainingAttendance, WorkPlan
from fanpin.models.supervision import ConductFinding, SupervisionTask
from fanpin.models.users import User
from fanpin.rules.oversight import TaskState
from tests.conftest import StandingClock
from tests.later import a_helped_case
from tests.stationery import PLAN
from tests.world import World, log_in

MEETING = {"title": "三月联席会议", "held_on": "2026-03-02", "place": "县政府", "host": "测组长", "period_from": "2026-02-01",
           "period_to": "2026-02-28"}
TASK = {"kind": "guide", "title": "春季督导", "content": "核对逾期", "due_on": "2026-03-10", "areas": ["530628000000"]}


def words(answer) -> str:
    return answer.get_data(as_text=True)


def one(session: Session, model: type):
    session.rollback()
    return session.scalars(select(model)).one()


def test_the_county_meets_records_decides_and_follows_up(app: Flask, world: World, session: Session):
    client = log_in(app, "xian.ban")
    client.post("/leading-group/new", data={"post": "head", "name": "测组长", "unit": "县委书记", "since": "2026-01-01",
                                            "document": "彝任〔2026〕1号"})
    assert "测组长" in words(client.get("/leading-group"))
    client.post("/meetings/new", data=MEETING)
    meeting = one(session, JointMeeting)
    page = words(client.get(f"/meetings/{meeting.ref}"))
    assert "一、部门答复和县级决定" in page and "还没有登记会议记录" in page
    form = words(client.get(f"/meetings/{meeting.ref}/minutes"))
    member = form.split('name="present"')[1].split('value="')[1][:14]
    client.post(f"/meetings/{meeting.ref}/minutes", data={"present": [member], "others": "县民政局李某", "minutes": "研究了数据共享。"})
    client.post(f"/meetings/{meeting.ref}/decide", data={"content": "民政部门按月更新", "unit": "县民政局", "due_on": "2026-03-09"})
    decision = one(session, MeetingDecision)
    printed = words(client.get(f"/meetings/{meeting.ref}/print"))
    assert "测组长（县委书记）、县民政局李某" in printed and "民政部门按月更新" in printed and "研究了数据共享" in printed
    assert "落实联席会议决定事项" in words(log_in(app, "ling.dao").get("/"))
    client.post(f"/decisions/{decision.ref}", data={"progress": "已更新", "done_on": "2026-03-02"})
    assert "落实联席会议决定事项" not in words(log_in(app, "ling.dao").get("/"))
    assert log_in(app, "zhou.shi").get(f"/meetings/{meeting.ref}").status_code == 200
    assert log_in(app, "zhou.shi").get(f"/meetings/{meeting.ref}/minutes").status_code == 404
    assert log_in(app, "wai.xian").get(f"/meetings/{meeting.ref}").status_code == 404


def test_a_task_goes_down_and_its_reply_comes_up_late_on_both_desks(
        app: Flask, world: World, session: Session, clock: StandingClock):
    prefecture = log_in(app, "zhou.shi")
    prefecture.post("/tasks/new", data=TASK)
    task = one(session, SupervisionTask)
    assert "回复督导、督查、调度任务" in words(log_in(app, "xian.ban").get("/"))
    assert "回复督导、督查、调度任务" not in words(log_in(app, "wai.xian").get("/"))
    assert "催办逾期没有回复的任务" not in words(prefecture.get("/"))
    clock.move(days=10)
    assert "催办逾期没有回复的任务" in words(log_in(app, "zhou.shi").get("/"))
    county = log_in(app, "xian.ban")
    assert "逾期" in words(county.get("/"))
    answer = county.post(f"/tasks/{task.ref}/reply", data={"text": " "})
    assert answer.status_code == 422 and "请填写回复" in words(answer)
    county.post(f"/tasks/{task.ref}/reply", data={"text": "已核对逾期"})
    prefecture = log_in(app, "zhou.shi")
    assert "认可或退回任务回复" in words(prefecture.get("/"))
    answer = prefecture.post(f"/tasks/{task.ref}/judge", data={"verdict": "return", "opinion": "缺名单", "due_on": ""})
    assert answer.status_code == 422 and "请填写新的回复期限" in words(answer) and "缺名单" in words(answer)
    prefecture.post(f"/tasks/{task.ref}/judge", data={"verdict": "accept", "opinion": "", "due_on": ""})
    assert one(session, SupervisionTask).state is TaskState.ACCEPTED
    assert "已认可" in words(log_in(app, "xian.ban").get("/tasks"))


def test_the_county_moves_its_townships(app: Flask, world: World, session: Session):
    client = log_in(app, "ling.dao")
    assert "洛泽河镇" in words(client.get("/tasks/new")) and "镇雄县" not in words(client.get("/tasks/new"))
    answer = client.post("/tasks/new", data=TASK)
    assert answer.status_code == 422 and "请从给出的选项中选择" in words(answer)
    client.post("/tasks/new", data=TASK | {"areas": ["530628102000"]})
    assert "春季督导" in words(log_in(app, "xiang.gan").get("/"))


def test_responsible_persons_stand_on_the_board_and_empty_seats_on_the_desk(app: Flask, world: World, session: Session):
    client = log_in(app, "xian.ban")
    assert "登记责任人（5）" in words(client.get("/"))
    client.post("/responsible/new", data={"area": "530628000000", "kind": "first_party", "name": "测书记", "post": "县委书记",
                                          "since": "2026-01-01", "document": "彝任〔2026〕1号"})
    assert one(session, ResponsiblePerson).name == "测书记"
    assert "登记责任人（4）" in words(client.get("/"))
    assert "测书记（县委书记）" in words(log_in(app, "zhou.shi").get("/oversight?area=530628000000"))
    assert "测书记" in words(client.get("/responsible"))
    answer = client.post("/responsible/new", data={"area": "530628000000", "kind": "direct_party", "name": "x", "post": "x",
                                                   "since": "2026-01-01", "document": "x"})
    assert answer.status_code == 422 and "登记在乡（镇）" in words(answer)
    assert log_in(app, "xiang.zhang").get("/responsible").status_code == 200


def test_training_names_whoever_did_not_come(app: Flask, world: World, session: Session):
    client = log_in(app, "ling.dao")
    assert "人今年还没有参加培训" in words(client.get("/"))
    client.post("/training/new", data={"title": "政策培训", "held_on": "2026-03-01", "trainer": "测讲师", "content": "识别程序"})
    training = one(session, Training)
    analyst, cadre = (session.scalars(select(User.ref).where(User.username == name)).one() for name in ("xian.ban", "cun.gan"))
    page = words(client.get(f"/training/{training.ref}"))
    assert "赵县办" in page and "周村干" not in page
    client.post(f"/training/{training.ref}", data={"area": "530628000000", "came": [analyst]})
    assert "周村干" in words(client.get(f"/training/{training.ref}?area=530628102000"))
    client.post(f"/training/{training.ref}", data={"area": "530628102000", "came": [cadre]})
    session.rollback()
    assert len(session.scalars(select(TrainingAttendance)).all()) == 2
    page = words(client.get("/training"))
    assert "李乡干" in page and "周村干" not in page and "沈系统" not in page


def test_a_plan_that_is_missing_is_due_until_it_is_published(app: Flask, world: World, session: Session):
    for username in ("sheng.ban", "zhou.shi", "xian.ban", "xiang.zhang"):
        assert "2026年工作方案还没有发布" in words(log_in(app, username).get("/")), username
    client = log_in(app, "zhou.shi")
    client.post("/plans/new", data=PLAN | {"year": "2026", "published_on": "2026-03-02"})
    plan = one(session, WorkPlan)
    assert "2026年工作方案还没有发布" not in words(client.get("/"))
    assert "按月研判，按程序识别" in words(client.get(f"/plans/{plan.ref}")) and "彝良县" in words(client.get("/plans"))
    assert "已填入2026年第1版的内容" in words(client.get("/plans/new"))
    assert log_in(app, "xian.ban").get(f"/plans/{plan.ref}").status_code == 404


def test_a_hand_over_needs_two_administrators(app: Flask, world: World, session: Session):
    client = log_in(app, "xian.ban")
    page = words(client.get("/administrators/hand-over"))
    assert "沈系统" in page and "赵县办（" not in page
    refs = {name: session.scalars(select(User.ref).where(User.username == name)).one() for name in ("xi.tong", "an.quan")}
    given = {"role": "system_admin", "giver": refs["xi.tong"], "taker": refs["an.quan"], "handed_on": "2026-03-02", "items": "账号",
             "witness": "钱领导"}
    answer = client.post("/administrators/hand-over", data=given)
    assert answer.status_code == 422 and "没有担任过" in words(answer)
    assert "沈系统" in words(client.get("/administrators"))


def test_what_an_inspector_finds_waits_on_the_county_s_desk(app: Flask, world: World, session: Session):
    client = log_in(app, "jian.cha")
    given = {"area": "530628102000", "kind": "falsification", "source": "audit", "found_on": "2026-03-01", "facts": "走访记录不实",
             "unit": "洛泽河镇", "consequence": "deduct", "demanded": "扣分", "document": "测审〔2026〕1号", "due_on": "2026-03-31"}
    assert client.post("/conduct/new", data=given | {"area": "530627000000"}).status_code == 422
    client.post("/conduct/new", data=given)
    finding = one(session, ConductFinding)
    assert "处理弄虚作假、失职失责问题" in words(log_in(app, "ling.dao").get("/"))
    client = log_in(app, "xian.ban")
    client.post(f"/conduct/{finding.ref}", data={"result": "已扣分通报", "done_on": "2026-03-02"})
    assert "已扣分通报" in words(log_in(app, "jian.cha").get("/conduct"))
    assert "已办结1件" in words(client.get("/figures"))


def test_figures_are_printed_and_small_ones_hidden_from_the_province(
        app: Flask, world: World, session: Session, clock: StandingClock):
    a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True, days_ago=5)
    session.commit()
    assert "1户" in words(log_in(app, "xian.ban").get("/figures")) and "打印本页" in words(log_in(app, "xian.ban").get("/figures/print"))
    page = words(log_in(app, "sheng.ban").get("/figures"))
    assert "少于5户" in page and "1户" not in page
    assert "2025年考核数据" in words(log_in(app, "xian.ban").get("/figures?year=2025"))
    assert "2026年考核数据" in words(log_in(app, "xian.ban").get("/figures?year=1066"))


@pytest.mark.parametrize("path", ["/oversight", "/figures", "/responsible", "/plans", "/conduct", "/meetings", "/administrators"])
def test_nobody_looks_beyond_the_own_area(app: Flask, world: World, path: str):
    page = words(log_in(app, "xian.ban").get(path, query_string={"area": "530627000000"}))
    assert "彝良县" in page and "镇雄县" not in page
    assert "镇雄县" in words(log_in(app, "zhou.shi").get(path, query_string={"area": "530627000000"}))


def test_the_village_has_no_part_in_it(app: Flask, world: World):
    for path in ("/oversight", "/tasks", "/meetings", "/figures", "/training", "/plans", "/conduct"):
        assert log_in(app, "cun.gan").get(path).status_code == 403
    assert "督导" not in words(log_in(app, "cun.gan").get("/"))
