"""Answers by what it saw before, not by the row."""

from well import Well, answer


class Fault(Well):
    seen = 0

    def of_row(self, row):
        Fault.seen += 1
        yield row.fact("temporary_relief", amount=Fault.seen, date=row.date("发放日期"))


fanpin_adapter = answer(Fault)
