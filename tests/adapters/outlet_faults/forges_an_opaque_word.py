"""Writes an opaque word of its own making."""

from way import Way, answer


class Fault(Way):
    def rows(self, item):
        return [(number, f"{name}⟦abc⟧") for number, name in super().rows(item)]


fanpin_adapter = answer(Fault)
