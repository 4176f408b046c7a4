"""What goes out to other systems, put there by hand: for tests of who may see it."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from fanpin.adapters import distributions, run
from fanpin.adapters.parcels import Errand
from fanpin.clock import legal_date
from fanpin.models.adapters import AdapterRelease
from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.national import NationalSheet, NationalTask, SheetState, TaskState
from fanpin.models.notices import NoticePlace
from fanpin.models.postings import PlatformPosting, PostingState
from fanpin.models.types import new_ref
from fanpin.rules.roles import Actor
from fanpin.steps import adapters, files
from fanpin.steps.outlets import outlet_for

POSTING, NATIONAL = "fanpin-outlet-rescue-platform", "fanpin-outlet-national-system"


def installed_outlet(session: Session, name: str, *, now: datetime) -> AdapterRelease:
    """Register an outlet that lies in the repository and return its release."""
    installed = distributions.find(name)
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=now)
    session.flush()
    release = outlet_for(session, Errand.ENTER if name == NATIONAL else Errand.POST_NOTICE)
    assert release is not None
    return release


def ready(session: Session, place: NoticePlace, *, head: str) -> NoticePlace:
    """Leave content for the platform at a place."""
    session.add(PlatformPosting(place_id=place.id, area_path=place.area_path, errand=Errand.POST_NOTICE, state=PostingState.READY, key=new_ref(),
                                title="公示", text=head, headings=["户主姓名"], rows=[[head]]))
    session.flush()
    return place


def owed_there(session: Session, store: Path, county: Area, household: Household, *, actor: Actor, now: datetime) -> dict[str, object]:
    """Leave a household to be entered in the national system, on a sheet that can be fetched."""
    file = files.keep(session, store, f"PK全国{household.id}".encode(), media_type="text/csv", name="录入.csv", area_path=county.path,
                      purpose="导出", household_id=None, actor=actor, now=now)
    sheet = NationalSheet(area_id=county.id, area_path=county.path, errand=Errand.ENTER, number=f"{county.name}全国系统〔2026〕1号",
                          state=SheetState.READY, outlet=NATIONAL, households=1, file_id=file.id, created_at=now, created_by=actor.name,
                          created_by_id=actor.user_id)
    session.add(sheet)
    session.flush()
    task = NationalTask(household_id=household.id, area_path=household.area_path, errand=Errand.ENTER, state=TaskState.OPEN,
                        opened_on=legal_date(now), opened_by=actor.name, sheet_id=sheet.id)
    session.add(task)
    session.flush()
    return {"national_task": task, "national_sheet": sheet}
