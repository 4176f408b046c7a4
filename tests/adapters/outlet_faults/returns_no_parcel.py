"""Returns something else."""

from way import Way, answer


class Fault(Way):
    def deliver(self, item):
        return {"title": "公示"}


fanpin_adapter = answer(Fault)
