"""The household's file: household, members, kin outside it, focus records, income, guarantees."""

from datetime import date, datetime

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.areas import Area
from fanpin.models.measures import Measure
from fanpin.models.scoped import Referenced, Scope, Scoped
from fanpin.models.types import Code, Encrypted, Instant, Json, bytewise
from fanpin.rules.income import IncomeStatement
from fanpin.rules.members import FocusGroup, LabourSkill, Relation, Sex
from fanpin.rules.titles import TitledEnum


class Household(Referenced, Scoped, Base):
    """A rural household at its villagers' group; its head's name and pinyin are kept here for lists."""

    __tablename__ = "household"
    __table_args__ = (
        Index("ix_household_area_path_id", "area_path", "id"),
        # With the path, so that a search within an area is answered from the index alone.
        Index("ix_household_head_name", "head_name", "area_path"),
        Index("ix_household_head_initials", "head_initials", "area_path"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    head_name: Mapped[str] = mapped_column(bytewise(60))
    head_initials: Mapped[str] = mapped_column(bytewise(60), default="")
    size: Mapped[int] = mapped_column(default=0)
    lifted: Mapped[bool] = mapped_column(default=False)
    lives_here: Mapped[bool] = mapped_column(default=True)
    rural_services: Mapped[bool] = mapped_column(default=True)
    hukou_place: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str | None] = mapped_column(Encrypted("household.address"))
    phone: Mapped[str | None] = mapped_column(Encrypted("household.phone"))
    relocation_community: Mapped[str] = mapped_column(String(80), default="")
    national_code: Mapped[str] = mapped_column(String(40), default="", index=True)
    # What the national export tells and no column here holds (JSON): kept, and given back at export.
    extra: Mapped[str | None] = mapped_column(Encrypted("household.extra"))
    departed_on: Mapped[date | None]
    departed_reason: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(60))
    members: Mapped[list["Member"]] = relationship(back_populates="household", order_by="Member.position")
    kin: Mapped[list["Kin"]] = relationship(back_populates="household", order_by="Kin.id")
    group: Mapped[Area] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def seen_by_assigned(cls, scope: Scope) -> ColumnElement[bool]:
        """A lead department or helper sees the households whose measures it has taken on."""
        return cls.id.in_(select(Measure.household_id).where(Measure.taken_on_by(scope)))

    @property
    def present_members(self) -> list["Member"]:
        """List the members who have not left."""
        return [member for member in self.members if member.left_on is None]

    @property
    def head(self) -> "Member | None":
        """Return the 户主."""
        return next((member for member in self.present_members if member.relation is Relation.HEAD), None)


