import random

from tasks.facts.spans import Taken


def test_a_part_is_met_where_it_overlaps_and_not_where_it_only_touches():
    taken = Taken([(10, 20), (4, 6)])
    asked = [(0, 4), (0, 5), (5, 6), (6, 10), (19, 30), (20, 30)]
    assert [taken.meets(*each) for each in asked] == [False, True, True, False, True, False]


def test_parts_taken_one_by_one_are_met_as_a_list_of_all_of_them_is():
    rng = random.Random(1)
    for _ in range(300):
        parts = [(start, start + rng.randint(1, 9)) for start in rng.choices(range(100), k=12)]
        one_by_one = Taken(parts[:3])
        for part in parts[3:]:
            one_by_one.add(*part)
        for start in range(0, 110, 3):
            end = start + rng.randint(1, 5)
            meets = any(first < end and start < last for first, last in parts)
            assert one_by_one.meets(start, end) == Taken(parts).meets(start, end) == meets
