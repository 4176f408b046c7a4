"""Every component shows what a person must read, ties labels to fields, and keeps to the strict content policy."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace as Row

import pytest
from jinja2 import UndefinedError

from fanpin.resources import directory
from fanpin.rules.refusals import AlreadyHandled, RequirementsNotMet
from tests.templates.show import MISSING, Page, Visit, case_page, use

Show = Callable[..., Page]


def test_field_ties_label_hint_and_source_to_the_box(show: Show) -> None:
    page = show(use("field") + '{{ field(form.visitor, hint="至少两人", source="上次入户") }}', form=Visit)
    box = page.all("input")[0]
    assert box["aria-describedby"] == "visitor-hint visitor-source"
    assert "入户人" in page.text and "至少两人" in page.text and "已带入：上次入户" in page.text and "必填" in page.text


def test_field_says_what_is_wrong_beside_the_box_and_keeps_what_was_typed(show: Show) -> None:
    page = show(use("field") + "{{ field(form.visited_on) }}{{ field(form.note) }}", form=Visit,
                method="POST", data={"note": "屋后有<滑坡>"})
    box = page.all("input")[0]
    assert box["aria-invalid"] == "true" and box["aria-describedby"] == "visited_on-error"
    assert "请填写入户日期。" in page.text and "屋后有<滑坡>" in page.text


def test_radios_stand_in_a_fieldset_with_their_question(show: Show) -> None:
    page = show(use("field") + "{{ field(form.water) }}", form=Visit)
    assert [attrs["value"] for attrs in page.all("input")] == ["yes", "no"]
    assert len(page.all("fieldset")) == 1 and page.text.startswith("饮水安全")


def test_select_and_tick_have_labels(show: Show) -> None:
    page = show(use("field") + "{{ field(form.industry) }}{{ field(form.signed) }}", form=Visit)
    assert "产业类型" in page.text and "咖啡" in page.text and "农户已签字" in page.text


TABLE = use("data_table") + """
{% call(row) data_table("监测对象", [("户主", "head", ""), ("人口", "size", "number"), ("办理", "", "act")], rows,
                        "没有符合条件的农户，请放宽条件。", sort_urls={"head": "?sort=head"}, sorted_by="-head") %}
