#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The whole of it on a small tree: what a test does not see makes it fail, and so does an explanation that is wrong."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from drawing import mutants_of

MUTANTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILES = {
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(small C)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
enable_testing()
add_executable(test_clamp src/test.c src/clamp.c)
add_test(NAME test_clamp COMMAND test_clamp)
""",
    "src/clamp.c": """#include "clamp.h"

int clamp(int value, int most)
{
    int unused = value;

    unused++;
    if (value > most)
        return most;
    return value;
}
""",
    "src/clamp.h": "int clamp(int value, int most);\n",
    "src/test.c": "",
}
SUITES = '[[suite]]\nfiles = ["src/*"]\ntests = ["test_clamp"]\n'
GOOD = "clamp(1, 5) == 1 && clamp(5, 5) == 5 && clamp(9, 5) == 5"
ENTRY = "[[survivor]]\nid = \"{}\"\nwas = '''if (value > {})'''\nbecomes = '''if (0)'''\nwhy = \"so\"\n"
NEVER = next(mutant.id for mutant in mutants_of("src/clamp.c", FILES["src/clamp.c"]) if mutant.becomes == "if (0)")
KILLED = ENTRY.format(NEVER, "most")
GONE = ENTRY.format(NEVER, "least")


class Draw(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tree = tempfile.mkdtemp(prefix="mutants.")
        cls.addClassCleanup(shutil.rmtree, cls.tree)
        copy = os.path.join(cls.tree, "tests", "mutants")
        shutil.copytree(MUTANTS, copy, ignore=shutil.ignore_patterns("__pycache__"))
        cls.drawn = os.path.join(copy, "drawn")
        for name, text in FILES.items():
            cls.write(os.path.join(cls.tree, name), text)
        cls.write(os.path.join(cls.drawn, "suites.toml"), SUITES)

    @staticmethod
    def write(path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def draw(self, condition, explained="", *more):
        """What draw.py says of the tree with a test that checks this."""
        self.write(os.path.join(self.tree, "src/test.c"), f'#include "clamp.h"\n\nint main(void) {{ return !({condition}); }}\n')
        self.write(os.path.join(self.drawn, "survivors.toml"), explained or "survivor = []\n")
        command = [sys.executable, os.path.join(self.drawn, "draw.py"), os.path.join(self.tree, "build"), "--jobs", "1",
                   "--file", "src/clamp.c", *more]
        result = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
        return result.returncode, result.stdout + result.stderr

    def test_all_are_seen(self):
        status, said = self.draw(GOOD)
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"\n[1-9]\d* killed, 0 explained, 0 survived\n$")
        self.assertIn("are the same code", said)  # `unused++`; >= instead of >
        self.assertNotIn("unused", said)

    def test_survivor(self):
        status, said = self.draw("clamp(1, 5) == 1")
        self.assertEqual(status, 1, said)
        self.assertIn(KILLED.replace('"so"', '""'), said)
        self.assertNotIn(", 0 survived", said)

    def test_explained(self):
        status, said = self.draw("clamp(1, 5) == 1", KILLED, "--explained")
        self.assertEqual(status, 0, said)
        self.assertIn("0 killed, 1 explained, 0 survived", said)

    def test_explained_but_killed(self):
        status, said = self.draw(GOOD, KILLED)
        self.assertEqual(status, 1, said)
        self.assertIn(f"explains what test_clamp kills: {NEVER}", said)

    def test_explained_but_gone(self):
        status, said = self.draw(GOOD, GONE)
        self.assertEqual(status, 1, said)
        self.assertIn(f"explains what is not there any more: {NEVER} (if (value > least))", said)

    def test_red_on_the_clean_tree(self):
        status, said = self.draw("clamp(1, 5) == 2")
        self.assertEqual(status, 1, said)
        self.assertIn("on the clean tree test_clamp fails", said)
        self.assertNotIn("killed", said)

    def test_entry_without_reason(self):
        status, said = self.draw(GOOD, KILLED.replace('"so"', '""'))
        self.assertNotEqual(status, 0, said)
        self.assertIn("an entry has id, was, becomes and why", said)


if __name__ == "__main__":
    unittest.main()
