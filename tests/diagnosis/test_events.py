"""Events are merged by object, reason and what they say, and counted."""

from diagnosis.events import merged
from tests.diagnosis.seen import see_event


def test_the_same_said_again_is_one_line_with_its_count_its_first_and_its_last_time(space):
    said = [
        see_event(space, "Pod", "web-0", "BackOff", f"back-off {each}s restarting failed container=web", ago=100 - each, count=each)
        for each in (10, 20, 40)
    ]
    [line] = merged(said)
    assert (line.count, line.message) == (70, "back-off 40s restarting failed container=web")
    assert (line.first_at, line.last_at) == (said[0].first_at, said[2].last_at)


def test_another_object_another_reason_and_other_words_stay_apart(space):
    said = [
        see_event(space, "Pod", "web-0", "Failed", "Error: ErrImagePull"),
        see_event(space, "Pod", "web-1", "Failed", "Error: ErrImagePull"),
        see_event(space, "Pod", "web-0", "Failed", "Error: ImagePullBackOff"),
        see_event(space, "Pod", "web-0", "BackOff", "Error: ErrImagePull"),
    ]
    assert len(merged(said)) == 4


def test_names_of_pods_in_a_message_do_not_keep_it_apart(space):
    said = [
        see_event(
            space, "ReplicaSet", "web-6d5f", "FailedCreate", f'Error creating: pods "web-6d5f7c9b8-{tail}" is forbidden: exceeded quota'
        )
        for tail in ("abcde", "fghij", "k2l3m")
    ]
    assert [line.count for line in merged(said)] == [3]
