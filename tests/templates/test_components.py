"""Every component shows what a person must read, ties labels to fields, and keeps to the strict content policy."""

import re
from collections import Counter
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace as Row

import pytest
from flask import Flask, render_template_string
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import StrictUndefined, UndefinedError
from wtforms import BooleanField, DateField, HiddenField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from fanpin.clock import SHANGHAI
from fanpin.resources import directory
from fanpin.rules.income import yuan
from fanpin.rules.refusals import AlreadyHandled, Missing, RequirementsNotMet
from fanpin.rules.stages import Stage
from fanpin.rules.workdays import period

TODAY = date(2026, 3, 2)
VOID = {"br", "hr", "img", "input", "link", "meta", "rect", "path", "circle", "line"}


def day(value: date) -> str:
    """The filter of the pages, without their database."""
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime) -> str:
    """The filter of the pages, without their database."""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


class Page(HTMLParser):
    """What a page says: its text, elements and the words of each label."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())

    @property
    def text(self) -> str:
        """All that is written on the page."""
        return " ".join(self.words)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of that name."""
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def ids(self) -> list[str]:
        """Every id in the order of the page."""
        return [attrs["id"] for _, attrs in self.elements if attrs.get("id")]


def choices(**titles: str) -> list[SelectChoice]:
    """Return the choices of a field from codes and titles."""
    return [SelectChoice(code, title) for code, title in titles.items()]


class Visit(FlaskForm):
    """A small form with one field of each sort."""

    visitor = StringField("入户人", validators=[InputRequired("请填写入户人姓名。")])
    visited_on = DateField("入户日期", validators=[InputRequired("请填写入户日期。")])
    water = RadioField("饮水安全", choices=choices(yes="有保障", no="没有保障"),
                       validators=[InputRequired("请选择饮水是否有保障。")])
    industry = SelectField("产业类型", choices=choices(tea="茶叶", coffee="咖啡"))
    income = StringField("务工收入")
    note = TextAreaField("情况说明")
    signed = BooleanField("农户已签字")
    version = HiddenField(default="7")


MISSING = (Missing("publicity.objections", "三(四)", "异议和举报全部调查并答复", "还有1条异议没有答复"),
           Missing("publicity.report", "三(四)", "村里签署报告", "报告还没有签署"))


def circumstance(number: int, title: str, state: str, said: str = "", source: str = "", url: str = "") -> Row:
    """Return one of the ten circumstances as the case page shows it."""
    return Row(number=number, title=title, state=state, said=said, source=source, url=url,
               as_of=date(2026, 2, 27) if source else None)


