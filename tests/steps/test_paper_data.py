"""Every paper of the catalogue filled from led cases; who may, when not yet, what the public sees; one printed."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import crypto
from fanpin.documents.catalogue import PAPERS, from_json, to_json
from fanpin.documents.papers_common import PublicHousehold
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.households import Household, Member
from fanpin.models.papers import Paper
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.members import Relation
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted
from fanpin.steps import paper_data, papers, survey
from fanpin.steps.paper_values import CHILD_HEAD, public_name, village_name
from fanpin.worker import drain
from tests.builders import a_case, a_visit
from tests.conftest import TODAY, StandingClock
from tests.steps.led import HEADS, LINE, NOT_SIGNED, REPORTER, Guide, Led, founded
from tests.world import World

ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
ISSUERS = {"village": "洛泽河镇洛泽河村民委员会", "township": "洛泽河镇人民政府", "county": "彝良县农业农村局", "department": "彝良县公安部门"}
NO_GLYPH = "\U0003134a"


@pytest.fixture(scope="module")
def led(tmp_path_factory: pytest.TempPathFactory, keyring: crypto.Keyring) -> Iterator[Led]:
    """Lead three households once for all tests that only read what was filled."""
    with founded(tmp_path_factory.mktemp("led"), keyring) as app:
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        yield Guide(session, app.config["FANPIN_SETTINGS"].files_dir).walk()


def texts(data: object) -> Iterator[str]:
    """Give every text in the data of a paper."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, tuple):
        for item in data:
            yield from texts(item)
    elif is_dataclass(data):
        for row in fields(data):
            yield from texts(getattr(data, row.name))


def all_of(data: object) -> str:
    """Join every text of a paper."""
    return "\n".join(texts(data))


@pytest.mark.parametrize("code", PAPERS)
def test_every_paper_is_filled_from_a_led_case_and_keeps_its_data(code: str, led: Led) -> None:
    assert isinstance(led.data[code], PAPERS[code].data)
    assert from_json(code, to_json(led.data[code])) == led.data[code]
    assert from_json(code, led.issued[code].data) == led.data[code]


@pytest.mark.parametrize("code", [code for code, kind in PAPERS.items() if kind.seal is not None])
def test_a_sealed_paper_names_its_issuer_in_full(code: str, led: Led) -> None:
    assert led.data[code].issuer == led.issued[code].issuer == ISSUERS[PAPERS[code].issuer.value]


@pytest.mark.parametrize("code", PAPERS)
def test_numbers_of_persons_stand_on_the_households_own_forms_only(code: str, led: Led) -> None:
    assert bool(ID_NUMBER.search(all_of(led.data[code]))) is (code in ("application", "lead", "warning_sheet", "inquiry_letter", "collection"))


@pytest.mark.parametrize("code", [code for code, kind in PAPERS.items() if kind.public and kind.columns])
def test_a_public_paper_shows_titles_and_names_only(code: str, led: Led) -> None:
    rows = led.data[code].households
    assert rows and all(isinstance(row, PublicHousehold) for row in rows)
    assert rows[0] == PublicHousehold(group="第一村民小组", head_name=HEADS[0], size=3, household_class="脱贫不稳定户",
                                      measures=("健康帮扶", "就业帮扶"))
    assert not re.search("因病|大病|小花|阿依", all_of(led.data[code]))


@pytest.mark.parametrize("code", [code for code, kind in PAPERS.items() if kind.public])
def test_a_public_paper_holds_nothing_that_was_said_or_found_about_anybody(code: str, led: Led) -> None:
    said = all_of(led.data[code])
    for word in ("13900000000", "两万多", "2.6万元", "大病", "小花", "古丽", "门面房", "小汽车", REPORTER, "QG2026", "YS2026", "因病"):
        assert word not in said, word
    assert not ID_NUMBER.search(said)


def test_the_reply_tells_the_township_whom_the_county_refused_and_why(led: Led) -> None:
    assert [(row.head_name, row.reason) for row in led.data["county_reply"].refusals] == [(HEADS[2], "家庭情况不符合条件")]


def test_the_declarations_sheet_says_who_raised_it_where_and_what_became_of_it(led: Led) -> None:
    sheet = led.data["lead"]
    assert (sheet.mode, sheet.accepted, sheet.outcome) == ("本人申报", "", "") and len(sheet.area_code) == 12