<th scope="row"><a href="/c/{{ row[0] }}">{{ row[0] }}</a></th><td>{{ row[1] }}</td><td><a href="/x">查看</a></td>
{% endcall %}"""


def test_table_names_its_columns_on_every_cell_for_a_phone(show: Show) -> None:
    page = show(TABLE, rows=[("张样样", 4), ("<李>样", 2)])
    assert [cell["data-label"] for cell in page.all("td")] == ["人口", "办理"] * 2
    assert [cell.get("data-kind") for cell in page.all("td")] == ["number", "act"] * 2
    assert "<李>样" in page.text and "监测对象" in page.text


def test_table_says_how_it_is_sorted_and_sorts_by_a_link(show: Show) -> None:
    page = show(TABLE, rows=[("张样样", 4)])
    assert [cell.get("aria-sort") for cell in page.all("th")] == ["descending", None, None, None]
    assert {"href": "?sort=head"} in page.all("a")


def test_empty_table_says_what_to_do(show: Show) -> None:
    assert "没有符合条件的农户，请放宽条件。" in show(TABLE, rows=[]).text


def test_row_with_a_cell_too_many_is_an_error(show: Show) -> None:
    with pytest.raises(UndefinedError):
        show(TABLE.replace("{% endcall %}", "<td>多了</td>{% endcall %}"), rows=[("张样样", 4)])


GALLERY = (Path(__file__).parent / "gallery.html").read_text(encoding="utf-8")


def test_gallery_uses_every_component_that_a_page_may_import() -> None:
    shell = {"flashes", "site_footer", "site_menu", "top_bar", "way_on"}
    names = {path.stem for path in (directory("templates") / "components").glob("*.html")} - shell
    assert names == set(re.findall(r"components/(\w+)\.html", GALLERY))


def test_case_page_says_where_it_stands_what_is_missing_and_why(show: Show) -> None:
    text = show(GALLERY, **case_page()).text
    for words in (
        "有1处疑点，请先核对", "公示 还剩 1 个工作日", "还缺 2 项", "已满足 2 项", "报告还没有签署", "去签报告", "第 5 个工作日 今天", "第 4 个工作日 周六调休上班", "3月1日 周日 不计入", "张贴当天 不计入",
        "查到小型轿车1辆 公安交警，截至 2026年2月27日 查到情形", "已查实说明", "暂不能查", "数据过期", "还没有核查", "未授权未查询",
        "低于参考线", "阿卜杜拉·样𠮷", "大坪公示〔2026〕3号，2026年2月24日，已重印1次", "2026-02-24 09:30", "逾期 3 个工作日", "未定期限",
        "今天到期", "共 1234 条", "未填写", "已带入：人社局", "470.8 KB", "本月没有预警", "138****5678", "会记入审计",
    ):
        assert words in text, words


def test_forms_carry_token_and_version_without_an_id(show: Show) -> None:
    page = show(GALLERY, **case_page())
    hidden = [attrs for attrs in page.all("input") if attrs.get("type") == "hidden"]
    assert {"csrf_token", "version"} <= {attrs["name"] for attrs in hidden} and not any("id" in attrs for attrs in hidden)


def test_summary_of_errors_links_to_each_field(show: Show) -> None:
    page = show(use("error_summary") + use("field") + """{{ error_summary(form) }}{{ field(form.visitor) }}
        {{ field(form.visited_on) }}{{ field(form.water) }}""", form=Visit, method="POST", data={"industry": "tea"})
    links = [attrs["href"] for attrs in page.all("a")]
    assert links == ["#visitor", "#visited_on", "#water"] and all(link[1:] in page.ids for link in links)
    assert "请更正后再提交" in page.text and "没有丢失" in page.text


def test_summary_says_what_the_clause_still_asks_for(show: Show) -> None:
    form = Row(errors={}, refusal=RequirementsNotMet(MISSING))
    text = show(use("error_summary") + "{{ error_summary(form) }}", form=form).text
    assert "还不能办理" in text and "三(四)" in text and "还有1条异议没有答复" in text


def test_summary_tells_of_a_refusal_in_its_own_words(show: Show) -> None:
    form = Row(errors={}, refusal=AlreadyHandled(by="李样"))
    assert "已被他人办理（李样）" in show(use("error_summary") + "{{ error_summary(form) }}", form=form).text


def test_every_component_file_says_its_arguments_and_holds_its_macro() -> None:
    for path in sorted(Path(directory("templates") / "components").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("{# " + path.stem + "("), path.name
        assert f"{{% macro {path.stem}(" in text, path.name


def test_templates_carry_no_inline_style_or_script() -> None:
    for folder in ("layouts", "components", "errors", "accounts"):
        for path in sorted((directory("templates") / folder).glob("*.html")):
            found = re.findall(r"<[^>]*\s(?:style|on[a-z]+)=", path.read_text(encoding="utf-8"))
            assert not found, f"{path.name}: {found}"


def test_markup_in_a_title_is_shown_as_text(show: Show) -> None:
    page = show('{% extends "layouts/page.html" %}{% block title %}{{ name }}{% endblock %}', name="<b>阿卜杜拉·样</b>")
    assert "<b>阿卜杜拉·样</b>" in page.text


def test_developer_page_names_every_component() -> None:
    root = directory("templates").parent
    text = (root / "docs" / "interface.md").read_text(encoding="utf-8")
    names = [path.stem for path in sorted((directory("templates") / "components").glob("*.html"))]
    assert [name for name in names if f"| `{name}(" not in text] == []
