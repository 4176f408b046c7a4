"""部门核准: a department looks through its own columns of a reporting batch, asks, and signs; others answer what it asked."""

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin import sheets
from fanpin.blueprints.fields import LineField, TickField
from fanpin.blueprints.forms import HouseForm, required
from fanpin.blueprints.guard import actor, guard, now
from fanpin.blueprints.links import link
from fanpin.blueprints.paging import asked, page_of
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.models.households import Household
from fanpin.models.register import ColumnPart, ColumnQuestion
from fanpin.rules import national
from fanpin.rules.actions import Action
from fanpin.rules.departments import Department
from fanpin.rules.national import NationalColumn
from fanpin.rules.privacy import mask_account, mask_id, mask_phone
from fanpin.steps import register_signing

SHOWN = 50
DIFFERENCES = 100
MASKS = {"id": mask_id, "phone": mask_phone, "account": mask_account}

blueprint = Blueprint("signing", __name__, url_prefix="/signing")


class SignForm(HouseForm):
    """That the department's columns are true and accurate."""

    statement = LineField("核准意见", [required("请填写核准意见。")], limit=200)


class AnswerForm(HouseForm):
    """What became of a department's question."""

    corrected = TickField("处理结果", [required("请选择处理结果。")], choices=[("1", "已按部门意见更正"), ("0", "核实无误，不需更正")])
    reply = LineField("说明", [required("请写明怎样核实、改了什么。")], limit=200)


@dataclass(frozen=True)
class Cell:
    """A value of the department's column as the page shows it."""

    title: str
    text: str


@blueprint.get("/")
@guard(Action.REGISTER_SIGN)
def index() -> ResponseReturnValue:
    """List the department's parts, those to be signed first."""
    page = page_of(select(ColumnPart), ColumnPart, newest=True)
    return render_template("signing/index.html", page=page)


@blueprint.get("/<ref:part>")
@guard(Action.REGISTER_SIGN, audited=True)
def show(part: ColumnPart) -> ResponseReturnValue:
    """Show the department's columns: how full they are, where its own facts differ, the people by name."""
    return _page(part, SignForm(data={"statement": register_signing.STATEMENT}), 200)


def _page(part: ColumnPart, form: SignForm, status: int) -> tuple[str, int]:
    wanted, columns = asked("q"), [national.by_code()[code] for code in part.columns]
    rows = [row for row in register_signing.unpacked(part.content) if not wanted or wanted in (row["person"], row["head"])]
    questions = list(db.session.scalars(select(ColumnQuestion).where(ColumnQuestion.part_id == part.id).order_by(ColumnQuestion.id)))
    raised = {(row.household_id, row.person, row.column) for row in questions}
    differences = [row for row in register_signing.unpacked(part.differences)
                   if (row["household"], row["person"], row["column"]) not in raised]
    return render_template(
        "signing/show.html", part=part, form=form, columns=columns, filled=part.filled, wanted=wanted, total=len(rows),
        rows=[(row, [_cell(column, row["values"].get(column.code, "")) for column in columns]) for row in rows[:SHOWN]],
        questions=questions, differences=differences[:DIFFERENCES], more=max(len(differences) - DIFFERENCES, 0),
        titles={column.code: column.title for column in columns}, unanswered=sum(row.answered_at is None for row in questions),
        department=Department(part.department).title), status


def _cell(column: NationalColumn, text: str) -> Cell:
    return Cell(column.title, MASKS.get(column.sensitive, str)(text))


@blueprint.post("/<ref:part>/ask")
@guard(Action.REGISTER_SIGN)
def ask(part: ColumnPart) -> ResponseReturnValue:
    """Raise a difference as a question."""
    form = HouseForm()
    number = request.form.get("household", "")[:12]
    with form.attempt():
        register_signing.ask(
            db.session(), part, household=int(number) if number.isascii() and number.isdigit() else 0,
            person=request.form.get("person", "")[:60], column=request.form.get("column", "")[:40],
            text=" ".join(request.form.get("text", "")[:300].split()), actor=actor(), now=now())
        flash("已提出疑问，由县、村核实后答复。", "success")
        return redirect(url_for("signing.show", part=part.ref))
    failed = SignForm(data={"statement": register_signing.STATEMENT})
    failed.refusal = form.refusal
    return _page(part, failed, form.status)


@blueprint.post("/<ref:part>/sign")
@guard(Action.REGISTER_SIGN)
def sign(part: ColumnPart) -> ResponseReturnValue:
    """Sign: the department answers for its columns in this batch."""
    form = SignForm()
    if form.validate():
        with form.attempt():
            register_signing.sign(db.session(), part, statement=form.statement.data or "", actor=actor(), now=now())
            flash("已签字核准。", "success")
            return redirect(url_for("signing.index"))
    return _page(part, form, form.status)


@blueprint.get("/<ref:part>/sheet")
@guard(Action.REGISTER_SIGN, audited=True)
def sheet(part: ColumnPart) -> ResponseReturnValue:
    """Send the department's part as a workbook, to be compared in its own system."""
    columns = [national.by_code()[code] for code in part.columns]
    given = [sheets.Column(title, width) for title, width in (("所在村组", 24), ("户主", 12), ("姓名", 12), ("证件号码", 20))]
    rows = ([row["place"], row["head"], row["person"], row["number"], *(row["values"].get(column.code) for column in columns)]
            for row in register_signing.unpacked(part.content))
    content = sheets.write([*given, *(sheets.Column(column.title) for column in columns)], rows, sheet="核准",
                           above=[f"{part.area_name} {part.number} {Department(part.department).title}核准用 下载人：{actor().name}"])
    return send_file(BytesIO(content), mimetype=sheets.XLSX, download_name=f"{part.number}核准.xlsx", as_attachment=True, etag=False)


@blueprint.get("/questions")
@guard(Action.REGISTER_ANSWER)
def questions() -> ResponseReturnValue:
    """List what departments ask about the data of the area, those unanswered unless asked otherwise."""
    answered = asked("state") == "answered"
    query = select(ColumnQuestion).where(ColumnQuestion.answered_at.is_not(None) if answered else ColumnQuestion.answered_at.is_(None))
    page = page_of(query, ColumnQuestion)
    return render_template("signing/questions.html", page=page, answered=answered, names=names_of(row.area_path for row in page.rows),
                           titles={column.code: column.title for column in national.columns()},
                           departments={department.value: department.title for department in Department})


@blueprint.route("/questions/<ref:question>", methods=["GET", "POST"])
@guard(Action.REGISTER_ANSWER)
def answer(question: ColumnQuestion) -> ResponseReturnValue:
    """Answer a department's question."""
    form = AnswerForm()
    if form.validate_on_submit():
        with form.attempt():
            register_signing.answer(db.session(), question, text=form.reply.data or "", corrected=form.corrected.data == "1",
                                    actor=actor(), now=now())
            flash("已答复。", "success")
            return redirect(url_for("signing.questions"))
    household = db.session.scalars(select(Household).where(Household.id == question.household_id)).one()
    column = national.by_code()[question.column]
    return form.answer("signing/answer.html", question=question, column=column, ours=_cell(column, question.ours or "").text,
                       department=Department(question.department).title, place=names_of([question.area_path]),
                       url=link("households.show", household=household.ref))
