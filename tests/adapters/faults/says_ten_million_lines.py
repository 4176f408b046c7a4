"""Has ten million facts about one person."""

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        row = list(rows)[0]
        for _ in range(10**7):
            yield row.fact("temporary_relief", amount=1, date=row.date("发放日期"))


fanpin_adapter = answer(Fault)
