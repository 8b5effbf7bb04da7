# SPDX-License-Identifier: MIT
"""Which tests judge a mutant (suites.toml), and how they are run: the tests that CTest knows."""

import dataclasses
import fnmatch
import hashlib
import json
import os
import subprocess
import time
import tomllib

from workspace import Trouble

LEAST_SECONDS, TIMES_SLOWER, CLEAN_SECONDS = 20, 6, 600  # how long a test may take before it hangs


@dataclasses.dataclass
class Test:
    name: str
    command: list
    more: dict  # for its environment
    target: str  # what has to be built for it


class Table:
    """Rows of file patterns and tests.  A file is judged by the tests of all rows that match it, in their order."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.rows = tomllib.load(file)["suite"]

    def patterns(self, file):
        tests = []
        for row in self.rows:
            if any(fnmatch.fnmatchcase(file, pattern) for pattern in row["files"]):
                tests += row["tests"]
        return list(dict.fromkeys(tests))

    def tests(self, file, names):
        """Names of tests; each of the row's must be there."""
        found = []
        for pattern in self.patterns(file):
            matching = fnmatch.filter(names, pattern)
            if not matching:
                raise Trouble(f"suites.toml: there is no test {pattern}")
            found += matching
        if not found:
            raise Trouble(f"suites.toml: no test judges {file}")
        return list(dict.fromkeys(found))


def ctest(workspace):
    """All tests of a copy, by their names, in CTest's order."""
    result = subprocess.run(["ctest", "--test-dir", workspace.build, "--show-only=json-v1"], capture_output=True, text=True,
                            check=True)
    found = {}
    for entry in json.loads(result.stdout)["tests"]:
        properties = {item["name"]: item["value"] for item in entry.get("properties", ())}
        command = [word if word else "" for word in entry.get("command", ())]
        more = dict(item.split("=", 1) for item in properties.get("ENVIRONMENT", ()))
        if command:
            found[entry["name"]] = Test(entry["name"], command, more, target_of(workspace, command))
        else:  # its program is not built yet
            found[entry["name"]] = None
    return {name: test for name, test in found.items() if test}


def target_of(workspace, command):
    """A program of the build is made by itself; a script may use anything."""
    path = os.path.relpath(command[0], workspace.build)
    return "all" if path.startswith("..") else path


class Judge:
    """Runs tests in one copy."""

    def __init__(self, workspace, table, seconds):
        self.workspace, self.table, self.seconds = workspace, table, seconds
        self.tests = ctest(workspace)

    def tests_of(self, file):
        return [self.tests[name] for name in self.table.tests(file, self.tests)]

    def try_clean(self, name):
        """None: it passed, on a busy machine perhaps the second time."""
        test = self.tests[name]
        for _ in range(2):
            began = time.monotonic()
            status, output = self.workspace.run(test.command, CLEAN_SECONDS, test.more)
            if status == 0:
                self.seconds[name] = time.monotonic() - began
                return None
        return f"on the clean tree {name} {'hangs' if status is None else 'fails'}\n{output[-2000:]}"

    def killer(self, file):
        """The first test that sees what is in the copy now; None: it survives."""
        for test in self.tests_of(file):
            self.workspace.make([test.target])
            if self.is_red(test):
                return test.name
        return None

    def is_red(self, test):
        """A script that fails may have been late on a busy machine: it has to fail twice."""
        limit = max(LEAST_SECONDS, TIMES_SLOWER * self.seconds[test.name])
        status, _ = self.workspace.run(test.command, limit, test.more)
        if status and test.target == "all":
            status, _ = self.workspace.run(test.command, limit, test.more)
        return status != 0


class Clean:
    """Which tests passed on the clean tree, and how long they took: remembered as long as no file changes."""

    def __init__(self, build, files, read):
        self.path = os.path.join(build, "clean.json")
        digest = hashlib.sha256()
        for file in files:
            digest.update(file.encode() + b"\0" + read(file) + b"\0")
        self.digest = digest.hexdigest()
        self.seconds = self.load()

    def load(self):
        try:
            with open(self.path, encoding="utf-8") as file:
                kept = json.load(file)
        except (OSError, ValueError):
            return {}
        return kept["seconds"] if kept["digest"] == self.digest else {}

    def save(self):
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump({"digest": self.digest, "seconds": self.seconds}, file)
