#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the documents show is right without running it: every block has a language, C compiles without a warning, links and numbers agree."""

import csv
import os
import re
import subprocess
import tempfile
import textwrap
import unittest

import documents
from documents import SOURCE

CONTEXTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "contexts")
INCLUDES = [f"-I{SOURCE}/{folder}" for folder in ("include", "boards/virtual", "ports", "src", "tests", "tests/support/cpu", "tests/support",
                                               "sdk/package/idf", "tests/packages/standins/idf")]
COMPILERS = {"c": [["gcc", "-std=c11"], ["clang", "-std=c11"]], "cpp": [["g++", "-std=c++17"], ["clang++", "-std=c++17"]]}
# Each keeps a stranger from trying what he reads, so there are few, and a new one is seen here.
NOT_RUN = 19


def compile_text(text, language="c"):
    """What the compilers complain about, as text."""
    complaints = ""
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/snippet.{language}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        for compiler in COMPILERS[language]:
            done = subprocess.run([*compiler, "-Wall", "-Wextra", "-Werror", *INCLUDES, "-c", "-O2", "-o", "/dev/null", path],
                                  capture_output=True, text=True, check=False)
            complaints += done.stderr
    return complaints


def within(context, code):
    """The snippet, at the place that the context leaves for it.  Its #include lines come first."""
    path = f"{CONTEXTS}/{context}.c"
    if not os.path.exists(path):
        raise AssertionError(f"there is no {path}")
    with open(path, encoding="utf-8") as file:
        before, indent, after = re.split(r"^( *)SNIPPET\n", file.read(), flags=re.MULTILINE)
    includes = "".join(re.findall(r"^#include .*\n", code, re.MULTILINE))
    rest = re.sub(r"^#include .*\n", "", code, flags=re.MULTILINE)
    return includes + before + textwrap.indent(rest, indent) + after


class Blocks(unittest.TestCase):
    maxDiff = None

    def test_languages(self):
        blocks = documents.all_blocks()
        self.assertGreater(len(blocks), 40)
        for block in blocks:
            with self.subTest(str(block)):
                self.assertIn(block.language, documents.LANGUAGES)
                self.assertEqual(set(block.marks) - set(documents.MARKS), set())

    def test_not_run(self):
        reasons = [f"{block}: {block.mark('not run')}" for block in documents.all_blocks() if "not run" in block.marks]
        self.assertEqual(len(reasons), NOT_RUN, "\n".join(reasons))

    def test_parts_of_programs(self):
        """Those that are no whole program; test_sessions.py builds and runs whole ones."""
        parts = [block for block in documents.all_blocks() if block.language in ("c", "cpp")]
        self.assertGreater(len(parts), 3)
        for block in parts:
            with self.subTest(str(block)):
                text = block.text if block.is_program else within(block.mark("inside"), block.text)
                self.assertEqual(compile_text(text, block.language), "")

    def test_examples_in_headers(self):
        examples = [block for header in documents.headers() for block in documents.examples_of(header)]
        self.assertGreater(len(examples), 6)
        for block in examples:
            with self.subTest(str(block)):
                name = os.path.basename(block.document)[:-2]
                number = [str(other) for other in examples if other.document == block.document].index(str(block)) + 1
                own = f"{name}_{number}"
                context = own if os.path.exists(f"{CONTEXTS}/{own}.c") else "target"
                include = re.search(r"i2ctarget/.*", block.document)[0]
                self.assertEqual(compile_text(within(context, f'#include "{include}"\n{block.text}')), "")

    def test_numbers_of_boards(self):
        with open(f"{SOURCE}/boards/boards.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        served = [sum(row["mcu"].startswith(chip) for row in rows) for chip in ("RP2040", "SAM", "ESP32")]
        right = {len(rows), *served, sum(served)}
        for document in ("README.md", "docs/PYTHON.md", "boards/README.md", "firmware/README.md"):
            with open(f"{SOURCE}/{document}", encoding="utf-8") as file:
                told = {int(number) for number in re.findall(r"(\d+)(?: of the)? boards", file.read())}
            self.assertEqual(told - right, set(), document)


class Wrong(unittest.TestCase):
    """These very tests, tested."""

    def test_a_warning(self):
        self.assertIn("unused", compile_text("int main(void) { int unused; return 0; }"))

    def test_an_unused_result(self):
        code = "i2ctarget_init(&target, I2CTARGET_BUS_SCL(1), I2CTARGET_BUS_SDA(1), addresses, 2, false);\n"
        self.assertIn("unused-result", compile_text(within("target", code)))

    def test_marks(self):
        block, other = documents.blocks_of("x.md", "<!-- file: a.c -->\n```c\nint a;\n```\n\n```text\nb\n```\n")
        self.assertEqual((block.mark("file"), block.text, other.marks), ("a.c", "int a;\n", {}))

    def test_a_block_without_end(self):
        with self.assertRaisesRegex(ValueError, "x.md:2: the block does not end"):
            documents.blocks_of("x.md", "\n```c\nint a;\n")


if __name__ == "__main__":
    unittest.main()
