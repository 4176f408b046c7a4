"""Makes a parcel of a gigabyte."""

from way import Parcel, Way, answer


class Fault(Way):
    def deliver(self, item):
        return Parcel(title="公示", text="字" * (1 << 30))


fanpin_adapter = answer(Fault)
