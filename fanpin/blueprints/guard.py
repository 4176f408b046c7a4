"""Every view has exactly one guard: who may call it, on which object, in which transaction."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Response, abort, current_app, g, make_response, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.routing import BaseConverter

from fanpin import authorization
from fanpin.extensions import db, read_only
from fanpin.models.adapters import AdapterRelease
from fanpin.models.cases import Case
from fanpin.models.county import DirectRequest, FindingRow, Inquiry
from fanpin.models.deliberation import Opinion, VillageList
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.models.events import Event
from fanpin.models.households import Household, Member
from fanpin.models.keychecks import KeyCheck
from fanpin.models.leading_groups import GroupMember, JointMeeting, MeetingDecision
from fanpin.models.lead_imports import LeadImport
from fanpin.models.leads import Lead
from fanpin.models.measures import Measure
from fanpin.models.national import NationalSheet, NationalTask
from fanpin.models.notices import Notice, NoticePlace, Objection
from fanpin.models.outbox import StoredFile
from fanpin.models.papers import Paper
from fanpin.models.rectification import Rectification
from fanpin.models.register import ColumnPart, ColumnQuestion, ExportBatch, ExportFile, ImportBatch
from fanpin.models.relocation import Community
from fanpin.models.rounds import Round, RoundVisit
from fanpin.models.scoped import OutOfScope, Scope, ScopeKind, set_scope
from fanpin.models.staff import Training, WorkPlan
from fanpin.models.supervision import ConductFinding, SupervisionTask
from fanpin.models.users import User
from fanpin.models.warnings import MonthlyAnalysis, Warning
from fanpin.rules.actions import Action
from fanpin.rules.refusals import AlreadyHandled, NotAllowedHere, NotPermitted, Refusal
from fanpin.rules.roles import ADMINISTRATORS, Actor, Role
from fanpin.steps import accounts, reading, sessions, submissions
from fanpin.steps.advance import earlier_acts, overtaken

LOADED = {
    "adapter": AdapterRelease, "outlet": AdapterRelease,
    "case": Case, "household": Household, "member": Member, "lead": Lead, "warning": Warning, "round": Round,
    "visit": RoundVisit, "key_check": KeyCheck, "village_list": VillageList, "notice": Notice, "place": NoticePlace,
    "objection": Objection, "opinion": Opinion, "inquiry": Inquiry, "finding": FindingRow, "measure": Measure,
    "paper": Paper, "file": StoredFile, "account": User, "analysis": MonthlyAnalysis,
    "group_member": GroupMember, "meeting": JointMeeting, "decision": MeetingDecision, "task": SupervisionTask,
    "conduct": ConductFinding, "training": Training, "work_plan": WorkPlan,
    "national_task": NationalTask, "national_sheet": NationalSheet,
    "upload": ImportBatch, "export": ExportBatch, "workbook": ExportFile, "part": ColumnPart, "question": ColumnQuestion,
    "event": Event, "community": Community, "rectification": Rectification,
    "direct": DirectRequest,
    "lead_import": LeadImport,
    "delivery": Delivery, "unmatched": UnmatchedRow,
}
EAGER = {Case: (Case.household,)}
KEY_PATTERN = re.compile(r"[A-Za-z0-9_-]{16,40}")


class RefConverter(BaseConverter):
    """A random public reference in a URL: a name, never yet an object."""

    regex = "[a-z2-9]{14}"


@dataclass(frozen=True)
class Guarded:
    """What a view declared: the action, or why it is open; `audited` names the read event."""

    action: Action | None
    reason: str
    audited: bool


def present() -> sessions.Present | None:
    """Return who is logged in, or None."""
    return current_user.present if current_user.is_authenticated else None


def actor() -> Actor:
    """Return the actor of this request; 403 for an account without any grant in force."""
    who = present()
    if who is None:
        abort(401)
    if who.actor is None:
        raise NotPermitted("你的账号还没有分配岗位，请联系县级安全管理员。", action="", clause="")
    return who.actor


def now() -> Any:
    """Return the instant at which this request is handled."""
    if "now" not in g:
        g.now = current_app.extensions["fanpin.clock"].now()
    return g.now


def today() -> Any:
    """Return the legal date of this request."""
    return current_app.extensions["fanpin.clock"].today()


def guard(action: Action, *, audited: bool = False, shows_once: bool = False) -> Callable:
    """Ask for the action on whatever object the URL names; the step asks again.

    A URL part such as `<ref:case>` reaches the view as the object, loaded through the actor's scope, or ends
    in 404. A POST runs in one writing transaction, committed when the view redirects and rolled back otherwise;
    `shows_once` commits a page, too, whose contents nobody can open a second time (an unmasked number, a new password).
    """

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(**parts: Any) -> Any:
            return _run(view, parts, action=action, audited=audited, shows_once=shows_once)

        guarded.guard = Guarded(action, "", audited)
        return guarded

    return decorate


def for_everyone(reason: str) -> Callable:
    """Leave a view open to whoever reaches the server; the reason is on the list that a test checks."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(**parts: Any) -> Any:
            set_scope(db.session(), Scope(ScopeKind.NONE))
            if request.method in ("GET", "HEAD"):
                read_only(db.session())
            return view(**parts)

        guarded.guard = Guarded(None, reason, False)
        return guarded

    return decorate


