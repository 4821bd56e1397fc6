"""Figures by their definitions, models by their identities, lists by their promises."""

import math
import re
from datetime import date

import duckdb
import listening_worlds
import numpy as np
import pytest
import yaml
from conftest import ROOT
from crescendo import warehouse
from crescendo.analysis.recommend import (
    artefacts,
    drift,
    evaluate,
    lists,
    marts,
    metrics,
    models,
    ratings,
    score,
    store,
    train,
)
from crescendo.analysis.recommend.matrix import from_rows
from crescendo.analysis.recommend.splits import split
from crescendo.cli import main
from crescendo.errors import CrescendoError
from crescendo.sources.moovitamix.simulate import faithful
from scipy import sparse

FITS = {
    "popular": {},
    "knn": {"neighbours": 5},
    "ials": {"factors": 8, "regularization": 2.0, "alpha": 4.0},
    "ease": {"penalty": 5.0},
}


def drawn(users: int, items: int, seed: int = 1, share: float = 0.3) -> sparse.csr_matrix:
    rng = np.random.default_rng(seed)
    taste = rng.integers(0, 3, users)[:, None] == rng.integers(0, 3, items)[None]
    return sparse.csr_matrix((rng.random((users, items)) < np.where(taste, 2 * share, share / 3)).astype(np.float32))


# the figures


def test_figures_of_one_user_by_hand():
    # relevant: 2, 5, 9; ranked: hit, miss, hit, then misses
    ranked = np.array([[2, 0, 5, *range(10, 27)]])
    held = sparse.csr_matrix(([1.0] * 3, ([0] * 3, [2, 5, 9])), shape=(1, 30))
    found = metrics.quality(np.array([0]), ranked, held, np.arange(30, 0, -1)).summary()
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found["ndcg_at_10"] == pytest.approx((1 + 1 / math.log2(4)) / ideal, abs=1e-15)
    assert found["map_at_10"] == pytest.approx((1 / 1 + 2 / 3) / 3, abs=1e-15)
    assert found["recall_at_20"] == pytest.approx(2 / 3, abs=1e-15)
    assert found["hr_at_10"] == 1
    assert found["coverage_at_10"] == pytest.approx(10 / 30)
    # places by popularity are 1 to 30 in the order of the items
    assert found["popularity_bias"] == pytest.approx(np.mean([3, 1, 6, *range(11, 18)]) / 30)


def test_a_list_with_fewer_items_than_relevant_ones_is_put_over_what_could_fit():
    hit = np.ones((1, 10), bool)
    many = np.array([25])
    assert metrics.ndcg(hit, many) == pytest.approx([1.0])
    assert metrics.average_precision(hit, many) == pytest.approx([1.0])
    assert metrics.recall(hit, many) == pytest.approx([10 / 20])


def test_no_item_is_no_hit():
    held = sparse.csr_matrix(([1.0], ([0], [0])), shape=(1, 3))
    assert metrics.hits(np.array([[-1, -1]]), held).sum() == 0


def test_rmse_by_hand():
    assert metrics.rmse(np.array([1, 2, 5]), np.array([2, 2, 3])) == pytest.approx(math.sqrt(5 / 3))


def test_ratings_without_a_score_are_predicted_by_shrunken_means():
    learned = from_rows(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 2]), np.array([5.0, 3, 4, 4]), np.zeros(4))
    mean, of_items, of_users = ratings.biases(learned, learned.plays.astype(float))
    assert mean == 4
    assert of_items == pytest.approx([(1 + 0) / (2 + 5), -1 / (1 + 5), 0])
    assert of_users[1] == pytest.approx((0 - 1 / 7 + 0) / (2 + 5))


# the splits


def history(items: int = 10) -> tuple:
    users = np.repeat(["a", "b", "c"], [items, items, 4])
    return users, np.array([f"i{n:02d}" for n in [*range(items), *range(items), *range(4)]])


@pytest.mark.parametrize(("how", "count"), [("random", 2), ("time", 2), ("last", 1)])
def test_a_split_holds_out_its_share_of_users_with_enough(how, count):
    users, items = history()
    data = from_rows(users, items, np.ones(24), np.tile(np.arange(10), 3)[:24].astype(float))
    learned, held = split(data, how, 3)
    assert len(learned) + len(held) == 24
    assert np.bincount(held.user, minlength=3).tolist() == [count, count, 0]
    assert not set(zip(learned.user, learned.item, strict=True)) & set(zip(held.user, held.item, strict=True))
    if how != "random":
        assert all(held.at >= 10 - count)
    again = split(data, how, 3)[1]
    assert (again.user == held.user).all()
    assert (again.item == held.item).all()


