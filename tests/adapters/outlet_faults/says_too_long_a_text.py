"""Makes a text that no platform takes."""

from way import Parcel, Way, answer


class Fault(Way):
    def deliver(self, item):
        return Parcel(title="公示", text="字" * 300_000)


fanpin_adapter = answer(Fault)
