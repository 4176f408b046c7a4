"""Time limits and rhythms that the policy leaves open: a county's settings, each with its source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One number that a county may set within bounds; `source` says where the default comes from."""

    key: str
    title: str
    default: int
    unit: str
    source: str
    lowest: int = 1
    highest: int = 60


SETTINGS = {setting.key: setting for setting in (
    Setting("accept_workdays", "受理自主申报", 2, "个工作日", "政策只要求及时受理；安徽省做法2日"),
    Setting("survey_workdays", "重点核查对象入户", 5, "个工作日", "政策未规定；甘肃省做法5个工作日"),
    Setting("inquiry_workdays", "部门答复联审", 5, "个工作日", "政策未规定；外省比对5日"),
    Setting("entry_workdays", "确定后录入全国系统", 10, "个工作日", "政策要求及时录入；县级自定"),
    Setting("objection_workdays", "异议、举报办结", 5, "个工作日", "政策要求及时处理；县级自定"),
    Setting("visit_days", "监测对象走访间隔", 31, "日", "政策要求重点监测；县级自定每月一次"),
    Setting("event_visit_workdays", "排查受影响农户", 5, "个工作日", "政策要求及时排查；县级自定"),
    Setting("event_plan_workdays", "事件发生后制定防范措施", 3, "个工作日", "政策未规定；县级自定"),
    Setting("consent_months", "授权有效期", 24, "个月", "授权承诺书载明；到风险消除或不予纳入为止"),
    Setting("announcement_days", "确定结果在村内公告（0为不公告）", 0, "日", "政策未规定；外省做法公告5日", lowest=0, highest=30),
    Setting("recheck_days", "不予纳入后申请复核（0为不设复核）", 0, "日", "政策未规定；甘肃省做法可向乡镇申请复核", lowest=0, highest=60),
)}
