"""Values checked against a model, every fault reported at once with its field."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from analysis.errors import ParamsError


def validated(model: type, values: dict, where: str, contradictions: Sequence[str] = ()) -> Any:
    """Return an instance of ``model``, or refuse ``values`` with all their faults.

    Parameters
    ----------
    where
        What is being read, for the message.
    contradictions
        Faults between fields, found before, that are reported with the others.

    Raises
    ------
    ParamsError
        There are faults.
    """
    faults = list(contradictions)
    try:
        params = model.model_validate(values)
    except ValidationError as error:
        faults = [_in_words(fault) for fault in error.errors()] + faults
    if faults:
        listed = "\n".join(f"  {fault}" for fault in dict.fromkeys(faults))
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise ParamsError(f"{where}: {count}.\n{listed}\nCorrect the fields named above.")
    return params


def _in_words(fault: dict) -> str:
    field = ".".join(str(part) for part in fault["loc"] if part != "[key]")
    words = {"missing": "is missing", "extra_forbidden": "is not a known parameter"}
    reason = words.get(fault["type"], f"{fault['msg']} (found {fault['input']!r})")
    return f"{field}: {reason}"
