"""云南省“政府救助平台”: the notice as a posting with title, text and table, and as the document that the platform takes."""

from fanpin.adapters import Errand, Item, Outlet, Parcel, Setting, Transport, hookimpl

COLUMNS = (("number", "序号"), ("group", "村民小组"), ("head_name", "户主姓名"), ("size", "家庭人口"), ("household_class", "监测对象类别"),
           ("measures", "帮扶措施类别"))
LONGEST_TITLE = 120


class RescuePlatform(Outlet):
    """Says what hangs in the village, in the platform's form; names stay sealed words until the core opens them."""

    name = "fanpin-outlet-rescue-platform"
    title = "云南省“政府救助平台”公示发布"
    contract = 2
    errands = (Errand.POST_NOTICE, Errand.WITHDRAW_NOTICE)
    settings = (Setting(name="column", title="平台上的栏目", default="防止返贫监测公示"),)
    transports = (Transport.SHEET, Transport.PLATFORM)

    def deliver(self, item: Item) -> Parcel:
        """Return the posting of a notice, or the word that takes it down."""
        if item.errand is Errand.WITHDRAW_NOTICE:
            return Parcel(title=f"撤下：{item.text('title')}"[:LONGEST_TITLE], text=f"公示{item.text('number')}已撤销。原因：{item.text('reason')}", post={
                "action": "withdraw", "noticeNumber": item.text("number"), "id": item.text("receipt_number"), "reason": item.text("reason")})
        title = "".join(map(item.text, ("county", "township", "village", "month", "title")))[:LONGEST_TITLE]
        return Parcel(
            title=title, text=_text(item), headings=tuple(heading for _, heading in COLUMNS),
            rows=tuple(tuple(row.get(code, "") for code, _ in COLUMNS) for row in item.rows),
            post={"action": "post", "column": item.settings["column"], "noticeNumber": item.text("number"), "title": title,
                  "content": _text(item), "publisher": item.text("issuer"), "firstDay": item.text("first_day"),
                  "lastDay": item.text("last_day"), "households": [dict(row) for row in item.rows]})


def _text(item: Item) -> str:
    said = {name: item.text(name) for name in ("county", "township", "village", "households", "people", "first_day", "last_day", "workdays")}
    lines = ["根据云巩固振兴组〔2021〕1号文件，现将{county}{township}{village}的{households}户{people}人公示如下，请大家监督。".format(**said),
             *(f"{row['number']}. {row['group']} {row['head_name']}，{row['size']}人，{row['household_class']}" for row in item.rows),
             "公示期：{first_day}至{last_day}（{workdays}个工作日）。".format(**said)]
    if item.text("skipped"):
        lines.append(f"其中不计入工作日：{item.text('skipped')}。")
    lines += [f"同时张贴在：{item.text('places')}。", "对公示内容有异议的，请在公示期内向下列单位反映：", item.text("contacts")]
    if item.text("office_address"):
        lines.append(f"受理地址：{item.text('office_address')}")
    return "\n".join((*lines, item.text("issuer")))


@hookimpl
def fanpin_adapter() -> Outlet:
    """Return the outlet."""
    return RescuePlatform()