def case_page() -> dict[str, object]:
    """Return what the gallery shows: a household at its notice, wholly invented."""
    return {
        "head": "张样样", "stage": Stage.PUBLICITY, "posted_on": date(2026, 2, 24), "period": period(date(2026, 2, 24)),
        "circumstances": [
            circumstance(1, "家庭成员或户主的父母、配偶、子女是国家公职人员", "clear", "4人均未查到", "县委组织部、人社局"),
            circumstance(2, "村三委有固定报酬", "not_found", "王样样查无此人，请公安核对姓名和号码", "组织部"),
            circumstance(3, "购买消费型汽车", "hit", "查到小型轿车1辆", "公安交警", "/c3"),
            circumstance(4, "在城镇购买商品房、门市", "resolved", "为易地扶贫搬迁安置房，2026年2月26日查实", "不动产登记中心", "/c4"),
            circumstance(5, "开办公司、企业且实际经营", "waiting", "2月25日发出，还没有答复"),
            circumstance(6, "种植养殖大户或长期雇工", "stale", "上次答复已超过3个月", "农业农村局"),
            circumstance(7, "拆户分户、空挂户", "unavailable", "接口停用，请该部门人工核查"),
            circumstance(8, "户口整户空挂", ""),
        ],
        "members": [
            Row(name="张样样", relation="户主", sex="男", age=48, id="5301**********0014", schooling="初中",
                health="患有大病", labour="弱劳动力", note="", url="/m1"),
            Row(name="阿卜杜拉·样𠮷", relation="之子", sex="男", age=16, id="5301**********0038", schooling="高中一年级",
                health="健康", labour="无劳动力", note="未授权未查询", url=""),
        ],
        "papers": [Row(title="公示", number="大坪公示〔2026〕3号", issued_on=date(2026, 2, 24), public=True, url="/p1", note="已重印1次"),
                   Row(title="实地调查表", number="大坪调查〔2026〕12号", issued_on=date(2026, 2, 11), public=False, url="/p2", note="")],
        "events": [
            Row(at=datetime(2026, 2, 24, 1, 30, tzinfo=UTC), title="张贴公示", by="阿普样（村干部）", clause="三(四)",
                text="第一、三村民小组公示栏。", url="/p1"),
            Row(at=datetime(2026, 2, 11, 8, 5, tzinfo=UTC), title="登记入户调查", by="李样（驻村工作队员）", clause="", text="", url="")],
        "waiting": [("张样样", "大坪村第三村民小组", Stage.PUBLICITY, 4, "2026-02-24", 2),
                    ("岩·样罕", "大坪村第一村民小组", Stage.SURVEY, 3, "2026-02-13", -3),
                    ("欧阳样样", "小坝村第二村民小组", Stage.ASSISTANCE, 6, "2026-02-26", None)],
        "missing": MISSING,
        "met": [Row(code="publicity.groups", clause="三(四)", title="在每个有关村民小组公示"),
                Row(code="publicity.platform", clause="三(四)", title="在政府救助平台公示")],
        "form": Visit, "again": Again, "search": Search,
    }


class Again(FlaskForm):
    """A form with hidden fields only."""

    version = HiddenField(default="7")


class Search(FlaskForm):
    """The fields of a filter bar, with names of their own."""

    visitor = StringField("户主姓名", id="q-visitor")
    industry = SelectField("阶段", id="q-industry", choices=choices(all="全部", publicity="公示"))


@pytest.fixture(scope="module")
def app() -> Flask:
    """An application with the templates alone."""
    app = Flask("fanpin", template_folder=str(directory("templates")), static_folder=str(directory("static")))
    app.config.update(SECRET_KEY="only for this test", BOOTSTRAP_SERVE_LOCAL=True, TESTING=True)
    Bootstrap5(app)
    CSRFProtect(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=day, moment=moment, yuan=yuan)
    for endpoint in ("desk.index", "accounts.login", "accounts.logout", "accounts.password", "accounts.switch"):
        app.add_url_rule("/" + endpoint.replace(".", "/"), endpoint, lambda: "")
    app.context_processor(lambda: {"present": None, "menu": [], "demo": True, "today": TODAY, "version": "0.1.0"})
    return app


@pytest.fixture
def show(app: Flask):
    """Render a piece of template and return it as a page that has been checked for what no page may have."""

    def render(source: str, *, method: str = "GET", data: dict[str, str] | None = None, **values: object) -> Page:
        with app.test_request_context("/here", method=method, data=data):
            made = {key: value() if isinstance(value, type) else value for key, value in values.items()}
            for form in made.values():
                if isinstance(form, FlaskForm) and method == "POST":
                    form.validate()
            return sound(Page(render_template_string(source, **made)))

    return render


def sound(page: Page) -> Page:
    """Check what holds for every page: unique ids, known targets, no inline style or script."""
    twice = [name for name, count in Counter(page.ids).items() if count > 1]
    assert not twice, f"id used twice: {twice}"
    for tag, attrs in page.elements:
        inline = [name for name in attrs if name == "style" or name.startswith("on")]
        assert not inline, f"<{tag}> carries {inline}"
        for name in ("for", "aria-describedby", "aria-labelledby"):
            for target in (attrs.get(name) or "").split():
                assert target in page.ids, f"{name}={target} of <{tag}> leads nowhere"
    for attrs in page.all("script"):
        assert attrs.get("src"), "script inside the page"
    named = {attrs["for"] for attrs in page.all("label") if attrs.get("for")}
    for tag in ("input", "select", "textarea"):
        for attrs in page.all(tag):
            if attrs.get("type") not in ("hidden", "submit"):
                assert attrs.get("id") in named or attrs.get("aria-label"), f"field {attrs.get('name')} has no label"
    return page


