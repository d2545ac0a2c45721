"""The attacker over the site: every edition with those before it, and with what was given out."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.errors import BulletinError
from analysis.params import EditionParams
from analysis.publish.manifest import read_manifest
from analysis.run.apart import Step

if TYPE_CHECKING:  # slow to import, and not needed to know what is to be attacked
    from analysis.publish.attack_edition import Attacked


def attack_site(
    root: Path, built: Sequence[Path] = (), among: Iterable[str] = ()
) -> Iterator["Attacked"]:
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
        Names of the editions to attack; by default those of :func:`to_attack`.

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
    from analysis.publish.attack_edition import attack_edition

    ordered = _in_order(root, built)
    names = [release.name for release in ordered]
    unknown = sorted(set(among) - set(names))
    if unknown:
        raise BulletinError(
            f"There is no edition {', '.join(unknown)} on the site.\n"
            f"Editions on it: {', '.join(sorted(names)) or 'none'}."
        )
    for release in ordered:
        if release.name in (among or to_attack(root, built)):
            before = _before(release, ordered)
            earlier = {other.name: other.folder for other in before}
            ledger = root / "data" / "ledger" / release.series
            yield attack_edition(
                release.folder, release.name, root / release.lookup, earlier, ledger
            )


def to_attack(root: Path, built: Sequence[Path] = ()) -> list[str]:
    """Return the editions of which something changes when ``built`` are published.

    Those are the built ones, and later ones of their series, which readers compare with them; all
    on the site if none is built.
    """
    ordered = _in_order(root, built)
    new = {_Release.of(folder).name for folder in built}
    changed = [
        release.name
        for release in ordered
        if new & {release.name, *(other.name for other in _before(release, ordered))}
    ]
    return changed if built else [release.name for release in ordered]


def attack_built(root: Path, built: Sequence[Path], name: str, step: Step) -> list["Attacked"]:
    """Attack one of the editions that are to be published, or that stay, as one step."""
    with step(f"{name}: attacking it with all that is public"):
        return list(attack_site(root, built, [name]))


def attack_asked(root: Path, params: EditionParams, folder: Path) -> None:
    """Refuse a table that is asked for, if it gives a count away beside all that is public.

    ``folder`` holds it as it would be given out; public are the editions of the same data on the
    site and the ledger.
    """
    from analysis.publish.attack_tables import attack_table

    public = {
        release.name: release.folder
        for release in _in_order(root, ())
        if release.series == params.data
    }
    ledger = root / "data" / "ledger" / params.data
    attack_table(folder, public, root / params.inputs.lookup, ledger)


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


def _in_order(root: Path, built: Sequence[Path]) -> list[_Release]:
    """Editions on the site, and built ones in their place, by series and cut-off."""
    releases = {release.name: release for release in map(_Release.of, _public(root))}
    releases |= {release.name: release for release in map(_Release.of, built)}
    return sorted(releases.values(), key=lambda release: release[:3])


def _before(release: _Release, ordered: Sequence[_Release]) -> list[_Release]:
    earlier = ordered[: ordered.index(release)]
    return [other for other in earlier if other.series == release.series]
