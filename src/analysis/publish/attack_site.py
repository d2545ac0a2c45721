"""The attacker over the site: every edition with those before it, and with what was given out."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.errors import BulletinError
from analysis.params import EditionParams
from analysis.publish.manifest import read_manifest
from analysis.run.apart import Step

if TYPE_CHECKING:  # slow to import, and not needed to know what is to be attacked
    from analysis.publish.attack_edition import Attacked


def attack_site(root: Path, among: Sequence[str] = ()) -> Iterator["Attacked"]:
    """Attack editions on the site, each with those of its series before it and with the ledger.

    Parameters
    ----------
    root
        Folder of the project; tables that were given out beside editions are in its
        ``data/ledger/<data>``.
    among
        Names of the editions to attack; by default all.

    Yields
    ------
    Attacked
        One an edition, by series and cut-off.

    Raises
    ------
    DisclosureError
        As ``attack_edition`` and ``hold_pages_against_downloads``.
    BulletinError
        There is no edition of a name in ``among``.
    """
    from analysis.publish.attack_edition import hold_pages_against_downloads

    ordered = _in_order(root)
    names = [release.name for release in ordered]
    unknown = sorted(set(among) - set(names))
    if unknown:
        raise BulletinError(
            f"There is no edition {', '.join(unknown)} on the site.\n"
            f"Editions on it: {', '.join(sorted(names)) or 'none'}."
        )
    for release in ordered:
        if release.name in (among or names):
            hold_pages_against_downloads(release.folder, release.name)
            yield _attacked(root, release, ordered)


def to_attack(root: Path, made: Sequence[EditionParams]) -> list[str]:
    """Return the editions of which something changes when those that were made are published.

    Those are the made ones, and later ones of their series, which readers compare with them.
    """
    ordered, new = _in_order(root, made), {params.edition for params in made}
    return [
        release.name
        for release in ordered
        if new & {release.name, *(other.name for other in _before(release, ordered))}
    ]


def attack_made(root: Path, made: Sequence[EditionParams], name: str, step: Step) -> "Attacked":
    """Attack an edition that was made, or one that stays on the site, as one step.

    Those that were made are read in ``_build``, where their pages have run; they stand for those of
    the same name on the site.

    Raises
    ------
    DisclosureError
        As ``attack_edition``.
    """
    with step(f"{name}: attacking it with all that is public"):
        ordered = _in_order(root, made)
        release = next(release for release in ordered if release.name == name)
        return _attacked(root, release, ordered)


def _attacked(root: Path, release: "_Release", ordered: Sequence["_Release"]) -> "Attacked":
    from analysis.publish.attack_edition import attack_edition

    earlier = {other.name: other.folder for other in _before(release, ordered)}
    ledger = root / "data" / "ledger" / release.series
    return attack_edition(release.folder, release.name, root / release.lookup, earlier, ledger)


def attack_asked(root: Path, params: EditionParams, folder: Path) -> None:
    """Refuse a table that is asked for, if it gives a count away beside all that is public.

    ``folder`` holds it as it would be given out; public are the editions of the same data on the
    site and the ledger.
    """
    from analysis.publish.attack_tables import attack_table

    public = {
        release.name: release.folder for release in _in_order(root) if release.series == params.data
    }
    ledger = root / "data" / "ledger" / params.data
    attack_table(folder, public, root / params.inputs.lookup, ledger)


class _Release(NamedTuple):
    """An edition on the site, as its manifest has it, or one that was made."""

    series: str
    registered_by: str
    name: str
    lookup: str
    folder: Path

    @classmethod
    def public(cls, folder: Path) -> "_Release":
        said = read_manifest(folder)
        parameters, name = said["sources"]["parameters"], said["edition"]["edition"]
        lookup = parameters["inputs"]["lookup"]
        return cls(parameters["data"], str(parameters["registered_by"]), name, lookup, folder)

    @classmethod
    def made(cls, params: EditionParams, root: Path) -> "_Release":
        name, folder = params.edition, root / "_build" / params.edition
        return cls(params.data, str(params.registered_by), name, params.inputs.lookup, folder)


def _in_order(root: Path, made: Sequence[EditionParams] = ()) -> list[_Release]:
    """Editions on the site, and those that were made in their place, by series and cut-off."""
    public = sorted((root / "site" / "editions").glob("*/"))
    releases = [_Release.public(folder) for folder in public]
    releases += [_Release.made(params, root) for params in made]
    return sorted({each.name: each for each in releases}.values(), key=lambda each: each[:3])


def _before(release: _Release, ordered: Sequence[_Release]) -> list[_Release]:
    earlier = ordered[: ordered.index(release)]
    return [other for other in earlier if other.series == release.series]
