#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests of the tests: seed bugs one by one, and demand that the tests named for each fail.

    run.py BUILD_DIR [--jobs N] [--only PATTERN…] [--rows FOLDER] [--list] [--explore PROGRAM…]

The bugs are in the *.toml files beside this one, those of a chip in tests/chips/*/mutants; or, with --rows, in a folder of those whose
tests need more than the others:

    [[mutant]]
    id = "ack-left-on-sda"
    breaks = ["B9"]                                    # what the bug breaks
    file = "src/line/target_line.c"
    old = '''the text to replace'''                    # is there exactly once, white space apart
    new = '''the bug'''
    killed_by = ["contract testbus_100k b09_…"]        # each of these tests must fail
    also = ['''more text''', '''its bug''']               # if it takes two places of the file
    hangs = true                                       # a test that never ends has failed, too

`breaks`: a letter and number of the conformance list (tests/contract/items.txt), a row of the table
of semantics in docs/DESIGN.md ("row read"), a port ("port testbus"), or any other word.  A test is


    contract RIG NAME                    one of the contract suite
    test_core_order NAME                 one of a cmocka program, named as its target
    linux/server/test_server.py C.test   one of a script under tests/

All happens in copies of the tree.  On the clean copy the tests must pass; then each bug is put in by
itself, what its tests need is built, and they alone are run.  Warnings are no errors there: a bug may
leave something unused.

Afterwards it says which tests of the contract suite count: a test that names an item counts as its
cover only if it kills a mutant of that item.  The run fails if a mutant survives, does not apply or
does not compile, and if a letter, a row, a port or an item has no mutant that is killed.
"""

import argparse
import collections
import dataclasses
import fnmatch
import glob

import os
import re
import subprocess
import sys
import threading
import time
import tomllib

from workspace import HERE, ROOT, Trouble, Workspace, become_reaper, end_well, sources

LETTERS = "ABCDEFGHIJ"
ROWS = ("constructor", "smbus", "deinit", "request", "fields", "read", "ack", "write", "close", "attach", "address", "lock",
        "fault", "signal", "death")
LEAST_SECONDS, TIMES_SLOWER = 20, 6  # how long a test may take before it hangs


# ---- what is to be done -------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Test:
    """One test, by its name in `killed_by`."""

    text: str

    @property
    def words(self):
        return self.text.split()

    @property
    def is_script(self):
        return "/" in self.words[0]

    @property
    def name(self):
        return self.words[-1]

    @property
    def target(self):
        return "all" if self.is_script else self.words[0]


@dataclasses.dataclass
class Mutant:
    id: str
    breaks: list
    file: str
    old: str
    new: str
    killed_by: list
    also: list = dataclasses.field(default_factory=list)
    hangs: bool = False

    def __post_init__(self):
        self.tests = [Test(text) for text in self.killed_by]
        if not self.tests:
            raise Trouble(f"{self.id}: no test is named that must kill it")

    def apply(self, text):
        """The text with the bug in it."""
        text = replace(text, self.old, self.new)
        return replace(text, *self.also) if self.also else text


def replace(text, old, new):
    found = list(re.finditer(r"\s+".join(re.escape(word) for word in old.split()), text))
    if len(found) != 1:
        raise Trouble(f"its old text is there {len(found)} times")
    begin, end = found[0].span()
    return text[:begin] + new.strip() + text[end:]


def load(rows):
    mutants = []
    folders = [rows] if rows else [HERE, f"{ROOT}/tests/chips/*/mutants"]
    for path in sorted(path for folder in folders for path in glob.glob(f"{folder}/*.toml")):
        with open(path, "rb") as file:
            try:
                mutants += [Mutant(**entry) for entry in tomllib.load(file)["mutant"]]
            except (TypeError, tomllib.TOMLDecodeError) as error:
                raise Trouble(f"{os.path.relpath(path, ROOT)}: {error}") from error

    twice = [id for id, count in collections.Counter(m.id for m in mutants).items() if count > 1]
    if twice:
        raise Trouble(f"ids that are there twice: {' '.join(twice)}")
    return mutants


# ---- a test of them -----------------------------------------------------------------------------


def command(workspace, test):
    words = test.words
    if test.is_script:
        path = os.path.join(workspace.tree, "tests", words[0])
        return [*(["/usr/bin/python3"] if path.endswith(".py") else []), path, *words[1:]]
    for directory, _, names in os.walk(os.path.join(workspace.build, "tests")):
        if words[0] in names:
            return [os.path.join(directory, words[0]), *words[1:-1]]
    raise Trouble(f"there is no program {words[0]}")


