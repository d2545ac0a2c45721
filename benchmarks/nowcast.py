"""Back-test of nowcasts: what an edition of each week would have expected, and what came.

``python benchmarks/nowcast.py [RECORDS]`` prints a table in Markdown. A year of registrations (by
default the demonstration data) is cut off at the end of each Saturday of May to September; the
deaths expected of each of the last weeks, and of the last whole month, are compared with those
registered within twelve weeks, counted back from the cut-off in whole weeks.
"""

import sys
from pathlib import Path

import duckdb
import pandas as pd
from rich.console import Console
from rich.markdown import Markdown

# Run as a script, the folder of this file comes first, and its name hides Python's statistics.
sys.path[:] = [path for path in sys.path if Path(path).resolve() != Path(__file__).parent]

from analysis.statistics.nowcast_groups import nowcast_deaths  # noqa: E402
from analysis.statistics.weekday_delays import LONGEST, WEEK  # noqa: E402

RECORDS = Path(__file__).parents[1] / "data" / "raw" / "demo" / "records.parquet"
FIRST = pd.Timestamp("2020-01-04")
CUT_OFFS = pd.date_range("2020-05-02", "2020-09-26", freq="W-SAT")
WEEKS = {1: "1 week before", 2: "2 weeks", 3: "3 weeks", 4: "4 weeks"}
LAST_MONTH = "last whole month"


def deaths(path: Path) -> pd.DataFrame:
    """Deaths by day, day of registration, and whether they involved COVID-19."""
    involving = "list_contains(icd10_mentions, 'U071') or list_contains(icd10_mentions, 'U072')"
    counted = duckdb.sql(
        f"select death_date as died, registration_date as told, coalesce({involving}, false) as c, "
        f"count(*) as numerator from read_parquet('{path}') where death_date >= '{FIRST.date()}' "
        "and registration_date >= death_date group by all"
    ).df()
    cause = counted.pop("c").map({True: "COVID-19", False: "Not COVID-19"})
    return counted.assign(
        died=pd.to_datetime(counted["died"]), told=pd.to_datetime(counted["told"]), cause=cause
    )


def at_cut_off(counted: pd.DataFrame, cut_off: pd.Timestamp) -> pd.DataFrame:
    """Nowcasts of the last weeks and the last month, with what came of them in the end."""
    late = counted[counted["died"] <= cut_off]
    elapsed = (cut_off - late["died"]).dt.days
    delay = (late["told"] - late["died"]).dt.days
    month_end = cut_off.replace(day=1) - pd.Timedelta(days=1)
    is_month = late["died"].dt.to_period("M") == month_end.to_period("M")
    late = late.assign(
        elapsed=elapsed,
        weeks_known=(elapsed - delay) // WEEK,
        week=(elapsed // WEEK).map(WEEKS),
        month=is_month.map({True: LAST_MONTH, False: None}),
    )
    known = late[delay <= elapsed]
    ended = late[delay <= elapsed % WEEK + WEEK * LONGEST]
    found = []
    for by in ("week", "month"):
        rows = known.assign(wanted=known[by].notna())
        table = nowcast_deaths(rows, [by], within="wanted")
        both = pd.concat([ended.assign(cause="All causes"), ended])
        end = both.groupby(["cause", by], as_index=False)["numerator"].sum()
        end = end.rename(columns={"numerator": "eventual"})
        table = table.merge(end, on=["cause", by]).rename(columns={by: "period"})
        found.append(table)
    return pd.concat(found).assign(cut_off=cut_off)


def main() -> None:
    """Print the table."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    counted = deaths(path)
    table = pd.concat([at_cut_off(counted, cut_off) for cut_off in CUT_OFFS])
    table = table[table["cause"] != "Not COVID-19"].dropna(subset=["estimated"])
    inside = table["eventual"].between(table["estimated_lower_ci"], table["estimated_upper_ci"])
    error = 100 * (table["estimated"] / table["eventual"] - 1)
    half = 50 * (table["estimated_upper_ci"] - table["estimated_lower_ci"]) / table["estimated"]
    groups = table.assign(
        inside=100 * inside, error=error, absolute=error.abs(), half=half
    ).groupby(["cause", "period"])
    lines = [
        "| Cause | Period | Registered, % | Inside limits, % | Mean error, % "
        "| Mean size of error, % | Half the interval, % |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (cause, period), rows in groups:
        means = [
            rows["completeness"].mean(), rows["inside"].mean(), rows["error"].mean(),
            rows["absolute"].mean(), rows["half"].mean(),
        ]  # fmt: skip
        lines.append(f"| {cause} | {period} | " + " | ".join(f"{m:.1f}" for m in means) + " |")
    console = Console()
    console.print(Markdown(f"# Nowcasts at {len(CUT_OFFS)} cut-offs, {path.parent.name} data"))
    console.print("\n".join(lines), markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
