#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks that need a kernel of their own, in a virtual machine: Debian's kernel, i2c-tools, and what was built.

    run.py BUILD_DIR [--cache DIR] [--only NAME…] [--groups DIR] [--work NAME] [--seconds N] [--set KEY=VALUE…] [--jobs N] [--verbose]
    run.py BUILD_DIR --cache DIR --fetch       only brings what is Debian's into the cache

No root, no acceleration, no disk: QEMU boots Debian's unmodified kernel with all we need in an initramfs, in some six
seconds.  A check is a shell function in groups/NAME.sh; a new group is a new file there:

    # modules: i2c-dev i2c-stub        what it needs of Debian's modules
    # programs: tests/linux/x /bin/y   programs of the build tree (they are in /checks/bin then), or of this machine; or folders of it
    # images: NAME                     /checks/images/NAME: what a memory contains (tests/linux/devices/images.py)
    # built: NAME                      a module of modules/NAME, built for this kernel
    # machine: NAME                    if the plain one will not do: machines/NAME.py has a context manager,
    #                                  running(build_dir, work), that gives options for QEMU and its environment,
    #                                  and raises machine.Wrong if something beside QEMU went wrong
    # seconds: 30                      that one check may take
    # takes: 30                        seconds that all of them take, about; else a second each

    setup() { …; }                     before the first check; teardown() after the last

    # what this checks, in a line
    check_name() { …; }                fails when a command in it fails; guest/lib.sh has words for it

