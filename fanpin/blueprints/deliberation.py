"""三(四) 评议: the village's lists, what is known of each, meetings, opinions, measures, and the ways on."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from fanpin.blueprints import list_pages, needs, plan_form, returns
from fanpin.blueprints.guard import actor, guard, may, now, today
from fanpin.blueprints.list_forms import (
    AnnounceForm, AnswerForm, ConfirmForm, FilterForm, ListForm, MeetingForm, OpinionForm, ReasonForm)
from fanpin.blueprints.plan_form import PlanForm
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.deliberation import ListEntry, MeetingKind, Opinion, VillageList
from fanpin.models.households import Household
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import NotFound
from fanpin.rules.risks import SUB_ITEMS, MeasureCategory
from fanpin.rules.stages import Procedure, Stage
from fanpin.rules.verdicts import Problem
from fanpin.steps import deliberation, doing, survey

VILLAGE_KINDS = (MeetingKind.DELIBERATION, MeetingKind.COMMITTEE, MeetingKind.REVIEW)
PRESENT = "参会人员"

blueprint = Blueprint("deliberation", __name__)


@blueprint.get("/lists")
@guard(Action.CASE_READ)
def index() -> ResponseReturnValue:
    """Show the lists within reach, newest first, with where each stands."""
    form = FilterForm(request.args)
    form.validate()
    query = select(VillageList, Area.name).join(Area, Area.id == VillageList.area_id).order_by(VillageList.id.desc())
    if form.procedure.data and not form.procedure.errors:
        query = query.where(VillageList.procedure == Procedure(form.procedure.data))
    if form.stage.data and not form.stage.errors:
        query = query.where(VillageList.id.in_(
            select(ListEntry.list_id).join(Case, Case.id == ListEntry.case_id)
            .where(ListEntry.left_on.is_(None), Case.stage == Stage(form.stage.data))))
    before = request.args.get("before", "")
    if before:
        last = select(VillageList.id).where(VillageList.ref == before).scalar_subquery()
        query = query.where(VillageList.id < last)
    rows = db.session.execute(query.limit(list_pages.LISTS + 1)).all()
    shown = rows[:list_pages.LISTS]
    kept = {name: request.args[name] for name in ("procedure", "stage") if request.args.get(name)}
    following = url_for("deliberation.index", before=shown[-1][0].ref, **kept) if len(rows) > len(shown) else ""
    return render_template(
        "deliberation/index.html", form=form, rows=shown, waiting=_waiting(), filtered=bool(kept),
        standings=list_pages.standings([row[0] for row in shown]), list_title=list_pages.title,
        first=url_for("deliberation.index", **kept) if before else "", following=following)


def _waiting() -> list[tuple[Procedure, int]]:
    """Say how many households of the actor's village may go on a list, for each procedure."""
    if not may(Action.DELIBERATION_LIST):
        return []
    village = _own_village()
    counted = ((procedure, len(deliberation.listable(db.session(), village, procedure))) for procedure in Procedure)
    return [(procedure, count) for procedure, count in counted if count]


def _own_village() -> Area:
    return doing.ancestor(db.session(), actor().area_path, AreaLevel.VILLAGE)


@blueprint.route("/lists/new", methods=["GET", "POST"])
@guard(Action.DELIBERATION_LIST)
def new() -> ResponseReturnValue:
    """Put households on a new list of the month."""
    wanted = request.args.get("procedure", Procedure.ENTERING.value)
    procedure = Procedure.LEAVING if wanted == Procedure.LEAVING.value else Procedure.ENTERING
    village = _own_village()
    ready = {case.ref: case for case in deliberation.listable(db.session(), village, procedure)}
    known = db.session.scalars(
        select(Household).where(Household.id.in_([case.household_id for case in ready.values()]))
        .options(joinedload(Household.group))).all()
    groups = {household.id: household for household in known}
    form = ListForm(data={"cases": list(ready)})
    form.cases.choices = [
        (ref, f"{groups[case.household_id].head_name}（{groups[case.household_id].group.name}，{case.stage.title}）")
        for ref, case in ready.items()]
    if form.validate_on_submit():
        with form.attempt():
            row = deliberation.form_list(
                db.session(), village, [ready[ref] for ref in dict.fromkeys(form.cases.data)], procedure=procedure,
                actor=actor(), now=now(), today=today())
            flash("名单已提出，下一步向群众公布。", "success")
            return redirect(url_for("deliberation.show", village_list=row.ref))
    return form.answer("deliberation/new.html", procedure=procedure, village=village)


