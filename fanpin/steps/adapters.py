"""Department adapters: what was found installed, a county's settings, its standing approval of one release (附件1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.adapters import connections, distributions
from fanpin.adapters.distributions import Installed
from fanpin.adapters.manifest import Manifest, Mode, Setting, SettingType
from fanpin.adapters.reach import Reach
from fanpin.adapters.run import Usable
from fanpin.adapters.versions import PluginRole
from fanpin.models.adapters import AdapterApproval, AdapterCertificate, AdapterRelease, AdapterSetting
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.departments import Department
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotPermitted
from fanpin.rules.roles import Actor
from fanpin.steps import doing

SYSTEM = "系统"
LONGEST_VALUE = 400
CLAUSE = "附件1"


@dataclass(frozen=True)
class Refreshed:
    """What a refresh found: releases that are new, gone, and refused."""

    present: int = 0
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def refresh(session: Session, found: Sequence[Usable], *, now: datetime) -> Refreshed:
    """Store what is installed; `found` comes from `adapters.run.usable()`, asked outside any transaction."""
    known = {(row.name, row.version, row.digest): row for row in session.scalars(select(AdapterRelease))}
    seen, new = set(), []
    for one in found:
        key = (_name(one), one.installed.version, one.installed.digest)
        row = known.get(key)
        if row is None:
            known[key] = row = AdapterRelease(name=key[0], version=key[1], digest=key[2], first_seen=now, present=True,
                                              distribution=one.installed.distribution)
            session.add(row)
            new.append(f"{key[0]} {key[1]}")
        if _put(row, one, now):
            _note(session, row, now=now)
        seen.add(key)
    gone = [row for key, row in known.items() if key not in seen and row.present]
    for row in gone:
        row.present = False
        _note(session, row, now=now)
    return Refreshed(len(seen), tuple(new), tuple(f"{row.name} {row.version}" for row in gone),
                     tuple(f"{_name(one)}：{'；'.join(one.problems)}" for one in found if one.problems))


def _name(one: Usable) -> str:
    return one.installed.entry[:60]


def _put(row: AdapterRelease, one: Usable, now: datetime) -> bool:
    """Write what was found into the row; say whether anything about it changed."""
    manifest = msgspec.json.decode(msgspec.json.encode(one.manifest)) if one.manifest is not None else {}
    problems = [problem[:400] for problem in one.problems]
    changed = (row.manifest or {}, row.problems or [], row.present) != (manifest, problems, True)
    row.manifest, row.problems, row.present, row.last_seen = manifest, problems, True, now
    if one.manifest is not None:
        department = one.manifest.department
        row.title, row.role, row.contract = one.manifest.title[:60], one.manifest.role, one.manifest.contract
        row.department = department.value if department is not None else ""
    return changed


def _note(session: Session, row: AdapterRelease, *, now: datetime) -> None:
    session.flush()
    state = "不在" if not row.present else "停用" if row.problems else "可用"
    audit.record(session, "adapter.refresh", actor=SYSTEM, now=now, stream=audit.SYSTEM_STREAM, object=row.ref,
                 facts={"adapter": row.name, "version": row.version, "digest": row.digest, "state": state})


def present_releases(session: Session, *, department: str = "", role: PluginRole = PluginRole.DEPARTMENT) -> list[AdapterRelease]:
    """List the releases of a role that are installed now, of one department or of all."""
    query = select(AdapterRelease).where(AdapterRelease.present, AdapterRelease.role == role).order_by(
        AdapterRelease.department, AdapterRelease.name)
    return list(session.scalars(query.where(AdapterRelease.department == department) if department else query))


def release_named(session: Session, name: str, *, role: PluginRole = PluginRole.DEPARTMENT) -> AdapterRelease:
    """Return the usable release of that name and role, the newest where several stand; refuse where there is none."""
    rows = session.scalars(select(AdapterRelease).where(
        AdapterRelease.name == name, AdapterRelease.present, AdapterRelease.role == role).order_by(AdapterRelease.id.desc()))
    row = next((row for row in rows if row.usable), None)
    if row is None:
        raise NotAllowedHere(f"没有可用的{role.title}“{name}”，请联系系统管理员。", action="", clause=CLAUSE)
    return row


def questions_of(session: Session, department: Department) -> tuple[str, ...]:
    """List the kinds about which the department's usable adapters may be asked, each once."""
    releases = [row for row in present_releases(session, department=department.value) if row.usable]
    return tuple(dict.fromkeys(claim.kind for row in releases for table in row.declared.tables for claim in table.claims
                               if claim.mode is Mode.QUESTION))


