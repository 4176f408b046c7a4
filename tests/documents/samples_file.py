"""Samples of the household's file, of help and the way out, and of ledgers."""

from datetime import date

from fanpin.documents import papers_common as common
from fanpin.documents import papers_file as file
from fanpin.documents import papers_help as help_
from fanpin.documents import papers_ledger as ledger
from fanpin.rules.risks import MeasureCategory
from fanpin.rules.survey import GUARANTEE_TITLES
from fanpin.steps.paper_data_file import KINDS
from tests.documents.samples import CLASSES, COMMITTEE, COUNTY, NAMES, PLACE, TOWNSHIP, VILLAGE

COUNTY_PLACE = common.Place(county="云龙县", township="")
TOWNSHIP_PLACE = common.Place(county="云龙县", township="诺邓镇")
COLLECTION = file.Collection(
    place=PLACE, issuer=COMMITTEE, case_code="2026-000007", national_code="5329290000001", head_name="字㬹", address="8号",
    phone="13900000000", relocation="", household_class="脱贫不稳定户", lifted=True, no_labour=False, risks=("因病", "因务工就业不稳"),
    members=(file.CollectedMember(name="字㬹", sex="男", id_number="532929197605120017", relation="户主", ethnicity="白族",
                                  education="初中", schooling="", health="患有大病", labour="丧失劳动力", work="", work_months=None,
                                  insured=True, disability_certificate="53292919760512001742"),
             file.CollectedMember(name="字小样", sex="女", id_number="", relation="之孙女", ethnicity="", education="",
                                  schooling="七年级", health="健康", labour="无劳动力", work="", work_months=0, insured=None,
                                  disability_certificate="")),
    guarantees=tuple(file.Twice(title=title, entering="有保障", leaving="") for title in GUARANTEE_TITLES.values()),
    period_entering="2025年3月至2026年2月", period_leaving="",
    accounts=(file.Twice(title="工资性收入", entering="18600", leaving=""), file.Twice(title="家庭人均纯收入", entering="6133.33", leaving="")),
    development="尚未实施",
    measures=tuple(common.Answer(title=item.title, value="大病救治（已落实）" if item is MeasureCategory.HEALTH else "")
                   for item in MeasureCategory),
    way="", eliminated_on=None, contact="", filled_by="张样本一",
)
CHANGE_SHEET = file.ChangeSheet(
    place=PLACE, issuer=COMMITTEE, head_name="字㬹", national_code="5329290000001", household_class="脱贫不稳定户",
    members=(file.KnownMember(name="字㬹", relation="户主", age=49, health="患有大病", labour="丧失劳动力", schooling=""),
             file.KnownMember(name="字小样", relation="之孙女", age=None, health="健康", labour="无劳动力", schooling="七年级")),
    recorded=(file.RecordedChange(name="字测试甲", relation="之父", what="死亡", on=date(2026, 2, 3), document="户口注销证明0017号"),
              file.RecordedChange(name="字测试乙、字测试丙", relation="", what="分户（分出，对方户主字测试乙）", on=date(2026, 2, 20),
                                  document="村组证明", reason="成家另过")), kinds=KINDS,
    details=(common.Answer(title="住址", value="8号"), common.Answer(title="联系电话", value="13900000000"),
             common.Answer(title="搬迁安置区", value="否")),
)
MEASURES = (
    help_.CarriedMeasure(person="字㬹", title="健康帮扶：大病救治", risk="因病", department="卫健部门", helper="早样丽", status="已完成",
                         started_on=date(2026, 4, 1), finished_on=date(2026, 6, 1), result="医疗救助1.8万元", evidence=True,
                         fit="对路", effect="自付明显减少"),
    help_.CarriedMeasure(person="全户", title="产业帮扶：养殖", risk="", department="农业农村部门", helper="", status="已落实",
                         started_on=date(2026, 4, 9), finished_on=None, result="", evidence=False),
)
VISIT_RECORD = help_.VisitRecord(
    place=PLACE, issuer=COMMITTEE, case_code="2026-000007", head_name="字㬹", size=4, household_class="脱贫不稳定户",
    lead_department="卫健部门", risks=("因病",), measures=MEASURES, blank_rows=4,
    visits=(help_.VisitMade(on=date(2026, 5, 6), by="左例芬", income="儿子县内上岗，月收入3600元", spending="", guarantees_safe=True,
                            water_safe=True, note="药费按时报销"),),
)
MEASURES_DONE = help_.MeasuresDone(
    place=PLACE, issuer=COMMITTEE, case_code="2026-000007", head_name="字㬹", size=4, household_class="脱贫不稳定户",
    included_on=date(2026, 3, 26), lead_department="卫健部门", risks=("因病",), measures=MEASURES,
)
ELIMINATION_SHEET = help_.EliminationSheet(
    place=PLACE, issuer=COMMITTEE, case_code="2026-000007", head_name="字㬹", size=4, household_class="脱贫不稳定户",
    included_on=date(2026, 3, 26), reviewed_on=date(2026, 10, 15), meeting_on=date(2026, 10, 20), consent_on=None, visited_on=None,
    compared=(help_.Compared(title="人均纯收入（元）", then="6133.33", now="11200"), help_.Compared(title="饮水安全", then="有保障", now="")),
    risks=(help_.RiskResolved(title="因病", measures="健康帮扶：大病救治（已完成）"), help_.RiskResolved(title="因学", measures="")),
    income_stability="稳定", spending="可控", motivation="愿意靠劳动增收", no_labour=False, conclusion="风险稳定消除",
)


