"""Every act works where scripts are switched off: log-in, a long form, a decision."""

import pytest

from tests import builders
from tests.browser.conftest import As, Live
from tests.browser.sheets import fill_survey

pytestmark = pytest.mark.browser


def test_survey_and_decision_need_no_script(as_: As, live: Live) -> None:
    case = builders.a_case(live.session, live.world, **live.now())
    path = f"/cases/{case.ref}"
    live.settle()
    cadre = as_("cun.gan", scripts=False).reads("我的工作台").go(path + "/survey")
    fill_survey(cadre, leaving=False)
    cadre.reads("实地调查表已保存", "户主还没有签署授权承诺书")
    cadre.go(path + "/survey/not-propose").put(reason="情况已好转").press("不提出纳入")
    cadre.reads("不提出纳入").does_not_read("请更正")
    assert cadre.go(path).page.locator("main h1").inner_text().startswith("测试㬹户")
    cadre.does_not_read("填写实地调查表")


def test_a_refused_form_keeps_what_was_typed(as_: As, live: Live) -> None:
    cadre = as_("cun.gan", scripts=False).menu("线索").press("登记线索")
    cadre.put(head_name="测试某", statement="屋顶漏雨").press("登记线索").reads("请更正后再提交", "你填写的内容都还在")
    assert cadre.page.locator('[name="statement"]').input_value() == "屋顶漏雨"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_heading_of_the_long_menu_opens_over_its_pages_on_one_line(as_: As, scripts: bool) -> None:
    page = as_("xian.ban", scripts=scripts).page
    assert page.locator(".site-menu nav").bounding_box()["height"] < 60
    link = page.get_by_role("link", name="核对全国系统")
    assert not link.is_visible()
    page.get_by_text("部门和全国数据").click()
    link.click()
    page.wait_for_url("**/national")
    assert page.locator(".menu-group summary[aria-current]").inner_text().startswith("部门和全国数据")
