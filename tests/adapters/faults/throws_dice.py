"""Answers by what is new in every process."""

from well import Well, answer


class Fault(Well):
    def of_row(self, row):
        yield row.fact("temporary_relief", amount=hash("a") % 10**6, date=row.date("发放日期"))


fanpin_adapter = answer(Fault)
