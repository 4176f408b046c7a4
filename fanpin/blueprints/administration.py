"""六(二) Accounts by the system administrator, posts by the security administrator, and the printable matrix of rights."""

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload
from wtforms import HiddenField
from wtforms.validators import Optional, Regexp

from fanpin.blueprints.fields import DayField, LineField, PickField
from fanpin.blueprints.forms import HouseForm, refuse, required
from fanpin.blueprints.guard import actor, guard, is_administrator, logged_in, now, today
from fanpin.blueprints.paging import asked, page_of
from fanpin.blueprints.places import area_within, children, place_for
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.users import Grant, User
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel, contains
from fanpin.rules.departments import Department
from fanpin.rules.refusals import NotFound, NotPermitted
from fanpin.rules.roles import LEVEL_OF, PERMISSIONS, WITH_DEPARTMENT, Role
from fanpin.steps import accounts

LONGEST_NUMBER = 18

blueprint = Blueprint("administration", __name__)


class AccountForm(HouseForm):
    """A new account of one person."""

    username = LineField("用户名", validators=[required("请填写用户名。")], limit=40)
    name = LineField("使用人姓名", validators=[required("请填写使用人姓名。")])
    organisation = LineField("单位", limit=120)
    phone = LineField("手机", validators=[Optional(), Regexp(r"1[3-9]\d{9}$", message="手机号码是11位数字。")], limit=20)
    expires_on = DayField("账号有效期至", validators=[Optional()])

    def validate_expires_on(self, field: DayField) -> None:
        """Refuse an account that has expired already."""
        if field.data is not None and field.data < today():
            raise refuse("有效期不能早于今天。")


class GrantForm(HouseForm):
    """A post: role over the area that the page names, department, dates, document."""

    area = HiddenField()
    role = PickField("岗位", validators=[required("请选择岗位。")], choices=[])
    department = PickField("部门", choices=[("", "不属于部门岗位"), *Department.choices()])
    valid_from = DayField("开始日期", validators=[required("请填写开始日期。")])
    valid_to = DayField("结束日期", validators=[Optional()])
    document = LineField("授权依据", validators=[required("请写明授权依据（文件或审批单号）。")], limit=200)


class ConfirmForm(HouseForm):
    """A confirmation without anything to type."""


def _found(base: Select[tuple[User]]) -> Select[tuple[User]]:
    text = asked("q")
    query = base.options(selectinload(User.grants))
    if text:
        query = query.where(or_(User.username.startswith(text, autoescape=True), User.name.contains(text, autoescape=True),
                                User.organisation.contains(text, autoescape=True)))
    return query


def _in_reach(account: User) -> User:
    """Return the account with its posts, if it lies in the administrator's area; else it is not found."""
    found = db.session.scalar(accounts.within_reach(actor().area_path).where(User.id == account.id)
                              .options(selectinload(User.grants)))
    if found is None:
        raise NotFound
    return found


@blueprint.get("/accounts", endpoint="accounts")
@guard(Action.ACCOUNT_CREATE)
def accounts_list() -> ResponseReturnValue:
    """List the accounts of the administrator's area."""
    page = page_of(_found(accounts.within_reach(actor().area_path)), User)
    return render_template("administration/accounts.html", page=page, q=asked("q"))


@blueprint.route("/accounts/new", methods=["GET", "POST"])
@guard(Action.ACCOUNT_CREATE, shows_once=True)
def new() -> ResponseReturnValue:
    """Make an account; its one-time password is on the answer and nowhere else."""
    form = AccountForm()
    if form.validate_on_submit():
        with form.attempt():
            user, secret = accounts.create(
                db.session(), username=form.username.data or "", name=form.name.data or "",
                organisation=form.organisation.data or "", phone=form.phone.data or "", expires_on=form.expires_on.data,
                by=actor(), now=now())
            return render_template("administration/secret.html", secret=secret, account=user, fresh=True)
    return form.answer("administration/new.html")


@blueprint.get("/accounts/<ref:account>")
@guard(Action.ACCOUNT_CREATE)
def account(account: User) -> ResponseReturnValue:
    """Show one account and what may be done with it."""
    return render_template("administration/account.html", account=_in_reach(account),
                           own=account.id == actor().user_id)


@blueprint.route("/accounts/<ref:account>/reset", methods=["GET", "POST"])
@guard(Action.ACCOUNT_CREATE, shows_once=True)
def reset(account: User) -> ResponseReturnValue:
    """Set a new one-time password; it is on the answer and nowhere else."""
    user, form = _in_reach(account), ConfirmForm()
    if form.validate_on_submit():
        with form.attempt():
            secret = accounts.reset(db.session(), user, by=actor(), now=now())
            return render_template("administration/secret.html", secret=secret, account=user, fresh=False)
    return form.answer("administration/confirm.html", account=user, act="重置密码", button="重置密码", consequences=[
        "原密码立即作废，这个账号的登录全部结束。", "屏幕上显示一次性密码，只显示这一次，请当面或电话告知本人。", "停用的账号重新启用。"])