def use(name: str) -> str:
    """Return the line that imports a component."""
    return f'{{% from "components/{name}.html" import {name} %}}'


def test_field_ties_label_hint_and_source_to_the_box(show):
    page = show(use("field") + '{{ field(form.visitor, hint="至少两人", source="上次入户") }}', form=Visit)
    box = page.all("input")[0]
    assert box["aria-describedby"] == "visitor-hint visitor-source"
    assert "入户人" in page.text and "至少两人" in page.text and "已带入：上次入户" in page.text and "必填" in page.text


def test_field_says_what_is_wrong_beside_the_box_and_keeps_what_was_typed(show):
    page = show(use("field") + "{{ field(form.visited_on) }}{{ field(form.note) }}", form=Visit,
                method="POST", data={"note": "屋后有<滑坡>"})
    box = page.all("input")[0]
    assert box["aria-invalid"] == "true" and box["aria-describedby"] == "visited_on-error"
    assert "请填写入户日期。" in page.text and "屋后有<滑坡>" in page.text


def test_radios_stand_in_a_fieldset_with_their_question(show):
    page = show(use("field") + "{{ field(form.water) }}", form=Visit)
    assert [attrs["value"] for attrs in page.all("input")] == ["yes", "no"]
    assert len(page.all("fieldset")) == 1 and page.text.startswith("饮水安全")


def test_select_and_tick_have_labels(show):
    page = show(use("field") + "{{ field(form.industry) }}{{ field(form.signed) }}", form=Visit)
    assert "产业类型" in page.text and "咖啡" in page.text and "农户已签字" in page.text


TABLE = use("data_table") + """
{% call(row) data_table("监测对象", [("户主", "head", ""), ("人口", "size", "number"), ("办理", "", "act")], rows,
                        "没有符合条件的农户，请放宽条件。", sort_urls={"head": "?sort=head"}, sorted_by="-head") %}
<th scope="row"><a href="/c/{{ row[0] }}">{{ row[0] }}</a></th><td>{{ row[1] }}</td><td><a href="/x">查看</a></td>
{% endcall %}"""


def test_table_names_its_columns_on_every_cell_for_a_phone(show):
    page = show(TABLE, rows=[("张样样", 4), ("<李>样", 2)])
    assert [cell["data-label"] for cell in page.all("td")] == ["人口", "办理"] * 2
    assert [cell.get("data-kind") for cell in page.all("td")] == ["number", "act"] * 2
    assert "<李>样" in page.text and "监测对象" in page.text


def test_table_says_how_it_is_sorted_and_sorts_by_a_link(show):
    page = show(TABLE, rows=[("张样样", 4)])
    assert [cell.get("aria-sort") for cell in page.all("th")] == ["descending", None, None, None]
    assert {"href": "?sort=head"} in page.all("a")


def test_empty_table_says_what_to_do(show):
    assert "没有符合条件的农户，请放宽条件。" in show(TABLE, rows=[]).text


def test_row_with_a_cell_too_many_is_an_error(show):
    with pytest.raises(UndefinedError):
        show(TABLE.replace("{% endcall %}", "<td>多了</td>{% endcall %}"), rows=[("张样样", 4)])


GALLERY = (Path(__file__).parent / "gallery.html").read_text(encoding="utf-8")


def test_gallery_uses_every_component_that_a_page_may_import():
    shell = {"flashes", "site_footer", "site_menu", "top_bar", "way_on"}
    names = {path.stem for path in (directory("templates") / "components").glob("*.html")} - shell
    assert names == set(re.findall(r"components/(\w+)\.html", GALLERY))