def run_test(workspace, test, seconds):
    """'passed', 'failed' or 'hung', and what it printed."""
    more = {} if test.is_script else {"LD_PRELOAD": workspace.only, "CMOCKA_ONLY": test.name, "CMOCKA_MESSAGE_OUTPUT": "STDOUT"}
    status, output = workspace.run(command(workspace, test), seconds, more)
    return "hung" if status is None else verdict_of(test, status, output), output


def failures(test, verdict, output):
    """The tests of a program that failed; the one it did not come back from."""
    failed = re.findall(r"^\[ +(?:FAILED|ERROR) +\] ([a-z]\w+)$", output, re.MULTILINE)
    ran = re.findall(r"^\[ +RUN +\] (\w+)$", output, re.MULTILINE)
    if verdict == "hung" or (verdict == "failed" and not failed):
        failed.append(f"{(ran or [test.text])[-1]} ({verdict})")
    return dict.fromkeys(failed)


def verdict_of(test, status, output):
    ran = re.findall(r"^\[ +RUN +\] (\w+)$", output, re.MULTILINE)
    if not test.is_script and test.name not in [*ran, "*"]:
        raise Trouble(f"there is no test {test.text}")
    # An object without an attribute is what a test may fail by; modules and classes are where tests are looked for.
    if test.is_script and re.search(r"^Ran 0 tests|^(Attribute|Value)Error: (?!'\w+' object ).* has no attribute", output, re.MULTILINE):
        raise Trouble(f"there is no test {test.text}")
    return "failed" if status else "passed"


# ---- the run ------------------------------------------------------------------------------------


class Run:
    def __init__(self, options):
        self.build = os.path.abspath(options.build)
        self.workspaces = [Workspace(self.build, i) for i in range(options.jobs)]
        self.mutants = [m for m in load(options.rows) if any(fnmatch.fnmatch(m.id, pattern) for pattern in options.only)]
        self.is_whole = "*" in options.only and not options.rows
        self.seconds = {}  # how long each test takes on the clean tree
        self.killed, self.troubles = [], []
        self.lock = threading.Lock()
        self.width = max((len(m.id) for m in self.mutants), default=0)

    def say(self, text):
        with self.lock:
            print(text, flush=True)

    # -- the clean tree

    def prepare(self, programs=()):
        os.makedirs(self.build, exist_ok=True)
        files = sorted(set(sources(self.build)))
        targets = {test.target for m in self.mutants for test in m.tests}
        targets |= {"contract"} | {program.split()[0] for program in programs}
        for workspace in self.workspaces:
            workspace.sync(files)
            workspace.configure()
            workspace.make(targets, os.cpu_count() or 1)

    def limit(self, test):
        return max(LEAST_SECONDS, TIMES_SLOWER * self.seconds.get(test, 0))

    def try_clean(self, workspace, test):
        began = time.monotonic()
        try:
            verdict, output = run_test(workspace, test, 300)
        except Trouble as trouble:
            verdict, output = str(trouble), ""
        self.seconds[test] = time.monotonic() - began
        if verdict != "passed":
            self.troubles.append(test.text)
            self.say(f"on the clean tree: {test.text}: {verdict}\n{output[-2000:]}")

    def try_all_clean(self):
        tests = collections.deque(sorted({test for m in self.mutants for test in m.tests}, key=lambda test: test.text))
        self.in_parallel(tests, self.try_clean)

    # -- one mutant

    def judge(self, workspace, mutant):
        began = time.monotonic()
        try:
            clean = workspace.read(mutant.file)
            try:
                workspace.write(mutant.file, mutant.apply(clean.decode()).encode())
                workspace.make({test.target for test in mutant.tests})
                survived = list(filter(None, (self.survives(workspace, mutant, test) for test in mutant.tests)))
                note = "SURVIVED " + ", ".join(survived) if survived else "killed by " + ", ".join(mutant.killed_by)
            finally:
                workspace.write(mutant.file, clean)
        except (Trouble, OSError) as trouble:
            survived, note = True, f"BROKEN: {trouble}"
        (self.troubles if survived else self.killed).append(mutant)
        self.say(f"{mutant.id:{self.width}}  {time.monotonic() - began:5.1f} s  {note}")

    def survives(self, workspace, mutant, test):
        """None: the test failed, as it must."""
        verdict, _ = run_test(workspace, test, self.limit(test))
        is_killed = verdict == "failed" or (verdict == "hung" and mutant.hangs)
        return None if is_killed else f"{test.text} ({verdict})"

    def try_mutants(self):
        # Neighbours change the same file, so that what one leaves behind is not compiled on its own.
        self.in_parallel(collections.deque(sorted(self.mutants, key=lambda m: m.file)), self.judge)

    def in_parallel(self, queue, work):
        def worker(workspace):
            while True:
                with self.lock:
                    if not queue:
                        return
                    item = queue.popleft() if workspace.number % 2 == 0 else queue.pop()
                work(workspace, item)

        threads = [threading.Thread(target=worker, args=[workspace], daemon=True) for workspace in self.workspaces]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # -- which tests kill what: to choose names from

    def explore(self, programs):
        self.explored = [Test(f"{program} *") for program in programs]
        self.in_parallel(collections.deque(self.mutants), self.explore_one)

    def explore_one(self, workspace, mutant):
        lines = [f"{mutant.id}:"]
        clean = workspace.read(mutant.file)
        try:
            workspace.write(mutant.file, mutant.apply(clean.decode()).encode())
            workspace.make({test.target for test in self.explored})
            for test in self.explored:
                lines.append(f"    {test.text[:-2]}: {' '.join(failures(test, *run_test(workspace, test, LEAST_SECONDS)))}")
        except Trouble as trouble:
            lines.append(f"    {trouble}")
        finally:
            workspace.write(mutant.file, clean)
        self.say("\n".join(lines))

    # -- what is covered

    def contract(self, *words):
        program = command(self.workspaces[0], Test("contract -"))[0]
        return subprocess.run([program, *words], capture_output=True, text=True, check=False).stdout.split("\n")[:-1]

    def cover(self):
        """Prints which tests count; returns what has no cover."""
        kills = collections.defaultdict(list)
        for mutant in self.killed:
            for test in mutant.tests:
                if test.words[0] == "contract":
                    kills[test.name].append(mutant)
        items = collections.defaultdict(list)
        idle = []
        for name in self.contract("--list"):
            item = item_of(name)
            counting = [m.id for m in kills[name] if item in m.breaks]
            items[item] += [f"{name}: {', '.join(counting)}"] if counting else []
            if not counting:
                idle.append(name)
        print("\nItems, the tests that cover them, and the mutants these kill:")
        for item in sorted(items, key=lambda item: (item[1].isalpha(), int(item[1:]) if item[1].isdigit() else 0)):
            print(f"  {item:16}" + ("\n" + " " * 18).join(items[item] or ["NOT COVERED"]))
        if idle:
            print("\nTests that kill no mutant of their item, and so do not count:")
            print("  " + "\n  ".join(idle))
        return [item for item, tests in items.items() if not tests] + self.missing()

    def missing(self):
        broken = {what for mutant in self.killed for what in mutant.breaks}
        wanted = [*LETTERS, *(f"row {row}" for row in ROWS), *(f"port {name}" for name in ports())]
        return [w for w in wanted if w not in broken and not any(re.fullmatch(w + r"\d+", b) for b in broken)]


