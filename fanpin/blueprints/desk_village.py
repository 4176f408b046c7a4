"""What waits in the village, in a group and in the township, from the first sign to the yearly review."""

from datetime import timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fanpin.authorization import may
from fanpin.blueprints import desk_regional, desk_register
from fanpin.blueprints.desk_work import Bench, Group, Item, gist, page_of_case, page_to_propose
from fanpin.blueprints.links import link
from fanpin.clock import legal_date
from fanpin.models.cases import Case
from fanpin.models.county import UnaskedStatement
from fanpin.models.deliberation import ListEntry, Opinion, VillageList
from fanpin.models.households import Household, Member
from fanpin.models.keychecks import KeyCheck
from fanpin.models.leads import Lead
from fanpin.models.measures import Visit
from fanpin.models.notices import Notice, NoticePlace, Objection
from fanpin.models.reviews import ExitConsent, Review, ReviewConclusion
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.surveys import Consent, ConsentSignature
from fanpin.models.warnings import Warning
from fanpin.rules import workdays
from fanpin.rules.actions import Action
from fanpin.rules.intake import KeyCheckStatus, LeadStatus
from fanpin.rules.members import ADULT
from fanpin.rules.sheet import months_before
from fanpin.rules.stages import MONITORED, Stage
from fanpin.steps.review_year import ReviewState, counts, standings

NOTICE_DAYS = 5
_household = joinedload(Case.household)
_sent = and_(Warning.dispatched_at.is_not(None), Warning.verified_at.is_(None))


def village(bench: Bench) -> list[Group]:
    """List the village's work in the order of the procedure."""
    return [
        _warnings(bench, "签收预警", Warning.village_received_at.is_(None), state="sent"),
        _warnings(bench, "入户核实预警", Warning.village_received_at.is_not(None), state="received"),
        *desk_regional.village(bench), *desk_register.questions(bench), rounds(bench), _signs(bench), _surveys(bench), _unlisted(bench), _lists(bench), _opinions(bench), _notices_to_make(bench),
        _places(bench), _downs(bench), _hanging(bench), objections(bench), _statements(bench), visits_due(bench), _reviews_to_record(bench),
        _consents(bench), year(bench)]


def group(bench: Bench) -> list[Group]:
    """List a group cadre's work: places to post at, households to look in on."""
    owed = select(RoundVisit, Household.head_name).join(Household, Household.id == RoundVisit.household_id).where(
        RoundVisit.visited_on.is_(None))
    return [
        _places(bench),
        bench.group("登记排查结果", "三(二)", owed, lambda row: Item(
            f"{row[1]}家", row[0].area_path, url=link("analysis.record_visit", visit=row[0].ref)), oldest=RoundVisit.id,
            url=link("analysis.visits")),
        desk_regional.looks(bench), visits_due(bench)]


def township(bench: Bench) -> list[Group]:
    """List the township's work: warnings to sign for, lists to check, to meet about and to report."""
    return [
        _warnings(bench, "签收预警", Warning.township_received_at.is_(None), state="sent"),
        *desk_regional.township(bench), *desk_register.questions(bench), rounds(bench), _signs(bench), _township_lists(bench), objections(bench), visits_due(bench)]


def _warnings(bench: Bench, title: str, condition: object, *, state: str) -> Group:
    query = select(Warning, Household.head_name).join(Household, Household.id == Warning.household_id).where(_sent, condition)
    return bench.group(title, "三(二)", query, lambda row: Item(
        f"{row[1]}家", row[0].area_path, since=legal_date(row[0].dispatched_at), note=gist(row[0].content),
        url=link("analysis.warnings", state=state)), oldest=Warning.dispatched_at, url=link("analysis.warnings", state=state))


def rounds(bench: Bench) -> Group:
    """List the rounds in which households are still to be seen."""
    owed = (select(func.count()).where(RoundVisit.round_id == Round.id, RoundVisit.visited_on.is_(None))
            .correlate(Round).scalar_subquery())
    return bench.group("完成排查", "三(二)", select(Round, owed).where(owed > 0), lambda row: Item(
        row[0].title, row[0].area_path, since=row[0].starts_on, due=row[0].ends_on, note=f"还差{row[1]}户",
        url=link("analysis.visits", round=row[0].ref)), oldest=Round.ends_on, url=link("analysis.round_list"))


def _signs(bench: Bench) -> Group:
    """List the households with an accepted lead for which nobody has proposed a key check yet."""
    waiting = select(KeyCheck.household_id).where(KeyCheck.status == KeyCheckStatus.PROPOSED)
    busy = select(Case.household_id).where(Case.closed_on.is_(None))
    query = (select(Lead, Household).join(Household, Household.id == Lead.household_id)
             .where(Lead.status == LeadStatus.MERGED, Household.id.not_in(waiting), Household.id.not_in(busy)))
    return bench.group("提出重点核查对象", "三(二)", query, lambda row: Item(
        f"{row[1].head_name}家", row[1].area_path, since=legal_date(row[0].accepted_at), note=gist(row[0].statement),
        url=page_to_propose(bench, row[1].ref)), oldest=Lead.id, url=link("analysis.key_checks"))


