#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests that MicroPython runs, too, find what they import there.  usage: test_stand_ins.py [TREE]

MicroPython has other modules of the same names: the stand-ins.  A name that only CPython's module has makes every one of these tests fail, where
MicroPython is built, and nowhere else.  Here, it is seen without MicroPython.
"""

import ast
import os
import re
import sys

TREE = sys.argv[1] if len(sys.argv) > 1 else os.environ["SOURCE_DIR"]

# Where MicroPython's tests are listed, and the folders in which a module is looked for, as run.py and suite.py do.
WORLDS = {
    "tests/micropython": ["tests/micropython/stand_in", "tests/micropython", "tests/python"],
    "tests/chips/rp2040/micropython": ["tests/chips/rp2040/micropython/stand_in", "tests/micropython/stand_in", "tests/python", "tests/micropython"],
}

problems = []


def read(path):
    with open(os.path.join(TREE, path), encoding="utf-8") as file:
        return file.read()


def tests_of(world):
    """Those that its CMakeLists.txt gives to run.py or suite.py."""
    listed = re.findall(r"foreach\(name ([^)]+)\)\n.*(?:run|suite)\.py test_\$\{name\}\.py", read(f"{world}/CMakeLists.txt"))
    return sorted({f"test_{name}" for names in listed for name in names.split()})


def path_of(module, folders):
    """Its file in this tree, or None: then it is MicroPython's own, or the module that is tested."""
    paths = [f"{folder}/{module}.py" for folder in folders]
    return next((path for path in paths if os.path.exists(os.path.join(TREE, path))), None)


def names_in(node):
    """What a statement of a module gives a name to.  Both ways of an if count."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    return {name for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.stmt) for name in names_in(inner)}


def check(path, folders, seen):
    """A file, and every file of the tree that it imports."""
    if path in seen:
        return
    seen.add(path)
    for node in ast.parse(read(path)).body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                source = path_of(alias.name, folders)
                if source:
                    check(source, folders, seen)
        elif isinstance(node, ast.ImportFrom):
            check_names(path, node, folders, seen)


def check_names(path, node, folders, seen):
    source = path_of(node.module, folders)
    if source is None:
        return
    has = names_in(ast.parse(read(source)))
    for alias in node.names:
        if alias.name not in has:
            problems.append(f"{path}:{node.lineno}: {source} has no {alias.name}")
    check(source, folders, seen)


def main():
    counts = []
    for world, folders in WORLDS.items():
        seen = set()
        for test in tests_of(world):
            check(path_of(test, folders), folders, seen)
        counts.append(len(seen))
        print(f"{world}: {len(seen)} files looked at")
    print("\n".join(problems))
    return bool(problems) or 0 in counts


if __name__ == "__main__":
    sys.exit(main())
