"""Numbers of papers: given once, in order, per area, kind and year."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from fanpin.models.papers import PaperNumber
from fanpin.steps import doing


def next_number(session: Session, kind: str, area_path: str, year: int) -> str:
    """Take the next number of a kind in an area and year, such as `大箐村公示〔2026〕3号`."""
    series = f"{kind}{area_path}{year}"
    taken = session.execute(
        update(PaperNumber).where(PaperNumber.series == series).values(last=PaperNumber.last + 1)
        .returning(PaperNumber.last)).scalar_one_or_none()
    if taken is None:
        session.add(PaperNumber(series=series, last=1))
        session.flush()
        taken = 1
    area = doing.area_of(session, int(area_path.strip("/").split("/")[-1]))
    return f"{area.name}{kind}〔{year}〕{taken}号"