def registered(session: Session, name: str, version: str, digest: str) -> AdapterRelease:
    """Return the registered release of that very digest; refuse where what is installed was not registered."""
    row = session.scalar(select(AdapterRelease).where(
        AdapterRelease.name == name, AdapterRelease.version == version, AdapterRelease.digest == digest))
    if row is None:
        raise NotAllowedHere(f"“{name}”的这一份还没有登记，请先安装，再运行 fanpin adapter refresh。", action="", clause=CLAUSE)
    return row


def installed_of(release: AdapterRelease) -> Installed:
    """Return the installed files of a release; refuse when they are no longer those that were registered."""
    if not release.usable:
        raise NotAllowedHere("这个适配器现在不能用。", action="", clause=CLAUSE)
    return files_of(release)


def files_of(release: AdapterRelease) -> Installed:
    """Return the installed files of a release, usable or not; refuse when they are no longer those that were registered."""
    installed = distributions.find(release.name)
    if installed is None or (installed.version, installed.digest) != (release.version, release.digest):
        raise NotAllowedHere("安装的适配器与登记的不一致，请系统管理员运行 fanpin adapter refresh。", action="", clause=CLAUSE)
    return installed


def revoke(session: Session, name: str, *, reason: str, now: datetime, by: str = SYSTEM) -> int:
    """Put every release of a name out of use, whatever is installed; return how many."""
    doing.filled(reason=reason)
    rows = session.scalars(select(AdapterRelease).where(AdapterRelease.name == name, AdapterRelease.revoked_at.is_(None))).all()
    for row in rows:
        row.revoked_at, row.revoked_reason = now, reason[:200]
        session.flush()
        audit.record(session, "adapter.revoke", actor=by, now=now, stream=audit.SYSTEM_STREAM, object=row.ref,
                     facts={"adapter": row.name, "version": row.version, "digest": row.digest, "reason": reason[:200]})
    return len(rows)


# Standing approval.

def approval_of(session: Session, release: AdapterRelease, area_path: str) -> AdapterApproval | None:
    """Return the county's standing approval of this very release, by version and digest; None where it was withdrawn."""
    return session.scalar(select(AdapterApproval).where(
        AdapterApproval.release_id == release.id, AdapterApproval.area_path == area_path,
        AdapterApproval.digest == release.digest, AdapterApproval.withdrawn_at.is_(None))
        .order_by(AdapterApproval.id.desc()).limit(1))


def certificate_of(session: Session, release: AdapterRelease) -> AdapterCertificate | None:
    """Return the newest certificate of this very digest, perhaps not made yet."""
    return session.scalar(select(AdapterCertificate).where(
        AdapterCertificate.release_id == release.id, AdapterCertificate.digest == release.digest)
        .order_by(AdapterCertificate.id.desc()).limit(1))


def approve(session: Session, release: AdapterRelease, *, document: str, actor: Actor, now: datetime) -> AdapterApproval:
    """Let this release's answers count in the county without a signature each time; an upgrade needs a new approval."""
    doing.permit(session, Action.ADAPTER_APPROVE, actor=actor)
    doing.filled(document=document)
    if release.role is not PluginRole.DEPARTMENT:
        raise NotAllowedHere(f"{release.role.title}没有要批准的自动答复。", action=Action.ADAPTER_APPROVE.value, clause=CLAUSE)
    if not release.usable:
        raise NotAllowedHere("这个适配器现在不能用，不能批准。", action=Action.ADAPTER_APPROVE.value, clause=CLAUSE)
    county = doing.ancestor(session, actor.area_path, AreaLevel.COUNTY)
    certificate = certificate_of(session, release)
    if certificate is None or not certificate.ok:
        raise NotAllowedHere("这个版本还没有通过的认证报告，不能批准。请先由系统管理员在“部门数据接口”里检验。",
                             action=Action.ADAPTER_APPROVE.value, clause=CLAUSE)
    earlier = approval_of(session, release, county.path)
    if earlier is not None:
        raise AlreadyHandled(by=earlier.approved_by, at=earlier.approved_at)
    row = AdapterApproval(area_path=county.path, department=release.department, adapter=release.name, release_id=release.id,
                          version=release.version, digest=release.digest, certificate_id=certificate.id, document=document.strip()[:200],
                          approved_by=actor.name, approved_at=now)
    session.add(row)
    doing.note(session, Action.ADAPTER_APPROVE, actor=actor, now=now, subject=row,
               facts={"adapter": release.name, "version": release.version, "digest": release.digest})
    return row


