from conftest import dbt, project_in


def test_a_project_that_has_not_changed_is_not_parsed_again_for_another_file(tmp_path):
    """Parsing takes a third of a small build; a copy that is worked on has another path than the warehouse."""
    environment = project_in(tmp_path)
    assert dbt(tmp_path, environment, "parse").returncode == 0
    assert "Nothing changed, skipping partial parsing" in (tmp_path / "logs" / "dbt.log").read_text()


def test_a_file_of_another_name_is_parsed_again(tmp_path):
    """The name of the file is that of the database, and dbt keeps it with each model."""
    environment = project_in(tmp_path) | {"CRESCENDO_DB": str(tmp_path / "other.duckdb")}
    assert dbt(tmp_path, environment, "parse").returncode == 0
    assert "profile has changed" in (tmp_path / "logs" / "dbt.log").read_text()
