"""Breaks nothing: the statement is the citizen's own, whatever number it holds."""

from speaks import Speaks, answer

fanpin_adapter = answer(Speaks)
