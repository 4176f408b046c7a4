"""Who may do what: roles, the area that each role's grant stands for, and one row per action."""

from dataclasses import dataclass

from fanpin.rules.actions import Action as A
from fanpin.rules.areas import AreaLevel
from fanpin.rules.stages import clause_of
from fanpin.rules.titles import TitledEnum


class Role(TitledEnum):
    """The people of the procedure, and the three administrators, none of whom sees cases."""

    VILLAGE_CADRE = ("village_cadre", "村干部")
    RESIDENT_MEMBER = ("resident_member", "驻村工作队员")
    GROUP_CADRE = ("group_cadre", "村民小组干部")
    TOWNSHIP_CADRE = ("township_cadre", "乡镇干部")
    TOWNSHIP_LEADER = ("township_leader", "乡镇负责人")
    COUNTY_ANALYST = ("county_analyst", "县级业务人员")
    COUNTY_DECIDER = ("county_decider", "县级乡村振兴部门负责人")
    COUNTY_LEADING_GROUP = ("county_leading_group", "县领导小组")
    DEPARTMENT_OFFICER = ("department_officer", "部门核查员")
    PROVINCIAL_OFFICER = ("provincial_officer", "省级部门核查员")
    LEAD_DEPARTMENT = ("lead_department", "帮扶主责部门")
    HELPER = ("helper", "帮扶责任人")
    PREFECTURE = ("prefecture", "州（市）")
    PROVINCE = ("province", "省")
    SYSTEM_ADMIN = ("system_admin", "系统管理员")
    SECURITY_ADMIN = ("security_admin", "安全管理员")
    AUDIT_ADMIN = ("audit_admin", "审计管理员")
    INSPECTOR = ("inspector", "检查人员")


R, L = Role, AreaLevel
ADMINISTRATORS = frozenset({R.SYSTEM_ADMIN, R.SECURITY_ADMIN, R.AUDIT_ADMIN})
VILLAGE = frozenset({R.VILLAGE_CADRE, R.RESIDENT_MEMBER})
MONITORS = VILLAGE | {R.GROUP_CADRE, R.TOWNSHIP_CADRE}
TOWNSHIP = frozenset({R.TOWNSHIP_CADRE, R.TOWNSHIP_LEADER})
COUNTY = frozenset({R.COUNTY_ANALYST, R.COUNTY_DECIDER})
LINE_STAFF = MONITORS | TOWNSHIP | COUNTY | {R.COUNTY_LEADING_GROUP}
ASSIGNED = frozenset({R.LEAD_DEPARTMENT, R.HELPER})
OVERSEERS = frozenset({R.PREFECTURE, R.PROVINCE})
# 六: whoever does the work of a leading group, at the three levels that have one.
STEERING = OVERSEERS | {R.COUNTY_ANALYST, R.COUNTY_LEADING_GROUP}

LEVEL_OF = {
    R.VILLAGE_CADRE: L.VILLAGE, R.RESIDENT_MEMBER: L.VILLAGE, R.GROUP_CADRE: L.GROUP,
    R.TOWNSHIP_CADRE: L.TOWNSHIP, R.TOWNSHIP_LEADER: L.TOWNSHIP,
    R.COUNTY_ANALYST: L.COUNTY, R.COUNTY_DECIDER: L.COUNTY, R.COUNTY_LEADING_GROUP: L.COUNTY,
    R.DEPARTMENT_OFFICER: L.COUNTY, R.LEAD_DEPARTMENT: L.COUNTY, R.HELPER: L.COUNTY,
    R.PROVINCIAL_OFFICER: L.PROVINCE, R.PREFECTURE: L.PREFECTURE, R.PROVINCE: L.PROVINCE,
}
WITH_DEPARTMENT = frozenset({R.DEPARTMENT_OFFICER, R.PROVINCIAL_OFFICER, R.LEAD_DEPARTMENT, R.HELPER})


class Reach(TitledEnum):
    """How the grant's area must lie to the object's."""

    ABOVE = ("above", "本级及下级辖区")
    EXACT = ("exact", "仅本级")
    SHARED = ("shared", "本级、下级和上级涉及本辖区的")
    ANYWHERE = ("anywhere", "不限")


