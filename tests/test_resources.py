"""What ships with the code is found, whole, and draws the names of Yunnan's people and places."""

import csv
import gzip
import hashlib
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.ttLib import TTFont

from fanpin import resources
from fanpin.resources import directory, printable

FONTS = directory("fonts")
BUNDLED = json.loads((FONTS / "fonts.json").read_text(encoding="utf-8"))


def area_rows() -> list[dict[str, str]]:
    path = directory("data") / "yunnan_divisions.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_installed_directory_comes_before_the_one_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "fanpin"
    package.mkdir()
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(resources, "PACKAGE", package)
    assert directory("templates") == tmp_path / "templates"
    (package / "templates").mkdir()
    assert directory("templates") == package / "templates"


@pytest.mark.parametrize(
    ("text", "cannot"),
    [
        ("", []),
        ("李演示", []),
        ("阿依·买买提", []),
        ("吉克•阿呷", []),
        ("㬹𬭎䶮𠅤㑊槟砻𫓧𬱟㙍㛃垚嫘濮彝〇傣僳佤砦箐硐焜鿍鿏䓨𰻝", []),
        ("云巩固振兴组〔2021〕1号 “公示”五日\u3000☐☑√①Ⅻ㎡℃—…\n", []),
        ("张\ue000三\ue000", ["\ue000"]),
        ("王\U0003347f四\U0010fffd", ["\U0003347f", "\U0010fffd"]),
        ("Ａ\u0000", ["\u0000"]),
        ("张\u200d三", ["\u200d"]),
    ],
)
def test_names_are_checked_for_characters_that_no_font_draws(text: str, cannot: list[str]) -> None:
    assert printable(text) == cannot


def test_every_area_of_yunnan_can_be_printed() -> None:
    assert printable("".join(row["name"] for row in area_rows())) == []


def test_the_area_tree_is_whole() -> None:
    rows = area_rows()
    assert Counter(row["level"] for row in rows) == {"2": 16, "3": 129, "4": 1461, "5": 14888}
    codes = {row["code"] for row in rows}
    assert len(codes) == len(rows)
    assert [row["code"] for row in rows if row["parent"] not in codes | {"53"}] == []


@pytest.mark.parametrize("entry", BUNDLED, ids=lambda entry: entry["file"])
def test_a_bundled_font_is_the_one_that_was_made_and_has_its_licence(entry: dict[str, object]) -> None:
    raw = (FONTS / str(entry["file"])).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == entry["sha256"]
    font = TTFont(FONTS / str(entry["file"]))
    assert font["name"].getDebugName(1) == entry["family"]
    assert font["OS/2"].usWeightClass == entry["weight"]
    assert entry["version"]


def test_every_font_file_is_listed_and_all_together_stay_small() -> None:
    files = {path.name for path in FONTS.iterdir() if path.suffix in {".otf", ".ttf"}}
    assert files == {entry["file"] for entry in BUNDLED}
    assert len(list((FONTS / "licences").iterdir())) == 5
    assert sum((FONTS / name).stat().st_size for name in files) < 40_000_000


def test_coverage_promises_only_real_outlines() -> None:
    ranges = json.loads((FONTS / "coverage.json").read_text(encoding="utf-8"))
    promised = [point for first, last in ranges for point in range(first, last + 1)]
    sample = random.Random(2021).sample(promised, 400)
    fonts = [TTFont(FONTS / entry["file"]) for entry in BUNDLED]
    assert [chr(point) for point in sample if not any(draws(font, point) for font in fonts)] == []


def draws(font: TTFont, point: int) -> bool:
    name = font.getBestCmap().get(point)
    if name is None:
        return False
    glyphs = font.getGlyphSet()
    pen = ControlBoundsPen(glyphs)
    glyphs[name].draw(pen)
    return pen.bounds is not None