def withdraw(session: Session, release: AdapterRelease, *, reason: str, actor: Actor, now: datetime) -> AdapterApproval:
    """Take the standing approval back: from now on an officer signs each answer."""
    doing.permit(session, Action.ADAPTER_APPROVE, actor=actor)
    doing.filled(reason=reason)
    county = doing.ancestor(session, actor.area_path, AreaLevel.COUNTY)
    row = approval_of(session, release, county.path)
    if row is None:
        raise NotAllowedHere("现在没有对这个版本的常设批准。", action=Action.ADAPTER_APPROVE.value, clause=CLAUSE)
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = actor.name, now, reason.strip()[:200]
    session.flush()
    audit.record(session, "adapter.withdraw", actor=actor, now=now, stream=audit.user_stream(actor.user_id),
                 object=row.ref, area_path=row.area_path,
                 facts={"adapter": release.name, "version": release.version, "digest": release.digest,
                        "reason": row.withdrawn_reason})
    return row


def permit(session: Session, action: Action, release: AdapterRelease, *, actor: Actor) -> None:
    """Ask the judge; an officer acts on the own department's adapters only, the county's staff on all."""
    doing.permit(session, action, actor=actor)
    if actor.department and actor.department != release.department:
        raise NotPermitted(f"“{action.title}”只能由该部门自己办理。", action=action.value, clause=CLAUSE)


# A county's settings.

def settings_of(session: Session, manifest: Manifest, area_path: str) -> dict[str, str]:
    """Return every setting of an adapter in a county, secrets too: for the transport; a plugin's child gets no secret."""
    own = {row.key: row.value for row in session.scalars(select(AdapterSetting).where(
        AdapterSetting.adapter == manifest.name, AdapterSetting.area_path == area_path))}
    return {setting.name: own.get(setting.name, setting.default) for setting in manifest.settings}


def set_settings(session: Session, release: AdapterRelease, values: Mapping[str, str], *, actor: Actor, now: datetime,
                 reach: Reach = Reach()) -> list[str]:
    """Keep what was typed; a secret left empty stays as it is. Return the keys that changed."""
    permit(session, Action.ADAPTER_SET, release, actor=actor)
    county = doing.ancestor(session, actor.area_path, AreaLevel.COUNTY)
    manifest = release.declared
    rows = {row.key: row for row in session.scalars(select(AdapterSetting).where(
        AdapterSetting.adapter == release.name, AdapterSetting.area_path == county.path))}
    problems = {setting.name: problem for setting in manifest.settings
                if (problem := _problem(setting, values.get(setting.name, "").strip(), kept=setting.name in rows))}
    if problem := connections.address_problem(values.get(connections.ADDRESS, "").strip(), reach.within(manifest.hosts)):
        problems[connections.ADDRESS] = f"{problem}。"
    if problems:
        raise Invalid(problems)
    changed = []
    for setting in manifest.settings:
        value, row = values.get(setting.name, "").strip(), rows.get(setting.name)
        if setting.name not in values or (setting.secret and not value) or value == (row.value if row else setting.default):
            continue
        if row is None:
            row = AdapterSetting(area_path=county.path, department=release.department, adapter=release.name, key=setting.name)
            session.add(row)
        row.value, row.set_by, row.set_at = value, actor.name, now
        changed.append(setting.name)
    if changed:
        # Only which settings changed: a value may be a password.
        doing.note(session, Action.ADAPTER_SET, actor=actor, now=now, subject=release,
                   facts={"adapter": release.name, "keys": "、".join(changed)})
    return changed


def _problem(setting: Setting, value: str, *, kept: bool) -> str:
    if not value:
        return "请填写此项。" if setting.required and not (setting.secret and kept) else ""
    if len(value) > LONGEST_VALUE:
        return f"最多{LONGEST_VALUE}个字。"
    if setting.type is SettingType.CHOICE and value not in dict(setting.choices):
        return "请从给出的选项中选择。"
    if setting.type is SettingType.NUMBER and not value.replace(".", "", 1).isdecimal():
        return "请填写数字。"
    if setting.type is SettingType.URL and not (urlsplit(value).scheme and urlsplit(value).hostname):
        return "请填写完整的地址，例如 https://10.0.0.1/api。"
    return ""