@dataclass(frozen=True)
class Actor:
    """A person acting under one grant: who, as what, where, for which department."""

    user_id: int
    name: str
    role: Role
    area_id: int
    area_path: str
    area_name: str
    level: AreaLevel
    department: str = ""
    session_id: int | None = None


@dataclass(frozen=True)
class Permission:
    """One row of the policy table."""

    action: A
    roles: frozenset[Role]
    clause: str
    reach: Reach = Reach.ABOVE
    own_department: bool = False
    not_same_as: tuple[A, ...] = ()


def _row(action: A, roles: frozenset[Role] | set[Role], clause: str = "", *, reach: Reach = Reach.ABOVE,
         own_department: bool = False, not_same_as: tuple[A, ...] = ()) -> Permission:
    return Permission(action, frozenset(roles), clause or clause_of(action), reach, own_department, not_same_as)


READERS = LINE_STAFF | {R.INSPECTOR, R.PREFECTURE}
EVENT_STAFF = VILLAGE | TOWNSHIP | COUNTY | OVERSEERS | {R.COUNTY_LEADING_GROUP}
EVENT_READERS = LINE_STAFF | OVERSEERS | {R.DEPARTMENT_OFFICER, R.INSPECTOR}
# 二(四): county, township and prefecture have put right what was not carried out.
RECTIFIERS = TOWNSHIP | COUNTY | {R.COUNTY_LEADING_GROUP, R.PREFECTURE}
_PROPOSERS = (A.SURVEY_PROPOSE, A.DELIBERATION_SUBMIT, A.PUBLICITY_REPORT, A.SURVEY_CONFIRM)

