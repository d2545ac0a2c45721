"""Parameter files: read, carried forward to a new cut-off, written."""

from datetime import date, timedelta
from pathlib import Path

import yaml

from analysis.errors import ParamsError
from analysis.params.contradictions import contradictions
from analysis.params.models import EditionParams
from analysis.params.strict_yaml import StrictLoader
from analysis.params.validation import validated


def load_edition(path: str | Path) -> EditionParams:
    """Return the parameters in the YAML file ``path``.

    Raises
    ------
    ParamsError
        The file is missing, is not YAML, or has faults; all of them are listed.
    """
    path = Path(path)
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)
    except FileNotFoundError:
        raise ParamsError(
            f"{path}: no such file.\nParameter files of this project are in params/."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, IsADirectoryError) as fault:
        words = str(fault).replace('"<unicode string>"', path.name)
        raise ParamsError(
            f"{path}: not a readable YAML file.\n{words}\nCorrect it there, and run it again."
        ) from None
    if not isinstance(values, dict):
        raise ParamsError(f"{path}: holds no parameters.\nStart from a file in params/.")
    return validated(EditionParams, values, str(path), contradictions(values))


def next_edition(params: EditionParams, registered_by: date) -> EditionParams:
    """Return the edition that follows from a later cut-off.

    Deaths counted by occurrence run to the end of the last whole month before the cut-off, deaths
    counted by registration to the cut-off itself; the release keeps its lag behind the cut-off.

    Raises
    ------
    ParamsError
        The cut-off is not later, or leaves no whole period.
    """
    if registered_by <= params.registered_by:
        raise ParamsError(
            f"--registered-by {registered_by}: not after the cut-off of {params.edition}, "
            f"{params.registered_by}.\nThe next edition has a later one; to change this one, edit "
            "its file."
        )
    lag = params.release.date - params.registered_by
    month_end = (registered_by + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    ends = {"occurrence": month_end, "registration": registered_by}
    released = registered_by + lag
    values = params.model_dump(exclude_unset=True)
    values["edition"] = f"{params.edition.split('-')[0]}-{released}"
    values["registered_by"] = registered_by
    values["release"] |= {"date": released, "next": None, "status": "provisional"}
    for deaths in values["deaths"].values():
        deaths["date_to"] = ends[deaths["basis"]]
    return validated(
        EditionParams, values, f"--registered-by {registered_by}", contradictions(values)
    )


def as_yaml(params: EditionParams) -> str:
    """Return the text of a parameter file that holds ``params``, defaults left out."""
    values = params.model_dump(exclude_unset=True)
    return yaml.dump(values, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)


class _Plain(yaml.SafeDumper):
    """Writes a value again where it stands again, and not a reference to it."""

    def ignore_aliases(self, data: object) -> bool:
        return True
