"""Keeps a copy of all that it was ever given."""

from well import Well, answer


class Fault(Well):
    kept = []

    def facts(self, rows):
        rows = list(rows)
        Fault.kept.append(b"x" * (len(rows) << 13))
        return super().facts(rows)


fanpin_adapter = answer(Fault)
