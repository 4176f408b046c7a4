"""The county's queue of departments' rows that match nobody: matched by hand, or set aside with a reason (附件1)."""

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin.blueprints.fields import LineField
from fanpin.blueprints.forms import HouseForm, required
from fanpin.blueprints.guard import actor, guard, now
from fanpin.blueprints.paging import SIZE, asked, page_of
from fanpin.blueprints.places import names_of
from fanpin.blueprints.seeking import sought
from fanpin.extensions import db
from fanpin.models.deliveries import UnmatchedRow
from fanpin.models.households import Household, Member
from fanpin.rules.actions import Action
from fanpin.rules.deliveries import UnmatchedReason, UnmatchedState
from fanpin.rules.departments import Department
from fanpin.rules.duty_tables import kind_of
from fanpin.rules.privacy import mask_id
from fanpin.steps import households, unmatched

FOUND = 20

blueprint = Blueprint("unmatched", __name__, url_prefix="/unmatched")


class AsideForm(HouseForm):
    """Why rows are set aside."""

    reason = LineField("不采用的理由", [required("请写明理由，例如：户籍在外县。")], limit=200)


@blueprint.get("/")
@guard(Action.EXCHANGE_MATCH)
def index() -> ResponseReturnValue:
    """List the rows of one state and reason."""
    state = next((each for each in UnmatchedState if each.value == asked("state")), UnmatchedState.OPEN)
    reason = next((each for each in UnmatchedReason if each.value == asked("reason")), None)
    query = select(UnmatchedRow).where(UnmatchedRow.state == state)
    if reason is not None:
        query = query.where(UnmatchedRow.reason == reason)
    page = page_of(query, UnmatchedRow)
    return render_template("unmatched/index.html", page=page, rows=[_shown(row) for row in page.rows], state=state, reason=reason,
                           form=AsideForm(), states=list(UnmatchedState), reasons=list(UnmatchedReason))


def _shown(row: UnmatchedRow) -> dict[str, object]:
    return {"ref": row.ref, "name": row.name or "未填", "number": mask_id(row.id_number or ""), "kind": kind_of(row.kind).title,
            "department": Department(row.department).title, "reason": row.reason, "line": row.row_number, "decision": row.decision,
            "decided_by": row.decided_by, "village": row.village}


@blueprint.post("/aside")
@guard(Action.EXCHANGE_MATCH)
def aside() -> ResponseReturnValue:
    """Set the ticked rows aside."""
    form = AsideForm()
    refs = [ref for ref in request.form.getlist("row")[:SIZE] if ref.isascii() and ref.isalnum()]
    if not form.validate() or not refs:
        flash("请先勾选要处理的行，再写明不采用的理由。", "error")
        return redirect(url_for("unmatched.index"))
    rows = list(db.session.scalars(select(UnmatchedRow).where(UnmatchedRow.ref.in_(refs))))
    count = unmatched.set_aside(db.session(), rows, reason=form.reason.data or "", actor=actor(), now=now())
    flash(f"已登记{count}行不采用。", "success")
    return redirect(url_for("unmatched.index"))


@blueprint.get("/<ref:unmatched>")
@guard(Action.EXCHANGE_MATCH)
def show(unmatched: UnmatchedRow) -> ResponseReturnValue:
    """Look for the person whom a row is about."""
    wanted = sought()
    text = wanted.text or unmatched.name or ""
    query = households.search(text).where(Household.departed_on.is_(None)) if text else select(Household).where(
        Household.id == -1)
    suggested = db.session.scalar(select(Member).where(Member.id == unmatched.member_id)) if unmatched.member_id else None
    homes = list(db.session.scalars(query.order_by(Household.id).limit(FOUND)))
    if suggested is not None:
        own = db.session.scalars(select(Household).where(Household.id == suggested.household_id)).one()
        homes = [own, *(home for home in homes if home.id != own.id)]
    people: dict[int, list[Member]] = {home.id: [] for home in homes}
    for member in db.session.scalars(select(Member).where(Member.household_id.in_(list(people)), Member.left_on.is_(None))
                                     .order_by(Member.position)):
        people[member.household_id].append(member)
    return render_template("unmatched/show.html", row=_shown(unmatched), open=unmatched.state is UnmatchedState.OPEN, homes=homes,
                           people=people, wanted=wanted.shown or unmatched.name or "", names=names_of(home.area_path for home in homes),
                           suggested=suggested, near=_near(unmatched.id_number or "", people.values()))


def _near(number: str, people: Iterable[Iterable[Member]]) -> dict[int, str]:
    """Say of each person how far the number on file is from the one that was sent, without showing either."""
    found = {}
    for member in (member for members in people for member in members):
        if not member.id_number or len(member.id_number) != len(number):
            found[member.id] = "没有登记号码" if not member.id_number else "没有可比的号码"
        else:
            wrong = sum(one != other for one, other in zip(member.id_number, number, strict=True))
            found[member.id] = "相同" if wrong == 0 else f"相差{wrong}位"
    return found


@blueprint.post("/<ref:unmatched>/match/<ref:member>")
@guard(Action.EXCHANGE_MATCH)
def match(unmatched: UnmatchedRow, member: Member) -> ResponseReturnValue:
    """Give the row to a person."""
    _match(unmatched, member)
    flash(f"已匹配到{member.name}，从下一次筛查起计入。", "success")
    return redirect(url_for("unmatched.index"))


def _match(row: UnmatchedRow, member: Member) -> None:
    unmatched.match(db.session(), row, member, actor=actor(), now=now())
