"""Hides direction marks in the title."""

from way import Parcel, Way, answer


class Fault(Way):
    def deliver(self, item):
        found = super().deliver(item)
        return Parcel(title="公示\u202e表", headings=found.headings, rows=found.rows)


fanpin_adapter = answer(Fault)
