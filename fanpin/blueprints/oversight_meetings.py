"""六(一): leading groups and joint meetings on the screen and on paper."""

from datetime import date, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from fanpin.blueprints import oversight as desk
from fanpin.blueprints.due import dues
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.oversight_forms import (
    MeetingDecisionForm, MeetingForm, MemberForm, MinutesForm, ProgressForm, UntilForm,
)
from fanpin.blueprints.oversight_pages import form_page, only_of, own_place
from fanpin.blueprints.paging import page_of
from fanpin.extensions import db
from fanpin.models.leading_groups import GroupMember, JointMeeting, MeetingDecision
from fanpin.rules.actions import Action
from fanpin.rules.oversight import GroupPost
from fanpin.rules.roles import PERMISSIONS
from fanpin.rules.small_numbers import told
from fanpin.steps import doing
from fanpin.steps import oversight_meetings as meetings_step

route, get = desk.blueprint.route, desk.blueprint.get


@get("/leading-group")
@guard(Action.OVERSIGHT_SEE)
def group() -> ResponseReturnValue:
    """Show the leading group of an area, today's members and earlier ones."""
    place, mine = own_place()
    rows = meetings_step.members(db.session(), place.area)
    serving = [row for row in rows if row.held_on(today())]
    return render_template("oversight/group.html", place=place, mine=mine, serving=serving,
                           earlier=[row for row in rows if row not in serving])


@route("/leading-group/new", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_GROUP)
def appoint() -> ResponseReturnValue:
    """Enter a member of the own leading group."""
    area = doing.area_of(db.session(), actor().area_id)
    form = MemberForm(data={"since": today()})
    if form.validate_on_submit():
        with form.attempt():
            row = meetings_step.appoint(
                db.session(), area, post=GroupPost(form.post.data), name=form.name.data or "", unit=form.unit.data or "",
                since=form.since.data, document=form.document.data or "", actor=actor(), now=now())
            flash(f"{row.name}已登记为{row.post.title}。", "success")
            return redirect(url_for("oversight.group"))
    return form_page(form, title=f"登记{area.name}领导小组成员", button="登记成员", back=("领导小组", url_for("oversight.group")),
                     rows=[["post", "name"], ["unit"], ["since", "document"]])


@route("/leading-group/<ref:group_member>", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_GROUP)
def dismiss(group_member: GroupMember) -> ResponseReturnValue:
    """Write until when somebody belonged to the group."""
    only_of(group_member.area_id)
    form = UntilForm(data={"until": today()})
    if form.validate_on_submit():
        with form.attempt():
            meetings_step.dismiss(db.session(), group_member, until=form.until.data, actor=actor(), now=now())
            flash(f"{group_member.name}的任期已登记。", "success")
            return redirect(url_for("oversight.group"))
    return form_page(form, title=f"登记{group_member.name}不再担任{group_member.post.title}", button="登记卸任",
                     back=("领导小组", url_for("oversight.group")), rows=[["until"]], note="以前的名册保留。")


@get("/meetings")
@guard(Action.OVERSIGHT_SEE)
def meetings() -> ResponseReturnValue:
    """List the joint meetings of an area, and what they decided that is not done yet."""
    place, mine = own_place()
    page = page_of(select(JointMeeting).where(JointMeeting.area_id == place.area.id)
                   .options(selectinload(JointMeeting.decisions)), JointMeeting, newest=True)
    unfinished = db.session.scalars(
        select(MeetingDecision).join(JointMeeting, JointMeeting.id == MeetingDecision.meeting_id)
        .where(JointMeeting.area_id == place.area.id, MeetingDecision.done_on.is_(None))
        .order_by(MeetingDecision.due_on, MeetingDecision.id).limit(100)).all()
    return render_template("oversight/meetings.html", place=place, mine=mine, page=page, unfinished=unfinished,
                           dues=dues([row.due_on for row in unfinished]))


@route("/meetings/new", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_MEET)
def meet() -> ResponseReturnValue:
    """Call a joint meeting; its agenda is drawn from the records."""
    area = doing.area_of(db.session(), actor().area_id)
    form = MeetingForm(data=_proposed(area.name))
    if form.validate_on_submit():
        with form.attempt():
            row = meetings_step.call(
                db.session(), area, title=form.title.data or "", held_on=form.held_on.data, place=form.place.data or "",
                host=form.host.data or "", period_from=form.period_from.data, period_to=form.period_to.data, actor=actor(),
                now=now(), today=today())
            flash("会议已登记，议程已按记录生成。", "success")
            return redirect(url_for("oversight.meeting", meeting=row.ref))
    return form_page(form, title="召开数据管理和共享联席会议", button="登记会议并生成议程",
                     back=("联席会议", url_for("oversight.meetings")),
                     rows=[["title"], ["held_on", "place", "host"], ["period_from", "period_to"]],
                     lead="议程从记录中生成：各部门答复和决定的件数、逾期没有答复的部门、退回的件数、上次会议没有落实的事项。生成后不再变动。")


