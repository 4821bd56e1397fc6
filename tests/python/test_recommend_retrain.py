"""When a model is replaced: drift by its definition, the rule of promotion, and runs over a world that changes."""

import json
import math
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import listening_worlds
import numpy as np
import pytest
from crescendo import warehouse
from crescendo.analysis.recommend import artefacts, drift, evaluate, models, promotion, registry, retrain, store
from crescendo.analysis.recommend.matrix import from_rows
from crescendo.analysis.recommend.metrics import Quality
from crescendo.cli import main
from crescendo.errors import CrescendoError
from crescendo.sources.moovitamix.simulate import EPOCH
from scipy import sparse

# drift


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ([1, 1], [2, 2], 0),
        ([1, 0], [0, 1], 1),
        # p = (1, 0), q = (1/2, 1/2), m = (3/4, 1/4)
        ([3, 0], [1, 1], math.sqrt((math.log2(4 / 3) + (math.log2(2 / 3) + math.log2(2)) / 2) / 2)),
        ([0, 0], [1, 1], 1),
    ],
)
def test_the_distance_of_jensen_and_shannon(one, other, wanted):
    assert drift.jensen_shannon(np.array(one, float), np.array(other, float)) == pytest.approx(wanted, abs=1e-12)


def test_every_measure_by_hand():
    listens = [  # user, track, days back; tracks a and b are rock, c is jazz
        ("u", "a", 0), ("u", "c", 0), ("v", "b", 0), ("u", "a", 1), ("u", "b", 1), ("w", "a", 2), ("u", "c", 2),
    ]  # fmt: skip
    last = EPOCH + timedelta(10)
    with duckdb.connect() as connection:
        connection.execute("create schema listening")
        rows = ", ".join(str(row) for row in listens)
        connection.execute(f"""
            create table listening.fct_listens as
            select u as user_key, t as track_key, date '{last}' - d + interval 3 hours as listened_at
            from (values {rows}) as x(u, t, d);
            create table listening.dim_listening_genres as
            select unnest(['rock', 'jazz']) as genre_id, true as is_reference_genre;
            create table listening.bridge_tracks_x_genres as
            from (values ('a', 'rock'), ('b', 'rock'), ('c', 'jazz')) as x(track_key, genre_id)
        """)
        found = drift.measure(drift.read(connection, last, 1), 0, 2)
    distance = drift.jensen_shannon
    assert found["genre_share"] == pytest.approx(distance(np.array([2.0, 1]), np.array([3.0, 1])))
    assert found["track_share"] == pytest.approx(distance(np.array([1.0, 1, 1]), np.array([2.0, 1, 1])))
    # now: u has 2 listens, v 1; before: u has 2 and 1, w 1
    assert found["user_activity"] == pytest.approx(distance(np.array([1.0, 1]), np.array([2.0, 1])))
    assert found["new_user_share"] == pytest.approx(1 / 2)
    assert found["new_track_share"] == 0
    # u heard rock 2, jazz 1 before; a rock and a jazz listen now; v is not known
    assert found["taste"] == pytest.approx(1 - (2 / 3 + 1 / 3) / 2)


def test_a_value_beyond_the_prediction_interval_has_drifted():
    usual = np.array([1.0, 2, 3, 2, 1, 3, 2])
    found = drift._judged("taste", 2.0, usual)
    from scipy.stats import t

    wanted = 2 + t.ppf(1 - drift.ALARM / 6, 6) * usual.std(ddof=1) * math.sqrt(1 + 1 / 7)
    assert (found.highest, found.status) == (pytest.approx(wanted), "stable")
    assert drift._judged("taste", wanted + 0.01, usual).status == "drift"


def test_too_few_windows_or_listens_are_no_verdict():
    with listening_worlds.warehouse_of(listening_worlds.evolving(1, 5, 6)) as connection:
        found = drift.check(connection, EPOCH + timedelta(10))
        assert {one.status for one in found.measured} == {"too_few"}
        assert not found.has_drifted
        connection.execute("delete from listening.fct_listens")
        assert {one.status for one in drift.check(connection, EPOCH + timedelta(10)).measured} == {"too_few"}


# the rule


def quality_of(ndcg: np.ndarray, precision: float = 0.1, coverage: float = 0.5) -> Quality:
    same = np.full(len(ndcg), precision)
    return Quality(np.arange(len(ndcg)), ndcg, same, same, same, coverage, 0.1)


def trial(rng: np.random.Generator, effect: float, users: int = 300) -> str:
    """The decision on two models that see the same users, of which the challenger is better by `effect`."""
    taste = rng.beta(0.6, 2.5, users)
    before, after = (np.clip(taste + rng.normal(0, 0.15, users), 0, 1) for _ in range(2))
    return promotion.decide(quality_of(before), quality_of(after + effect), int(rng.integers(1 << 30)))[0]