def test_a_notice_counts_from_today_until_it_hangs(led: Led) -> None:
    before, after = led.data["notice before posting"], led.data["notice_in"]
    assert (before.first_day, before.last_day) == (date(2026, 3, 4), date(2026, 3, 10))
    assert (after.first_day, after.last_day) == (date(2026, 3, 9), date(2026, 3, 13))
    assert (before.places, after.places) == (("第一村民小组公开场所",), ("第一村民小组公开栏",))
    assert [(day.on.day, day.why) for day in after.skipped] == [(7, "周末"), (8, "周末")]
    assert (after.line, after.line_year) == (LINE, 2025)


def test_an_office_without_a_registered_number_says_so(led: Led) -> None:
    assert [(row.unit, row.phone) for row in led.data["notice_in"].contacts] == [
        ("洛泽河镇洛泽河村民委员会", "0870-5550001"), ("洛泽河镇人民政府", "（请登记公布电话）"), ("彝良县农业农村局", "0870-5550003"),
        ("全国咨询服务电话", "12317")]


def test_the_application_is_blank_before_and_dated_after_signing(led: Led) -> None:
    before, after = led.data["application before signing"], led.data["application"]
    assert before.reason == "医疗支出较大" and after.reason == "妻子患大病，自付费用多"
    assert [member.signed_on for member in before.members] == [None, None, None]
    assert [member.signed_on is not None for member in after.members] == [True, True, False]
    assert before.valid_until == date(2028, 3, 3) and len(before.classes) == 14


def test_the_survey_bears_the_account_and_the_line_as_a_reference(led: Led) -> None:
    sheet = led.data["survey"]
    amounts = {row.title: row.amount for row in sheet.income}
    assert amounts["工资性收入"] == 1_800_000 and amounts["生产经营性支出"] == -200_000
    assert (sheet.income_per_head, sheet.line, sheet.line_year) == (813_333, LINE, 2025)
    assert [row.value for row in sheet.items if not row.value] == []


def test_the_joint_review_shows_answers_the_hit_and_who_was_not_asked(led: Led) -> None:
    sheet = led.data["joint_review"]
    answers = {row.department: row for row in sheet.answers}
    assert len(answers) == 16 and all(row.signed_on for row in sheet.answers)
    assert "机动车（测试特殊）：小型载客汽车（非营运）" in answers["公安部门"].answer
    assert answers["教育部门"].answer == "登记范围内未查到" and answers["教育部门"].scope == "本县登记范围，2人"
    assert sheet.unasked == (f"{NOT_SIGNED}（村里核实：在外务工，村里了解没有公职）",)
    assert (sheet.hits[0].circumstance, sheet.hits[0].title) == (3, "购买了消费型汽车的")
    assert sheet.opinion == "联审询问的16个部门全部答复并签字。命中附件2情形1项，已逐项核实处理。"


def test_a_special_case_tells_what_was_verified_and_how_villagers_were_told(led: Led) -> None:
    told = led.data["special_case"]
    assert (told.circumstance, told.explained_on, told.explained_how) == (3, date(2026, 3, 10), "户主会，村委会")
    assert (told.facts[0].by, told.facts[0].finding) == ("王核实", "现场查看，车辆不能行驶。")


def test_the_letter_gives_reasons_in_the_policys_words_and_is_tied_to_its_decision(led: Led) -> None:
    assert led.data["not_included"].reasons == ("家庭情况不符合条件", "附件2 第三项：购买了消费型汽车的。")
    assert led.letter_id == led.issued["not_included"].id


def test_the_reply_answers_the_townships_report(led: Led) -> None:
    reply = led.data["county_reply"]
    assert [row.head_name for row in reply.households] == [HEADS[0], HEADS[1]] and reply.refused == 1
    assert {row.lead_department for row in reply.households} == {"农业农村部门"}
    assert reply.request_number == led.issued["township_report"].number and len(reply.departments) == 15
    assert reply.entry_due_on is not None
    assert reply.responsible == ("第一责任人（县党委主要负责人）测书记",)


def test_the_village_report_cites_the_notice_as_it_was_numbered(led: Led) -> None:
    report = led.data["village_report"]
    assert report.leaving and report.committee_on is None
    assert report.notice_number == led.issued["notice_out"].number


