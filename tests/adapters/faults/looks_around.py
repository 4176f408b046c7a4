"""Tries what it can reach, and hides that it failed."""

import contextlib

from well import Well, answer, os


class Fault(Well):
    def facts(self, rows):
        os.environ.get("FANPIN_KEYS", "")
        with contextlib.suppress(OSError):
            open("/etc/passwd", encoding="ascii").close()
        return super().facts(rows)


fanpin_adapter = answer(Fault)
