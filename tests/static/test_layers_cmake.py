#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What CMake links, compiles and includes goes one way, as C includes do (docs/DESIGN.md §5).  usage: test_layers_cmake.py [TREE]

Each folder of the product has a list of the folders below it.  Targets that it links, sources that it compiles and directories that it adds
are of these or its own.  A folder with a CMakeLists.txt and without a list is an error; so is a C file that no list of sources names, and a
difference between the sources that CMake has for the Python module, those of setup.py, and those that MANIFEST.in puts into an archive.
"""

import ast
import glob
import os
import re
import sys

TREE = sys.argv[1] if len(sys.argv) > 1 else os.environ["SOURCE_DIR"]

# Folder: the folders below it.  `include` is below all.
BELOW = {
    "": ["src", "ports", "devices", "linux", "boards/virtual", "examples", "bindings", "cmake", "bench", "tests", "fuzz"],
    "src": [],
    "ports": ["src"],
    "ports/gpio": ["src", "ports"],
    "ports/rp2040": ["src", "ports"],
    "ports/samd5x": ["src", "ports", "ports/gpio"],
    "ports/esp32": ["src", "ports", "ports/gpio"],
    "devices": ["src"],
    "linux": ["linux/cli", "linux/shim"],
    "linux/link": [],
    "linux/remote": ["src", "linux/link"],
    "linux/interrupt": [],
    "linux/bus": ["src"],
    "linux/i2cdev": ["src"],
    "linux/server": ["linux/bus", "linux/i2cdev", "linux/link", "src"],
    "linux/adapter": ["linux/server", "linux/bus", "linux/link", "src"],
    "linux/front": ["linux/link"],
    "linux/cuse": ["linux/front"],
    "linux/seccomp": ["linux/front"],
    "linux/shim": ["linux/front", "linux/link"],
    "linux/vhost": [],
    "linux/waveform": [],
    "linux/cli": ["linux/adapter", "linux/server", "linux/seccomp", "linux/waveform", "linux/link", "linux/remote", "linux/interrupt", "devices", "boards"],
    "boards/virtual": ["linux/remote"],
    "cmake": ["src", "ports", "linux/link", "linux/remote", "linux/interrupt", "boards/virtual", "devices", "linux/cli", "docs"],
    "examples": ["cmake", "devices"],
    "bindings/common": ["devices"],
    "bindings/python": ["bindings/common", "linux/remote", "ports", "boards"],
    # A chip's folder makes `chip`, of what is in firmware and of its port.
    "firmware": ["firmware/cortexm", "firmware/rp2040", "firmware/samd5x", "firmware/espressif", "src", "ports", "devices", "examples"],
    # Their folders are those of the package that sdk/layout.py makes.
    "sdk/package": [],
    "zephyr": ["src", "ports", "devices"],
    "firmware/cortexm": ["firmware", "ports/cpu"],
    "firmware/samd5x": ["firmware", "firmware/cortexm", "ports/samd5x", "ports/cpu"],
    "firmware/rp2040": ["firmware", "firmware/cortexm", "ports/rp2040", "ports/cpu"],
    "firmware/xtensa": ["firmware"],
    "firmware/riscv": ["firmware"],
    "firmware/espressif": ["firmware", "firmware/xtensa", "firmware/riscv", "ports/esp32", "ports/cpu"],
    **{f"firmware/{chip}": ["firmware", "firmware/espressif"] for chip in ("esp32", "esp32s2", "esp32s3", "esp32c3")},
}
ABOVE = ("tests", "fuzz", "bench")  # may name whatever they test
OF_TESTS = ("cmake/tests.cmake", "cmake/suites.cmake")
SYSTEM = {"m", "gcc"}  # libraries of the compiler's
KEYWORDS = {"PRIVATE", "PUBLIC", "INTERFACE", "SYSTEM", "BEFORE", "STATIC", "SHARED", "MODULE", "OBJECT", "EXCLUDE_FROM_ALL"}
# What the Python modules are made of; CPython's has the test bus, too.
BINDING_TARGETS = ("i2ctarget_remote", "i2ctarget_core", "i2ctarget_quirks", "i2ctarget_link", "i2ctarget_binding")
PACKAGE_TARGETS = ("python_module", "i2ctarget_testbus", "i2ctarget_line", "i2ctarget_vcd", *BINDING_TARGETS)

problems = []


def read(path):
    with open(os.path.join(TREE, path), encoding="utf-8") as file:
        return file.read()


def normal(path):
    path = os.path.normpath(path)
    return "" if path == "." else path


class Script:
    """A CMakeLists.txt or *.cmake: its commands, with the variables that it sets itself filled in."""

    def __init__(self, path):
        self.path = path
        self.folder = os.path.dirname(path)
        top = "firmware" if path.startswith("firmware/") else "."
        # The folder is relative to the tree, and so is all that comes of it.
        self.variables = {name: [self.folder or "."] for name in ("CMAKE_CURRENT_SOURCE_DIR", "CMAKE_CURRENT_LIST_DIR")}
        self.variables |= {"PROJECT_SOURCE_DIR": [top], "root": ["."]}
        self.commands = list(self.parse(re.sub(r"#.*", "", read(path))))

    def parse(self, text):
        for match in re.finditer(r"(\w+)\s*\(((?:[^()]|\([^()]*\))*)\)", text):
            line = text.count("\n", 0, match.start()) + 1
            words = [word for raw in match[2].split() for word in self.expand(raw.strip('"'))]
            if match[1] == "set" and words:
                self.variables[words[0]] = [word for word in words[1:] if "${" not in word]
            elif match[1] == "file" and words[:1] == ["GLOB"]:
                self.variables[words[1]] = [normal(os.path.relpath(found, TREE)) for pattern in words[2:]
                                            for found in sorted(glob.glob(os.path.join(TREE, pattern)))]
            yield match[1], words, line

    def expand(self, word):
        match = re.fullmatch(r"(.*?)\$\{(\w+)\}(.*)", word)
        if not match or match[2] not in self.variables:
            return [word]
        return [expanded for value in self.variables[match[2]] for expanded in self.expand(match[1] + value + match[3])]

    def place(self, word):
        """The path in the tree that an argument names; None: it is no path of the tree, or not known before CMake runs."""
        if "$" in word or word.startswith("/"):
            return None
        is_whole = os.path.exists(os.path.join(TREE, word)) and not os.path.exists(os.path.join(TREE, self.folder, word))
        return normal(word if is_whole else os.path.join(self.folder, word))

    def complain(self, line, what):
        problems.append(f"{self.path}:{line}: {what}")


def scripts():
    paths = glob.glob("**/CMakeLists.txt", root_dir=TREE, recursive=True) + glob.glob("cmake/*.cmake", root_dir=TREE)
    return [Script(path) for path in sorted(paths) if not path.startswith("build")]


def home_of(path):
    """The folder with a list that a path is in."""
    while path and path not in BELOW:
        path = os.path.dirname(path)
    return path


def is_below(path, script):
    """Is it of the script's own folder, or of one below?"""
    folders = [script.folder, "include", *BELOW[script.folder]]
    return home_of(path) == script.folder or any(path == folder or path.startswith(folder + "/") for folder in folders)


