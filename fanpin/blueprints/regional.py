"""区域性风险 (二(四)): events and alarms in one's area, their entry, their page, the board, their papers."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin.blueprints.due import dues
from fanpin.blueprints.guard import actor, guard, may, now, today
from fanpin.blueprints.paging import asked, page_of
from fanpin.blueprints.places import Place, area_within, children, names_of, place_for
from fanpin.blueprints.regional_forms import CHOOSE, EventForm
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.events import Event, EventAct, EventPlan, EventResponse
from fanpin.models.outbox import StoredFile
from fanpin.models.rectification import Rectification
from fanpin.models.relocation import Community
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel, contains
from fanpin.rules.regional import Degree, EventKind, EventSource, ExposedBy, Indicator
from fanpin.rules.roles import PERMISSIONS
from fanpin.rules.small_numbers import drawn, told
from fanpin.steps import regional, regional_numbers, relocation
from fanpin.steps.regional_numbers import Numbers

blueprint = Blueprint("regional", __name__, url_prefix="/regional")


def exact() -> bool:
    """Say whether the actor may read small numbers: whoever may open a case."""
    return actor().role in PERMISSIONS[Action.CASE_READ].roles


def said(numbers: Numbers) -> list[str]:
    """Return an event's numbers in words: exposed, looked at, affected, with risk, monitored."""
    return [told(count, exact=exact()) for count in
            (numbers.exposed, numbers.looked, numbers.affected, numbers.at_risk, numbers.monitored)]


def bars_of(numbers: Numbers) -> list[tuple[str, int, str]]:
    """Return an event's numbers for the bars."""
    titles = ("名单上的农户", "已排查", "受到影响", "发现返贫致贫风险", "正在监测帮扶")
    counts = (numbers.exposed, numbers.looked, numbers.affected, numbers.at_risk, numbers.monitored)
    return [(title, drawn(count, exact=exact()), f"{told(count, exact=exact())}户") for title, count in zip(titles, counts)]


@blueprint.get("/")
@guard(Action.REGIONAL_READ)
def index() -> ResponseReturnValue:
    """List the events that touch one's area, open or closed, with their state and numbers."""
    closed = asked("state") == "closed"
    who = actor()
    page = page_of(regional.visible(closed=closed, path=who.area_path), Event, newest=True)
    rows = regional_numbers.standings(db.session(), page.rows, path=who.area_path, today=today())
    return render_template(
        "regional/index.html", rows=[(row, said(row.numbers)) for row in rows], page=page, closed=closed, who=who,
        names=names_of([*(row.area_path for row in page.rows), *(row.charge_path for row in page.rows)]))


@blueprint.route("/new", methods=["GET", "POST"])
@guard(Action.REGIONAL_ENTER)
def new() -> ResponseReturnValue:
    """Enter an event; its exposed households are found at once."""
    who, place = actor(), place_for(actor())
    parts = branches(place)
    communities = list(db.session.scalars(select(Community).order_by(Community.id)))
    form = EventForm(data=_given(place, communities))
    form.areas.choices = [(area.code12, area.name) for top, below in parts for area in (top, *below)]
    form.community.choices = [CHOOSE, *((row.ref, row.name) for row in communities)]
    if form.validate_on_submit():
        with form.attempt():
            areas = [area_within(who, code) for code in form.areas.data]
            chosen = next((row for row in communities if row.ref == form.community.data), None)
            event = regional.enter(db.session(), areas, form.reported(chosen), actor=who, now=now(), today=today())
            flash(_found(event), "success")
            return redirect(url_for("regional.show", event=event.ref))
    return form.answer("regional/new.html", place=place, branches=parts, asks=[by for by in ExposedBy if by.asks])


def _found(event: Event) -> str:
    if event.matched_at is None:
        return "事件已登记，正在分县查找受影响农户，几分钟内在本页看到结果。"
    numbers = regional_numbers.numbers(db.session(), [event.id], path=actor().area_path).get(event.id, Numbers())
    return f"事件已登记，找到受影响农户{told(numbers.exposed, exact=exact())}户，请村级逐户排查。"


def branches(place: Place) -> list[tuple[Area, tuple[Area, ...]]]:
    """Return the place itself, and the areas right below it each with those below them."""
    below: dict[int, list[Area]] = {area.id: [] for area in place.below}
    if below:
        for area in db.session.scalars(select(Area).where(Area.parent_id.in_(below), Area.valid_to.is_(None)).order_by(Area.code12)):
            below[area.parent_id].append(area)
    return [(place.area, ()), *((area, tuple(below[area.id])) for area in place.below)]


