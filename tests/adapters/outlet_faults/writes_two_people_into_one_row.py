"""Writes two persons' names into one row."""

from way import Way, answer


class Fault(Way):
    def rows(self, item):
        found = super().rows(item)
        return [("1", found[0][1] + found[-1][1]), *found[1:]] if len(found) > 1 else found


fanpin_adapter = answer(Fault)
