"""Show which papers there are, and prove that the press prints."""

import time
from datetime import date

import click

from fanpin.documents.catalogue import PAPERS
from fanpin.documents.papers_common import Contact, Imprint, Place
from fanpin.documents.papers_household import Leaflet
from fanpin.documents.printing import Printer, PressFailed, Rendered
from fanpin.cli import Plain

CODE = "leaflet"
DATA = Leaflet(place=Place(county="样例县", township="样例乡", village="样例村"),
               contacts=(Contact(unit="样例村村民委员会", phone="0870-0000000"),))
IMPRINT = Imprint(number="检查用", verify_code="222222222222", event_hash="0" * 16, issued_on=date(2026, 3, 2))


@click.group(name="documents")
def command() -> None:
    """文书：清单和打印检查。"""


@command.command("list")
def list_command() -> None:
    """列出全部文书：代码、名称、依据、出具单位、保管期限。"""
    for paper in PAPERS.values():
        click.echo(f"{paper.code:<18}{paper.title}  {paper.clause}  {paper.issuer.title}  {paper.retention.title}")
    click.echo(f"共{len(PAPERS)}种。")


@command.command("check")
def check_command() -> None:
    """试印一张，检查字体和排版组件是否齐全。"""
    began = time.monotonic()
    try:
        printed = print_one()
    except PressFailed as error:
        raise Plain(f"没有印出来：{error}。请运行 fanpin doctor 查看缺什么。") from error
    click.echo(f"印好了：{PAPERS[CODE].title}，{printed.pages}页，{len(printed.pdf)}字节，"
               f"用时{time.monotonic() - began:.1f}秒。")


def print_one() -> Rendered:
    """Print the leaflet, which holds nobody's data, and return what came."""
    with Printer() as printer:
        return printer.render(CODE, DATA, imprint=IMPRINT, demo=True)