def targets_of(script):
    """(name, sources, line) of what it makes.  A part that adds sources later makes it, too."""
    for name, words, line in script.commands:
        if name in ("add_library", "add_executable", "target_sources") and words and "$" not in words[0]:
            sources = [script.place(word) for word in words[1:] if word.endswith((".c", ".S"))]
            yield words[0], [source for source in sources if source], line


def check_links(script, homes):
    for name, words, line in script.commands:
        linked = words[1:] if name == "target_link_libraries" else []
        linked = linked + re.findall(r"TARGET_OBJECTS:(\w+)", " ".join(words))
        for target in linked:
            if target in KEYWORDS | SYSTEM or "$" in target or "::" in target or target.startswith("-"):
                continue
            if target not in homes:
                script.complain(line, f"links {target}, which nobody makes")
            elif not any(home in (script.folder, *BELOW[script.folder]) for home in homes[target]):
                script.complain(line, f"may not link {target} of {homes[target][0]}")


def check_paths(script):
    for _, sources, line in targets_of(script):
        for source in sources:
            if not is_below(source, script):
                script.complain(line, f"may not compile {source}")
    for name, words, line in script.commands:
        if name not in ("target_include_directories", "include_directories", "add_subdirectory", "include"):
            continue
        for path in filter(None, map(script.place, words)):
            is_there = os.path.exists(os.path.join(TREE, path))
            if is_there and path and not is_below(path, script):
                script.complain(line, f"may not {name.replace('_', ' ')} {path}")


def check_rules(every):
    for script in every:
        if script.folder not in BELOW and not script.folder.startswith(ABOVE):
            problems.append(f"{script.path}: its folder has no rule in test_layers_cmake.py")


