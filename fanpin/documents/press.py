"""The press, run as `python -m fanpin.documents.press`: one frozen paper in, one PDF out, nothing else reachable."""

import base64
import gc
import json
import logging
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from weasyprint import CSS, HTML
from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text import ffi
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from fanpin.documents import justify, seals, verification
from fanpin.documents.catalogue import Issuer, Paper, from_json, paper
from fanpin.documents.papers_common import Imprint
from fanpin.resources import directory
from fanpin.sandbox import serve_frames

FONT_SCHEME = "fanpin-font:"
STYLES = ("paper.css", "letter.css", "notice.css", "sheet.css")
SUBSETTER = "libharfbuzz-subset0"
DIAMETERS = {Issuer.VILLAGE: 40.0, Issuer.TOWNSHIP: 42.0, Issuer.COUNTY: 42.0,
             Issuer.DEPARTMENT: 42.0}
NUMERALS = "零一二三四五六七八九十"
PARTS = {"一": "第一部分", "二": "第二部分", "三": "第三部分", "四": "第四部分", "五": "第五部分", "六": "第六部分"}


class MissingLibrary(Exception):
    """A system library that the press needs is not installed; its name is Debian's package."""


class Complaint(Exception):
    """The layout engine met something it could not do: a picture, a font or a rule is wrong."""


class ClosedFetcher(URLFetcher):
    """Fetch what this press made itself (data:) and the bundled fonts by file name; anything else stops the paper."""

    def __init__(self, fonts: Path) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        self._fonts = {file.name: file for file in fonts.iterdir() if file.suffix in (".otf", ".ttf")}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Return the resource or refuse it."""
        if url.startswith(FONT_SCHEME):
            name = url.removeprefix(FONT_SCHEME)
            if name in self._fonts:
                return URLFetcherResponse(url, self._fonts[name].read_bytes(), {"Content-Type": "font/otf"})
        elif url.startswith("data:"):
            return super().fetch(url)
        self._refuse(url)

    def _refuse(self, url: str) -> NoReturn:
        raise FatalURLFetchingError(f"the press fetches nothing from outside: {url[:80]}")


class Press:
    """Keep what costs time between papers: templates, one font configuration, parsed styles."""

    def __init__(self, *, fonts: Path, templates: Path) -> None:
        self.fonts = fonts
        self.fetcher = ClosedFetcher(fonts)
        self.configuration = FontConfiguration()
        self.styles = [self._parse(self._faces())]
        self.styles += [self._parse((templates / "documents" / name).read_text(encoding="utf-8")) for name in STYLES]
        self.environment = Environment(loader=FileSystemLoader(templates), autoescape=True, undefined=StrictUndefined,
                                       trim_blocks=True, lstrip_blocks=True)
        self.environment.filters.update(day=_day, yuan=_yuan, clause=_clause, chinese=_chinese,
                                        verify=verification.format_code, last=_last)

    def answer(self, payload: bytes) -> bytes:
        """Print the paper that the request names: a line of JSON about the result, then the bytes of the PDF."""
        if ffi.harfbuzz_subset is None:
            raise MissingLibrary(SUBSETTER)
        request = json.loads(payload)
        gc.disable()
        try:
            told, pdf = self.lay_out(self.markup(request))
        finally:
            gc.enable()
            gc.collect()
        return json.dumps(told, ensure_ascii=False).encode() + b"\n" + pdf

    def markup(self, request: Mapping[str, Any]) -> str:
        """Fill the template of the paper with its frozen data."""
        kind = paper(request["code"])
        imprint = Imprint(**{**request["imprint"], "issued_on": date.fromisoformat(request["imprint"]["issued_on"])})
        images, demo = request["seals"], request["demo"]

        def seal(issuer: str) -> Markup:
            return self._seal(issuer, kind, image=images.get(issuer), demo=demo)

        return self.environment.get_template(kind.template).render(
            paper=kind, data=from_json(kind.code, request["data"]), imprint=imprint, demo=demo, seal=seal,
            qr=_qr(imprint), watermark=_svg_uri(seals.watermark("演示", self._file("FanpinHei-Regular"))),
        )

    def lay_out(self, markup: str) -> tuple[dict[str, Any], bytes]:
        """Turn markup into a PDF, with its pages and its text line by line; any complaint of the engine stops it."""
        told = _Told()
        logger = logging.getLogger("weasyprint")
        logger.addHandler(told)
        try:
            html = HTML(string=markup, url_fetcher=self.fetcher)
            document = html.render(stylesheets=self.styles, font_config=self.configuration)
            pdf = document.write_pdf()
        finally:
            logger.removeHandler(told)
        if told.lines:
            raise Complaint("; ".join(told.lines))
        pieces = (piece.strip() for piece in html.etree_element.find("body").itertext())
        text = "\n".join(piece for piece in pieces if piece)
        return {"pages": len(document.pages), "text": text}, pdf

    def _seal(self, issuer: str, kind: Paper, *, image: str | None, demo: bool) -> Markup:
        level = kind.seal
        if level is None:
            return Markup("")
        if demo:
            source = _svg_uri(seals.sample_seal(issuer, self._file("FanpinSong-Bold"), diameter=DIAMETERS[level]))
            return Markup('<div class="seal seal-{}"><img src="{}" alt="{}"></div>').format(
                level.value, source, f"{issuer}（{seals.SAMPLE}）")
        if image is not None:
            base64.b64decode(image, validate=True)
            return Markup('<div class="seal seal-{}"><img src="data:image/png;base64,{}" alt="{}"></div>').format(
                level.value, image, issuer)
        return Markup('<div class="seal seal-room">（盖章处）</div>')

    def _file(self, stem: str) -> Path:
        return next(file for file in sorted(self.fonts.iterdir()) if file.stem == stem and file.suffix in (".otf", ".ttf"))

    def _faces(self) -> str:
        rows = json.loads((self.fonts / "fonts.json").read_text(encoding="utf-8"))
        return "\n".join(
            f'@font-face {{ font-family: "{row["family"]}"; font-weight: {row["weight"]}; '
            f'src: url("{FONT_SCHEME}{row["file"]}") }}' for row in rows
        )

    def _parse(self, text: str) -> CSS:
        return CSS(string=text, font_config=self.configuration, url_fetcher=self.fetcher)


class _Told(logging.Handler):
    """Collect what the layout engine complains about."""

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _yuan(fen: int) -> str:
    yuan, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{yuan}.{rest:02d}" if rest else f"{sign}{yuan}"


def _clause(clause: str) -> str:
    """Spell out "三(四)" as the parts and items of the 实施意见."""
    part, _bracket, item = clause.rstrip(")").partition("(")
    return PARTS[part] + (f"第（{item}）项" if item else "")


def _chinese(number: int) -> str:
    return NUMERALS[number]


def _last(name: str) -> str:
    return name[-1]


def _qr(imprint: Imprint) -> str:
    address = imprint.site + verification.verify_path(imprint.verify_code)
    return segno.make(address, error="m", micro=False).svg_data_uri(border=1, nl=False)


@cache
def _svg_uri(svg: str) -> str:
    return "data:image/svg+xml," + quote(svg)


def main() -> None:
    """Serve papers until the parent closes the pipe."""
    justify.install(inline=inline, boxes=boxes)
    serve_frames(Press(fonts=directory("fonts"), templates=directory("templates")).answer)


if __name__ == "__main__":
    main()
