"""One household's whole way, in and out, through the pages of every role as people read and press them."""

import io
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Calendar
from fanpin.models.cases import Case
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.roles import Role
from fanpin.worker import drain
from tests import builders
from tests.browser.conftest import As, Live
from tests.browser.people import Person
from tests.browser.sheets import fill_survey, hold_meeting, review_sheet
from tests.cast import OFFICERS

pytestmark = pytest.mark.browser
HEAD = "测试㬹"
LIST, LIST_OUT = "2026年3月第1批拟纳入名单", "2026年3月第1批拟消除风险名单"
NOTICES = {LIST: "拟纳入监测对象公示", LIST_OUT: "拟风险消除监测对象公示"}


@dataclass
class Walk:
    """What the way needs at every step: the people, the server, a screenshot, and where the case's page is."""

    as_: As
    live: Live
    screenshot: Path
    case: str = ""

    def at_case(self, username: str) -> Person:
        """Seat somebody at the case's page."""
        return self.as_(username).go(self.case)


@pytest.fixture
def walk(as_: As, live: Live, tmp_path: Path) -> Walk:
    """Let a household be in the file, and nothing more."""
    builders.a_household(live.session, live.world, **live.now())
    live.settle()
    picture = tmp_path / "平台截图.png"
    Image.new("RGB", (320, 200), "white").save(picture)
    return Walk(as_, live, picture)


def test_a_household_enters_and_leaves_through_the_pages(walk: Walk) -> None:
    declare(walk)
    put_forward(walk)
    look_in(walk)
    deliberate(walk)
    publish(walk, LIST)
    review_in_the_township(walk, measures=True)
    ask_the_departments(walk)
    determine(walk)
    help_them(walk)
    assert pages_of_paper(walk, walk.at_case("xian.ban"), "县级批复") >= 1
    review_the_year(walk)
    publish(walk, LIST_OUT)
    review_in_the_township(walk, measures=False)
    leave(walk)
    walk.at_case("cun.gan").reads("风险消除", "办结").does_not_read("还缺")


def declare(walk: Walk) -> None:
    """三(一): the village writes down what the household says; the county accepts it and finds the household."""
    cadre = walk.as_("cun.gan").reads("现在没有待办").menu("线索").press("登记线索")
    cadre.put(area="第一村民小组", head_name=HEAD, statement="妻子患大病，自付药费太多，还不起债", source="农户自主申报",
              channel="口头申报", categories=["medical"]).press("登记线索")
    cadre.reads("线索已登记，等待县级受理", "还剩 2 个工作日")
    county = walk.as_("xian.ban").press(HEAD).reads("还不起债").press("受理").reads("请归并到户或办结答复")
    county.press("并入这一户").reads("由村、乡提出重点核查对象")


def put_forward(walk: Walk) -> None:
    """三(二): the village proposes a key check, the county settles it."""
    cadre = walk.as_("cun.gan").menu("农户").put(q=HEAD).press("查询").press(HEAD)
    cadre.reads("这户还没有进入识别程序").press("提出为重点核查对象").reads("线索", "农户自主申报")
    cadre.put(reason="妻子患大病，自付医疗费较高").press("提出重点核查对象").reads("等待县级研判")
    county = walk.as_("xian.ban").press(HEAD).press("确定研判结论").reads("请选择研判结论")
    county.put(agree="1").press("确定研判结论").reads("已列为重点核查对象")


def look_in(walk: Walk) -> None:
    """三(三): the visitors fill the sheet, the household signs, the village puts it forward."""
    visitor = walk.as_("zhu.cun").press(HEAD).reads("还没有本轮实地调查表")
    fill_survey(visitor, leaving=False)
    visitor.reads("实地调查表已保存", "户主还没有签署授权承诺书").press("登记申请与授权承诺书")
    visitor.put(reason="妻子患大病，自付药费高", truth_declared=True, authorised=True).every("classes").every("signers")
    visitor.press("登记").reads("要求的11项都已满足")
    walk.case = visitor.path
    walk.at_case("cun.gan").press("提出纳入监测").reads("转入村级评议").press("提出纳入监测").reads("评议")