PERMISSIONS = {row.action: row for row in (
    _row(A.HOUSEHOLD_READ, READERS, "六(一)"),
    _row(A.HOUSEHOLD_EDIT, MONITORS | {R.COUNTY_ANALYST}, "三(三)"),
    _row(A.HOUSEHOLD_POPULATION, MONITORS | {R.COUNTY_ANALYST}, "三(三)"),
    # Splits and merges are what 附件2 第七项 looks at: not for a group's cadre alone.
    _row(A.HOUSEHOLD_REGROUP, VILLAGE | {R.TOWNSHIP_CADRE, R.COUNTY_ANALYST}, "三(三)"),
    _row(A.HOUSEHOLD_UNMASK, MONITORS | {R.COUNTY_ANALYST}, "三(三)"),
    _row(A.QUALITY_READ, LINE_STAFF | {R.INSPECTOR}, "六(一)"),
    _row(A.QUALITY_EXPLAIN, MONITORS | {R.COUNTY_ANALYST}, "六(一)"),
    # 六(一): 县（市、区）乡村振兴部门要对信息录入质量承担责任, so nobody else writes many files by a sheet.
    _row(A.REGISTER_IMPORT, {R.COUNTY_ANALYST}, "六(一)"),
    _row(A.REGISTER_ACCEPT, {R.COUNTY_ANALYST}, "六(一)"),
    _row(A.REGISTER_EXPORT, {R.COUNTY_ANALYST}, "六(一)"),
    _row(A.REGISTER_SIGN, {R.DEPARTMENT_OFFICER}, "六(一)", own_department=True),
    _row(A.REGISTER_ANSWER, VILLAGE | {R.TOWNSHIP_CADRE, R.COUNTY_ANALYST}, "六(一)"),
    _row(A.CASE_READ, READERS, "六(一)"),
    _row(A.CASE_DEPART, {R.COUNTY_ANALYST}, "二(三)"),
    _row(A.INTAKE_REGISTER, MONITORS | {R.COUNTY_ANALYST}, "三(一)"),
    # A platform hands its export to an office, never to a village.
    _row(A.INTAKE_IMPORT, {R.TOWNSHIP_CADRE, R.COUNTY_ANALYST}, "三(一)"),
    _row(A.INTAKE_GUIDE, MONITORS | {R.COUNTY_ANALYST}, "三(一)"),
    _row(A.INTAKE_ACCEPT, {R.COUNTY_ANALYST}, "三(一)"),
    _row(A.INTAKE_MERGE, {R.COUNTY_ANALYST}, "三(一)"),
    _row(A.INTAKE_CLOSE, {R.COUNTY_ANALYST}, "三(一)"),
    _row(A.ANALYSIS_ROUND, VILLAGE | {R.TOWNSHIP_CADRE}, "三(二)"),
    _row(A.ANALYSIS_VISIT, MONITORS, "三(二)"),
    _row(A.ANALYSIS_WARN, {R.COUNTY_ANALYST}, "三(二)"),
    _row(A.ANALYSIS_DISPATCH, {R.COUNTY_ANALYST}, "三(二)"),
    _row(A.ANALYSIS_RECEIVE, VILLAGE | TOWNSHIP, "附件1"),
    _row(A.ANALYSIS_VERIFY, VILLAGE | {R.TOWNSHIP_CADRE}, "三(二)"),
    _row(A.ANALYSIS_PROPOSE, VILLAGE | {R.TOWNSHIP_CADRE}, "三(二)"),
    _row(A.ANALYSIS_SETTLE, {R.COUNTY_ANALYST}, "三(二)"),
    _row(A.ANALYSIS_SIGN, {R.DEPARTMENT_OFFICER}, "三(二)", own_department=True),
    _row(A.ANALYSIS_SCREEN, {R.COUNTY_ANALYST}, "三(二)", reach=Reach.EXACT),
    _row(A.ANALYSIS_THRESHOLD, {R.COUNTY_ANALYST}, "三(二)", reach=Reach.EXACT),
    _row(A.EXCHANGE_DELIVER, {R.DEPARTMENT_OFFICER}, "附件1", own_department=True),
    _row(A.EXCHANGE_MATCH, {R.COUNTY_ANALYST}, "附件1"),
    _row(A.SURVEY_RECORD, VILLAGE | {R.TOWNSHIP_CADRE}, "三(三)"),
    _row(A.SURVEY_SIGN, VILLAGE | {R.TOWNSHIP_CADRE}, "三(三)"),
    _row(A.SURVEY_WITHDRAW, VILLAGE | {R.TOWNSHIP_CADRE}, "三(三)"),
    _row(A.SURVEY_PROPOSE, VILLAGE),
    _row(A.SURVEY_NOT_PROPOSE, VILLAGE),
    _row(A.SURVEY_CONFIRM, VILLAGE),
    _row(A.SURVEY_KEEP, VILLAGE),
    _row(A.DELIBERATION_LIST, VILLAGE, "三(四)"),
    _row(A.DELIBERATION_ANNOUNCE, VILLAGE, "三(四)"),
    _row(A.DELIBERATION_MEET, VILLAGE, "三(四)"),
    _row(A.DELIBERATION_OPINION, VILLAGE, "三(四)"),
    _row(A.DELIBERATION_PLAN, VILLAGE, "三(四)"),
    _row(A.DELIBERATION_SUBMIT, VILLAGE),
    _row(A.DELIBERATION_DECLINE, VILLAGE),
    _row(A.DELIBERATION_RETURN, VILLAGE),
    _row(A.PUBLICITY_NOTICE, VILLAGE, "三(四)"),
    _row(A.PUBLICITY_POST, VILLAGE | {R.GROUP_CADRE}, "三(四)"),
    _row(A.PUBLICITY_OBJECT, VILLAGE | TOWNSHIP | {R.COUNTY_ANALYST}, "三(四)"),
    _row(A.PUBLICITY_ANSWER, VILLAGE | TOWNSHIP | {R.COUNTY_ANALYST}, "三(四)"),
    _row(A.PUBLICITY_REPORT, VILLAGE),
    _row(A.PUBLICITY_RETURN, VILLAGE),
    _row(A.TOWNSHIP_CHECK, TOWNSHIP, "三(五)"),
    _row(A.TOWNSHIP_MEET, TOWNSHIP, "三(五)"),
    _row(A.TOWNSHIP_SUBMIT, {R.TOWNSHIP_LEADER}, not_same_as=_PROPOSERS),
    _row(A.TOWNSHIP_RETURN, TOWNSHIP),
    _row(A.COUNTY_INQUIRE, {R.COUNTY_ANALYST}, "三(六)"),
    _row(A.COUNTY_ANSWER, {R.DEPARTMENT_OFFICER}, "三(六)", own_department=True),
    _row(A.COUNTY_SIGN, {R.DEPARTMENT_OFFICER}, "附件1", own_department=True),
    _row(A.COUNTY_ASK_AGAIN, {R.DEPARTMENT_OFFICER}, "三(六)", own_department=True),
    _row(A.COUNTY_REMIND, {R.COUNTY_ANALYST}, "三(六)"),
    _row(A.COUNTY_STATE, VILLAGE, "三(三)"),
    _row(A.COUNTY_ACCEPT, {R.COUNTY_ANALYST}, "三(三)", not_same_as=(A.COUNTY_STATE,)),
    _row(A.COUNTY_RESOLVE, {R.COUNTY_ANALYST}, "附件2"),
    _row(A.COUNTY_DETERMINE, {R.COUNTY_DECIDER}, not_same_as=(*_PROPOSERS, A.TOWNSHIP_SUBMIT, A.COUNTY_RESOLVE)),
    _row(A.COUNTY_DECLINE, {R.COUNTY_DECIDER}, not_same_as=(*_PROPOSERS, A.TOWNSHIP_SUBMIT, A.COUNTY_RESOLVE)),
    _row(A.COUNTY_REPORT, {R.COUNTY_ANALYST, R.COUNTY_DECIDER}),
    _row(A.COUNTY_ASSIGN, {R.COUNTY_LEADING_GROUP, R.COUNTY_DECIDER}),
    _row(A.COUNTY_NOT_INCLUDE, COUNTY),
    _row(A.COUNTY_REFER, {R.COUNTY_DECIDER}),
    _row(A.COUNTY_KEEP, {R.COUNTY_DECIDER}),
    _row(A.COUNTY_RETURN, COUNTY),
    _row(A.ASSISTANCE_READ, ASSIGNED, "四", own_department=True),
    _row(A.ASSISTANCE_START, ASSIGNED, "四", own_department=True),
    _row(A.ASSISTANCE_ENTER, {R.COUNTY_ANALYST}),
    _row(A.ASSISTANCE_PLAN, VILLAGE | {R.TOWNSHIP_CADRE, R.COUNTY_ANALYST}, "四"),
    _row(A.ASSISTANCE_POST, VILLAGE, "四"),
    _row(A.ASSISTANCE_VISIT, MONITORS, "二(一)"),
    _row(A.REVIEW_OPEN, VILLAGE | {R.COUNTY_ANALYST}),
    _row(A.REVIEW_RECORD, VILLAGE | {R.TOWNSHIP_CADRE}, "五(一)"),
    _row(A.REVIEW_MEET, VILLAGE, "五(一)"),
    _row(A.REVIEW_CONSENT, VILLAGE, "五(二)"),
    _row(A.REVIEW_CONTINUE, VILLAGE),
    _row(A.REVIEW_LEAVE, VILLAGE),
    _row(A.ELIMINATION_MARK, {R.COUNTY_ANALYST}),
    _row(A.REGIONAL_READ, EVENT_READERS, "二(四)", reach=Reach.SHARED),
    _row(A.REGIONAL_SEE, READERS, "二(四)", reach=Reach.SHARED),
    _row(A.REGIONAL_ENTER, MONITORS | TOWNSHIP | COUNTY | OVERSEERS | {R.DEPARTMENT_OFFICER}, "二(四)"),
    _row(A.REGIONAL_EDIT, EVENT_STAFF | {R.DEPARTMENT_OFFICER}, "二(四)"),
    _row(A.REGIONAL_EXPOSE, MONITORS | {R.COUNTY_ANALYST}, "二(四)", reach=Reach.SHARED),
    _row(A.REGIONAL_VISIT, MONITORS, "二(四)", reach=Reach.SHARED),
    _row(A.REGIONAL_PLAN, EVENT_STAFF | {R.DEPARTMENT_OFFICER}, "二(四)", reach=Reach.SHARED),
    _row(A.REGIONAL_RESPOND, EVENT_STAFF | {R.DEPARTMENT_OFFICER}, "二(四)", reach=Reach.SHARED),
    _row(A.REGIONAL_ESCALATE, EVENT_STAFF - {R.PROVINCE}, "二(四)"),
    _row(A.REGIONAL_CLOSE, EVENT_STAFF, "二(四)"),
    _row(A.REGIONAL_COMMUNITY, {R.COUNTY_ANALYST}, "二(四)"),
    _row(A.REGIONAL_INDICATOR, {R.COUNTY_ANALYST, R.DEPARTMENT_OFFICER}, "二(四)"),
    _row(A.REGIONAL_TASKS, READERS | {R.DEPARTMENT_OFFICER}, "二(四)"),
    _row(A.REGIONAL_RECTIFY, RECTIFIERS, "二(四)", reach=Reach.SHARED),
    _row(A.REGIONAL_MEND, VILLAGE | TOWNSHIP | COUNTY | {R.DEPARTMENT_OFFICER}, "二(四)"),
    _row(A.REGIONAL_VERIFY, RECTIFIERS, "二(四)"),
    _row(A.OVERSIGHT_LINE, OVERSEERS, "二(二)", reach=Reach.EXACT),
    _row(A.OVERSIGHT_LIMIT, {R.COUNTY_DECIDER}, "六(二)", reach=Reach.EXACT),
    _row(A.OVERSIGHT_SEE, OVERSEERS | COUNTY | TOWNSHIP | {R.COUNTY_LEADING_GROUP, R.INSPECTOR}, "六(二)"),
    _row(A.OVERSIGHT_ASK, {R.COUNTY_ANALYST}, "六(一)"),
    _row(A.OVERSIGHT_ANSWER, {R.PROVINCIAL_OFFICER}, "六(一)", own_department=True),
    _row(A.OVERSIGHT_READ, {R.COUNTY_DECIDER, R.COUNTY_LEADING_GROUP, R.PREFECTURE}, "六(三)"),
    _row(A.OVERSIGHT_GROUP, STEERING, "六(一)"),
    _row(A.OVERSIGHT_MEET, STEERING, "六(一)"),
    _row(A.OVERSIGHT_TASK, STEERING, "六(二)"),
    _row(A.OVERSIGHT_REPLY, COUNTY | TOWNSHIP | {R.COUNTY_LEADING_GROUP, R.PREFECTURE}, "六(二)"),
    _row(A.OVERSIGHT_NAME, {R.COUNTY_ANALYST, R.COUNTY_LEADING_GROUP}, "六(一)"),
    _row(A.OVERSIGHT_TRAIN, STEERING, "六(二)"),
    _row(A.OVERSIGHT_PLAN, STEERING | {R.TOWNSHIP_LEADER}, "六(二)"),
    _row(A.OVERSIGHT_HANDOVER, STEERING, "六(二)"),
    _row(A.OVERSIGHT_FIND, OVERSEERS | {R.INSPECTOR}, "六(三)"),
    _row(A.OVERSIGHT_FOLLOW, STEERING, "六(三)"),
    _row(A.ADAPTER_READ, COUNTY | {R.DEPARTMENT_OFFICER, R.SYSTEM_ADMIN}, "附件1"),
    _row(A.ADAPTER_SET, {R.COUNTY_ANALYST, R.DEPARTMENT_OFFICER}, "附件1"),
    _row(A.ADAPTER_TRY, {R.COUNTY_ANALYST, R.DEPARTMENT_OFFICER}, "附件1"),
    _row(A.ADAPTER_CERTIFY, {R.SYSTEM_ADMIN}, "六(一)"),
    _row(A.ADAPTER_APPROVE, {R.COUNTY_DECIDER}, "附件1"),
    _row(A.ACCOUNT_CREATE, {R.SYSTEM_ADMIN}, "六(二)"),
    _row(A.ACCOUNT_GRANT, {R.SECURITY_ADMIN}, "六(二)"),
    _row(A.AUDIT_READ, {R.AUDIT_ADMIN}, "六(三)"),
)}
