"""The demo's platform: a small export of 政府救助平台, brought by the county's clerk and read the real way."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.authorization import scope_for
from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.leads import Lead
from fanpin.models.scoped import set_scope, within
from fanpin.rules.intake import Channel
from fanpin.rules.roles import Actor
from fanpin.steps import channels, files

HEADING = ("受理编号", "申请时间", "申请人", "申请人身份证号", "手机号", "申请人与户主关系", "户主姓名", "所在村（社区）", "救助类型", "申请事由")
# A village of a neighbouring county: such a row goes back.
ELSEWHERE = "530627102201"
COLUMNS = tuple(sheets.Column(title, 20, True) for title in HEADING)


def bring(session: Session, store: Path, county: Area, village: Area, clerk: Actor, *, now: datetime, today: date,
          work: Callable[[datetime], None]) -> int:
    """Import an export of four rows, a known household's, a stranger's, one that is on file, one from elsewhere; return how many are new."""
    set_scope(session, scope_for(clerk))
    release = next((one for one in channels.offered(session) if one.declared.channel == Channel.PROVINCE.value), None)
    if release is None:
        return 0
    home = session.scalars(select(Household).where(within(Household.area_path, (village.path,)), Household.departed_on.is_(None))
                           .order_by(Household.id.desc()).limit(1)).one()
    before = session.scalars(select(Lead).where(Lead.channel == Channel.PROVINCE).order_by(Lead.id).limit(1)).one()
    day = (today - timedelta(days=1)).isoformat()
    rows = [
        (f"YNJZ{today:%Y%m%d}00011", day, home.head.name, home.head.id_number, "", "本人", home.head.name, village.code12, "医疗救助",
         "我上个月做了手术，报销后自己还出了一万多，请帮助。"),
        (f"YNJZ{today:%Y%m%d}00024", day, "和演来", "", "0870-0000024", "女儿", "和演远", village.code12, "教育救助",
         "弟弟读职高，下学期的生活费还没有着落。"),
        (before.platform_number, before.declared_on.isoformat(), before.head_name, "", "", "本人", "", village.code12, "医疗救助", before.statement),
        (f"YNJZ{today:%Y%m%d}00031", day, "和演邻", "", "", "本人", "", ELSEWHERE, "住房救助", "房子后墙裂了。"),
    ]
    row = channels.upload(session, store, files.Upload("政府救助平台导出.xlsx", sheets.write(COLUMNS, rows, sheet="申请")), release,
                          area=county, actor=clerk, now=now)
    session.commit()
    work(now)
    session.expire_all()
    return row.taken