def deliberate(walk: Walk) -> None:
    """三(四): list, announcement, meeting, opinion, measures, committee, submission."""
    cadre = walk.as_("cun.gan").menu("名单").press("提出纳入名单").every("cases").press("提出名单").reads(LIST)
    cadre.press("登记公布").put(place="第一村民小组公开栏").press("登记").press("登记村民小组党员和户主评议会议")
    hold_meeting(cadre, place="组活动室", decision="同意提出纳入监测", came=(3, 12, 2))
    cadre.press("登记意见").put(content="他家是不是有车？", speaker="到会户主").press("登记").reads("未答复")
    cadre.press("核实答复").put(verified="两人入户查看，车是其弟的", reply="已当面答复").press("登记答复").does_not_read("未答复")
    cadre.press("措施").reads("缺什么补什么").put(**{
        "rows-0-category": "健康帮扶", "rows-0-detail": "大病救治和医疗救助", "rows-0-risk": "因病",
        **{f"rows-{row}-category": "无需措施" for row in (1, 2, 3)},
        "rows-4-category": "就业帮扶", "rows-4-detail": "介绍就近务工"}).press("保存措施").reads("帮扶措施已保存", "还缺 1 项")
    cadre.press("登记村“两委”研究会议")
    hold_meeting(cadre, place="村委会", decision="同意上报公示", came=(5,))
    cadre.press("村“两委”研究通过").reads("名单和措施不能再改").press("村“两委”研究通过").reads("请制作公示")


def publish(walk: Walk, title: str) -> None:
    """三(四): the notice hangs in the group and on the platform five working days; then the village reports."""
    cadre = walk.as_("cun.gan").menu("名单").press(title).press("制作公示")
    cadre.reads("不写证件号码、电话、住址").press("制作公示").reads("还有2处没有张贴或发布")
    assert pages_of_paper(walk, cadre, NOTICES[title]) == 1
    walk.as_("zu.zhang").press("村民小组公开场所").reads(HEAD).put(where="第一村民小组公开栏").press("登记张贴").reads("已登记")
    cadre = walk.as_("cun.gan").menu("公示张贴").press("登记发布")
    cadre.put(address="https://zfjz.example.invalid/1", file=walk.screenshot).press("登记发布")
    cadre.reads("还剩 5 个工作日", "张贴当天", "周六", "周日", "不计入", "第 5 个工作日").does_not_read("登记村级报告签署")
    walk.live.clock.move(days=8)
    cadre = walk.as_("cun.gan").menu("名单").press(title).press("查看公示").press("登记村级报告签署")
    cadre.put(signed_by="周村干").press("登记").press("上报乡镇").reads("1户已上报乡镇审核")


def review_in_the_township(walk: Walk, *, measures: bool) -> None:
    """三(五): spot check, measures, meeting, signature; the leader reports."""
    cadre = walk.as_("xiang.gan").press("530628102202-202603").reads("还没有抽查核实")
    page = cadre.path
    cadre.press("登记抽查").put(checkers="抽查组两人", agrees="yes", finding="与上报一致").press("登记抽查").reads("抽查已登记")
    if measures:
        cadre.press("逐户明确帮扶措施")
        for choice in cadre.page.locator("main select").all():
            choice.select_option(label="农业农村部门")
        cadre.press("明确帮扶措施").reads("帮扶措施。")
    cadre.press("登记专题会议")
    hold_meeting(cadre, place="镇政府会议室", decision="同意上报县级", came=(7,))
    leader = walk.as_("xiang.zhang").go(page).reads("请登记乡镇上报报告及签字").press("登记签署")
    leader.put(signed_by="王乡长").press("登记").press("上报县级").reads("由县级发起部门联审").press("上报县级").reads("已上报县级确定")


def ask_the_departments(walk: Walk) -> None:
    """三(六): the county asks, every department's officer answers and signs at a desk of its own."""
    walk.as_("xian.ban").press(HEAD).reads("只查询签了授权承诺书的人").press("发起联审").reads("已向16个部门发起联审")
    for part in OFFICERS.values():
        officer = walk.as_(part.username).press(HEAD)
        if officer.page.locator('[name="rest"]').count():
            officer.put(rest=True).press("保存答复").reads("全部答复后请签字")
        officer.put(confirmed=True).press("签字确认").reads("答复已签字")