def ledger_of(area: str, issuer: str, place: common.Place, *, parts: int = 1) -> ledger.Ledger:
    """Return a ledger of as many rows as there are names."""
    return ledger.Ledger(
        place=place, issuer=issuer, area=area, as_of=date(2026, 3, 31), first=1, part=1, parts=parts,
        counts=tuple(ledger.ClassCount(title=title, households=9, people=30) for title in CLASSES),
        rows=tuple(ledger.LedgerRow(
            where="和平村第3村民小组", head_name=NAMES[number], size=number % 6 + 1, household_class=CLASSES[number % 3],
            lifted=number % 2 == 0, risks="因病、因务工就业不稳", included_on=date(2026, 3, 26) if number else None,
            lead_department="农业农村部门", measures="健康帮扶、就业帮扶", visited_on=date(2026, 3, 28) if number % 3 else None,
            standing="帮扶", national_number=f"5329290000{number:04d}" if number % 2 else "") for number in range(len(NAMES))))


FIGURES = ledger.Figures(
    place=COUNTY_PLACE, issuer=COUNTY, quarter="2026年第一季度", from_day=date(2026, 1, 1), to_day=date(2026, 3, 31),
    as_of=date(2026, 4, 2), line=870000, line_year=2025,
    total=ledger.AreaFigures(area="全县", monitored="约245", included="约20", eliminated="0"),
    areas=(ledger.AreaFigures(area="诺邓镇", monitored="约60", included="少于5", eliminated="0"),
           ledger.AreaFigures(area="功果桥镇", monitored="约35", included="约5", eliminated="0")),
)
SAMPLES: dict[str, object] = {
    "collection": COLLECTION, "change_sheet": CHANGE_SHEET, "visit_record": VISIT_RECORD, "measures_done": MEASURES_DONE,
    "elimination_sheet": ELIMINATION_SHEET, "ledger_village": ledger_of("和平村", COMMITTEE, VILLAGE),
    "ledger_township": ledger_of("诺邓镇", TOWNSHIP, TOWNSHIP_PLACE), "figures": FIGURES,
    "ledger_county": ledger_of("云龙县", COUNTY, COUNTY_PLACE, parts=9),
}
