"""The attacker over the site: every edition with those before it, and with what was given out."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.errors import BulletinError
from analysis.publish.attack_edition import Attacked, attack_edition
from analysis.publish.manifest import read_manifest
from analysis.run.apart import Step


def attack_site(
    root: Path, built: Sequence[Path] = (), among: Iterable[str] = ()
) -> Iterator[Attacked]:
    """Attack editions, each together with those of its series before it and with the ledger.

    Parameters
    ----------
    root
        Folder of the project; on its site are editions that are public already, and in
        ``data/ledger/<data>`` the tables that were given out beside them.
    built
        Editions that are to be published: complete folders of HTML with their manifests. They
        stand for those of the same name on the site.
    among
        Names of the editions to attack. By default those that are built and all later ones, which
        stay; if none is built, all that are on the site.

    Yields
    ------
    Attacked
        One an edition, by series and cut-off.

    Raises
    ------
    DisclosureError
        As :func:`attack_edition`.
    BulletinError
        There is no edition of a name in ``among``.
    """
    releases = {release.name: release for release in map(_Release.of, _public(root))}
    new = [_Release.of(folder) for folder in built]
    releases |= {release.name: release for release in new}
    unknown = sorted(set(among) - set(releases))
    if unknown:
        raise BulletinError(
            f"There is no edition {', '.join(unknown)} on the site.\n"
            f"Editions on it: {', '.join(sorted(releases)) or 'none'}."
        )
    ordered = sorted(releases.values(), key=lambda release: release[:3])
    for place, release in enumerate(ordered):
        before = [other for other in ordered[:place] if other.series == release.series]
        own = {release.name, *(other.name for other in before)}
        if among and release.name not in among:
            continue
        if not among and new and not own & {other.name for other in new}:
            continue
        earlier = {other.name: other.folder for other in before}
        ledger = root / "data" / "ledger" / release.series
        yield attack_edition(release.folder, release.name, root / release.lookup, earlier, ledger)


def attack_built(root: Path, built: Sequence[Path], step: Step) -> list[Attacked]:
    """Attack editions that are to be published, as :func:`attack_site` does, as one step."""
    with step("attacking what would be published, with all that is public"):
        return list(attack_site(root, built))


class _Release(NamedTuple):
    """An edition, as its manifest has it."""

    series: str
    registered_by: str
    name: str
    lookup: str
    folder: Path

    @classmethod
    def of(cls, folder: Path) -> "_Release":
        said = read_manifest(folder)
        parameters, name = said["sources"]["parameters"], said["edition"]["edition"]
        lookup = parameters["inputs"]["lookup"]
        return cls(parameters["data"], str(parameters["registered_by"]), name, lookup, folder)


def _public(root: Path) -> list[Path]:
    return sorted((root / "site" / "editions").glob("*/"))
