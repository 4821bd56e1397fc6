"""CI as people have it: the workflow runs what a developer runs and fits its schema; no secret is in the repository."""

import re
import subprocess
import sys

import pytest
import yaml
from conftest import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
MAKEFILE = (ROOT / "Makefile").read_text()
# what a job may run: a target of the Makefile, .ci/run, and Docker's own check of the compose file
OURS = r"make ([a-z-]+)|(?:sudo --preserve-env=PATH,CI )?\.ci/run|docker compose config --quiet"
PLANTED = "AKIA" + "QYLPMN5HHHFPZAM2"  # in two parts, or this file would have it
BIN = "/".join(sys.executable.split("/")[:-1])


def jobs():
    return yaml.safe_load(WORKFLOW.read_text())["jobs"]


def commands():
    return {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs().items()}


def fits_schema(name, path):
    words = [f"{BIN}/check-jsonschema", "--builtin-schema", f"vendor.{name}", str(path)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_the_workflow_runs_what_ci_runs():
    assert set(commands()) == {"lint", "build", "test", "spark", "image", "audit", "secrets"}
    targets = set()
    for name, runs in commands().items():
        assert runs, name
        for run in runs:
            found = re.fullmatch(OURS, run)
            assert found, f"{name} runs {run}, which is no target of the Makefile"
            targets.add(found[1])
    assert all(re.search(rf"^{target}:", MAKEFILE, re.M) for target in targets - {None})
    # the two commands of a new machine; .ci/run adds the servers that the tests publish to, and nothing else
    assert {"build", "lint"} <= targets
    assert commands()["test"][0].endswith(".ci/run")
    script = (ROOT / ".ci" / "run").read_text()
    assert re.findall(r"^make .*$", script, re.M) == ["make test"]
    for package in ("postgresql", "mariadb-server", "libreoffice-calc"):
        assert f"--no-install-recommends {package}" in script
    assert re.search(r"^test: .*\blint\b", MAKEFILE, re.M), "make test lints too"


def test_the_workflow_fits_its_schema(tmp_path):
    done = fits_schema("github-workflows", WORKFLOW)
    assert done.returncode == 0, done.stdout
    broken = tmp_path / "ci.yml"
    broken.write_text(WORKFLOW.read_text().replace("runs-on: ubuntu-24.04", "runs-one: ubuntu-24.04"))
    assert fits_schema("github-workflows", broken).returncode != 0


def test_jobs_may_only_read_and_end_by_themselves():
    whole = yaml.safe_load(WORKFLOW.read_text())
    assert whole["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 60 for job in jobs().values())
    assert "pull_request_target" not in WORKFLOW.read_text() and "secrets." not in WORKFLOW.read_text()


def scanner():
    """The words of `make secrets`, but for the files."""
    [options] = re.findall(r"^NO_SECRETS := (.+)$", MAKEFILE, re.M)
    return ["bash", "-c", f'exec "{BIN}/detect-secrets-hook" {options.replace("$$", "$")} "$@"', "scan"]


def test_no_secret_is_in_a_file_of_the_project():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no clone: git lists no files")
    # long lists of hashes and of rows, in which no form of a secret can be, would take most of the time
    files = [
        name
        for name in listed.stdout.split("\0")
        if name and not re.search(r"^requirements|^models/|\.svg$|/cases/|^docs/(fields|schema|sources)\.", name)
    ]
    assert len(files) > 300
    done = subprocess.run([*scanner(), *files], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_secret_is_found_if_there_is_one(tmp_path):
    planted = tmp_path / "settings.py"
    planted.write_text(f'KEY = "{PLANTED}"\n')
    done = subprocess.run([*scanner(), str(planted)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "AWS Access Key" in done.stdout


def test_the_extensions_are_of_the_engine_s_own_version():
    pinned = dict(re.findall(r"^([\w.-]+)==([^ ;]+)", (ROOT / "requirements.txt").read_text(), re.M))
    of_duckdb = {name: version for name, version in pinned.items() if re.match(r"duckdb(-cli|-extension.*)?$", name)}
    assert {"duckdb", "duckdb-cli", "duckdb-extension-mysql", "duckdb-extension-postgres"} <= of_duckdb.keys()
    assert len(set(of_duckdb.values())) == 1, of_duckdb


def test_every_list_that_make_lock_writes_is_there_and_hashed():
    written = re.findall(r"--output-file (\S+\.txt)", MAKEFILE)
    assert {"requirements.txt", "requirements-run.txt", "requirements-bench.txt"} <= set(written)
    for name in written:
        text = (ROOT / name).read_text()
        assert re.search(r"^duckdb==|^mlflow==|^apache-airflow\S*==|^dbt-spark==", text, re.M), name
        packages = len(re.findall(r"^\S+==", text, re.M))
        assert len(re.findall(r"^\S+==.*\\\n +--hash", text, re.M)) == packages, name
        assert "index-url" not in text
