"""Plugins as they were found installed: releases with their health, a county's settings and standing approval."""

from datetime import date, datetime

import msgspec
from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.adapters.manifest import Manifest
from fanpin.adapters.versions import PluginRole
from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scope, Scoped
from fanpin.models.types import Code, Encrypted, Instant, Json
from fanpin.rules.fetching import WHOLE_DAYS, Folder, Rhythm


class AdapterRelease(Referenced, Base):
    """One version of a plugin: what it declared when it was first seen, whether it may be used, how it fares."""

    __tablename__ = "adapter_release"
    __table_args__ = (UniqueConstraint("name", "version", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(60), default="")
    role: Mapped[PluginRole] = mapped_column(Code(PluginRole), default=PluginRole.DEPARTMENT)
    department: Mapped[str] = mapped_column(String(40), default="")
    distribution: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    contract: Mapped[int] = mapped_column(default=0)
    manifest: Mapped[Json] = mapped_column(JSON, default=dict)
    problems: Mapped[list[str]] = mapped_column(JSON, default=list)
    present: Mapped[bool] = mapped_column(default=True)
    first_seen: Mapped[datetime] = mapped_column(Instant)
    last_seen: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_reason: Mapped[str] = mapped_column(String(200), default="")
    failures: Mapped[int] = mapped_column(default=0)
    open_until: Mapped[datetime | None] = mapped_column(Instant)
    last_ok_at: Mapped[datetime | None] = mapped_column(Instant)
    last_failed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_failure: Mapped[str] = mapped_column(String(200), default="")
    known_tried_at: Mapped[datetime | None] = mapped_column(Instant)
    known_at: Mapped[datetime | None] = mapped_column(Instant)
    known_rows: Mapped[int] = mapped_column(default=0)
    known_wrong: Mapped[str] = mapped_column(String(200), default="")

    @property
    def usable(self) -> bool:
        """Say whether the release is installed, fine and not revoked."""
        return self.present and not self.problems and self.revoked_at is None

    @property
    def declared(self) -> Manifest:
        """Return the declaration that was stored."""
        return msgspec.convert(self.manifest, Manifest)


class _AdapterOwn(Scoped):
    """A county's row about an adapter, which the adapter's own department sees, too."""

    department: Mapped[str] = mapped_column(String(40))
    adapter: Mapped[str] = mapped_column(String(60))

    @classmethod
    def seen_by_department(cls, scope: Scope) -> ColumnElement[bool]:
        """A department sees what is about its own adapters."""
        return cls.department == scope.department


class AdapterSetting(_AdapterOwn, Base):
    """One setting of an adapter in a county; every value is encrypted, a secret is never shown again."""

    __tablename__ = "adapter_setting"
    __table_args__ = (UniqueConstraint("area_path", "adapter", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(Encrypted("adapter_setting.value"))
    set_by: Mapped[str] = mapped_column(String(60))
    set_at: Mapped[datetime] = mapped_column(Instant)


class AdapterApproval(Referenced, _AdapterOwn, Base):
    """A county's standing approval: this very release's answers count without an officer's signature each time."""

    __tablename__ = "adapter_approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("adapter_release.id"), index=True)
    version: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    certificate_id: Mapped[int] = mapped_column(ForeignKey("adapter_certificate.id"))
    document: Mapped[str] = mapped_column(String(200))
    approved_by: Mapped[str] = mapped_column(String(60))
    approved_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_by: Mapped[str] = mapped_column(String(60), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_reason: Mapped[str] = mapped_column(String(200), default="")


class AdapterPlan(_AdapterOwn, Base):
    """When an adapter fetches by itself in a county, in whose name; `owed` is the first day of the period last seen to."""

    __tablename__ = "adapter_plan"
    __table_args__ = (UniqueConstraint("area_path", "adapter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rhythm: Mapped[Rhythm] = mapped_column(Code(Rhythm), default=Rhythm.NEVER)
    hour: Mapped[int] = mapped_column(default=2)
    whole_days: Mapped[int] = mapped_column(default=WHOLE_DAYS)
    folder: Mapped[Folder] = mapped_column(Code(Folder), default=Folder.NONE)
    owed: Mapped[date | None]
    stopped: Mapped[str] = mapped_column(String(200), default="")
    set_by: Mapped[str] = mapped_column(String(60))
    set_by_id: Mapped[int]
    set_at: Mapped[datetime] = mapped_column(Instant)


class AdapterFetch(_AdapterOwn, Base):
    """What the last fetching of a table in a county came to, in one sentence; `delivery_id` is what it sent, if it did."""

    __tablename__ = "adapter_fetch"
    __table_args__ = (UniqueConstraint("area_path", "adapter", "table"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Instant)
    words: Mapped[str] = mapped_column(String(200))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))


class AdapterCertificate(Referenced, Base):
    """A trial of one release by everything that concerns it, and its report; valid for this digest only, about nobody."""

    __tablename__ = "adapter_certificate"
    __table_args__ = (Index("ix_adapter_certificate_release", "release_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("adapter_release.id"))
    digest: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    ok: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str] = mapped_column(String(200), default="")
    report: Mapped[Json] = mapped_column(JSON, default=dict)
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class AdapterFailure(_AdapterOwn, Base):
    """One failure of an adapter as the department reads it: a plain sentence, and whether it broke the boundary."""

    __tablename__ = "adapter_failure"
    __table_args__ = (Index("ix_adapter_failure_release_at", "release_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("adapter_release.id"))
    version: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(String(80), default="")
    security: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(Instant)


class AdapterTrial(_AdapterOwn, Base):
    """A try with the adapter's own sample: asked for at the department's page, carried out by the worker."""

    __tablename__ = "adapter_trial"
    __table_args__ = (Index("ix_adapter_trial_release_area", "release_id", "area_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("adapter_release.id"))
    asked_by: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    result: Mapped[list[Json]] = mapped_column(JSON, default=list)
