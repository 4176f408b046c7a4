"""What is tested here is tested on both databases, where script/test has started a PostgreSQL."""

import pytest

from tests.conftest import POSTGRESQL


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Go through the engines."""
    return request.param
