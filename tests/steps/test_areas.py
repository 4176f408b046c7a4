"""Yunnan's areas: complete, a tree by construction, loaded once."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import Invalid
from fanpin.steps import areas


@pytest.fixture
def loaded(session: Session) -> Session:
    areas.load_areas(session, areas.divisions())
    return session


def test_all_levels_are_there_and_every_path_runs_through_its_parents(loaded: Session) -> None:
    counts = dict(loaded.execute(select(Area.level, func.count()).group_by(Area.level)).all())
    assert counts == {1: 1, 2: 16, 3: 129, 4: 1461, 5: 14_888}
    rows = {row.id: row for row in loaded.execute(select(Area.id, Area.parent_id, Area.path, Area.level, Area.code12))}
    for row in rows.values():
        above = rows[row.parent_id].path if row.parent_id else "/"
        assert row.path == f"{above}{row.id}/" and len(row.code12) == 12
        assert row.parent_id is None or rows[row.parent_id].level == row.level - 1
    assert areas.by_code(loaded, "53").path == "/1/"


def test_loading_again_adds_nothing_and_a_new_list_adds_what_is_new(loaded: Session) -> None:
    assert areas.load_areas(loaded, areas.divisions()) == 0
    fresh = areas.Division("530602999", AreaLevel.TOWNSHIP, "试新镇", "530602")
    assert areas.load_areas(loaded, [*areas.divisions(), fresh], valid_from=date(2026, 1, 1)) == 1
    assert areas.by_code(loaded, "530602999").path.startswith(areas.by_code(loaded, "530602").path)


def test_an_area_whose_parent_is_unknown_is_an_error(session: Session) -> None:
    with pytest.raises(KeyError):
        areas.load_areas(session, [areas.Division("530602", AreaLevel.COUNTY, "昭阳区", "5306")])


def test_groups_are_numbered_within_their_village_up_to_what_the_code_holds(loaded: Session) -> None:
    village = areas.by_code(loaded, "530602001001")
    for number in range(1, 100):
        group = areas.add_group(loaded, village, f"{number}组", today=date(2026, 3, 2))
        assert group.code12 == f"530602001001{number:02}" and group.kind is AreaLevel.GROUP
    with pytest.raises(Invalid, match="登记满99个"):
        areas.add_group(loaded, village, "100组", today=date(2026, 3, 2))


def test_an_area_that_ended_is_not_found_by_its_code(loaded: Session) -> None:
    areas.by_code(loaded, "530602001001").valid_to = date(2025, 12, 31)
    loaded.flush()
    with pytest.raises(Invalid, match="没有代码"):
        areas.by_code(loaded, "530602001001")
