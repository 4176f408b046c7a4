"""What a browser does with the pages: small screens, impatient fingers, the way back after the day's end."""

import pytest
from playwright.sync_api import Page

from fanpin.models.cases import Case, CaseAct
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.actions import Action
from fanpin.steps import survey
from tests import builders
from tests.browser.conftest import PHONE, As, Live

pytestmark = pytest.mark.browser
# A slip of less than a pixel is rounding.
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def case(live: Live) -> str:
    """Return the address of a case that is being surveyed."""
    found = f"/cases/{builders.a_case(live.session, live.world, **live.now()).ref}"
    live.settle()
    return found


def overflow(page: Page) -> int:
    """Return by how much the page is wider than its window."""
    return int(page.evaluate(OVERFLOW))


def test_no_page_is_wider_than_a_phone(as_: As, case: str) -> None:
    cadre = as_("cun.gan", width=PHONE)
    wide = {path: by for path in ("/", "/cases", "/households/", case, f"{case}/survey", f"{case}/consent", "/lists", "/intake/new", "/regional/",
                                                     "/regional/new", "/regional/board", "/regional/communities", "/regional/tasks")
            if (by := overflow(cadre.go(path).page)) > 0}
    assert not wide
    assert overflow(as_("shen.ji", width=PHONE).go("/trail/anchors").press("现在封存").page) == 0


def test_a_card_on_a_phone_holds_a_cell_of_several_parts_beside_its_label(as_: As) -> None:
    page = as_("cun.gan", width=PHONE).page
    page.locator("main").evaluate("""main => { main.innerHTML = '<table class="data-table"><tbody><tr><th scope="row">户</th>'
        + '<td data-label="疑点">风险有因病，没有成员患大病 <span class="clause">5_15_015 风险为因病，没有患病的成员也没有长期慢性病的成员</span></td></tr></tbody></table>' }""")
    assert overflow(page) == 0 and page.locator("td").bounding_box()["height"] < 150


def test_the_phone_menu_opens_by_a_tap(as_: As) -> None:
    cadre = as_("cun.gan", width=PHONE)
    link = cadre.page.get_by_role("link", name="线索")
    assert not link.is_visible()
    cadre.page.locator("details[data-fold] summary").first.click()
    assert link.is_visible()


def test_two_quick_clicks_send_one_act(as_: As, live: Live, case: str) -> None:
    set_scope(live.session, Scope(ScopeKind.SYSTEM, reason="test"))
    row = live.session.query(Case).one()
    visit = builders.a_visit(row, live.clock.today(), proposed=False)
    survey.record(live.session, row, visit, actor=live.world.actors["cun.gan"], **live.now())
    live.settle()
    cadre = as_("cun.gan").go(f"{case}/survey/not-propose").put(reason="收入稳定")
    posts: list[str] = []
    cadre.page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    cadre.page.get_by_role("button", name="不提出纳入").dblclick()
    cadre.page.wait_for_url(lambda url: not url.endswith("not-propose"))
    cadre.does_not_read("请更正", "已经办理")
    set_scope(live.session, Scope(ScopeKind.SYSTEM, reason="test"))
    acts = live.session.query(CaseAct).filter(CaseAct.action == Action.SURVEY_NOT_PROPOSE).count()
    assert (len(posts), acts) == (1, 1)


def test_the_way_back_after_log_out_shows_nothing(as_: As, case: str) -> None:
    cadre = as_("cun.gan").go(case).reads("测试㬹户")
    cadre.page.locator("form[action='/logout'] button").evaluate("button => button.form.requestSubmit()")
    cadre.page.wait_for_url("**/login*")
    cadre.page.go_back()
    cadre.page.wait_for_load_state()
    cadre.does_not_read("测试㬹户", "53****")
