"""Speed and memory of the statistics, against plain ways of doing the same, in one run.

``python benchmarks/statistics.py`` prints tables in Markdown. Times are the best of several turns
(the slow ways get one), on counts drawn from a fixed seed; ratios mean more than seconds. Peak
memory is measured in a process of its own for each size, so that one does not hide another.
"""

import sys
from pathlib import Path

# Run as a script, the folder of this file comes first, and its name hides Python's statistics.
sys.path[:] = [path for path in sys.path if Path(path).resolve() != Path(__file__).parent]

import argparse  # noqa: E402
import json  # noqa: E402
import resource  # noqa: E402
import subprocess  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.markdown import Markdown  # noqa: E402
from scipy import special, stats  # noqa: E402

from analysis.standards import esp2013  # noqa: E402
from analysis.statistics.fine import FinePopulation  # noqa: E402
from analysis.statistics.indirect import smr  # noqa: E402
from analysis.statistics.inequality import slope_index  # noqa: E402
from analysis.statistics.rates import asmr  # noqa: E402

SEED = 20200724
AREAS, LSOAS = 7_201, 34_753
WEEKS = np.array([f"2020-W{number:02d}" for number in range(1, 54)])


def best(function: Callable, turns: int) -> float:
    """Shortest time of some turns, in seconds."""
    times = []
    for _ in range(turns):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def small_areas(standard: pd.Series) -> pd.DataFrame:
    """Counts of every MSOA, sex and age band: 273,638 rows."""
    random = np.random.default_rng(SEED)
    names = [f"E0{number:07d}" for number in range(AREAS)]
    index = pd.MultiIndex.from_product(
        [names, ["F", "M"], standard.index], names=["msoa11cd", "sex", "age_band"]
    )
    counts = index.to_frame(index=False)
    counts["denominator"] = random.integers(20, 400, len(counts))
    counts["numerator"] = random.poisson(counts["denominator"] * 0.004)
    return counts


def rate_of_group(rows: pd.DataFrame, standard: pd.Series) -> pd.Series:
    """One group's rate and ONS limits, as a first script would do it."""
    share = rows["age_band"].map(standard) / standard.sum()
    deaths = rows["numerator"].sum()
    rate = (share * rows["numerator"] / rows["denominator"]).sum()
    variance = (share**2 * rows["numerator"] / rows["denominator"] ** 2).sum()
    if deaths >= 100:
        half = 1.959963985 * np.sqrt(variance)
        lower, upper = rate - half, rate + half
    elif deaths > 0:
        scale = np.sqrt(variance / deaths)
        low, high = stats.chi2.ppf(0.025, 2 * deaths) / 2, stats.chi2.ppf(0.975, 2 * deaths + 2) / 2
        lower, upper = rate + scale * (low - deaths), rate + scale * (high - deaths)
    else:
        lower, upper = 0.0, np.nan
    return pd.Series(
        {"numerator": deaths, "asmr": 1e5 * rate, "lower_ci": 1e5 * lower, "upper_ci": 1e5 * upper}
    )


def rates_of_array(deaths: np.ndarray, people: np.ndarray, share: np.ndarray) -> tuple:
    """The same on arrays of group x band that stand ready, in their order, unchecked."""
    weight = share / people
    total = deaths.sum(axis=1)
    rate, variance = (weight * deaths).sum(axis=1), (weight**2 * deaths).sum(axis=1)
    half = 1.959963985 * np.sqrt(variance)
    few = total < 100
    count = total[few]
    low = np.where(count > 0, special.gammaincinv(np.maximum(count, 1), 0.025), 0)
    high = special.gammainccinv(count + 1, 0.025)
    scale = np.sqrt(variance[few] / np.maximum(count, 1))
    lower, upper = rate - half, rate + half
    lower[few] = rate[few] + scale * (low - count)
    upper[few] = np.where(count > 0, rate[few] + scale * (high - count), np.nan)
    return 1e5 * rate, 1e5 * lower, 1e5 * upper


def benchmark_rates() -> str:
    standard = esp2013(groups=19)
    counts = small_areas(standard)
    by = ["msoa11cd", "sex"]
    shape = (2 * AREAS, len(standard))
    deaths = counts["numerator"].to_numpy().astype(float).reshape(shape)
    people = counts["denominator"].to_numpy().astype(float).reshape(shape)
    share = (standard / standard.sum()).to_numpy()

    ours = asmr(counts, by, standard)
    plain = counts.groupby(by)[["age_band", "numerator", "denominator"]]
    start = time.perf_counter()
    slow = plain.apply(rate_of_group, standard=standard)
    slow_time = time.perf_counter() - start
    fast = rates_of_array(deaths, people, share)
    for column, values in zip(("asmr", "lower_ci", "upper_ci"), fast, strict=True):
        np.testing.assert_allclose(ours[column], np.maximum(values, 0), rtol=1e-7)
        np.testing.assert_allclose(slow[column].clip(lower=0), ours[column], rtol=1e-7)

    times = {
        "asmr, limits `ons`": best(lambda: asmr(counts, by, standard), 7),
        "asmr, limits `gamma`": best(lambda: asmr(counts, by, standard, interval="gamma"), 3),
        "asmr, 95 and 99.8%": best(lambda: asmr(counts, by, standard, confidence=[0.95, 0.998]), 3),
        "smr": best(lambda: smr(counts, by), 3),
    }
    array_time = best(lambda: rates_of_array(deaths, people, share), 7)
    rows = [["pandas groupby-apply", *_row(slow_time, slow_time, array_time)]]
    rows += [[name, *_row(taken, slow_time, array_time)] for name, taken in times.items()]
    rows.append(["numpy, array ready", *_row(array_time, slow_time, array_time)])
    ours_time = times["asmr, limits `ons`"]
    faster, behind = slow_time / ours_time, ours_time / array_time
    return (
        f"## Rates: {AREAS:,} MSOAs x 2 sexes x {len(standard)} age bands\n\n"
        + table(["", "ms", "times faster than groupby-apply", "times numpy"], rows)
        + f"\n\nWanted: at least 60 times faster ({faster:,.0f}, {_met(faster >= 60)}) "
        f"and within 8 times numpy ({behind:.1f}, {_met(behind <= 8)})."
    )


