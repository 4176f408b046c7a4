"""三(六) 县级确定: the board, the joint review of a case, hits, the decision; and the departments' own desk."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from fanpin.adapters.contract import Known
from fanpin.adapters.desk import ROWS, desk_batch
from fanpin.blueprints import answers, case_page, county_desk, needs, returns, ways
from fanpin.blueprints.case_forms import ReasonForm, VersionForm
from fanpin.blueprints.county_forms import (
    AnswerForm, AssignForm, DecisionForm, ReferForm, ReportForm, ResolveForm, SignForm, StatementForm, answer_form,
    read_answers,
)
from fanpin.blueprints.due import dues
from fanpin.blueprints.forms import HouseForm
from fanpin.blueprints.guard import actor, guard, may, now, today
from fanpin.blueprints.paging import page_of
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.county import AnyInquiry, FactRow, FindingRow, Inquiry, Question, Resolution, UnaskedStatement
from fanpin.models.dossier_county import is_present, unsigned_adults
from fanpin.models.households import Member
from fanpin.rules.actions import Action
from fanpin.rules.checks import CheckState
from fanpin.rules.circumstances import CIRCUMSTANCES
from fanpin.rules.departments import Department
from fanpin.rules.duties import HOUSEHOLD, kind_of
from fanpin.rules.refusals import Invalid, NotFound
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import advance, county, doing, exchange, screening, survey
from fanpin.steps.asking import subject_of

blueprint = Blueprint("county", __name__)


@blueprint.get("/county")
@guard(Action.CASE_READ)
def index() -> ResponseReturnValue:
    """List the cases before the county with what each waits for."""
    query = select(Case).join(Case.household).options(contains_eager(Case.household)).where(Case.stage == Stage.COUNTY)
    page = page_of(query, Case)
    standing = county_desk.standings(page.rows)
    return render_template("county/index.html", page=page, standing=standing,
                           places=names_of(row.area_path for row in page.rows),
                           dues=dues([item.due for item in standing.values()]))


@blueprint.get("/cases/<ref:case>/county")
@guard(Action.CASE_READ, audited=True)
def review(case: Case) -> ResponseReturnValue:
    """Show the joint review of a case: answers, hits, people not asked about."""
    session, first = db.session(), doing.first_round(db.session(), case, Stage.COUNTY)
    decided = county.current_determination(session, case)
    joint = answers.read(session, case, first_round=first, unsigned=unsigned_adults(session, case, today=today()),
                         today=decided.decided_on if decided else today())
    finder = ways.Finder(case, actor(), advance.earlier_acts(session, case), {"household": case.household.ref})
    onward = case_page.ways_on(session, case, finder, today())
    lamps = answers.lamps(joint, survey.current(session, case), lives_here=case.household.lives_here, urls={})
    return render_template("county/review.html", case=case, joint=joint, lamps=lamps, ways=onward, finder=finder,
                           links=finder.links(onward), members={row.id: row.ref for row in case.household.members})


@blueprint.route("/cases/<ref:case>/county/inquire", methods=["GET", "POST"])
@guard(Action.COUNTY_INQUIRE)
def inquire(case: Case) -> ResponseReturnValue:
    """Show whom each department will be asked about, and put the questions."""
    doing.at_stage(case, Action.COUNTY_INQUIRE, Stage.COUNTY)
    form = HouseForm()
    if form.validate_on_submit():
        with form.attempt():
            rows = county.inquire(db.session(), case, actor=actor(), now=now(), today=today())
            flash(f"已向{len(rows)}个部门发起联审，请在{rows[0].due_on.month}月{rows[0].due_on.day}日前答复。", "success")
            return redirect(url_for("county.review", case=case.ref))
    names = {f"m{row.id}": row.name for row in case.household.members}
    names |= {f"k{row.id}": row.name for row in case.household.kin}
    return form.answer("county/inquire.html", case=case, names=names | {HOUSEHOLD: "全户"}, title_of=kind_of,
                       plans=county.planned(db.session(), case, today=today()))


@blueprint.post("/cases/<ref:case>/county/screen")
@guard(Action.COUNTY_RESOLVE)
def screen(case: Case) -> ResponseReturnValue:
    """Look for the ten circumstances again, in the answers as they are now."""
    doing.at_stage(case, Action.COUNTY_RESOLVE, Stage.COUNTY)
    found = screening.screen(db.session(), case, actor=actor(), now=now(), today=today())
    flash(f"重新比对完毕，现有{len(found)}项情形。" if found else "重新比对完毕，没有发现情形。", "success")
    return redirect(url_for("county.review", case=case.ref))


@blueprint.route("/findings/<ref:finding>/resolve", methods=["GET", "POST"])
@guard(Action.COUNTY_RESOLVE, audited=True)
def resolve(finding: FindingRow) -> ResponseReturnValue:
    """Write what people found out about a hit."""
    case = db.session.scalars(select(Case).where(Case.id == finding.case_id)).one()
    law = CIRCUMSTANCES[finding.circumstance]
    form = ResolveForm(data=_resolved(finding) or {"verifier": actor().name})
    form.offer(law, about_person=finding.subject != HOUSEHOLD)
    if form.validate_on_submit():
        with form.attempt():
            county.resolve(db.session(), finding, case, kind=form.chosen(), clarification=form.clarification.data or "",
                           details=form.details(), actor=actor(), now=now(), today=today())
            flash(f"“{law.title}”已处理：{form.chosen().title}。", "success")
            return redirect(url_for("county.review", case=case.ref))
    return form.answer("county/resolve.html", case=case, finding=finding, law=law)


def _resolved(finding: FindingRow) -> dict[str, Any]:
    """Return what was written before, so that a correction need not be typed anew."""
    row = db.session.scalar(select(Resolution).where(Resolution.finding_id == finding.id, Resolution.replaced.is_(False)))
    if row is None:
        return {}
    told = row.details.get("explained_on")
    return {**row.details, "kind": row.kind, "clarification": row.clarification,
            "explained_on": date.fromisoformat(told) if told else None}


@blueprint.route("/cases/<ref:case>/county/unasked/<ref:member>", methods=["GET", "POST"])
@guard(Action.COUNTY_STATE)
def state(case: Case, member: Member) -> ResponseReturnValue:
    """The village states what it verified about an adult who has not signed."""
    doing.at_stage(case, Action.COUNTY_STATE, Stage.TOWNSHIP, Stage.COUNTY)
    _same_household(case, member)
    form = StatementForm()
    if form.validate_on_submit():
        with form.attempt():
            county.state_unasked(db.session(), case, member.id, statement=form.statement.data, actor=actor(), now=now(),
                                 today=today())
            flash(f"{member.name}的村级证明已登记，等县级采信。", "success")
            return redirect(url_for("cases.show", case=case.ref))
    return form.answer("county/state.html", case=case, member=member)


@blueprint.post("/cases/<ref:case>/county/unasked/<ref:member>/accept")
@guard(Action.COUNTY_ACCEPT)
def accept(case: Case, member: Member) -> ResponseReturnValue:
    """The county analyst accepts the village's statement."""
    row = db.session.scalar(select(UnaskedStatement).where(
        UnaskedStatement.case_id == case.id, UnaskedStatement.procedure == case.procedure,
        UnaskedStatement.member_id == member.id).order_by(UnaskedStatement.round.desc()).limit(1))
    if row is None:
        raise NotFound
    county.accept_unasked(db.session(), case, row, actor=actor(), now=now())
    flash(f"已采信{member.name}的村级证明。", "success")
    return redirect(url_for("county.review", case=case.ref))


