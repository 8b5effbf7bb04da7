#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""suites.toml names tests that there are, and some for each file; ids are unique; survivors.toml can be read."""

import collections
import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import survivors
from draw import PRODUCT, read
from drawing import mutants_of
from suites import Table
from workspace import Trouble, sources


class Suites(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        listed = subprocess.run(["ctest", "--test-dir", os.environ["BUILD_DIR"], "--show-only=json-v1"], capture_output=True,
                                text=True, check=True)
        cls.names = [test["name"] for test in json.loads(listed.stdout)["tests"]]
        cls.files = [file for file in sources(os.environ["BUILD_DIR"]) if PRODUCT.match(file)]
        cls.table = Table(os.path.join(HERE, "suites.toml"))

    def test_each_file_has_judges(self):
        self.assertGreater(len(self.files), 100)
        for file in self.files:
            self.assertTrue(self.table.tests(file, self.names), file)

    def test_each_mutant_has_its_own_id(self):
        ids = collections.Counter(mutant.id for file in self.files for mutant in mutants_of(file, read(file).decode()))
        self.assertEqual([id for id, count in ids.items() if count > 1], [])

    def test_each_test_is_there(self):
        with self.assertRaisesRegex(Trouble, "no test judges"):
            self.table.tests("elsewhere/a.c", self.names)
        with self.assertRaisesRegex(Trouble, "there is no test test_vcd"):
            self.table.tests("src/line/vcd.c", [])

    def test_reasons_can_be_read(self):
        self.assertTrue(survivors.load(os.path.join(HERE, "survivors.toml")))


if __name__ == "__main__":
    unittest.main()
