"""Time and cost of protection and attack, beside the figures of other programs.

Run ``python benchmarks/disclosure.py [FOLDER ...]``; with a folder of the peers' tables
(``secondary_suppression``) their summaries are printed beside ours. Folders of built editions are
attacked instead, each with those named before it. Times are processor seconds.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.disclosure.attack import bounds
from analysis.disclosure.hierarchies import add_totals
from analysis.disclosure.leaks import find_leaks
from analysis.disclosure.perturb import noise_table, perturb, record_keys
from analysis.disclosure.reallocate import reallocate
from analysis.disclosure.suppress import suppress
from analysis.publish.attack_edition import attack_edition
from analysis.publish.manifest import read_manifest

# Seconds of GaussSuppression 1.2.3 on tables of that many cells, as reported for this kind.
GAUSS = {1_098: 0.35, 7_944: 12.3}


def occupations(size: int, deciles: int, seed: int = 1) -> tuple[pd.DataFrame, dict]:
    """Return sex x occupation x decile with all totals: many small counts, a few large."""
    draw = np.random.default_rng(seed)
    occupation = [f"O{number:03}" for number in range(size)]
    decile = [str(number + 1) for number in range(deciles)]
    mean = 6 * draw.gamma(6, 1 / 6, (size, 1, 1)) * draw.gamma(1.2, 1 / 1.2, (size, 2, deciles))
    codes = pd.MultiIndex.from_product([occupation, ["F", "M"], decile])
    cells = codes.set_names(["occ", "sex", "dep"]).to_frame(index=False)
    hierarchies = {
        "sex": {"Total": ["F", "M"]},
        "occ": {"Total": occupation},
        "dep": {"Total": decile},
    }
    return add_totals(cells.assign(numerator=draw.poisson(mean).ravel()), hierarchies), hierarchies


def small_areas(flat: bool = False, seed: int = 1) -> tuple[pd.DataFrame, dict]:
    """Return 7,201 MSOAs x 4 months x COVID-19 or not, with all totals.

    Areas are in 336 authorities in regions in countries, or, ``flat``, under one total.
    """
    draw = np.random.default_rng(seed)
    home = np.sort(draw.integers(0, 336, 7_201))
    area = [f"E02{number:06}" for number in range(len(home))]
    authority = [f"E09{number:06}" for number in range(336)]
    region = draw.integers(0, 10, 336)
    inside = pd.Series(area).groupby(home).apply(list).to_dict()
    trees = [
        {authority[lad]: inside[lad] for lad in np.flatnonzero(region == number) if lad in inside}
        for number in range(10)
    ]
    england = {f"E12{number:06}": tree for number, tree in enumerate(trees[:-1])}
    hierarchies = {
        "area": {"K": area} if flat else {"K": {"E": england, "W": trees[-1]}},
        "month": {"All months": ["3", "4", "5", "6"]},
        "cause": {"All causes": ["COVID-19", "Not COVID-19"]},
    }
    mean = np.array([[0.4, 5], [2.6, 6], [1.2, 4.5], [0.5, 4.2]])
    mean = mean * draw.gamma(4, 1 / 4, (len(area), 1, 1)) * draw.gamma(3, 1 / 3, (len(area), 4, 2))
    codes = pd.MultiIndex.from_product(
        [area, hierarchies["month"]["All months"], hierarchies["cause"]["All causes"]]
    )
    cells = codes.set_names(["area", "month", "cause"]).to_frame(index=False)
    return add_totals(cells.assign(numerator=draw.poisson(mean).ravel()), hierarchies), hierarchies


def timed(work: Callable) -> tuple[object, float]:
    """Return a result and the processor seconds that it took."""
    start = time.process_time()
    return work(), time.process_time() - start


def protected(name: str, cells: pd.DataFrame, hierarchies: dict, largest: int) -> pd.DataFrame:
    """Protect a table, attack it, and print a line."""
    result, seconds = timed(lambda: suppress(cells, hierarchies, largest))
    about = result.attrs["suppression"]
    leaks, attack = timed(lambda: find_leaks(result, hierarchies, largest, largest))
    print(
        f"{name:<28}{about['cells']:>8,}{about['primary']:>8,}{about['secondary']:>9,}"
        f"{about['withheld']:>10,.0f}{seconds:>9.2f}{attack:>9.2f}{len(leaks):>7}"
    )
    return result


def peers(folder: Path) -> None:
    """Print the peers' tables: ours, and under it their own figures."""
    for row in pd.read_csv(folder / "summary.csv").itertuples():
        cells = pd.read_csv(folder / f"{row.table}_expected.csv", dtype=str)
        count = "ant" if "ant" in cells else "freq"
        cells = cells.drop(columns=["primary", "suppressed"]).astype({count: int})
        hierarchies = peer_hierarchies(folder, row.table, cells.drop(columns=count))
        protected(row.table, cells, hierarchies, row.max_primary)
        print(
            f"  {'GaussSuppression':<26}{row.cells:>8,}{row.primary:>8,}{row.secondary:>9,}"
            f"{row.suppressed_freq:>10,}"
        )


