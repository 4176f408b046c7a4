"""Papers of a case or a list: issue, state, print; and the public page on which a paper's code is checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from fanpin.blueprints.guard import actor, for_everyone, guard, may, now, today
from fanpin.blueprints.links import link
from fanpin.config import Settings
from fanpin.documents import catalogue
from fanpin.documents.verification import BadCode, format_code, read_code
from fanpin.extensions import db
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Inquiry
from fanpin.models.deliberation import VillageList
from fanpin.models.households import Household
from fanpin.models.notices import Objection
from fanpin.models.papers import Paper
from fanpin.models.rounds import Round
from fanpin.rules.actions import Action
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.steps import paper_data, papers

blueprint = Blueprint("papers", __name__)

MOST = 200
UNKNOWN = "没有查到这个验证码的文书。请核对文书上的验证码；仍然查不到的，这份文书不是本系统出具的。"
STATES = {"waiting": ("active", "正在印制"), "ready": ("good", "可以打印"), "failed": ("bad", "没有印成")}


@dataclass(frozen=True)
class PaperShown:
    """One paper as the list of papers takes it."""

    title: str
    number: str
    issued_on: datetime
    public: bool
    url: str
    note: str


def shown(paper: Paper) -> PaperShown:
    """Return a paper for the list, with its state in words."""
    note = f"已打印{paper.prints}次" if paper.prints else "" if paper.state == "ready" else STATES[paper.state][1]
    return PaperShown(paper.title, paper.number, paper.issued_at, catalogue.paper(paper.code).public,
                      url_for("papers.show", paper=paper.ref), note)


@blueprint.get("/cases/<ref:case>/papers")
@guard(Action.CASE_READ, audited=True)
def of_case(case: Case) -> ResponseReturnValue:
    """List the papers of a case."""
    rows = db.session.scalars(select(Paper).where(Paper.case_id == case.id).order_by(Paper.id.desc()).limit(MOST))
    return render_template("papers/of_case.html", case=case, papers=[shown(row) for row in rows],
                           offers=_offers(paper_data.offered(db.session(), case=case), case))


@blueprint.get("/lists/<ref:village_list>/papers")
@guard(Action.CASE_READ)
def of_list(village_list: VillageList) -> ResponseReturnValue:
    """List the papers of a village's list."""
    rows = db.session.scalars(select(Paper).where(Paper.list_id == village_list.id).order_by(Paper.id.desc()).limit(MOST))
    return render_template("papers/of_list.html", village_list=village_list, papers=[shown(row) for row in rows],
                           offers=_offers(paper_data.offered(db.session(), village_list=village_list), village_list))


def _offers(codes: Iterable[str], subject: Case | VillageList) -> list[tuple[str, str]]:
    """List what the actor may issue of what the stage calls for."""
    return [(code, catalogue.paper(code).title) for code in codes if may(paper_data.FILLINGS[code].action, subject)]


@blueprint.post("/cases/<ref:case>/papers/issue")
@guard(Action.CASE_READ)
def issue_for_case(case: Case) -> ResponseReturnValue:
    """Issue a paper of a case; the step asks who may."""
    return _issue(case=case, village_list=None)


@blueprint.post("/lists/<ref:village_list>/papers/issue")
@guard(Action.CASE_READ)
def issue_for_list(village_list: VillageList) -> ResponseReturnValue:
    """Issue a paper of a list; the step asks who may."""
    return _issue(case=None, village_list=village_list)


def _issue(*, case: Case | None, village_list: VillageList | None) -> ResponseReturnValue:
    code = request.form.get("code", "")
    if code not in paper_data.FILLINGS:
        raise Invalid("没有这种文书，请重新打开页面选择。")
    row = paper_data.issue(db.session(), code, case=case, village_list=village_list, actor=actor(), now=now(), today=today())
    flash(f"{row.title}已出具，编号{row.number}，正在印制。", "success")
    return redirect(url_for("papers.show", paper=row.ref))


@blueprint.get("/papers/<ref:paper>")
@guard(Action.CASE_READ)
def show(paper: Paper) -> ResponseReturnValue:
    """Show whether a paper is printed yet, and what stopped it where it is not."""
    case = db.session.scalar(select(Case).where(Case.id == paper.case_id)) if paper.case_id else None
    listed = db.session.scalar(select(VillageList).where(VillageList.id == paper.list_id)) if paper.list_id else None
    return render_template("papers/show.html", paper=paper, case=case, village_list=listed, state=STATES[paper.state],
                           kind=catalogue.paper(paper.code), code=format_code(paper.verify_code), came_from=_came_from(paper))


def _came_from(paper: Paper) -> tuple[str, str] | None:
    """Return the page from which a paper that belongs to no case and no list was issued: its name and address."""
    kind, _colon, number = paper.about.partition(":")
    if kind == "area":
        area = db.session.scalar(select(Area).where(Area.id == int(number.split("/")[0])))
        return (f"{area.name}的文书台账", link("paper_desk.index", area=area.code12)) if area else None
    if kind == "visit_round":
        row = db.session.scalar(select(Round).where(Round.id == int(number)))
        return (row.title, link("analysis.visits", round=row.ref)) if row else None
    if kind in ("inquiry", "objection"):
        model = Inquiry if kind == "inquiry" else Objection
        case = db.session.scalar(select(Case).join(model, model.case_id == Case.id).where(model.id == int(number)))
        page = "county.review" if kind == "inquiry" else "cases.show"
        return (f"{case.household.head_name}户", link(page, case=case.ref)) if case else None
    if paper.household_id is not None:
        row = db.session.scalar(select(Household).where(Household.id == paper.household_id))
        return (f"{row.head_name}家", link("households.show", household=row.ref)) if row else None
    return None


@blueprint.post("/papers/<ref:paper>/print")
@guard(Action.CASE_READ, shows_once=True)
def download(paper: Paper) -> ResponseReturnValue:
    """Hand out the finished bytes and count the print."""
    if paper.state != "ready":
        raise NotAllowedHere("文书还没有印制完成，请稍候刷新页面。", action="paper.print", clause="")
    settings: Settings = current_app.config["FANPIN_SETTINGS"]
    content = papers.bytes_of(db.session(), paper, settings.files_dir, actor=actor(), now=now())
    return send_file(BytesIO(content), mimetype=papers.PDF, as_attachment=True, download_name=f"{paper.number}.pdf")


@blueprint.get("/verify/")
@for_everyone("任何人都可以核对文书真伪")
def ask() -> ResponseReturnValue:
    """Ask for the code that is printed on a paper."""
    typed = request.args.get("code", "")[:40]
    if typed:
        return redirect(url_for("papers.verify", code=typed))
    return render_template("papers/verify.html", paper=None, typed="", problem="", code="")


@blueprint.get("/verify/<string:code>")
@for_everyone("任何人都可以核对文书真伪")
def verify(code: str) -> ResponseReturnValue:
    """Say whether a paper with this code was issued here: title, number, issuer and day, nobody's data."""
    try:
        plain = read_code(code[:40])
    except BadCode as wrong:
        return _verified(None, code, f"{wrong}。"), 422
    paper = papers.by_code(db.session(), plain)
    if paper is None:
        return _verified(None, code, UNKNOWN), 404
    return _verified(paper, code, "")


def _verified(paper: Paper | None, typed: str, problem: str) -> str:
    return render_template("papers/verify.html", paper=paper, typed=typed[:40], problem=problem,
                           code=format_code(paper.verify_code) if paper else "")
