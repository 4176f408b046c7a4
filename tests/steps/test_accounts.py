"""Accounts and posts: secrets shown once, three administrators apart, nobody beyond his own area."""

from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, select, type_coerce, update
from sqlalchemy.orm import Session

from fanpin import audit, security
from fanpin.models.audit import AuditDetail, AuditEvent
from fanpin.models.users import User
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotPermitted
from fanpin.rules.roles import Role
from fanpin.steps import accounts, sessions
from tests.conftest import StandingClock
from tests.world import World


def give(session: Session, world: World, clock: StandingClock, who: str, role: Role, place: str, *, by: str = "an.quan",
         **changed):
    values = {"document": "彝任〔2026〕1号", "valid_from": clock.today()} | changed
    return accounts.grant(session, accounts.by_username(session, who), role=role, area=world.areas[place],
                          by=world.actors[by], now=clock.now(), **values)


def test_many_demo_accounts_may_share_one_password_made_once(session: Session, world: World, clock: StandingClock) -> None:
    made = [accounts.create(session, username=name, name="演", by="演示", now=clock.now(), hashed="$argon2id$once")[0]
            for name in ("yan1", "yan2")]
    assert {user.password_hash for user in made} == {"$argon2id$once"}
    assert not any(user.must_change_password for user in made)


def test_a_new_account_has_no_right_and_a_password_for_once(session: Session, world: World, clock: StandingClock) -> None:
    user, secret = accounts.create(session, username="xin.ren", name="新人", by=world.actors["xi.tong"], now=clock.now())
    assert user.must_change_password and sessions.grants_in_force(session, user.id, clock.today()) == ()
    assert security.verify_password(user.password_hash, secret.password)
    told = session.scalars(select(AuditDetail.payload)).all()
    assert not any(secret.password in payload for payload in told)


@pytest.mark.parametrize("username", ["", "Zhou", "1zhou", "周", "a", "a" * 41, "zhou cun", "cun.gan"])
def test_odd_and_used_names_are_refused(session: Session, world: World, clock: StandingClock, username: str) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.create(session, username=username, name="新人", by=world.actors["xi.tong"], now=clock.now())
    assert "username" in refused.value.problems


@pytest.mark.parametrize("who", ["an.quan", "shen.ji", "xian.zhang"])
def test_only_the_system_administrator_makes_accounts(session: Session, world: World, clock: StandingClock, who: str) -> None:
    with pytest.raises(NotPermitted):
        accounts.create(session, username="xin.ren", name="新人", by=world.actors[who], now=clock.now())


@pytest.mark.parametrize("who", ["xi.tong", "shen.ji", "cun.gan"])
def test_only_the_security_administrator_gives_posts(session: Session, world: World, clock: StandingClock, who: str) -> None:
    with pytest.raises(NotPermitted):
        give(session, world, clock, "zhu.cun", Role.VILLAGE_CADRE, "village", by=who)


@pytest.mark.parametrize(("who", "role"), [
    ("xi.tong", Role.AUDIT_ADMIN), ("shen.ji", Role.VILLAGE_CADRE), ("cun.gan", Role.SYSTEM_ADMIN),
])
def test_the_three_powers_stay_with_three_people(session: Session, world: World, clock: StandingClock, who: str,
                                                 role: Role) -> None:
    with pytest.raises(Invalid, match="三权分立"):
        give(session, world, clock, who, role, "county" if role is not Role.VILLAGE_CADRE else "village")


def test_nobody_gives_a_post_to_himself_or_beyond_his_area(session: Session, world: World, clock: StandingClock) -> None:
    with pytest.raises(NotPermitted, match="不能给自己授权"):
        give(session, world, clock, "an.quan", Role.SECURITY_ADMIN, "county")
    with pytest.raises(NotPermitted, match="管辖范围"):
        give(session, world, clock, "zhu.cun", Role.PREFECTURE, "prefecture")


@pytest.mark.parametrize(("role", "place", "changed", "field"), [
    (Role.VILLAGE_CADRE, "township", {}, "area"), (Role.HELPER, "county", {}, "department"),
    (Role.VILLAGE_CADRE, "village", {"department": "water"}, "department"), (Role.VILLAGE_CADRE, "village", {"document": " "}, "document"),
    (Role.INSPECTOR, "county", {}, "valid_to"),
])
def test_a_post_fits_its_level_and_names_its_ground(session: Session, world: World, clock: StandingClock, role: Role,
                                                    place: str, changed: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        give(session, world, clock, "zhu.cun", role, place, **changed)
    assert field in refused.value.problems


def test_a_post_taken_back_is_gone_at_once(session: Session, world: World, clock: StandingClock) -> None:
    row = give(session, world, clock, "zhu.cun", Role.GROUP_CADRE, "group1")
    accounts.revoke(session, row, by=world.actors["an.quan"], now=clock.now())
    held = sessions.grants_in_force(session, row.user_id, clock.today())
    assert [grant.role for grant in held] == [Role.RESIDENT_MEMBER]
    with pytest.raises(AlreadyHandled):
        accounts.revoke(session, row, by=world.actors["an.quan"], now=clock.now())


def test_a_changed_row_gives_nothing(session: Session, world: World, clock: StandingClock) -> None:
    row = give(session, world, clock, "zhu.cun", Role.GROUP_CADRE, "group1", valid_to=clock.today())
    row.valid_to = clock.today() + timedelta(days=900)
    session.flush()
    assert row.id not in {grant.id for grant in sessions.grants_in_force(session, row.user_id, clock.today())}


@pytest.mark.parametrize("act", [accounts.reset, accounts.disable])
@pytest.mark.parametrize(("who", "said"), [("shen.ji", "三权分立"), ("an.quan", "三权分立"), ("zhou.shi", "不在你的辖区"),
                                           ("wai.cun", "不在你的辖区")])
def test_the_system_administrator_takes_over_no_other_power_and_no_other_area(
        session: Session, world: World, clock: StandingClock, act, who: str, said: str) -> None:
    with pytest.raises(NotPermitted, match=said):
        act(session, accounts.by_username(session, who), by=world.actors["xi.tong"], now=clock.now())


def test_a_reset_ends_the_sessions_and_opens_the_account_again(session: Session, world: World, clock: StandingClock) -> None:
    user = accounts.by_username(session, "cun.gan")
    accounts.disable(session, user, by=world.actors["xi.tong"], now=clock.now())
    with pytest.raises(AlreadyHandled):
        accounts.disable(session, user, by=world.actors["xi.tong"], now=clock.now())
    secret = accounts.reset(session, user, by=world.actors["xi.tong"], now=clock.now())
    assert user.disabled_at is None and user.must_change_password
    assert security.verify_password(user.password_hash, secret.password)


def test_an_administrator_sees_the_accounts_of_his_area_and_those_without_a_post(
        session: Session, world: World, clock: StandingClock) -> None:
    accounts.create(session, username="xin.ren", name="新人", by=world.actors["xi.tong"], now=clock.now())
    names = set(session.scalars(accounts.within_reach(world.areas["county"].path).with_only_columns(User.username)))
    assert {"cun.gan", "xin.ren", "xian.zhang"} <= names and not names & {"wai.xian", "zhou.shi", "sheng.ban"}


def test_facts_made_unreadable_are_found_and_stop_nothing(session: Session, world: World, clock: StandingClock) -> None:
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).first()
    session.execute(update(AuditDetail).where(AuditDetail.event_id == event.id)
                    .values(payload=type_coerce(b"x", LargeBinary)))
    report = audit.verify(session)
    assert report.broken == (f"{event.stream}#{event.seq}：事实内容被改动过",)
    assert report.events > 1
