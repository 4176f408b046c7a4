"""Writes the first person instead of the last, too."""

from way import Way, answer


class Fault(Way):
    def rows(self, item):
        found = super().rows(item)
        return [*found[:-1], found[0]] if len(found) > 1 else found


fanpin_adapter = answer(Fault)
