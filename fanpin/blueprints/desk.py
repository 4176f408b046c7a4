"""The first page of every role: what waits, since when, due when, in whose hands."""

from collections.abc import Callable

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fanpin.blueprints import desk_county, desk_oversight, desk_village
from fanpin.blueprints.desk_others import OTHERS
from fanpin.blueprints.desk_work import Bench, Group, waiting
from fanpin.blueprints.guard import logged_in, now, present, today
from fanpin.blueprints.places import names_of
from fanpin.extensions import db
from fanpin.rules.roles import ADMINISTRATORS, Role

DESKS: dict[Role, Callable[[Bench], list[Group]]] = {
    Role.VILLAGE_CADRE: desk_village.village, Role.RESIDENT_MEMBER: desk_village.village,
    Role.GROUP_CADRE: desk_village.group, Role.TOWNSHIP_CADRE: desk_village.township,
    Role.TOWNSHIP_LEADER: desk_village.township, Role.COUNTY_ANALYST: desk_county.analyst,
    Role.COUNTY_DECIDER: desk_county.decider, Role.COUNTY_LEADING_GROUP: desk_county.leading_group, **OTHERS,
}
# 六: what comes after the work on households.
ALSO: dict[Role, Callable[[Bench], list[Group]]] = {
    Role.TOWNSHIP_CADRE: desk_oversight.township, Role.TOWNSHIP_LEADER: desk_oversight.township_leader,
    Role.COUNTY_ANALYST: desk_oversight.analyst, Role.COUNTY_LEADING_GROUP: desk_oversight.steering,
    Role.PROVINCIAL_OFFICER: desk_oversight.provincial, Role.PREFECTURE: desk_oversight.steering, Role.PROVINCE: desk_oversight.steering,
}
ADMINISTRATOR = "现在没有待办。到期的账号和授权、没有做成的后台任务、该封存的审计记录会显示在这里。"
# What to read where nothing waits: who only looks, and whose work does not begin on the desk.
NOTHING = {Role.INSPECTOR: "检查人员只查看，不办理。请从上面的菜单打开农户、办理情况和辖区进度。",
           Role.DEPARTMENT_OFFICER: "现在没有待办。县里发起的核查、退回的数据、月度分析和要核准的列会显示在这里；"
                                    "每月的数据请从菜单“报送数据”报送。",
           Role.PROVINCIAL_OFFICER: "省级部门只受理信息筛查直通车的申请，现在没有要答复的。县里的部门联审由县级部门核查员答复。",
           **dict.fromkeys(ADMINISTRATORS, ADMINISTRATOR)}

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
@logged_in("自己的工作台")
def index() -> ResponseReturnValue:
    """Show the work that waits for the person's present post."""
    who = present()
    actor = who.actor if who is not None else None
    if actor is None:
        return render_template("desk/index.html", actor=None, groups=[], names={}, total=0, nothing="")
    bench = Bench(db.session(), actor, today(), now())
    groups = waiting(group for desks in (DESKS, ALSO) if actor.role in desks for group in desks[actor.role](bench))
    names = names_of(item.path for group in groups for item in group.items if item.path)
    return render_template("desk/index.html", actor=actor, groups=groups, names=names,
                           total=sum(group.count for group in groups),
                           nothing=NOTHING.get(actor.role, "现在没有待办。有新的线索、名单、核查或期限，会显示在这里。"))
