"""The rules of the package: who imports whom, how long things are, and no names that a text cannot show."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "src" / "nnbook"

# From the ground up. A module imports from strictly lower floors only, so that what stands on one floor is
# independent. On a floor with a star modules may build on each other, without a circle.
FLOORS = (
    "_types",
    "_backward _checks _extras _memory _sums",
    "_describe _floats _tails _params _paths workers",
    "downloads",
    "activations metrics initializers preprocessing augmentation schedules spaces datasets"
    " parallel",
    "losses layers optimizers trials",
    "normalization convolution residual training gradcheck regularization transfer lsuv"
    " second_order",
    "models diagnostics sanity averaging checkpoints ensembles search",
    "experiments.protocol",
    "experiments.nets",
    "experiments.*",
    "claims.*",
)
# Beside the floors: nothing on them imports a drawing.
BESIDE = {
    "_drawable": {"_types", "_checks", "experiments.protocol"},
    "_areas": {"_types", "_checks", "_drawable"},
    "plotting": {"_checks", "_drawable", "experiments.protocol"},
    "drawings": {"_types", "_checks", "_drawable", "plotting"},
    "pictures": {"_checks", "_areas", "_drawable", "plotting"},
    "panels": {"_checks", "_areas", "_drawable", "plotting"},
}
ROOT = {""}  # nnbook/__init__.py: the version, no imports
# Private helpers are tested through the modules that use them, and in more than one test file.
UNTESTED = {"", "_types", "_backward", "_floats", "_tails", "_extras", "_sums", "_areas"}

OF_PAGES = {"sphinx", "docutils", "myst_nb", "myst_parser", "nbformat", "nbclient", "IPython"}
HIDING = {
    "getattr",
    "setattr",
    "globals",
    "locals",
    "vars",
    "eval",
    "exec",
    "compile",
    "__import__",
}
# (module, function): reads fields of something that may not have them, and calls nothing.
MAY_HIDE = {
    ("_describe", "vars"),
    ("checkpoints", "getattr"),
    ("claims.fingerprint", "getattr"),
}


def name_of(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in PATHS.items()}
modules = pytest.mark.parametrize("name", TREES)


def imports_of(tree):
    """The (module, name) pairs that a tree imports; the name is None for `import module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module, alias.name) for alias in node.names)


def siblings(name):
    """The modules of the package that a module imports."""
    found = set()
    for module, imported in imports_of(TREES[name]):
        if module.split(".")[0] == "nnbook":
            inner = module.removeprefix("nnbook").removeprefix(".")
            deeper = f"{inner}.{imported}".removeprefix(".")
            found.add(deeper if deeper in TREES else inner)
    return found


def floor(name):
    """The highest floor that names the module, or its package with a star."""
    fits = [name, f"{name.split('.')[0]}.*"]
    return next(
        (i for fit in fits for i, names in enumerate(FLOORS) if fit in names.split()), None
    )


def floored():
    return [name for name in TREES if name not in ROOT and name not in BESIDE]


# --- floors ---------------------------------------------------------------------------------------


def test_every_module_has_its_floor_and_every_floor_its_modules():
    assert [name for name in floored() if floor(name) is None] == []
    named = {n for names in FLOORS for n in names.split()} | set(BESIDE)
    assert [n for n in named if n.removesuffix(".*") not in TREES] == []


@pytest.mark.parametrize("name", floored())
def test_a_module_imports_from_lower_floors_only(name):
    shared = f"{name.split('.')[0]}.*" in FLOORS[floor(name)].split()
    for other in siblings(name):
        assert other in TREES, f"{name} imports {other}, which is no module"
        assert other not in BESIDE, f"{name} imports {other}, a drawing"
        assert other in ROOT or floor(other) < floor(name) + shared, (
            f"{name} imports {other}, which is not below it"
        )


def test_the_package_of_experiments_offers_its_protocol_alone():
    assert siblings("experiments") == {"experiments.protocol"}


@pytest.mark.parametrize("name", BESIDE)
def test_drawings_know_only_what_they_draw(name):
    assert siblings(name) <= BESIDE[name]


def test_drawings_take_nothing_but_summaries_from_the_experiments():
    taken = {
        imported
        for name in BESIDE
        for module, imported in imports_of(TREES[name])
        if module.startswith("nnbook.experiments")
    }
    assert taken == {"Summary"}


def test_imports_make_no_circle():
    graph = {name: siblings(name) for name in TREES}
    assert len(list(TopologicalSorter(graph).static_order())) == len(TREES)


def test_the_package_itself_imports_nothing():
    assert list(imports_of(TREES[""])) == []


# --- what the fingerprint depends on --------------------------------------------------------------


@modules
def test_imports_of_the_package_are_plain_and_at_the_top(name):
    top = set(TREES[name].body)
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            assert [a.name for a in node.names] != ["*"], f"line {node.lineno}: a star import"
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in top:
            within = [module for module, _ in imports_of(ast.Module([node], []))]
            assert all(m.split(".")[0] != "nnbook" for m in within), f"line {node.lineno}"


@modules
def test_no_name_is_looked_up_by_a_text(name):
    called = {n.id for n in ast.walk(TREES[name]) if isinstance(n, ast.Name)} & HIDING
    assert {(name, call) for call in called} <= MAY_HIDE
    imported = {module.split(".")[0] for module, _ in imports_of(TREES[name])}
    assert imported.isdisjoint({"importlib", "runpy", "pkgutil", "builtins"})
    attributes = {n.attr for n in ast.walk(TREES[name]) if isinstance(n, ast.Attribute)}
    assert attributes.isdisjoint({"__dict__", "__globals__", "__getattribute__", "modules"})


def test_the_exceptions_are_needed():
    used = {
        (name, node.id)
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
    }
    assert used >= MAY_HIDE


@modules
def test_the_numerics_know_nothing_of_pages_and_only_drawings_draw(name):
    imported = {module.split(".")[0] for module, _ in imports_of(TREES[name])}
    assert imported.isdisjoint(OF_PAGES | {"nnbook_sphinx"})
    if name not in BESIDE:
        assert imported.isdisjoint({"matplotlib", "cycler"})


# --- size and form --------------------------------------------------------------------------------


def functions_of(tree):
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def body_lines(function):
    """Lines of the body, its docstring not counted."""
    statements = function.body[1:] if ast.get_docstring(function) else function.body
    return statements[-1].end_lineno - statements[0].lineno + 1 if statements else 0


@modules
def test_functions_are_under_30_lines_and_modules_under_200(name):
    long = {f.name: body_lines(f) for f in functions_of(TREES[name]) if body_lines(f) >= 30}
    assert long == {}
    assert len(PATHS[name].read_text("utf-8").splitlines()) < 200


def test_most_functions_are_under_10_lines():
    sizes = [body_lines(f) for tree in TREES.values() for f in functions_of(tree)]
    assert sum(size < 10 for size in sizes) > len(sizes) / 2


def public_definitions(name):
    """(title, node) of the module, its public classes and functions, and their public methods."""
    yield name or "nnbook", TREES[name]
    kinds = ast.ClassDef | ast.FunctionDef
    for node in TREES[name].body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node.name, node
            for inner in node.body if isinstance(node, ast.ClassDef) else []:
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", inner


@modules
def test_public_things_have_a_docstring(name):
    assert [t for t, node in public_definitions(name) if not ast.get_docstring(node)] == []


@modules
def test_docstrings_have_at_most_12_lines(name):
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documented = [node for node in ast.walk(TREES[name]) if isinstance(node, kinds)]
    long = {
        getattr(node, "name", name): len(text.splitlines())
        for node in documented
        if (text := ast.get_docstring(node)) and len(text.splitlines()) > 12
    }
    assert long == {}


@modules
def test_no_assert_and_nothing_left_to_do(name):
    assert [n.lineno for n in ast.walk(TREES[name]) if isinstance(n, ast.Assert)] == []
    assert re.findall(r"\b(TODO|FIXME|XXX|HACK)\b", PATHS[name].read_text("utf-8")) == []


@modules
def test_randomness_is_an_argument_and_never_global(name):
    for function in functions_of(TREES[name]):
        positional = [a.arg for a in function.args.posonlyargs + function.args.args]
        is_check = name == "_checks" or function.name.startswith("_")
        handed_on = name.startswith("experiments.")  # experiments make their own from the seed
        assert is_check or handed_on or "rng" not in positional, f"{function.name}: rng= only"
        defaults = dict(
            zip(
                [a.arg for a in function.args.kwonlyargs],
                function.args.kw_defaults,
                strict=True,
            )
        )
        assert defaults.get("rng") is None, f"{function.name}: rng has a default"
    allowed = {"Generator", "default_rng"}
    used = {
        node.attr
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("np.random")
    }
    assert used <= allowed
    assert "random" not in {module.split(".")[0] for module, _ in imports_of(TREES[name])}


# --- tests ----------------------------------------------------------------------------------------


def test_every_module_has_its_test_file():
    packages = ("experiments", "claims")
    expected = {
        f"test_{name.removeprefix('_')}.py"
        for name in TREES
        if name not in UNTESTED and name.split(".")[0] not in packages
    }
    assert expected <= {path.name for path in TESTS.glob("test_*.py")}
    for package in packages:
        assert list((TESTS / package).glob("test_*.py"))
