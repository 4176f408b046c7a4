"""Log in and out: rows for sessions, a slow-down that never locks the owner out, passwords."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from fanpin import audit, crypto, security
from fanpin.models.users import Grant, LoginFailure, User, UserSession
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotFound, Refusal
from fanpin.rules.roles import ADMINISTRATORS, Actor

FREE_FAILURES = 4
LONGEST_PAUSE = timedelta(minutes=15)
SEEN_STEP = timedelta(seconds=60)
FORGET_FAILURES = timedelta(hours=24)


class TooManyTries(Refusal):
    """The pause after repeated failures from one place is not over."""

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, round(wait.total_seconds()))
        super().__init__()
        self.wait_seconds = seconds
        length = f"{seconds}秒" if seconds < 120 else f"{seconds // 60}分钟"
        self.message = f"从这台电脑登录失败次数较多，请{length}后再试。忘记密码请联系县级系统管理员。"


@dataclass(frozen=True)
class Limits:
    """Idle and absolute limits of a session."""

    idle: timedelta
    admin_idle: timedelta
    absolute: timedelta


@dataclass(frozen=True)
class Account:
    """The account as a page needs it, free of the database."""

    id: int
    ref: str
    username: str
    name: str
    must_change_password: bool


@dataclass(frozen=True)
class Post:
    """A grant in force: its id, what it says, and the actor under it."""

    grant_id: int
    title: str
    actor: Actor


@dataclass(frozen=True)
class Present:
    """Who is logged in now: account, session row id, the actor in use and all posts in force."""

    user: Account
    session_id: int
    seen_at: datetime
    actor: Actor | None
    posts: tuple[Post, ...]


def pause_after(failures: int) -> timedelta:
    """Return the pause before another try: none at first, then one second doubling to fifteen minutes."""
    if failures <= FREE_FAILURES:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - FREE_FAILURES - 1, 20)), LONGEST_PAUSE)


def check_pace(session: Session, *, username: str, place: str, now: datetime) -> None:
    """Raise `TooManyTries` while the pause for this user name from this place lasts.

    The place is the known device where the browser has logged in before, else the network address: failures
    from elsewhere never slow down the owner's own device.
    """
    row = session.get(LoginFailure, (username[:60], place))
    if row is None or now - row.last_at > FORGET_FAILURES:
        return
    over = row.last_at + pause_after(row.failures)
    if now < over:
        raise TooManyTries(over - now)


def find_account(session: Session, username: str) -> User | None:
    """Return the account of that name."""
    return session.scalar(select(User).where(User.username == username))


def note_failure(session: Session, *, username: str, place: str, address: str, now: datetime) -> None:
    """Count a failed try and write it down."""
    row = session.get(LoginFailure, (username[:60], place))
    if row is None:
        row = LoginFailure(username=username[:60], place=place, failures=0, last_at=now)
        session.add(row)
    elif now - row.last_at > FORGET_FAILURES:
        row.failures = 0
    row.failures += 1
    row.last_at = now
    audit.record(session, "session.failed", actor="未登录", now=now, stream=audit.SYSTEM_STREAM, object="login",
                 outcome=audit.OUTCOME_REFUSED, facts={"address": address, "username": username[:60]})


def start(session: Session, user: User, *, place: str, address: str, now: datetime, today: date) -> str:
    """Open a session and return its token; raise `Invalid` for an account that may not be used."""
    if not user.usable_on(today):
        raise Invalid("账号已停用或过期，请联系县级系统管理员。")
    failure = session.get(LoginFailure, (user.username, place))
    if failure is not None:
        session.delete(failure)
    token = secrets.token_urlsafe(32)
    grants = grants_in_force(session, user.id, today)
    row = UserSession(user_id=user.id, grant_id=grants[0].id if grants else None, token_hash=_hash(token),
                      started_at=now, seen_at=now, address=address)
    session.add(row)
    session.flush()
    audit.record(session, "session.login", actor=user.name, now=now, stream=audit.user_stream(user.id),
                 object=user.ref, facts={"address": address})
    return token


def grants_in_force(session: Session, user_id: int, today: date) -> tuple[Grant, ...]:
    """List the user's grants that are valid today and whose seal is intact."""
    rows = session.scalars(select(Grant).options(joinedload(Grant.user)).where(
        Grant.user_id == user_id, Grant.revoked_at.is_(None)).order_by(Grant.id))
    return tuple(row for row in rows if row.in_force_on(today) and seal_of(row) == bytes(row.seal))


