"""常设批准 (附件1): the county's approval of a release signs for answers that came of it alone."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.models.adapters import AdapterRelease
from fanpin.models.county import Inquiry
from fanpin.models.deliveries import Delivery
from fanpin.models.dossier_county import is_present
from fanpin.rules.areas import AreaLevel
from fanpin.steps import adapters, doing

STANDING = "常设批准"


def sign(session: Session, inquiry: Inquiry, *, today: date, now: datetime) -> None:
    """Sign where every answer is present and came of a release that the county approves, by delivery or by question."""
    if not all(is_present(question, today) and (question.delivery_id or question.release_id) for question in inquiry.questions):
        return
    deliveries = {question.delivery_id for question in inquiry.questions if question.delivery_id is not None}
    numbers = {question.release_id for question in inquiry.questions if question.delivery_id is None}
    numbers |= set(session.scalars(select(Delivery.release_id).where(Delivery.id.in_(deliveries)))) if deliveries else set()
    releases = [session.get(AdapterRelease, number) if number is not None else None for number in sorted(numbers, key=str)]
    county = doing.ancestor(session, inquiry.area_path, AreaLevel.COUNTY)
    approvals = [adapters.approval_of(session, release, county.path) if release is not None else None for release in releases]
    documents = list(dict.fromkeys(row.document for row in approvals if row is not None))
    if not approvals or None in approvals:
        return
    inquiry.signed_at, inquiry.signed_by, inquiry.signature_note = now, STANDING, f"依据{'、'.join(documents)}"[:400]
    audit.record(session, "exchange.standing", actor="系统", now=now, stream=audit.case_stream(inquiry.case_id), object=inquiry.ref,
                 area_path=inquiry.area_path, facts={"department": inquiry.department, "documents": documents})