@pytest.mark.parametrize("effect", [0.0, -0.01])
def test_a_challenger_that_is_equal_or_worse_is_hardly_ever_promoted(effect):
    rng = np.random.default_rng(11)
    promoted = sum(trial(rng, effect) == "promote" for _ in range(200))
    assert promoted <= 10, "at most 5 %, by the interval's own promise"


def test_a_challenger_that_is_clearly_better_is_nearly_always_promoted():
    rng = np.random.default_rng(12)
    assert sum(trial(rng, 0.06) == "promote" for _ in range(100)) >= 95


def test_the_interval_is_that_of_the_mean():
    rng = np.random.default_rng(1)
    low, high = promotion.interval(rng.normal(0.5, 1.0, 400), 3)
    assert (high - low) / 2 == pytest.approx(1.96 / 20, rel=0.15)
    assert low < 0.5 < high


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ((0.100, 0.5), (0.097, 0.5), "map_at_10 fell"),
        ((0.100, 0.5), (0.099, 0.39), "coverage_at_10 fell"),
        ((0.100, 0.5), (0.099, 0.41), None),
    ],
)
def test_a_better_challenger_is_kept_back_if_another_figure_falls_too_far(before, after, said):
    rng = np.random.default_rng(5)
    ndcg = rng.random(200)
    decision, reason, *_ = promotion.decide(quality_of(ndcg, *before), quality_of(ndcg + 0.1, *after), 1)
    assert decision == ("keep" if said else "promote")
    assert said is None or said in reason


def test_few_users_decide_nothing():
    assert promotion.decide(quality_of(np.zeros(49)), quality_of(np.ones(49)), 1)[0] == "keep"


def test_a_model_is_compared_over_items_that_it_does_not_know():
    rows = sparse.csr_matrix(np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32))
    known = artefacts.Trained("v", models.fit_knn(rows, neighbours=2), np.array(["a", "c", "e"]), "")
    items = np.array(["a", "b", "c", "d", "e"])
    over, alone = promotion.Over(known, items), sparse.csr_matrix(np.array([[1, 0, 0]], np.float32))
    found = over.scores(sparse.csr_matrix(np.array([[1, 1, 0, 1, 0]], np.float32)))
    assert np.isneginf(found[0]).tolist() == [False, True, False, True, False]
    assert found[0, [0, 2, 4]] == pytest.approx(known.model.scores(alone)[0], abs=1e-6)
    learned = from_rows(np.array(["u", "u"]), np.array(["a", "b"]), np.ones(2), np.zeros(2))
    assert np.isfinite(promotion.ratings.held_out_rmse(promotion.Over(known, learned.items), learned, learned, True))


# whole runs


@pytest.fixture(scope="module")
def changing(tmp_path_factory):
    """A warehouse of an evolving universe of which the tastes change on DRIFT."""
    folder = tmp_path_factory.mktemp("changing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRESCENDO_DB", str(folder / "x.duckdb"))
        patch.chdir(folder)  # no registry here
        patch.setattr(
            evaluate, "CANDIDATES",
            (evaluate.Settings("popular"), evaluate.Settings("ease", (("penalty", 100.0),))),
        )  # fmt: skip
        with warehouse.connect() as connection:
            listening_worlds.fill(connection, listening_worlds.evolving(3, 5, 54, 50))
        yield folder


DRIFT = EPOCH + timedelta(50)


def asked(sql: str) -> list[tuple]:
    with warehouse.connect(read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_drift_is_found_and_answered_by_a_better_model(changing, capsys):
    """One story, in the order of its days."""
    first = retrain.retrain(as_of=DRIFT - timedelta(2))
    assert (first.decision, first.reason) == ("promote", "the first model")
    assert asked("select count(distinct user_key) = (select count(*) from listening.user_features)"
                 " from recommendations.top_n") == [(True,)]  # fmt: skip

    calm = retrain.retrain(as_of=DRIFT - timedelta(1))
    assert (calm.decision, calm.reason, calm.challenger) == ("keep", "no drift", None)

    days = (0, 8)
    for after in days:
        found = retrain.retrain(window_days=30, as_of=DRIFT + timedelta(after))
        if after == 0:
            assert "taste" in [one.measure for one in found.check.measured if one.status == "drift"]
        if found.decision == "promote":
            break
        assert found.served == first.served
        assert "drift of taste" in found.reason
    assert found.decision == "promote"
    assert found.compared.lowest > 0
    assert asked("select distinct model_version from recommendations.top_n") == [(found.challenger,)]

    rows = asked("select decision, champion_version, challenger_version, served_version, evaluated_count, data_digest"
                 f" from recommendations.model_promotions where challenger_version = '{found.challenger}'")  # fmt: skip
    assert rows[0][:4] == ("promote", first.served, found.challenger, found.challenger)
    assert rows[0][4] > 100
    assert len(rows[0][5]) == 64
    assert asked("select count(*) from recommendations.drift_checks") == [(6 * (days.index(after) + 3),)]

    assert main(["retrain", "--rollback"]) == 0
    assert f"{first.served} serves again" in capsys.readouterr().out
    assert asked("select decision, served_version from recommendations.model_promotions"
                 " order by decision_id desc limit 1") == [("rollback", first.served)]  # fmt: skip
    assert asked("select distinct model_version from recommendations.top_n") == [(first.served,)]
    with pytest.raises(CrescendoError, match="no such version"):
        retrain.rollback("ease-000000000000")


def test_which_model_served_on_a_day_is_a_query(changing):
    rows = asked("""
        select served_version from recommendations.model_promotions
        where decided_at <= now()::timestamp order by decided_at desc limit 1""")
    with warehouse.connect(read_only=True) as connection:
        assert rows == [(store.serving(connection),)]


def test_a_mistake_is_one_sentence(changing, capsys, tmp_path, monkeypatch):
    for words, said in (
        ("--window 0d", "is not a number of days"),
        ("--window soon", "is not a number of days"),
        ("--every hour", "--every is drift, daily or weekly, not 'hour'"),
        ("--to x", "--to goes with --rollback"),
        ("--rollback --to x", "--to x: no such version"),
    ):
        assert main(["retrain", *words.split()]) == 2
        assert said in capsys.readouterr().err
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "y.duckdb"))
    assert main(["retrain"]) == 2
    assert "there is no warehouse" in capsys.readouterr().err