def logged_in(reason: str) -> Callable:
    """Open a view to every logged-in person about their own things only (desk, password, log-out)."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(**parts: Any) -> Any:
            return _run(view, parts, action=None, audited=False)

        guarded.guard = Guarded(None, reason, False)
        return guarded

    return decorate


def _run(view: Callable, parts: dict[str, Any], *, action: Action | None, audited: bool,
         shows_once: bool = False) -> Any:
    session = db.session()
    set_scope(session, Scope(ScopeKind.NONE))
    reading_only = request.method in ("GET", "HEAD")
    if reading_only:
        read_only(session)
        _touch(session)
    who = present()
    if who is None:
        return current_app.login_manager.unauthorized()
    if who.user.must_change_password and request.endpoint not in ("accounts.password", "accounts.logout"):
        return redirect(url_for("accounts.password"))
    if who.actor is not None:
        set_scope(session, authorization.scope_for(who.actor))
    try:
        if action is not None:
            # Whoever lost the post meanwhile is told so, and not that nothing was found.
            actor()
        loaded = _load(parts)
        if action is not None:
            _require(action, loaded)
        if reading_only:
            # 六(三): whoever comes to inspect leaves a trace on every page that he opens.
            if audited or action is not None and actor().role is Role.INSPECTOR:
                _write_read_event(action, loaded)
            return view(**loaded)
        return _write(view, loaded, who, final=(302, 303, 200) if shows_once else (302, 303))
    except OutOfScope:
        session.rollback()
        abort(404)
    except StaleDataError:
        session.rollback()
        raise AlreadyHandled from None
    except NotAllowedHere:
        session.rollback()
        faster = None if reading_only else _faster(loaded)
        if faster is None:
            raise
        raise faster from None


def _faster(loaded: dict[str, Any]) -> AlreadyHandled | None:
    """Say who was faster where the form came from a page older than its case, and the stage is now another."""
    case = next((row for row in loaded.values() if isinstance(row, Case)), None)
    seen = request.form.get("version", "")
    if case is None or not (seen.isascii() and seen.isdigit()) or seen == str(case.version):
        return None
    return overtaken(db.session(), case)


def _load(parts: dict[str, Any]) -> dict[str, Any]:
    loaded = {}
    for name, value in parts.items():
        model = LOADED.get(name)
        if model is None:
            loaded[name] = value
            continue
        query = (_accounts() if model is User else select(model)).where(model.ref == value)
        for relation in EAGER.get(model, ()):
            query = query.options(joinedload(relation))
        row = db.session.scalar(query)
        if row is None:
            abort(404)
        loaded[name] = row
    return loaded


def _accounts() -> Select[tuple[User]]:
    """Return the accounts that the actor may hear of: for an administrator those of the own area, else none."""
    if not is_administrator():
        abort(404)
    return accounts.within_reach(actor().area_path)


def _require(action: Action, loaded: dict[str, Any]) -> None:
    who = actor()
    subject = next((row for row in loaded.values() if hasattr(row, "area_path")), None)
    authorization.require(
        who, action, area_path=getattr(subject, "area_path", None), department=getattr(subject, "department", None),
        earlier=earlier_acts(db.session(), subject) if isinstance(subject, Case) else ())


def _write_read_event(action: Action, loaded: dict[str, Any]) -> None:
    subject = next((row for row in loaded.values() if hasattr(row, "ref")), None)
    session = db.session()
    session.rollback()
    reading.note(session, action, actor=actor(), subject=subject, path=request.path, now=now())
    session.commit()
    read_only(session)


def _touch(session: Any) -> None:
    """Write the session's last-seen time, at most once a minute, in a short transaction of its own."""
    who = present()
    if who is not None and sessions.needs_touch(who, now=now()):
        session.rollback()
        sessions.touch(session, who.session_id, now=now())
        session.commit()
        read_only(session)


def _write(view: Callable, loaded: dict[str, Any], who: sessions.Present, *, final: tuple[int, ...]) -> Response:
    session = db.session()
    key = request.form.get("_key", "")
    fingerprint = _fingerprint()
    if KEY_PATTERN.fullmatch(key):
        location = submissions.earlier_answer(session, key, user_id=who.user.id, fingerprint=fingerprint)
        if location is not None:
            session.rollback()
            return make_response(redirect(location or request.path))
        try:
            submissions.take(session, key, user_id=who.user.id, fingerprint=fingerprint, now=now())
        except IntegrityError:
            session.rollback()
            raise AlreadyHandled from None
    response = make_response(view(**loaded))
    if response.status_code in final:
        if KEY_PATTERN.fullmatch(key):
            submissions.answer(session, key, response.location or "")
        try:
            session.commit()
        except IntegrityError:
            session.rollback()
            raise AlreadyHandled from None
    else:
        session.rollback()
    return response


def _fingerprint() -> str:
    fields = sorted((key, value) for key, value in request.form.items(multi=True) if key not in ("csrf_token", "_key"))
    return sha256(repr((request.path, fields)).encode()).hexdigest()


def may(action: Action, subject: Any = None) -> bool:
    """Say whether the present actor may do the action on the subject: for buttons and menus."""
    who = present()
    if who is None or who.actor is None:
        return False
    return authorization.may(
        who.actor, action, area_path=getattr(subject, "area_path", None),
        department=getattr(subject, "department", None),
        earlier=earlier_acts(db.session(), subject) if isinstance(subject, Case) else ())


def may_in(action: Action, area_path: str) -> bool:
    """Say whether the present actor may do the action on an area."""
    who = present()
    return who is not None and who.actor is not None and authorization.may(who.actor, action, area_path=area_path)


def is_administrator() -> bool:
    """Say whether the present actor is one of the three administrators."""
    who = present()
    return who is not None and who.actor is not None and who.actor.role in ADMINISTRATORS


__all__ = ["Refusal", "RefConverter", "actor", "for_everyone", "guard", "is_administrator", "logged_in", "may", "may_in", "now",
           "present", "today"]
