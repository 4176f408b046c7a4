"""Adds rows that nobody asked for."""

from way import Way, answer


class Fault(Way):
    def rows(self, item):
        return [*super().rows(item), ("99", "某人")]


fanpin_adapter = answer(Fault)
