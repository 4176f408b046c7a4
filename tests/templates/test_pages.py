"""The frame of every page, the pages of errors, log-in and print."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace as Row

import pytest
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField

from fanpin.blueprints.presenting import MenuEntry
from tests.templates.show import MISSING, Page

Show = Callable[..., Page]

ERRORS = {
    "400": "看不懂", "401": "去登录", "403": "这件事不由你办理", "404": "没有找到", "405": "按钮", "409": "已被他人处理", "413": "文件太大",
    "422": "还不能办理", "429": "稍等", "500": "没有丢失", "503": "正在维护", "stale": "页面已过期",
}


@pytest.mark.parametrize(("name", "words"), ERRORS.items())
def test_error_page_says_what_happened_and_what_to_do(show: Show, name: str, words: str) -> None:
    values = {"message": "", "kept": [("note", "屋后有滑坡")], "clause": "三(五)", "by": "李样", "at": datetime(2026, 3, 2, tzinfo=UTC),
              "missing": MISSING, "problems": {}}
    page = show('{% include "errors/' + name + '.html" %}', **values)
    assert words in page.text and len(page.all("h1")) == 1 and len(page.all("a")) >= 3


def test_conflict_page_says_who_and_when_and_keeps_what_was_typed(show: Show) -> None:
    text = show('{% include "errors/409.html" %}', message="", by="李样", at=datetime(2026, 3, 2, 1, tzinfo=UTC),
                kept=[("意见", "同意")]).text
    assert "李样" in text and "2026-03-02 09:00" in text and "意见 同意" in text


def test_page_without_permission_names_the_clause(show: Show) -> None:
    assert "三(五)" in show('{% include "errors/403.html" %}', message="须由乡镇办理。", clause="三(五)").text


class Login(FlaskForm):
    """The form of the log-in page."""

    username = StringField("用户名")
    password = PasswordField("密码")


class Password(FlaskForm):
    """The form of a new password."""

    current = PasswordField("原密码")
    new = PasswordField("新密码")
    repeat = PasswordField("再输一次")


def test_log_in_page_lets_the_browser_fill_in(show: Show) -> None:
    page = show('{% include "accounts/login.html" %}', form=Login)
    assert [attrs.get("autocomplete") for attrs in page.all("input") if attrs.get("type") != "hidden"] == [
        "username", "current-password"]


def test_password_page_says_the_rules_before_one_types(show: Show) -> None:
    source = '{% include "accounts/password.html" %}'
    page = show(source, form=Password, first=True, rules=("至少12个字符；", "不与原密码相同。"))
    assert page.text.index("至少12个字符") < page.text.index("再输一次") and "请先修改密码" in page.text
    assert "请先修改密码" not in show(source, form=Password, first=False, rules=()).text


PRINT = """{% extends "layouts/print.html" %}{% block title %}公示名单{% endblock %}{% block unit %}大坪村村民委员会{% endblock %}
{% block content %}<p>第三村民小组</p>{% endblock %}"""


def test_printed_list_says_unit_day_and_that_it_is_a_demo(show: Show) -> None:
    text = show(PRINT).text
    assert "单位：大坪村村民委员会" in text or "单位： 大坪村村民委员会" in text
    assert "2026年3月2日" in text and "演示数据，不作凭证" in text


def test_person_with_several_posts_can_switch_and_log_out(show: Show) -> None:
    role = Row(title="村干部")
    actor, other = Row(area_name="大坪村", role=role), Row(area_name="小坝村", role=role)
    present = Row(user=Row(name="阿普样"), actor=actor, posts=(
        Row(grant_id=3, title="村干部·大坪村", actor=actor), Row(grant_id=4, title="村干部·小坝村", actor=other)))
    page = show(PAGE, present=present)
    buttons = [attrs.get("value") for attrs in page.all("button")]
    assert buttons == ["3", "4", None] and "村干部·大坪村（当前）" in page.text and "退出登录" in page.text


PAGE = """{% extends "layouts/page.html" %}{% block title %}我的工作台{% endblock %}
{% block content %}<p>今天没有待办。</p>{% endblock %}"""


def test_page_begins_its_title_with_the_h1_and_has_one_h1(show: Show) -> None:
    page = show(PAGE)
    assert page.words[0] == "我的工作台 - 防止返贫动态监测和帮扶"
    assert len(page.all("h1")) == 1 and page.text.count("我的工作台") == 2


def test_page_says_that_it_is_a_demo_and_which_day_it_counts(show: Show) -> None:
    page = show(PAGE)
    assert "演示数据" in page.text and "仅限本机，日期按 2026-03-02 计" in page.text
    assert "演示数据" not in show(PAGE, demo=False).text


def test_page_lets_the_keyboard_skip_to_the_text(show: Show) -> None:
    page = show(PAGE)
    assert page.all("a")[0]["href"] == "#main" and "main" in page.ids


def test_menu_marks_where_one_is_under_its_heading(show: Show) -> None:
    page = show(PAGE, menu=[MenuEntry("我的工作台", False, "/"), MenuEntry("办理", True, entries=(
        MenuEntry("名单", True, "/lists"), MenuEntry("成效评议", False, "/review")))])
    marked = [attrs["href"] for attrs in page.all("a") if attrs.get("aria-current") == "page"]
    assert marked == ["/lists"] and [attrs.get("aria-current") for attrs in page.all("summary")] == [None, "true"]
    assert "菜单：办理" in page.text and "成效评议" in page.text


def test_content_stands_once_beside_an_aside(show: Show) -> None:
    page = show(PAGE + "{% block aside %}<p>还缺：会议记录</p>{% endblock %}")
    assert len(page.all("aside")) == 1 and page.text.count("今天没有待办。") == 1
