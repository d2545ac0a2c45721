"""Keys of records, made in the engine."""

import ibis
import pandas as pd

from analysis.disclosure.perturb import record_keys
from analysis.ingest.record_keys import with_record_keys

SECRET = bytes(range(32))


def keys(identifiers, secret=SECRET):
    records = ibis.memtable(pd.DataFrame({"record_id": identifiers}))
    made = with_record_keys(records, secret).to_pandas()
    return made.set_index("record_id")["record_key"].to_dict()


def test_the_engine_and_the_library_make_the_same_keys():
    names = [f"certificate {number}" for number in range(1_000)]

    ours = keys(names)

    assert ours == dict(zip(names, record_keys(names, SECRET), strict=True))
    assert (min(ours.values()), max(ours.values())) == (0, 255)


def test_a_key_follows_from_the_identifier_and_the_secret_alone():
    assert keys(["a", "b", "c"])["b"] == keys(["x", "b"])["b"]
    assert keys(["a", "b", "c"]) != keys(["a", "b", "c"], bytes(32))


def test_a_record_without_an_identifier_has_no_key():
    records = ibis.memtable(pd.DataFrame({"record_id": ["a", None]}))

    assert with_record_keys(records, SECRET).to_pandas()["record_key"].isna().tolist() == [
        False, True,
    ]  # fmt: skip
