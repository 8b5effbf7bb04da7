#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Completion in bash and zsh offers what `--help` says, whatever that is: every command, every option."""

import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import tempfile
import time
import unittest

SOURCE, BUILD = os.environ["SOURCE_DIR"], os.environ["BUILD_DIR"]
COMMAND = BUILD + "/i2ctarget"
FOLDER = SOURCE + "/linux/cli/completion"
PROMPT = "READY#" if os.geteuid() == 0 else "READY%"


def help_of(*words):
    return subprocess.run([COMMAND, *words, "--help"], capture_output=True, text=True, check=True).stdout


def commands():
    return re.findall(r"^  ([a-z-]+) ", help_of().partition("\n  i2ctarget ")[0], re.M)


def devices():
    listed = subprocess.run([COMMAND, "device", "--list"], capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in listed.splitlines()]


def options(*words):
    return re.findall(r"^  (--[a-z-]+)", help_of(*words), re.M)


class Shell(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="i2ctarget-completion-")
        self.addCleanup(shutil.rmtree, self.directory)
        for name in "wave one.vcd", "waves.vcd":
            with open(f"{self.directory}/{name}", "w", encoding="utf-8"):
                pass


class Bash(Shell):
    def complete(self, *words):
        """What is offered for the last of the words of a line."""
        line = " ".join(shlex.quote(word) for word in ("i2ctarget", *words))
        script = (f"source {shlex.quote(FOLDER)}/i2ctarget.bash; COMP_WORDS=({line}); COMP_CWORD={len(words)}; compopt() {{ :; }}; "
                  f"_command_offset() {{ COMPREPLY=(inner $1); }}; "
                  f"_i2ctarget {shlex.quote(COMMAND)} {shlex.quote(words[-1])} {shlex.quote((('i2ctarget',) + words)[-2])}; "
                  "printf '%s\\n' \"${COMPREPLY[@]}\"")
        done = subprocess.run(["bash", "-u", "-c", script], capture_output=True, text=True, timeout=60, check=False, cwd=self.directory)
        self.assertEqual(done.stderr, "")
        return [line for line in done.stdout.split("\n") if line]

    def test_commands(self):
        self.assertGreater(len(commands()), 6)
        self.assertEqual(self.complete(""), [*commands(), "--help", "--version"])
        self.assertEqual(self.complete("att"), ["attach"])
        self.assertEqual(self.complete("none"), [])

    def test_options_of_each_command(self):
        for command in commands():
            with self.subTest(command):
                self.assertIn("--help", options(command) + options("device", "eeprom"))
                if command != "device":
                    self.assertEqual(self.complete(command, "--"), options(command))

    def test_devices(self):
        self.assertEqual(self.complete("device", ""), [*devices(), "--list", "--help"])
        for device in devices():
            with self.subTest(device):
                self.assertEqual(self.complete("device", device, "--"), options("device", device))

    def test_maps(self):
        self.assertEqual(self.complete("device", "registers", "--map", "tmp10"), ["tmp102"])
        self.assertEqual(self.complete("device", "registers", "--map", "waves"), ["waves.vcd"])

    def test_arguments(self):
        self.assertEqual(sorted(self.complete("bus", "--trace", "wave")), ["wave one.vcd", "waves.vcd"])
        self.assertEqual(sorted(self.complete("trace", "--full", "wave")), ["wave one.vcd", "waves.vcd"])
        self.assertEqual(self.complete("bus", "--speed", ""), [])
        self.assertEqual(self.complete("trace", "--transfers", ""), [])
        self.assertEqual(self.complete("bus", "--trace", "x", "--verb"), ["--verbose"])

    def test_inner_command(self):
        """Of run and exec: their own options first, then those of another program."""
        self.assertIn("--wait", self.complete("exec", "--bus", "3", "--"))
        self.assertIn("printf", self.complete("exec", "--bus", "3", "print"))
        self.assertIn("printf", self.complete("run", "--", "print"))
        self.assertEqual(self.complete("run", "--", "wave"), ["wave one.vcd", "waves.vcd"])
        self.assertEqual(self.complete("run", "--keep", "git", "--"), ["inner", "3"])
        self.assertEqual(self.complete("exec", "--bus", "3", "--", "i2cget", "-y", ""), ["inner", "5"])

    def test_it_is_registered(self):
        done = subprocess.run(["bash", "-c", f"source {shlex.quote(FOLDER)}/i2ctarget.bash; complete -p i2ctarget"],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "complete -F _i2ctarget i2ctarget\n")


class Zsh(Shell):
    """At a terminal, as somebody types."""

    def setUp(self):
        super().setUp()
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.chdir(self.directory)
            os.environ.update(PATH=f"{BUILD}:{os.environ['PATH']}", TERM="dumb", HOME=self.directory, COLUMNS="200")
            os.execvp("zsh", ["zsh", "-f", "-i"])
        self.addCleanup(self.end, pid)
        self.seen = ""
        self.type(f"fpath=({shlex.quote(FOLDER)} $fpath); autoload -U compinit; compinit -u -D; PS1='READY'%#; LISTMAX=1000\n")
        self.wait_for(PROMPT)

    def end(self, pid):
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(self.terminal)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait_for(self, text):
        """Everything up to the text, which must come."""
        limit = time.monotonic() + 60
        while text not in self.seen:
            self.assertGreater(limit, time.monotonic(), f"{text!r} did not come: {self.seen!r}")
            if select.select([self.terminal], [], [], 1)[0]:
                self.seen += os.read(self.terminal, 65536).decode(errors="replace")
        before, _, self.seen = self.seen.partition(text)
        return before

    def offered(self, line):
        """What Tab shows for the line, which is then wiped out.  Keys count as soon as the prompt is there."""
        self.type(line + "\t\t\x15echo d''one\n")
        shown = self.wait_for("done")
        self.wait_for(PROMPT)
        return shown

    def test_a_command_is_completed(self):
        self.type("i2ctarget att\t --help\n")
        self.wait_for("usage: i2ctarget attach")

    def test_commands(self):
        shown = self.offered("i2ctarget ")
        for command in commands():
            self.assertRegex(shown, rf"\b{command}\b")

    def test_options(self):
        for words in ("bus",), ("monitor",), ("exec",), ("run",), ("device", "eeprom"):
            with self.subTest(words):
                shown = self.offered(f"i2ctarget {' '.join(words)} --")
                for option in options(*words):
                    self.assertIn(option, shown)

    def test_devices(self):
        shown = self.offered("i2ctarget device ")
        for device in devices():
            self.assertRegex(shown, rf"\b{device}\b")

    def test_maps(self):
        shown = self.offered("i2ctarget device registers --map ")
        for name in ("waves.vcd", "tmp102", "bme280"):
            self.assertIn(name, shown)

    def test_arguments(self):
        self.assertIn("waves.vcd", self.offered("i2ctarget bus --trace w"))
        self.assertIn("waves.vcd", self.offered("i2ctarget trace w"))
        self.type("i2ctarget exec --bus 9 -- readl\t\x01echo \x05\n")
        self.wait_for("i2ctarget exec --bus 9 -- readlink")


if __name__ == "__main__":
    unittest.main()
