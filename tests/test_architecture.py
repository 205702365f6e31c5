"""The layers of the package: imports go one way, and nothing optional is imported."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import skshallow

PACKAGE = Path(skshallow.__file__).parent
# From top to bottom. A module imports from its own folder and from lower layers.
LAYERS = [
    {"dask", "onnx", "plot"},
    {"__init__"},
    {"_tabular"},
    {"_classifier"},
    {"_training"},
    {"_fitted"},
    {"_solvers"},
    {"_data"},
    {"_array_api"},
    {"_network"},
    {"_sklearn"},
    {"_settings", "_typing"},
]
LAYER_OF = {name: i for i, names in enumerate(LAYERS) for name in names}
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def imported_modules(module):
    """The modules of ours that a module imports, as paths from the package without suffix."""
    for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = module.parents[node.level - 1]
            if node.module:
                yield base.joinpath(*node.module.split("."))
            else:
                yield from (base / alias.name for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_go_down(module):
    name = module.parts[0].removesuffix(".py")
    for imported in imported_modules(module):
        other = imported.parts[0]
        assert other == name or LAYER_OF[other] > LAYER_OF[name], f"{module} imports {imported}"


def test_imports_have_no_cycles():
    imports = {
        module.with_suffix(""): set(imported_modules(module)) - {Path("_classifier")}
        for module in MODULES
        if module.name != "__init__.py"
    }
    while imports:
        leaves = [module for module, needed in imports.items() if not needed & imports.keys()]
        assert leaves, f"an import cycle among {sorted(map(str, imports))}"
        for module in leaves:
            del imports[module]


def test_import_loads_nothing_optional():
    code = "import sys, skshallow; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"dask", "distributed", "matplotlib", "onnx", "skl2onnx"} & {*loaded}


def test_class_has_a_public_path():
    assert skshallow.ShallowNetClassifier.__module__ == "skshallow"
