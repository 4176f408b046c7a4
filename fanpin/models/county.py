"""县级确定 of 三(六): inquiries and answers, facts, coverage, findings, resolutions, determination."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scope, Scoped
from fanpin.models.types import Code, Encrypted, Instant, Json
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.stages import Procedure
from fanpin.rules.titles import TitledEnum

# Which department of the line was asked: the county's, or by 直通车 the province's.
AT_COUNTY, AT_PROVINCE = "county", "province"


class DepartmentOwn(Scoped):
    """A row that one department sees as its own."""

    department: Mapped[str] = mapped_column(String(40))

    @classmethod
    def seen_by_department(cls, scope: Scope) -> ColumnElement[bool]:
        """A department sees its own rows and no others."""
        return cls.department == scope.department


class _AtLevel(DepartmentOwn):
    """A row of the county's department, or of the province's where it was asked by 直通车: neither sees the other's."""

    level: Mapped[str] = mapped_column(String(10), default=AT_COUNTY)

    @classmethod
    def seen_by_department(cls, scope: Scope) -> ColumnElement[bool]:
        """The county's department sees what the county was asked and told."""
        return and_(cls.department == scope.department, cls.level == AT_COUNTY)

    @classmethod
    def seen_by_provincial(cls, scope: Scope) -> ColumnElement[bool]:
        """The province's department sees what it was asked by 直通车, and nothing else (六(一))."""
        return and_(cls.department == scope.department, cls.level == AT_PROVINCE)


class AnyInquiry(Referenced, _AtLevel, Base):
    """What a department is asked about named persons of one case; its questions are rows of their own."""

    __tablename__ = "inquiry"
    __table_args__ = (
        Index("uq_inquiry_county", "case_id", "procedure", "round", "department", unique=True,
              sqlite_where=text(f"level = '{AT_COUNTY}'"), postgresql_where=text(f"level = '{AT_COUNTY}'")),
        Index("ix_inquiry_department_signed", "department", "signed_at", "area_path"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    case_code: Mapped[str] = mapped_column(String(20))
    head_name: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(160))
    procedure: Mapped[Procedure] = mapped_column(Code(Procedure))
    round: Mapped[int]
    blocking: Mapped[bool] = mapped_column(default=True)
    asked_on: Mapped[date]
    due_on: Mapped[date]
    asked_by: Mapped[str] = mapped_column(String(60))
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_by: Mapped[str] = mapped_column(String(60), default="")
    signature_note: Mapped[str] = mapped_column(String(400), default="")
    version: Mapped[int] = mapped_column(default=1)
    ground: Mapped[str] = mapped_column(String(400), default="")
    questions: Mapped[list["Question"]] = relationship(back_populates="inquiry", order_by="Question.id")
    __mapper_args__ = {"version_id_col": version, "polymorphic_on": "level"}


class Inquiry(AnyInquiry):
    """What the county's department is asked in the joint review of one case in one round."""

    __mapper_args__ = {"polymorphic_identity": AT_COUNTY}

    @classmethod
    def seen_by_provincial(cls, scope: Scope) -> None:
        """The province's department never sees the county's joint review."""
        return None


class DirectRequest(AnyInquiry):
    """信息筛查直通车: what the county asks the province's department, on a ground of its own (六(一))."""

    __mapper_args__ = {"polymorphic_identity": AT_PROVINCE}

    @classmethod
    def seen_by_department(cls, scope: Scope) -> None:
        """The county's department never sees what the province's is asked."""
        return None

    @property
    def number(self) -> str:
        """Return the number by which both sides speak of the request."""
        return f"直通车{self.asked_on.year}-{self.id:06d}"


class Question(Referenced, _AtLevel, Base):
    """One kind of fact about one person (or the household), under a random token."""

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_inquiry_id", "inquiry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"))
    kind: Mapped[str] = mapped_column(String(40))
    token: Mapped[str] = mapped_column(String(14), unique=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    kin_id: Mapped[int | None] = mapped_column(ForeignKey("kin.id"))
    subject_name: Mapped[str] = mapped_column(String(60))
    subject_relation: Mapped[str] = mapped_column(String(40), default="")
    subject_id_number: Mapped[str | None] = mapped_column(Encrypted("question.subject_id_number"))
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    answer: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    as_of: Mapped[date | None]
    later_due: Mapped[date | None]
    by_hand: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[str] = mapped_column(String(400), default="")
    answered_by: Mapped[str] = mapped_column(String(60), default="")
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    by_province: Mapped[bool] = mapped_column(default=False)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), index=True)
    # The release of the adapter that answered by itself; of what came by a delivery, the delivery knows it.
    release_id: Mapped[int | None] = mapped_column(ForeignKey("adapter_release.id"), index=True)
    inquiry: Mapped[AnyInquiry] = relationship(back_populates="questions")


