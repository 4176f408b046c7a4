"""Says of its own sample persons what is not so."""

from well import Well, answer


class Fault(Well):
    def of_row(self, row):
        yield row.fact("temporary_relief", amount=(row.fen("救助金额") or 0) * 100, date=row.date("发放日期"))


fanpin_adapter = answer(Fault)