def seal_of(grant: Grant) -> bytes:
    """Return the integrity seal that the grant must carry."""
    return crypto.seal("grant", grant.sealed_text)


def resume(session: Session, token: str, *, now: datetime, today: date, limits: Limits) -> Present | None:
    """Return who holds the token, or None where it is unknown, ended, idle too long or too old."""
    row = session.scalar(select(UserSession).where(UserSession.token_hash == _hash(token)))
    if row is None or row.ended_at is not None or not row.user.usable_on(today):
        return None
    grants = grants_in_force(session, row.user_id, today)
    used = next((grant for grant in grants if grant.id == row.grant_id), grants[0] if grants else None)
    idle = limits.admin_idle if used is not None and used.role in ADMINISTRATORS else limits.idle
    if now - row.seen_at > idle or now - row.started_at > limits.absolute:
        return None
    posts = tuple(Post(grant.id, f"{grant.role.title}·{grant.area.name}", grant.actor(session_id=row.id))
                  for grant in grants)
    actor = next((post.actor for post in posts if used is not None and post.grant_id == used.id), None)
    user = row.user
    account = Account(user.id, user.ref, user.username, user.name, user.must_change_password)
    return Present(account, row.id, row.seen_at, actor, posts)


def needs_touch(present: Present, *, now: datetime) -> bool:
    """Say whether the session's last-seen time is due to be written (at most once a minute)."""
    return now - present.seen_at > SEEN_STEP


def touch(session: Session, session_id: int, *, now: datetime) -> None:
    """Write the session's last-seen time."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now))


def switch(session: Session, present: Present, grant_id: int, *, now: datetime) -> None:
    """Act under another of one's own grants."""
    chosen = next((post for post in present.posts if post.grant_id == grant_id), None)
    if chosen is None:
        raise NotFound
    session.execute(update(UserSession).where(UserSession.id == present.session_id).values(grant_id=grant_id))
    audit.record(session, "session.switch", actor=present.user.name, now=now,
                 stream=audit.user_stream(present.user.id), object=present.user.ref,
                 facts={"grant": chosen.title})


def end(session: Session, present: Present, *, now: datetime) -> None:
    """Log out: the token is worthless from now on."""
    session.execute(update(UserSession).where(UserSession.id == present.session_id).values(ended_at=now))
    audit.record(session, "session.logout", actor=present.user.name, now=now,
                 stream=audit.user_stream(present.user.id), object=present.user.ref)


def fresh_hash(account: Account, stored: str, *, current: str, new: str) -> str:
    """Return the hash of the new password; raise `Invalid` for a wrong old one or a weak new one.

    It asks no database: hashing takes its time, and no transaction should be open meanwhile.
    """
    if not security.verify_password(stored, current):
        raise Invalid({"current": "现在的密码不对，请重新输入。"})
    if new == current:
        raise Invalid({"new": "新密码不能与原密码相同。"})
    problems = security.password_problems(new, username=account.username, words=(account.name,))
    if problems:
        raise Invalid({"new": "；".join(problem.rstrip("。") for problem in problems) + "。"})
    return security.hash_password(new)


def set_password(session: Session, account: Account, *, old: str, fresh: str, now: datetime,
                 session_id: int | None = None) -> None:
    """Put the new password in the place of the old one and end the user's other sessions."""
    user = find_account(session, account.username)
    if user is None or user.password_hash != old:
        raise AlreadyHandled
    user.password_hash, user.password_changed_at, user.must_change_password = fresh, now, False
    others = update(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    if session_id is not None:
        others = others.where(UserSession.id != session_id)
    session.execute(others.values(ended_at=now))
    audit.record(session, "session.password", actor=user.name, now=now, stream=audit.user_stream(user.id),
                 object=user.ref)


def _hash(token: str) -> bytes:
    return crypto.seal("session", token.encode())
