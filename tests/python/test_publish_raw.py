"""The raw tables as Parquet, for another engine: nothing is lost, and each load has a folder of its own."""

import stat

import duckdb
import pytest
from crescendo import dbt, manifest
from crescendo.errors import CrescendoError
from crescendo.publish import files


@pytest.fixture(scope="module")
def written(built, tmp_path_factory):
    """The sample's raw tables, by their name and the rows that were written."""
    folder = tmp_path_factory.mktemp("raw")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(built)
        patch.setenv("DBT_TARGET_PATH", str(built / "target"))
        published = files.publish_files(folder, "raw", built / "crescendo.duckdb")
    return folder / "raw", {table.table: table.rows for table in published}


def test_every_source_of_a_model_is_written_with_all_its_rows(written, project):
    _, rows = written
    declared = {f"{schema}.{name}" for schema, name in manifest.sources(dbt.manifest())}
    with duckdb.connect(str(project / "crescendo.duckdb"), read_only=True) as connection:
        held = {name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in declared}
    assert rows == held | {"load_audit.judged_series": 0}
    assert sum(rows.values()) > 300_000


def test_values_read_back_as_they_are_in_types_that_other_engines_have(written, project):
    folder, _ = written
    file = f"read_parquet('{folder}/raw_moovitamix/history_pages__items/**/*.parquet')"
    with duckdb.connect(str(project / "crescendo.duckdb"), read_only=True) as connection:
        kinds = {name: kind for name, kind, *_ in connection.execute(f"describe from {file}").fetchall()}
        assert kinds["_parent_row_id"] == "VARCHAR"
        columns = [name for name in kinds if name != "load"]
        ours = ", ".join(f"cast({name} as varchar)" if name == "_parent_row_id" else name for name in columns)
        query = f"select {ours} from raw_moovitamix.history_pages__items"
        assert not connection.execute(f"({query}) except all (select {', '.join(columns)} from {file})").fetchall()


def test_each_load_has_a_folder_and_files_are_for_their_owner_alone(written):
    folder, _ = written
    places = list((folder / "raw_moovitamix").glob("*/*/*.parquet"))
    assert places
    assert {place.parent.name for place in places} == {"load=1"}
    assert {stat.S_IMODE(place.stat().st_mode) for place in places} == {0o600}


def test_a_folder_of_something_else_is_left_alone(project, tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "mine.txt").write_text("mine")
    with pytest.raises(CrescendoError, match="holds something that is not an export"):
        files.publish_files(tmp_path, "raw")
    assert (tmp_path / "raw" / "mine.txt").read_text() == "mine"