@blueprint.route("/accounts/<ref:account>/disable", methods=["GET", "POST"])
@guard(Action.ACCOUNT_CREATE)
def disable(account: User) -> ResponseReturnValue:
    """Switch an account off."""
    user, form = _in_reach(account), ConfirmForm()
    if form.validate_on_submit():
        with form.attempt():
            accounts.disable(db.session(), user, by=actor(), now=now())
            flash(f"账号 {user.username} 已停用。", "success")
            return redirect(url_for("administration.account", account=user.ref))
    return form.answer("administration/confirm.html", account=user, act="停用账号", button="停用账号", consequences=[
        "这个账号的登录全部结束，不能再登录。", "以前的办理记录都保留。", "用户名不能再给别人用。"])


@blueprint.get("/grants")
@guard(Action.ACCOUNT_GRANT)
def grants() -> ResponseReturnValue:
    """List the accounts with their posts, for the security administrator."""
    page = page_of(_found(accounts.within_reach(actor().area_path)), User)
    return render_template("administration/grants.html", page=page, q=asked("q"))


@blueprint.get("/accounts/<ref:account>/grants")
@guard(Action.ACCOUNT_GRANT)
def account_grants(account: User) -> ResponseReturnValue:
    """Show the posts of one account."""
    user = _in_reach(account)
    return render_template("administration/account_grants.html", account=user, own=user.id == actor().user_id,
                           form=ConfirmForm(), departments=_departments(),
                           mine={grant.id for grant in user.grants if contains(actor().area_path, grant.area.path)})


@blueprint.route("/accounts/<ref:account>/grants/new", methods=["GET", "POST"])
@guard(Action.ACCOUNT_GRANT)
def give(account: User) -> ResponseReturnValue:
    """Give a post: the area is chosen step by step, the roles are those of its level."""
    user = _in_reach(account)
    place = place_for(actor(), (request.form.get("area") or asked("area"))[:14])
    form = GrantForm(data={"valid_from": today(), "area": place.area.code12})
    form.role.choices = [("", "请选择"), *((role.value, role.title) for role in _roles_at(place.area))]
    if form.validate_on_submit():
        with form.attempt():
            row = accounts.grant(
                db.session(), user, role=Role(form.role.data), area=area_within(actor(), form.area.data or ""),
                department=form.department.data or "", valid_from=form.valid_from.data, valid_to=form.valid_to.data,
                document=form.document.data or "", by=actor(), now=now())
            flash(f"已授予{user.name}“{row.role.title}·{place.area.name}”。下次登录或换用岗位时生效。", "success")
            return redirect(url_for("administration.account_grants", account=user.ref))
    return form.answer("administration/give.html", account=user, place=place, below=children(place.area),
                       departments=sorted(role.title for role in WITH_DEPARTMENT))


def _roles_at(area: Area) -> list[Role]:
    return [role for role in Role if LEVEL_OF.get(role, area.level) == area.level
            and (role in LEVEL_OF or area.level <= AreaLevel.COUNTY)]


@blueprint.post("/accounts/<ref:account>/grants/revoke")
@guard(Action.ACCOUNT_GRANT)
def revoke(account: User) -> ResponseReturnValue:
    """Take a post back."""
    user = _in_reach(account)
    typed = request.form.get("grant", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER else 0
    row = db.session.scalar(select(Grant).where(Grant.id == number, Grant.user_id == user.id))
    if row is None:
        raise NotFound
    accounts.revoke(db.session(), row, by=actor(), now=now())
    flash(f"已收回{user.name}的“{row.role.title}·{row.area.name}”。", "success")
    return redirect(url_for("administration.account_grants", account=user.ref))


@blueprint.get("/permissions")
@logged_in("权限一览表由三类管理员核对，不含任何业务信息")
def matrix() -> ResponseReturnValue:
    """Print who may do what, from the policy table itself."""
    if not is_administrator():
        raise NotPermitted("权限一览表由系统、安全、审计管理员核对。", action="", clause="六(二)")
    rows = sorted(PERMISSIONS.values(), key=lambda row: list(Action).index(row.action))
    steps = [(step, list(part)) for step, part in groupby(rows, key=lambda row: row.action.step)]
    posts = [(role, [(step, [row.action.title for row in part if role in row.roles]) for step, part in steps
                     if any(role in row.roles for row in part)]) for role in Role]
    return render_template("administration/matrix.html", steps=steps, posts=posts, roles=list(Role),
                           unit=actor().area_name, step_titles=STEP_TITLES)


STEP_TITLES = {
    "household": "农户档案", "quality": "疑点", "register": "农户表", "case": "办理", "intake": "线索受理", "analysis": "排查与研判", "survey": "实地调查",
    "exchange": "部门数据", "deliberation": "评议", "publicity": "公示", "township": "乡镇审核", "county": "县级确定", "assistance": "帮扶",
    "review": "成效评议", "elimination": "风险消除", "regional": "防止规模性返贫",
    "oversight": "督导", "adapter": "部门数据接口", "account": "账号与权限", "audit": "审计",
}


def _departments() -> dict[str, str]:
    return {department.value: department.title for department in Department}