def _same_household(case: Case, member: Member) -> None:
    if member.household_id != case.household_id:
        raise NotFound


@blueprint.route("/cases/<ref:case>/county/determine", methods=["GET", "POST"])
@guard(Action.COUNTY_DETERMINE)
def determine(case: Case) -> ResponseReturnValue:
    """Decide to include, or on the way out to eliminate."""
    entering = case.procedure is Procedure.ENTERING
    return _decide(DecisionForm(version=case.version), case, Action.COUNTY_DETERMINE, county.determine,
                   ["本户确定为监测对象，接着报县领导小组、明确帮扶主责部门。"] if entering
                   else ["同意本户风险消除，接着在全国系统中标注。"], ("reason", "document"))


@blueprint.route("/cases/<ref:case>/county/decline", methods=["GET", "POST"])
@guard(Action.COUNTY_DECLINE)
def decline(case: Case) -> ResponseReturnValue:
    """Decide not to include."""
    return _decide(DecisionForm(version=case.version), case, Action.COUNTY_DECLINE, county.decline,
                   ["本户不予纳入，理由会写进告知书。", "接着出具并送达不予纳入告知书，再办结。"], ("reason", "document"))


@blueprint.route("/cases/<ref:case>/county/report", methods=["GET", "POST"])
@guard(Action.COUNTY_REPORT)
def report(case: Case) -> ResponseReturnValue:
    """Report the determination to the leading group."""
    return _decide(ReportForm(version=case.version), case, Action.COUNTY_REPORT, county.report,
                   ["县领导小组收到后明确帮扶主责部门。"], ("document",))