def ports():
    return sorted(name for folder in ("ports", "linux") for name in os.listdir(os.path.join(ROOT, folder))
                  if os.path.exists(os.path.join(ROOT, folder, name, "port.c")))


def item_of(name):
    """a03_restart… is about item A3, table_read_… about the row "read"."""
    match = re.match(r"([a-j])0*(\d+)_", name)
    return match[1].upper() + match[2] if match else "row " + name.split("_")[1]


def arguments():
    parser = argparse.ArgumentParser(description="Seed bugs, and demand that the tests named for them fail.")
    parser.add_argument("build", help="directory for the copies and their builds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    parser.add_argument("--only", default=["*"], nargs="+", metavar="PATTERN", help="mutants whose id matches one of them")
    parser.add_argument("--rows", metavar="FOLDER", help="the mutants of this folder alone")
    parser.add_argument("--list", action="store_true", help="list the mutants")
    parser.add_argument("--explore", nargs="+", metavar="PROGRAM", help="list all tests of these programs that kill them")
    return parser.parse_args()


def main():
    options = arguments()
    run = Run(options)
    if options.list:
        for mutant in run.mutants:
            print(f"{mutant.id:{run.width}}  {', '.join(mutant.breaks):20}  {mutant.file}")
        return 0
    become_reaper()
    end_well()
    try:
        return try_all(run, options)
    finally:
        for workspace in run.workspaces:
            workspace.end_orphans()


def try_all(run, options):
    run.prepare(options.explore or ())
    if options.explore:
        run.explore(options.explore)
        return 0
    run.try_all_clean()
    if run.troubles:
        print(f"{len(run.troubles)} tests do not pass on the clean tree")
        return 1
    run.try_mutants()
    uncovered = run.cover() if run.is_whole else []
    if uncovered:
        print(f"\nWithout a seeded bug that a test kills: {', '.join(uncovered)}")
    print(f"\n{len(run.killed)} killed, {len(run.troubles)} survived")
    return 1 if run.troubles or uncovered or not run.mutants else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(f"mutants: {trouble}")
