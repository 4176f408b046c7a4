"""二(四) 防止规模性返贫: kinds of event, whom one may reach, states, relocation communities, causes to put right."""

from collections.abc import Iterable

from fanpin.rules.areas import AreaLevel, contains
from fanpin.rules.titles import TitledEnum


class EventKind(TitledEnum):
    """What 二(四) has every level and department watch for."""

    WEATHER = ("weather", "气象灾害")
    EARTHQUAKE = ("earthquake", "地震灾害")
    GEOLOGICAL = ("geological", "地质灾害")
    FIRE = ("fire", "森林草原火灾")
    BIOLOGICAL = ("biological", "生物灾害")
    EPIDEMIC = ("epidemic", "疫情等公共卫生事件")
    PRICE = ("price", "大宗农副产品价格持续大幅下滑")
    UNEMPLOYMENT = ("unemployment", "农村劳动力失业明显增多")
    PROJECT = ("project", "乡村产业项目失败")
    RELOCATION = ("relocation", "安置区搬迁人口就业和社区融入")
    OTHER = ("other", "其他重大突发事件")


class EventSource(TitledEnum):
    """Who noticed it first."""

    WATCH = ("watch", "本级监测发现")
    DEPARTMENT = ("department", "部门通报")
    SUPERIOR = ("superior", "上级通知")
    VILLAGERS = ("villagers", "群众反映")
    MEDIA = ("media", "媒体、信访反映")
    FIGURES = ("figures", "数据监测提示")


class Degree(TitledEnum):
    """How grave it is, as the issuing department's document says."""

    UNKNOWN = ("unknown", "尚未评估")
    ORDINARY = ("ordinary", "一般")
    LARGE = ("large", "较大")
    MAJOR = ("major", "重大")
    EXTREME = ("extreme", "特别重大")


class ExposedBy(TitledEnum):
    """By what a household is exposed to an event; `asks` names the word that is looked for, "" for none."""

    AREA = ("area", "受影响地区内的全部农户")
    GROWERS = ("growers", "种植、养殖某种作物或畜禽的农户")
    WORKERS = ("workers", "有成员在某地、某企业或某行业务工的农户")
    PROJECT = ("project", "参与某个产业项目的农户")
    COMMUNITY = ("community", "某个集中安置区的搬迁农户")
    REPORTED = ("reported", "部门已登记受灾、未复工的农户")
    NAMED = ("named", "逐户指定")

    @property
    def asks(self) -> str:
        """Return what the word names: a crop, a place of work, a project."""
        return _ASKED.get(self, "")


_ASKED = {ExposedBy.GROWERS: "作物或畜禽", ExposedBy.WORKERS: "务工地、企业或行业", ExposedBy.PROJECT: "产业项目"}

# Which facts that departments provide of households (附件1) tell of which kind of event.
_ALL_DISASTERS = ("natural_disaster", "farm_disaster")
REPORTED_KINDS: dict[EventKind, tuple[str, ...]] = {
    EventKind.WEATHER: (*_ALL_DISASTERS, "dangerous_house", "water_shortage"),
    EventKind.EARTHQUAKE: ("natural_disaster", "dangerous_house", "water_shortage"),
    EventKind.GEOLOGICAL: (*_ALL_DISASTERS, "dangerous_house", "water_shortage"),
    EventKind.FIRE: ("fire_loss", "forest_disaster"),
    EventKind.BIOLOGICAL: ("farm_disaster", "forest_disaster"),
    EventKind.EPIDEMIC: ("not_back_at_work",),
    EventKind.UNEMPLOYMENT: ("not_back_at_work",),
    EventKind.PROJECT: ("farm_disaster",),
    EventKind.RELOCATION: ("not_back_at_work",),
    EventKind.OTHER: ("natural_disaster", "fire_loss", "farm_disaster", "forest_disaster", "water_shortage"),
}


