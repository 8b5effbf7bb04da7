# SPDX-License-Identifier: MIT
"""Copies of the tree, where bugs are put in, built and tried."""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD_TYPE = ("-DCMAKE_BUILD_TYPE=Mutant", "-DCMAKE_C_FLAGS=-O1", "-DCMAKE_LINK_DEPENDS_NO_SHARED=ON", "-DCMAKE_COMPILE_WARNING_AS_ERROR=OFF")


class Trouble(Exception):
    """The run can not go on, or a mutant can not be judged."""


def is_source(directory, build):
    """Not where something is built, or what git keeps for itself."""
    if os.path.basename(directory) in (".git", "build", "node_modules", "__pycache__", ".cache"):
        return False
    return directory != build and not os.path.exists(os.path.join(directory, "CMakeCache.txt"))


def sources(build):
    """The files of the tree, relative to it."""
    for directory, names, files in os.walk(ROOT):
        names[:] = [name for name in names if is_source(os.path.join(directory, name), build)]
        for name in files:
            yield os.path.relpath(os.path.join(directory, name), ROOT)


class Workspace:
    """A copy of the tree and its build.  Files are written only when they differ, so a second run builds little."""

    def __init__(self, build, number):
        self.number = number
        self.tree = os.path.join(build, f"tree-{number}")
        self.build = os.path.join(build, f"build-{number}")
        self.only = os.path.join(build, "only.so")
        self.is_changed = False  # since it was built

    def sync(self, files):
        for file in files:
            with open(os.path.join(ROOT, file), "rb") as source:
                content = source.read()
            self.write(file, content)
            shutil.copymode(os.path.join(ROOT, file), os.path.join(self.tree, file))
        self.remove_others(set(files))

    def remove_others(self, files):
        for directory, _, names in os.walk(self.tree):
            for name in names:
                path = os.path.join(directory, name)
                if os.path.relpath(path, self.tree) not in files and "__pycache__" not in path:
                    os.remove(path)

    def read(self, file):
        with open(os.path.join(self.tree, file), "rb") as copy:
            return copy.read()

    def write(self, file, content):
        path = os.path.join(self.tree, file)
        if os.path.exists(path) and self.read(file) == content:
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.is_changed = True
        with open(path, "wb") as copy:
            copy.write(content)

    def configure(self):
        self.must(["cmake", "-G", "Ninja", "-S", self.tree, "-B", self.build, *BUILD_TYPE], "configuring")
        self.must(["cc", "-shared", "-fPIC", "-o", self.only, os.path.join(self.tree, "tests/mutants/only.c"), "-lcmocka"],
                  "compiling only.c")
        if self.is_changed:
            self.relink()

    def relink(self):
        """A mutant of a library in use needs no new programs, but another version of it may: its data are copied into them."""
        with open(os.path.join(self.build, "CMakeFiles", "rules.ninja"), encoding="utf-8") as rules:
            linkers = re.findall(r"^rule (C_EXECUTABLE_LINKER\S*)$", rules.read(), re.MULTILINE)
        self.must(["ninja", "-C", self.build, "-t", "clean", "-r", *linkers], "cleaning")

    def make(self, targets, jobs=1):
        self.must(["ninja", "-C", self.build, "-j", str(jobs), *sorted(targets)], "compiling")

    def must(self, command, what):
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if result.returncode:
            raise Trouble(f"{what} failed:\n{result.stdout[-3000:]}")

    # -- running a test

    def environment(self, more=()):
        environment = dict(os.environ, SOURCE_DIR=self.tree, BUILD_DIR=self.build, I2CTARGET_THIN="1",
                           PYTHONDONTWRITEBYTECODE="1", MUTANTS_WORKSPACE=str(self.number))
        environment["PATH"] += ":/usr/sbin:/sbin"
        environment.update(more)
        return environment

    def run(self, command, seconds, more=()):
        """Its status, None if it did not end in time, and what it printed.  `more`: for its environment."""
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                                   env=self.environment(more), cwd=self.build, start_new_session=True)
        status = None
        try:
            output, _ = process.communicate(timeout=seconds)
            status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            self.end_orphans()
            output, _ = process.communicate()
        self.end_orphans()
        return status, output

    def end_orphans(self):
        """What the test left running was handed to us when its parents died (see become_reaper)."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
                    is_ours = int(stat.read().rpartition(")")[2].split()[1]) == os.getpid()
                with open(f"/proc/{pid}/environ", "rb") as environ:
                    is_ours &= f"MUTANTS_WORKSPACE={self.number}".encode() in environ.read().split(b"\0")
                if is_ours and os.getsid(int(pid)) != os.getsid(0):
                    os.kill(int(pid), signal.SIGKILL)
                    os.waitpid(int(pid), 0)
            except OSError:
                continue


def become_reaper():
    """Servers that a failing test leaves behind become our children (PR_SET_CHILD_SUBREAPER)."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def end_well():
    """SIGTERM unwinds, too, so that what was begun is ended."""

    def on_terminate(number, _):
        signal.signal(number, signal.SIG_IGN)
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, on_terminate)
    # A shell starts what runs in the background with SIGINT ignored, and tests of Ctrl-C would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
