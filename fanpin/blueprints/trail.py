"""六(三) The trail for the audit administrator: search, verify, seal; no facts, no case, no household."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form
from wtforms.validators import Optional

from fanpin import audit
from fanpin.blueprints.fields import DayField, LineField, PickField
from fanpin.blueprints.forms import HouseForm
from fanpin.blueprints.guard import actor, guard, now, today
from fanpin.blueprints.paging import SIZE, asked
from fanpin.extensions import db, read_only
from fanpin.rules.actions import Action
from fanpin.steps import trail

ANCHORS = 30
LONGEST_NUMBER = 18
SHOWN_DIGITS = 16
OTHER_TITLES = {
    "session.login": "登录", "session.failed": "登录失败", "session.logout": "退出登录", "session.switch": "换用岗位",
    "session.password": "修改密码", "session.expired": "登录超时结束", "analysis.open": "建立办理件",
    "paper.issue": "出具文书", "paper.ready": "文书制成", "paper.failed": "文书制作失败", "paper.print": "打印文书",
    "file.add": "上传材料", "file.read": "查看材料", "county.screen": "比对十类情形", "exchange.accept": "接收部门数据", "exchange.ask": "向部门系统查询",
    "exchange.reject": "拒收部门数据", "account.reset": "重置密码", "account.revoke": "收回权限",
    "adapter.refresh": "登记数据接口", "adapter.revoke": "停用数据接口", "adapter.withdraw": "收回长期认可",
    "adapter.certified": "认证数据接口", "adapter.failed": "数据接口出错", "exchange.standing": "按长期认可签字", "delivery.accept": "接收部门报送",
    "delivery.refuse": "退回部门报送", "screening.done": "按月筛查", "register.compared": "比对导入的农户表",
    "register.applied": "写入导入的农户表", "register.exported": "导出农户表", "register.split": "按部门拆分上报数据",
    "file.erase": "到期清除材料", "intake.imported": "写入平台申报", "intake.refuse": "退回平台申报",
    "national.settled": "按全国系统的导出表核对", "national.by_hand": "人工确认全国系统已办",
    "system.init": "初始化系统", "audit.anchor": "封存审计记录",
}
OUTCOMES = {audit.OUTCOME_DONE: "办理", audit.OUTCOME_SEEN: "查看", audit.OUTCOME_REFUSED: "被拒绝"}
KINDS = {"case": "办理件", "household": "农户档案", "list": "村级名单", "user": "账号", "system": "系统"}

blueprint = Blueprint("trail", __name__)


class SearchForm(Form):
    """What to look for; sent as an address, so that it can be kept."""

    about = LineField("编号或用户名")
    who = LineField("操作人")
    tag = PickField("事项", choices=[])
    day_from = DayField("从", validators=[Optional()])
    day_to = DayField("到", validators=[Optional()])

    def wanted(self, latest: date) -> trail.Search:
        """Return the search as the step wants it."""
        day_to = min(self.day_to.data, latest) if self.day_to.data else None
        return trail.Search(about=self.about.data or "", who=self.who.data or "", tag=self.tag.data or "",
                            day_from=self.day_from.data, day_to=day_to)


class SealForm(HouseForm):
    """A confirmation without anything to type."""


def titles() -> dict[str, str]:
    """Name every kind of event in the words of the pages."""
    return {action.value: action.title for action in Action} | OTHER_TITLES


@blueprint.get("/trail")
@guard(Action.AUDIT_READ, audited=True)
def index() -> ResponseReturnValue:
    """Search the trail: who did or saw what about a household, a case, an account, between two days."""
    form = SearchForm(request.args)
    form.tag.choices = [("", "全部事项"), *sorted(titles().items(), key=lambda pair: pair[0])]
    valid = form.validate()
    rows = trail.search(db.session(), form.wanted(today()), actor=actor(), before=_number("before"),
                        most=SIZE + 1) if valid else []
    shown, more = rows[:SIZE], len(rows) > SIZE
    kept = {name: asked(name) for name in ("about", "who", "tag", "day_from", "day_to") if asked(name)}
    page = render_template(
        "trail/index.html", form=form, rows=shown, titles=titles(), outcomes=OUTCOMES, digits=SHOWN_DIGITS,
        places={row.stream: _place(row.stream) for row in shown}, narrowed=bool(kept), seal=SealForm(),
        first=url_for("trail.index", **kept) if _number("before") else "",
        following=url_for("trail.index", **kept, before=shown[-1].id) if more else "")
    return page, 200 if valid else 422


def _number(name: str) -> int | None:
    typed = request.args.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER else None


def _place(stream: str) -> str:
    kind, _, number = stream.partition(":")
    return f"{KINDS.get(kind, '其他')}{f'第{number}号' if number else ''}"


@blueprint.post("/trail/verify")
@guard(Action.AUDIT_READ)
def verify() -> ResponseReturnValue:
    """Recompute the chains about one thing, or the whole trail with its anchors; nothing is written."""
    session, about = db.session(), request.form.get("about", "").strip()[:60]
    # Recomputing takes its time; nobody else's writing waits for it.
    session.rollback()
    read_only(session)
    streams = trail.streams_about(session, about) if about else []
    reports = [audit.verify(session, stream=one) for one in streams or []] if about else [audit.verify(session)]
    return render_template(
        "trail/verify.html", about=about, found=bool(reports), streams=sum(row.streams for row in reports),
        events=sum(row.events for row in reports), anchors=sum(row.anchors for row in reports),
        broken=[place for row in reports for place in row.broken])


@blueprint.route("/trail/anchors", methods=["GET", "POST"])
@guard(Action.AUDIT_READ)
def anchors() -> ResponseReturnValue:
    """List the anchors, and seal the trail now."""
    form = SealForm()
    if form.validate_on_submit():
        with form.attempt():
            row = trail.seal(db.session(), actor=actor(), now=now())
            flash(f"已封存到第{row.last_event_id}条记录。请把封存值抄存到本机以外。", "success")
            return redirect(url_for("trail.anchors"))
    return form.answer("trail/anchors.html", rows=trail.anchors(db.session(), most=ANCHORS))
