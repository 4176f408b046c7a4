"""Every paper by name: its data, template, issuer, what the public may see, signers, seal, retention."""

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from fanpin.documents import papers_adapters as adapters
from fanpin.documents import papers_analysis as analysis
from fanpin.documents import papers_file as file
from fanpin.documents import papers_help as help_
from fanpin.documents import papers_household as household
from fanpin.documents import papers_inquiry as inquiry
from fanpin.documents import papers_leaving as leaving
from fanpin.documents import papers_ledger as ledger
from fanpin.documents import papers_offices as offices
from fanpin.documents import papers_record as record
from fanpin.documents import papers_village as village
from fanpin.rules.privacy import PublicColumn
from fanpin.rules.titles import TitledEnum

PUBLIC = tuple(column.value for column in PublicColumn)


class Issuer(TitledEnum):
    """Who issues (and seals) a paper."""

    HOUSEHOLD = ("household", "农户")
    VILLAGE = ("village", "村民委员会")
    TOWNSHIP = ("township", "乡（镇）人民政府")
    COUNTY = ("county", "县级乡村振兴部门")
    DEPARTMENT = ("department", "联审部门")


class Retention(TitledEnum):
    """How long the file is kept; defaults to be confirmed by the county's archive."""

    PERMANENT = ("permanent", "永久")
    THIRTY_YEARS = ("30y", "30年")
    TEN_YEARS = ("10y", "10年")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One kind of paper; `seal` names whose seal it bears, None for a paper that only persons sign."""

    code: str
    title: str
    clause: str
    data: type
    issuer: Issuer
    seal: Issuer | None
    signers: tuple[str, ...]
    retention: Retention
    public: bool = False
    columns: tuple[str, ...] = ()

    @property
    def template(self) -> str:
        """Name the template: the paper's code."""
        return f"documents/{self.code}.html"


class UnknownPaper(LookupError):
    """No paper of that code is in the catalogue."""


