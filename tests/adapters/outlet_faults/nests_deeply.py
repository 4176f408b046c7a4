"""Sends a document within documents."""

from way import Parcel, Way, answer


class Fault(Way):
    def deliver(self, item):
        inner = {}
        for _ in range(50):
            inner = {"a": inner}
        return Parcel(title="公示", text="公示", post=inner)


fanpin_adapter = answer(Fault)