def test_another_seed_holds_out_others():
    users, items = history()
    data = from_rows(users, items, np.ones(24), np.zeros(24))
    assert {tuple(split(data, "random", seed)[1].item) for seed in range(8)}.__len__() > 3


# the models


@pytest.mark.parametrize("name", [name for name in FITS if name != "popular"])
@pytest.mark.parametrize("shape", [(40, 25), (25, 40)])
def test_what_heard_items_give_adds_up_to_the_score(name, shape):
    rows = drawn(*shape)
    model = models.FITTING[name](rows, 1, **FITS[name])
    scores = model.scores(rows)
    for user in range(5):
        heard = rows[user].indices
        wanted = np.setdiff1d(np.arange(shape[1]), heard)
        given = model.contributions(heard, wanted)
        assert given.sum(axis=0) == pytest.approx(scores[user, wanted], abs=1e-4)


def ease_by_definition(rows: sparse.csr_matrix, penalty: float) -> np.ndarray:
    wide = rows.toarray().astype(float)
    inverse = np.linalg.inv(wide.T @ wide + penalty * np.eye(wide.shape[1]))
    weights = np.eye(len(inverse)) - inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return wide @ weights


@pytest.mark.parametrize("shape", [(40, 25), (25, 40)])
def test_ease_is_its_definition_whichever_side_is_inverted(shape):
    rows = drawn(*shape)
    found, wanted = models.fit_ease(rows, penalty=5.0).scores(rows), ease_by_definition(rows, 5.0)
    unheard = rows.toarray() == 0
    assert found[unheard] == pytest.approx(wanted[unheard], abs=1e-5)


def test_knn_is_the_cosine_of_the_nearest():
    rows = drawn(400, 12)
    wide = rows.toarray().astype(float)
    cosine = (wide.T @ wide) / np.sqrt(np.outer(wide.sum(0), wide.sum(0)))
    np.fill_diagonal(cosine, 0)
    kept = np.where(cosine >= np.sort(cosine, axis=1)[:, [-3]], cosine, 0)  # each item's three nearest, none equal
    found = models.fit_knn(rows, neighbours=3).similarity.toarray().T
    assert found == pytest.approx(kept, abs=1e-6)


def test_a_users_factors_solve_the_normal_equations():
    rows = drawn(30, 20)
    model = models.fit_ials(rows, 1, factors=6, regularization=2.0, alpha=4.0)
    y = model.factors.astype(float)
    heard = rows[0].toarray().ravel() > 0
    confidence = np.where(heard, 4.0, 1.0)
    wanted = np.linalg.solve(y.T @ (confidence[:, None] * y) + 2.0 * np.eye(6), y.T @ (confidence * heard))
    assert model.users(rows[:1])[0] == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("name", FITS)
def test_the_same_data_and_seed_give_the_same_bytes_and_the_file_the_same_scores(name, desk):
    rows, items = drawn(60, 40), np.array([f"t{n:02d}" for n in range(40)])
    first, second = (models.FITTING[name](rows, 3, **FITS[name]) for _ in range(2))
    assert artefacts.packed(first, items) == artefacts.packed(second, items)
    kept = artefacts.keep(first, items)
    again = artefacts.load(kept.version)
    assert (again.model.scores(rows) == first.scores(rows)).all()
    assert again.items.tolist() == items.tolist()


def test_a_model_whose_file_was_changed_is_refused(desk):
    kept = artefacts.keep(models.fit_popular(drawn(9, 4)), np.array(list("abcd")))
    file = artefacts.folder() / artefacts.file_name(kept.version)
    assert file.stat().st_mode & 0o077 == 0
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(CrescendoError, match="was changed since"):
        artefacts.load(kept.version)
    file.unlink()
    with pytest.raises(CrescendoError, match="is missing"):
        artefacts.load(kept.version)


def test_the_winner_is_the_best_by_validation():
    data = from_rows(*drawn(200, 60, share=0.4).nonzero(), np.ones(drawn(200, 60, share=0.4).nnz), np.zeros(10**6))
    chosen = evaluate.choose(data, 1, "random", [evaluate.Settings("popular"), evaluate.Settings("knn")])
    reached = {settings: found.ndcg.mean() for settings, found in chosen.found}
    assert reached[chosen.winner] == max(reached.values())
    assert chosen.winner.model == "knn"


