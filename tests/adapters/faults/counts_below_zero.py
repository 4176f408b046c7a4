"""Gives less than nothing."""

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        for row in rows:
            yield row.fact("temporary_relief", amount=-100, date=row.date("发放日期"))


fanpin_adapter = answer(Fault)