def determine(walk: Walk) -> None:
    """三(六): determination, report, lead department."""
    decider = walk.as_("xian.zhang").press(HEAD).reads("16个部门都已答复并签字", "本县登记范围内未查到").press("县级确定")
    decider.put(reason="符合条件", document="彝巩固振兴组〔2026〕1号").press("县级确定").reads("报县领导小组")
    walk.as_("xian.ban").press(HEAD).put(document="彝报〔2026〕1号").press("报县领导小组").reads("明确帮扶主责部门")
    leading = walk.as_("ling.dao").press(HEAD).put(department="农业农村部门")
    leading.press("明确帮扶主责部门").reads("帮扶中", "还没有任何帮扶措施开始落实")


def help_them(walk: Walk) -> None:
    """四: the measures start, the household is entered in the national system, posted and visited."""
    walk.as_("xian.ban").press(HEAD).reads("还不能录入")
    for note in ("已办理大病救助", "已介绍到镇上务工"):
        walk.as_("bang.fu").press(HEAD).put(note=note).press("登记开始落实").reads("已登记开始落实")
    walk.as_("xian.ban").press(HEAD).put(number="53062820260001").press("登记录入").reads("编号 53062820260001")
    walk.at_case("zhu.cun").press("登记走访").press("今天走访，没有变化").reads("走访已登记", "下次走访")
    cadre = walk.at_case("cun.gan").press("打开帮扶措施").press("登记公示").reads("不写病情")
    cadre.press("登记公示").reads("村内公示")


def pages_of_paper(walk: Walk, person: Person, title: str) -> int:
    """Issue a paper, let the worker print it, download it; return its pages."""
    person.press("出具和查看文书").press(f"出具{title}").reads("正在印制")
    walk.live.settle()
    drain(walk.live.app)
    person.press("刷新").reads("验证码")
    with person.page.expect_download() as waiting:
        person.page.get_by_role("button", name="打开并打印").click()
    with pikepdf.open(io.BytesIO(Path(waiting.value.path()).read_bytes())) as paper:
        return len(paper.pages)


def review_the_year(walk: Walk) -> None:
    """五(一), 五(二): review, the list's meeting, the household's consent, the way out and its survey."""
    cadre = walk.at_case("cun.gan").press("启动年度成效评议").press("启动年度成效评议")
    review_sheet(cadre, measures=2)
    cadre.reads("风险稳定消除", "还没有列入拟消除风险名单").press("提出名单").every("cases").press("提出名单").reads(LIST_OUT)
    cadre.press("登记公布").put(place="公开栏").press("登记").press("登记村（组）党员群众评议会")
    hold_meeting(cadre, place="村委会", decision="同意消除", came=(3, 12, 2))
    cadre = walk.at_case("cun.gan").press("登记知情同意").reads("以后遇到困难，可以随时重新申报")
    cadre.put(agreement="agrees", signed_by=HEAD).press("登记农户意见").reads("同意")
    cadre.press("进入风险消除程序").press("进入风险消除程序").reads("第2轮")
    visitor = walk.as_("zhu.cun").press(HEAD)
    fill_survey(visitor, leaving=True)
    walk.at_case("cun.gan").press("确认风险消除调查结果").press("确认风险消除调查结果").reads("下一步公示")


def leave(walk: Walk) -> None:
    """五(二): the county asks again, agrees, and marks the household."""
    walk.as_("xian.ban").press(HEAD).press("发起联审").reads("已向16个部门发起联审")
    answer_by_steps(walk)
    decider = walk.as_("xian.zhang").press(HEAD).press("县级确定")
    decider.put(reason="风险已消除", document="彝巩固振兴组〔2026〕2号").press("县级确定").reads("标注“风险消除”")
    county = walk.as_("xian.ban").press(HEAD).put(way="帮扶消除", contact="周村干").press("登记已标注")
    county.reads("已标注“风险消除”，监测和帮扶结束")


def answer_by_steps(walk: Walk) -> None:
    """Let the officers answer behind the pages: they have shown at the first review how they do it there."""
    session = walk.live.session
    set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
    actors = walk.live.world.actors.values()
    officers = {actor.department: actor for actor in actors if actor.role is Role.DEPARTMENT_OFFICER}
    village = walk.live.world.areas["group1"].path
    staff = {actor.role: actor for actor in actors if village.startswith(actor.area_path)}
    Procession(session, staff, officers, Calendar(walk.live.clock.today())).answer(session.query(Case).one())
    walk.live.settle()
