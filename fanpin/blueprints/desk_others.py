"""What waits for departments, for those who help, for prefecture and province, and for the three administrators."""

from datetime import date, timedelta
from itertools import chain

from sqlalchemy import and_, func, or_, select

from fanpin.blueprints import desk_regional, desk_register
from fanpin.blueprints.desk_work import Bench, Group, Item, gist, month_end
from fanpin.blueprints.links import link
from fanpin.clock import at_noon, legal_date, start_of
from fanpin.models.adapters import AdapterPlan, AdapterRelease
from fanpin.models.audit import AuditAnchor, AuditEvent
from fanpin.models.calls import Reminder, SystemCall
from fanpin.models.county import Inquiry, Question
from fanpin.models.deliveries import Delivery
from fanpin.models.dossier_county import PRESENT
from fanpin.models.households import Household
from fanpin.models.lines import MonitoringLine
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.outbox import OutboxItem
from fanpin.models.users import Grant, User
from fanpin.models.warnings import AnalysisSignature, MonthlyAnalysis
from fanpin.rules.book_warnings import monthly_kinds
from fanpin.rules.calls import CallState
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.departments import Department
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.roles import Role
from fanpin.steps import deliveries

SOON = timedelta(days=30)
ANCHOR_EVERY = timedelta(days=7)


def officer(bench: Bench) -> list[Group]:
    """List the inquiries put to the department, those to sign, and the months to sign."""
    waits = select(Question.id).where(Question.inquiry_id == Inquiry.id, Question.state.not_in(PRESENT)).exists()
    unsigned = select(Inquiry).where(Inquiry.signed_at.is_(None))
    return [_reminded(bench), _inquiries(bench, "答复部门核查", unsigned.where(waits)), _inquiries(bench, "签字确认答复", unsigned.where(~waits)),
            _owed(bench), _unconfirmed(bench), _returned(bench), _stopped(bench), _months(bench), *desk_regional.officer(bench),
            *desk_register.officer(bench)]


def _owed(bench: Bench) -> Group:
    """List the kinds of which the department has sent nothing this month, due at its end: warnings are made by the month."""
    first = bench.today.replace(day=1)
    told = set(chain.from_iterable(bench.session.scalars(select(Delivery.kinds).where(
        Delivery.sent_at >= start_of(first), Delivery.state.not_in((DeliveryState.REFUSED, DeliveryState.WITHDRAWN))))))
    department = Department(bench.actor.department)
    owed = [code for code in monthly_kinds(department) if code not in told]
    sources = deliveries.sources_for(bench.session, department) if owed else ()
    due = month_end(bench.today)
    items = tuple(Item(kind_of(code).title, "", first, due, link("deliveries.new", source=next(
        (source.code for source in sources if code in source.kinds), "")), "没有新情况的，报送空表、选“已查全”并确认", bench.left(due))
        for code in owed)
    return Group("报送本月数据", "附件1", bench.actor.role.title, len(items), items, link("deliveries.index"))


def _reminded(bench: Bench) -> Group:
    """List the inquiries that the county has asked for again, and those whose own system does not keep its word."""
    reminded = select(Reminder.id).where(Reminder.inquiry_id == Inquiry.id).exists()
    broken = select(SystemCall.id).where(SystemCall.inquiry_id == Inquiry.id, or_(
        SystemCall.state == CallState.STOPPED, (SystemCall.state == CallState.TICKET) & (SystemCall.due_on < bench.today))).exists()
    query = select(Inquiry).where(Inquiry.signed_at.is_(None), or_(reminded, broken))
    return _inquiries(bench, "办理被催办、自动查询没有结果的核查", query)


def _returned(bench: Bench) -> Group:
    """List the month's sheets that were sent back, whole or in part."""
    since = at_noon(bench.before(30))
    query = select(Delivery).where(Delivery.sent_at >= since, or_(Delivery.state == DeliveryState.REFUSED, and_(
        Delivery.state == DeliveryState.DONE, Delivery.wrong > 0)))
    return bench.group("更正退回的数据", "附件1", query, lambda row: Item(
        row.source_title, "", legal_date(row.sent_at), url=link("deliveries.show", delivery=row.ref),
        note="整份退回" if row.state is DeliveryState.REFUSED else f"退回{row.wrong}行"), oldest=Delivery.id,
        url=link("deliveries.index"))


def _unconfirmed(bench: Bench) -> Group:
    """List the sheets of which something must be confirmed before they are stored."""
    return bench.group("确认报送的数据", "附件1", select(Delivery).where(Delivery.state == DeliveryState.CONFIRM), lambda row: Item(
        row.source_title, "", legal_date(row.sent_at), url=link("deliveries.show", delivery=row.ref), note="；".join(row.notices)[:60]),
        oldest=Delivery.id, url=link("deliveries.index"))


def _stopped(bench: Bench) -> Group:
    """List the fetching that nobody in office answers for any longer."""
    query = select(AdapterPlan, AdapterRelease).join(AdapterRelease, AdapterRelease.name == AdapterPlan.adapter).where(
        AdapterPlan.stopped != "", AdapterRelease.present, AdapterRelease.revoked_at.is_(None))
    return bench.group("恢复自动取数", "附件1", query, lambda row: Item(
        row[1].title, "", legal_date(row[0].set_at), url=link("fetching.plan", adapter=row[1].ref), note=row[0].stopped[:60]),
        oldest=AdapterPlan.id, url=link("adapters.index"))


