"""The samples of all papers, by code."""

from tests.documents import samples, samples_analysis

SAMPLES: dict[str, object] = {**samples.SAMPLES, **samples_analysis.SAMPLES}
