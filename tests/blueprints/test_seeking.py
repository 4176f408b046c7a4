"""Looking for a household: by name, by initials, by a full ID number that never stands in an address."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from fanpin.models.households import Household
from fanpin.rules.regional import EventKind, EventSource, ExposedBy
from fanpin.steps import households, regional
from tests.builders import a_household, people
from tests.conftest import TODAY, StandingClock
from tests.world import World, log_in


@pytest.fixture
def household(session: Session, world: World, clock: StandingClock) -> Household:
    row = a_household(session, world, now=clock.now(), today=TODAY)
    session.commit()
    return row


def widened(number: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in number)


@pytest.mark.parametrize("page", ["households.index", "analysis.find", "cases.index"])
def test_a_number_leads_to_its_household_and_stands_in_no_address(app: Flask, household: Household, page: str) -> None:
    client, number = log_in(app, "cun.gan"), household.members[0].id_number
    for typed in (number, number.lower(), f" {number} ", widened(number)):
        answer = client.post("/households/look-up", data={"page": page, "q": typed})
        assert answer.status_code == 302 and number[6:14] not in answer.location and "q=~" in answer.location
        found = client.get(answer.location).get_data(as_text=True)
        assert page == "cases.index" or household.head_name in found
        assert number not in found, found[max(0, found.index(number) - 200):found.index(number) + 30]
        assert f'value="{number[:2]}****' in found


def test_the_pages_of_one_household_or_event_seal_a_number_too(
        app: Flask, session: Session, world: World, clock: StandingClock, household: Household) -> None:
    event = regional.enter(session, [world.areas["village"]], regional.Reported(
        EventKind.WEATHER, "三月冰雹", TODAY, EventSource.WATCH, ExposedBy.AREA), actor=world.actors["cun.gan"], now=clock.now(), today=TODAY)
    client, other = log_in(app, "cun.gan"), household.members[0].id_number
    home = a_household(session, world, now=clock.now(), today=TODAY, members=people("测试另家"))
    session.commit()
    for named in ({"page": "population.merge", "household": home.ref}, {"page": "regional.households", "event": event.ref, "state": "owed"}):
        answer = client.post("/households/look-up", data={**named, "q": other})
        assert answer.status_code == 302 and other[6:14] not in answer.location and "q=~" in answer.location
        page = client.get(answer.location).get_data(as_text=True)
        assert household.head_name in page and other not in page and f'value="{other[:2]}****' in page, named


def test_names_stay_readable_in_the_address(app: Flask, household: Household) -> None:
    client = log_in(app, "cun.gan")
    answer = client.post("/households/look-up", data={"page": "households.index", "q": household.head_name, "kind": "lifted"})
    assert "kind=lifted" in answer.location and "q=%E6%B5%8B" in answer.location
    assert household.head_name in client.get(answer.location).get_data(as_text=True)


def test_a_number_typed_into_the_address_is_not_looked_for(app: Flask, household: Household) -> None:
    client, number = log_in(app, "cun.gan"), household.members[0].id_number
    assert number not in client.get(f"/households/?q={number}").get_data(as_text=True)


def test_a_sealed_number_opens_for_nobody_else_and_on_no_other_day(
        app: Flask, household: Household, clock: StandingClock) -> None:
    number = household.members[0].id_number
    answer = log_in(app, "cun.gan").post("/households/look-up", data={"page": "analysis.find", "q": number})
    assert household.head_name in log_in(app, "cun.gan").get(answer.location).get_data(as_text=True)
    assert household.head_name not in log_in(app, "xiang.gan").get(answer.location).get_data(as_text=True)
    clock.move(days=1)
    assert household.head_name not in log_in(app, "cun.gan").get(answer.location).get_data(as_text=True)


@pytest.mark.parametrize("broken", ["~", "~x", "~" + "A" * 80, "~é"])
def test_a_broken_seal_looks_for_nothing(app: Flask, household: Household, broken: str) -> None:
    assert log_in(app, "cun.gan").get("/households/", query_string={"q": broken}).status_code == 200


def test_an_unknown_page_is_refused(app: Flask, household: Household) -> None:
    assert log_in(app, "cun.gan").post("/households/look-up", data={"page": "accounts.login", "q": "测"}).status_code == 422


def test_the_query_itself_still_takes_a_number(session: Session, household: Household) -> None:
    assert session.scalars(households.search(household.members[0].id_number)).all() == [household]
