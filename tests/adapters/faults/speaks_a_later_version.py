"""Was written for a contract to come."""

from well import Well, answer


class Fault(Well):
    contract = 99


fanpin_adapter = answer(Fault)
