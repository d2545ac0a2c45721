"""Where the project is."""

from pathlib import Path

from analysis.errors import ParamsError


def project_root() -> Path:
    """Return the nearest folder, from the working folder upwards, that holds ``_config.yml``.

    Raises
    ------
    ParamsError
        There is none: the command runs outside a copy of the project.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "_config.yml").is_file():
            return folder
    raise ParamsError(
        f"{here}: neither this folder nor one above it holds _config.yml.\n"
        "Run the command inside a copy of the project."
    )
