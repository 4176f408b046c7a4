"""Accounts and grants: made, granted, reset and switched off, each with its event; secrets are shown once."""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from fanpin import audit, authorization, security
from fanpin.models.areas import Area
from fanpin.models.scoped import within
from fanpin.models.users import Grant, User, UserSession
from fanpin.rules.actions import Action
from fanpin.rules.areas import contains
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotPermitted
from fanpin.rules.roles import ADMINISTRATORS, LEVEL_OF, WITH_DEPARTMENT, Actor, Role
from fanpin.steps import sessions

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
# Read aloud and typed once: no letters or digits that look alike.
LETTERS = "abcdefghjkmnpqrstuvwxyz"
CAPITALS = LETTERS.upper()
DIGITS = "23456789"
GROUPS, GROUP_LENGTH = 4, 4
MOST_GRANTS = 20
LONGEST_INSPECTION = timedelta(days=366)


@dataclass(frozen=True)
class Secret:
    """A new or reset account with its one-time password, to be handed over and forgotten."""

    username: str
    name: str
    password: str


def one_time_password() -> str:
    """Return a random password of four groups (about 78 bits) that the rules for passwords accept."""
    alphabet = LETTERS + CAPITALS + DIGITS
    while True:
        groups = ["".join(secrets.choice(alphabet) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS)]
        password = "-".join(groups)
        if not security.password_problems(password, username="", words=()):
            return password


def create(session: Session, *, username: str, name: str, organisation: str = "", by: Actor | str, now: datetime,
           expires_on: date | None = None, phone: str = "", password: str = "",
           hashed: str = "") -> tuple[User, Secret]:
    """Make a personal account without any right; its one-time password must be changed at the first log-in.

    A demo and tests give a `password` of their own, which then stays; `hashed` is one that many accounts share.
    """
    _permit(session, Action.ACCOUNT_CREATE, by)
    if not USERNAME.fullmatch(username):
        raise Invalid({"username": "用户名用2到40个小写字母、数字、点、横线，以字母开头。"})
    if not name.strip():
        raise Invalid({"name": "请填写使用人姓名。"})
    if session.scalar(select(User.id).where(User.username == username)) is not None:
        raise Invalid({"username": f"用户名 {username} 用过了，停用的用户名也不能再用。请换一个。"})
    lasting, password = bool(password or hashed), password or one_time_password()
    user = User(username=username, name=name.strip(), organisation=organisation.strip(), created_at=now,
                password_hash=hashed or security.hash_password(password), password_changed_at=now,
                must_change_password=not lasting, expires_on=expires_on, phone=phone or None, created_by=_name(by))
    session.add(user)
    session.flush()
    audit.record(session, Action.ACCOUNT_CREATE.value, actor=by, now=now, stream=audit.user_stream(user.id),
                 object=user.ref, facts={"account": username})
    return user, Secret(username, user.name, password)


def grant(session: Session, user: User, *, role: Role, area: Area, valid_from: date, document: str, by: Actor | str,
          now: datetime, department: str = "", valid_to: date | None = None) -> Grant:
    """Give the account a role over an area, sealed so that a changed row gives nothing; 三权分立 is kept."""
    _permit(session, Action.ACCOUNT_GRANT, by, area_path=area.path)
    _keep_apart(session, user, role, by)
    level = LEVEL_OF.get(role)
    if level is not None and area.level != level:
        raise Invalid({"area": f"“{role.title}”要设在{level.title}一级，{area.name}不是。"})
    if (role in WITH_DEPARTMENT) != bool(department):
        raise Invalid({"department": f"“{role.title}”{'要' if role in WITH_DEPARTMENT else '不'}写明部门。"})
    if not document.strip():
        raise Invalid({"document": "请写明授权依据（文件或审批单号）。"})
    if valid_to is not None and valid_to < valid_from:
        raise Invalid({"valid_to": "结束日期不能早于开始日期。"})
    if role is Role.INSPECTOR:
        _keep_short(valid_from, valid_to)
    row = Grant(user_id=user.id, role=role, area_id=area.id, department=department, valid_from=valid_from,
                valid_to=valid_to, granted_by=_name(by), granted_at=now, document=document.strip(), seal=b"")
    row.seal = sessions.seal_of(row)
    session.add(row)
    session.flush()
    audit.record(session, Action.ACCOUNT_GRANT.value, actor=by, now=now, stream=audit.user_stream(user.id),
                 object=user.ref, area_path=area.path,
                 facts={"role": role.value, "area": area.name, "department": department, "document": document})
    return row


def _keep_short(valid_from: date, valid_to: date | None) -> None:
    """六(三): whoever comes for 考核, 督查巡查 or 审计 looks for a limited time, whoever lets him in."""
    if valid_to is None:
        raise Invalid({"valid_to": "检查人员的权限是临时的，请写明结束日期。"})
    if valid_to - valid_from > LONGEST_INSPECTION:
        raise Invalid({"valid_to": "检查人员的权限最长一年，到期可以再授权。"})


