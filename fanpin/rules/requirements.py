"""What each step of the policy requires: pure predicates over a `Dossier`, each with its clause."""

from collections.abc import Callable
from dataclasses import dataclass

from fanpin.rules.dossier import Dossier
from fanpin.rules.refusals import Missing

MET = ""
TEN, FIVE = 10, 5


@dataclass(frozen=True)
class Requirement:
    """One sentence of the policy; `check` returns "" when met, else what is missing and what to do."""

    code: str
    clause: str
    title: str
    needs: frozenset[str]
    check: Callable[[Dossier], str]

    def missing(self, dossier: Dossier, *, subject: str = "") -> Missing | None:
        """Return what is missing of this requirement, or None when it is met."""
        reason = self.check(dossier)
        return Missing(self.code, self.clause, self.title, reason, subject) if reason else None


REQUIREMENTS: dict[str, Requirement] = {}


def requirement(code: str, clause: str, title: str, *needs: str) -> Callable[[Callable[[Dossier], str]], Requirement]:
    """Register a predicate under its code; `needs` names the parts of the dossier it reads."""

    def register(check: Callable[[Dossier], str]) -> Requirement:
        row = Requirement(code, clause, title, frozenset(needs), check)
        REQUIREMENTS[code] = row
        return row

    return register


def _list(names: tuple[str, ...] | list[str] | frozenset[str]) -> str:
    shown = sorted(names) if isinstance(names, frozenset) else list(names)
    return "、".join(shown)


@requirement("survey.done", "三(三)", "实地调查表已填写", "survey")
def survey_done(d: Dossier) -> str:
    return MET if d.survey else "还没有本轮实地调查表，请先入户调查并填写"


@requirement("survey.ten_items", "三(三)", "十项情况全部查清", "survey")
def ten_items(d: Dossier) -> str:
    if d.survey is None:
        return "还没有实地调查表"
    filled = len(d.survey.items)
    return MET if filled >= TEN else f"十项情况只填了{filled}项，请补齐人口、收入、住房、饮水、财产、从业、健康、劳动力、就学、家庭变故"


@requirement("survey.five_judgements", "三(三)", "五个方面逐项判断", "survey")
def five_judgements(d: Dossier) -> str:
    if d.survey is None:
        return "还没有实地调查表"
    return MET if len(d.survey.judgements) >= FIVE else f"五项判断只填了{len(d.survey.judgements)}项，请补齐"


@requirement("survey.visitors", "三(三)", "由驻村队员、乡村干部逐户调查，农户签字", "survey")
def visitors(d: Dossier) -> str:
    if d.survey is None or not d.survey.visitors:
        return "请登记入户调查人"
    return MET if d.survey.household_signed else "请登记农户在调查表上的签字"


@requirement("survey.risks", "三(三)", "摸清返贫致贫风险点", "survey")
def risks_named(d: Dossier) -> str:
    return MET if d.survey and d.survey.risks else "请在调查表中写明至少一个返贫致贫风险点"


@requirement("survey.income", "二(一)", "收入支出状况已核算", "survey")
def income_known(d: Dossier) -> str:
    return MET if d.survey and d.survey.has_income else "请填写家庭收入支出核算"


@requirement("survey.guarantees", "二(一)", "“两不愁三保障”及饮水安全状况已查清", "survey")
def guarantees_known(d: Dossier) -> str:
    return MET if d.survey and d.survey.has_guarantees else "请逐项填写“两不愁三保障”及饮水安全状况"


@requirement("survey.residence", "二(三)", "实际在农村生产生活、享受农村公共服务及待遇的农村常住人口", "survey")
def resident(d: Dossier) -> str:
    return d.survey.residence_problem if d.survey else "还没有实地调查表"


@requirement("survey.class", "二(一)", "监测对象类别与户情相符", "survey")
def class_fits(d: Dossier) -> str:
    if d.survey is None or d.survey.household_class is None:
        return "请选择监测对象类别"
    return d.survey.class_problem