def _proposed(name: str) -> dict[str, object]:
    """Return last month as the period, and a title."""
    last = date(today().year, today().month, 1) - timedelta(days=1)
    return {"title": f"{name}{last.year}年{last.month}月数据管理和共享联席会议", "held_on": today(),
            "period_from": last.replace(day=1), "period_to": last}


def _shown(meeting: JointMeeting) -> dict[str, object]:
    # Counts are of households that the province does not see: small ones are not told (个人信息保护法 6).
    exact = actor().role in PERMISSIONS[Action.CASE_READ].roles
    return {"meeting": meeting, "agenda": meetings_step.read_agenda(meeting.agenda),
            "told": lambda count: told(count, exact=exact)}


@get("/meetings/<ref:meeting>")
@guard(Action.OVERSIGHT_SEE)
def meeting(meeting: JointMeeting) -> ResponseReturnValue:
    """Show a meeting: agenda, who was there, minutes, decisions."""
    return render_template("oversight/meeting.html", mine=meeting.area_id == actor().area_id, today=today(),
                           dues=dues([row.due_on for row in meeting.decisions]), **_shown(meeting))


@get("/meetings/<ref:meeting>/print")
@guard(Action.OVERSIGHT_SEE)
def meeting_print(meeting: JointMeeting) -> ResponseReturnValue:
    """Print a meeting's agenda and minutes."""
    return render_template("oversight/meeting_print.html", **_shown(meeting))


@route("/meetings/<ref:meeting>/minutes", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_MEET)
def minutes(meeting: JointMeeting) -> ResponseReturnValue:
    """Write who was there and the minutes."""
    only_of(meeting.area_id)
    rows = meetings_step.members(db.session(), meeting.area, on=meeting.held_on)
    names = {f"{row.name}（{row.unit}）": row.ref for row in rows}
    form = MinutesForm(data={"minutes": meeting.minutes, "present": [names[name] for name in meeting.present if name in names],
                             "others": "、".join(name for name in meeting.present if name not in names)})
    form.present.choices = [(row.ref, f"{row.post.title} {row.name}（{row.unit}）") for row in rows]
    if form.validate_on_submit():
        with form.attempt():
            meetings_step.record(db.session(), meeting, present=form.present.data or [], others=form.others.data or "",
                                 minutes=form.minutes.data or "", actor=actor(), now=now(), today=today())
            flash("会议记录已保存。", "success")
            return redirect(url_for("oversight.meeting", meeting=meeting.ref))
    return form_page(form, title="登记会议记录", button="保存会议记录", lead=meeting.title,
                     back=(meeting.title, url_for("oversight.meeting", meeting=meeting.ref)),
                     rows=[["present"], ["others"], ["minutes"]])


@route("/meetings/<ref:meeting>/decide", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_MEET)
def decide(meeting: JointMeeting) -> ResponseReturnValue:
    """Write one thing that the meeting decided."""
    only_of(meeting.area_id)
    form = MeetingDecisionForm()
    if form.validate_on_submit():
        with form.attempt():
            meetings_step.decide(db.session(), meeting, content=form.content.data or "", unit=form.unit.data or "",
                                 due_on=form.due_on.data, actor=actor(), now=now())
            flash("决定事项已登记，到期前会一直跟踪。", "success")
            return redirect(url_for("oversight.meeting", meeting=meeting.ref))
    return form_page(form, title="登记会议决定事项", button="登记决定事项", lead=meeting.title,
                     back=(meeting.title, url_for("oversight.meeting", meeting=meeting.ref)),
                     rows=[["content"], ["unit", "due_on"]])


@route("/decisions/<ref:decision>", methods=["GET", "POST"])
@guard(Action.OVERSIGHT_MEET)
def follow_decision(decision: MeetingDecision) -> ResponseReturnValue:
    """Write how far a decision has come."""
    only_of(decision.meeting.area_id)
    form = ProgressForm(data={"progress": decision.progress, "done_on": decision.done_on})
    if form.validate_on_submit():
        with form.attempt():
            meetings_step.follow(db.session(), decision, progress=form.progress.data or "", done_on=form.done_on.data,
                                 actor=actor(), now=now(), today=today())
            flash("落实情况已登记。", "success")
            return redirect(url_for("oversight.meeting", meeting=decision.meeting.ref))
    return form_page(form, title="登记决定事项落实情况", button="保存落实情况",
                     back=(decision.meeting.title, url_for("oversight.meeting", meeting=decision.meeting.ref)),
                     rows=[["progress"], ["done_on"]],
                     told=[("决定事项", decision.content), ("责任单位", decision.unit), ("完成期限", f"{decision.due_on:%Y年%-m月%-d日}")])