def test_case_page_says_where_it_stands_what_is_missing_and_why(show):
    text = show(GALLERY, **case_page()).text
    for words in (
        "公示 还剩 1 个工作日", "还缺 2 项", "已满足 2 项", "报告还没有签署", "去签报告", "第 5 个工作日 今天", "第 4 个工作日 周六调休上班", "3月1日 周日 不计入", "张贴当天 不计入",
        "查到小型轿车1辆 公安交警，截至 2026年2月27日 查到情形", "已查实说明", "暂不能查", "数据过期", "还没有核查", "未授权未查询",
        "低于参考线", "阿卜杜拉·样𠮷", "大坪公示〔2026〕3号，2026年2月24日，已重印1次", "2026-02-24 09:30", "逾期 3 个工作日", "未定期限",
        "今天到期", "共 1234 条", "未填写", "已带入：人社局", "470.8 KB", "本月没有预警", "138****5678", "会记入审计",
    ):
        assert words in text, words


def test_forms_carry_token_and_version_without_an_id(show):
    page = show(GALLERY, **case_page())
    hidden = [attrs for attrs in page.all("input") if attrs.get("type") == "hidden"]
    assert {"csrf_token", "version"} <= {attrs["name"] for attrs in hidden} and not any("id" in attrs for attrs in hidden)


def test_summary_of_errors_links_to_each_field(show):
    page = show(use("error_summary") + use("field") + """{{ error_summary(form) }}{{ field(form.visitor) }}
        {{ field(form.visited_on) }}{{ field(form.water) }}""", form=Visit, method="POST", data={"industry": "tea"})
    links = [attrs["href"] for attrs in page.all("a")]
    assert links == ["#visitor", "#visited_on", "#water"] and all(link[1:] in page.ids for link in links)
    assert "请更正后再提交" in page.text and "没有丢失" in page.text


def test_summary_says_what_the_clause_still_asks_for(show):
    form = Row(errors={}, refusal=RequirementsNotMet(MISSING))
    text = show(use("error_summary") + "{{ error_summary(form) }}", form=form).text
    assert "还不能办理" in text and "三(四)" in text and "还有1条异议没有答复" in text


def test_summary_tells_of_a_refusal_in_its_own_words(show):
    form = Row(errors={}, refusal=AlreadyHandled(by="李样"))
    assert "已被他人办理（李样）" in show(use("error_summary") + "{{ error_summary(form) }}", form=form).text


ERRORS = {
    "400": "看不懂", "401": "去登录", "403": "这件事不由你办理", "404": "没有找到", "405": "按钮", "409": "已被他人处理", "413": "文件太大",
    "422": "还不能办理", "429": "稍等", "500": "没有丢失", "503": "正在维护", "stale": "页面已过期",
}


@pytest.mark.parametrize(("name", "words"), ERRORS.items())
def test_error_page_says_what_happened_and_what_to_do(show, name, words):
    values = {"message": "", "kept": [("note", "屋后有滑坡")], "clause": "三(五)", "by": "李样", "at": datetime(2026, 3, 2, tzinfo=UTC),
              "missing": MISSING, "problems": {}}
    page = show('{% include "errors/' + name + '.html" %}', **values)
    assert words in page.text and len(page.all("h1")) == 1 and len(page.all("a")) >= 3


def test_conflict_page_says_who_and_when_and_keeps_what_was_typed(show):
    text = show('{% include "errors/409.html" %}', message="", by="李样", at=datetime(2026, 3, 2, 1, tzinfo=UTC),
                kept=[("意见", "同意")]).text
    assert "李样" in text and "2026-03-02 09:00" in text and "意见 同意" in text


def test_page_without_permission_names_the_clause(show):
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


def test_log_in_page_lets_the_browser_fill_in(show):
    page = show('{% include "accounts/login.html" %}', form=Login)
    assert [attrs.get("autocomplete") for attrs in page.all("input") if attrs.get("type") != "hidden"] == [
        "username", "current-password"]


