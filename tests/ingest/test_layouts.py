"""A layout is data: read strictly, every fault at once, without a branch in code."""

import pytest

from analysis.errors import InputError
from analysis.ingest.checks import check_records
from analysis.ingest.clean import clean_records
from analysis.ingest.layouts import FOLDER, layout_names, read_layout
from analysis.ingest.sources import open_records
from analysis.vocabulary import PLACES_OF_DEATH
from tests.ingest.samples import LOOKUP, found, rows, write_csv

OWN = (FOLDER / "bulletin.yml").read_text(encoding="utf-8")


def written(folder, text):
    path = folder / "own.yml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_five_layouts_ship_with_the_package():
    assert layout_names() == [
        "brazil_sim", "bulletin", "nhs_civil_registrations", "ons_death_extract", "ons_in_house",
    ]  # fmt: skip
    assert [read_layout(name).name for name in layout_names()] == layout_names()


def test_ranges_of_columns_are_written_out():
    columns = read_layout("ons_death_extract").columns

    assert [f"ICD_{n}" in columns for n in (1, 20, 21)] == [True, True, False]


def test_codes_keep_their_zeros(tmp_path):
    text = OWN.replace("codes: {F: F, M: M}", 'codes: {01: F, 02: M, "9":}')

    layout = read_layout(written(tmp_path, text))

    assert layout.sex.codes == {"01": "F", "02": "M", "9": None}


def test_a_pair_of_establishment_and_nhs_is_one_place():
    places = read_layout("ons_in_house").place_of_death.establishments.places
    pairs = [(nhs, kind) for by_nhs in places.values() for nhs in by_nhs for kind in by_nhs[nhs]]

    # 4 + 3 hospitals, 5 + 9 care homes, 1 + 1 hospices, 5 + 67 other, 1 elsewhere
    assert len(pairs) == len(set(pairs)) == 96
    assert set(places) == set(PLACES_OF_DEATH) - {"Home"}


def test_a_new_layout_is_a_file(tmp_path):
    text = OWN.replace("{column: death_date, format: yyyy-mm-dd}",
                       "{column: died, format: dd/mm/yyyy}")  # fmt: skip
    layout = written(tmp_path, text.replace("codes: {F: F, M: M}", "codes: {w: F, m: M}"))
    record = rows("bulletin", {"died": "31/03/2020", "sex": "w"})
    path = write_csv(tmp_path / "records.csv", record)

    outcome = check_records(clean_records(open_records(path, layout), layout), LOOKUP)

    assert found(outcome) == {}
    assert outcome.kept.sex.execute().tolist() == ["F"]


def test_every_fault_of_a_layout_is_reported_at_once(tmp_path):
    text = OWN.replace("format: yyyy-mm-dd", "format: yy-mm", 1)
    text = text.replace("codes: {F: F, M: M}", "codes: {F: F, M: male}")
    text += "colour: {column: colour}\n"

    with pytest.raises(InputError) as error:
        read_layout(written(tmp_path, text))

    message = str(error.value)
    assert "layout own.yml: 3 fault(s)" in message
    for field in ("registration_date.format", "sex.codes.M", "colour: is not a field of a layout"):
        assert field in message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("age: {column: age}\n", ""), "age: is missing"),
        (("optional: [certified_by]", "optional: [colour]"), "columns of no field: colour"),
        (("{column: death_date, format: yyyy-mm-dd}", "{year: y, month: m}"), "death_date: "),
        (("sex:\n", "age: {column: a}\nsex:\n"), "key given twice: age"),
    ],
)
def test_a_faulty_layout_is_refused(tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        read_layout(written(tmp_path, OWN.replace(*change)))


def test_a_layout_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(InputError, match="Layouts of the package: brazil_sim, bulletin"):
        read_layout("bulletins")
