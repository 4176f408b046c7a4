"""三(三) 实地调查: the sheet, the application with 授权承诺书, and the ways on; also the survey of the way out."""

from calendar import monthrange
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from fanpin.blueprints import needs, survey_form
from fanpin.blueprints.case_forms import ReasonForm, VersionForm
from fanpin.blueprints.fields import DayField, LineField, ManyField
from fanpin.blueprints.forms import HouseForm, NoteField, longest, required
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.survey_form import SurveyForm
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.households import Member
from fanpin.models.surveys import Consent
from fanpin.rules.actions import Action
from fanpin.rules.duties import ConsentClass
from fanpin.rules.income import explain
from fanpin.rules.members import Relation
from fanpin.rules.stages import Procedure, Stage
from fanpin.rules.survey import SurveyItem
from fanpin.steps import advance, doing, survey, withdrawal

NOTHING_TYPED: dict[str, int] = {}
MONTHS = 12
REASON_LENGTH = 500
OWN = "of_"

blueprint = Blueprint("survey", __name__)


class SignForm(HouseForm):
    """The application and the one paper with two declarations, as signed by the household."""

    applied_on = DayField("申请日期", validators=[required("请填写申请日期。")])
    reason = NoteField("申请理由", validators=[required("请写明申请纳入监测的理由。"), longest(REASON_LENGTH)])
    truth_declared = BooleanField("承诺所提供的情况真实可靠")
    authorised = BooleanField("同意依法查询、核实家庭资产、医疗教育开支等信息")
    classes = ManyField("同意查询的信息类别", choices=ConsentClass.choices())
    signed_on = DayField("签署日期", validators=[required("请填写签署日期。")])
    valid_until = DayField("授权有效期至", validators=[required("请填写授权有效期的止日。")])
    signers = ManyField("在承诺书上签字（按手印）的人")
    written_by = LineField("代书人")
    witness = LineField("宣读人、见证人")

    @property
    def others(self) -> list[ManyField]:
        """List the boxes of the adults other than the head, each person's own."""
        return [field for field in self if field.name.startswith(OWN)]

    def offer(self, adults: list[Member]) -> None:
        """Offer the household's adults as signers."""
        self.signers.choices = [(member.ref, f"{member.name}（{member.relation.title}）") for member in adults]

    def ticked(self, adults: list[Member]) -> dict[int, list[ConsentClass]]:
        """Return what each adult other than the head has ticked."""
        return {member.id: [ConsentClass(code) for code in self[OWN + member.ref].data] for member in adults
                if OWN + member.ref in self}


def sign_form(adults: list[Member], data: dict[str, Any]) -> SignForm:
    """Return the form with boxes for every adult: the head's in `classes`, the others' in a field each."""

    class Form(SignForm):
        pass

    for member in adults:
        if member.relation is not Relation.HEAD:
            setattr(Form, OWN + member.ref, ManyField(f"{member.name}本人同意查询的信息类别", choices=ConsentClass.choices()))
    form = Form(data=data)
    form.offer(adults)
    return form


class WithdrawForm(HouseForm):
    """When and why the household takes its authorisation back."""

    withdrawn_on = DayField("收回日期", validators=[required("请填写收回日期。")])
    reason = NoteField("收回的情况（谁提出、怎么提出）", validators=[required("请写明收回的情况。"), longest(REASON_LENGTH)])


@blueprint.route("/cases/<ref:case>/survey", methods=["GET", "POST"])
@guard(Action.SURVEY_RECORD, audited=True)
def record(case: Case) -> ResponseReturnValue:
    """Fill the survey sheet; an unfinished one may be kept."""
    doing.at_stage(case, Action.SURVEY_RECORD, Stage.SURVEY)
    known = survey.known(db.session(), case)
    form = SurveyForm(data=survey_form.filled_with(case, known, visitor=actor().name, today=today()))
    form.offer(case.household)
    if form.validate_on_submit():
        with form.attempt():
            survey.record(db.session(), case, form.visit(), actor=actor(), now=now(), today=today())
            flash("实地调查表已保存。还没有查清的，可以再打开补填。", "success")
            return redirect(url_for("survey.record", case=case.ref))
    statement = known.income.statement() if known.own and known.income else None
    return form.answer(
        "survey/record.html", case=case, known=known, sources=survey_form.sources(known), needs=_next(case),
        explained=explain(statement) if statement else (), prompts=[item.prompt for item in SurveyItem],
        links=_links(case),
        totals=survey_form.totals(statement.amounts if statement else NOTHING_TYPED))