def test_papers_of_the_way_out_know_the_way_in(led: Led) -> None:
    assert led.data["review_sheet"].included_on == led.data["county_reply"].decided_on
    assert led.data["exit_consent"].risks_resolved == ("因病",)
    assert "健康帮扶：大病救治和医疗救助（符合条件的，按规定期限继续）" in led.data["exit_consent"].continuing
    assert led.data["marking_list"].responsible == ("第一责任人（县党委主要负责人）测书记",)
    marked = led.data["marking_list"].households[0]
    assert (marked.national_number, marked.reply_number) == ("QG2026-000001", "彝防返贫〔2026〕消1号")


def test_what_is_offered_follows_the_stage_in_few_statements(led: Led) -> None:
    assert led.offered == {
        ("case", "entering", "survey"): ("leaflet", "application", "survey", "collection"),
        ("village_list", "entering", "publicity"): ("minutes", "sign_in", "committee_record", "notice_in", "notice_record",
                                                    "village_report"),
        ("case", "entering", "county"): ("application", "survey", "collection", "joint_review", "special_case",
                                         "measures_plan"),
        ("village_list", "entering", "assistance"): ("county_reply", "announcement", "measures_notice"),
        ("case", "entering", "review"): ("collection", "measures_plan", "measures_notice", "visit_record", "measures_done",
                                         "elimination_sheet", "review_sheet", "exit_consent"),
    }
    assert max(led.statements) <= 3


def test_nobody_reads_on_a_paper_who_objected(led: Led) -> None:
    assert led.data["objection_sheet"].upheld == "不属实" and led.data["objection_sheet"].investigators == "王核实、李核实"
    assert [row.result for row in led.data["notice_record"].objections] == ["不属实"]
    assert [code for code, data in led.data.items() if REPORTER in all_of(data)] == []


def test_a_department_is_asked_by_name_on_a_ground_and_answers_person_by_person(led: Led) -> None:
    letter, result = led.data["inquiry_letter"], led.data["inquiry_result"]
    assert letter.to == result.issuer == "彝良县公安部门" and [row.head_name for row in letter.households] == [*HEADS]
    named = {person.name: person.ground for row in letter.households for person in row.persons}
    assert NOT_SIGNED not in named and named[HEADS[1]].endswith("签署授权承诺书")
    hits = [(answer.person, answer.content) for row in result.households for answer in row.answers if answer.result == "查到登记"]
    assert (HEADS[1], "小型载客汽车（非营运） 轻型多用途货车") in hits and result.unsigned == 0
    assert led.issued["inquiry_letter"].area_path.count("/") == 4


def test_the_committees_record_names_measures_for_every_person(led: Led) -> None:
    studied = led.data["committee_record"].households
    assert [row.head_name for row in studied] == [*HEADS] and all(len(row.persons) >= 3 for row in studied)
    assert led.data["sign_in"].groups[0].group == "第一村民小组"


def test_a_notices_record_proves_every_place(led: Led) -> None:
    places = led.data["notice_record"].places
    assert [row.posted_on is not None for row in places] == [True, True] and places[1].evidence


def test_a_childs_name_is_never_public() -> None:
    child = Member(name="测试小户主", relation=Relation.HEAD, born_on=date(2012, 1, 1), schooling="")
    grandmother = Member(name="测试祖母", relation=Relation.GRANDMOTHER, born_on=date(1950, 1, 1), schooling="")
    assert public_name(Household(head_name="测试小户主", members=[child, grandmother]), TODAY) == "测试祖母"
    assert public_name(Household(head_name="测试小户主", members=[child]), TODAY) == CHILD_HEAD
    unknown = Member(name="测试学生", relation=Relation.HEAD, born_on=None, schooling="primary")
    assert public_name(Household(head_name="测试学生", members=[unknown]), TODAY) == CHILD_HEAD


@pytest.mark.parametrize(("registered", "spoken"), [
    ("洛泽河村民委员会", "洛泽河村"), ("木树朗村村民委员会", "木树朗村"), ("白邑村委会", "白邑村"), ("翠湖西路社区居民委员会", "翠湖西路社区"),
    ("碧溪村民委员会（农村社区）", "碧溪村"), ("和平村", "和平村")])
def test_a_village_is_named_as_people_name_it(registered: str, spoken: str) -> None:
    assert village_name(registered) == spoken


def test_the_survey_prints_grounds_and_marks_of_single_persons(session: Session, world: World, clock: StandingClock) -> None:
    case, actor = a_case(session, world, now=clock.now(), today=TODAY), world.actors["cun.gan"]
    spouse = case.household.members[1]
    visit = replace(a_visit(case, TODAY), grounds={"income_stability": "儿子停工三个月"}, empty_registered=(spouse.id,))
    survey.record(session, case, visit, actor=actor, now=clock.now(), today=TODAY)
    sheet = paper_data.assemble(session, "survey", case=case, actor=actor, now=clock.now(), today=TODAY)
    assert sheet.judgements[0].ground == "儿子停工三个月"
    assert [row.note for row in sheet.members] == ["", "空挂人口", ""]


