"""Forgot the hook."""

from well import Well


def fanpin_adaptor():
    return Well()
