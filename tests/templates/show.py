"""What the tests of templates share: a reader of pages, forms, and an invented household at its notice."""

from collections import Counter
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from types import SimpleNamespace as Row

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from fanpin.rules.refusals import Missing
from fanpin.rules.stages import Stage
from fanpin.rules.workdays import period

TODAY = date(2026, 3, 2)


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