def _inquiries(bench: Bench, title: str, query: object) -> Group:
    return bench.group(title, "三(六)", query, lambda row: Item(
        f"{row.head_name}家", "", row.asked_on, row.due_on, link("county.answer", inquiry=row.ref), row.place),
        oldest=Inquiry.due_on, url=link("county.inquiries"))


def _months(bench: Bench) -> Group:
    signed = select(AnalysisSignature.id).where(AnalysisSignature.analysis_id == MonthlyAnalysis.id,
                                                AnalysisSignature.department == bench.actor.department).exists()
    return bench.group("会签月度分析", "三(二)", select(MonthlyAnalysis).where(~signed), lambda row: Item(
        f"{row.month[:4]}年{int(row.month[5:])}月分析", "", legal_date(row.opened_at), url=link("analysis.sign", analysis=row.ref)),
        oldest=MonthlyAnalysis.month, url=link("analysis.signing"))


def assigned(bench: Bench) -> list[Group]:
    """List the measures to start and to finish."""
    return [_measures(bench, "落实帮扶措施", MeasureStatus.CONFIRMED, "assistance.start"),
            _measures(bench, "完成帮扶措施", MeasureStatus.STARTED, "assistance.finish")]


def _measures(bench: Bench, title: str, status: MeasureStatus, endpoint: str) -> Group:
    query = select(Measure, Household.head_name).join(Household, Household.id == Measure.household_id).where(
        Measure.status == status, Measure.category.is_not(None))
    return bench.group(title, "四", query, lambda row: Item(
        f"{row[1]}家：{row[0].category.title}", row[0].area_path, row[0].started_on or legal_date(row[0].proposed_at),
        row[0].due_on, link(endpoint, measure=row[0].ref), row[0].detail), oldest=func.coalesce(
            Measure.due_on, Measure.proposed_at), url=link("assistance.index"))


def overseer(bench: Bench) -> list[Group]:
    """Say that this year's line is not yet set, due at the start of each year (二(二)), and what waits of 二(四)."""
    year = bench.today.year
    known = bench.session.scalar(select(func.count()).select_from(MonitoringLine).where(
        MonitoringLine.area_id == bench.actor.area_id, MonitoringLine.year == year))
    item = Item(f"{year}年监测底线还没有确定", since=date(year, 1, 1), url=link("oversight.lines"), note="每年年初确定")
    return [Group("确定监测底线", "二(二)", bench.actor.role.title, 0 if known else 1, (item,), link("oversight.lines")),
            *desk_regional.overseer(bench)]


def _in_force(bench: Bench) -> object:
    return select(Grant.id).where(Grant.user_id == User.id, Grant.revoked_at.is_(None),
                                  or_(Grant.valid_to.is_(None), Grant.valid_to >= bench.today)).exists()


def security_admin(bench: Bench) -> list[Group]:
    """List accounts that can do nothing yet and grants that end soon."""
    idle = select(User).where(User.disabled_at.is_(None), ~_in_force(bench))
    ending = select(Grant).where(Grant.revoked_at.is_(None), Grant.valid_to >= bench.today,
                                 Grant.valid_to <= bench.today + SOON)
    return [
        bench.group("给账号授权", "六(二)", idle, lambda row: Item(
            f"{row.name}（{row.username}）", since=legal_date(row.created_at), url=link("administration.grants"),
            note=row.organisation), oldest=User.created_at, url=link("administration.grants")),
        bench.group("续期或收回快到期的授权", "六(二)", ending, lambda row: Item(
            f"{row.role.title}·{row.area.name}", since=row.valid_from, due=row.valid_to, url=link("administration.grants")),
            oldest=Grant.valid_to, url=link("administration.grants"))]


def system_admin(bench: Bench) -> list[Group]:
    """List what the machine could not finish, and accounts that expire soon."""
    dead = select(OutboxItem).where(OutboxItem.state == "dead")
    ending = select(User).where(User.disabled_at.is_(None), User.expires_on >= bench.today,
                                User.expires_on <= bench.today + SOON)
    return [
        bench.group("处理没有做成的后台任务", "", dead, lambda row: Item(
            gist(row.error, 60) or "没有说明", since=legal_date(row.created_at), note=f"已试{row.attempts}次"),
            oldest=OutboxItem.created_at),
        bench.group("处理快到期的账号", "六(二)", ending, lambda row: Item(
            f"{row.name}（{row.username}）", due=row.expires_on, url=link("administration.accounts")),
            oldest=User.expires_on, url=link("administration.accounts"))]


def audit_admin(bench: Bench) -> list[Group]:
    """Say when the audit chain was last anchored, and how much came since."""
    anchor = bench.session.scalar(select(AuditAnchor).order_by(AuditAnchor.id.desc()).limit(1))
    events = bench.session.scalar(select(func.count()).select_from(AuditEvent).where(
        AuditEvent.id > (anchor.last_event_id if anchor else 0))) or 0
    late = anchor is None or bench.now - anchor.at > ANCHOR_EVERY
    said = "还没有做过审计锚点" if anchor is None else "审计锚点超过7天没有更新"
    item = Item(said, since=legal_date(anchor.at) if anchor else None, url=link("trail.index"), note=f"之后有{events}条记录")
    return [Group("核验审计链并做锚点", "六(三)", bench.actor.role.title, 1 if late and events else 0, (item,), link("trail.index"))]


OTHERS = {
    Role.DEPARTMENT_OFFICER: officer, Role.LEAD_DEPARTMENT: assigned,
    Role.HELPER: assigned, Role.PREFECTURE: overseer, Role.PROVINCE: overseer, Role.SYSTEM_ADMIN: system_admin,
    Role.SECURITY_ADMIN: security_admin, Role.AUDIT_ADMIN: audit_admin,
}
