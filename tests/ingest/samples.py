"""Small files of records in each layout, made from one ordinary record and what differs."""

import csv
from datetime import date
from pathlib import Path

import ibis
import pandas as pd

from analysis.ingest.checks import Checked, check_records
from analysis.ingest.clean import clean_records
from analysis.ingest.sources import open_records

CUT_OFF = date(2020, 6, 6)

LOOKUP = pd.DataFrame(
    {
        "lsoa11cd": ["E01000001", "E01000002", "W01000001"],
        "msoa11cd": ["E02000001", "E02000001", "W02000001"],
        "msoa11nm": ["Town centre", "Town centre", "Harbour"],
        "lad20cd": ["E06000001", "E06000001", "W06000001"],
        "lad20nm": ["Town", "Town", "Port"],
        "rgn20cd": ["E12000001", "E12000001", "W92000004"],
        "rgn20nm": ["North East", "North East", "Wales"],
        "ctry20cd": ["E92000001", "E92000001", "W92000004"],
        "ctry20nm": ["England", "England", "Wales"],
        "imd_decile": pd.array([1, 10, None], dtype="Int64"),
        "wimd_quintile": pd.array([None, None, 5], dtype="Int64"),
    }
)

# A woman of 81 who died at home of COVID-19 on 31 March 2020, registered on 3 April.
ORDINARY = {
    "bulletin": {
        "record_id": "r", "registration_date": "2020-04-03", "death_date": "2020-03-31",
        "sex": "F", "age": "81", "residence": "E92000001", "lsoa11cd": "E01000001",
        "icd10_underlying": "U071", "icd10_mentions": "U071;J189", "place_of_death": "Home",
        "soc2010": "6145", "certified_by": "doctor",
    },
    "ons_death_extract": {
        "MBISM204ID": "r", "DOR": "20200403", "DODYR": "2020", "DODMT": "3", "DODDY": "31",
        "SEX": "2", "AGEC": "81", "AGECUNIT": "1", "CTRYR": "921", "LSOAR": "E01000001",
        "ICDUF": "", "ICDU": "U071", "CESTRSS": "H", "NHSIND": "", "ESTTYPED": "",
        "SOC2KDM": "6145", "CERTTYPE": "1", "ICDPV_1": "", "ICDPVF_1": "",
    }
    | {f"ICD_{n}": "" for n in range(1, 21)}
    | {f"ICDF_{n}": "" for n in range(1, 21)}
    | {"ICD_1": "U071", "ICD_2": "J189"},
    "nhs_civil_registrations": {
        "DEC_CONF_NHS_NUMBER": "r", "REG_DATE": "20200403", "REG_DATE_OF_DEATH": "20200331",
        "DEC_SEX": "2", "DEC_AGEC": "81", "DEC_AGECUNIT": "1",
        "LSOA_OF_RESIDENCE_CODE": "E01000001", "S_UNDERLYING_COD_ICD10": "U071",
        "POD_CODE": "H", "POD_NHS_ESTABLISHMENT": "", "POD_ESTABLISHMENT_TYPE": "",
        "NEO_NATE_FLAG": "", "CANCELLED_FLAG": "",
    }
    | {f"S_COD_CODE_{n}": "" for n in range(1, 16)}
    | {"S_COD_CODE_1": "U071", "S_COD_CODE_2": "J189"},
    "ons_in_house": {
        "dor": "20200403", "dod": "20200331", "sex": "2", "ageinyrs": "81", "ctryr": "921",
        "lsoa11cd": "E01000001", "fic10und": "U071", "cestrss": "H", "nhsind": "",
        "esttyped": "", "soc2kdm": "6145", "certtype": "1",
    }
    | {f"fic10men{n}": "" for n in range(1, 16)}
    | {"fic10men1": "U071", "fic10men2": "J189"},
    "brazil_sim": {
        "CONTADOR": "r", "DTCADASTRO": "03042020", "DTOBITO": "31032020", "SEXO": "2",
        "IDADE": "481", "CODMUNRES": "431490", "CAUSABAS": "U071", "LINHAA": "*U071*J189",
        "LINHAB": "", "LINHAC": "", "LINHAD": "", "LINHAII": "", "LOCOCOR": "3",
    },
}  # fmt: skip


def rows(layout: str, *changes: dict[str, str]) -> list[dict[str, str]]:
    """Return the ordinary record of a layout once for each of ``changes``, numbered."""
    identifier = {
        "bulletin": "record_id",
        "ons_death_extract": "MBISM204ID",
        "nhs_civil_registrations": "DEC_CONF_NHS_NUMBER",
        "brazil_sim": "CONTADOR",
    }.get(layout)
    numbered = [{identifier: f"r{n}"} if identifier else {} for n in range(len(changes))]
    return [ORDINARY[layout] | n | change for n, change in zip(numbered, changes, strict=True)]


def write_csv(path: Path, records: list[dict[str, str]]) -> Path:
    """Write records as a CSV file, the columns of the first record first."""
    columns = list(dict.fromkeys(name for record in records for name in record))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(records)
    return path


def cleaned(folder: Path, layout: str, *changes: dict[str, str]) -> pd.DataFrame:
    """Return the cleaned records that differ from the ordinary one by ``changes``, in order."""
    path = write_csv(folder / f"{layout}.csv", rows(layout, *changes))
    return to_pandas(clean_records(open_records(path, layout), layout))


def checked(folder: Path, *changes: dict[str, str], lookup=LOOKUP, **scope) -> Checked:
    """Return the checked records of layout ``bulletin`` that differ by ``changes``."""
    path = write_csv(folder / "bulletin.csv", rows("bulletin", *changes))
    records = clean_records(open_records(path, "bulletin"), "bulletin")
    return check_records(records, lookup, **{"registered_by": CUT_OFF, "where": path} | scope)


def to_pandas(records: ibis.Table) -> pd.DataFrame:
    """Return records as a frame in the order of their identifiers."""
    return records.order_by(records.record_id.length(), "record_id").to_pandas()


def found(outcome: Checked) -> dict[str, int]:
    """Return the rules that found something, with their counts."""
    report = outcome.report()
    return dict(report[report["count"] > 0][["rule", "count"]].to_numpy().tolist())
