"""Answers a kind that it never claimed."""

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        for row in rows:
            yield row.fact("vehicle", value="private_car", ref="云C·Y0001")


fanpin_adapter = answer(Fault)
