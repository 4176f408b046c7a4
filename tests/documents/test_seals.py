"""Sample seals: every character drawn, marked 样章 always, one picture per name."""

from xml.etree import ElementTree

import pytest

from fanpin.documents.seals import SAMPLE, sample_seal, watermark
from fanpin.resources import directory

FONT = directory("fonts") / "FanpinSong-Bold.otf"
NAMES = ("和平村村民委员会", "云龙县农业农村局", "楚雄彝族自治州大姚县三台乡多底河村村民委员会")


def paths(svg: str) -> list[str]:
    return [node.get("d", "") for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")]


@pytest.mark.parametrize("name", NAMES)
def test_seal_draws_each_character_and_the_word_sample(name: str) -> None:
    drawn = paths(sample_seal(name, FONT, diameter=40.0))
    assert len(drawn) == len(name) + len(SAMPLE)
    assert all(drawn)


def test_seal_needs_no_font_to_be_shown() -> None:
    assert "<text" not in sample_seal(NAMES[0], FONT, diameter=40.0)


def test_seal_says_that_it_is_a_sample() -> None:
    svg = sample_seal(NAMES[0], FONT, diameter=40.0)
    assert "（样章）" in svg
    assert paths(watermark(SAMPLE, FONT)) == [path for path in paths(svg) if path in paths(watermark(SAMPLE, FONT))]


def test_name_cannot_break_out_of_the_picture() -> None:
    svg = sample_seal("<script>", FONT, diameter=40.0)
    assert "<script>" not in svg
    ElementTree.fromstring(svg)
