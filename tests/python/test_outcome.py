"""What a build says of models that could not be built: whose fault it may be, and which files to look at."""

import json

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
