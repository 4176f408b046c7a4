"""For which version of the contract a plugin was written, what role it plays, and whether both are still understood here."""

from fanpin.rules.titles import TitledEnum

# Raised when a plugin written yesterday would have to be written otherwise today, or when there is something new to be written.
CONTRACT = 2
# A plugin of any version from here on keeps working as it is.
OLDEST = 1


class PluginRole(TitledEnum):
    """What a plugin is to the county: a department's answers, a platform's declarations, or a way out to another system."""

    DEPARTMENT = ("department", "部门适配器")
    CHANNEL = ("channel", "申报渠道")
    OUTLET = ("outlet", "报送出口")


# The version that knew a role first: a plugin that claims an older one was not tried with it.
SINCE = {PluginRole.DEPARTMENT: 1, PluginRole.CHANNEL: 2, PluginRole.OUTLET: 2}


def refusal(contract: int, role: PluginRole) -> str:
    """Return why a plugin of this version and role cannot be used, "" where it can."""
    if contract > CONTRACT:
        return f"程序按第{contract}版约定编写，本平台只支持到第{CONTRACT}版，请升级平台，或改装按第{CONTRACT}版编写的程序"
    if contract < OLDEST:
        return f"程序按第{contract}版约定编写，本平台已不支持第{OLDEST}版以前的约定，请开发人员按第{CONTRACT}版改写"
    if contract < SINCE[role]:
        return f"{role.title}从第{SINCE[role]}版约定起才有，这个程序写的是第{contract}版，请写明 contract = {CONTRACT}"
    return ""