Several machines run side by side, and the groups that the plain one will do for are dealt out among some of it: --jobs N
says how many of those there are; one machine more than that runs at once.  Everything that was made is in BUILD_DIR/kernel-test/groups/MACHINE: `console` is the kernel's log.
"""

import argparse
import concurrent.futures
import contextlib
import importlib
import os
import pathlib
import re
import sys
import threading
import time

import groups as groupfiles
import initramfs
import kernel as kernels
import machine
import modules
import report as reports

HERE = pathlib.Path(__file__).parent


def chosen(groups, only):
    """The groups, with just the checks that were asked for: GROUP or GROUP.CHECK."""
    if not only:
        return groups
    for group in groups:
        group.checks = [check for check in group.checks if group.name in only or f"{group.name}.{check[0]}" in only]
    return [group for group in groups if group.checks]


def deal(groups, jobs):
    """(name of a machine, kind of machine, its groups); the plain kind as often as machines may run, what takes longest first."""
    hands = {}
    for group in sorted(groups, key=lambda group: -group.takes):
        names = [group.machine] if group.machine else [f"plain-{i + 1}" for i in range(jobs)]
        least = min(names, key=lambda name: sum(held.takes for held in hands.get(name, [])))
        hands.setdefault(least, []).append(group)
    return [(name, held[0].machine, sorted(held, key=lambda group: group.name)) for name, held in sorted(hands.items())]


PRINTING = threading.Lock() # what belongs together stays together


def show(report, titles, verbose):
    """How one result is printed, as it comes."""
    def printer(result):
        whole = result.name.endswith((".setup", ".teardown"))
        if whole and result.passed and not verbose:
            return
        with PRINTING:
            print(f"  {'ok  ' if result.passed else 'FAIL'}  {result.name:<32} {result.seconds:6.1f} s"
                  f"  {titles.get(result.name, '')}{'' if result.passed else '  [' + result.why + ']'}")
            for line in result.said:
                print(f"        {line}")
            for line in result.output if verbose or not result.passed else ():
                print(f"        | {line}")
            sys.stdout.flush()
    report.on_result = printer


def conclude(report, console):
    """The last words; how many checks passed, and of how many."""
    late = [result for result in report.results.values() if result.why == "the kernel complained"]
    for result in late:
        print(f"  FAIL  {result.name}  [{result.why}]")
        for line in result.output:
            print(f"        | {line}")
    checks = report.finish()
    for result in checks:
        if result.name not in report.done and result not in late:
            print(f"  FAIL  {result.name}  [{result.why}]")
    for trouble in report.troubles:
        print(f"  FAIL  {trouble}")
    if not report.good:
        print(f"        the kernel's log: {console}")
    return sum(1 for result in checks if result.passed), len(checks)


class Runner:
    """Runs a machine with the groups that were dealt to it."""

    def __init__(self, options, work):
        self.options, self.work = options, work
        self.build_dir = options.build_dir.resolve()
        self.cache = (options.cache or self.build_dir.parent / "kernel").resolve()
        self.variables = dict(pair.split("=", 1) for pair in options.set)

    def prepare(self, groups, work):
        """The kernel, and the packed initramfs."""
        with kernels.only_one(self.cache):
            kernel = kernels.current(self.cache)
        built = sorted({name for group in groups for name in group.built})
        root = initramfs.Root(work / "root")
        initramfs.build(root, kernel, groups, self.build_dir, self.variables,
                        modules.build_all(built, kernel, self.cache, work))
        root.pack(work / "initramfs")
        return kernel

    def fetch(self, groups):
        """What prepare() will find in the cache."""
        with kernels.only_one(self.cache):
            kernel = kernels.current(self.cache)
            if any(group.built for group in groups):
                modules.headers(kernel, self.cache)
                modules.debian_sources(modules.of_debian(), kernel, self.cache)

    def run(self, name, kind, groups):
        """One machine; machines/KIND.py gives it more than two serial ports.  (Was all good, checks that passed, of how many)"""
        work = self.work / name
        work.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        kernel = self.prepare(groups, work)
        size = os.path.getsize(work / "initramfs") >> 20
        print(f"Linux {kernel.release}, machine {name}: {', '.join(group.name for group in groups)}; "
              f"{size} MiB of initramfs, made in {time.monotonic() - began:.0f} s", flush=True)
        report = reports.Report(groups)
        show(report, {f"{group.name}.{check}": title for group in groups for check, title in group.checks},
             self.options.verbose)
        running = importlib.import_module(f"machines.{kind}").running if kind else plain
        try:
            with running(self.build_dir, work) as (more, environment):
                line = machine.command(kernel.image, work / "initramfs", work / "console", more)
                machine.boot(line, report, work / "console", self.options.seconds, environment)
        except machine.Wrong as wrong:
            report.troubles.append(str(wrong))
        with PRINTING:
            passed, total = conclude(report, work / "console")
        return report.good, passed, total


@contextlib.contextmanager
def plain(_build_dir, _work):
    """The machine with nothing added: (options for QEMU, its environment)."""
    yield (), None


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Run the checks that need a kernel of their own.")
    parser.add_argument("build_dir", type=pathlib.Path)
    parser.add_argument("--cache", type=pathlib.Path, help="where packages are kept (BUILD_DIR/../kernel)")
    parser.add_argument("--only", nargs="+", default=[], metavar="GROUP[.CHECK]")
    parser.add_argument("--groups", type=pathlib.Path, default=HERE / "groups")
    parser.add_argument("--work", default="", help="another name for the directory of what is made")
    parser.add_argument("--seconds", type=int, default=600, help="for each machine")
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE", help="variables for the checks")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="plain machines (one for each core)")
    parser.add_argument("--fetch", action="store_true", help="only bring what is Debian's into the cache")
    parser.add_argument("--verbose", action="store_true", help="what passing checks print, too")
    options = parser.parse_args()
    if not all(re.fullmatch(r"\w+=\w*", pair) for pair in options.set):
        parser.error("--set takes words: KEY=VALUE")
    return options


def main():
    """Do it."""
    options = arguments()
    groups = chosen(groupfiles.read_all(options.groups), options.only)
    if not groups:
        print("There is no such check.", file=sys.stderr)
        return 2
    runner = Runner(options, options.build_dir.resolve() / "kernel-test" / (options.work or options.groups.name))
    try:
        if options.fetch:
            runner.fetch(groups)
            return 0
        with concurrent.futures.ThreadPoolExecutor(options.jobs + 1) as pool: # checks also wait for time to pass
            verdicts = list(pool.map(lambda dealt: runner.run(*dealt), deal(groups, options.jobs)))
    except (kernels.Trouble, OSError) as trouble:
        print(f"FAIL  the guest could not be made: {trouble}", file=sys.stderr)
        return 1
    good, passed, total = (all(verdict[0] for verdict in verdicts), *(sum(verdict[i] for verdict in verdicts) for i in (1, 2)))
    print(f"{passed} of {total} checks passed")
    return 0 if good and passed == total else 1


if __name__ == "__main__":
    sys.exit(main())
