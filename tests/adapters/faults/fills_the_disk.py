"""Writes ten gigabytes."""

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        with open("/tmp/fanpin-fault", "wb") as sink:
            for _ in range(10 << 10):
                sink.write(bytes(1 << 20))


fanpin_adapter = answer(Fault)