@requirement("survey.conclusion", "三(三)", "调查结论明确", "survey")
def conclusion_given(d: Dossier) -> str:
    return MET if d.survey and d.survey.conclusion else "请在调查表中写明调查结论"


@requirement("survey.application", "三(三)", "农户填写纳入监测申请", "consent")
def application_signed(d: Dossier) -> str:
    return MET if d.consent and d.consent.application_signed else "请登记农户签字的纳入监测申请"


@requirement("survey.consent", "三(三)", "签署授权承诺书（情况真实、同意依法查询）", "consent")
def consent_signed(d: Dossier) -> str:
    c = d.consent
    if c is None or not c.head_signed:
        return "户主还没有签署授权承诺书"
    if not (c.truth_declared and c.authorised):
        return "授权承诺书的两项内容（情况真实可靠、同意依法查询）都要有"
    if c.valid_until is not None and c.valid_until < d.today:
        return "授权承诺书已过有效期，请重新签署"
    return MET


@requirement("deliberation.announced", "三(四)", "把名单向群众公布", "deliberation")
def announced(d: Dossier) -> str:
    return MET if d.announced_on and d.announced_place else "请登记名单何时、在哪里向群众公布"


@requirement("deliberation.meeting", "三(四)", "召集有关村民小组党员和户主参加会议", "deliberation")
def meeting_held(d: Dossier) -> str:
    m = d.meeting
    if m is None:
        return "还没有评议会议记录"
    if m.party_members < 1 or m.household_heads < 1:
        return "评议会议须有党员和户主参加，请核对到会人数"
    absent = d.groups - m.groups_present
    return f"以下村民小组无人到会：{_list(absent)}" if absent else MET


@requirement("deliberation.opinions", "三(四)", "对群众意见核实并及时反馈", "deliberation")
def opinions_answered(d: Dossier) -> str:
    o = d.opinions
    if o is None or o.unverified + o.unanswered == 0:
        return MET
    return f"还有{max(o.unverified, o.unanswered)}条群众意见没有核实或没有答复"


@requirement("deliberation.committee", "三(四)", "村“两委”研究", "deliberation")
def committee_decided(d: Dossier) -> str:
    c = d.committee
    if c is None or not c.decided:
        return "还没有村“两委”研究决定"
    if d.meeting and c.held_on < d.meeting.held_on:
        return "村“两委”研究应在评议会议之后"
    return MET


@requirement("deliberation.plan", "三(四)", "逐户逐人提出帮扶措施", "plan")
def plan_complete(d: Dossier) -> str:
    p = d.plan
    if p is None or p.household_measures < 1:
        return "请提出到户帮扶措施"
    if p.persons_without:
        return f"以下家庭成员还没有逐人提出措施或注明无需措施：{_list(p.persons_without)}"
    return MET


@requirement("plan.fits", "四", "措施与风险、劳动力状况相符", "plan")
def plan_fits(d: Dossier) -> str:
    return "；".join(d.plan.problems) if d.plan else "请提出到户帮扶措施"


@requirement("publicity.groups", "三(四)", "在村民小组公开场所公示", "publicity")
def posted_in_groups(d: Dossier) -> str:
    p = d.publicity
    if p is None:
        return "还没有制作公示"
    absent = p.groups_owed - p.groups_posted
    return f"以下村民小组的公开场所还没有张贴：{_list(absent)}" if absent else MET


@requirement("publicity.platform", "三(四)", "在云南省“政府救助平台”公示", "publicity")
def posted_on_platform(d: Dossier) -> str:
    return MET if d.publicity and d.publicity.platform_posted else "还没有登记在云南省“政府救助平台”的发布（网址、时间、截图）"


@requirement("publicity.five_days", "三(四)", "公示5个工作日", "publicity")
def five_days(d: Dossier) -> str:
    p = d.publicity
    if p is None:
        return "还没有制作公示"
    if p.clock_problem:
        return p.clock_problem
    if p.ended:
        return MET
    return f"公示期到{p.last_day:%Y年%-m月%-d日}止，还没有满5个工作日" if p.last_day else "各处张贴齐全后才开始计算公示期"