def _surveys(bench: Bench) -> Group:
    return bench.group("入户调查", "三(三)", select(Case).where(Case.stage == Stage.SURVEY), lambda case: Item(
        f"{case.household.head_name}家", case.area_path, case.stage_since, bench.due(case.stage_since, "survey_workdays"),
        page_of_case("survey.record", case.ref), case.procedure.title), oldest=Case.stage_since, options=[_household],
        url=link("cases.index", stage=Stage.SURVEY.value))


def _on_open_list() -> object:
    return select(ListEntry.id).where(ListEntry.case_id == Case.id, ListEntry.left_on.is_(None)).exists()


def _unlisted(bench: Bench) -> Group:
    query = select(Case).where(Case.stage.in_((Stage.DELIBERATION, Stage.PUBLICITY)), ~_on_open_list())
    return bench.group("列入村级名单", "三(四)", query, lambda case: Item(
        f"{case.household.head_name}家", case.area_path, case.stage_since, url=link("deliberation.new"),
        note=case.procedure.title), oldest=Case.stage_since, options=[_household], url=link("deliberation.new"))


def _lists_at(stage: Stage) -> object:
    return VillageList.id.in_(select(ListEntry.list_id).join(Case, Case.id == ListEntry.case_id)
                              .where(ListEntry.left_on.is_(None), Case.stage == stage))


def _lists(bench: Bench) -> Group:
    return bench.group("公布名单、评议和“两委”研究", "三(四)", select(VillageList).where(_lists_at(Stage.DELIBERATION)),
                       lambda row: Item(row.number, row.area_path, legal_date(row.opened_at),
                                        url=link("deliberation.show", village_list=row.ref), note=_list_state(row)),
                       oldest=VillageList.opened_at, url=link("deliberation.index"))


def _list_state(row: VillageList) -> str:
    return f"{row.announced_on.month}月{row.announced_on.day}日已公布" if row.announced_on else "还没有向群众公布"


def _opinions(bench: Bench) -> Group:
    return bench.group("核实、答复群众意见", "三(四)", select(Opinion).where(Opinion.answered_on.is_(None)), lambda row: Item(
        row.content.splitlines()[0][:30], row.area_path, row.raised_on, url=link("deliberation.answer", opinion=row.ref)),
        oldest=Opinion.raised_on)


def _notices_to_make(bench: Bench) -> Group:
    has_notice = select(Notice.id).where(Notice.list_id == VillageList.id, Notice.cancelled_on.is_(None)).exists()
    return bench.group("制作公示", "三(四)", select(VillageList).where(_lists_at(Stage.PUBLICITY), ~has_notice),
                       lambda row: Item(row.number, row.area_path, url=link("publicity.issue", village_list=row.ref),
                                        note=row.procedure.title), oldest=VillageList.opened_at)


def _places(bench: Bench) -> Group:
    query = select(NoticePlace).where(NoticePlace.posted_on.is_(None), NoticePlace.removed_on.is_(None))
    return bench.group("张贴公示", "三(四)", query, lambda row: Item(
        row.kind.title, row.area_path, url=link("publicity.post", place=row.ref)), oldest=NoticePlace.id,
        url=link("publicity.places"))


def _downs(bench: Bench) -> Group:
    """List the cancelled notices that the platform still shows, or may show."""
    query = select(NoticePlace).where(NoticePlace.down_due, NoticePlace.down_on.is_(None))
    return bench.group("从平台撤下已撤销的公示", "三(四)", query, lambda row: Item(
        row.kind.title, row.area_path, row.removed_on, url=link("publicity.take_down", place=row.ref)), oldest=NoticePlace.id)


def _hanging(bench: Bench) -> Group:
    unposted = select(NoticePlace.id).where(NoticePlace.notice_id == Notice.id, NoticePlace.posted_on.is_(None)).exists()
    query = select(Notice).join(VillageList, VillageList.id == Notice.list_id).where(
        Notice.cancelled_on.is_(None), _lists_at(Stage.PUBLICITY), ~unposted)
    return bench.group("公示期和上报乡镇", "三(四)", query, lambda row: _notice(bench, row), oldest=Notice.issued_on,
                       options=[selectinload(Notice.places)])


def _notice(bench: Bench, row: Notice) -> Item:
    posted = max(place.posted_on for place in row.places if place.posted_on)
    try:
        period = workdays.period(posted, NOTICE_DAYS, calendar=bench.known, area_code=bench.code)
    except workdays.BeyondCalendar:
        return Item(row.number, row.area_path, posted, url=link("publicity.show", notice=row.ref))
    over = period.over_on(bench.today)
    return Item(row.number, row.area_path, posted, None if over else period.last_day, link("publicity.show", notice=row.ref),
                f"{period.last_day.month}月{period.last_day.day}日公示期满，请上报乡镇" if over else "公示中")


def objections(bench: Bench) -> Group:
    """List the objections and complaints that this unit received and has not answered."""
    query = select(Objection).where(Objection.answered_on.is_(None), Objection.received_area_id == bench.actor.area_id)
    return bench.group("调查、答复异议和举报", "三(四)", query, lambda row: Item(
        f"{row.kind.title}：{row.content.splitlines()[0][:30]}", row.area_path, row.received_on,
        bench.due(row.received_on, "objection_workdays"), link("publicity.answer", objection=row.ref)),
        oldest=Objection.received_on)