_ROWS = (
    Paper(code="leaflet", title="防止返贫监测申报引导单", clause="三(一)", data=household.Leaflet, issuer=Issuer.VILLAGE,
          seal=None, signers=(), retention=Retention.TEN_YEARS, public=True),
    Paper(code="lead", title="防止返贫监测申报登记表", clause="三(一)", data=household.LeadSheet, issuer=Issuer.COUNTY,
          seal=None, signers=("申报人", "受理人"), retention=Retention.TEN_YEARS),
    Paper(code="warning_sheet", title="预警线索核实单", clause="三(二)", data=analysis.WarningSheet,
          issuer=Issuer.COUNTY, seal=None, signers=("核实人", "户主"), retention=Retention.TEN_YEARS),
    Paper(code="warning_list", title="到户预警信息清单", clause="三(二)", data=analysis.WarningList,
          issuer=Issuer.COUNTY, seal=Issuer.COUNTY, signers=("下发人", "乡镇签收人", "村签收人"),
          retention=Retention.THIRTY_YEARS),
    Paper(code="round_sheet", title="防止返贫动态监测排查表", clause="三(二)", data=analysis.RoundSheet,
          issuer=Issuer.VILLAGE, seal=None, signers=("排查人", "户主"), retention=Retention.TEN_YEARS),
    Paper(code="round_register", title="排查登记册", clause="三(二)", data=analysis.RoundRegister,
          issuer=Issuer.VILLAGE, seal=Issuer.VILLAGE, signers=("排查人", "负责人"), retention=Retention.TEN_YEARS),
    Paper(code="application", title="纳入监测申请及授权承诺书", clause="三(三)", data=household.Application,
          issuer=Issuer.HOUSEHOLD, seal=None, signers=("户主", "成年家庭成员", "代书人", "见证人"),
          retention=Retention.THIRTY_YEARS),
    Paper(code="survey", title="防止返贫监测实地调查表", clause="三(三)", data=household.SurveySheet, issuer=Issuer.VILLAGE,
          seal=None, signers=("调查人", "户主"), retention=Retention.THIRTY_YEARS),
    Paper(code="collection", title="防止返贫监测对象信息采集表", clause="三(六)", data=file.Collection, issuer=Issuer.VILLAGE,
          seal=None, signers=("填表人", "户主"), retention=Retention.THIRTY_YEARS),
    Paper(code="change_sheet", title="人口自然变更、信息更新单", clause="六(一)", data=file.ChangeSheet, issuer=Issuer.VILLAGE,
          seal=None, signers=("户主", "核实人"), retention=Retention.THIRTY_YEARS),
    Paper(code="minutes", title="评议会议记录", clause="三(四)", data=village.Minutes, issuer=Issuer.VILLAGE,
          seal=Issuer.VILLAGE, signers=("主持人", "记录人", "到会人员"), retention=Retention.THIRTY_YEARS),
    Paper(code="sign_in", title="评议会签到表", clause="三(四)", data=record.SignIn, issuer=Issuer.VILLAGE, seal=None,
          signers=("到会人员",), retention=Retention.THIRTY_YEARS),
    Paper(code="committee_record", title="村“两委”研究记录", clause="三(四)", data=record.CommitteeRecord,
          issuer=Issuer.VILLAGE, seal=Issuer.VILLAGE, signers=("主持人", "记录人", "参加人"), retention=Retention.THIRTY_YEARS),
    Paper(code="notice_in", title="拟纳入监测对象公示", clause="三(四)", data=village.Notice, issuer=Issuer.VILLAGE,
          seal=Issuer.VILLAGE, signers=(), retention=Retention.THIRTY_YEARS, public=True, columns=PUBLIC),
    Paper(code="notice_out", title="拟风险消除监测对象公示", clause="五(二)", data=village.Notice, issuer=Issuer.VILLAGE,
          seal=Issuer.VILLAGE, signers=(), retention=Retention.THIRTY_YEARS, public=True, columns=PUBLIC),
    Paper(code="notice_record", title="公示情况记录", clause="三(四)", data=record.NoticeRecord, issuer=Issuer.VILLAGE,
          seal=Issuer.VILLAGE, signers=("张贴人", "见证人"), retention=Retention.THIRTY_YEARS),
    Paper(code="objection_sheet", title="异议、举报登记与处理单", clause="三(四)", data=record.ObjectionSheet,
          issuer=Issuer.VILLAGE, seal=None, signers=("调查人", "受理单位负责人"), retention=Retention.THIRTY_YEARS),
    Paper(code="village_report", title="村级报告", clause="三(四)", data=village.VillageReport, issuer=Issuer.VILLAGE,
          seal=Issuer.VILLAGE, signers=("负责人",), retention=Retention.PERMANENT),
    Paper(code="township_review", title="乡镇审核表", clause="三(五)", data=offices.TownshipReview, issuer=Issuer.TOWNSHIP,
          seal=Issuer.TOWNSHIP, signers=("抽查人", "主持人", "负责人"), retention=Retention.THIRTY_YEARS),
    Paper(code="township_report", title="乡镇审核报告", clause="三(五)", data=offices.TownshipReport, issuer=Issuer.TOWNSHIP,
          seal=Issuer.TOWNSHIP, signers=("签发人",), retention=Retention.PERMANENT),
    Paper(code="inquiry_letter", title="部门核查函", clause="三(六)", data=inquiry.InquiryLetter, issuer=Issuer.COUNTY,
          seal=Issuer.COUNTY, signers=("签发人",), retention=Retention.THIRTY_YEARS),
    Paper(code="inquiry_result", title="部门核查结果表", clause="三(六)", data=inquiry.InquiryResult, issuer=Issuer.DEPARTMENT,
          seal=Issuer.DEPARTMENT, signers=("经办人", "负责人"), retention=Retention.THIRTY_YEARS),
    Paper(code="joint_review", title="部门联审结果表", clause="三(六)", data=offices.JointReview, issuer=Issuer.COUNTY,
          seal=Issuer.COUNTY, signers=("经办人", "负责人"), retention=Retention.THIRTY_YEARS),
    Paper(code="county_reply", title="县级批复", clause="三(六)", data=offices.CountyReply, issuer=Issuer.COUNTY,
          seal=Issuer.COUNTY, signers=("签发人",), retention=Retention.PERMANENT),
    Paper(code="announcement", title="监测对象公告", clause="三(六)", data=record.Announcement, issuer=Issuer.COUNTY,
          seal=Issuer.COUNTY, signers=(), retention=Retention.PERMANENT, public=True, columns=PUBLIC),
    Paper(code="not_included", title="不予纳入告知书", clause="三(六)", data=household.NotIncluded, issuer=Issuer.COUNTY,
          seal=Issuer.COUNTY, signers=("送达人", "签收人"), retention=Retention.THIRTY_YEARS),
    Paper(code="special_case", title="特殊情况专门说明", clause="二(三)", data=offices.SpecialCase, issuer=Issuer.COUNTY,
          seal=Issuer.COUNTY, signers=("记录人", "乡镇负责人", "县级负责人"), retention=Retention.PERMANENT),
    Paper(code="measures_plan", title="帮扶措施明细表", clause="四", data=village.MeasuresPlan, issuer=Issuer.TOWNSHIP,
          seal=Issuer.TOWNSHIP, signers=("户主", "责任人"), retention=Retention.THIRTY_YEARS),
    Paper(code="measures_notice", title="帮扶措施公示", clause="四", data=village.MeasuresNotice, issuer=Issuer.VILLAGE,
          seal=Issuer.VILLAGE, signers=(), retention=Retention.THIRTY_YEARS, public=True, columns=PUBLIC),
    Paper(code="visit_record", title="走访、帮扶落实记录", clause="二(一)", data=help_.VisitRecord, issuer=Issuer.VILLAGE,
          seal=None, signers=("走访人", "户主"), retention=Retention.TEN_YEARS),
    Paper(code="measures_done", title="帮扶措施落实情况表", clause="五(二)", data=help_.MeasuresDone, issuer=Issuer.VILLAGE,
          seal=Issuer.VILLAGE, signers=("户主", "核对人"), retention=Retention.THIRTY_YEARS),
    Paper(code="elimination_sheet", title="风险消除评估表", clause="五(二)", data=help_.EliminationSheet, issuer=Issuer.VILLAGE,
          seal=None, signers=("评估人", "户主"), retention=Retention.THIRTY_YEARS),
    Paper(code="review_sheet", title="帮扶成效评议表", clause="五(一)", data=leaving.ReviewSheet, issuer=Issuer.VILLAGE,
          seal=None, signers=("评议人", "户主"), retention=Retention.THIRTY_YEARS),
    Paper(code="exit_consent", title="风险消除知情同意书", clause="五(二)", data=leaving.ExitConsentForm,
          issuer=Issuer.HOUSEHOLD, seal=None, signers=("户主", "代书人", "见证人"), retention=Retention.THIRTY_YEARS),
    Paper(code="marking_list", title="风险消除标注名单", clause="五(二)", data=leaving.MarkingList, issuer=Issuer.COUNTY,
          seal=Issuer.COUNTY, signers=("制表人", "复核人"), retention=Retention.PERMANENT),
    *(Paper(code=f"ledger_{level.value}", title=f"{where}监测对象台账", clause="六(二)", data=ledger.Ledger, issuer=level,
            seal=level, signers=(), retention=Retention.PERMANENT)
      for level, where in ((Issuer.VILLAGE, "村"), (Issuer.TOWNSHIP, "乡镇"), (Issuer.COUNTY, "县"))),
    Paper(code="figures", title="监测帮扶情况公开", clause="六(二)", data=ledger.Figures, issuer=Issuer.COUNTY,
          seal=Issuer.COUNTY, signers=(), retention=Retention.PERMANENT, public=True),
)
PAPERS: dict[str, Paper] = {row.code: row for row in _ROWS}