@blueprint.route("/cases/<ref:case>/county/assign", methods=["GET", "POST"])
@guard(Action.COUNTY_ASSIGN)
def assign(case: Case) -> ResponseReturnValue:
    """Name the 帮扶主责部门."""
    return _decide(AssignForm(version=case.version), case, Action.COUNTY_ASSIGN, county.assign,
                   ["本户转入帮扶，主责部门落实帮扶措施。",
                    "录入全国防返贫监测信息系统的期限，从县级确定之日起算。"], ("department",))


@blueprint.route("/cases/<ref:case>/county/not-include", methods=["GET", "POST"])
@guard(Action.COUNTY_NOT_INCLUDE)
def not_include(case: Case) -> ResponseReturnValue:
    """End the case after the letter of non-inclusion was handed over."""
    return _decide(ReasonForm(version=case.version), case, Action.COUNTY_NOT_INCLUDE, county.not_include,
                   ["告知书已经送达农户，本户的办理结束。", "情况变化后可以再次申报。"], ("reason",))


@blueprint.route("/cases/<ref:case>/county/refer", methods=["GET", "POST"])
@guard(Action.COUNTY_REFER)
def refer(case: Case) -> ResponseReturnValue:
    """End a case whose trouble another department resolves."""
    return _decide(ReferForm(version=case.version), case, Action.COUNTY_REFER, county.refer,
                   ["本户的困难由行业部门解决，不纳入监测，办理结束。"], ("reason", "department"))


@blueprint.route("/cases/<ref:case>/county/keep", methods=["GET", "POST"])
@guard(Action.COUNTY_KEEP)
def keep(case: Case) -> ResponseReturnValue:
    """Refuse an elimination; help goes on."""
    return _decide(ReasonForm(version=case.version), case, Action.COUNTY_KEEP, county.keep_helping,
                   ["不同意消除风险，本户回到帮扶中，原有措施继续落实。"], ("reason",))


def _decide(form: VersionForm, case: Case, action: Action, step: Callable[..., Any], consequences: Sequence[str],
            names: Sequence[str]) -> ResponseReturnValue:
    row, required = advance.row_for(case, action), needs.of_case(case, action)
    if form.validate_on_submit():
        with form.attempt():
            given = {name: form[name].data or "" for name in names}
            if "department" in given:
                given["department"] = Department(given["department"])
            step(db.session(), case, **given, actor=actor(), now=now(), today=today(), version=form.seen)
            flash(f"{case.household.head_name}户：{action.title}，已办理。", "success")
            return redirect(url_for("cases.show", case=case.ref))
    return form.answer("county/decide.html", case=case, action=action, row=row, consequences=consequences,
                       fields=[form[name] for name in names], needs=required)


@blueprint.route("/cases/<ref:case>/county/return", methods=["GET", "POST"])
@guard(Action.COUNTY_RETURN)
def send_back(case: Case) -> ResponseReturnValue:
    """Return a household to the survey."""
    return returns.send_back(case, Action.COUNTY_RETURN)


