"""Build the demo county: its people, a year of history, planted stories, cases at every stage, departments' sheets."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from fanpin.authorization import scope_for
from fanpin.cli.demo_channels import bring
from fanpin.cli.demo_delivered import Departments
from fanpin.cli.demo_ledger import Ledger
from fanpin.cli.demo_national import exported
from fanpin.cli.demo_oversight import Oversight
from fanpin.cli.demo_people import ADMINISTRATOR_NAMES, COUNTY, PASSWORD, Names
from fanpin.cli.demo_places import places
from fanpin.cli.demo_planted import Planted
from fanpin.cli.demo_regional import Regional
from fanpin.cli.demo_registers import Registers
from fanpin.cli.demo_settling import BY, Staffed, known_passwords, people, publish_phones, staff
from fanpin.cli.demo_sheets import filed, finish, written
from fanpin.cli.demo_stories import Stories
from fanpin.cli.demo_year import Year
from fanpin.cli.procession import Procession
from fanpin.cli.village_procession import Calendar
from fanpin.clock import at_noon
from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.roles import Actor, Role
from fanpin.security import hash_password
from fanpin.steps import areas, files, installation

BEGUN_BEFORE = timedelta(days=420)
# Of the three villages' year a few months are told, how many ago; the whole county's has all twelve.
SMALL_YEAR, SMALL_MONTH, MONTH = (2, 6, 10), 2, 4
# The county's year happens in every seventh village.
APART = 7


class Build:
    """Fill an empty database with a demo county; `work` lets the worker carry out, at an instant, what was owed."""

    def __init__(self, session: Session, store: Path, *, count: int, today: date, work: Callable[[datetime], None],
                 say: Callable[[str], None]) -> None:
        self.session, self.store, self.count, self.today = session, store, count, today
        self.begun, self._work, self._say = today - BEGUN_BEFORE, work, say
        self.registers = Registers(today=today)

    def found(self, *, offset: int) -> None:
        """Install areas, lines, accounts and groups."""
        session, now = self.session, at_noon(self.begun)
        set_scope(session, Scope(ScopeKind.SYSTEM, reason=BY))
        installation.install(session, county_code=COUNTY, kind=installation.DEMO, names=ADMINISTRATOR_NAMES, by=BY, now=now,
                             today=self.begun)
        installation.mark(session, clock_offset_days=str(offset), demo_day=self.today.isoformat())
        secret = hash_password(PASSWORD)
        known_passwords(session, secret)
        self.staffed: Staffed = staff(session, places(session, self.count), secret, begun=self.begun)
        self.county = areas.by_code(session, COUNTY)
        publish_phones(session)
        session.commit()
        self._say(f"账号{len(self.staffed.actors)}个；正在登记{self.count}户……")

    def tell(self) -> str:
        """Settle the households and tell everything that happened to them; return it in words."""
        settled = people(self.session, self.staffed, Names(), self.registers, begun=self.begun)
        finish(self.registers)
        self.session.add_all([self.county, *(place.village for place in self.staffed.places)])
        self._say("正在补写一年来的办理……")
        year = Year(self.session, {}, today=self.today, procession=self._procession, screenshot=self._screenshot)
        said = self._year(year)
        departments = Departments(self.session, self.store, county=self.county, officers=self.staffed.officers(), work=self._work)
        self._say("正在办理设定的故事……")
        planted = self._plant(departments)
        homes = {village.id: year.untouched(village)[::-1] for village in self.staffed.villages}
        told = Stories(self.session, homes, today=self.today, procession=self._procession, screenshot=self._screenshot).tell(
            self.staffed.villages)
        events = Regional(self.session, self.staffed.actors, self.staffed.villages, today=self.today).tell()
        steered = Oversight(self.session, self.staffed.actors, self.staffed.villages[0], today=self.today).tell()
        self.session.commit()
        self._say("正在报送部门数据、按月筛查……")
        warnings = self._deliver(departments)
        set_scope(self.session, Scope(ScopeKind.SYSTEM, reason=BY))
        installation.note(self.session, told, by=BY, now=at_noon(self.today))
        self.session.commit()
        return (f"演示县已建立：{len(self.staffed.places)}个村、{settled}户；{told}；{said}；{planted}个设定的故事（fanpin demo stories 逐个说明）；"
                f"{events}；{steered}；部门报送{departments.sent}份表，形成{warnings}条到户预警。")

    def _year(self, year: Year) -> str:
        whole = any(not place.stories for place in self.staffed.places)
        villages = [place.village for place in self.staffed.places if not place.stories][::APART] if whole else self.staffed.villages
        said = year.tell_year(villages, months=range(1, 13) if whole else SMALL_YEAR, per_month=MONTH if whole else SMALL_MONTH)
        year.open_rounds([place.village for place in self.staffed.places])
        return said

    def _plant(self, departments: Departments) -> int:
        def answered(calendar: Calendar) -> None:
            departments.approve(self.staffed.actors["xianshen"], calendar)
            departments.send(written(self.registers, answering=True), calendar)

        told = Planted(
            self.session, self.staffed.villages[-1], today=self.today, begun=self.begun, ledger=Ledger(),
            civil_affairs=self.staffed.actors["zhuze2"], procession=self._procession, screenshot=self._screenshot,
            answered=answered).tell()
        self.session.commit()
        return told

    def _deliver(self, departments: Departments) -> int:
        calendar = Calendar(self.today)
        bring(self.session, self.store, self.county, self.staffed.villages[0], self.staffed.actors["xian"], now=calendar.now,
              today=self.today, work=self._work)
        departments.send((*written(self.registers, answering=False), filed(exported(self.session))), calendar)
        warnings = departments.screen(self.staffed.actors["xian"], calendar)
        departments.verify([self._cadre(village) for village in self.staffed.villages], calendar)
        self._work(calendar.now)
        return warnings

    def _cadre(self, village: Area) -> Actor:
        return self.staffed.of_village(village)[Role.VILLAGE_CADRE]

    def _procession(self, village: Area, day: date) -> Procession:
        return Procession(self.session, self.staffed.of_village(village), self.staffed.officers(), Calendar(day))

    def _screenshot(self, village: Area, household: Household) -> int:
        actor = self._cadre(village)
        set_scope(self.session, scope_for(actor))
        return files.add(self.session, self.store, files.Upload("平台截图.png", platform_picture()), area_path=village.path,
                         purpose="政府救助平台发布截图", household_id=None, actor=actor, now=at_noon(self.today)).id


def platform_picture() -> bytes:
    """Draw an invented screenshot that says what it is."""
    image = Image.new("RGB", (640, 360), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 640, 48), fill=(178, 34, 34))
    pen.text((16, 16), "DEMO - not a real page", fill="white")
    pen.text((16, 80), "Public notice posted on the assistance platform (demonstration)", fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