@requirement("publicity.objections", "三(四)", "对举报或反映的问题调查核实、及时处理", "publicity")
def objections_closed(d: Dossier) -> str:
    p = d.publicity
    if p is None or p.open_objections == 0:
        return MET
    return f"还有{p.open_objections}件异议或举报没有调查答复"


@requirement("publicity.no_upheld", "三(四)", "无异议后上报", "publicity")
def none_upheld(d: Dossier) -> str:
    p = d.publicity
    return "有异议或举报经查属实，请把该户退回重新办理" if p and p.upheld_objections else MET


@requirement("publicity.report", "三(四)", "村级上报乡镇", "publicity")
def village_report(d: Dossier) -> str:
    return MET if d.publicity and d.publicity.report_signed else "请登记村级上报报告及签字"


@requirement("township.spot_check", "三(五)", "在抽查核实的基础上", "township")
def spot_checked(d: Dossier) -> str:
    t = d.township
    if t is None or t.spot_checks < 1:
        return "乡镇还没有抽查核实"
    return f"抽查发现问题：{_list(t.spot_check_problems)}" if t.spot_check_problems else MET


@requirement("township.meeting", "三(五)", "召开专题会议研究", "township")
def township_met(d: Dossier) -> str:
    m = d.township.meeting if d.township else None
    return MET if m and m.decided else "还没有乡镇专题会议记录和决定"


@requirement("township.measures", "三(五)", "逐户明确帮扶措施", "plan")
def township_measures(d: Dossier) -> str:
    return MET if d.plan and d.plan.confirmed_by_township else "乡镇还没有逐户明确帮扶措施"


@requirement("township.report", "三(五)", "报县级确定", "township")
def township_report(d: Dossier) -> str:
    return MET if d.township and d.township.report_signed else "请登记乡镇上报报告及签字"


@requirement("county.inquiries", "三(六)", "部门复核全部答复", "joint_review")
def inquiries_answered(d: Dossier) -> str:
    j = d.joint_review
    if j is None or j.asked == 0:
        return "还没有发起部门联审"
    return f"以下部门还没有答复：{_list(j.waiting)}" if j.waiting else MET


@requirement("county.signed", "附件1", "部门对答复的准确性、真实性签字负责", "joint_review")
def answers_signed(d: Dossier) -> str:
    j = d.joint_review
    return f"以下部门的答复还没有签字：{_list(j.unsigned)}" if j and j.unsigned else MET


@requirement("county.not_asked", "三(三)", "未授权人员有村级证明并经县级采信", "joint_review")
def not_asked_accepted(d: Dossier) -> str:
    j = d.joint_review
    if j is None or not j.not_asked_unaccepted:
        return MET
    return f"{_list(j.not_asked_unaccepted)}未签授权，请由村级出具核实证明并经县级采信"


@requirement("county.hits", "附件2", "十类情形逐一处理", "joint_review")
def hits_resolved(d: Dossier) -> str:
    j = d.joint_review
    return f"还没有处理：{_list(j.unresolved_hits)}" if j and j.unresolved_hits else MET


@requirement("county.no_true_hit", "附件2", "没有属实且不作特殊说明的情形", "joint_review")
def no_true_hit(d: Dossier) -> str:
    j = d.joint_review
    return f"以下情形属实，原则上不得纳入：{_list(j.not_included_hits)}" if j and j.not_included_hits else MET


@requirement("county.members_left", "附件2", "剔除后仍有家庭成员", "joint_review")
def members_left(d: Dossier) -> str:
    j = d.joint_review
    return "剔除有关人员后该户没有家庭成员" if j and j.asked and j.remaining_members < 1 else MET


@requirement("county.determined", "三(六)", "将符合条件的确定为监测对象", "determination")
def determined_in(d: Dossier) -> str:
    return MET if d.determination and d.determination.result == "included" else "县级还没有确定纳入"


