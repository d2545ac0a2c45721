import numpy as np
import pytest

from analysis.synthesis.demonstration_draws import draw, read_plan, stream, whole


def test_choices_come_as_often_as_their_weights_say():
    weights = np.array([[1.0, 3.0], [0.0, 5.0]])
    group = np.repeat([0, 1], 10_000)

    drawn = draw(weights, group, stream(1, "test"))

    # 3 of 4 in the first group; the first choice of the second group has no weight
    assert drawn[:10_000].mean() == pytest.approx(0.75, abs=0.02)
    assert (drawn[10_000:] == 1).all()


def test_a_last_choice_without_weight_is_never_drawn():
    class Largest:
        def random(self, many):
            return np.full(many, np.nextafter(1, 0))

    drawn = draw(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 1]), Largest())

    assert drawn.tolist() == [0, 0]


def test_a_stream_depends_on_the_seed_and_on_the_part():
    first = stream(1, "geography").random(3).tolist()

    assert stream(1, "geography").random(3).tolist() == first
    assert stream(2, "geography").random(3).tolist() != first
    assert stream(1, "population").random(3).tolist() != first


def test_whole_numbers_add_up_to_their_totals():
    amounts = np.array([[1.0, 0.0], [1.0, 2.0], [1.0, 1.0]])

    numbers = whole(amounts, np.array([10, 9]))

    # 10 in three equal parts is 3.33 each, one of them rounded up; 9 in two to one is 6 and 3
    assert sorted(numbers[:, 0]) == [3, 3, 4]
    assert numbers[:, 1].tolist() == [0, 6, 3]


def test_codes_of_a_plan_stay_text_and_figures_are_numbers():
    regions = read_plan("regions")

    assert regions["rgn20cd"].iloc[0] == "E12000001"
    assert regions[["lads", "msoas", "lsoas"]].sum().tolist() == [336, 7_201, 34_753]
