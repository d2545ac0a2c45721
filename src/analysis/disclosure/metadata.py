"""What a program is told of a download: CSV on the Web, beside the file that it describes.

https://www.w3.org/TR/tabular-metadata/
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.disclosure.measures import MEASURES
from analysis.vocabulary import LABELS, STATUSES

if TYPE_CHECKING:
    import pandas as pd

    from analysis.disclosure.table import Table

SUFFIX = ".csv-metadata.json"


def csv_metadata(
    table: "Table", counted: Mapping[str, object] | None = None, notice: str = ""
) -> str:
    """Return the metadata of ``<name>.csv``: its title, columns, rule and symbols, as JSON.

    It holds nothing that the table does not show; what is withheld is counted, by symbol.

    Parameters
    ----------
    counted
        Which deaths it counts, by the names of parameters: ``deaths``, ``basis``, ``date_from``,
        ``date_to``, ``registered_by``, ``rules`` and others.
    notice
        What the data are, such as that they are invented.
    """
    description = " ".join(text for text in (notice, table.notes) if text)
    about = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{table.name}.csv",
        "dc:title": table.title,
        **({"dc:description": description} if description else {}),
        "tableSchema": {
            "columns": [_column(table, name) for name in table.frame],
            "primaryKey": list(table.by),
        },
        "notes": [
            _protection(table),
            _symbols(table),
            *([{"bulletin": dict(counted)}] if counted else []),
        ],
    }
    return json.dumps(about, indent=1, ensure_ascii=False) + "\n"


def _column(table: "Table", name: str) -> dict:
    if name in table.by:
        values = table.frame[name]
        labels, datatype = [LABELS.get(name)], "integer" if _whole(values) else "string"
    elif name in MEASURES:
        decimals = MEASURES[name].decimals
        labels = [MEASURES[name].label]
        datatype = {None: "string", 0: "integer"}.get(decimals, "number")
    else:
        measure = name.removesuffix("_status")
        labels, datatype = [f"Status of: {MEASURES[measure].label}"], "string"
    titles = [name, *(label for label in labels if label and label != name)]
    return {"name": name, "titles": titles, "datatype": datatype}


def _whole(values: "pd.Series") -> bool:
    return values.dtype.kind in "iu"


def _protection(table: "Table") -> dict:
    rules, geography, period, kind = table.rules
    return {
        "rule": str(table.rules),
        "rule_set": rules.name,
        "rule_set_title": rules.title,
        "rule_set_source": rules.source,
        "family": rules.family.name,
        "family_source": rules.family.source,
        "geography": geography,
        "period": period,
        "method": kind.method,
        "smallest_count": kind.smallest_count,
        "smallest_population": kind.smallest_population,
        "zeros": kind.zeros,
        "rates_from": {
            rate: rules.rates[rate].from_ for rate in rules.rates if rate in table.frame
        },
    }


def _symbols(table: "Table") -> dict:
    """What each symbol of a status means, and how many values of each measure have it."""
    given = {measure: table.frame[f"{measure}_status"].value_counts() for measure in table.measures}
    return {
        "symbols": {sign: words for sign, words in STATUSES.items() if sign},
        "values_with_symbol": {
            measure: {sign: int(counts[sign]) for sign in STATUSES if sign and sign in counts}
            for measure, counts in given.items()
            if set(counts.index) - {""}
        },
    }
