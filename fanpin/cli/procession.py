"""Lead households through the county's steps, help, review and the way out: for journey, demo and tests."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from fanpin.adapters.contract import Fact, Known
from fanpin.adapters.desk import desk_batch
from fanpin.cli.demo_ledger import Ledger
from fanpin.cli.village_procession import VillageProcession
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Inquiry, Question
from fanpin.models.dossier_county import unsigned_adults
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.reviews import ReviewConclusion
from fanpin.rules.checks import CheckState
from fanpin.rules.clarifications import ResolutionKind
from fanpin.rules.duties import Department
from fanpin.rules.members import Relation
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor, Role
from fanpin.rules.stages import Procedure
from fanpin.steps import assistance, county, doing, elimination, exchange, review, screening, survey


class Procession(VillageProcession):
    """Drive cases by calling the steps as the staff would, from the key check to the marking."""

    # What the departments have on file; they answer from it.
    ledger: Ledger = Ledger()

    # 三(六)
    def inquire(self, case: Case) -> None:
        """Put the joint review to the departments."""
        actor = self.acting(Role.COUNTY_ANALYST)
        county.inquire(self.session, case, actor=actor, **self.when())
        self.tell("发起部门联审", actor)

    def answer(self, case: Case, *, vehicle: str = "", except_for: Sequence[str] = ()) -> None:
        """Let every department search its register and sign; `vehicle` plants a car of that use for the head."""
        self.acting(Role.COUNTY_ANALYST)
        departments = self.session.scalars(select(Inquiry.department).where(
            Inquiry.case_id == case.id, Inquiry.procedure == case.procedure, Inquiry.round == case.round)).all()
        for department in departments:
            if department not in except_for:
                self._answer_one(case, self.as_(self.officers[department]), vehicle)

    def _answer_one(self, case: Case, officer: Actor, vehicle: str) -> None:
        inquiry = self.session.scalars(select(Inquiry).where(
            Inquiry.case_id == case.id, Inquiry.procedure == case.procedure, Inquiry.round == case.round)).one()
        answers = {(question.token, question.kind): Known(self._facts(question, vehicle)) for question in inquiry.questions
                   if question.state == CheckState.WAITING}
        if answers:
            batch = desk_batch(Department(officer.department), answers, as_of=self.calendar.day,
                               register_scope="本县登记范围", complete=True)
            delivery = exchange.accept_batch(self.session, inquiry, batch, actor=officer, **self.when())
            if delivery.problems:
                raise Invalid("；".join(delivery.problems))
        if inquiry.signed_at is None:
            exchange.sign(self.session, inquiry, note="", actor=officer, **self.when())
        self.tell(f"{Department(officer.department).title}答复并签字", officer)

    def _facts(self, question: Question, vehicle: str) -> tuple[Fact, ...]:
        known = self.ledger.facts(question.kind, question.subject_id_number, question.token)
        if known or not vehicle or question.kind != "vehicle" or question.subject_relation != Relation.HEAD.title:
            return known
        return (Fact(subject=question.token, kind="vehicle", ref="云C·演001", value=vehicle, label="轻型多用途货车",
                     date=self.calendar.day - timedelta(days=2000)),)

    def resolve_vehicle(self, case: Case) -> None:
        """The car turns out to be a farm truck: outside the clause's words."""
        actor = self.acting(Role.COUNTY_ANALYST)
        for finding in screening.screen(self.session, case, actor=actor, **self.when()):
            county.resolve(
                self.session, finding, case, kind=ResolutionKind.OUTSIDE_WORDING, clarification="production_vehicle",
                details={"evidence": "行驶证复印件、村级核实证明", "reasoning": "车辆用于拉运烤烟和农资，属生产用车。"},
                actor=actor, **self.when())
        self.tell("核实车辆为农用生产用车，不属于“消费型汽车”", actor)

    def vouch(self, case: Case) -> None:
        """The village vouches for whoever has come of age since the household signed, and the county accepts it."""
        self.acting(Role.COUNTY_ANALYST)
        for member_id, name in unsigned_adults(self.session, case, today=self.calendar.day):
            row = county.state_unasked(
                self.session, case, member_id, statement=f"{name}今年满十八岁，在校就读，名下没有财产登记。",
                actor=self.acting(Role.VILLAGE_CADRE), **self.when())
            self.session.flush()
            county.accept_unasked(self.session, case, row, actor=self.acting(Role.COUNTY_ANALYST), now=self.calendar.now)
            self.tell("村级证明、县级采信未签授权人员", self.staff[Role.COUNTY_ANALYST])

    def determine(self, case: Case, document: str) -> None:
        """Decide to include, or on the way out to eliminate."""
        actor = self.acting(Role.COUNTY_DECIDER)
        county.determine(self.session, case, reason="符合条件", document=document, actor=actor, **self.when())
        self.tell("确定为监测对象" if case.procedure is Procedure.ENTERING else "审定同意风险消除", actor)

    def follow_up(self, case: Case, document: str) -> None:
        """Report, name the lead department, start measures, enter in the national system."""
        actor = self.acting(Role.COUNTY_ANALYST)
        county.report(self.session, case, document=document, actor=actor, **self.when())
        self.tell("报县领导小组", actor)
        actor = self.acting(Role.COUNTY_LEADING_GROUP)
        county.assign(self.session, case, department=self.lead, actor=actor, **self.when())
        self.tell(f"明确帮扶主责部门：{self.lead.title}", actor)

    def start_measures(self, case: Case, note: str = "已落实到户") -> None:
        """The lead department starts every measure that it carries."""
        actor = self.acting(Role.LEAD_DEPARTMENT)
        for row in self.session.scalars(select(Measure).where(Measure.case_id == case.id, Measure.category.is_not(None))):
            assistance.start(self.session, row, started_on=self.calendar.day, note=note, actor=actor, **self.when())
        self.tell("落实帮扶措施", actor)

    def enter(self, case: Case, number: str) -> None:
        """Record the entry in the national system."""
        actor = self.acting(Role.COUNTY_ANALYST)
        assistance.enter(self.session, case, number=number, entered_on=self.calendar.day, actor=actor, **self.when())
        self.tell("录入全国防返贫监测信息系统", actor)

    # 四
    def watch(self, case: Case) -> None:
        """Visit the monitored household."""
        actor = self.acting(Role.RESIDENT_MEMBER)
        assistance.visit(self.session, case, visited_on=self.calendar.day, income_change="务工收入按月到账",
                         spending_change="医疗支出下降", guarantees_safe=True, water_safe=True, note="", actor=actor,
                         **self.when())
        self.tell("日常监测走访", actor)

    def finish_measures(self, case: Case) -> None:
        """The lead department finishes every measure whose day has come."""
        actor = self.acting(Role.LEAD_DEPARTMENT)
        for row in self.session.scalars(select(Measure).where(
                Measure.case_id == case.id, Measure.status == MeasureStatus.STARTED, Measure.due_on <= self.calendar.day)):
            assistance.finish(self.session, row, finished_on=self.calendar.day, result=row.result or "已按计划完成，户里已签收", actor=actor, **self.when())
        self.tell("完成帮扶措施", actor)

    def post_measures(self, case: Case, village: Area) -> None:
        """Post the measures in the village."""
        actor = self.acting(Role.VILLAGE_CADRE)
        assistance.post(self.session, case, village, place="村务公开栏", posted_on=self.calendar.day, actor=actor,
                        **self.when())
        self.tell("帮扶措施在村内公示", actor)

    # 五
    def review(self, case: Case, conclusion: ReviewConclusion = ReviewConclusion.STABLE, continued: str = "") -> None:
        """Open and write the yearly review."""
        actor = self.acting(Role.VILLAGE_CADRE)
        review.open_review(self.session, case, actor=actor, **self.when())
        judged = {row.id: ("与风险相符", "效果明显") for row in review.reviewed_measures(self.session, case)}
        review.record(self.session, case, review.Judged(
            reviewed_on=self.calendar.day, guarantees="“两不愁三保障”及饮水安全均有保障", measures=judged,
            risk_points="识别时的风险已消除，未发现新的风险", income_stability="务工收入稳定半年以上", spending="自付医疗支出可控",
            motivation="家庭成员积极务工", conclusion=conclusion, continued_help=continued,
            reviewers="村干部、驻村工作队员、党员代表"), actor=actor, **self.when())
        self.tell("开展帮扶成效评议", actor)

    def consent_to_leave(self, case: Case) -> None:
        """Take the household's informed consent."""
        actor = self.acting(Role.VILLAGE_CADRE)
        review.sign_exit_consent(self.session, case, informed_of="已告知风险消除后不再监测帮扶，已享受的政策按规定期限执行，出现困难可随时再申报。",
                                 agrees=True, signed_by=case.household.head_name, signed_on=self.calendar.day, actor=actor,
                                 **self.when())
        self.tell("农户签署风险消除知情同意书", actor)

    def leave(self, case: Case) -> None:
        """Take the way out."""
        actor = self.acting(Role.VILLAGE_CADRE)
        review.leave(self.session, case, actor=actor, **self.when())
        self.tell("进入风险消除程序", actor)

    def confirm(self, case: Case) -> None:
        """The survey bears the elimination out."""
        actor = self.acting(Role.VILLAGE_CADRE)
        survey.confirm(self.session, case, actor=actor, **self.when())
        self.tell("调查确认，进入公示", actor)

    def mark(self, case: Case, number: str) -> None:
        """Mark 风险消除 in the national system."""
        actor = self.acting(Role.COUNTY_ANALYST)
        elimination.mark(self.session, case, marked_on=self.calendar.day, way="帮扶消除", list_number=number,
                         contact=self.staff[Role.VILLAGE_CADRE].name, actor=actor, **self.when())
        self.tell("标注“风险消除”", actor)

    def keep_on(self, case: Case, reason: str) -> None:
        """The review ends with more help."""
        actor = self.acting(Role.VILLAGE_CADRE)
        review.continue_help(self.session, case, reason=reason, actor=actor, **self.when())
        self.tell("继续帮扶", actor)

    def take_off(self, case: Case, reason: str) -> None:
        """Take a case off its list; it can be listed again."""
        self.acting(Role.VILLAGE_CADRE)
        doing.leave_list(self.session, case, today=self.calendar.day, reason=reason)
