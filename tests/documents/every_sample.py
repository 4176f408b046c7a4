"""The samples of all papers, by code."""

from tests.documents import samples, samples_analysis, samples_file, samples_record

SAMPLES: dict[str, object] = {**samples.SAMPLES, **samples_analysis.SAMPLES, **samples_record.SAMPLES, **samples_file.SAMPLES}
