"""What is tested here is tested on both databases, where script/test has started a PostgreSQL."""

import pytest
from sqlalchemy.orm import Session

from tests.conftest import POSTGRESQL, StandingClock
from tests.models.neighbours import Two, two_households
from tests.world import World


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Go through the engines."""
    return request.param


@pytest.fixture
def two(session: Session, world: World, clock: StandingClock) -> Two:
    """Write a household of the village and one of the neighbouring county."""
    return two_households(session, world, clock)
