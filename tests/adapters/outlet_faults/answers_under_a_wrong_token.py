"""Answers under a token that was never given."""

from way import Way, answer, os, raw


class Fault(Way):
    def deliver(self, item):
        raw(b'{"items":[{"token":"0123456789abcdef","title":"x","text":"y"}]}')
        os._exit(0)


fanpin_adapter = answer(Fault)