class Batch(Referenced, _AtLevel, Base):
    """One delivery of answers by a department: transport, as-of date, digest."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    transport: Mapped[str] = mapped_column(String(20))
    as_of: Mapped[date]
    digest: Mapped[str] = mapped_column(String(80))
    rows: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(Instant)
    received_from: Mapped[str] = mapped_column(String(60))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), index=True)


class FactRow(_AtLevel, Base):
    """A fact that a department answers for, kept while a case or a warning needs it; of a village, without a household.

    `number` is the fact's in the county's Parquet files, in force once; a fact that answers a question has none.
    """

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_question_id", "question_id"), Index("ix_fact_household_kind", "household_id", "kind"),
        Index("uq_fact_number", "number", unique=True, sqlite_where=text("NOT superseded"), postgresql_where=text("NOT superseded")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    kin_id: Mapped[int | None] = mapped_column(ForeignKey("kin.id"))
    number: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(40))
    ref_no: Mapped[str] = mapped_column(String(80), default="")
    date: Mapped[date | None]
    ended: Mapped[date | None]
    amount: Mapped[int | None]
    value: Mapped[str] = mapped_column(String(40), default="")
    other: Mapped[str] = mapped_column(String(60), default="")
    label: Mapped[str] = mapped_column(String(40), default="")
    as_of: Mapped[date]
    raw_digest: Mapped[str] = mapped_column(String(80))
    superseded: Mapped[bool] = mapped_column(default=False)


class CoverageRow(_AtLevel, Base):
    """What proves "clear": which register was searched, for whom, up to which day, completely or not."""

    __tablename__ = "coverage"
    __table_args__ = (Index("ix_coverage_question_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    kind: Mapped[str] = mapped_column(String(40))
    register_scope: Mapped[str] = mapped_column(String(120))
    covers_from: Mapped[date | None]
    covers_to: Mapped[date]
    complete: Mapped[bool]
    digest: Mapped[str] = mapped_column(String(80))


class FindingRow(Referenced, Scoped, Base):
    """A circumstance rule that holds for a case, with its evidence and its sentence."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("case_id", "rule", "subject", "evidence_digest"),
        Index("ix_finding_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    rule: Mapped[str] = mapped_column(String(40))
    circumstance: Mapped[int]
    subject: Mapped[str] = mapped_column(String(40))
    subject_name: Mapped[str] = mapped_column(String(60), default="")
    evidence: Mapped[list[int]] = mapped_column(JSON, default=list)
    evidence_digest: Mapped[str] = mapped_column(String(80))
    explanation: Mapped[str] = mapped_column(Text)
    current: Mapped[bool] = mapped_column(default=True)
    found_on: Mapped[date]


class Resolution(Referenced, Scoped, Base):
    """What people did with a hit; it stands for exactly this evidence and reopens when that changes."""

    __tablename__ = "resolution"
    __table_args__ = (Index("ix_resolution_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    circumstance: Mapped[int]
    subject: Mapped[str] = mapped_column(String(40))
    evidence_digest: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    clarification: Mapped[str] = mapped_column(String(60), default="")
    details: Mapped[Json] = mapped_column(JSON, default=dict)
    resolved_by: Mapped[str] = mapped_column(String(60))
    resolved_at: Mapped[datetime] = mapped_column(Instant)
    replaced: Mapped[bool] = mapped_column(default=False)


class UnaskedStatement(Referenced, Scoped, Base):
    """The village's verified statement about an adult who has not signed: 未授权未查询, accepted by the county."""

    __tablename__ = "unasked_statement"
    __table_args__ = (UniqueConstraint("case_id", "procedure", "round", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    procedure: Mapped[Procedure] = mapped_column(Code(Procedure))
    round: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    member_name: Mapped[str] = mapped_column(String(60))
    statement: Mapped[str] = mapped_column(Text)
    stated_by: Mapped[str] = mapped_column(String(60))
    stated_by_id: Mapped[int]
    stated_at: Mapped[datetime] = mapped_column(Instant)
    accepted_by: Mapped[str] = mapped_column(String(60), default="")
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)


class DeterminationResult(TitledEnum):
    """What the county decided."""

    INCLUDED = ("included", "确定为监测对象")
    NOT_INCLUDED = ("not_included", "不予纳入")
    ELIMINATED = ("eliminated", "同意风险消除")


class Determination(Referenced, Scoped, Base):
    """The county's decision on a case, and the five dates that follow it in order."""

    __tablename__ = "determination"
    __table_args__ = (UniqueConstraint("case_id", "procedure", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    procedure: Mapped[Procedure] = mapped_column(Code(Procedure))
    round: Mapped[int]
    result: Mapped[DeterminationResult] = mapped_column(Code(DeterminationResult))
    household_class: Mapped[HouseholdClass | None] = mapped_column(Code(HouseholdClass))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(60))
    document: Mapped[str] = mapped_column(String(80), default="")
    reported_on: Mapped[date | None]
    report_document: Mapped[str] = mapped_column(String(80), default="")
    lead_department: Mapped[str] = mapped_column(String(40), default="")
    lead_named_on: Mapped[date | None]
    entry_due_on: Mapped[date | None]
    entered_on: Mapped[date | None]
    national_number: Mapped[str] = mapped_column(String(60), default="")
    letter_paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