class EventState(TitledEnum):
    """How far the work on an event has come: it follows from what is on record and is never set by hand."""

    WATCHING = ("watching", "监测中，待制定防范措施")
    PLANNED = ("planned", "已制定防范措施")
    RESPONDING = ("responding", "正在落实帮扶举措")
    CLOSED = ("closed", "已办结")


class ExposureResult(TitledEnum):
    """What was found at an exposed household; "not affected" is a result, too."""

    UNAFFECTED = ("unaffected", "未受影响")
    AFFECTED = ("affected", "受到影响，暂无返贫致贫风险")
    AT_RISK = ("at_risk", "发现返贫致贫风险")
    AWAY = ("away", "整户外出，已联系核实")


class HelpedWho(TitledEnum):
    """Which households a response was for."""

    AT_RISK = ("at_risk", "发现返贫致贫风险的农户")
    AFFECTED = ("affected", "受到影响的农户（含有风险的）")
    EXPOSED = ("exposed", "名单上的全部农户")
    OTHERS = ("others", "另外说明")


class SizeClass(TitledEnum):
    """大中型…集中安置区: the size class as the relocation plan's document gives it."""

    VERY_LARGE = ("very_large", "特大型")
    LARGE = ("large", "大型")
    MEDIUM = ("medium", "中型")
    SMALL = ("small", "小型")


class Indicator(TitledEnum):
    """The two indicators of a relocation community; `part` of `whole` gives the share."""

    EMPLOYMENT = ("employment", "就业")
    INTEGRATION = ("integration", "社区融入")

    @property
    def part(self) -> str:
        """Return what is counted."""
        return "已就业人数" if self is Indicator.EMPLOYMENT else "就学、就医、户籍或居住证、参加社区活动均已落实的户数"

    @property
    def whole(self) -> str:
        """Return what it is counted of."""
        return "有劳动能力且愿意就业的人数" if self is Indicator.EMPLOYMENT else "入住户数"


class Cause(TitledEnum):
    """因工作、责任、政策落实不到位造成的返贫."""

    WORK = ("work", "工作落实不到位")
    RESPONSIBILITY = ("responsibility", "责任落实不到位")
    POLICY = ("policy", "政策落实不到位")


class RectificationState(TitledEnum):
    """Where a rectification task stands; on desks until somebody else has verified it."""

    OPEN = ("open", "整改中")
    DONE = ("done", "已整改，待核验")
    VERIFIED = ("verified", "核验通过")


def state_of(*, closed: bool, plans: int, responses: int) -> EventState:
    """Return an event's state from what is on record."""
    if closed:
        return EventState.CLOSED
    if responses:
        return EventState.RESPONDING
    return EventState.PLANNED if plans else EventState.WATCHING


def share_in_tenths(part: int, whole: int) -> int | None:
    """Return the share in tenths of a percent, None of nothing."""
    return None if whole <= 0 else (part * 2000 + whole) // (2 * whole)


def worsened(before: tuple[int, int] | None, now: tuple[int, int]) -> bool:
    """Say whether a share (part, whole) is smaller than before: any fall is shown, people judge what it means."""
    return before is not None and before[1] > 0 and now[1] > 0 and now[0] * before[1] < before[0] * now[1]


def outermost(paths: Iterable[str]) -> list[str]:
    """Leave out every area that lies in another one of the list."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(contains(outer, path) for outer in kept):
            kept.append(path)
    return kept


def common(paths: Iterable[str]) -> str:
    """Return the smallest area that holds them all, as a path; "" of areas that share none."""
    lines = [path.strip("/").split("/") for path in paths]
    shared = []
    for parts in zip(*lines):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return f"/{'/'.join(shared)}/" if shared else ""


def above(level: AreaLevel) -> AreaLevel | None:
    """Return the level to which an event is reported on; a group reports to its village, the province to nobody here."""
    return AreaLevel(level - 1) if level > AreaLevel.PROVINCE else None