def sources_of_make(path):
    """The C files of the tree that a file for make names: those behind `addprefix $(I2CTARGET)/`, and of the module's own folder."""
    text = read(path).replace("\\\n", " ")
    return {normal(match[1] + name) for match in re.finditer(r"\$\(addprefix \$\(I2CTARGET\)/([^,]*),([^)]*)\)", text)
            for name in match[2].split() if name.endswith(".c")}


def check_micropython(by_target):
    """The module is all of its folder for the machine, and the library as CPython's has it."""
    named = sources_of_make("bindings/micropython/micropython.mk")
    own = {path for folder in ("src", "unix") for path in glob.glob(f"bindings/micropython/{folder}/*.c", root_dir=TREE)}
    library = {source for target in BINDING_TARGETS for source in by_target.get(target, [])}
    for path in sorted(named ^ (own | library)):
        problems.append(f"bindings/micropython/micropython.mk: {path} is {'too much' if path in named else 'missing'}")
    return named


def check_micropython_rp2():
    """On the RP2040 it is all of its folders.  The port brings the library (ports/rp2040/CMakeLists.txt)."""
    path = "bindings/micropython/micropython.cmake"
    named = {f"bindings/{name}" for name in re.findall(r"(?<![\w/])((?:micropython|common)/[\w/]+\.c)", read(path))}
    own = {source for folder in ("micropython/src", "micropython/rp2", "common") for source in glob.glob(f"bindings/{folder}/*.c", root_dir=TREE)}
    for source in sorted(named ^ own):
        problems.append(f"{path}: {source} is {'too much' if source in named else 'missing'}")
    return named


def check_natmod(by_target):
    """The loaded module is the built-in one, with a chip's port instead of Linux' and other glue to MicroPython."""
    folder = "bindings/micropython/natmod"
    named = {path for script in ("build.sh", "rp2040/machine.sh") for path in re.findall(r"[\w/]+\.c\b", read(f"{folder}/{script}"))}
    own = {path for part in ("natmod", "natmod/rp2040", "src") for path in glob.glob(f"bindings/micropython/{part}/*.c", root_dir=TREE)}
    library = {source for target in ("i2ctarget_core", "i2ctarget_quirks", "i2ctarget_binding", "i2ctarget_rp2040") for source in by_target.get(target, [])}
    wanted = (own | library | {"firmware/libc/memory.c"}) - {"bindings/micropython/src/module.c"}
    for path in sorted(named ^ wanted):
        problems.append(f"{folder}: {path} is {'too much' if path in named else 'missing'}")
    return named


def check_all_are_compiled(sources):
    for top in ("src", "ports", "devices", "linux", "bindings", "examples", "boards"):
        for path in sorted(glob.glob(f"{top}/**/*.c", root_dir=TREE, recursive=True)):
            if path not in sources:
                problems.append(f"{path}: no CMakeLists.txt compiles it")


def literal(module, name):
    """The value of a constant in a Python file."""
    for node in ast.parse(read(module)).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    raise LookupError(f"{module}: there is no {name}")


def check_python(by_target):
    """One module, three descriptions of it."""
    of_cmake = {source for target in PACKAGE_TARGETS for source in by_target.get(target, [])}
    folders = literal("setup.py", "FOLDERS")
    of_setup = {path for folder in folders for path in glob.glob(f"{folder}/*.c", root_dir=TREE)} | {*literal("setup.py", "DEVICES")}
    for path in sorted(of_cmake ^ of_setup):
        problems.append(f"setup.py: {path} is compiled by {'CMake' if path in of_cmake else 'setup.py'} alone")
    archived = re.findall(r"^recursive-include (\S+) .*\*\.c\b", read("MANIFEST.in"), re.M)
    for folder in folders:
        if not any(folder == top or folder.startswith(top + "/") for top in archived):
            problems.append(f"MANIFEST.in: without {folder}")


def main():
    every = scripts()
    homes, by_target = {}, {}
    for script in every:
        for name, sources, _ in targets_of(script):
            homes.setdefault(name, []).append(script.folder)
            by_target.setdefault(name, []).extend(sources)
    check_rules(every)
    for script in every:
        if script.folder in BELOW and script.path not in OF_TESTS:
            check_links(script, homes)
            check_paths(script)
    of_cmake = {source for sources in by_target.values() for source in sources}
    check_all_are_compiled(of_cmake | check_micropython(by_target) | check_micropython_rp2() | check_natmod(by_target))
    check_python(by_target)
    print("\n".join([*problems, f"{len(every)} files looked at"]))
    return bool(problems) or not every


if __name__ == "__main__":
    sys.exit(main())
