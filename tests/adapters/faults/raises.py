"""Fails, quoting the row."""

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        raise ValueError(f"cannot read {list(rows)[0].cells}")


fanpin_adapter = answer(Fault)
