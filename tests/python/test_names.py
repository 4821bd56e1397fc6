"""Models are named by what they hold: an intermediate one says its domain and how it was made, in few words."""

from conftest import ROOT

INTERMEDIATE = sorted((ROOT / "models" / "intermediate").glob("*/*.sql"))
# what a domain hands to the metrics has its own three names
CONTRACT = {"subjects", "observations", "memberships"}
PARTICIPLES = {
    "unioned",  # the rows of several models in one shape
    "joined",  # facts of several models on one row
    "filtered",  # those that count
    "aggregated",  # one row for several
    "matched",  # pairs that are the same, and those that belong together through them
    "latest",  # by the latest answer, extraction or version
    "dated",  # placed in time: the day and version of a value
    "resolved",  # of several values or identities one, by a rule
    "found",  # what is said in passing, or told from a pattern of the data
}


# what a build of leads and of films makes again, and how it knows
INCREMENTS = {"int_leads_planned", "int_leads_rows_hashed", "int_leads_rows_changed", "int_leads_touched"}
INCREMENTS |= {"int_leads_calls_touched", "int_leads_rows_moved", "int_leads_loads_changed"}
INCREMENTS |= {"int_films_loads_counted", "int_films_days_counted", "int_films_days_changed", "int_films_days_planned"}
INCREMENTS |= {"int_films_planned", "int_films_days_touched", "int_films_movies_settled", "int_films_movies_carried"}


# the spine's own models are named for what they tell of an observation or a series, or of a build
def named(path):
    return path.parent.name != "metrics" and path.stem not in INCREMENTS


def test_an_intermediate_model_says_its_domain_and_how_it_was_made():
    models = [path for path in INTERMEDIATE if named(path)]
    assert len(models) > 40
    wrong = []
    for path in models:
        domain, *_, last = path.stem.removeprefix("int_").split("_")
        is_contract = path.stem == f"int_{path.parent.name}_{last}" and last in CONTRACT
        if domain != path.parent.name or not (last in PARTICIPLES or is_contract):
            wrong.append(path.stem)
    assert not wrong, f"neither int_<domain>_<what>_<participle> nor a part of the domain contract: {wrong}"


def test_participles_are_ten_at_most_and_all_in_use():
    assert len(PARTICIPLES) <= 10
    assert {path.stem.rsplit("_", 1)[1] for path in INTERMEDIATE if named(path)} - CONTRACT == PARTICIPLES


def test_models_and_their_yaml_say_string_which_every_engine_takes():
    # what is declared of raw tables is DuckDB's own, and made by the loader
    files = [path for folder in ("models", "seeds") for path in (ROOT / folder).rglob("*.*")]
    read = [path for path in files if path.suffix in {".sql", ".yml"} and not path.name.endswith("__sources.yml")]
    assert len(read) > 300
    assert not [path.name for path in read if "varchar" in path.read_text()]