def _next(case: Case) -> list[tuple[str, str, needs.Needs]]:
    """List the ways on from the survey: title, address and what each still requires."""
    entering = case.procedure is Procedure.ENTERING
    first = Action.SURVEY_PROPOSE if entering else Action.SURVEY_CONFIRM
    second = Action.SURVEY_NOT_PROPOSE if entering else Action.SURVEY_KEEP
    return [(action.title, url_for(f"survey.{action.value.split('.')[1]}", case=case.ref), needs.of_case(case, action))
            for action in (first, second)]


def _links(case: Case) -> dict[str, tuple[str, str]]:
    """Say where what is missing is mended, besides this page."""
    paper = ("登记", url_for("survey.sign", case=case.ref))
    return {"survey.application": paper, "survey.consent": paper}


@blueprint.route("/cases/<ref:case>/consent", methods=["GET", "POST"])
@guard(Action.SURVEY_SIGN, audited=True)
def sign(case: Case) -> ResponseReturnValue:
    """Record the signed application and 授权承诺书."""
    consent = survey.consent_of(db.session(), case)
    adults = survey.adults(case.household.members, today())
    form = sign_form(adults, _signed_before(case, consent, adults))
    if form.validate_on_submit():
        with form.attempt():
            survey.sign(
                db.session(), case, applied_on=form.applied_on.data, reason=form.reason.data or "",
                truth_declared=form.truth_declared.data, authorised=form.authorised.data,
                classes=[ConsentClass(code) for code in form.classes.data], signed_on=form.signed_on.data,
                signers=[member for member in adults if member.ref in form.signers.data],
                written_by=form.written_by.data or "", witness=form.witness.data or "",
                valid_until=form.valid_until.data, ticked=form.ticked(adults), actor=actor(), now=now(), today=today())
            flash("申请与授权承诺书已登记。", "success")
            return redirect(url_for("cases.show", case=case.ref))
    children = [member.name for member in case.household.present_members if member not in adults]
    return form.answer("survey/sign.html", case=case, consent=consent, children=children)


@blueprint.route("/cases/<ref:case>/consent/withdraw", methods=["GET", "POST"])
@guard(Action.SURVEY_WITHDRAW, audited=True)
def withdraw(case: Case) -> ResponseReturnValue:
    """Record that the household takes its authorisation back, after showing what that stops."""
    form = WithdrawForm(withdrawn_on=today())
    if form.validate_on_submit():
        with form.attempt():
            stopped = withdrawal.withdraw(db.session(), case, withdrawn_on=form.withdrawn_on.data, reason=form.reason.data,
                                          actor=actor(), now=now(), today=today())
            flash(f"授权已收回：停止{stopped.inquiries}个部门的查询，{stopped.answers}项答复不再使用。", "success")
            return redirect(url_for("cases.show", case=case.ref))
    return form.answer("survey/withdraw.html", case=case, consent=survey.consent_of(db.session(), case),
                       stops=withdrawal.would_stop(db.session(), case))


def _signed_before(case: Case, consent: Consent | None, adults: list[Member]) -> dict[str, Any]:
    months = doing.setting(db.session(), case.area_path, "consent_months")
    if consent is None:
        seen = survey.current(db.session(), case)
        everything = [item.value for item in ConsentClass]
        return {"applied_on": today(), "signed_on": today(), "valid_until": months_after(today(), months),
                "classes": everything, **{OWN + member.ref: everything for member in adults}, "witness": actor().name,
                "reason": seen.conclusion if seen else ""}
    signed = {signature.member_id: signature.classes for signature in consent.signatures}
    own = {OWN + member.ref: signed.get(member.id, consent.classes) for member in adults}
    return {**own, "applied_on": consent.applied_on, "reason": consent.application_reason,
            "truth_declared": consent.truth_declared, "authorised": consent.authorised, "classes": consent.classes,
            "signed_on": consent.signed_on, "valid_until": consent.valid_until,
            "signers": [member.ref for member in adults if member.id in signed],
            "written_by": consent.written_by, "witness": consent.witness}