def _given(place: Place, communities: list[Community]) -> dict[str, object]:
    given: dict[str, object] = {"happened_on": today(), "source": EventSource.WATCH.value, "degree": Degree.UNKNOWN.value,
                                "exposed_by": ExposedBy.AREA.value, "areas": []}
    alarmed = next((row for row in communities if row.ref == asked("community")), None)
    if alarmed is None:
        return given
    fallen = next((row for row in relocation.standings(db.session(), path=place.area.path) if row.community.id == alarmed.id), None)
    worse = "、".join(row.indicator.title for row in (fallen.indicators if fallen else ()) if row.worse)
    return given | {"kind": EventKind.RELOCATION.value, "source": EventSource.FIGURES.value, "areas": [place.area.code12],
                    "exposed_by": ExposedBy.COMMUNITY.value, "community": alarmed.ref,
                    "title": f"{alarmed.name}{worse or Indicator.EMPLOYMENT.title}下滑"[:80]}


@dataclass(frozen=True)
class EventPage:
    """What the page and the paper of an event show."""

    standing: regional_numbers.Standing
    touched: list[Area]
    plans: list[EventPlan]
    responses: list[EventResponse]
    files: dict[int, str]
    names: dict[str, str]


def read(event: Event, path: str) -> EventPage:
    """Read an event with its plans and responses."""
    standing = regional_numbers.standings(db.session(), [event], path=path, today=today())[0]
    plans = list(db.session.scalars(select(EventPlan).where(EventPlan.event_id == event.id).order_by(EventPlan.id)))
    responses = list(db.session.scalars(select(EventResponse).where(EventResponse.event_id == event.id)
                                        .order_by(EventResponse.done_on, EventResponse.id)))
    files = {}
    kept = [row.evidence_file_id for row in responses if row.evidence_file_id]
    if kept and may(Action.HOUSEHOLD_READ):
        files = dict(db.session.execute(select(StoredFile.id, StoredFile.ref).where(StoredFile.id.in_(kept))).all())
    return EventPage(standing, regional.touched(db.session(), event), plans, responses, files,
                     names_of([event.area_path, event.charge_path, *(row.area_path for row in (*plans, *responses))]))


@blueprint.get("/<ref:event>")
@guard(Action.REGIONAL_READ)
def show(event: Event) -> ResponseReturnValue:
    """Show an event: what it is, whom it reaches and what became of them, what is planned and what was done."""
    who, place = actor(), place_of(event)
    page = read(event, place.area.path)
    table = [(area, said(numbers)) for area, numbers in regional_numbers.by_area(db.session(), event, place.area)]
    acts = list(db.session.scalars(select(EventAct).where(EventAct.event_id == event.id).order_by(EventAct.id.desc())))
    tasks = list(db.session.scalars(select(Rectification).where(Rectification.event_id == event.id)
                                    .order_by(Rectification.id))) if may(Action.REGIONAL_TASKS) else []
    return render_template(
        "regional/show.html", event=event, page=page, place=place, table=table, bars=bars_of(page.standing.numbers), acts=acts,
        tasks=tasks, due=dues([row.due_on for row in page.plans]), in_charge=regional.in_charge(event, who), exact=exact(),
        who=who, deepest=AreaLevel.GROUP, province=AreaLevel.PROVINCE)


def place_of(event: Event) -> Place:
    """Return the area that was asked for, else the part of the event's area that is the actor's."""
    who = actor()
    if asked("area") or not contains(who.area_path, event.area_path):
        return place_for(who)
    area = db.session.scalars(select(Area).where(Area.path == event.area_path)).one()
    return place_for(who, area.code12)


@blueprint.get("/<ref:event>/print")
@guard(Action.REGIONAL_READ)
def plan_paper(event: Event) -> ResponseReturnValue:
    """Print an event with its plan, its responses and its numbers by area: no names of households."""
    place = place_of(event)
    page = read(event, place.area.path)
    table = [(area, said(numbers)) for area, numbers in regional_numbers.by_area(db.session(), event, place.area)]
    return render_template("regional/plan_paper.html", event=event, page=page, place=place, table=table,
                           total=said(page.standing.numbers), who=actor())


@blueprint.get("/board")
@guard(Action.REGIONAL_READ)
def board() -> ResponseReturnValue:
    """Show by area how many events are open, what became of their households, and what is to be put right."""
    place = place_for(actor())
    rows = regional_numbers.board(db.session(), place.area, today=today())
    total = Numbers(*(sum(getattr(row.numbers, name) for row in rows)
                      for name in ("exposed", "looked", "affected", "at_risk", "monitored")))
    table = [(row, said(row.numbers), row.area.level < AreaLevel.GROUP and row.area.id != place.area.id) for row in rows]
    tasks = [(row.area.name, row.tasks, f"{row.tasks}件，逾期{row.tasks_overdue}件") for row in rows if row.tasks]
    return render_template("regional/board.html", place=place, table=table, bars=bars_of(total), tasks=tasks, exact=exact(),
                           below=bool(children(place.area)))