# What the platform prints of itself: no paper of the procedure, issued to nobody, not to be verified by a code.
REPORTS: dict[str, Paper] = {row.code: row for row in (
    Paper(code="adapter_certificate", title="部门适配器认证报告", clause="六(一)", data=adapters.AdapterCertificate,
          issuer=Issuer.DEPARTMENT, seal=None, signers=("检验人", "部门负责人"), retention=Retention.TEN_YEARS),
)}

# The forms of official practice (docs/papers.md) and the papers that answer each.
FORMS: dict[str, tuple[str, ...]] = {
    "F01": ("leaflet", "lead"), "F02": ("warning_sheet", "warning_list"), "F03": ("round_sheet", "round_register"),
    "F04": ("application",), "F05": ("collection",), "F06": ("survey",), "F07": ("inquiry_letter", "inquiry_result", "joint_review"),
    "F08": ("special_case",), "F09": ("minutes", "sign_in"), "F10": ("committee_record",),
    "F11": ("notice_in", "notice_out", "notice_record"), "F12": ("objection_sheet",), "F13": ("village_report",),
    "F14": ("township_review", "township_report"), "F15": ("county_reply",), "F16": ("announcement",),
    "F17": ("not_included",), "F18": ("measures_plan", "measures_notice"), "F19": ("visit_record",),
    "F20": ("review_sheet",), "F21": ("measures_done", "elimination_sheet", "exit_consent", "marking_list"),
    "F22": ("change_sheet",), "F23": ("ledger_village", "ledger_township", "ledger_county", "figures"),
}


def paper(code: str) -> Paper:
    """Return the paper of that code."""
    found = PAPERS.get(code) or REPORTS.get(code)
    if found is None:
        raise UnknownPaper(code)
    return found


def to_json(data: Any) -> str:
    """Freeze the data of a paper as text: the same value always gives the same text."""
    return json.dumps(msgspec.to_builtins(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(code: str, text: str) -> Any:
    """Rebuild the data of a paper from its frozen text; refuse what does not fit its class."""
    return msgspec.json.decode(text, type=paper(code).data)
