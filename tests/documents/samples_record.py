"""Samples of what the village recorded, and of what passed between county and departments."""

from datetime import date

from fanpin.documents import papers_common as common
from fanpin.documents import papers_inquiry as inquiry
from fanpin.documents import papers_record as record
from tests.documents.samples import CLASSES, COMMITTEE, CONTACTS, COUNTY, NAMES, PLACE, VILLAGE, public_households

LIST = "532929100201-202603-01"
SIGN_IN = record.SignIn(
    place=VILLAGE, issuer=COMMITTEE, kind="村民小组党员和户主评议会议", leaving=False, month="2026年3月", list_number=LIST,
    groups=(record.SignInGroup(group="第3村民小组", rows=18), record.SignInGroup(group="第5村民小组", rows=12)),
)
COMMITTEE_RECORD = record.CommitteeRecord(
    place=VILLAGE, issuer=COMMITTEE, month="2026年3月", list_number=LIST, deliberated_on=date(2026, 3, 9), opinions=2,
    held_on=date(2026, 3, 10), venue="村委会会议室", host="张样本一", recorder="左例芬", present=("村“两委”委员7人",),
    summary="逐户研究了评议和核实情况。", decision="同意3户提交公示。",
    households=tuple(record.StudiedHousehold(
        group=f"第{number + 3}村民小组", head_name=NAMES[number], size=3, household_class=CLASSES[number], result="同意",
        persons=(record.PersonMeasures(person="全户", measures=("综合保障（农村低保）",)),
                 record.PersonMeasures(person=NAMES[number], measures=("健康帮扶（大病救治）", "公益岗位帮扶（护路）")),
                 record.PersonMeasures(person="孩子", measures=("经研究不需要单独措施",))) if number < 2 else ()) for number in range(3)),
)
NOTICE_RECORD = record.NoticeRecord(
    place=VILLAGE, issuer=COMMITTEE, leaving=False, month="2026年3月", list_number=LIST, notice_number="诺和示〔2026〕3号",
    households=3, people=9, first_day=date(2026, 3, 11), last_day=date(2026, 3, 17), workdays=5,
    skipped=(common.SkippedDay(on=date(2026, 3, 14), why="周末"), common.SkippedDay(on=date(2026, 3, 15), why="周末")),
    places=(record.PostedPlace(kind="村民小组公开场所", place="第3村民小组活动室", address="", posted_on=date(2026, 3, 10),
                               posted_by="左例芬", removed_on=date(2026, 3, 18), evidence=True),
            record.PostedPlace(kind="云南省“政府救助平台”", place="云南省“政府救助平台”", address="云龙县公示栏目第12条",
                               posted_on=date(2026, 3, 10), posted_by="左例芬", removed_on=None, evidence=False)),
    objections=(record.HandledObjection(kind="举报", received_on=date(2026, 3, 12), received_unit=COMMITTEE, result="不属实",
                                        answered_on=date(2026, 3, 13)),),
)
OBJECTION_SHEET = record.ObjectionSheet(
    place=PLACE, issuer=COMMITTEE, kind="举报", about="公示的农户", head_name="字㬹", case_code="2026-000007",
    notice_number="诺和示〔2026〕3号", content="这户在镇上有门面房。", received_on=date(2026, 3, 12), received_by="左例芬",
    due_on=date(2026, 3, 19), investigators="张样本一、左例芬", finding="门面房是租来卖菜的，租期一年。", upheld="不属实",
    answer="已当面向反映人说明。", answered_on=date(2026, 3, 13), answered_by="左例芬",
)
ANNOUNCEMENT = record.Announcement(
    place=VILLAGE, issuer=COUNTY, month="2026年3月", leaving=False, reply_number="云农复〔2026〕12号", decided_on=date(2026, 3, 26),
    households=public_households(7), posted_on=date(2026, 3, 30), days=5, contacts=CONTACTS, office_address="和平村便民服务站",
)
INQUIRY_LETTER = inquiry.InquiryLetter(
    place=VILLAGE, issuer=COUNTY, to="云龙县公安部门", leaving=False, month="2026年3月", list_number=LIST,
    asked_on=date(2026, 3, 20), due_on=date(2026, 3, 27), contact_name="熊例忠", contact_phone="0872-5520003",
    households=tuple(inquiry.AskedHousehold(group="第3村民小组", head_name=NAMES[number], case_code=f"2026-00000{number}", persons=(
        inquiry.AskedPerson(name=NAMES[number], relation="户主", id_number="532929197605120017", kinds=("户口", "机动车"),
                            ground="本人2026年3月3日签署授权承诺书"),
        inquiry.AskedPerson(name="字小样", relation="之孙女", id_number="", kinds=("户口",), ground="户主2026年3月3日签署授权承诺书"),
    )) for number in range(3)),
)
INQUIRY_RESULT = inquiry.InquiryResult(
    place=VILLAGE, issuer="云龙县公安部门", to=COUNTY, leaving=False, month="2026年3月", list_number=LIST,
    households=tuple(inquiry.AnsweredHousehold(
        group="第3村民小组", head_name=NAMES[number], case_code=f"2026-00000{number}", signed_by="早样丽" if number else "",
        signed_on=date(2026, 3, 24) if number else None, answers=(
            inquiry.AnsweredQuestion(person=NAMES[number], kind="机动车", result="查到登记", content="农用三轮车，2016年登记",
                                     scope="本县登记范围", as_of=date(2026, 3, 22), by_hand=False),
            inquiry.AnsweredQuestion(person="字小样", kind="户口", result="等待答复", content="", scope="", as_of=None, by_hand=False),
        )) for number in range(2)),
)
SAMPLES: dict[str, object] = {
    "sign_in": SIGN_IN, "committee_record": COMMITTEE_RECORD, "notice_record": NOTICE_RECORD, "objection_sheet": OBJECTION_SHEET,
    "announcement": ANNOUNCEMENT, "inquiry_letter": INQUIRY_LETTER, "inquiry_result": INQUIRY_RESULT,
}
