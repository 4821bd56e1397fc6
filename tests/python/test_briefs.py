"""The written answers: what they type, name and link exists; the Terraform keeps the rules of its review."""

import re

import duckdb
import hcl2
import pytest
from conftest import ROOT
from test_acceptance import exists, named_anchors

FOLDER = ROOT / "docs" / "briefs"
PAGES = sorted(FOLDER.glob("*.md"))
TERRAFORM = FOLDER / "terraform" / "main.tf"
BRIEFS = {"000", "001", "002", "003", "004"}
TIMES = "\N{MULTIPLICATION SIGN}"


def prose(page):
    """The text outside of its code blocks, whose changes are flawed on purpose."""
    return re.sub(r"```.*?```", "", page.read_text(), flags=re.S)


def spans(page):
    return set(re.findall(r"`([^`]+)`", prose(page)))


def test_there_is_a_page_for_each_brief_with_a_summary_in_english():
    assert {page.stem for page in PAGES} == BRIEFS | {"reviews"}
    assert all("\n*English summary. " in page.read_text() for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_types_and_names_exists(page):
    wrong = []
    for span in spans(page):
        named = re.match(r"(crescendo|make|docs/|tests/|seeds/|scripts/|analyses/|models/)", span)
        # DIR and the like are for the reader to fill in
        if named and span != "crescendo" and exists(span) is False and not span.startswith("crescendo_"):
            wrong.append(span)
    assert not wrong
    for target in re.findall(r"\]\(([^)]+)\)", prose(page)):
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        assert not anchor or anchor in named_anchors(file.read_text()), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_table_that_a_page_names_is_there(built, page):
    schemas = "audience|films|leads|listening|load_audit|metrics|operations|quality|recommendations"
    with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
        for span in spans(page):
            found = re.fullmatch(rf"((?:{schemas})\.\w+)(?:\(([^)]*)\))?", span)
            if found:
                name, columns = found.groups()
                is_function = "'" in (columns or "")
                source, listed = (span, "*") if is_function else (name, columns or "*")
                connection.execute(f"select {listed} from {source} limit 1")


def measured_seconds(what):
    """Seconds in the row of docs/benchmarks.md whose first cell begins so."""
    rows = (ROOT / "docs" / "benchmarks.md").read_text().splitlines()
    (row,) = [row for row in rows if row.startswith(f"| {what}")]
    return float(row.split(" | ")[1])


def in_french(number, digits=0):
    return f"{number:,.{digits}f}".replace(",", " ").replace(".", ",")


def test_the_arithmetic_of_cost_rests_on_what_was_measured():
    load, build = measured_seconds("load the report |"), measured_seconds("`dbt build` of the report")
    publish, load_ten = measured_seconds("publish its "), measured_seconds("load ten such reports")
    day = round(load + build + publish)
    month = day * 30
    hours = in_french(month / 3600, 2)
    ten = load_ten + 10 * build + 10 * publish
    said = (FOLDER / "001.md").read_text()
    for words in (
        f"chargement {in_french(load, 1)} s, `dbt build` {in_french(build, 1)} s, publication {publish:.0f} s",
        f"soit {day} s sur deux",
        f"{day} s {TIMES} 30 jours = {in_french(month)} s = {hours} h de deux",
        f"ou {in_french(2 * month / 3600, 1)} heure de cœur",
        f"{hours} {TIMES} mémoire",
        f"passe de {in_french(load, 1)} à {load_ten:.0f} s",
        f"({load_ten:.0f} + {10 * build:.0f} + {10 * publish:.0f}) s {TIMES} 30 = {in_french(ten * 30 / 3600, 1)} h",
        f"mille fois les {hours} h",
    ):
        assert words in said


# --- Terraform -------------------------------------------------------------------------------------------------


def resources(text):
    """(type, name, body as text) of each resource that the parser finds."""
    parsed = hcl2.loads(text)
    found = []
    for block in parsed.get("resource", []):
        for kind, named in block.items():
            found += [
                (kind.strip('"'), name.strip('"'), str(body))
                for name, body in named.items()
                if not name.startswith("__")
            ]
    return found


def faults(text):
    """The rules of the review that a configuration breaks."""
    broken = []
    for kind, name, body in resources(text):
        place = f"{kind}.{name}"
        if "allUsers" in body or "allAuthenticatedUsers" in body:
            broken.append(f"{place} is public")
        if kind == "google_storage_bucket":
            broken += [f"{place} may be destroyed with its data"] if "force_destroy" in body else []
            broken += [f"{place} may become public"] if "enforced" not in body else []
            broken += [f"{place} keeps no versions"] if "versioning" not in body else []
        if kind == "google_project_iam_member" or re.search(r"roles/(editor|owner)", body):
            broken.append(f"{place} gives rights of the whole project")
        if kind == "google_secret_manager_secret_version" or "secret_data" in body:
            broken.append(f"{place} has a secret in its state")
    return broken


def test_the_terraform_is_read_and_keeps_the_rules_of_the_review():
    text = TERRAFORM.read_text()
    kinds = {kind for kind, _, _ in resources(text)}
    assert {"google_storage_bucket", "google_cloud_run_v2_job", "google_secret_manager_secret"} <= kinds
    assert faults(text) == []
    assert "version = " in text and "required_version" in text


def test_the_flawed_change_of_the_review_breaks_each_of_them():
    change = re.search(r"```hcl\n(.+?)```", (FOLDER / "reviews.md").read_text(), re.S)[1]
    said = "\n".join(faults(change))
    for word in (
        "is public",
        "destroyed with its data",
        "may become public",
        "no versions",
        "whole project",
        "in its state",
    ):
        assert word in said


def test_the_flawed_image_of_the_review_is_found_by_the_linter(tmp_path):
    from test_containers import hadolint

    change = re.search(r"```dockerfile\n(.+?)```", (FOLDER / "reviews.md").read_text(), re.S)[1]
    (tmp_path / "Containerfile").write_text(change)
    said = hadolint(tmp_path / "Containerfile").stdout
    assert all(rule in said for rule in ("DL3007", "DL3008", "DL3025", "DL3042")), said
