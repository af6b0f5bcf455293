"""Refusals of Prometheus' answers."""

from __future__ import annotations

from ledger.refusals import Misread, UnknownWord


class FailedQuery(Misread, code="failed_query"):
    """The query failed, so there are no samples."""

    message = "the server answered with an error: {error}"
    hint = "ask again"
    error: object


class HistogramNotRatio(Misread, code="not_a_ratio"):
    """A histogram does not say whether a service was up."""

    message = "a histogram is neither up nor down"
    hint = "query a ratio"


class BadSampleTime(Misread, code="bad_time"):
    """A sample's time is not as Prometheus gives it."""

    message = "{text} is no time in seconds with at most six decimals"
    hint = "give the answer of /api/v1/query_range as it came"
    text: str


class NotRatio(Misread, code="not_a_ratio"):
    """A sample says how much was up: a number from 0 to 1."""

    message = "{text} is no ratio from 0 to 1"
    hint = "query a 0/1 series or a ratio"
    text: str


class UnknownStep(Misread, code="unknown_step"):
    """How long one sample counts depends on the step between samples."""

    message = "no series has two samples that would tell the step"
    hint = "give the query's step with --step"


class ThresholdNeeded(Misread, code="threshold_needed"):
    """A ratio between 0 and 1 is up or down by a threshold, which somebody must name."""

    message = "this sample is neither 0 nor 1"
    hint = "give --threshold: what is below it is down"


class SampleNotPair(Misread, code="wrong_shape"):
    """The file is not an answer of Prometheus as it came."""

    message = 'a sample is [time, "value"]'
    hint = "give the answer of /api/v1/query_range as it came"


class NotAscending(Misread, code="not_ascending"):
    """Samples stand in the order of time."""

    message = "this sample is not later than the one before it"
    hint = "is a part of the file in it twice?"


class OffStep(Misread, code="off_step"):
    """Samples of one query stand a step apart, or several."""

    message = "{n} s after the sample before it: no multiple of the step"
    hint = "give the query's step with --step"
    n: str


class UnknownQueryStatus(UnknownWord, code="unknown_status"):
    """A query of Prometheus succeeds or fails."""

    message = "unknown status: {value}"
    hint = "give the answer of /api/v1/query_range as it came"


class UnknownResultType(UnknownWord, code="unknown_result_type"):
    """The answer is not that of a range query."""

    message = "unknown result type: {value}"
    hint = "only a range query tells when: /api/v1/query_range"


class MissingSamples(Misread, code="missing_samples"):
    """A series has no samples for a while, and nothing says whether it was up."""

    message = "{n} samples are missing here"
    hint = "say what that was: --gap down or --gap up"
    n: int


class MissingSample(MissingSamples):
    """One sample of a series is missing."""

    message = "{n} sample is missing here"


class SeriesBeginsLate(MissingSamples):
    """Other series of the query have earlier samples, or `--from` names an earlier instant."""

    message = "samples are missing before this one ({n}): the query began earlier"


class SeriesEndsEarly(MissingSamples):
    """Other series of the query have later samples, or `--to` names a later instant."""

    message = "samples are missing after this one ({n}): the query went on"


class SampleToldOtherwise(Misread, code="contradiction"):
    """Two answers, or two parts of one, say different values of a series at one instant."""

    message = "this sample of {name} has another value at {earlier}"
    hint = "give the answer of one query alone: leave the older one out"
    name: str
    earlier: str


class PartialAnswer(Misread, code="incomplete"):
    """The server says that its answer may lack samples, so what is not in it may still have been."""

    message = "the server says that its answer is not complete: {text}"
    hint = "ask again, or take what is there with --partial"
    text: object
