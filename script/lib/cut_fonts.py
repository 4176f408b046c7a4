"""Cut the fonts of official papers out of Debian's packages and note where each glyph came from."""

import bz2
import csv
import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.ttLib import TTFont

FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
FANDOL_PAPERS = "usr/share/doc/texlive-doc/fonts/fandol"
NOTO = "usr/share/fonts/opentype/noto"
DEJAVU = "usr/share/fonts/truetype/dejavu"
LXGW = "usr/share/fonts/truetype/lxgw-wenkai"
UNIHAN = "usr/share/unicode/Unihan_OtherMappings.txt.bz2"
AREAS = Path("fanpin/data/yunnan_divisions.csv.gz")
SIMPLIFIED_FACE = 2  # of the four faces in Noto's CJK collections

SIGNS = [
    range(0x20, 0x7F),
    range(0xA0, 0x100),
    range(0x2000, 0x2070),  # dashes, quotation marks, interpuncts
    range(0x2100, 0x2400),
    range(0x2460, 0x2780),  # ①, table lines, boxes to tick
    range(0x3000, 0x3030),
    range(0x3200, 0x3400),
    range(0xFE30, 0xFE50),
    range(0xFF00, 0xFFF0),
]
URO = [range(0x4E00, 0xA000)]
RARE_HAN = [range(0x3400, 0x4DC0), range(0xFA0E, 0xFA2A), range(0x20000, 0x33480)]
TICKS = [range(0x2610, 0x2613), range(0x2713, 0x2719)]
SAMPLE_NAMES = "㬹𬭎䶮𠅤㑊槟砻𫓧𬱟㙍㛃垚嫘濮彝〇傣僳佤砦箐硐焜鿍鿏䓨𰻝"


@dataclass(frozen=True)
class Cut:
    """Describe one bundled font: what it is called, where it comes from, which characters it keeps."""

    file: str
    family: str
    weight: int
    role: str
    package: str
    source: str
    licence: str
    characters: str
    face: int = 0


CUTS = [
    Cut("FanpinFangSong-Regular.otf", "Fanpin FangSong", 400, "仿宋：正文", "texlive-lang-chinese",
        f"{FANDOL}/FandolFang-Regular.otf", "GPL-3.0 with font exception", "office"),
    Cut("FanpinKai-Regular.otf", "Fanpin Kai", 400, "楷：签发人、二级标题", "texlive-lang-chinese",
        f"{FANDOL}/FandolKai-Regular.otf", "GPL-3.0 with font exception", "gb2312"),
    Cut("FanpinHei-Regular.otf", "Fanpin Hei", 400, "黑：一级标题、表头", "fonts-noto-cjk",
        f"{NOTO}/NotoSansCJK-Regular.ttc", "OFL-1.1", "office", SIMPLIFIED_FACE),
    Cut("FanpinSong-Regular.otf", "Fanpin Song", 400, "宋：页码，及最后的生僻字", "fonts-noto-cjk",
        f"{NOTO}/NotoSerifCJK-Regular.ttc", "OFL-1.1", "office and rare", SIMPLIFIED_FACE),
    Cut("FanpinSong-Bold.otf", "Fanpin Song", 700, "小标宋：标题、红头、印章", "fonts-noto-cjk",
        f"{NOTO}/NotoSerifCJK-Bold.ttc", "OFL-1.1", "office", SIMPLIFIED_FACE),
    Cut("FanpinRare-Regular.ttf", "Fanpin Rare", 400, "生僻人名用字，排在每组字体之后", "fonts-lxgw-wenkai",
        f"{LXGW}/LXGWWenKai-Light.ttf", "OFL-1.1", "all han"),
    Cut("FanpinSigns-Regular.ttf", "Fanpin Signs", 400, "勾选框", "fonts-dejavu-core",
        f"{DEJAVU}/DejaVuSans.ttf", "Bitstream Vera", "ticks"),
]

LICENCES = {
    "fandol-GPL-3.txt": f"{FANDOL_PAPERS}/COPYING.gz",
    "fandol-README.txt": f"{FANDOL_PAPERS}/README",
    "dejavu-bitstream-vera.txt": "usr/share/doc/fonts-dejavu-core/copyright",
    "lxgw-wenkai-OFL-1.1.txt": "usr/share/doc/fonts-lxgw-wenkai/copyright",
    "noto-cjk-OFL-1.1.txt": "usr/share/doc/fonts-noto-cjk/copyright",
}


