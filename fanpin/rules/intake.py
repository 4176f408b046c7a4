"""How first signs arrive, how they are sorted, and what rounds and warnings end with (三(一), 三(二))."""

from fanpin.rules.titles import TitledEnum


class Channel(TitledEnum):
    """By what way a declaration came; the first three are the policy's platforms, open all year."""

    NATIONAL_APP = ("national_app", "全国防返贫监测系统手机APP")
    NATIONAL_12317 = ("national_12317", "全国防止返贫监测和乡村振兴咨询服务平台（12317）")
    PROVINCE = ("province", "云南省“政府救助平台”")
    PAPER = ("paper", "书面申报")
    SPOKEN = ("spoken", "口头申报")

    @property
    def is_platform(self) -> bool:
        """Say whether the channel is one of the three platforms of 三(一)."""
        return self not in (Channel.PAPER, Channel.SPOKEN)


class LeadSource(TitledEnum):
    """Where a first sign comes from (三(二))."""

    DECLARATION = ("declaration", "农户自主申报")
    ROUND = ("round", "干部定期排查")
    DEPARTMENT = ("department", "部门筛查预警")
    MEDIA = ("media", "媒体反映")
    PETITION = ("petition", "信访反映")


class DifficultyCategory(TitledEnum):
    """What the household asks help for, as the provincial platform sorts it."""

    LIVING = ("living", "生活困难")
    EMPLOYMENT = ("employment", "就业困难")
    EDUCATION = ("education", "教育困难")
    MEDICAL = ("medical", "医疗困难")
    HOUSING = ("housing", "住房困难")
    WATER = ("water", "饮水困难")
    OTHER = ("other", "其他困难")


class LeadStatus(TitledEnum):
    """How far a lead has come; the original is kept whatever happens."""

    RECEIVED = ("received", "待受理")
    ACCEPTED = ("accepted", "已受理")
    MERGED = ("merged", "已并入同户线索")
    REFERRED = ("referred", "已转有关部门")
    CLOSED = ("closed", "已办结")


class LeadImportState(TitledEnum):
    """How far a platform's export is."""

    WAITING = ("waiting", "等待读取")
    READING = ("reading", "正在读取")
    DONE = ("done", "已导入")
    REFUSED = ("refused", "整份退回")


class WarningConclusion(TitledEnum):
    """What verification on the spot found of a warning."""

    AT_RISK = ("at_risk", "存在风险，启动识别")
    OTHER_POLICY = ("other_policy", "已有政策可解决，转行业部门")
    NO_RISK = ("no_risk", "无风险")
    NOT_HERE = ("not_here", "查无此人、已死亡或非本村")
    DUPLICATE = ("duplicate", "重复线索")


class RoundOccasion(TitledEnum):
    """Why a round is held (三(二): 村情民情、产业就业变化、农户家庭突发事件等)."""

    REGULAR = ("regular", "定期排查")
    VILLAGE = ("village", "村情民情变化")
    WORK = ("work", "产业就业变化")
    EMERGENCY = ("emergency", "农户家庭突发事件")


class VisitResult(TitledEnum):
    """What a round found at a household; "no problem" is a result, too."""

    NO_PROBLEM = ("no_problem", "未发现问题")
    AT_RISK = ("at_risk", "发现返贫致贫风险")
    CHANGED = ("changed", "家庭情况有变化，暂无风险")
    AWAY = ("away", "整户外出，已联系核实")


class KeyCheckStatus(TitledEnum):
    """Where a proposal of a 重点核查对象 stands; only the county analyst settles it."""

    PROPOSED = ("proposed", "待县级研判")
    SETTLED = ("settled", "已列为重点核查对象")
    DECLINED = ("declined", "未列为重点核查对象")


def declaration_problem(source: LeadSource, channel: Channel | None) -> str:
    """三(一): a declaration has a channel, other leads have none; return the mistake or an empty string."""
    if source is LeadSource.DECLARATION and channel is None:
        return "自主申报须选择申报渠道"
    if source is not LeadSource.DECLARATION and channel is not None:
        return f"“{source.title}”不填申报渠道"
    return ""
