"""Real messages of clusters and what a reader gets of them, in both languages."""

from pathlib import Path

import pytest
import yaml
from django.utils import translation

from diagnosis.case import Case
from diagnosis.evidence import Devices
from diagnosis.explaining import explain_words
from diagnosis.messages import read
from diagnosis.sayings import SAYINGS

CORPUS = yaml.safe_load((Path(__file__).parent / "corpus.yaml").read_text())
LEAST = 60


class Nothing:
    """Evidence of a cluster of which nothing was seen."""

    quotas: dict = {}

    def devices(self, resource, selector):
        return Devices(0, 0, 0, {}, False)


def told(entry):
    return explain_words(entry["reason"], entry["message"], Case(Nothing()), None)


def named(entry):
    return f"{entry['from']}: {entry['reason']}: {entry['message'][:50]}"


@pytest.mark.parametrize("entry", CORPUS, ids=named)
def test_a_real_message_is_read_and_explained_with_its_own_numbers(entry):
    assert [fact.code for fact in read(entry["reason"], entry["message"])] == entry["codes"]
    found = told(entry)
    assert entry["says"] in " ".join(f"{each.title} {each.text} {each.words}" for each in found)
    assert all(each.text and "%(" not in each.text and "–" not in each.title for each in found)
    if entry["codes"]:
        assert any(entry["says"] in f"{each.title} {each.text}" for each in found), "in the explanation, not in the words behind it"


@pytest.mark.parametrize("entry", CORPUS, ids=named)
def test_the_clusters_own_words_stay_beside_every_explanation(entry):
    assert {each.words for each in told(entry)} == {f"{entry['reason']}: {entry['message']}"}


@pytest.mark.parametrize("entry", CORPUS, ids=named)
def test_nothing_of_an_explanation_is_left_in_english_for_a_chinese_reader(entry):
    english = told(entry)
    with translation.override("zh-hans"):
        chinese = told(entry)
    for one, other in zip(english, chinese, strict=True):
        assert one.title != other.title and one.text != other.text
        assert all(here.text != there.text for here, there in zip(one.solutions, other.solutions, strict=True))


def test_the_corpus_is_large_and_every_saying_but_those_of_exits_is_in_it():
    assert len(CORPUS) >= LEAST
    covered = {code for entry in CORPUS for code in entry["codes"]}
    assert {code for code in SAYINGS if not code.startswith(("exit-", "oom-", "crash-"))} - covered == set()


def test_an_unknown_message_is_told_in_the_clusters_own_words_and_no_cause_is_made_up():
    [found] = told({"reason": "MoonPhase", "message": "the moon is not full enough"})
    assert (found.code, found.solutions) == ("unknown", ())
    assert found.words == "MoonPhase: the moon is not full enough"
