"""What every page knows: the menu of the actor, the posts to switch to, demo mark, formats of dates and money."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import Flask, current_app, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from fanpin.blueprints import guard
from fanpin.clock import SHANGHAI
from fanpin.extensions import db
from fanpin.rules.actions import Action
from fanpin.rules.income import yuan
from fanpin.rules.roles import PERMISSIONS, Role
from fanpin.steps import sessions

@dataclass(frozen=True)
class MenuEntry:
    """One entry of the menu: a link, or a heading over further ones."""

    title: str
    active: bool
    url: str = ""
    entries: tuple["MenuEntry", ...] = ()


# Menu entries in the order of the procedure: title, endpoint, the action that opens it.
MENU = (
    ("线索", "intake.index", Action.INTAKE_REGISTER),
    ("排查与预警", "analysis.index", Action.ANALYSIS_VISIT),
    ("重点核查", "analysis.key_checks", Action.ANALYSIS_PROPOSE),
    ("区域性风险", "regional.index", Action.REGIONAL_READ),
    ("农户", "households.index", Action.HOUSEHOLD_READ),
    ("疑点", "quality.index", Action.QUALITY_READ),
    ("农户表", "register.index", Action.REGISTER_IMPORT),
    ("核准上报数据", "signing.index", Action.REGISTER_SIGN),
    ("办理", "cases.index", Action.CASE_READ),
    ("名单", "deliberation.index", Action.DELIBERATION_LIST),
    ("公示张贴", "publicity.places", Action.PUBLICITY_POST),
    ("乡镇审核", "township.index", Action.TOWNSHIP_CHECK),
    ("县级确定", "county.index", Action.COUNTY_RESOLVE),
    ("未匹配数据", "unmatched.index", Action.EXCHANGE_MATCH),
    ("核对全国系统", "national.index", Action.ASSISTANCE_ENTER),
    ("部门核查", "county.inquiries", Action.COUNTY_ANSWER),
    ("报送数据", "deliveries.index", Action.EXCHANGE_DELIVER),
    ("成效评议", "review.index", Action.REVIEW_OPEN),
    ("风险消除", "elimination.index", Action.ELIMINATION_MARK),
    ("文书台账", "paper_desk.index", Action.CASE_READ),
    ("帮扶任务", "assistance.index", Action.ASSISTANCE_READ),
    ("督导", "oversight.board", Action.OVERSIGHT_SEE),
    ("直通车", "oversight.direct_list", Action.OVERSIGHT_ASK),
    ("直通车", "oversight.requests", Action.OVERSIGHT_ANSWER),
    ("部门数据接口", "adapters.index", Action.ADAPTER_READ),
    ("监测底线", "oversight.lines", Action.OVERSIGHT_LINE),
    ("辖区进度", "oversight.progress", Action.OVERSIGHT_SEE),
    ("账号", "administration.accounts", Action.ACCOUNT_CREATE),
    ("权限", "administration.grants", Action.ACCOUNT_GRANT),
    ("审计", "trail.index", Action.AUDIT_READ),
)
# A menu of more entries than fit in one line is folded: what each heading holds, in the order of the procedure.
MOST_ENTRIES = 12
GROUPS = (
    ("发现", ("intake.index", "analysis.index", "analysis.key_checks", "regional.index")),
    ("农户", ("households.index", "quality.index", "register.index")),
    ("办理", ("cases.index", "deliberation.index", "county.index", "review.index", "elimination.index")),
    ("部门和全国数据", ("unmatched.index", "national.index", "adapters.index", "oversight.direct_list")),
    ("文书台账", ("paper_desk.index",)),
    ("督导和进度", ("oversight.board", "oversight.progress")),
)
# Where an action belongs to a menu entry for further roles than its own.
ALSO = {
    "analysis.index": frozenset({Role.COUNTY_ANALYST, Role.TOWNSHIP_LEADER, Role.DEPARTMENT_OFFICER}),
    "analysis.key_checks": frozenset({Role.COUNTY_ANALYST}),
    "deliberation.index": frozenset({Role.TOWNSHIP_CADRE, Role.TOWNSHIP_LEADER, Role.COUNTY_ANALYST}),
    "county.index": frozenset({Role.COUNTY_DECIDER, Role.COUNTY_LEADING_GROUP}),
}


def menu_for(role: Role) -> list[tuple[str, str]]:
    """Return (title, endpoint) of the entries that the role may open, in the order of the procedure."""
    return [(title, endpoint) for title, endpoint, action in MENU
            if role in PERMISSIONS[action].roles or role in ALSO.get(endpoint, ())]


def _menu(present: sessions.Present | None) -> list[MenuEntry]:
    if present is None or present.actor is None:
        return []
    entries = [("我的工作台", "desk.index"), *menu_for(present.actor.role)]
    known = {endpoint: title for title, endpoint in entries if endpoint in current_app.view_functions}
    here = _entry_of(request.endpoint or "", list(known))
    shown = {endpoint: MenuEntry(title, endpoint == here, url_for(endpoint)) for endpoint, title in known.items()}
    return list(shown.values()) if len(shown) <= MOST_ENTRIES + 1 else list(folded(shown))


def folded(entries: Mapping[str, MenuEntry]) -> Iterator[MenuEntry]:
    """Put a long menu under its headings; a heading that would hold one entry is that entry, and what has no heading stands alone."""
    heads = {endpoint: (title, endpoints) for title, endpoints in GROUPS for endpoint in endpoints}
    done: set[str] = set()
    for endpoint, entry in entries.items():
        title, endpoints = heads.get(endpoint, ("", (endpoint,)))
        held = tuple(entries[one] for one in endpoints if one in entries)
        if title not in done:
            yield held[0] if len(held) == 1 else MenuEntry(title, any(one.active for one in held), entries=held)
        done |= {title} - {""}


# Pages of a module of its own that stand under another's entry.
PART_OF = {"channels": "intake", "fetching": "adapters"}


def _entry_of(endpoint: str, entries: list[str]) -> str:
    """Return the entry that a page belongs to: itself, else the first of the same desk."""
    if endpoint in entries:
        return endpoint
    own = endpoint.split(".")[0]
    desk = PART_OF.get(own, own) + "."
    return next((entry for entry in entries if entry.startswith(desk)), "")


def day(value: date | datetime | None) -> str:
    """Return a legal date as people write it, "" for none."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return f"{value.year}年{value.month}月{value.day}日"


def month(value: str) -> str:
    """Return a month kept as `2026-03` as people write it."""
    return f"{value[:4]}年{int(value[5:])}月"


def moment(value: datetime | None) -> str:
    """Return an instant in Chinese local time, to the minute."""
    return "" if value is None else f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _present() -> sessions.Present | None:
    try:
        return guard.present()
    except SQLAlchemyError:
        # The page that says so is itself being drawn: without a database nobody is known.
        db.session.rollback()
        return None


def init_presenting(app: Flask) -> None:
    """Give every template the menu, formats and marks."""
    app.jinja_env.filters.update(day=day, month=month, moment=moment, yuan=yuan)
    app.jinja_env.globals.update(Action=Action, may=guard.may)

    @app.context_processor
    def shell() -> dict[str, object]:
        present = _present()
        return {
            "present": present,
            "menu": _menu(present),
            "demo": bool(app.config["FANPIN_DEMO_KEYS"]),
            "today": guard.today(),
            "version": app.config["FANPIN_VERSION"],
        }