# the lists


def shelf_of(items: int, users: int, offered: list[int], genres: np.ndarray, declared: np.ndarray) -> marts.Shelf:
    can = np.zeros(items, bool)
    can[offered] = True
    return marts.Shelf(
        np.arange(items).astype(str),
        can,
        np.arange(items, 0, -1, dtype=np.float32),
        sparse.csr_matrix(genres, dtype=np.float32),
        np.arange(users).astype(str),
        sparse.csr_matrix(declared, dtype=np.float32),
    )


@pytest.mark.parametrize("name", FITS)
def test_a_list_holds_what_is_offered_and_unheard_and_says_why(name):
    rows = drawn(50, 30)
    shelf = shelf_of(30, 50, [n for n in range(30) if n % 7], np.ones((30, 1)), np.ones((50, 1)))
    model = models.FITTING[name](rows, 1, **FITS[name])
    made = lists.lists(model, shelf, rows, shelf.user_genres, 8)
    scores = evaluate.without(model.scores(rows), rows)
    for user in range(50):
        heard = set(rows[user].indices)
        shown = made.items[user].tolist()
        assert not heard & set(shown)
        assert len(set(shown)) == 8
        assert not any(item % 7 == 0 for item in shown)
        for place in np.flatnonzero(made.reasons[user] == lists.REASONS.index("heard")):
            why = made.why[user, place]
            assert set(why[why >= 0]) <= heard
            given = model.contributions(np.array(sorted(heard)), made.items[user, [place]])[:, 0]
            assert made.share[user, place, 0] == pytest.approx(given.max() / scores[user, shown[place]], rel=1e-4)
        if name in ("ials", "ease"):
            allowed = [item for item in np.argsort(-scores[user]) if item % 7 and item not in heard]
            assert shown == allowed[:8]


def test_a_user_without_history_gets_what_is_popular_in_the_declared_genres_first():
    genres = np.zeros((10, 2))
    genres[[3, 5, 7], 0] = 1
    shelf = shelf_of(10, 2, [1, 2, 3, 5, 6], genres, np.array([[1, 0], [0, 0]]))
    rows = sparse.csr_matrix((2, 10), dtype=np.float32)
    made = lists.lists(models.fit_ease(drawn(20, 10)), shelf, rows, shelf.user_genres, 4)
    assert made.items.tolist() == [[3, 5, 1, 2], [1, 2, 3, 5]]
    told = [[lists.REASONS[reason] for reason in row] for row in made.reasons]
    assert told == [["declared_genre", "declared_genre", "popular", "popular"], ["popular"] * 4]
    assert (made.why == -1).all()


def test_a_list_is_as_long_as_there_are_tracks():
    shelf = shelf_of(4, 1, [0, 1, 2, 3], np.zeros((4, 1)), np.zeros((1, 1)))
    rows = sparse.csr_matrix(([1.0], ([0], [2])), shape=(1, 4), dtype=np.float32)
    made = lists.lists(models.fit_ease(drawn(20, 4)), shelf, rows, shelf.user_genres, 6)
    assert sorted(made.items[0, :3]) == [0, 1, 3]
    assert made.items[0, 3:].tolist() == [-1, -1, -1]


# the tables


def test_the_tables_are_those_that_the_dbt_source_declares():
    path = ROOT / "models/staging/recommendations/_recommendations__sources.yml"
    [source] = yaml.safe_load(path.read_text())["sources"]
    declared = {table["name"]: {c["name"]: c["data_type"] for c in table["columns"]} for table in source["tables"]}
    assert declared == {
        table: {name: kind.removesuffix(" not null") for name, kind in columns.items()}
        for table, columns in store.TABLES.items()
    }
    with duckdb.connect() as connection:
        store.prepare(connection)
        store.prepare(connection)
        assert store.is_prepared(connection)


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """A warehouse of thirty days of an evolving universe, trained and scored by the verbs."""
    folder = tmp_path_factory.mktemp("scored")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRESCENDO_DB", str(folder / "x.duckdb"))
        with warehouse.connect() as connection:
            listening_worlds.fill(connection, listening_worlds.evolving(3, 5, 15))
            connection.execute("update listening.dim_tracks_current set last_load_date = date '2024-01-01'"
                               " where hash(track_key) % 20 = 0")  # fmt: skip
            connection.execute("insert into listening.user_features values ('new'), ('newer')")
            connection.execute("insert into listening.bridge_users_x_favorite_genres values ('new', 'jazz')")
        assert main(["recommend", "train"]) == 0
        assert main(["recommend", "score"]) == 0
        yield folder


