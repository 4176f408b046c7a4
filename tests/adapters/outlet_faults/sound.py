"""Nothing is wrong with it."""

from way import Way, answer

fanpin_adapter = answer(Way)
