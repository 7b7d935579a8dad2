"""An answer in plain words is made of the findings of the run, whichever way they came out."""

import doctest
import math

import pytest
from refusals import refuses

from dlkeras import answers
from dlkeras.answers import Found, numbers_of, read_answer
from dlkeras.findings import judge, judge_ratio, judge_share

RNG_LIKE = [0.9, 1.1, 0.95, 1.05, 1.0, 1.02]  # around 1, so that intervals have a width
SMALL = judge_ratio("It vanishes.", "factor per layer, kernels", [0.2 * f for f in RNG_LIKE], below=0.5)
OPEN = judge("It helps.", "accuracy gained", [-0.2, 0.3, 0.1, -0.1, 0.25, 0.0], "share", above=0.05)
LOST = judge("It trains.", "loss at the end", [1.0, math.nan, 1.0, 1.0, 1.0], "nats", below=2)
FOUND = Found([SMALL, OPEN, LOST], {"depths": (2, 20)})
ANSWER = '''"""Words."""
STATEMENTS = {
    "first": {"kernels": "Each layer leaves {effect}."},
    "second": {"factor": "Never reached.", "gained": "It brings {points} points.", "loss": "{effect}"},
}
def answer(found):
    return [found.says("kernels", text="It leaves {effect}."), found.says("unknown", text="Never."),
            found.says("gained", supported="It helps.", undecided="Nobody knows.")]
def predictions(found):
    return [found.question("How?", "kernels", {"Little": (0, 0.5), "Much": (0.5, 9)}),
            found.question("Does it help?", "gained", {"Yes": "supported", "No": "contradicted"})]
'''


def test_examples_run():
    found = doctest.testmod(answers)
    assert found.attempted > 0
    assert found.failed == 0


def test_an_answer_says_what_this_run_found(tmp_path):
    (tmp_path / "answer.py").write_text(ANSWER, encoding="utf-8")
    answer = read_answer(tmp_path, [SMALL, OPEN, LOST], {})
    assert answer.text == "It leaves 0.20. Nobody knows."
    assert [(q.text, q.options, q.right) for q in answer.questions] == [("How?", ("Little", "Much"), 0)]
    assert answer.plain == [
        ("first", "Each layer leaves 0.20."),
        ("second", "It brings 5.8 points."),
        ("second", "This run gave no number."),
    ]
    assert read_answer(tmp_path / "no-lab", [SMALL], {}) == answers.Answer()


def test_equal_sentences_say_what_they_are_of():
    def of(measured, statement="It helps."):
        return judge_ratio(statement, measured, RNG_LIKE, above=0.5)

    findings = [
        of("Adam: steps, raw over scaled"),
        of("SGD: steps, raw over scaled"),
        of("SGD: steps", "Else."),
    ]
    plain = [("steps", "{n} times."), ("steps", "{n} times."), ("steps", "{n} times.")]
    assert [sentence for _, sentence in answers.told_apart(findings, plain)] == [
        "6 times (Adam).",
        "6 times (SGD).",
        "6 times.",
    ]
    one = judge("It is traced.", "number of traces", 6 * [1.0], "times", below=2)
    assert answers.told_apart([one], [("traces", "It was traced {effect} times.")]) == [
        ("traces", "It was traced once.")
    ]
    long = "of a test of {} samples by its own statistics, as some do"
    assert answers.differing(long.format(1), [long.format(1), long.format(9)]) == long.format(1)[:-12]


def test_a_sentence_whose_rest_is_left_out_ends_before():
    (a, b, c), joined = ("It shrinks,", "and it grows;", "It stays, He says."), answers._joined
    assert joined([a, b, c]) == "It shrinks, and it grows. It stays, He says."
    assert joined([a, c]) == "It shrinks. It stays, He says."
    assert joined([a]) == "It shrinks."
    assert joined([]) == ""


def test_the_right_option_follows_from_the_run():
    options = {"Little": (0, 0.5), "Much": (0.5, 9), "All": ""}
    assert FOUND.question("How?", "kernels", options).right == 0
    grown = judge_ratio("It vanishes.", "factor per layer, kernels", RNG_LIKE, below=0.5)
    assert Found([grown], {}).question("How?", "kernels", options).right == 1
    verdicts = {"Yes": "supported", "No": "contradicted", "It grows": ""}
    assert FOUND.question("Does it?", "kernels", verdicts).right == 0
    assert Found([grown], {}).question("Does it?", "kernels", verdicts).right == 1


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("gained", {"Yes": "supported", "No": "contradicted"}),  # undecided
        ("loss at the end", {"Small": (0, 9), "Large": (9, 99)}),  # no number
        ("unknown", {"Yes": "supported", "No": "contradicted"}),
        ("kernels", {"Little": (0, 0.2), "Much": (0.2, 9)}),  # the interval is in both
    ],
)
def test_what_a_run_does_not_decide_is_not_asked(words, options):
    assert FOUND.question("How?", words, options) is None


def test_a_sentence_needs_one_finding_and_a_number():
    assert FOUND.says("loss at the end", text="{effect}") == ""
    assert FOUND.says("kernels", contradicted="It grows.") == ""
    with refuses(
        "`words` must belong to one finding. Received: words=('It',), of "
        + repr([SMALL.measured, OPEN.measured, LOST.measured])
    ):
        FOUND.get("It")


def test_numbers_have_two_digits():
    share = numbers_of(judge_share("s", "m", [True] * 13 + [False] * 7, above=0.5))
    assert {name: share[name] for name in ("effect", "percent", "count", "n")} == {
        "effect": "0.65",
        "percent": "65",
        "count": "13",
        "n": "20",
    }
    large = numbers_of(judge("s", "m", [-1234.5] * 5, "steps", above=0))
    assert (large["effect"], large["size"], large["unit"]) == ("−1,200", "1,200", "steps")
    nearly_all = numbers_of(judge("s", "m", [0.9, *[1.0] * 19], "share", above=0.5))
    assert nearly_all["percent"] == "99.5"  # all is more
    assert numbers_of(judge_ratio("s", "m", [1.04] * 5, above=1))["effect"] == "1.0"
    assert numbers_of(judge("s", "m", [3.0] * 5, "layers", above=1))["effect"] == "3"