def _row(taken: float, slow: float, array: float) -> list[str]:
    return [f"{1e3 * taken:,.1f}", f"{slow / taken:,.0f}", f"{taken / array:,.1f}"]


def _met(is_met: bool) -> str:
    return "met" if is_met else "missed"


def benchmark_inequality() -> str:
    random = np.random.default_rng(SEED)
    rates = pd.DataFrame(
        {
            "area": np.repeat(np.arange(150), 10),
            "imd_decile": np.tile(np.arange(1, 11), 150),
            "denominator": random.integers(1_000, 90_000, 1_500),
            "asmr": random.uniform(500, 1_500, 1_500),
        }
    )
    rates = rates.assign(lower_ci=rates["asmr"] * 0.9, upper_ci=rates["asmr"] * 1.1)
    rows = []
    for transform in ("none", "log"):
        taken = best(lambda t=transform: slope_index(rates, ["area"], transform=t), 7)
        rows.append([f"closed form, scale {transform}", f"{1e3 * taken:,.1f}"])
        closed = taken
    taken = best(lambda: slope_index(rates, ["area"], interval="simulation"), 1)
    rows.append(["simulation, 100,000 draws", f"{1e3 * taken:,.0f}"])
    return (
        "## Slope and relative index with limits: 150 areas x 10 deciles\n\n"
        + table(["", "ms"], rows)
        + f"\n\nWanted: under 50 ms ({1e3 * closed:.1f}, {_met(closed < 0.05)})."
    )


def fine_turn(number: int) -> dict:
    """One fine table in this process: LSOA x sex x week, with its times and peak memory."""
    standard = esp2013()
    random = np.random.default_rng(SEED)
    names = pd.Series([f"E0{lsoa:07d}" for lsoa in range(LSOAS)])
    cells = LSOAS * 2 * len(standard)
    cell = np.arange(cells)
    population = pd.DataFrame(
        {
            "lsoa11cd": names.take(cell // (2 * len(standard))).array,
            "sex": pd.Series(["F", "M"]).take(cell // len(standard) % 2).array,
            "age_band": pd.Series(standard.index).take(cell % len(standard)).array,
            "denominator": random.integers(1, 60, cells),
        }
    )
    drawn = np.sort(random.integers(0, cells, number))
    deaths = population.iloc[drawn].drop(columns="denominator").reset_index(drop=True)
    deaths["week"] = pd.Series(WEEKS).take(random.integers(0, 53, number)).array

    by = ["lsoa11cd", "sex", "week"]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    prepared = FinePopulation(population, by, standard)
    ready = time.perf_counter()
    rates = prepared.asmr(deaths)
    done = time.perf_counter()
    assert rates["numerator"].sum() == number
    return {
        "deaths": number,
        "groups": len(rates),
        "population": ready - start,
        "rates": done - ready,
        "inputs_mib": before / 1024,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def benchmark_fine() -> str:
    rows = []
    for number in (61_000, 610_000, 6_100_000):
        command = [sys.executable, __file__, "--fine", str(number)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        rows.append(
            [
                f"{number:,}", f"{found['groups']:,}", f"{found['population']:.2f}",
                f"{found['rates']:.2f}", f"{1e6 * found['rates'] / number:.2f}",
                f"{found['inputs_mib']:,.0f}", f"{found['peak_mib']:,.0f}",
            ]
        )  # fmt: skip
    head = [
        "deaths", "groups with deaths", "population s", "rates s", "µs a death",
        "inputs MiB", "peak MiB",
    ]  # fmt: skip
    return (
        f"## Fine table: {LSOAS:,} LSOAs x 2 sexes x 53 weeks ({LSOAS * 106:,} rates)\n\n"
        + table(head, rows)
        + "\n\nMemory is of the whole process, Python and its libraries, and the inputs, included. "
        "The population is prepared once for all tables of a run."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fine", type=int, help="run one fine table and print its figures")
    parser.add_argument("--plain", action="store_true", help="print Markdown as it is")
    options = parser.parse_args()
    if options.fine:
        sys.stdout.write(json.dumps(fine_turn(options.fine)))
        return
    text = "\n\n".join([benchmark_rates(), benchmark_inequality(), benchmark_fine()])
    if options.plain or not sys.stdout.isatty():
        sys.stdout.write(text + "\n")
    else:
        Console().print(Markdown(text))


if __name__ == "__main__":
    main()
