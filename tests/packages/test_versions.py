#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One version: where it has to be written again it is the header's, and nowhere else is it written."""

import os
import re
import subprocess
import unittest

SOURCE, BUILD = os.environ["SOURCE_DIR"], os.environ["BUILD_DIR"]


def read(path):
    with open(f"{SOURCE}/{path}", encoding="utf-8") as file:
        return file.read()


VERSION = re.search(r'^#define I2CTARGET_VERSION "(\d+\.\d+\.\d+)"$', read("include/i2ctarget/i2ctarget.h"), re.M)[1]


class Versions(unittest.TestCase):
    def test_written_again(self):
        for path, pattern in {
            "CHANGELOG.md": r"^## (\S+),",
            "docs/i2ctarget.1": r'^\.TH I2CTARGET 1 "[^"]*" "i2ctarget (\S+)"',
            "debian/changelog": r"^i2ctarget \((\S+)\) ",
        }.items():
            with self.subTest(path):
                self.assertEqual(re.search(pattern, read(path), re.M)[1], VERSION)

    def test_not_written(self):
        for path in ("CMakeLists.txt", "cmake/install.cmake", "setup.py", "pyproject.toml"):
            with self.subTest(path):
                self.assertNotRegex(read(path), r"\b" + re.escape(VERSION) + r"\b")

    def test_what_was_built(self):
        said = subprocess.run([BUILD + "/i2ctarget", "--version"], capture_output=True, text=True, check=True).stdout
        self.assertTrue(said.startswith(f"i2ctarget {VERSION} "), said)
        self.assertTrue(os.path.exists(f"{BUILD}/libi2ctarget.so.{VERSION}"))
        with open(BUILD + "/i2ctarget-config-version.cmake", encoding="utf-8") as file:
            self.assertIn(f'set(PACKAGE_VERSION "{VERSION}")', file.read())


if __name__ == "__main__":
    unittest.main()