def test_a_registry_that_fails_is_told(changing, tmp_path, monkeypatch):
    failing = tmp_path / "python"
    failing.write_text("#!/bin/sh\necho it broke >&2\nexit 3\n")
    failing.chmod(0o755)
    monkeypatch.setenv(registry.PYTHON_VARIABLE, str(failing))
    [(version,)] = asked("select min(model_version) from recommendations.model_versions")
    with pytest.raises(CrescendoError, match=r"the registry failed \(it broke\)"):
        registry.record(version)
    monkeypatch.setenv(registry.PYTHON_VARIABLE, str(tmp_path / "nowhere"))
    told = []
    assert registry.record(version, told.append) is False
    assert "make registry" in told[0]


@pytest.mark.skipif(not os.environ.get("CRESCENDO_REGISTRY_PYTHON"), reason="CRESCENDO_REGISTRY_PYTHON names no MLflow")
def test_mlflow_holds_each_version_once_and_its_champion_is_the_one_that_serves(changing):
    versions = [version for (version,) in asked("select model_version from recommendations.model_versions order by 1")]
    for version in [*versions, versions[0]]:
        assert registry.record(version)
    code = """
import json, sys, mlflow
client = mlflow.MlflowClient(sys.argv[1])
found = client.search_model_versions("name = 'crescendo'")
champion = client.get_model_version_by_alias("crescendo", "champion")
run = client.get_run(champion.run_id)
held = sorted(one.tags["model_version"] for one in found)
print(json.dumps([held, champion.tags["model_version"], run.data.metrics]))
"""
    python = os.environ["CRESCENDO_REGISTRY_PYTHON"]
    done = subprocess.run([python, "-c", code, registry.address()], capture_output=True, text=True, check=True)
    held, champion, figures = json.loads(done.stdout.splitlines()[-1])
    assert held == versions
    assert [(champion,)] == asked("select served_version from recommendations.model_promotions"
                                  " order by decision_id desc limit 1")  # fmt: skip
    assert figures["validation_ndcg_at_10"] > 0


def test_the_program_for_mlflow_imports_nothing_of_ours():
    text = Path(registry.PROGRAM).read_text()
    assert "crescendo." not in text.replace('"crescendo"', "").split('"""', 2)[2]
    done = subprocess.run([sys.executable, str(registry.PROGRAM)], capture_output=True, text=True, check=False)
    assert "No module named 'mlflow'" in done.stderr, "the main environment has no MLflow"


def test_a_drift_and_a_promotion_are_noted_for_the_watch(monkeypatch, tmp_path):
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "x.duckdb"))
    measured = tuple(
        drift.Measured(name, 0.5, 0.1, 0.2, status) for name, status in (("taste", "drift"), ("x", "none"))
    )
    checked = drift.Check(date(2025, 5, 1), date(2025, 5, 2), 300, 6000, measured)
    done = retrain.Outcome("promote", "better", "ials-2", checked)
    monkeypatch.setattr(retrain, "retrain", lambda *_: done)
    assert main(["retrain"]) == 0
    [journal] = (tmp_path / ".x.duckdb.runs").glob("*.jsonl")
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    noted = {line["metric"]: line["value"] for line in lines if line["event"] == "measure"}
    assert noted == {"drifted": 1, "promoted": 1}
    assert (lines[0]["verb"], lines[-1]["outcome"]) == ("retrain", "ok")