def surveyed(session: Session, world: World, clock: StandingClock, conclusion: str = "存在返贫风险") -> Case:
    """Write a case whose survey sheet is filled."""
    case = a_case(session, world, now=clock.now(), today=TODAY)
    visit = replace(a_visit(case, TODAY), conclusion=conclusion)
    survey.record(session, case, visit, actor=world.actors["cun.gan"], now=clock.now(), today=TODAY)
    return case


def test_a_paper_whose_ground_is_lacking_says_what_to_do_first(session: Session, world: World, clock: StandingClock) -> None:
    case = a_case(session, world, now=clock.now(), today=TODAY)
    with pytest.raises(NotAllowedHere, match="先入户调查") as refused:
        paper_data.assemble(session, "survey", case=case, actor=world.actors["cun.gan"], now=clock.now(), today=TODAY)
    assert refused.value.clause == "三(三)"
    with pytest.raises(NotAllowedHere, match="不在这一环节"):
        paper_data.assemble(session, "review_sheet", case=case, actor=world.actors["cun.gan"], now=clock.now(), today=TODAY)
    with pytest.raises(NotAllowedHere, match="还没有列入名单"):
        paper_data.assemble(session, "minutes", case=case, actor=world.actors["cun.gan"], now=clock.now(), today=TODAY)
    with pytest.raises(Invalid, match="先选择线索"):
        paper_data.assemble(session, "lead", case=case, actor=world.actors["cun.gan"], now=clock.now(), today=TODAY)


@pytest.mark.parametrize("stranger", ["xian.ban", "lin.cun", "jian.cha", "xi.tong"])
def test_reading_a_case_is_not_enough_to_issue(stranger: str, session: Session, world: World, clock: StandingClock) -> None:
    case = surveyed(session, world, clock)
    with pytest.raises(NotPermitted):
        paper_data.issue(session, "survey", case=case, actor=world.actors[stranger], now=clock.now(), today=TODAY)


def test_a_leaflet_needs_no_case(session: Session, world: World, clock: StandingClock) -> None:
    actor = world.actors["cun.gan"]
    paper = paper_data.issue(session, "leaflet", actor=actor, now=clock.now(), today=TODAY)
    assert paper.area_path == world.areas["village"].path
    assert from_json("leaflet", paper.data).contacts[0].unit == ISSUERS["village"]
    assert paper_data.area_for(session, "lead", actor=actor) is world.areas["county"]


def test_a_paper_bears_the_date_of_shanghai(session: Session, world: World, clock: StandingClock) -> None:
    clock.move(hours=13)
    case = surveyed(session, world, clock)
    paper = paper_data.issue(session, "survey", case=case, actor=world.actors["cun.gan"], now=clock.now(), today=clock.today())
    assert (paper.issued_at.date(), papers.imprint_of(paper).issued_on) == (date(2026, 3, 2), date(2026, 3, 3))


def test_an_issued_paper_is_printed_once_and_served_with_the_name(
        app: Flask, session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    case, actor = surveyed(session, world, clock), world.actors["cun.gan"]
    number = paper_data.issue(session, "survey", case=case, actor=actor, now=clock.now(), today=TODAY).id
    unprintable = surveyed(session, world, clock, conclusion=f"与邻居{NO_GLYPH}家同住")
    refused = paper_data.issue(session, "survey", case=unprintable, actor=actor, now=clock.now(), today=TODAY).id
    session.commit()
    assert drain(app) == 2
    paper, failed = (session.scalars(select(Paper).where(Paper.id == row).execution_options(populate_existing=True)).one()
                     for row in (number, refused))
    assert (paper.state, paper.problem, paper.pages) == ("ready", "", 2)
    file = tmp_path / "paper.pdf"
    file.write_bytes(papers.bytes_of(session, paper, app.config["FANPIN_SETTINGS"].files_dir, actor=actor, now=clock.now()))
    told = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True, timeout=60)
    assert "测试㬹" in told.stdout.decode() and paper.number in told.stdout.decode().replace("\n", "")
    assert failed.state == "failed" and NO_GLYPH in failed.problem and failed.problem.startswith("文书没有打印：字库里没有")