@blueprint.get("/inquiries")
@guard(Action.COUNTY_ANSWER)
def inquiries() -> ResponseReturnValue:
    """List the department's inquiries: what waits first."""
    rows = exchange.to_answer(db.session(), actor=actor(), today=today())
    open_ones = {row.id: sum(not is_present(question, today()) for question in row.questions) for row in rows}
    return render_template("county/inquiries.html", rows=rows, open_ones=open_ones, dues=dues([row.due_on for row in rows]))


@blueprint.route("/inquiries/<ref:inquiry>", methods=["GET", "POST"])
@guard(Action.COUNTY_ANSWER, audited=True)
def answer(inquiry: Inquiry) -> ResponseReturnValue:
    """Answer an inquiry on a form made from its kinds; partly, if need be."""
    facts = facts_of(inquiry.questions)
    form = answer_form(inquiry.questions, facts, request.form, {"as_of": today()})
    if not request.form.get("more") and form.validate_on_submit():
        with form.attempt():
            take(form, inquiry)
            flash("答复已保存。全部答复后请签字。", "success")
            return redirect(url_for("county.answer", inquiry=inquiry.ref))
    return _answer_page(form, inquiry), 200 if request.form.get("more") else form.status


def take(form: AnswerForm, inquiry: AnyInquiry) -> None:
    """Hand an officer's answers to the one function that accepts them; say what was kept out."""
    given, evidence = read_answers(form, inquiry.questions)
    when = {"actor": actor(), "now": now(), "today": today()}
    done = []
    for question, text in evidence.items():
        by_hand = given.pop((question.token, question.kind), None)
        if not isinstance(by_hand, Known):
            raise Invalid("人工核实的，请选择“查到登记”或“已查询，未查到”。")
        done.append(exchange.verify_by_hand(db.session(), question, by_hand, evidence=text, **when))
    if given:
        batch = desk_batch(Department(inquiry.department), given, as_of=form.as_of.data,
                           register_scope=form.register_scope.data or "", complete=form.complete.data == "yes")
        done.append(exchange.accept_batch(db.session(), inquiry, batch, **when))
    problems = [text for delivery in done for text in delivery.problems]
    if problems:
        raise Invalid("；".join(dict.fromkeys(problems)))
    kept_out = dict.fromkeys(name for delivery in done for name in delivery.quarantined)
    if kept_out:
        flash(f"{'、'.join(kept_out)}的授权已失效，答复没有保存。", "warning")


def _answer_page(form: AnswerForm, inquiry: Inquiry) -> str:
    open_ones = sum(not is_present(question, today()) for question in inquiry.questions)
    return render_template("county/answer.html", form=form, inquiry=inquiry, people=by_person(inquiry.questions),
                           open_ones=open_ones, state_of=CheckState, kind_of=kind_of, most=ROWS,
                           told=answers.told_by(db.session(), [inquiry], today=today())[0], may_ask=may(Action.COUNTY_ASK_AGAIN),
                           sign_form=SignForm(formdata=None), due=dues([inquiry.due_on])[inquiry.due_on])


def by_person(questions: Sequence[Question]) -> list[list[Question]]:
    """Put the questions about one person together."""
    people: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        people[subject_of(question)].append(question)
    return list(people.values())


@blueprint.post("/inquiries/<ref:inquiry>/sign")
@guard(Action.COUNTY_SIGN)
def sign(inquiry: Inquiry) -> ResponseReturnValue:
    """Sign for the accuracy and truth of the answers."""
    form = SignForm()
    if not form.validate_on_submit():
        raise Invalid({"": "；".join(text for texts in form.errors.values() for text in texts)})
    exchange.sign(db.session(), inquiry, note=form.note.data or "", actor=actor(), now=now(), today=today())
    flash(f"{inquiry.head_name}户的答复已签字。", "success")
    return redirect(url_for("county.inquiries"))


def facts_of(questions: Sequence[Question]) -> dict[int, list[FactRow]]:
    """Return what was answered before, by question."""
    found: dict[int, list[FactRow]] = defaultdict(list)
    ids = [question.id for question in questions]
    for row in db.session.scalars(select(FactRow).where(FactRow.question_id.in_(ids), FactRow.superseded.is_(False))
                                  .order_by(FactRow.id)):
        found[row.question_id or 0].append(row)
    return found
