"""三(一) 群众自主申报: open all year, by any way, kept as told; accepted by the county, merged, answered; guidance."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.audit import AuditEvent
from fanpin.models.leads import Guidance, Lead
from fanpin.rules.intake import Channel, DifficultyCategory, LeadSource, LeadStatus
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted
from fanpin.steps import intake, paper_data
from tests.builders import a_household, an_id
from tests.conftest import StandingClock
from tests.world import World

WORDS = "  我妻子住院花了两万多，\n家里周转不开。"
TOLD = intake.Declaration(LeadSource.DECLARATION, "测试㬹", WORDS, date(2026, 1, 1), channel=Channel.SPOKEN)
PLATFORMS = [channel for channel in Channel if channel.is_platform]


def take_down(session: Session, world: World, clock: StandingClock, declaration: intake.Declaration = TOLD, *,
              who: str = "cun.gan", place: str = "group1") -> Lead:
    lead = intake.register(session, world.areas[place], declaration, actor=world.actors[who], now=clock.now(),
                           today=clock.today())
    session.flush()
    return lead


def accept(session: Session, world: World, clock: StandingClock, lead: Lead, who: str = "xian.ban") -> None:
    intake.accept(session, lead, actor=world.actors[who], now=clock.now())


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 2, 17), date(2026, 5, 31), date(2026, 12, 31), date(2031, 7, 1)])
@pytest.mark.parametrize("channel", PLATFORMS)
def test_each_platform_is_open_on_every_day_of_every_year(session: Session, world: World, clock: StandingClock,
                                                          channel: Channel, day: date) -> None:
    clock.set(day)
    lead = take_down(session, world, clock, replace(TOLD, channel=channel, platform_number="YS1", declared_on=day))
    assert (lead.status, lead.channel, lead.platform_number) == (LeadStatus.RECEIVED, channel, "YS1")


def test_what_a_platform_sends_bears_its_number_and_what_is_told_needs_none(
        session: Session, world: World, clock: StandingClock) -> None:
    for channel in PLATFORMS:
        with pytest.raises(Invalid) as refused:
            take_down(session, world, clock, replace(TOLD, channel=channel, platform_number=" "))
        assert set(refused.value.problems) == {"platform_number"}
    for channel in (Channel.SPOKEN, Channel.PAPER):
        assert take_down(session, world, clock, replace(TOLD, channel=channel)).platform_number == ""


def test_somebody_else_may_declare_for_a_household(session: Session, world: World, clock: StandingClock) -> None:
    lead = take_down(session, world, clock, replace(
        TOLD, reporter="测试邻居", reporter_relation="邻居", platform_number="YS2", channel=Channel.PROVINCE))
    assert (lead.reporter, lead.reporter_relation, lead.platform_number) == ("测试邻居", "邻居", "YS2")


def test_every_mistake_of_a_declaration_is_named_at_once(session: Session, world: World, clock: StandingClock) -> None:
    with pytest.raises(Invalid) as refused:
        take_down(session, world, clock, replace(TOLD, channel=None, head_name="1", statement=" ", head_id_number="53062819"))
    assert set(refused.value.problems) == {"channel", "head_name", "statement", "head_id_number"}
    with pytest.raises(Invalid, match="不能晚于今天"):
        take_down(session, world, clock, replace(TOLD, declared_on=date(2026, 3, 3)))
    with pytest.raises(Invalid) as refused:
        take_down(session, world, clock, replace(TOLD, source=LeadSource.PETITION))
    assert set(refused.value.problems) == {"channel"}


def test_only_the_county_accepts_and_only_once(session: Session, world: World, clock: StandingClock) -> None:
    lead = take_down(session, world, clock)
    for who in ("cun.gan", "xiang.gan", "xian.zhang", "wai.xian"):
        with pytest.raises(NotPermitted):
            accept(session, world, clock, lead, who)
    accept(session, world, clock, lead)
    assert (lead.status, lead.accepted_by, lead.accepted_at) == (LeadStatus.ACCEPTED, "赵县办", clock.now())
    with pytest.raises(NotAllowedHere, match="已受理"):
        accept(session, world, clock, lead)


def test_the_clock_of_acceptance_counts_working_days_from_the_registration(
        session: Session, world: World, clock: StandingClock) -> None:
    clock.set(date(2026, 3, 6))
    lead = take_down(session, world, clock)
    sheet = paper_data.assemble(session, "lead", lead=lead, actor=world.actors["cun.gan"], now=clock.now(), today=clock.today())
    assert (sheet.received_on, sheet.accept_due_on) == (date(2026, 3, 6), date(2026, 3, 10))


def test_many_leads_join_one_household_and_each_stays_as_it_was_told(
        session: Session, world: World, clock: StandingClock) -> None:
    household = a_household(session, world, now=clock.now(), today=clock.today())
    first = take_down(session, world, clock, replace(
        TOLD, phone="13900000000", head_id_number=an_id(date(1976, 5, 1)), categories=(DifficultyCategory.MEDICAL,)))
    second = take_down(session, world, clock, intake.Declaration(
        LeadSource.PETITION, "测试㬹", "信访反映其家庭困难", date(2026, 2, 1)), place="village")
    kept = [name for name in Lead.__table__.columns.keys() if name not in (
        "status", "household_id", "accepted_by", "accepted_at", "closed_at", "outcome", "version")]
    before = [{name: getattr(lead, name) for name in kept} for lead in (first, second)]
    for lead in (first, second):
        accept(session, world, clock, lead)
        intake.merge(session, lead, household, actor=world.actors["xian.ban"], now=clock.now())
    assert list(intake.merged_leads(session, household.id)) == [first, second]
    intake.close(session, second, outcome="已并案办理", actor=world.actors["xian.ban"], now=clock.now())
    session.flush()
    session.expire_all()
    assert [{name: getattr(lead, name) for name in kept} for lead in (first, second)] == before
    assert first.statement == WORDS
    assert list(intake.merged_leads(session, household.id)) == [first]


def test_a_lead_is_merged_after_it_was_accepted_and_within_the_county(
        session: Session, world: World, clock: StandingClock) -> None:
    household = a_household(session, world, now=clock.now(), today=clock.today())
    lead = take_down(session, world, clock)
    analyst = world.actors["xian.ban"]
    with pytest.raises(NotAllowedHere, match="待受理"):
        intake.merge(session, lead, household, actor=analyst, now=clock.now())
    accept(session, world, clock, lead)
    with pytest.raises(NotPermitted):
        intake.merge(session, lead, household, actor=world.actors["wai.xian"], now=clock.now())
    household.area_path = world.areas["other_group"].path
    with pytest.raises(NotPermitted):
        intake.merge(session, lead, household, actor=analyst, now=clock.now())
    assert lead.household_id is None


def test_a_lead_ends_with_what_was_answered(session: Session, world: World, clock: StandingClock) -> None:
    analyst = world.actors["xian.ban"]
    solved, passed_on = take_down(session, world, clock), take_down(session, world, clock)
    with pytest.raises(NotAllowedHere):
        intake.close(session, solved, outcome="已答复", actor=analyst, now=clock.now())
    for lead in (solved, passed_on):
        accept(session, world, clock, lead)
    with pytest.raises(Invalid):
        intake.close(session, solved, outcome=" ", actor=analyst, now=clock.now())
    intake.close(session, solved, outcome="已由临时救助解决，已电话答复", actor=analyst, now=clock.now())
    intake.close(session, passed_on, outcome="转医保部门", actor=analyst, now=clock.now(), referred=True)
    assert (solved.status, passed_on.status) == (LeadStatus.CLOSED, LeadStatus.REFERRED)
    assert solved.closed_at == clock.now()
    with pytest.raises(NotAllowedHere, match="已办结"):
        intake.close(session, solved, outcome="再答复", actor=analyst, now=clock.now())


def test_it_is_kept_who_was_shown_which_platform(session: Session, world: World, clock: StandingClock) -> None:
    village, actor = world.areas["village"], world.actors["zu.zhang"]
    row = intake.guide(session, world.areas["group1"], person="测试老人", channel=Channel.NATIONAL_APP, given_on=clock.today(),
                       actor=actor, now=clock.now(), today=clock.today())
    session.flush()
    kept = session.scalars(select(Guidance)).one()
    assert (kept, kept.person, kept.channel, kept.given_on, kept.given_by) == (
        row, "测试老人", Channel.NATIONAL_APP, clock.today(), "郑组长")
    event = session.scalars(select(AuditEvent).where(AuditEvent.tag == "intake.guide")).one()
    assert event.stream == audit.user_stream(actor.user_id)
    for wrong in ({"channel": Channel.PAPER}, {"channel": Channel.SPOKEN}, {"person": " "}, {"given_on": date(2026, 3, 3)}):
        values = {"person": "测试老人", "channel": Channel.PROVINCE, "given_on": clock.today()} | wrong
        with pytest.raises(Invalid):
            intake.guide(session, village, actor=world.actors["cun.gan"], now=clock.now(), today=clock.today(), **values)


def test_a_neighbouring_village_takes_nothing_down_here(session: Session, world: World, clock: StandingClock) -> None:
    for who in ("lin.cun", "wai.cun", "wai.xian", "ling.dao", "xi.tong"):
        with pytest.raises(NotPermitted):
            take_down(session, world, clock, who=who)
