"""Puts an ID number into the text."""

from way import Parcel, Way, answer


class Fault(Way):
    def deliver(self, item):
        return Parcel(title="公示", text="经办人证件53018119600301100X")


fanpin_adapter = answer(Fault)
