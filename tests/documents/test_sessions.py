#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A stranger, who is not root, gets a copy of the tree and does what the documents say, word by word, from README on."""

import os
import shutil
import subprocess
import tempfile
import unittest

import documents
import session
from documents import SOURCE

# Documents whose commands are typed in the folder of i2ctarget, after README was followed.
OTHERS = ("docs/FAULTS.md", "docs/INTERRUPTS.md", "docs/PYTHON.md", "docs/RECORD.md", "docs/REGISTERS.md", "firmware/README.md", "firmware/espressif/README.md", "firmware/samd5x/README.md",
          "tests/hil/README.md")


def copy_tree(to):
    """What a stranger gets: the tree, without what was built in it."""
    def ignored(folder, names):
        return [name for name in names if name in (".git", "__pycache__", "node_modules") or (folder == SOURCE and name == "build")]

    shutil.copytree(SOURCE, to, ignore=ignored, symlinks=True)


class Stranger(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="i2ctarget-stranger-")
        cls.addClassCleanup(shutil.rmtree, cls.home)
        cls.tree = f"{cls.home}/i2ctarget"
        copy_tree(cls.tree)
        os.mkdir(f"{cls.home}/run", 0o700)
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", f"{session.NOBODY}:{session.NOBODY}", cls.home], check=True)
        cls.problems = {"README.md": cls.play("README.md", cls.home)}
        for document in OTHERS:
            cls.problems[document] = cls.play(document, cls.tree)

    @classmethod
    def play(cls, document, folder):
        """`folder`: where its files go.  The commands begin in the tree."""

        def write(name, text):
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write(text)

        shell = session.Session(cls.home, cls.tree)
        try:
            return cls.type_all(document, shell, write)
        finally:
            shell.close()

    @staticmethod
    def type_all(document, shell, write):
        if document != "README.md":
            shell.run("export PATH=$HOME/.local/bin:$PATH PKG_CONFIG_PATH=$HOME/.local/lib/pkgconfig", [])
        return session.play(shell, documents.blocks_of(document), write)

    def test_readme(self):
        self.assertIsNone(self.problems["README.md"])

    def test_others(self):
        for document in OTHERS:
            with self.subTest(document):
                self.assertIsNone(self.problems[document])

    def test_no_session_is_left_out(self):
        """Each document with a session that can be run is one of these."""
        with_sessions = {block.document for block in documents.all_blocks() if block.language == "console" and "not run" not in block.marks}
        self.assertEqual(with_sessions, {"README.md", *OTHERS})

    def test_programs_are_in_a_session(self):
        """Each whole program has a name, and a command of its document uses it."""
        for block in documents.all_blocks():
            if block.is_program or block.language == "python":
                with self.subTest(str(block)):
                    others = "".join(other.text for other in documents.blocks_of(block.document) if other.language == "console")
                    self.assertIn(block.mark("file") or "a name", others)


class Player(unittest.TestCase):
    """The player itself: what it must find wrong."""

    def setUp(self):
        self.home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.home)
        os.chmod(self.home, 0o777)
        self.shell = session.Session(self.home, self.home)
        self.addCleanup(self.shell.close)

    def problem(self, text):
        return session.play(self.shell, documents.blocks_of("x.md", text), lambda name, text: None)

    def test_right(self):
        self.assertIsNone(self.problem("<!-- varies: \\d+ bytes -->\n```console\n$ cd /\n$ echo a; echo $PWD; echo 12 bytes\na\n…\n7 bytes\n$ sleep 60 &\n```\n"))
        self.assertIsNone(self.problem("```console\n$ pwd\n/\n$ echo $HOME/x\n/home/you/x\n$ (sleep 0.1; echo late) &\nlate\n```\n"))

    def test_other_output(self):
        self.assertIn("said:\na\n", self.problem("```console\n$ echo a\nb\n```\n"))
        self.assertIn("said:\na\n", self.problem("```console\n$ echo a\n```\n"))
        self.assertIn("said:\n", self.problem("```console\n$ true\nb\n```\n"))

    def test_sizes(self):
        self.assertIsNone(self.problem("<!-- near: 5 -->\n```console\n$ echo 1040 of 2\n1000 of 2\n```\n"))
        self.assertIn("said:\n1060", self.problem("<!-- near: 5 -->\n```console\n$ echo 1060\n1000\n```\n"))
        self.assertIn("said:\n1000 of 3", self.problem("<!-- near: 5 -->\n```console\n$ echo 1000 of 3\n1000 of 2\n```\n"))

    def test_failure(self):
        self.assertIn("exit status 3", self.problem("```console\n$ (exit 3)\n```\n"))

    def test_not_run(self):
        self.assertIsNone(self.problem("<!-- not run: a reason -->\n```console\n$ false\n```\n"))


if __name__ == "__main__":
    unittest.main()