def main(work: Path, target: Path) -> None:
    """Write every font, its licence, fonts.json and coverage.json into `target`."""
    root = work / "root"
    versions = dict(line.split() for line in (work / "versions.txt").read_text().splitlines())
    sets = character_sets(root)
    (target / "licences").mkdir(parents=True, exist_ok=True)
    for name, source in LICENCES.items():
        raw = (root / source).read_bytes()
        text = gzip.decompress(raw) if source.endswith(".gz") else raw
        (target / "licences" / name).write_bytes(text)
    covered: set[int] = set()
    entries = []
    for cut in CUTS:
        made = target / cut.file
        subset(root / cut.source, sets[cut.characters], made, face=cut.face)
        drawn = christen(made, cut)
        covered |= drawn
        entries.append(describe(cut, made, drawn=drawn, version=versions[cut.package]))
    absent = {char for char in SAMPLE_NAMES if ord(char) not in covered}
    if absent:
        raise SystemExit(f"No bundled font draws {''.join(sorted(absent))}")
    write_json(target / "fonts.json", entries, indent=2)
    write_json(target / "coverage.json", ranges(covered))


def character_sets(root: Path) -> dict[str, set[int]]:
    """Return the named sets: GB 2312, the office set (with 通用规范汉字表 and Yunnan's areas), all Han."""
    signs = points(SIGNS)
    standard = signs | gb2312()
    office = standard | general_standard(root / UNIHAN) | area_characters() | {ord(char) for char in SAMPLE_NAMES}
    return {
        "ticks": points(TICKS),
        "gb2312": standard,
        "office": office,
        "office and rare": office | points(RARE_HAN),
        "all han": office | points(URO) | points(RARE_HAN),
    }


def points(blocks: Iterable[range]) -> set[int]:
    return {point for block in blocks for point in block}


def gb2312() -> set[int]:
    """Return every character of GB 2312, asked of Python's own codec."""
    cells = (bytes([row, cell]) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return {ord(text) for pair in cells if (text := pair.decode("gb2312", errors="ignore"))}


def general_standard(unihan: Path) -> set[int]:
    """Return the 8,105 characters of 通用规范汉字表, by Unihan's property kTGH."""
    with bz2.open(unihan, "rt", encoding="utf-8") as lines:
        return {int(line.split("\t")[0][2:], 16) for line in lines if "\tkTGH\t" in line}


def area_characters() -> set[int]:
    with gzip.open(AREAS, "rt", encoding="utf-8", newline="") as lines:
        return {ord(char) for row in csv.DictReader(lines) for char in row["name"]}


def subset(source: Path, keep: set[int], made: Path, *, face: int) -> None:
    """Cut a font with hb-subset: no hints and no vertical metrics, which a PDF of horizontal text never uses."""
    wanted = made.with_suffix(".txt")
    wanted.write_text(",".join(f"{point:x}" for point in sorted(keep)))
    command = [
        "hb-subset", str(source), f"--face-index={face}", f"--unicodes-file={wanted}", f"--output-file={made}",
        "--layout-features=kern,ccmp,palt,halt,tnum,lnum", "--drop-tables+=vhea,vmtx,VORG,BASE,GDEF,gasp",
        "--no-hinting", "--notdef-outline", "--name-IDs=0,1,2,3,4,5,6,13,14",
    ]  # fmt: skip
    subprocess.run(command, check=True)
    wanted.unlink()


def christen(made: Path, cut: Cut) -> set[int]:
    """Give a cut font its own name, as both licences ask of a changed one, and return what it really draws."""
    font = TTFont(made, recalcTimestamp=False)
    style = "Bold" if cut.weight == 700 else "Regular"
    original = font["name"].getDebugName(4)
    font["name"].names = [name for name in font["name"].names if name.nameID in (0, 13, 14) and name.platformID == 3]
    postscript = cut.file.partition(".")[0]
    full = f"{cut.family} {style}"
    note = f"Cut by script/fonts of fanpin from {original}, {Path(cut.source).name}; outlines unchanged"
    for number, text in {1: cut.family, 2: style, 3: postscript, 4: full, 5: "Version 1.0", 6: postscript, 10: note}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = cut.weight
    font.save(made)
    return drawn_characters(TTFont(made))


def drawn_characters(font: TTFont) -> set[int]:
    """Return the characters with an outline: a font may map a character to an empty glyph."""
    glyphs = font.getGlyphSet()
    return {point for point, name in font.getBestCmap().items() if has_outline(glyphs, name)}


def has_outline(glyphs: object, name: str) -> bool:
    pen = ControlBoundsPen(glyphs)
    glyphs[name].draw(pen)
    return pen.bounds is not None


def describe(cut: Cut, made: Path, *, drawn: set[int], version: str) -> dict[str, object]:
    return {
        "family": cut.family,
        "weight": cut.weight,
        "file": cut.file,
        "role": cut.role,
        "package": cut.package,
        "version": version,
        "source": Path(cut.source).name,
        "licence": cut.licence,
        "characters": len(drawn),
        "sha256": hashlib.sha256(made.read_bytes()).hexdigest(),
    }


def ranges(covered: set[int]) -> list[list[int]]:
    """Fold code points into [first, last] pairs."""
    folded: list[list[int]] = []
    for point in sorted(covered):
        if folded and point == folded[-1][1] + 1:
            folded[-1][1] = point
        else:
            folded.append([point, point])
    return folded


def write_json(path: Path, value: object, *, indent: int | None = None) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
