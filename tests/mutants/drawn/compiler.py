# SPDX-License-Identifier: MIT
"""Does a mutant compile, and is it another program at all?

A file is compiled as the build compiles it, but optimised; a header with a file that includes it.  What the
compiler makes the same code of as before, or as of a mutant that was drawn, is no mutant of its own.
"""

import hashlib
import json
import os
import re
import shlex
import subprocess

# What a build of ours would not pass without somebody looking: types that do not fit, values that nobody set.
ERRORS = ("return-type", "int-conversion", "incompatible-pointer-types", "implicit-function-declaration", "discarded-qualifiers",
          "uninitialized", "maybe-uninitialized", "int-to-pointer-cast", "overflow", "div-by-zero", "array-bounds", "format")
CHIP = ("arm-none-eabi-gcc", "-mthumb", "-std=c11", "-ffreestanding")
CORES = {"samd5x": "cortex-m4"}  # of a folder with that in its path
CORE = "cortex-m0plus"  # of all others
CHIP_INCLUDES = ("", "include", "src", "ports", "ports/cpu/cortexm", "ports/cpu/mmio", "firmware/libc")


class Compiler:
    def __init__(self, workspace):
        self.workspace = workspace
        self.object = os.path.join(workspace.build, "mutant.o")
        self.commands, self.includers = {}, {}
        with open(os.path.join(workspace.build, "compile_commands.json"), encoding="utf-8") as file:
            for entry in json.load(file):
                self.commands.setdefault(os.path.relpath(entry["file"], workspace.tree), entry["command"])

    def code(self, file):
        """A digest of what the compiler makes of a file of the copy; None: an error."""
        command = self.command(self.unit_of(file))
        if os.path.exists(self.object):
            os.remove(self.object)
        result = subprocess.run(command, cwd=self.workspace.build, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if result.returncode:
            return None
        with open(self.object, "rb") as made:
            return hashlib.sha256(made.read()).hexdigest()

    def command(self, unit):
        options = ["-O2", "-g0", "-Wall", *(f"-Werror={name}" for name in ERRORS), "-o", self.object]
        if unit in self.commands:
            words = shlex.split(self.commands[unit])
            at = words.index("-o")
            return words[:at] + words[at + 2:] + options
        tree = self.workspace.tree
        core = next((core for chip, core in CORES.items() if f"/{chip}/" in unit), CORE)
        return [*CHIP, f"-mcpu={core}", *(f"-I{os.path.join(tree, name)}" for name in CHIP_INCLUDES), *options, "-c", os.path.join(tree, unit)]

    def unit_of(self, file):
        """A file that is compiled and has `file` in it."""
        if file.endswith(".c"):
            return file
        if file not in self.includers:
            self.includers[file] = self.find_includer(file)
        return self.includers[file] or file

    def find_includer(self, file):
        looked, at = {file}, [file]
        while at:
            at = [unit for name in at for unit in self.users_of(name) if unit not in looked]
            looked.update(at)
            for unit in at:
                if unit.endswith(".c"):
                    return unit
        return None

    def users_of(self, header):
        """What includes it by its name; product files come first."""
        pattern = re.compile(rf'^\s*#\s*include "(?:\S*/)?{re.escape(os.path.basename(header))}"', re.MULTILINE)
        found = []
        for directory, _, names in os.walk(self.workspace.tree):
            for name in names:
                path = os.path.relpath(os.path.join(directory, name), self.workspace.tree)
                if name.endswith((".c", ".h")) and pattern.search(self.workspace.read(path).decode()):
                    found.append(path)
        return sorted(found, key=lambda path: (path not in self.commands, path.startswith("tests"), path))
