"""Returns an empty parcel."""

from way import Parcel, Way, answer


class Fault(Way):
    def deliver(self, item):
        return Parcel(title="公示")


fanpin_adapter = answer(Fault)
