"""What a build says of models that could not be built: whose fault it may be, and which files to look at."""

import json

import pytest
from crescendo import outcome

MESSAGE = """Runtime Error in model int_memberships_received (models/int_memberships_received.sql)
  Binder Error: Referenced column "weight" not found in FROM clause!
  Candidate bindings: "wieght", "counts"

  LINE 31: select subject_id, weight
                              ^"""


def told(tmp_path, status, kind, message, failures=None):
    mine = {"name": "int_podcasts_memberships", "resource_type": "model", "fqn": ["c", "intermediate", "m"]}
    node = {"name": "broken", "resource_type": kind, "fqn": ["c", "intermediate", "broken"], "schema": "s"}
    nodes = {
        "model.c.mine": {**mine, "original_file_path": "models/intermediate/podcasts/int_podcasts_memberships.sql"},
        f"{kind}.c.broken": {
            **node,
            "original_file_path": "models/broken.sql",
            "depends_on": {"nodes": ["model.c.mine", "source.c.x"]},
        },
    }
    for one in nodes.values():
        one.setdefault("schema", "s")
        one.setdefault("depends_on", {"nodes": []})
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes, "child_map": {}}))
    result = {"unique_id": f"{kind}.c.broken", "status": status, "message": message, "failures": failures}
    (tmp_path / "run_results.json").write_text(json.dumps({"results": [result]}))
    return outcome.told(outcome.read(tmp_path).broken, tmp_path)


def test_a_model_that_cannot_be_built_may_be_the_users_and_is_told_with_file_and_column(tmp_path):
    first, second, *_ = told(tmp_path, "error", "model", MESSAGE)
    assert first == (
        "error: broken could not be built. This is a fault of the models, which are ours unless you have changed them,"
        " not of your files."
    )
    assert second == (
        '  broken (models/broken.sql): Binder Error: Referenced column "weight" not found in FROM clause! Candidate'
        ' bindings: "wieght", "counts" LINE 31: select subject_id, weight; it reads'
        " models/intermediate/podcasts/int_podcasts_memberships.sql"
    )


def test_a_broken_promise_is_ours(tmp_path):
    first, second, *_ = told(tmp_path, "fail", "test", "Got 3 results", 3)
    assert first == "error: a promise of Crescendo is broken: broken. This is a fault of ours, not of your files."
    assert second == "  broken (models/broken.sql): 3 rows break it"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,b", "line 3 has 2 values for 3 columns: give each column a value"),
        ("a,b,c,d", "line 3 has 4 values for 3 columns: give each column a value"),
        ('a,"b,c",', "Runtime Error in seed"),
    ],
)
def test_a_row_of_a_seed_without_all_of_its_values_is_told_with_its_line(tmp_path, monkeypatch, row, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "mine.csv").write_text(f"one,two,three\na,b,c\n{row}\na,b,c\n")
    node = {"name": "mine", "resource_type": "seed", "fqn": ["c", "mine"], "schema": "s", "depends_on": {"nodes": []}}
    node["original_file_path"] = "seeds/mine.csv"
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": {"seed.c.mine": node}, "child_map": {}}))
    message = "x\nRuntime Error in seed"
    result = {"unique_id": "seed.c.mine", "status": "error", "message": message, "failures": None}
    (tmp_path / "run_results.json").write_text(json.dumps({"results": [result]}))
    first, second, *_ = outcome.told(outcome.read(tmp_path).broken, tmp_path)
    assert first.endswith(
        "This is a fault of the seeds, which are ours unless you have changed them, not of your files."
    )
    assert second.startswith(f"  mine (seeds/mine.csv): {said}")
