"""Answers a fact where a declaration was asked for."""

from speaks import Fact, Speaks, answer


class Fault(Speaks):
    def of_row(self, row):
        yield Fact(subject=row.token, kind="vehicle")


fanpin_adapter = answer(Fault)