def months_after(day: date, months: int) -> date:
    """Return the day that many months later; the month's last where it is shorter."""
    years, month = divmod(day.month - 1 + months, MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@blueprint.route("/cases/<ref:case>/survey/propose", methods=["GET", "POST"])
@guard(Action.SURVEY_PROPOSE)
def propose(case: Case) -> ResponseReturnValue:
    """Put the household forward for monitoring."""
    form = VersionForm(version=case.version)
    if form.validate_on_submit():
        with form.attempt():
            survey.propose(db.session(), case, actor=actor(), now=now(), today=today(), version=form.seen)
            flash(f"{case.household.head_name}户已提出纳入监测，下一步列入村级名单评议。", "success")
            return redirect(url_for("cases.show", case=case.ref))
    return _decide(form, case, Action.SURVEY_PROPOSE, ["本户转入村级评议，由村里列入名单向群众公布。"])


@blueprint.route("/cases/<ref:case>/survey/not-propose", methods=["GET", "POST"])
@guard(Action.SURVEY_NOT_PROPOSE)
def not_propose(case: Case) -> ResponseReturnValue:
    """End without proposing, with the reason."""
    seen = survey.current(db.session(), case)
    form = ReasonForm(data={"version": case.version, "reason": seen.conclusion if seen else ""})
    if form.validate_on_submit():
        with form.attempt():
            survey.not_propose(db.session(), case, reason=form.reason.data, actor=actor(), now=now(), today=today(),
                               version=form.seen)
            flash(f"{case.household.head_name}户本次不提出纳入，已办结。请向农户说明理由。", "success")
            return redirect(url_for("cases.show", case=case.ref))
    return _decide(form, case, Action.SURVEY_NOT_PROPOSE,
                   ["本次办理结束，理由留在记录中，不需要农户签署授权。", "情况变化后可以再次申报、重新核查。"])


@blueprint.route("/cases/<ref:case>/survey/confirm", methods=["GET", "POST"])
@guard(Action.SURVEY_CONFIRM)
def confirm(case: Case) -> ResponseReturnValue:
    """On the way out: the survey bears the elimination out."""
    form = VersionForm(version=case.version)
    if form.validate_on_submit():
        with form.attempt():
            survey.confirm(db.session(), case, actor=actor(), now=now(), today=today(), version=form.seen)
            flash(f"{case.household.head_name}户的风险消除调查结果已确认，下一步公示。", "success")
            return redirect(url_for("cases.show", case=case.ref))
    return _decide(form, case, Action.SURVEY_CONFIRM, ["本户转入公示，满5个工作日无异议后上报乡镇。"])


@blueprint.route("/cases/<ref:case>/survey/keep", methods=["GET", "POST"])
@guard(Action.SURVEY_KEEP)
def keep(case: Case) -> ResponseReturnValue:
    """On the way out: the survey speaks against it; help goes on."""
    form = ReasonForm(version=case.version)
    if form.validate_on_submit():
        with form.attempt():
            survey.keep(db.session(), case, reason=form.reason.data, actor=actor(), now=now(), today=today(),
                        version=form.seen)
            flash(f"{case.household.head_name}户继续帮扶。", "success")
            return redirect(url_for("cases.show", case=case.ref))
    return _decide(form, case, Action.SURVEY_KEEP, ["本户不消除风险，回到帮扶中，原有措施继续落实。"])


def _decide(form: VersionForm, case: Case, action: Action, consequences: list[str]) -> ResponseReturnValue:
    clause = advance.row_for(case, action).clause
    page = render_template(
        "survey/decide.html", form=form, case=case, action=action, clause=clause, consequences=consequences,
        needs=needs.of_case(case, action), links=_links(case),
        reason=form.reason if isinstance(form, ReasonForm) else None)
    return page, form.status
