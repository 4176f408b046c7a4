"""Does what it says: the measure of the others."""

from well import Well, answer

fanpin_adapter = answer(Well)