def peer_hierarchies(folder: Path, name: str, codes: pd.DataFrame) -> dict:
    """Return what adds up to what in a peer's table."""
    hierarchies = {column: {"Total": sorted(set(codes[column]) - {"Total"})} for column in codes}
    if name == "example1":
        hierarchies["geo"] = {"Total": {"EU": ["Spain", "Portugal"], "nonEU": ["Iceland"]}}
    if name == "d2":
        places = pd.read_csv(folder / "d2_inputs.csv", dtype=str).drop_duplicates("region")
        ways = [places.groupby(way)["region"].apply(list) for way in ("county", "k_group")]
        hierarchies["region"] = [{"Total": way.to_dict()} for way in ways]
    return hierarchies


def editions(folders: list[Path]) -> None:
    """Attack built editions of one series, and print a line for each."""
    print(f"{'edition':<28}{'tables':>8}{'rows':>10}{'withheld':>10}{'narrowest':>11}{'attack':>9}")
    earlier: dict[str, Path] = {}
    for folder in folders:
        inputs = read_manifest(folder)["sources"]["parameters"]["inputs"]
        lookup = Path(__file__).parents[1] / inputs["lookup"]
        done, seconds = timed(
            lambda at=folder, to=lookup, known=earlier: attack_edition(at, at.name, to, known)
        )
        print(
            f"{folder.name:<28}{done.tables:>8}{done.cells:>10,}{done.withheld:>10,}"
            f"{done.narrowest:>11g}{seconds:>9.2f}"
        )
        earlier = {**earlier, folder.name: folder}


def main() -> None:
    """Print all measurements."""
    built = [Path(name) for name in sys.argv[1:] if (Path(name) / "manifest.json").is_file()]
    if built:
        editions(built)
        return
    print(
        f"{'table':<28}{'cells':>8}{'primary':>8}{'second.':>9}{'deaths':>10}"
        f"{'protect':>9}{'attack':>9}{'leaks':>7}"
    )
    if len(sys.argv) > 1:
        peers(Path(sys.argv[1]))
    for size, deciles in ((60, 5), (330, 7)):
        cells, hierarchies = occupations(size, deciles)
        protected("occupation x sex x decile", cells, hierarchies, 2)
        print(f"  {'GaussSuppression':<26}{'':>35}{GAUSS[len(cells)]:>9.2f}")
    cells, hierarchies = small_areas()
    result = protected("MSOA x month x COVID-19", cells, hierarchies, 2)
    _, seconds = timed(lambda: bounds(result, hierarchies))
    print(f"  exact bounds of {int(result['suppressed'].sum()):,} withheld cells{seconds:>27.2f}")
    protected("the same, no authorities", *small_areas(flat=True), 2)

    names = [f"certificate {number}" for number in range(610_000)]
    keys, seconds = timed(lambda: record_keys(names, bytes(range(32))))
    print(f"keys of 610,000 records{seconds:>39.2f}")
    records = cells.head(57_608).assign(record_key=keys[:57_608])
    table, seconds = timed(noise_table)
    print(f"a table of perturbations{seconds:>38.2f}")
    _, seconds = timed(lambda: perturb(records, ["area", "month"], table))
    print(f"perturbing 57,608 groups{seconds:>38.2f}")
    inner = cells.head(57_608).assign(parent=cells["area"].str[:6])
    _, seconds = timed(lambda: reallocate(inner, "area", "parent", secret=b"one"))
    print(f"reallocating 57,608 groups{seconds:>36.2f}")


if __name__ == "__main__":
    main()