@pytest.fixture
def asked(scored, monkeypatch):
    monkeypatch.setenv("CRESCENDO_DB", str(scored / "x.duckdb"))

    def ask(sql: str) -> list[tuple]:
        with warehouse.connect(read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return ask


def test_everyone_has_a_list_of_tracks_that_are_offered_and_unheard(asked):
    assert asked("""
        select count(*) from (
            select users.user_key, count(top.track_key) as n from listening.user_features as users
            left join recommendations.top_n as top using (user_key) group by all having n <> 20
        )""") == [(0,)]
    assert asked("""
        select count(*) from recommendations.top_n
        semi join listening.fct_user_track_interactions using (user_key, track_key)""") == [(0,)]
    assert asked("""
        select count(*) from recommendations.top_n as top join listening.dim_tracks_current as t using (track_key)
        where t.last_load_date < (select max(load_date) from listening.fct_listening_extractions)""") == [(0,)]
    assert asked("""
        select count(*) from recommendations.similar_tracks as s join listening.dim_tracks_current as t
            on s.similar_track_key = t.track_key
        where t.last_load_date < (select max(load_date) from listening.fct_listening_extractions)""") == [(0,)]


def test_every_row_says_why(asked):
    assert asked("select distinct reason from recommendations.top_n where user_key = 'newer'") == [("popular",)]
    jazz = """
        select bool_and(track_key in (
            select track_key from listening.bridge_tracks_x_genres where genre_id = 'jazz'
        )), any_value(reason) from recommendations.top_n where user_key = 'new'"""
    assert asked(jazz) == [(True, "declared_genre")]
    assert asked("""
        select count(*) from recommendations.top_n where reason = 'heard' and (len(why) = 0 or len(why) > 3)
    """) == [(0,)]
    assert asked("""
        select count(*) from (select user_key, unnest(why).track_key as track_key from recommendations.top_n)
        anti join listening.fct_user_track_interactions using (user_key, track_key)""") == [(0,)]


def test_a_list_expires_after_a_day_and_names_its_version(asked):
    assert asked("""
        select distinct expires_at - scored_at = interval 24 hours, top.model_version = p.served_version
        from recommendations.top_n as top, recommendations.model_promotions as p""") == [(True, True)]
    [(version, rows, digest)] = asked(
        "select model_version, interaction_count, file_digest from recommendations.model_versions"
    )
    assert rows == asked("select count(*) from listening.fct_user_track_interactions")[0][0]
    assert artefacts.load(version).digest == digest


def test_training_again_gives_the_same_version_and_does_not_replace_the_one_that_serves(asked, capsys):
    before = asked("select count(*) from recommendations.model_promotions")
    assert main(["recommend", "train"]) == 0
    [(version,)] = asked("select model_version from recommendations.model_versions")
    assert f"{version} does not serve" in capsys.readouterr().out
    assert asked("select count(*) from recommendations.model_promotions") == before


def test_the_lists_of_some_users_are_replaced_and_no_others(asked, capsys):
    [(one, moment)] = asked("select user_key, scored_at from recommendations.top_n limit 1")
    assert main(["recommend", "score", "--users", one, "--n", "3"]) == 0
    assert "3 rows for 1 user" in capsys.readouterr().out
    assert asked(
        f"select count(*), min(scored_at) > '{moment}' from recommendations.top_n where user_key = '{one}'"
    ) == [(3, True)]
    assert asked(f"select count(*) from recommendations.top_n where scored_at = '{moment}'")[0][0] > 10_000
    assert main(["recommend", "score", "--users", one]) == 0


def test_the_track_of_the_example_is_one_of_the_sample(built, capsys):
    assert main(["recommend", "similar", "--help"]) == 0
    for text in (capsys.readouterr().out, (ROOT / "docs" / "recommending.md").read_text()):
        [key] = re.findall(r"crescendo recommend similar (\w+)", text)
        with duckdb.connect(str(built / "crescendo.duckdb"), read_only=True) as connection:
            assert connection.execute("from listening.dim_tracks_current where track_key = ?", [key]).fetchone()


def test_similar_tracks_are_shown_nearest_first(asked, capsys):
    [(track,)] = asked("select track_key from recommendations.similar_tracks where similarity_ratio > 0 limit 1")
    assert main(["recommend", "similar", track]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == 10
    values = [float(line.split()[-2]) for line in shown]
    assert values == sorted(values, reverse=True)


def test_planted_tastes_are_found(asked):
    best = asked("""
        select max(figure_value) filter (where model = 'popular'), max(figure_value) filter (where model <> 'popular')
        from recommendations.model_metrics where figure = 'ndcg_at_10'""")
    [(popular, winner)] = best
    assert winner >= 1.5 * popular


def test_of_listens_without_taste_nothing_is_learned():
    rows = faithful(5, date(2025, 5, 1))["listen_history"]
    pairs = [(session["user_id"], track) for session in rows for track in session["items"]]
    users, items = map(np.array, zip(*pairs, strict=True))
    data = from_rows(users, items, np.ones(len(users)), np.zeros(len(users)))
    chosen = evaluate.choose(data, 1, "last")
    for settings, found in chosen.found:
        # one relevant track of those unheard, whichever list: 10 in 991, five standard errors
        chance = 10 / (len(data.items) - 4)
        assert found.hit.mean() < chance + 5 * math.sqrt(chance / len(found.users)), settings


def test_a_mistake_is_one_sentence(asked, capsys, tmp_path, monkeypatch):
    for words, said in (
        ("score --users nobody", "--users nobody: no such user"),
        ("similar nothing", "there is no track 'nothing': `crescendo find NAME --type track` shows the key"),
        ("train --until 1999-01-01", "there are no listens to learn from"),
    ):
        assert main(["recommend", *words.split()]) == 2
        assert said in capsys.readouterr().err
    monkeypatch.setenv("CRESCENDO_DB", str(tmp_path / "y.duckdb"))
    with warehouse.connect():
        pass
    assert main(["recommend", "score"]) == 2
    assert "no model was trained yet" in capsys.readouterr().err
    assert main(["recommend", "train"]) == 2
    assert "run `crescendo build`" in capsys.readouterr().err


def test_how_to_split_depends_on_whether_moments_are_known():
    users, items = history()
    assert train.how_to_split(from_rows(users, items, np.ones(24), np.zeros(24))) == "random"
    assert train.how_to_split(from_rows(users, items, np.ones(24), np.arange(24.0))) == "time"


def test_tracks_that_nobody_heard_are_near_to_the_popular_ones_of_their_genre():
    users, items = np.array(["u", "u", "v", "v"]), np.array(["0", "1", "0", "1"])
    data = from_rows(users, items, np.ones(4), np.zeros(4))
    genres = np.zeros((5, 1))
    genres[[1, 2, 3]] = 1
    shelf = shelf_of(5, 2, [0, 1, 3, 4], genres, np.zeros((2, 1)))
    found, similarity = score.neighbours(data, shelf, 3)
    assert found[0].tolist() == [1, -1, -1]
    assert similarity[0, 0] == pytest.approx(1)
    assert found[2].tolist() == [1, 3, -1]
    assert similarity[2].tolist() == [0, 0, 0]


def test_what_is_read_is_what_the_models_declare():
    """Every statement runs on tables that have the declared columns, and no others."""
    declared = sorted((ROOT / "models" / "marts" / "listening").glob("*.yml"))
    declared.append(ROOT / "models/staging/served/stg_served__listens.yml")
    with duckdb.connect() as connection:
        connection.execute("create schema listening; create schema staging; create schema load_audit")
        connection.execute("create table load_audit.loads (_load_id bigint)")
        for path in declared:
            for model in yaml.safe_load(path.read_text())["models"]:
                columns = ", ".join(f"{column['name']} {column['data_type']}" for column in model["columns"])
                schema = "staging" if model["name"].startswith("stg_") else "listening"
                connection.execute(f"create table {schema}.{model['name']} ({columns})")
        day = date(2025, 5, 1)
        with pytest.raises(CrescendoError, match="there are no listens to learn from"):
            marts.interactions(connection)
        with pytest.raises(CrescendoError, match="there are no listens to learn from"):
            marts.interactions(connection, day, 30)
        with pytest.raises(CrescendoError, match="there are no listens to learn from"):
            marts.last_day(connection)
        assert marts.last_load(connection) is None
        assert len(marts.shelf(connection, np.array(["a"])).users) == 0
        assert {one.status for one in drift.check(connection, day).measured} == {"too_few"}
