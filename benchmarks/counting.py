"""Time and peak memory of counting records, and of making one edition.

    python benchmarks/counting.py

Each measurement is a process of its own; memory is the peak of the largest process in it. Run
`bulletin data demo` first: the records are the demonstration data, 610,000 of them.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
FINEST = """
import sys
from analysis.ingest.checks import check_records
from analysis.ingest.clean import clean_records
from analysis.ingest.derive import derive_columns
from analysis.ingest.engine import write_parquet
from analysis.ingest.lookups import read_lookup
from analysis.ingest.sources import open_records

lookup = read_lookup("data/raw/demo/lookup.parquet")
raw = open_records("data/raw/demo/records.parquet", "bulletin")
checked = check_records(clean_records(raw, "bulletin"), lookup)
records = derive_columns(checked.kept, lookup)
by = ["lsoa11cd", "sex", "age_band"]
write_parquet(records.group_by(by).agg(numerator=records.count()), sys.argv[1])
"""


def main() -> None:
    """Measure and print."""
    table = Table("", "Seconds", "Peak memory, MB")
    with tempfile.TemporaryDirectory() as folder:
        counted = [sys.executable, "-c", FINEST, str(Path(folder, "counts.parquet"))]
        table.add_row("check, count by LSOA x sex x age band", *measured(counted))
    (ROOT / "_build" / "demo-2020-06-12" / "counts" / "key").unlink(missing_ok=True)
    run = [str(Path(sys.executable).parent / "bulletin"), "run", "params/demo-2020-06-12.yml"]
    table.add_row("one edition with its site, from records", *measured(run))
    Console().print(table)


def measured(command: list[str]) -> tuple[str, str]:
    """Return seconds and peak memory of a command and its children."""
    begun = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed ({status})")
    return f"{time.monotonic() - begun:.1f}", f"{usage.ru_maxrss / 1024:,.0f}"


if __name__ == "__main__":
    main()
