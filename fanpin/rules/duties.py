"""Who knows what, who may be asked what about whom: one door to the tables of 附件1 and the review of 三(六)."""

from fanpin.rules.departments import BLOCKING_DEPARTMENTS, Department, DutyKind
from fanpin.rules.duty_kinds import Basis, Column, ConsentClass, Kind, Sensitivity, SubjectKind, Unit
from fanpin.rules.duty_tables import (
    DUTIES, FACTS_OF_REVIEW, KINDS, Answerer, Duty, FactOfReview, Source, duties_of, kind_of, review_problems,
)
from fanpin.rules.inquiries import (
    HOUSEHOLD, InquiryPlan, NotAsked, NotAskedReason, PersonRole, PersonToAsk, Question, inquiries_for,
)

__all__ = [
    "BLOCKING_DEPARTMENTS", "DUTIES", "FACTS_OF_REVIEW", "HOUSEHOLD", "KINDS", "Answerer", "Basis", "Column",
    "ConsentClass", "Department", "Duty", "DutyKind", "FactOfReview", "InquiryPlan", "Kind", "NotAsked",
    "NotAskedReason", "PersonRole", "PersonToAsk", "Question", "Sensitivity", "Source", "SubjectKind", "Unit",
    "duties_of", "inquiries_for", "kind_of", "review_problems",
]
