"""Puts an ID number among its words."""

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        for row in rows:
            yield row.fact("temporary_relief", amount=100, date=row.date("发放日期"), label="同行人530181 19600301 100X")


fanpin_adapter = answer(Fault)
