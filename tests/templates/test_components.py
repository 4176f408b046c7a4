"""Every component shows what a person must read, ties labels to fields, and keeps to the strict content policy."""

import re
from collections import Counter
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import StrictUndefined, UndefinedError
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from fanpin.clock import SHANGHAI
from fanpin.resources import directory
from fanpin.rules.income import yuan

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
    note = TextAreaField("情况说明")
    signed = BooleanField("农户已签字")
    version = HiddenField(default="7")


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
