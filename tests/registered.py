"""An installed adapter registered in a test's database: the pattern's declaration, for whatever department the test needs."""

from datetime import datetime

from sqlalchemy.orm import Session

from fanpin.adapters import distributions, run
from fanpin.models.adapters import AdapterCertificate, AdapterRelease
from fanpin.steps import adapters

PATTERN = "fanpin-medical-insurance"


def registered(session: Session, *, now: datetime, department: str = "medical_insurance") -> AdapterRelease:
    """Register the pattern and return its release."""
    installed = distributions.find(PATTERN)
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=now)
    release = adapters.release_named(session, PATTERN)
    release.department = department
    return release


def certified(session: Session, release: AdapterRelease, *, now: datetime, ok: bool = True) -> AdapterCertificate:
    """Store a certificate of the release, as if the worker had made it; an approval rests on one."""
    row = AdapterCertificate(release_id=release.id, digest=release.digest, asked_by="测试", asked_at=now, done_at=now, ok=ok,
                             report={"cases": []}, pdf=b"%PDF-1.7")
    session.add(row)
    session.flush()
    return row