@blueprint.get("/lists/<ref:village_list>")
@guard(Action.CASE_READ)
def show(village_list: VillageList) -> ResponseReturnValue:
    """Show one list: its households, what was done, what is missing for the next step."""
    households, more = list_pages.households(village_list, after=request.args.get("after", ""))
    standing = list_pages.standing(village_list)
    here = [row.case for row in households if row.case.stage is standing.stage]
    action = list_pages.ONWARD.get((here[0].procedure, standing.stage)) if here else None
    following = url_for("deliberation.show", village_list=village_list.ref,
                        after=households[-1].case.ref) if more else ""
    return render_template(
        "deliberation/show.html", village_list=village_list, title=list_pages.title(village_list),
        village=list_pages.village(village_list), standing=standing, households=households, action=action,
        needs=needs.of_cases(here, action) if action else needs.Needs(), links=_links(village_list, standing.stage),
        meetings=list_pages.meetings(village_list), opinions=list_pages.opinions(village_list),
        notices=list_pages.notices(village_list), gone=list_pages.gone(village_list),
        names={row.case.id: row.case.household.head_name for row in households},
        attended=list_pages.attended, kinds=_kinds(standing.stage),
        first=url_for("deliberation.show", village_list=village_list.ref) if request.args.get("after") else "",
        following=following)


def _kinds(stage: Stage | None) -> list[MeetingKind]:
    return [kind for kind in VILLAGE_KINDS if deliberation.HELD_AT[kind] is stage]


def _links(village_list: VillageList, stage: Stage | None) -> dict[str, tuple[str, str]]:
    """Say where each thing that may be missing is done."""
    if not may(Action.DELIBERATION_LIST, village_list):
        return {}

    def to(endpoint: str, **more: str) -> str:
        return url_for(endpoint, village_list=village_list.ref, **more)

    return {
        "deliberation.announced": ("登记公布", to("deliberation.announce")),
        "deliberation.meeting": ("登记会议", to("deliberation.meet", kind=MeetingKind.DELIBERATION.value)),
        "deliberation.committee": ("登记会议", to("deliberation.meet", kind=MeetingKind.COMMITTEE.value)),
        "review.meeting": ("登记会议", to("deliberation.meet", kind=MeetingKind.REVIEW.value)),
        "publicity.groups": ("制作公示", to("publicity.issue")),
        "publicity.report": ("签署并上报", to("publicity.report")),
    } if stage is not None else {}


@blueprint.route("/lists/<ref:village_list>/announce", methods=["GET", "POST"])
@guard(Action.DELIBERATION_ANNOUNCE)
def announce(village_list: VillageList) -> ResponseReturnValue:
    """Record where and when the list was made known."""
    form = AnnounceForm(data={"on": village_list.announced_on or today(), "place": village_list.announced_place})
    if form.validate_on_submit():
        with form.attempt():
            deliberation.announce(db.session(), village_list, on=form.on.data, place=form.place.data, actor=actor(),
                                  now=now(), today=today())
            flash("已登记向群众公布名单。", "success")
            return _to_list(village_list)
    return form.answer("deliberation/announce.html", village_list=village_list, title=list_pages.title(village_list))


@blueprint.route("/lists/<ref:village_list>/meet", methods=["GET", "POST"])
@guard(Action.DELIBERATION_MEET)
def meet(village_list: VillageList) -> ResponseReturnValue:
    """Write the minutes of a meeting of the village about the list."""
    kind = next((item for item in VILLAGE_KINDS if item.value == request.args.get("kind", "")), None)
    if kind is None:
        raise NotFound
    groups = [PRESENT] if kind is MeetingKind.COMMITTEE else list_pages.groups(village_list)
    form = MeetingForm(data={"held_on": today(), "recorder": actor().name, "decided": True})
    form.seat(groups)
    if form.validate_on_submit():
        with form.attempt():
            deliberation.meet(db.session(), village_list, form.meeting(kind, groups), actor=actor(), now=now(),
                              today=today())
            flash(f"{kind.title}已登记。", "success")
            return _to_list(village_list)
    return form.answer("deliberation/meet.html", village_list=village_list, title=list_pages.title(village_list),
                       kind=kind, groups=groups)


@blueprint.route("/lists/<ref:village_list>/opinions", methods=["GET", "POST"])
@guard(Action.DELIBERATION_OPINION)
def opinion(village_list: VillageList) -> ResponseReturnValue:
    """Take down an opinion or question."""
    households, _ = list_pages.households(village_list, most=list_pages.HOUSEHOLDS * 10)
    cases = {row.case.ref: row.case for row in households}
    form = OpinionForm(data={"raised_on": today()})
    form.about.choices = [("", "整份名单"), *((ref, f"{case.household.head_name}户") for ref, case in cases.items())]
    if form.validate_on_submit():
        with form.attempt():
            deliberation.add_opinion(
                db.session(), village_list, content=form.content.data, speaker=form.speaker.data or "",
                raised_on=form.raised_on.data, case=cases.get(form.about.data), actor=actor(), now=now(), today=today())
            flash("意见已登记，请核实后答复。", "success")
            return _to_list(village_list)
    return form.answer("deliberation/opinion.html", village_list=village_list, title=list_pages.title(village_list))


