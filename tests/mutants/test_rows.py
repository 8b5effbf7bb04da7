#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every row of seeded bugs can be run: its old text is where it says, and the tests that it names are there.  (That they kill it is shown
by `make mutants`, which takes hours.)"""

import functools
import glob
import os
import re
import sys
import unittest

import run

sys.path.insert(0, run.ROOT + "/boards")
import table

ROOT = run.ROOT


@functools.cache
def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


@functools.cache
def names():
    """What tests may be called: every word of C code and of CMake; classes, functions and files of Python."""
    scripts = glob.glob("tests/**/*.py", root_dir=ROOT, recursive=True)
    found = {os.path.basename(path).removesuffix(".py") for path in scripts}
    found |= {name for path in scripts for name in re.findall(r"^ *(?:class|def) (\w+)", text_of(path), re.MULTILINE)}
    for pattern in "*.[ch]", "CMakeLists.txt":
        for path in glob.glob(f"tests/**/{pattern}", root_dir=ROOT, recursive=True):
            found |= set(re.findall(r"\w+", text_of(path)))
    return found


@functools.cache
def made_for():
    """What a test's name may end with, if it is made for each board or chip."""
    return (*(row["board_id"] for row in table.rows()), *os.listdir(f"{ROOT}/firmware"))


def is_there(name):
    """A test of this name; some are made for each rig: NAME__RIG."""
    return not name.isidentifier() or name.partition("__")[0] in names() or name.endswith(made_for())


def lacking(test):
    """What is not there of a test that a row names.  (The names of programs in C are CMake's to make.)"""
    first, *others = test.words
    if test.is_script and not os.path.exists(f"{ROOT}/tests/{first}"):
        return [first]
    return [name for word in others for name in word.split(".") if not is_there(name)]


class Rows(unittest.TestCase):
    def test_rows(self):
        folders = [None, *{os.path.dirname(path) for path in glob.glob(f"{ROOT}/tests/**/mutants/*.toml", recursive=True)}]
        mutants = {mutant.id: mutant for folder in folders for mutant in run.load(folder)}
        self.assertGreater(len(mutants), 1000)
        for mutant in mutants.values():
            with self.subTest(mutant.id):
                try:
                    self.assertNotEqual(mutant.apply(text_of(mutant.file)), text_of(mutant.file))
                except (run.Trouble, OSError) as trouble:
                    self.fail(str(trouble))
                self.assertEqual([name for test in mutant.tests for name in lacking(test)], [], "no such test")


if __name__ == "__main__":
    unittest.main()
