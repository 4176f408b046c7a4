"""Opens what the instance keeps."""

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        with open(next(iter(rows)).text("救助事由"), "rb") as secret:
            yield secret.read()


fanpin_adapter = answer(Fault)
