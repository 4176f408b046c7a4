"""Keeps the opaque word of one household's person and writes it into another's row."""

from way import Way, answer

KEPT = []


class Fault(Way):
    def rows(self, item):
        found = super().rows(item)
        KEPT.append(found[0][1])
        return found if len(KEPT) == 1 else [(found[0][0], KEPT[0]), *found[1:]]


fanpin_adapter = answer(Fault)
