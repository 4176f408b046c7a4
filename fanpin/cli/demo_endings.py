"""How each planted story ends at the county: hits found, what people did with them, and the sentence that says why."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from fanpin.adapters.contract import Known, Unavailable
from fanpin.adapters.desk import desk_batch
from fanpin.cli.procession import Procession
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import FactRow, FindingRow, Inquiry
from fanpin.models.measures import Measure
from fanpin.models.reviews import ReviewConclusion
from fanpin.rules.circumstances import NO, YES, Circumstance
from fanpin.rules.clarifications import ResolutionKind, clarification
from fanpin.rules.duties import Department, kind_of
from fanpin.rules.members import Relation
from fanpin.rules.refusals import RequirementsNotMet
from fanpin.rules.relations import outside_kin_problem
from fanpin.rules.risks import Risk
from fanpin.rules.roles import Role
from fanpin.steps import county, exchange, paper_data, screening

DAY = timedelta(days=1)
Ending = Callable[[Case], str]


class Endings:
    """Lead cases that stand before the departments to their ends; each story is a method of its name."""

    def __init__(self, people: Procession, village: Area) -> None:
        self.people, self.session, self.village = people, people.session, village
        self._number = 0

    # 附件2, outside the words or wrong: no effect

    def farm_truck(self, case: Case) -> str:
        """第三项: the car is a farm truck, outside the clause's words."""
        return self._outside(case, 3, "production_vehicle", "车辆用于拉运烤烟和农资，没有载客用途。", "行驶证、村级核实照片")

    def cancelled_firm(self, case: Case) -> str:
        """第五项: the firm is registered and does no business."""
        return self._outside(case, 5, "not_operating", "公司2019年起没有年报、没有开票纳税，正在办理注销。", "税务无开票证明、注销申请")

    def old_car(self, case: Case) -> str:
        """第三项 is true; a special case, verified and explained to the villagers."""
        finding = self._hit(case, 3)
        today = self.people.calendar.day
        self._resolve(case, finding, ResolutionKind.SPECIAL_CASE, "old_car", {
            "reasoning": "车龄十六年，估值不足三千元，用于接送患病妻子就医。", "verified": "实地查看车辆，查询二手车估价。", "verifier": "蒋演乡",
            "explained_how": "户主会上专门说明", "explained_on": today.isoformat(), "explained_where": "村委会会议室",
            "feedback": "到会群众没有意见"})
        self._include(case)
        return self._why(finding, ResolutionKind.SPECIAL_CASE, "old_car", "已向群众专门说明，到会群众没有意见")

    def dead_member(self, case: Case) -> str:
        """第九项: the person goes, the household stays."""
        finding = self._hit(case, 9)
        self._resolve(case, finding, ResolutionKind.PERSON_REMOVED, "", {"reasoning": "户籍登记死亡，村级核实属实。", "evidence": "死亡证明"})
        self._include(case)
        mother = next(member for member in case.household.members if member.relation is Relation.MOTHER)
        return self._why(finding, ResolutionKind.PERSON_REMOVED, "", f"只剔除{mother.name}，该户其余{case.household.size}人照常纳入")

    def empty_person(self, case: Case) -> str:
        """第八项: one person only has his hukou here; he goes, the household stays."""
        finding = self._hit(case, 8)
        self._resolve(case, finding, ResolutionKind.PERSON_REMOVED, "", {"reasoning": "只挂户口，不在本村生产生活。", "evidence": "组长和邻居证明"})
        self._include(case)
        husband = next(member for member in case.household.members if member.relation is Relation.SON_IN_LAW)
        return self._why(finding, ResolutionKind.PERSON_REMOVED, "", f"只剔除{husband.name}，该户其余{case.household.size}人照常纳入")

    # 附件2, true: not included

    def brother_inside(self, case: Case) -> str:
        """第一项: a brother in the household is a member."""
        return self._refused(case, 1, "弟弟与本户共同生活、共享收支，单位证明在职。")

    def father_official(self, case: Case) -> str:
        """第一项: the head's father counts wherever he lives."""
        return self._refused(case, 1, "户主的父亲虽分开居住，仍属本项所列亲属，单位证明在职。")

    def split_household(self, case: Case) -> str:
        """第七项: both findings, the intention and the criteria not met."""
        finding = self._hit(case, 7)
        self._resolve(case, finding, ResolutionKind.NOT_INCLUDED, "", {
            "reasoning": "分户三周后即申请纳入，父母有稳定收入且实际共同生活。", "fact_holds": YES, "fact_reason": "分户后仍同灶吃饭，本人承认为了享受政策",
            "criteria_met": NO, "criteria_reason": "合并计算后人均收入明显高于监测范围，没有刚性支出"})
        self._decline(case, "为享受监测对象帮扶支持故意分户，且不符合识别条件")
        return self._why(finding, ResolutionKind.NOT_INCLUDED, "", "故意分户成立，识别条件不符合，两项认定都成立")

    # 附件2, no hit at all

    def brother_outside(self, case: Case) -> str:
        """第一项 does not reach a brother who lives elsewhere: nobody asks about him."""
        self._included_without_hit(case)
        return f"{outside_kin_problem(Relation.SIBLING)}（附件2 第一项）。会上的意见已核实答复，照常纳入。"

    def resettlement(self, case: Case) -> str:
        """第四项: a relocation flat is neither bought nor built."""
        self._included_without_hit(case)
        return f"自然资源部门查到{self._fact(case, 'property')}：{self._not_reached(4)}"

    def paid_debtor(self, case: Case) -> str:
        """第十项: whoever has paid is no longer on the list."""
        self._included_without_hit(case)
        fact = self._fact(case, "credit_discipline")
        return f"人民银行查到{fact}，已退出名单，第十项没有命中，照常纳入。"

    def objection_refuted(self, case: Case) -> str:
        """三(四): an objection that was answered and not upheld stands in nobody's way."""
        self._included_without_hit(case)
        return "公示异议由两人调查，不属实，已向反映人答复；公示期满后照常上报、审核、确定（三(四)）。"

    # 三(六)

    def department_down(self, case: Case) -> str:
        """A silent register makes the case wait; an officer of that department verifies by hand."""
        self.people.inquire(case)
        self.people.answer(case, except_for=(Department.NATURAL_RESOURCES.value,))
        officer = self.people.as_(self.people.officers[Department.NATURAL_RESOURCES.value])
        inquiry = self.session.scalars(select(Inquiry).where(
            Inquiry.case_id == case.id, Inquiry.department == officer.department)).one()
        down = desk_batch(Department(inquiry.department), {
            (question.token, question.kind): Unavailable("不动产登记系统升级停机") for question in inquiry.questions},
            as_of=self.people.calendar.day, register_scope="本县登记范围", complete=True)
        exchange.accept_batch(self.session, inquiry, down, actor=officer, **self.people.when())
        waited = self._refusal(case)
        self.people.calendar.to(self.people.calendar.day + DAY)
        self.people.as_(officer)
        for question in inquiry.questions:
            exchange.verify_by_hand(self.session, question, Known(), evidence="查阅纸质登记簿第17册，无登记", actor=officer,
                                    **self.people.when())
        exchange.sign(self.session, inquiry, note="系统停机，人工核实", actor=officer, **self.people.when())
        self._include(case)
        return f"{waited}自然资源部门查阅纸质登记簿人工核实并签字后才确定（三(六)）。"

    # 四, 五(一)

    def no_labour(self, case: Case) -> str:
        """四: referral to 民政 with its answer; 五(一): long-term tracking, no elimination."""
        people = self.people
        people.answer(case)
        self._include(case, note="民政部门答复：经审核已纳入农村低保，每月580元")
        people.acting(Role.TOWNSHIP_CADRE)
        row = self.session.scalars(select(Measure).where(Measure.case_id == case.id, Measure.risk == Risk.LABOUR)).one()
        people.post_measures(case, self.village)
        people.calendar.to(people.calendar.day.replace(month=12, day=9))
        people.watch(case)
        people.finish_measures(case)
        people.review(case, ReviewConclusion.NO_LABOUR, "继续落实农村低保，长期跟踪监测")
        people.keep_on(case, "无劳动能力，持续落实社会保障，长期跟踪监测")
        people.calendar.to(people.calendar.day + 75 * DAY)
        people.watch(case)
        return f"{row.detail}。{row.result}（四）。评议：{ReviewConclusion.NO_LABOUR.title}，不进入风险消除（五(一)）。"

    # Building blocks

    def _hit(self, case: Case, circumstance: int) -> FindingRow:
        self.people.answer(case)
        actor = self.people.acting(Role.COUNTY_ANALYST)
        return next(row for row in screening.screen(self.session, case, actor=actor, **self.people.when())
                    if row.circumstance == circumstance)

    def _resolve(self, case: Case, finding: FindingRow, kind: ResolutionKind, code: str, details: dict[str, str]) -> None:
        actor = self.people.acting(Role.COUNTY_ANALYST)
        county.resolve(self.session, finding, case, kind=kind, clarification=code, details=details, actor=actor,
                       **self.people.when())

    def _outside(self, case: Case, circumstance: int, code: str, reasoning: str, evidence: str) -> str:
        finding = self._hit(case, circumstance)
        kind = ResolutionKind.OUTSIDE_WORDING
        self._resolve(case, finding, kind, code, {"reasoning": reasoning, "evidence": evidence})
        self._include(case)
        return self._why(finding, kind, code, reasoning)

    def _refused(self, case: Case, circumstance: int, reasoning: str) -> str:
        finding = self._hit(case, circumstance)
        self._resolve(case, finding, ResolutionKind.NOT_INCLUDED, "", {"reasoning": reasoning, "evidence": "单位证明"})
        self._decline(case, f"{Circumstance.of(circumstance).title}：{reasoning}")
        return self._why(finding, ResolutionKind.NOT_INCLUDED, "", reasoning)

    def _included_without_hit(self, case: Case) -> None:
        self.people.answer(case)
        self._include(case)

    def _include(self, case: Case, note: str = "已落实到户") -> None:
        people, self._number = self.people, self._number + 1
        year = people.calendar.day.year
        people.determine(case, f"彝防返贫〔{year}〕演{self._number}号")
        people.follow_up(case, f"彝领办〔{year}〕演{self._number}号")
        people.start_measures(case, note)
        people.enter(case, f"530628{people.calendar.day:%Y%m%d}{case.id:06d}")

    def _decline(self, case: Case, reason: str) -> None:
        people, self._number = self.people, self._number + 1
        document = f"彝防返贫〔{people.calendar.day.year}〕演{self._number}号"
        county.decline(self.session, case, reason=reason, document=document, actor=people.acting(Role.COUNTY_DECIDER),
                       **people.when())
        analyst = people.acting(Role.COUNTY_ANALYST)
        paper_data.issue(self.session, "not_included", case=case, actor=analyst, **people.when())
        county.not_include(self.session, case, reason=f"告知书已送达，{reason}", actor=analyst, **people.when())

    def _refusal(self, case: Case) -> str:
        actor = self.people.acting(Role.COUNTY_DECIDER)
        try:
            county.determine(self.session, case, reason="符合条件", document="彝防返贫演停机号", actor=actor, **self.people.when())
        except RequirementsNotMet as refusal:
            return f"{refusal.message}。"
        raise AssertionError("a department was silent and the county decided")

    def _why(self, finding: FindingRow, kind: ResolutionKind, code: str, reasoning: str) -> str:
        typical = clarification(finding.circumstance, code)
        done = f"{kind.title}——{typical.title}" if typical else kind.title
        return f"{finding.explanation}处理：{done}；{reasoning.rstrip('。')}。"

    def _fact(self, case: Case, kind: str) -> str:
        row = self.session.scalars(select(FactRow).where(FactRow.household_id == case.household_id, FactRow.kind == kind)).one()
        until = f"，{kind_of(kind).column('ended').label}{row.ended:%Y年%-m月%-d日}" if row.ended else ""
        return f"{kind_of(kind).title}——{kind_of(kind).value_title(row.value)}{until}"

    def _not_reached(self, number: int) -> str:
        law = Circumstance.of(number)
        return f"{law.clause}只指“{law.wording.rstrip('。')}”，没有命中，照常纳入。"
