"""Every act of the procedure's table has a page, and every page that a case leads to exists."""

from flask import Flask

from fanpin.blueprints import ways
from fanpin.rules.requirements import REQUIREMENTS
from fanpin.rules.stages import OPEN, TABLE


def test_every_act_of_the_table_has_a_page(app: Flask) -> None:
    pages = {row.action: ways.PAGES.get(row.action, (row.action.value,)) for row in TABLE.values()}
    assert {action.value for action, names in pages.items() if not set(names) & set(app.view_functions)} - {"case.depart"} == set()
    assert "cases.depart" in app.view_functions


def test_every_page_that_a_case_leads_to_exists(app: Flask) -> None:
    named = {name for names in (*ways.PAGES.values(), *ways.PLACES.values()) for name in names}
    named |= {name for pages in ways.WORK.values() for _, names in pages for name in names}
    assert named - set(app.view_functions) == set()


def test_every_requirement_leads_to_where_it_is_met_and_every_stage_to_its_work() -> None:
    assert {code for code in REQUIREMENTS if not (code in ways.PLACES or code.split(".")[0] in ways.PLACES)} == set()
    assert set(ways.WORK) == set(OPEN)
