"""A sound channel with one small table; the faults beside it each break one thing of it."""

from fanpin.adapters import Channel, Fact, LeadRow, Platform, Table, ToldLead, day, hookimpl, person_name, text, village, words

EXPORT = Table("export", "申报导出", (
    text("流水号", required=True), day("申报时间", required=True), person_name("申报人", required=True), village(required=True),
    text("与户主关系"), words("诉求", required=True),
))


class Speaks(Channel):
    """Tells each row as it is."""

    name, title, contract, platform, tables = "fanpin-fault", "试验平台", 2, Platform.PROVINCE, (EXPORT,)

    def of_row(self, row: LeadRow):
        yield self.told(row)

    def told(self, row: LeadRow, **changed: object) -> ToldLead:
        """Return the row's declaration with something changed."""
        said = {"number": row.text("流水号"), "declared_on": row.date("申报时间"), "statement": row.text("诉求"),
                "relation": row.text("与户主关系")}
        return row.lead(**{**said, **changed})


def answer(channel: type[Channel]):
    """Return the hook."""
    return hookimpl(lambda: channel())


__all__ = ["Fact", "LeadRow", "Speaks", "ToldLead", "answer"]
