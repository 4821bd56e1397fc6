"""People's data: hashes with a key that is in no file but its own, and files that others cannot read."""

import duckdb
import pytest
from conftest import crescendo, dbt, project_in
from crescendo.errors import CrescendoError
from crescendo.privacy import key_file, mask_key

OTHER = "57a9d2d4c1f04bce-of-my-own"
LISTENING = ("sample", "--songs", "3", "--artists", "0", "--lead-days", "0", "--film-days", "0", "--listening-days")
HASHES = "select first_name_hash, last_name_hash, email_hash, gender_hash from listening.dim_users order by all"


@pytest.fixture(scope="module")
def listening(tmp_path_factory):
    """A project in which two days of listening are loaded and their users are built by dbt alone."""
    folder = tmp_path_factory.mktemp("listening")
    environment = project_in(folder)
    assert crescendo(folder, environment, *LISTENING, "2").returncode == 0
    assert crescendo(folder, environment, "load", "sample").returncode == 0
    hashes = {}
    for name, key in (("made", ""), ("made again", ""), ("other", OTHER), ("back", "")):
        done = dbt(
            folder,
            environment | {"CRESCENDO_MASK_KEY": key},
            "--log-level-file",
            "debug",
            "run",
            "--select",
            "+dim_users",
        )
        assert done.returncode == 0, done.stdout
        with duckdb.connect(environment["CRESCENDO_DB"], read_only=True) as connection:
            hashes[name] = connection.execute(HASHES).fetchall()
    return folder, hashes


def test_the_same_key_gives_the_same_hashes_and_another_key_others(listening):
    _, hashes = listening
    assert hashes["made"]
    assert all(len(value) == 64 for row in hashes["made"] for value in row if value)
    assert hashes["made"] == hashes["made again"] == hashes["back"]
    assert not {row[2] for row in hashes["made"]} & {row[2] for row in hashes["other"]}


def test_the_key_is_in_no_file_but_its_own(listening):
    folder, _ = listening
    file = key_file(folder / "crescendo.duckdb")
    keys = [file.read_bytes().strip(), OTHER.encode()]
    assert len(keys[0]) == 64
    searched = [path for path in folder.rglob("*") if path.is_file() and path != file]
    assert {"manifest.json", "dbt.log", "crescendo.duckdb"} <= {path.name for path in searched}
    assert any(path.name == "int_listening_users_latest.sql" for path in searched)
    for path in searched:
        assert not any(key in path.read_bytes() for key in keys), path
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        [views] = connection.execute("select string_agg(sql, '') from duckdb_views()").fetchone()
        assert not any(key.decode() in views for key in keys)


def test_hashes_can_be_read_in_a_shell_that_has_no_key(listening):
    folder, _ = listening
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        [found] = connection.execute("select count(email_hash) from intermediate.int_listening_users_latest").fetchone()
    assert found > 0


def test_warehouse_and_key_are_their_owners_alone(listening):
    folder, _ = listening
    for name in ("crescendo.duckdb", "crescendo.duckdb.maskkey"):
        assert oct((folder / name).stat().st_mode)[-3:] == "600"


def test_a_key_is_kept_and_one_that_others_can_read_or_that_is_empty_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv("CRESCENDO_MASK_KEY", raising=False)
    warehouse = tmp_path / "w.duckdb"
    key = mask_key(warehouse)
    assert mask_key(warehouse) == key != mask_key(tmp_path / "other.duckdb")
    key_file(warehouse).chmod(0o644)
    with pytest.raises(CrescendoError, match="run chmod 600"):
        mask_key(warehouse)
    key_file(warehouse).chmod(0o600)
    key_file(warehouse).write_text("\n")
    with pytest.raises(CrescendoError, match="is empty"):
        mask_key(warehouse)
    with pytest.raises(CrescendoError, match="set CRESCENDO_MASK_KEY"):
        mask_key(tmp_path / "nowhere" / "w.duckdb")


def test_dbt_says_in_words_that_it_cannot_have_a_key(tmp_path):
    environment = project_in(tmp_path)
    key = key_file(tmp_path / "crescendo.duckdb")
    key.touch()
    key.chmod(0o644)  # touch() alone would obey the umask of whoever runs this
    done = dbt(tmp_path, environment, "run", "--select", "+dim_users")
    assert done.returncode == 2
    assert "run chmod 600" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_dbt_without_the_plugin_makes_no_hash_at_all(tmp_path):
    environment = project_in(tmp_path)
    (tmp_path / "profiles.yml").unlink()
    path = environment["CRESCENDO_DB"]
    (tmp_path / "profiles.yml").write_text(
        f"crescendo: {{target: d, outputs: {{d: {{type: duckdb, path: {path}, schema: main}}}}}}"
    )
    assert crescendo(tmp_path, environment, *LISTENING, "1").returncode == 0
    assert crescendo(tmp_path, environment, "load", "sample").returncode == 0
    done = dbt(tmp_path, environment, "run", "--select", "+dim_users")
    assert done.returncode == 1
    assert "wants the plugin crescendo.dbt_plugin" in done.stdout
    assert not key_file(tmp_path / "crescendo.duckdb").exists()
