#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Bugs that nobody thought of: draws mutants of the product's C files, and demands that a test sees each.

    draw.py BUILD_DIR [--sample N] [--seed S] [--file PATTERN…] [--changed-since REV] [--only ID…] [--explained] [--list] [--jobs N]

What can be wrong with a statement is in operators.py; which tests judge a file, in suites.toml.  Each file gives
as many mutants as it has lines of functions in proportion to all.  One that does not compile, or of which the
compiler makes the same code, does not count: the next one is drawn.  A test that does not end has seen it.

A mutant that no test sees makes the run fail, unless survivors.toml says why none has to.  An entry there whose
mutant is killed, or is not there any more, makes it fail, too.
"""

import argparse
import collections
import fnmatch
import os
import re
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import survivors
from compiler import Compiler
from drawing import lines_of, mutants_of, order, quotas
from suites import Clean, Judge, Table
from workspace import ROOT, Trouble, Workspace, become_reaper, end_well, sources

PRODUCT = re.compile(r"(src|devices|ports|linux|bindings/common|bindings/python/src|firmware)/.*\.[ch]$")


def read(file):
    with open(os.path.join(ROOT, file), "rb") as source:
        return source.read()


def changed_lines(revision):
    """By file: the lines that are not as they were then."""
    result = subprocess.run(["git", "-C", ROOT, "diff", "-U0", "--no-prefix", revision], capture_output=True, text=True, check=False)
    if result.returncode:
        raise Trouble(f"git diff {revision}: {result.stderr.strip()}")
    changed, file = collections.defaultdict(set), None
    for line in result.stdout.splitlines():
        if line.startswith("+++ "):
            file = line[4:]
        hunk = re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line)
        if hunk:
            first, count = int(hunk[1]), int(hunk[2] or 1)
            changed[file].update(range(first, first + max(count, 1)))
    return changed


class Draw:
    """What is to be tried: for each file its mutants as they are drawn, and how many of them."""

    def __init__(self, options, files, reasons):
        self.texts = {file: read(file).decode() for file in files}
        self.all = {file: mutants_of(file, text) for file, text in self.texts.items()}
        self.there = {mutant.key for mutants in self.all.values() for mutant in mutants}
        chosen = self.choose(options, reasons)
        if options.only or options.explained:
            shares = {file: len(mutants) for file, mutants in chosen.items()}
        else:
            sizes = {file: lines_of(self.texts[file]) for file, mutants in chosen.items() if mutants}
            shares = quotas(sizes, options.sample)
        self.drawn = {file: order(chosen[file], options.seed) for file, share in shares.items() if share}
        self.shares = {file: shares[file] for file in self.drawn}

    def choose(self, options, reasons):
        chosen = {file: mutants for file, mutants in self.all.items()
                  if any(fnmatch.fnmatchcase(file, pattern) for pattern in options.file)}
        if options.changed_since:
            changed = changed_lines(options.changed_since)
            chosen = {file: mutants_of(file, self.texts[file], changed[file]) for file in chosen if file in changed}
        if options.only:
            chosen = {file: [m for m in mutants if any(fnmatch.fnmatchcase(m.id, pattern) for pattern in options.only)]
                      for file, mutants in chosen.items()}
        if options.explained:
            chosen = {file: [m for m in mutants if m.key in reasons] for file, mutants in chosen.items()}
        return chosen


class Run:
    def __init__(self, options):
        self.build = os.path.abspath(options.build)
        os.makedirs(self.build, exist_ok=True)
        self.workspaces = [Workspace(self.build, i) for i in range(options.jobs)]
        self.files = sorted(set(sources(self.build)))
        reasons = survivors.load(os.path.join(HERE, "survivors.toml"))
        self.draw = Draw(options, [file for file in self.files if PRODUCT.match(file)], reasons)
        self.tally = survivors.Tally(reasons, self.draw.there)
        self.table = Table(os.path.join(HERE, "suites.toml"))
        self.lock = threading.Lock()
        self.troubles, self.passed_over = [], collections.Counter()

    def say(self, text):
        with self.lock:
            print(text, flush=True)

    # -- the clean tree

    def prepare(self):
        for workspace in self.workspaces:
            workspace.sync(self.files)
            workspace.configure()
            workspace.make(["all"], os.cpu_count() or 1)
        self.clean = Clean(self.build, self.files, read)
        self.judges = [Judge(workspace, self.table, self.clean.seconds) for workspace in self.workspaces]
        self.compilers = [Compiler(workspace) for workspace in self.workspaces]

    def try_clean(self):
        names = {test.name: None for file in self.draw.drawn for test in self.judges[0].tests_of(file)}
        self.in_parallel([name for name in names if name not in self.clean.seconds], self.try_clean_one)
        if not self.troubles:
            self.clean.save()

    def try_clean_one(self, number, name):
        trouble = self.judges[number].try_clean(name)
        if trouble:
            self.troubles.append(trouble)
            self.say(trouble)

    # -- mutants

    def try_file(self, number, file):
        """As many as its share is, of those that are other programs."""
        text = self.draw.texts[file]
        codes = {self.compilers[number].code(file)}
        if None in codes:
            raise Trouble(f"{file} does not compile")
        left = self.draw.shares[file]
        for mutant in self.draw.drawn[file]:
            if left == 0:
                break
            try:
                self.workspaces[number].write(file, mutant.apply(text).encode())
                code = self.compilers[number].code(file)
                if code is None or code in codes:
                    self.passed_over["do not compile" if code is None else "are the same code"] += 1
                    continue
                codes.add(code)
                left -= self.judge(number, mutant)
            finally:
                self.workspaces[number].write(file, text.encode())

    def judge(self, number, mutant):
        """False: it can not be built, for another file's sake."""
        began = time.monotonic()
        try:
            killer = self.judges[number].killer(mutant.file)
        except Trouble:
            self.passed_over["do not compile"] += 1
            return False
        with self.lock:
            verdict = self.tally.add(mutant, killer)
            print(f"{verdict:9} {time.monotonic() - began:6.1f} s  {mutant.id}, line {mutant.line}  {killer or ''}", flush=True)
        return True

    def try_mutants(self):
        files = sorted(self.draw.drawn, key=lambda file: (-self.draw.shares[file], file))
        self.in_parallel(files, self.try_file)
        print(f"\nPassed over: {', '.join(f'{count} {why}' for why, count in self.passed_over.items()) or 'none'}")

    def in_parallel(self, items, work):
        left = collections.deque(items)

        def worker(number):
            while left:
                try:
                    item = left.popleft()
                except IndexError:
                    return
                try:
                    work(number, item)
                except (Trouble, OSError) as trouble:
                    self.troubles.append(str(trouble))
                    self.say(f"{item}: {trouble}")

        threads = [threading.Thread(target=worker, args=[number], daemon=True) for number in range(len(self.workspaces))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def whole(self):
        self.prepare()
        self.try_clean()
        if self.troubles:
            return 1
        self.try_mutants()
        print(self.tally.report())
        return 0 if self.tally.is_good and not self.troubles else 1


def arguments():
    parser = argparse.ArgumentParser(description="Draw mutants of the product's C files, and demand that a test sees each.")
    parser.add_argument("build", help="directory for the copies and their builds")
    parser.add_argument("--sample", type=int, default=300, metavar="N", help="how many mutants (300)")
    parser.add_argument("--seed", default="1", help="another seed draws others (1)")
    parser.add_argument("--file", default=["*"], nargs="+", metavar="PATTERN", help="only of these files")
    parser.add_argument("--changed-since", metavar="REV", help="only of functions that were changed since this commit")
    parser.add_argument("--only", nargs="+", metavar="ID", help="all that have such an id (a pattern), whatever the sample")
    parser.add_argument("--explained", action="store_true", help="all that survivors.toml explains")
    parser.add_argument("--list", action="store_true", help="list what would be drawn, were all to compile")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    return parser.parse_args()


def show(draw):
    for file, mutants in draw.drawn.items():
        for mutant in mutants[:draw.shares[file]]:
            print(f"{mutant.id}, line {mutant.line}\n    {mutant.was}\n    {mutant.becomes}")
    return 0


def main():
    run = Run(options := arguments())
    if options.list:
        return show(run.draw)
    become_reaper()
    end_well()
    try:
        return run.whole()
    finally:
        for workspace in run.workspaces:
            workspace.end_orphans()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(f"mutants: {trouble}")