def _statements(bench: Bench) -> Group:
    """List the adults about whom no department is asked, for nobody signed, and of whom the village has stated nothing yet."""
    last = select(func.max(Consent.id)).where(Consent.case_id == Case.id).correlate(Case).scalar_subquery()
    signed = select(ConsentSignature.id).join(Consent, Consent.id == ConsentSignature.consent_id).where(
        Consent.id == last, ConsentSignature.member_id == Member.id, Consent.authorised, Consent.withdrawn_on.is_(None),
        Consent.signed_on <= bench.today, or_(Consent.valid_until.is_(None), Consent.valid_until >= bench.today)).exists()
    stated = select(UnaskedStatement.id).where(
        UnaskedStatement.case_id == Case.id, UnaskedStatement.procedure == Case.procedure, UnaskedStatement.round == Case.round,
        UnaskedStatement.member_id == Member.id).exists()
    adult = or_(Member.born_on.is_(None), Member.born_on <= months_before(bench.today, 12 * ADULT))
    query = select(Member, Case).join(Case, Case.household_id == Member.household_id).where(
        Case.stage.in_((Stage.TOWNSHIP, Stage.COUNTY)), Member.left_on.is_(None), adult, ~signed, ~stated)
    return bench.group("登记村级证明", "三(三)", query, lambda row: Item(
        f"{row[1].household.head_name}家：{row[0].name}", row[1].area_path, row[1].stage_since,
        url=link("county.state", case=row[1].ref, member=row[0].ref), note="没有签授权，部门不查询"), oldest=Case.stage_since,
        options=[_household])


def visits_due(bench: Bench) -> Group:
    """List the monitored households whose last visit is longer ago than the county's rhythm."""
    days = bench.days("visit_days")
    last = select(func.max(Visit.visited_on)).where(Visit.case_id == Case.id).correlate(Case).scalar_subquery()
    seen = func.coalesce(last, Case.stage_since)
    visits = may(bench.actor, Action.ASSISTANCE_VISIT, area_path=bench.actor.area_path)
    query = select(Case, seen).where(Case.stage.in_(MONITORED), seen <= bench.before(days))
    return bench.group("走访监测对象", "二(一)", query, lambda row: Item(
        f"{row[0].household.head_name}家", row[0].area_path, row[1], row[1] + timedelta(days=days),
        page_of_case("assistance.visit" if visits else "cases.show", row[0].ref), f"每{days}天至少一次"), oldest=seen, options=[_household],
        url=link("cases.index", stage=Stage.ASSISTANCE.value))


def _open_review(*conditions: object) -> object:
    return select(Review.id).where(Review.case_id == Case.id, Review.closed.is_(False), *conditions).exists()


def _reviews_to_record(bench: Bench) -> Group:
    query = select(Case).where(Case.stage == Stage.REVIEW, ~_open_review())
    return bench.group("登记成效评议", "五(一)", query, lambda case: Item(
        f"{case.household.head_name}家", case.area_path, case.stage_since, url=page_of_case("review.record", case.ref)),
        oldest=Case.stage_since, options=[_household], url=link("review.index"))


def _consents(bench: Bench) -> Group:
    agreed = select(ExitConsent.id).where(ExitConsent.case_id == Case.id, ExitConsent.withdrawn_on.is_(None),
                                          ExitConsent.signed_on >= Case.stage_since).exists()
    query = select(Case).where(Case.stage == Stage.REVIEW, _open_review(Review.conclusion == ReviewConclusion.STABLE), ~agreed)
    return bench.group("登记风险消除知情同意", "五(二)", query, lambda case: Item(
        f"{case.household.head_name}家", case.area_path, case.stage_since, url=page_of_case("review.consent", case.ref)),
        oldest=Case.stage_since, options=[_household])


def year(bench: Bench) -> Group:
    """Count the households still to be reviewed this year, and name those that are late."""
    found = counts(bench.session, area_path=bench.actor.area_path, today=bench.today)
    late = standings(bench.session, area_path=bench.actor.area_path, today=bench.today, state=ReviewState.OVERDUE, most=10)
    items = tuple(Item(f"{row.case.household.head_name}家", row.case.area_path, row.last, row.due_on,
                       page_of_case("review.show", row.case.ref), left=bench.left(row.due_on)) for row in late)
    return Group("今年待成效评议", "五(一)", bench.actor.role.title, found[ReviewState.OVERDUE] + found[ReviewState.DUE], items,
                 link("review.index"))


def _township_lists(bench: Bench) -> Group:
    return bench.group("抽查、开专题会议并上报县级", "三(五)", select(VillageList).where(_lists_at(Stage.TOWNSHIP)),
                       lambda row: Item(row.number, row.area_path, row.village_report_on, note=row.procedure.title,
                                        url=link("township.show", village_list=row.ref)),
                       oldest=VillageList.village_report_on, url=link("township.index"))
