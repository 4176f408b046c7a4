"""Answers about an ID number of its own choice."""

from well import Fact, Well, answer


class Fault(Well):
    def facts(self, rows):
        yield from super().facts(rows)
        yield Fact(subject="53018119600301100X", kind="temporary_relief", amount=100)


fanpin_adapter = answer(Fault)