def test_password_page_says_the_rules_before_one_types(show):
    source = '{% include "accounts/password.html" %}'
    page = show(source, form=Password, first=True, rules=("至少12个字符；", "不与原密码相同。"))
    assert page.text.index("至少12个字符") < page.text.index("再输一次") and "请先修改密码" in page.text
    assert "请先修改密码" not in show(source, form=Password, first=False, rules=()).text


PRINT = """{% extends "layouts/print.html" %}{% block title %}公示名单{% endblock %}{% block unit %}大坪村村民委员会{% endblock %}
{% block content %}<p>第三村民小组</p>{% endblock %}"""


def test_printed_list_says_unit_day_and_that_it_is_a_demo(show):
    text = show(PRINT).text
    assert "单位：大坪村村民委员会" in text or "单位： 大坪村村民委员会" in text
    assert "2026年3月2日" in text and "演示数据，不作凭证" in text


def test_person_with_several_posts_can_switch_and_log_out(show):
    role = Row(title="村干部")
    actor, other = Row(area_name="大坪村", role=role), Row(area_name="小坝村", role=role)
    present = Row(user=Row(name="阿普样"), actor=actor, posts=(
        Row(grant_id=3, title="村干部·大坪村", actor=actor), Row(grant_id=4, title="村干部·小坝村", actor=other)))
    page = show(PAGE, present=present)
    buttons = [attrs.get("value") for attrs in page.all("button")]
    assert buttons == ["3", "4", None] and "村干部·大坪村（当前）" in page.text and "退出登录" in page.text


PAGE = """{% extends "layouts/page.html" %}{% block title %}我的工作台{% endblock %}
{% block content %}<p>今天没有待办。</p>{% endblock %}"""


def test_page_begins_its_title_with_the_h1_and_has_one_h1(show):
    page = show(PAGE)
    assert page.words[0] == "我的工作台 - 防止返贫动态监测和帮扶"
    assert len(page.all("h1")) == 1 and page.text.count("我的工作台") == 2


def test_page_says_that_it_is_a_demo_and_which_day_it_counts(show):
    page = show(PAGE)
    assert "演示数据" in page.text and "仅限本机，日期按 2026-03-02 计" in page.text
    assert "演示数据" not in show(PAGE, demo=False).text


def test_page_lets_the_keyboard_skip_to_the_text(show):
    page = show(PAGE)
    assert page.all("a")[0]["href"] == "#main" and "main" in page.ids


def test_menu_marks_where_one_is_and_how_much_waits(show):
    page = show(PAGE, menu=[("我的工作台", "/", True, None), ("部门核查", "/inquiries", False, 12)])
    marked = [attrs["href"] for attrs in page.all("a") if attrs.get("aria-current") == "page"]
    assert marked == ["/"] and "12 件" in page.text


def test_content_stands_once_beside_an_aside(show):
    page = show(PAGE + "{% block aside %}<p>还缺：会议记录</p>{% endblock %}")
    assert len(page.all("aside")) == 1 and page.text.count("今天没有待办。") == 1


def test_every_component_file_says_its_arguments_and_holds_its_macro():
    for path in sorted(Path(directory("templates") / "components").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("{# " + path.stem + "("), path.name
        assert f"{{% macro {path.stem}(" in text, path.name


def test_templates_carry_no_inline_style_or_script():
    for folder in ("layouts", "components", "errors", "accounts"):
        for path in sorted((directory("templates") / folder).glob("*.html")):
            found = re.findall(r"<[^>]*\s(?:style|on[a-z]+)=", path.read_text(encoding="utf-8"))
            assert not found, f"{path.name}: {found}"


def test_markup_in_a_title_is_shown_as_text(show):
    page = show('{% extends "layouts/page.html" %}{% block title %}{{ name }}{% endblock %}', name="<b>阿卜杜拉·样</b>")
    assert "<b>阿卜杜拉·样</b>" in page.text
