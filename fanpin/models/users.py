"""Accounts, grants, sessions and failed log-ins."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.areas import Area
from fanpin.models.scoped import Referenced
from fanpin.models.types import Code, Encrypted, Instant
from fanpin.rules.areas import AreaLevel
from fanpin.rules.roles import Actor, Role


class User(Referenced, Base):
    """A personal account; its name is never used again."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(Encrypted("user.phone"))
    organisation: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    password_changed_at: Mapped[datetime] = mapped_column(Instant)
    must_change_password: Mapped[bool] = mapped_column(default=True)
    expires_on: Mapped[date | None]
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(60))
    grants: Mapped[list["Grant"]] = relationship(back_populates="user", order_by="Grant.id")

    def usable_on(self, day: date) -> bool:
        """Say whether the account is neither disabled nor expired."""
        return self.disabled_at is None and (self.expires_on is None or day <= self.expires_on)


class Grant(Base):
    """A role over an area, for a department where the role has one, with its document and seal."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("ix_role_grant_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(Code(Role))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    department: Mapped[str] = mapped_column(String(40), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    granted_by: Mapped[str] = mapped_column(String(60))
    granted_at: Mapped[datetime] = mapped_column(Instant)
    document: Mapped[str] = mapped_column(String(200))
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))
    user: Mapped[User] = relationship(back_populates="grants")
    area: Mapped[Area] = relationship(lazy="joined")

    def in_force_on(self, day: date) -> bool:
        """Say whether the grant is valid on the day and not revoked."""
        return self.revoked_at is None and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def sealed_text(self) -> bytes:
        """Return what the integrity seal covers."""
        parts = (self.user_id, self.role.value, self.area_id, self.department, self.valid_from.isoformat(),
                 self.valid_to.isoformat() if self.valid_to else "", self.document)
        return "|".join(map(str, parts)).encode()

    def actor(self, *, session_id: int | None = None) -> Actor:
        """Return the person as acting under this grant."""
        return Actor(
            user_id=self.user_id, name=self.user.name, role=self.role, area_id=self.area_id,
            area_path=self.area.path, area_name=self.area.name, level=AreaLevel(self.area.level),
            department=self.department, session_id=session_id,
        )


class UserSession(Base):
    """A logged-in browser: the token's hash, idle and absolute limits, the grant it acts under."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("role_grant.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    started_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    address: Mapped[str] = mapped_column(String(45), default="")
    user: Mapped[User] = relationship(lazy="joined")


class LoginFailure(Base):
    """Failed log-ins of one user name from one place (address, or a known device), for the slow-down."""

    __tablename__ = "login_failure"

    username: Mapped[str] = mapped_column(String(60), primary_key=True)
    place: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(Instant)


