"""Looks for secrets in its parent."""

from well import Well, answer, os


class Fault(Well):
    def facts(self, rows):
        with open(f"/proc/{os.getppid()}/environ", "rb") as secret:
            yield secret.read()


fanpin_adapter = answer(Fault)
