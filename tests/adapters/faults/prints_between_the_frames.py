"""Prints where answers go."""

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        print("debug" * 1000, flush=True)
        return super().facts(rows)


fanpin_adapter = answer(Fault)