@requirement("county.determined_out", "五(二)", "逐级审定同意消除", "determination")
def determined_out(d: Dossier) -> str:
    return MET if d.determination and d.determination.result == "eliminated" else "县级还没有审定同意消除"


@requirement("county.not_included", "二(三)", "作出不予纳入决定", "determination")
def determined_not_included(d: Dossier) -> str:
    return MET if d.determination and d.determination.result == "not_included" else "请先作出不予纳入决定并写明理由"


@requirement("county.letter", "三(四)", "向群众反馈：不予纳入告知书", "determination")
def letter_issued(d: Dossier) -> str:
    return MET if d.determination and d.determination.letter_issued else "请先出具不予纳入告知书"


@requirement("county.reported", "三(六)", "报县领导小组", "determination")
def reported(d: Dossier) -> str:
    return MET if d.determination and d.determination.reported_on else "还没有报县领导小组"


@requirement("county.lead", "三(六)", "明确帮扶主责部门", "determination")
def lead_named(d: Dossier) -> str:
    return MET if d.determination and d.determination.lead_department else "请选择帮扶主责部门"


@requirement("assistance.started", "三(六)", "落实帮扶措施", "determination")
def measures_started(d: Dossier) -> str:
    return MET if d.determination and d.determination.measures_started_on else "还没有任何帮扶措施开始落实"


@requirement("assistance.entered", "三(六)", "录入全国防返贫监测信息系统", "determination")
def entered(d: Dossier) -> str:
    return MET if d.determination and d.determination.entered_on else "还没有登记录入全国防返贫监测信息系统"


@requirement("review.done", "五(一)", "开展帮扶成效评议", "review")
def review_done(d: Dossier) -> str:
    return MET if d.review and d.review.complete else "请逐项登记成效评议（措施针对性有效性、风险点、收入稳定性、内生动力、“两不愁三保障”）"


@requirement("review.continued", "五(一)", "风险消除稳定性较弱的继续精准帮扶", "review")
def continued_with_measure(d: Dossier) -> str:
    r = d.review
    if r is None:
        return "还没有成效评议"
    if r.conclusion == "unstable" and not r.named_measure:
        return "风险消除稳定性弱，请写明继续采取的具体措施（增收、减轻支出或保障基本生活）"
    return MET


@requirement("review.stable", "五(一)", "风险稳定消除", "review")
def stable(d: Dossier) -> str:
    r = d.review
    if r is None or r.conclusion != "stable":
        return "成效评议结论不是“风险稳定消除”"
    return "整户无劳动能力，应持续落实社会保障、长期跟踪监测，暂不消除" if r.no_labour else MET


@requirement("review.meeting", "五(一)", "召开村（组）党员群众参加的评议会", "review")
def review_meeting(d: Dossier) -> str:
    m = d.review.meeting if d.review else None
    return MET if m and m.decided else "还没有村（组）党员群众评议会记录"


@requirement("review.opinions", "五(一)", "通报情况听取群众意见", "deliberation")
def review_opinions(d: Dossier) -> str:
    return opinions_answered.check(d)


@requirement("elimination.consent", "五(二)", "监测对象知情同意", "review")
def exit_consent(d: Dossier) -> str:
    return MET if d.review and d.review.exit_consent_signed else "请登记农户签署的风险消除知情同意书"


@requirement("elimination.warnings", "五(一)", "到户预警都已核实", "warnings")
def warnings_verified(d: Dossier) -> str:
    if d.unverified_warnings is None:
        return "还没有查看该户的预警"
    if not d.unverified_warnings:
        return MET
    return f"还有没有核实的预警（{_list(d.unverified_warnings)}），请先入户核实、反馈"


@requirement("elimination.marked", "五(二)", "在全国防返贫监测信息系统中标注“风险消除”", "review")
def marked(d: Dossier) -> str:
    return MET if d.review and d.review.marked else "请先登记在全国防返贫监测信息系统中的标注"


