"""The package keeps its form: no circles, short functions, small modules, and no quiet change of dbt's own words."""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

PACKAGE = ROOT / "scripts" / "crescendo"
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
TREES = {name: ast.parse(path.read_text()) for name, path in MODULES.items()}
MOST_LINES, MOST_FUNCTION_LINES = 400, 40
# declarations and lists of words: data, however long
DATA = re.compile(r"crescendo\.sources\.(\w+\.shapes|words)$")
# longer than they may be; the list may only shrink
LONG_MODULES = {
    "crescendo.questions",
}
LONG_FUNCTIONS = {"crescendo.questions._show_table"}
ALL_OBSERVATIONS = {
    *("fct_observations", "stg_load_audit__held_observations", "int_observations_unioned", "int_observations_keyed"),
    *("int_observations_checked", "int_observations_received", "int_observations_judged", "int_observations_compared"),
}
# dbt's words that macros/ changes, each for a reason (docs/decisions/0016 and 0020)
CHANGED_WORDS = {"ref", "source", "generate_schema_name", "should_full_refresh"}


def imported(name):
    """The modules of the package that a module imports while it is imported itself."""
    found, waiting = set(), list(TREES[name].body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{item.name}" for item in node.names)}
        elif isinstance(node, ast.Import):
            found |= {item.name for item in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            waiting += ast.iter_child_nodes(node)
    # a module runs its packages first
    found |= {".".join(parts[:end]) for parts in [other.split(".") for other in found] for end in range(1, len(parts))}
    return {other for other in found if other in MODULES and not name.startswith(f"{other}.")} - {name}


def test_no_module_imports_one_that_imports_it():
    graph = {name: imported(name) for name in MODULES}
    assert sum(map(len, graph.values())) > 100, "it sees no imports"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" imports ".join(reversed(circle.args[1])))


def test_modules_are_small():
    long = {name for name, path in MODULES.items() if len(path.read_text().splitlines()) > MOST_LINES}
    assert {name for name in long if not DATA.match(name)} <= LONG_MODULES


def functions():
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                text = node.body[0] if ast.get_docstring(node) else None
                told = text.end_lineno - text.lineno + 1 if text else 0
                yield f"{name}.{node.name}", node.end_lineno - node.lineno + 1 - told


def test_functions_are_short():
    lengths = list(functions())
    assert len(lengths) > 600
    assert {name for name, lines in lengths if lines > MOST_FUNCTION_LINES} <= LONG_FUNCTIONS


def test_no_more_of_dbts_own_words_are_changed():
    defines = re.compile(r"{%-?\s*macro\s+(\w+)")
    ours = {name for path in (ROOT / "macros").rglob("*.sql") for name in defines.findall(path.read_text())}
    folders = [Path(folder) for folder in find_spec("dbt.include").submodule_search_locations]
    files = [path for folder in folders for path in folder.glob("*/macros/**/*.sql")]
    theirs = {name for path in files for name in defines.findall(path.read_text())}
    assert {"generate_schema_name", "create_table_as"} <= theirs
    # what dbt puts at hand besides macros: https://docs.getdbt.com/reference/dbt-jinja-functions
    theirs |= {"ref", "source", "config", "var", "env_var", "return", "log", "run_query", "this", "target", "graph"}
    theirs |= {
        "adapter",
        "builtins",
        "doc",
        "execute",
        "exceptions",
        "flags",
        "load_result",
        "statement",
        "store_result",
    }
    assert ours & theirs == CHANGED_WORDS


def test_unit_tests_hold_in_a_full_refresh_too():
    """A model that asks whether everything was asked for is tested as if it was not; else `--full-refresh` fails."""
    asking = {path.stem for path in (ROOT / "models").rglob("*.sql") if "is_asked_for_anew()" in path.read_text()}
    assert asking and not [path for path in (ROOT / "models").rglob("*.sql") if "flags." in path.read_text()]
    for path in (ROOT / "models").rglob("*.yml"):
        for test in yaml.safe_load(path.read_text()).get("unit_tests", []):
            overridden = test.get("overrides", {}).get("macros", {})
            assert test["model"] not in asking or overridden.get("is_asked_for_anew") == "false", test["name"]


def test_no_model_reads_all_observations_twice_under_one_name():
    """DuckDB holds all of what a step with two readers selects: of 50 million observations 5 GiB, for a few rows."""
    twice, steps = [], 0
    for path in sorted((ROOT / "models").rglob("*.sql")):
        sql = re.sub(r"--.*", "", path.read_text())
        for name, model in re.findall(r"(\w+) as \(\s*select \* from \{\{ ref\('(\w+)'\) }}\s*\)", sql):
            if model in ALL_OBSERVATIONS:
                steps += 1
                readers = re.findall(rf"\b(?:from|join) {name}\b", sql)
                twice += [(path.stem, name)] if len(readers) > 1 else []
    assert steps > 15, "it sees no steps"
    assert not twice
