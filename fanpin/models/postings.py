"""What an outlet made for the 政府救助平台: ready to be posted by hand, or sent, and what the platform confirmed."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.adapters.parcels import Errand
from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant, Json
from fanpin.rules.titles import TitledEnum


class PostingState(TitledEnum):
    """How far a posting has come; only CONFIRMED means that the platform shows it."""

    READY = ("ready", "内容已备好")
    UNMADE = ("unmade", "内容没有备成")
    SENDING = ("sending", "正在发送")
    WAITING = ("waiting", "平台已收到，还没有确认")
    CONFIRMED = ("confirmed", "平台已确认")
    FAILED = ("failed", "没有发送成功")

    @property
    def under_way(self) -> bool:
        """Say whether the worker has it in hand."""
        return self in (PostingState.SENDING, PostingState.WAITING)


class PlatformPosting(Referenced, Scoped, Base):
    """One errand for one place on the platform: exactly what the public may see, how it was sent, the platform's word."""

    __tablename__ = "platform_posting"
    __table_args__ = (UniqueConstraint("place_id", "errand"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("notice_place.id"))
    errand: Mapped[Errand] = mapped_column(Code(Errand))
    state: Mapped[PostingState] = mapped_column(Code(PostingState))
    outlet: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[str] = mapped_column(String(40), default="")
    connected: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    headings: Mapped[list[str]] = mapped_column(JSON, default=list)
    rows: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    post: Mapped[Json] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str] = mapped_column(String(300), default="")
    # The platform counts what bears the same key once.
    key: Mapped[str] = mapped_column(String(40))
    tries: Mapped[int] = mapped_column(default=0)
    ticket: Mapped[str] = mapped_column(String(200), default="")
    asked_by: Mapped[str] = mapped_column(String(60), default="")
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    number: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    receipt_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
