"""成效评议和风险消除 of 五: the yearly review, the exit consent, the marking."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant, Json
from fanpin.rules.titles import TitledEnum


class ReviewConclusion(TitledEnum):
    """The three ways on from a review (五(一))."""

    UNSTABLE = ("unstable", "风险消除稳定性较弱，继续帮扶")
    NO_LABOUR = ("no_labour", "无劳动能力，落实社会保障、长期跟踪监测")
    STABLE = ("stable", "风险稳定消除")


class Review(Referenced, Scoped, Base):
    """One review of one household: guarantees, measures, risk points, income, motivation, conclusion."""

    __tablename__ = "review"
    __table_args__ = (Index("ix_review_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    year: Mapped[int]
    reviewed_on: Mapped[date]
    guarantees: Mapped[str] = mapped_column(Text)
    measures: Mapped[Json] = mapped_column(JSON, default=dict)
    risk_points: Mapped[str] = mapped_column(Text)
    income_stability: Mapped[str] = mapped_column(Text)
    spending: Mapped[str] = mapped_column(Text, default="")
    motivation: Mapped[str] = mapped_column(Text)
    conclusion: Mapped[ReviewConclusion] = mapped_column(Code(ReviewConclusion))
    continued_help: Mapped[str] = mapped_column(Text, default="")
    reviewers: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    closed: Mapped[bool] = mapped_column(default=False)

    @property
    def complete(self) -> bool:
        """Say whether every point of 五(一) was judged, each measure included."""
        told = (self.guarantees, self.risk_points, self.income_stability, self.motivation, self.reviewers)
        return all(text.strip() for text in told) and all(
            all(part.strip() for part in judged) for judged in self.measures.values())


class ExitConsent(Referenced, Scoped, Base):
    """The household's informed consent to leaving (在监测对象知情同意的前提下)."""

    __tablename__ = "exit_consent"
    __table_args__ = (Index("ix_exit_consent_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    informed_of: Mapped[str] = mapped_column(Text)
    agrees: Mapped[bool]
    signed_by: Mapped[str] = mapped_column(String(60))
    signed_on: Mapped[date]
    withdrawn_on: Mapped[date | None]
    recorded_by: Mapped[str] = mapped_column(String(60))


class Marking(Referenced, Scoped, Base):
    """标注“风险消除” in the national system: the list it went with, and when."""

    __tablename__ = "marking"
    __table_args__ = (UniqueConstraint("case_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    round: Mapped[int]
    marked_on: Mapped[date]
    way: Mapped[str] = mapped_column(String(40))
    list_number: Mapped[str] = mapped_column(String(60))
    contact: Mapped[str] = mapped_column(String(60), default="")
    marked_by: Mapped[str] = mapped_column(String(60))
