"""Takes all memory."""

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        kept = []
        while True:
            kept.append(bytearray(1 << 24))


fanpin_adapter = answer(Fault)
