"""The command line: one clear message and the documented exit code, nothing half-written."""

import gzip
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
import yaml

from analysis.errors import BulletinError
from analysis.synthesis.demonstration import make_demonstration
from tests.conftest import ROOT

CODES = {kind.__name__: kind.exit_code for kind in BulletinError.__subclasses__()}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "params", root / "params")
    shutil.copy(ROOT / "_config.yml", root)
    make_demonstration(root / "data" / "raw" / "demo", size=0.01)
    return root


def bulletin(root, *arguments):
    command = [sys.executable, "-c", "from analysis.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def spoilt(root, name, **inputs):
    """A parameter file of which some inputs are others."""
    values = yaml.safe_load((root / "params" / "demo-2020-06-12.yml").read_text())
    values["edition"] = name
    populations = inputs.pop("populations", {})
    values["inputs"] |= inputs
    for kind, path in populations.items():
        values["inputs"]["populations"][kind]["path"] = path
    path = root / f"{name}.yml"
    path.write_text(yaml.safe_dump(values, sort_keys=False))
    return path


def assert_refused(run, code, *words):
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    for word in words:
        assert word in run.stderr


def test_the_codes_in_the_readme_are_those_of_the_errors():
    table = (ROOT / "README.md").read_text().split("## Exit codes")[1]
    documented = {int(code) for code in re.findall(r"^\| (\d) \|", table, flags=re.MULTILINE)}

    assert documented == {0, 1, 2, *CODES.values()}


def test_help_lists_every_verb(project):
    run = bulletin(project, "--help")

    for verb in ("run", "new", "data", "editions", "serve", "count", "notebooks"):
        assert re.search(rf"\b{verb}\b", run.stdout)


def test_counting_is_done_once(project):
    params = project / "params" / "demo-2020-06-12.yml"

    first, second = bulletin(project, "count", params), bulletin(project, "count", params)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert "counted" in first.stdout
    assert "up to date" in second.stdout


def test_checks_add_up_to_what_was_delivered(project):
    run = bulletin(project, "data", "check", project / "params" / "demo-2020-06-12.yml")

    number = {
        name: int(re.search(rf"Records {name}\D+([\d,]+)", run.stdout)[1].replace(",", ""))
        for name in ("delivered", "kept", "excluded")
    }
    assert number["delivered"] == number["kept"] + number["excluded"] > 6_000


def test_a_new_edition_is_written_once(project):
    old = project / "params" / "demo-2020-06-12.yml"

    first = bulletin(project, "new", "--from", old, "--registered-by", "2020-07-11")
    second = bulletin(project, "new", "--from", old, "--registered-by", "2020-07-11")

    assert first.returncode == 0, first.stderr
    assert (project / "params" / "demo-2020-07-17.yml").is_file()
    assert_refused(second, 1, "there is such an edition already")
    assert bulletin(project, "editions").returncode == 0


def test_editions_are_listed_beside_a_file_with_faults(project):
    bad = project / "params" / "bad.yml"
    bad.write_text("edition: bad\n")
    run = bulletin(project, "editions")
    bad.unlink()

    assert "demo-2020-06-12" in run.stdout
    assert "demo-2020-07-24" in run.stdout
    assert_refused(run, CODES["ParamsError"], "bad.yml", "registered_by: is missing")


@pytest.mark.parametrize("out", [".", "/proc/nowhere/table.csv"])
def test_a_table_that_cannot_be_written_is_not_given_out(project, out):
    params = project / "params" / "demo-2020-06-12.yml"

    run = bulletin(project, "table", params, "--by", "sex", "--out", out)

    assert_refused(run, CODES["InputError"], "no table can be written there", "--out")
    assert not (project / "data" / "ledger").exists()


def test_an_interrupted_command_says_so(project):
    params = project / "params" / "demo-2020-07-24.yml"
    script = (
        "import os, signal, sys\n"
        "from analysis.run import plan\n"
        "plan.count_edition = lambda *_: os.kill(os.getpid(), signal.SIGINT)\n"
        f"sys.argv = ['bulletin', 'count', {str(params)!r}]\n"
        "from analysis.cli import main\n"
        "main()"
    )

    run = subprocess.run(
        [sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=False
    )

    assert_refused(run, 130, "interrupted. The site is as it was before.")


def test_a_missing_parameter_file(project):
    assert_refused(bulletin(project, "run", "nothing.yml"), CODES["ParamsError"], "no such file")


def test_a_parameter_file_with_faults(project):
    path = project / "faults.yml"
    path.write_text("edition: x\ncolour: red\n")

    run = bulletin(project, "run", path)

    assert_refused(run, CODES["ParamsError"], "faults.yml", "colour", "registered_by: is missing")


def cut_in_half(path, whole):
    path.write_bytes(whole[: len(whole) // 2])


def truncated_gzip(path):
    records = pd.read_parquet(path.parent / "demo" / "records.parquet")
    records["icd10_mentions"] = records["icd10_mentions"].str.join(";")
    cut_in_half(path, gzip.compress(records.to_csv(index=False).encode()))


def truncated_parquet(path):
    cut_in_half(path, (path.parent / "demo" / "records.parquet").read_bytes())


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("empty.csv", lambda path: path.write_text("")),
        ("cut.csv.gz", truncated_gzip),
        ("cut.parquet", truncated_parquet),
        ("columns.csv", lambda path: path.write_text("record_id,sex\n1,F\n")),
        ("doubled.csv", lambda path: path.write_text("record_id,record_id\n1,1\n")),
        (
            "latin.csv",
            lambda path: path.write_bytes("record_id,sex\nJos\xe9,F\n".encode("latin-1")),
        ),
    ],
)
def test_records_that_cannot_be_used(project, name, write):
    write(project / "data" / "raw" / name)
    params = spoilt(project, "spoilt", records=f"data/raw/{name}")

    run = bulletin(project, "count", params)

    assert_refused(run, CODES["InputError"], name)
    assert not list((project / "_build").glob("spoilt/*"))


def test_a_wrong_layout(project):
    params = spoilt(project, "layout", layout="brazil_sim")

    assert_refused(
        bulletin(project, "count", params), CODES["InputError"], "brazil_sim", "bulletin"
    )


def test_an_unknown_layout(project):
    params = spoilt(project, "unknown-layout", layout="mars")

    assert_refused(bulletin(project, "count", params), CODES["InputError"], "mars")


def test_missing_inputs_are_named_together(project):
    params = spoilt(project, "missing", records="data/raw/no.csv", lookup="data/raw/nor.csv")

    run = bulletin(project, "count", params)

    assert_refused(run, CODES["InputError"], "data/raw/no.csv", "data/raw/nor.csv")


def test_a_population_without_an_age_band(project):
    people = pd.read_parquet(project / "data/raw/demo/population_area.parquet")
    people[people["age_band"] != "85-89"].to_parquet(project / "data/raw/short.parquet")
    params = spoilt(project, "short", populations={"area": "data/raw/short.parquet"})

    assert_refused(bulletin(project, "count", params), CODES["InputError"], "short", "85-89")


def test_an_lsoa_that_is_in_no_lookup(project):
    lookup = pd.read_parquet(project / "data/raw/demo/lookup.parquet")
    gone = lookup["lsoa11cd"].iloc[0]
    lookup.iloc[1:].to_parquet(project / "data/raw/part.parquet")
    params = spoilt(project, "part", lookup="data/raw/part.parquet")

    assert_refused(bulletin(project, "count", params), CODES["InputError"], gone)


def test_outside_the_project(tmp_path):
    run = bulletin(tmp_path, "editions")

    assert_refused(run, CODES["ParamsError"], "_config.yml")


def test_no_site_to_serve(project):
    assert_refused(bulletin(project, "serve"), 1, "there is no site yet")
