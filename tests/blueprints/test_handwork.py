"""What is typed by hand into a form that came filled is counted, and the county reads it among its figures."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.handwork import FilledForm
from tests.builders import a_household
from tests.conftest import TODAY, StandingClock
from tests.html_forms import forms
from tests.world import World, log_in


def test_only_what_was_changed_by_hand_is_counted_and_what_was_refused_is_not(
        app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    household = a_household(session, world, now=clock.now(), today=TODAY)
    session.commit()
    client, address = log_in(app, "cun.gan"), f"/households/{household.ref}/edit"
    sent = next(form for form in forms(client.get(address).get_data(as_text=True)) if "address" in form.fields).filled()
    assert client.post(address, data=sent | {"address": ["字" * 500]}).status_code == 422
    assert session.scalars(select(FilledForm)).all() == []
    session.commit()
    assert client.post(address, data=sent | {"address": ["洛泽河村演示路9号"]}).status_code == 302
    row = session.scalars(select(FilledForm)).one()
    assert (row.form, row.typed, row.on) == ("household.edit", 1, TODAY) and row.filled >= 2
    session.commit()
    page = log_in(app, "xian.ban").get("/figures").get_data(as_text=True)
    assert "预填的表单，平均每份手工填写多少项" in page and "1.0项" in page
    assert "1.0项" not in log_in(app, "wai.xian").get("/figures").get_data(as_text=True)


def test_a_form_that_came_empty_and_an_administrators_form_are_no_matter_of_this_count(
        app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    client = log_in(app, "xi.tong")
    sent = next(form for form in forms(client.get("/accounts/new").get_data(as_text=True)) if "username" in form.fields).filled()
    answer = client.post("/accounts/new", data=sent | {"username": ["ceshi.xin"], "name": ["测试新"], "organisation": ["测试局"]})
    assert answer.status_code in (200, 302)
    assert session.scalars(select(FilledForm)).all() == []
