"""实地调查 of 三(三): the survey, the application, the consent and its signatures."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Instant, Json
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.stages import Procedure


class Survey(Referenced, Scoped, Base):
    """One visit: ten items, five judgements, risks, class, conclusion, and who signed."""

    __tablename__ = "survey"
    __table_args__ = (UniqueConstraint("case_id", "procedure", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    procedure: Mapped[Procedure] = mapped_column(Code(Procedure))
    round: Mapped[int]
    visited_on: Mapped[date]
    visitors: Mapped[list[str]] = mapped_column(JSON)
    household_signed: Mapped[bool] = mapped_column(default=False)
    items: Mapped[Json] = mapped_column(JSON)
    judgements: Mapped[Json] = mapped_column(JSON)
    grounds: Mapped[Json] = mapped_column(JSON, default=dict)
    # 附件2 第八项 and 第九项, person by person: member ids.
    empty_registered: Mapped[list[int]] = mapped_column(JSON, default=list)
    not_sharing: Mapped[list[int]] = mapped_column(JSON, default=list)
    risks: Mapped[list[str]] = mapped_column(JSON, default=list)
    household_class: Mapped[HouseholdClass | None] = mapped_column(Code(HouseholdClass))
    class_reason: Mapped[str] = mapped_column(Text, default="")
    motivation_weak: Mapped[bool] = mapped_column(default=False)
    stable_work_income: Mapped[bool] = mapped_column(default=False)
    no_development_reason: Mapped[str] = mapped_column(Text, default="")
    conclusion: Mapped[str] = mapped_column(Text, default="")
    income_record_id: Mapped[int | None] = mapped_column(ForeignKey("income_record.id"))
    guarantee_record_id: Mapped[int | None] = mapped_column(ForeignKey("guarantee_record.id"))
    typed_fields: Mapped[int] = mapped_column(default=0)
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Consent(Referenced, Scoped, Base):
    """The household's application and 授权承诺书: truth, authorisation, classes, term."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_household_id", "household_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    applied_on: Mapped[date | None]
    application_reason: Mapped[str] = mapped_column(Text, default="")
    truth_declared: Mapped[bool] = mapped_column(default=False)
    authorised: Mapped[bool] = mapped_column(default=False)
    classes: Mapped[list[str]] = mapped_column(JSON, default=list)
    signed_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    written_by: Mapped[str] = mapped_column(String(60), default="")
    witness: Mapped[str] = mapped_column(String(60), default="")
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    signatures: Mapped[list["ConsentSignature"]] = relationship(back_populates="consent")

    def valid_on(self, day: date) -> bool:
        """Say whether the authorisation may be relied upon on the day."""
        return bool(self.authorised and self.signed_on and self.withdrawn_on is None
                    and self.signed_on <= day and (self.valid_until is None or day <= self.valid_until))


class ConsentSignature(Scoped, Base):
    """One person's signature or fingerprint under the consent, with the classes that this person has ticked."""

    __tablename__ = "consent_signature"
    __table_args__ = (UniqueConstraint("consent_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    signed_on: Mapped[date]
    classes: Mapped[list[str]] = mapped_column(JSON, default=list)
    consent: Mapped[Consent] = relationship(back_populates="signatures")
