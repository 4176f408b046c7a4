"""Answers about a token that was never given."""

from well import Fact, Well, answer


class Fault(Well):
    def facts(self, rows):
        yield Fact(subject="0123456789abcdef", kind="temporary_relief", amount=1, date=list(rows)[0].date("发放日期"))


fanpin_adapter = answer(Fault)
