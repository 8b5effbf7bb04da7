#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Python imports go one way, as C includes do (docs/DESIGN.md §5).  usage: test_layers_python.py [TREE]

Each folder has a list of where its imports may come from, besides Python's own library: folders of this tree, and names that the folder
may expect to be installed.  A folder without a list is an error.  The modules of the package have a list each.
"""

import ast
import os
import sys

TREE = sys.argv[1] if len(sys.argv) > 1 else os.environ["SOURCE_DIR"]
LOOKED_AT = ("bindings", "boards", "examples", "firmware", "sdk", "tests")
PACKAGE = "bindings/python/i2ctarget"
LINUX = "tests/linux"
MODULE = ["board", "i2ctarget", "microcontroller"]  # what a user of the package imports

# Folder: (folders, names).  The longest folder that a file is in counts; its own folder is always allowed, but not to a file that has a rule
# of its own.
RULES = {
    "bindings/micropython/natmod": ([], ["rp2"]),
    "bindings/micropython/rp2": (["boards"], []),
    "bindings/micropython/unix": (["boards"], ["i2ctarget", "_i2ctarget"]),
    "boards": ([], []),
    "boards/chips.py": ([], []),
    "boards/table.py": ([], []),
    "examples": ([], ["board", "i2ctarget", "pytest", "smbus2"]),
    "firmware": ([], []),
    "sdk": ([], []),
    "tests/chips": ([LINUX, "tests/firmware", "tests/emulator/board", "tests/micropython"], []),
    "tests/chips/rp2040/micropython": ([LINUX, "tests/firmware", "tests/emulator/board", "tests/micropython", "firmware"], ["mpremote"]),
    "tests/chips/rp2040/micropython/stand_in": (["tests/micropython/stand_in", "tests/python"], ["machine", "vfs"]),
    "tests/documents": ([], []),
    "tests/emulator": ([LINUX, "tests/firmware", "tests/emulator/torture"], []),
    "tests/firmware": ([], []),
    "tests/hil": ([], ["board", "i2ctarget"]),
    "tests/kernel": (["tests/kernel"], []),
    "tests/linux": ([LINUX], []),
    "tests/linux/protocol.py": ([], []),
    "tests/linux/contract": ([LINUX, "tests/linux/shim"], []),
    "tests/linux/seccomp": ([LINUX, "tests/linux/shim"], []),
    "tests/linux/waveform": ([LINUX], []),
    "tests/linux/regmap": ([LINUX, "tests/linux/devices"], []),
    "tests/linux/replay": ([LINUX, "tests/linux/devices", "tests/linux/waveform"], []),
    "tests/linux/cuse": ([LINUX, "tests/linux/shim"], []),
    "tests/micropython": ([LINUX, "tests/linux/examples", "tests/micropython/stand_in", "tests/python"], [*MODULE, "_thread", "micropython"]),
    "tests/micropython/natmod": (["tests/micropython/stand_in"], ["i2ctarget"]),
    "tests/micropython/stand_in": (["tests/python"], ["_thread"]),
    "tests/mutants": (["tests/mutants", "boards"], []),
    "tests/packages": ([LINUX], ["kconfiglib", "yaml"]),
    "tests/python": ([LINUX, "tests/linux/examples"], [*MODULE, "i2cperipheral", "_testcapi", "pytest"]),
    "tests/sigrok": ([LINUX], []),
    "tests/static": ([], []),
}
# Folders of one rule whose files import each other across: a chip's tests are one piece.
ONE_PIECE = "tests/chips/"

# Module of the package: what it may import of the package.  `_table` and `_chips` are those of boards/.
MODULES = {
    "__init__": ["_i2ctarget", "aio"],
    "aio": [],
    "_command": [],
    "testbus": ["_command", "_i2ctarget", "_pins"],
    "interrupt": [],
    "_program": [],
    "privatebus": ["_command", "_program", "interrupt"],
    "pytest_plugin": ["testbus", "privatebus"],
    "_fallback": [],
    "_pins": [],
    "_boards": ["_table", "_chips", "_pins"],
    "fallback/board/__init__": ["_fallback", "_boards"],
    "fallback/i2cperipheral/__init__": ["I2CTarget", "I2CTargetRequest"],
    "fallback/i2cslave/__init__": ["I2CTarget", "I2CTargetRequest"],
    "fallback/microcontroller/__init__": ["_fallback", "_pins"],
    "fallback/microcontroller/pin": ["_boards", "_pins"],
}
# Beside `board` there is `microcontroller`, and what is in it.  pytest loads the plugin.
NEIGHBOURS = {"pytest_plugin": ["pytest"], "_pins": ["microcontroller.pin"], "fallback/microcontroller/__init__": ["microcontroller.pin"]}

problems = []


def complain(path, line, what):
    problems.append(f"{path}:{line}: may not import {what}")


def imports_of(path):
    """(line, module) of each, those inside functions too.  "from a import b" may be a module b of a package a."""
    with open(os.path.join(TREE, path), encoding="utf-8") as file:
        tree = ast.parse(file.read(), path)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            is_package = node.module in ("i2ctarget", "microcontroller")
            names = [f"{node.module}.{alias.name}" for alias in node.names] if is_package else [node.module or "."]
            yield from ((node.lineno, name) for name in names)


def is_python_s(name):
    return name.split(".")[0] in sys.stdlib_module_names


def is_in(folder, name):
    path = os.path.join(TREE, folder, name)
    return os.path.exists(path + ".py") or os.path.isdir(path)


def check_module(path):
    module = path.removeprefix(PACKAGE + "/").removesuffix(".py")
    if module not in MODULES:
        problems.append(f"{path}: has no list in test_layers_python.py")
        return
    allowed = [f"i2ctarget.{name}" for name in MODULES[module]] + NEIGHBOURS.get(module, [])
    for line, name in imports_of(path):
        # "from i2ctarget._pins import Pin" is of _pins.
        if not is_python_s(name) and name not in allowed:
            complain(path, line, name)


def folders_for(path, folders):
    """Its own folder comes first; in a chip's, all of them do."""
    own = os.path.dirname(path)
    if not path.startswith(ONE_PIECE):
        return [own, *folders]
    chip = "/".join(path.split("/")[:3])
    return [own, *(f"{chip}/{name}" for name in sorted(os.listdir(os.path.join(TREE, chip)))), *folders]


def check_file(path):
    rule = max((rule for rule in RULES if path == rule or path.startswith(rule + "/")), key=len, default=None)
    if rule is None:
        problems.append(f"{path}: its folder has no rule in test_layers_python.py")
        return
    folders, names = RULES[rule]
    for line, name in imports_of(path):
        first = name.split(".")[0]
        is_ours = any(is_in(folder, first) for folder in ([] if path == rule else folders_for(path, folders)))
        if not is_ours and first not in names and not is_python_s(name):
            complain(path, line, name)


def files():
    for top in LOOKED_AT:
        for folder, folders, names in os.walk(os.path.join(TREE, top)):
            folders[:] = [name for name in folders if name not in ("node_modules", "__pycache__")]
            yield from (os.path.relpath(os.path.join(folder, name), TREE) for name in sorted(names) if name.endswith(".py"))


def main():
    count = 0
    for path in files():
        count += 1
        if path.startswith(PACKAGE + "/"):
            check_module(path)
        else:
            check_file(path)
    print("\n".join([*problems, f"{count} files looked at"]))
    return bool(problems) or count == 0


if __name__ == "__main__":
    sys.exit(main())