@blueprint.route("/opinions/<ref:opinion>", methods=["GET", "POST"])
@guard(Action.DELIBERATION_OPINION)
def answer(opinion: Opinion) -> ResponseReturnValue:
    """Record what was verified and how the speaker was answered."""
    village_list = db.session.scalars(select(VillageList).where(VillageList.id == opinion.list_id)).one()
    form = AnswerForm(data={"verified": opinion.verified, "reply": opinion.answer,
                            "answered_on": opinion.answered_on or today()})
    if form.validate_on_submit():
        with form.attempt():
            deliberation.answer_opinion(
                db.session(), opinion, verified=form.verified.data, answer=form.reply.data,
                answered_on=form.answered_on.data, actor=actor(), now=now(), today=today())
            flash("意见已核实并答复。", "success")
            return _to_list(village_list)
    return form.answer("deliberation/answer.html", opinion=opinion, village_list=village_list,
                       title=list_pages.title(village_list))


@blueprint.route("/cases/<ref:case>/plan", methods=["GET", "POST"])
@guard(Action.DELIBERATION_PLAN, audited=True)
def plan(case: Case) -> ResponseReturnValue:
    """Propose measures for the household and for each of its members."""
    doing.at_stage(case, Action.DELIBERATION_PLAN, Stage.DELIBERATION)
    measures = deliberation.measures_of(db.session(), case)
    seen = survey.current(db.session(), case)
    labour = deliberation.labour_of(case, today=today())
    form = PlanForm(data={"rows": plan_form.rows_for(case, measures, seen, labour)})
    form.offer(case)
    if request.method == "GET":
        form.lengthen(case)
    if "more" in request.form:
        form.lengthen(case)
        return _plan_page(form, case, 200)
    if form.validate_on_submit():
        with form.attempt():
            deliberation.plan(db.session(), case, form.planned(case), actor=actor(), now=now())
            problems = deliberation.plan_problems(db.session(), case, today=today())
            flash("帮扶措施已保存。" + ("请看页面上的提示，还有不合适的地方。" if problems else ""),
                  "warning" if problems else "success")
            return redirect(url_for("deliberation.plan", case=case.ref)) if problems else _back_to_list(case)
    return _plan_page(form, case, form.status)


def _plan_page(form: PlanForm, case: Case, status: int) -> tuple[str, int]:
    seen = survey.current(db.session(), case)
    kept = deliberation.measures_of(db.session(), case)
    problems: list[Problem] = deliberation.plan_problems(db.session(), case, today=today()) if kept else []
    return render_template(
        "deliberation/plan.html", form=form, case=case, suggestions=plan_form.suggestions(seen),
        labour=deliberation.labour_of(case, today=today()), problems=problems, items=_sub_items(),
        village_list=_list_of(case)), status


def _sub_items() -> list[str]:
    return sorted({item for category in MeasureCategory for item in SUB_ITEMS[category]})


@blueprint.route("/lists/<ref:village_list>/submit", methods=["GET", "POST"])
@guard(Action.DELIBERATION_SUBMIT)
def submit(village_list: VillageList) -> ResponseReturnValue:
    """The 两委 has decided: send the whole list on to the notice, or nothing of it."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with form.attempt():
            done = deliberation.submit(db.session(), village_list, actor=actor(), now=now(), today=today())
            flash(f"村“两委”研究通过，{len(done)}户进入公示。请制作公示。", "success")
            return _to_list(village_list)
    cases = list_pages.cases(village_list, Stage.DELIBERATION)
    return form.answer("deliberation/submit.html", village_list=village_list, title=list_pages.title(village_list),
                       cases=cases, needs=needs.of_cases(cases[:list_pages.HOUSEHOLDS], Action.DELIBERATION_SUBMIT),
                       links=_links(village_list, Stage.DELIBERATION))


@blueprint.route("/cases/<ref:case>/decline", methods=["GET", "POST"])
@guard(Action.DELIBERATION_DECLINE)
def decline(case: Case) -> ResponseReturnValue:
    """The meeting and the 两委 do not put this household forward."""
    doing.at_stage(case, Action.DELIBERATION_DECLINE, Stage.DELIBERATION)
    village_list = _list_of(case)
    form = ReasonForm()
    if form.validate_on_submit():
        with form.attempt():
            deliberation.decline(db.session(), case, reason=form.reason.data, actor=actor(), now=now(), today=today())
            flash(f"{case.household.head_name}户评议未通过，已办结。请向农户说明理由。", "success")
            return _to_list(village_list) if village_list else redirect(url_for("cases.show", case=case.ref))
    return form.answer("deliberation/decline.html", case=case, village_list=village_list,
                       needs=needs.of_case(case, Action.DELIBERATION_DECLINE))


@blueprint.route("/cases/<ref:case>/return-to-survey", methods=["GET", "POST"])
@guard(Action.DELIBERATION_RETURN)
def send_back(case: Case) -> ResponseReturnValue:
    """Return one household to the survey."""
    return returns.send_back(case, Action.DELIBERATION_RETURN)


def _list_of(case: Case) -> VillageList | None:
    entry = doing.listed_in(db.session(), case, case.procedure)
    return entry.village_list if entry else None


def _back_to_list(case: Case) -> Response:
    village_list = _list_of(case)
    return _to_list(village_list) if village_list else redirect(url_for("cases.show", case=case.ref))


def _to_list(village_list: VillageList) -> Response:
    return redirect(url_for("deliberation.show", village_list=village_list.ref))
