"""Small numbers: nobody who sees no cases can work out how few there are."""

import pytest

from fanpin.rules.small_numbers import drawn, told


@pytest.mark.parametrize(("count", "said", "bar"), [
    (0, "0", 0), (1, "少于5", 5), (4, "少于5", 5), (5, "约5", 5), (7, "约5", 5), (8, "约10", 10), (1234, "约1235", 1235),
])
def test_few_households_never_show(count: int, said: str, bar: int) -> None:
    assert (told(count, exact=False), drawn(count, exact=False)) == (said, bar)


@pytest.mark.parametrize("count", [0, 1, 4, 7, 1234])
def test_who_sees_the_cases_sees_the_numbers(count: int) -> None:
    assert (told(count, exact=True), drawn(count, exact=True)) == (f"{count}", count)