def _keep_apart(session: Session, user: User, role: Role, by: Actor | str) -> None:
    if isinstance(by, Actor) and by.user_id == user.id:
        raise NotPermitted("不能给自己授权，请另一位安全管理员办理。", action=Action.ACCOUNT_GRANT.value, clause="六(二)")
    held = session.scalars(select(Grant.role).where(Grant.user_id == user.id, Grant.revoked_at.is_(None))).all()
    if len(held) >= MOST_GRANTS:
        raise Invalid(f"一个账号最多{MOST_GRANTS}项权限。")
    if any(other is not role and (other in ADMINISTRATORS or role in ADMINISTRATORS) for other in held):
        raise Invalid({"role": "系统、安全、审计管理员三权分立，一人只能担任其一，且不得兼任业务岗位。"})


def revoke(session: Session, row: Grant, *, by: Actor, now: datetime) -> None:
    """Take a grant back; it ends with the holder's next request."""
    _permit(session, Action.ACCOUNT_GRANT, by, area_path=row.area.path)
    if row.user_id == by.user_id:
        raise NotPermitted("不能改动自己的权限。", action=Action.ACCOUNT_GRANT.value, clause="六(二)")
    if row.revoked_at is not None:
        raise AlreadyHandled(at=row.revoked_at)
    row.revoked_at = now
    audit.record(session, "account.revoke", actor=by, now=now, stream=audit.user_stream(row.user_id),
                 object=str(row.id), facts={"grant": f"{row.role.value}@{row.area.name}"})


def disable(session: Session, user: User, *, by: Actor, now: datetime) -> None:
    """Switch an account off; its sessions end with their next request."""
    _permit(session, Action.ACCOUNT_CREATE, by)
    if user.id == by.user_id:
        raise Invalid("不能停用自己的账号。")
    _refuse_out_of_reach(session, user, by, "停用")
    if user.disabled_at is not None:
        raise AlreadyHandled(at=user.disabled_at)
    user.disabled_at = now
    _end_sessions(session, user, now)
    audit.record(session, Action.ACCOUNT_CREATE.value, actor=by, now=now, stream=audit.user_stream(user.id),
                 object=user.ref, facts={"disabled": user.username})


def reset(session: Session, user: User, *, by: Actor | str, now: datetime) -> Secret:
    """Set a new one-time password, end every session of the account, and enable it again."""
    _permit(session, Action.ACCOUNT_CREATE, by)
    _refuse_out_of_reach(session, user, by, "重置密码")
    password = one_time_password()
    user.password_hash = security.hash_password(password)
    user.password_changed_at = now
    user.must_change_password = True
    user.disabled_at = None
    _end_sessions(session, user, now)
    audit.record(session, "account.reset", actor=by, now=now, stream=audit.user_stream(user.id), object=user.ref,
                 facts={"account": user.username})
    return Secret(user.username, user.name, password)


def by_username(session: Session, username: str) -> User:
    """Return the account, or say that there is none."""
    user = sessions.find_account(session, username)
    if user is None:
        raise Invalid(f"没有用户名为 {username} 的账号。用 fanpin user list 查看全部账号。")
    return user


def within_reach(area_path: str) -> Select[tuple[User]]:
    """Return the query of the accounts that an administrator of an area sees: with a post in it, or without any post."""
    here = select(Grant.user_id).join(Area, Area.id == Grant.area_id).where(within(Area.path, (area_path,)))
    return select(User).where(or_(User.id.in_(here), User.id.not_in(select(Grant.user_id))))


def _refuse_out_of_reach(session: Session, user: User, by: Actor | str, what: str) -> None:
    """Keep an administrator to the accounts of his area, and from taking over one of the other two administrators."""
    if not isinstance(by, Actor) or user.id == by.user_id:
        return
    held = session.execute(select(Grant.role, Area.path).join(Area, Area.id == Grant.area_id).where(
        Grant.user_id == user.id, Grant.revoked_at.is_(None))).all()
    if any(not contains(by.area_path, path) for _, path in held):
        raise NotPermitted(f"这个账号的岗位有的不在你的辖区（{by.area_name}）内，请上级系统管理员{what}。",
                           action=Action.ACCOUNT_CREATE.value, clause="六(二)")
    if any(role in ADMINISTRATORS for role, _ in held):
        raise NotPermitted(f"三权分立：管理员的账号不能在网页上{what}，请在服务器上由两人一起办理（fanpin user），并请审计管理员核对记录。",
                           action=Action.ACCOUNT_CREATE.value, clause="六(二)")


def _permit(session: Session, action: Action, by: Actor | str, *, area_path: str | None = None) -> None:
    if isinstance(by, Actor):
        authorization.require(by, action, area_path=area_path)


def _end_sessions(session: Session, user: User, now: datetime) -> None:
    session.execute(update(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
                    .values(ended_at=now))


def _name(by: Actor | str) -> str:
    return by if isinstance(by, str) else by.name