class Member(Referenced, Scoped, Base):
    """A person of the household; the ID number is encrypted and found by its blind index."""

    __tablename__ = "member"
    __table_args__ = (
        Index("ix_member_household_id", "household_id"),
        Index("ix_member_id_index", "id_index"),
        Index("ix_member_name", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(60))
    relation: Mapped[Relation] = mapped_column(Code(Relation))
    id_number: Mapped[str | None] = mapped_column(Encrypted("member.id_number"))
    id_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    born_on: Mapped[date | None]
    sex: Mapped[Sex | None] = mapped_column(Code(Sex))
    ethnicity: Mapped[str] = mapped_column(String(10), default="")
    education: Mapped[str] = mapped_column(String(40), default="")
    schooling: Mapped[str] = mapped_column(String(40), default="")
    school: Mapped[str] = mapped_column(String(80), default="")
    health: Mapped[list[str]] = mapped_column(JSON, default=list)
    labour: Mapped[LabourSkill | None] = mapped_column(Code(LabourSkill))
    work: Mapped[str] = mapped_column(String(120), default="")
    work_months: Mapped[int | None]
    disability_certificate: Mapped[str | None] = mapped_column(Encrypted("member.disability_certificate"))
    insured: Mapped[bool | None]
    extra: Mapped[str | None] = mapped_column(Encrypted("member.extra"))
    left_on: Mapped[date | None]
    left_reason: Mapped[str] = mapped_column(String(40), default="")
    household: Mapped[Household] = relationship(back_populates="members")

    @classmethod
    def seen_by_assigned(cls, scope: Scope) -> ColumnElement[bool]:
        """A lead department or helper sees the persons of the households it has taken on."""
        return cls.household_id.in_(select(Measure.household_id).where(Measure.taken_on_by(scope)))


class Kin(Referenced, Scoped, Base):
    """A parent, spouse or child of the head who lives elsewhere (附件2 第一项); asked about 公职 only."""

    __tablename__ = "kin"
    __table_args__ = (Index("ix_kin_household_id", "household_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    name: Mapped[str] = mapped_column(String(60))
    relation: Mapped[Relation] = mapped_column(Code(Relation))
    id_number: Mapped[str | None] = mapped_column(Encrypted("kin.id_number"))
    household: Mapped[Household] = relationship(back_populates="kin")


class FocusRecord(Scoped, Base):
    """A dated attribute of 二(一)'s focus groups, with its source; it orders attention, decides nothing."""

    __tablename__ = "focus_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    group: Mapped[FocusGroup] = mapped_column(Code(FocusGroup))
    since: Mapped[date]
    until: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(120))


class IncomeRecord(Scoped, Base):
    """One account of income and spending over a period, in fen, for a household and (if any) a case."""

    __tablename__ = "income_record"
    __table_args__ = (Index("ix_income_record_household_id", "household_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("monitoring_case.id"))
    period_from: Mapped[date]
    period_to: Mapped[date]
    amounts: Mapped[Json] = mapped_column(JSON)
    claims: Mapped[int] = mapped_column(default=0)
    compliant_spending: Mapped[int] = mapped_column(default=0)
    other_spending: Mapped[int] = mapped_column(default=0)
    heads_now: Mapped[int]
    heads_year: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(String(60))

    def statement(self) -> IncomeStatement:
        """Return the account as the rules know it."""
        return IncomeStatement(
            period_from=self.period_from, period_to=self.period_to, amounts=dict(self.amounts), claims=self.claims,
            compliant_spending=self.compliant_spending, other_spending=self.other_spending,
            heads_now=self.heads_now, heads_year=self.heads_year,
        )


class GuaranteeRecord(Scoped, Base):
    """两不愁三保障 and drinking water as found on one day."""

    __tablename__ = "guarantee_record"
    __table_args__ = (Index("ix_guarantee_record_household_id", "household_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("monitoring_case.id"))
    seen_on: Mapped[date]
    food: Mapped[bool]
    clothing: Mapped[bool]
    housing: Mapped[bool]
    schooling: Mapped[bool]
    medical: Mapped[bool]
    water: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str] = mapped_column(String(60))




class PopulationKind(TitledEnum):
    """What changes who belongs to a household."""

    BIRTH = ("birth", "出生")
    MARRIED_IN = ("married_in", "婚入")
    MOVED_IN = ("moved_in", "迁入")
    DEATH = ("death", "死亡")
    MARRIED_OUT = ("married_out", "婚出")
    MOVED_OUT = ("moved_out", "迁出")
    SPLIT = ("split", "分户")
    MERGE = ("merge", "并户")
    MOVE = ("move", "整户迁移")


class PopulationEvent(Referenced, Scoped, Base):
    """A change of who belongs to a household: when, on what document, for what reason, with which other household."""

    __tablename__ = "population_event"
    __table_args__ = (Index("ix_population_event_household", "household_id"),
                      Index("ix_population_event_other", "other_household_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    other_household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    kind: Mapped[PopulationKind] = mapped_column(Code(PopulationKind))
    happened_on: Mapped[date]
    persons: Mapped[list[str]] = mapped_column(JSON)
    document: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(200), default="")
    places: Mapped[str] = mapped_column(String(200), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
