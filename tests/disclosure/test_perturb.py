"""Cell-key perturbation against ONS's package, and its promises."""

import numpy as np
import pandas as pd
import pytest

from analysis.disclosure.perturb import noise_table, perturb, read_secret, record_keys
from analysis.errors import DisclosureError

SECRET = bytes(range(32))


@pytest.fixture(scope="module")
def ons(shared):
    folder = shared / "oracles" / "cell_key_perturbation"
    return {path.stem: pd.read_csv(path) for path in sorted(folder.glob("*.csv"))}


def ptable(pvalue):
    """A perturbation table whose noise is a function of count and key."""
    grid = pd.MultiIndex.from_product([range(1, 751), range(256)], names=["pcv", "ckey"])
    frame = grid.to_frame(index=False)
    return frame.assign(pvalue=pvalue(frame["pcv"], frame["ckey"]))


@pytest.mark.parametrize(
    ("table", "by"), [("sex_occ_dep", ["sex", "occ", "dep"]), ("occ_dep", ["occ", "dep"])]
)
def test_perturbed_counts_are_those_of_the_ons_package(ons, table, by):
    found = perturb(ons["microdata"], by, ons["ptable_10_5_rule_pcv_1_300"], threshold=10)

    both = ons[f"{table}_expected"].merge(found, on=by)
    assert len(both) == len(found)
    assert both["numerator"].astype(float).equals(both["count"].astype(float))


def test_keys_of_cells_are_those_of_the_ons_package(ons):
    # Noise that is the key itself shows the key.
    found = perturb(ons["microdata"], ["sex", "occ"], ptable(lambda pcv, ckey: ckey))

    both = ons["sex_occ_t0_expected"].merge(found, on=["sex", "occ"])
    assert len(both) == 12
    assert (both["numerator"] == both["pre_sdc_count"] + both["ckey"]).all()


@pytest.mark.parametrize(
    ("count", "row"), [(1, 1), (750, 750), (751, 501), (1_000, 750), (1_001, 501), (1_250, 750)]
)
def test_large_counts_repeat_the_last_250_rows(count, row):
    counts = pd.DataFrame({"area": ["A"], "numerator": [count], "record_key": [0]})

    found = perturb(counts, ["area"], ptable(lambda pcv, ckey: pcv))

    assert found["numerator"].item() == count + row


def test_nothing_leaves_but_the_groups_and_the_protected_count(ons):
    records = ons["microdata"].assign(name="somebody")

    found = perturb(records, ["sex"], ptable(lambda pcv, ckey: 0 * pcv))

    assert list(found.columns) == ["sex", "numerator"]


def test_records_and_counted_groups_give_the_same(ons):
    records = ons["microdata"]
    groups = records.groupby(["sex", "occ", "dep"], as_index=False).agg(
        numerator=("record_key", "size"), record_key=("record_key", "sum")
    )
    table = noise_table()

    one = perturb(records, ["occ"], table)
    other = perturb(groups, ["occ"], table)

    pd.testing.assert_frame_equal(one, other)


def test_the_same_people_get_the_same_noise_in_every_table(ons):
    # All men of one table are all records of another that holds men alone.
    records = ons["microdata"]
    table = noise_table()

    by_sex = perturb(records, ["sex"], table).set_index("sex")["numerator"]["M"]
    men = perturb(records[records["sex"] == "M"].sample(frac=1, random_state=2), ["sex"], table)

    assert men["numerator"].item() == by_sex


def test_a_count_below_the_threshold_is_withheld_and_at_it_shown():
    counts = pd.DataFrame({"area": ["A", "B"], "numerator": [9, 10], "record_key": [3, 3]})

    found = perturb(counts, ["area"], ptable(lambda pcv, ckey: 0 * pcv), threshold=10)

    assert found["numerator"].isna().tolist() == [True, False]


def test_keys_do_not_change_with_the_order_or_the_delivery():
    names = [f"certificate {number}" for number in range(500)]

    first = dict(zip(names, record_keys(names, SECRET), strict=True))
    later = dict(zip(names[::-1], record_keys(names[::-1], SECRET), strict=True))

    assert first == later


def test_keys_cannot_be_worked_out_without_the_secret():
    names = [f"certificate {number}" for number in range(2_000)]

    ours = record_keys(names, SECRET)
    guess = record_keys(names, bytes(32))

    # By chance 1 in 256 agree: 8 of 2,000
    assert (ours == guess).sum() < 30


def test_keys_are_spread_evenly_from_0_to_255():
    keys = record_keys([str(number) for number in range(25_600)], SECRET)

    number = np.bincount(keys, minlength=256)
    # 100 of each; the sum of squares has 255 degrees of freedom
    assert len(number) == 256
    assert ((number - 100) ** 2 / 100).sum() < 340


def test_noise_has_no_bias_and_leaves_no_count_below_nothing():
    table = noise_table(largest=4, variance=2.0)

    noise = table.groupby("pcv")["pvalue"]
    assert len(table) == 750 * 256
    assert (noise.sum() == 0).all()
    assert (noise.min() >= -noise.min().index.to_numpy()).all()
    assert noise.max().max() == 4
    assert noise.var().loc[4:].between(1.9, 2.1).all()


@pytest.mark.parametrize("variance", [0.5, 3.0, 10.0])
def test_noise_of_any_variance_has_no_bias(variance):
    noise = noise_table(largest=5, variance=variance, rows=20).groupby("pcv")["pvalue"]

    assert (noise.sum() == 0).all()


def test_a_secret_is_read_from_its_file_and_must_be_long(tmp_path):
    (tmp_path / "secret").write_bytes(SECRET)
    (tmp_path / "short").write_bytes(b"secret")

    assert read_secret(tmp_path / "secret") == SECRET
    with pytest.raises(DisclosureError, match="has 6 bytes, and needs 16"):
        read_secret(tmp_path / "short")
    with pytest.raises(DisclosureError, match="no file with the secret"):
        read_secret(tmp_path / "none")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.drop(columns="record_key"), "no column record_key"),
        (lambda c: c.assign(record_key=[1, None]), "1 of 2 rows have no key"),
        (lambda c: c.assign(record_key=[1, -1]), "1 of 2 rows have no key, or one below 0"),
    ],
)
def test_records_without_keys_are_refused(change, message):
    counts = pd.DataFrame({"area": ["A", "B"], "numerator": [9, 10], "record_key": [3, 3]})

    with pytest.raises(DisclosureError, match=message):
        perturb(change(counts), ["area"], noise_table())


def test_a_table_of_perturbations_without_a_row_is_refused():
    counts = pd.DataFrame({"area": ["A", "B"], "numerator": [9, 400], "record_key": [3, 3]})

    with pytest.raises(DisclosureError, match="no row for 1 of 2 cells"):
        perturb(counts, ["area"], noise_table(rows=300))


def test_noise_that_would_take_more_than_there_is_is_refused():
    counts = pd.DataFrame({"area": ["A"], "numerator": [2], "record_key": [3]})

    with pytest.raises(DisclosureError, match="1 of 1 counts would fall below 0"):
        perturb(counts, ["area"], ptable(lambda pcv, ckey: -5 + 0 * pcv))


def test_records_without_identifiers_have_no_keys():
    with pytest.raises(DisclosureError, match="1 of 2 records have no identifier"):
        record_keys(["a", None], SECRET)


@pytest.mark.parametrize(("largest", "variance"), [(0, 1.0), (2, 5.0), (2, 0.0)])
def test_noise_that_cannot_be_is_refused(largest, variance):
    with pytest.raises(DisclosureError, match="noise_table"):
        noise_table(largest, variance)
