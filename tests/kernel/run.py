#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks that need a kernel of their own, in a virtual machine: Debian's kernel, i2c-tools, and what was built.

    run.py BUILD_DIR [--cache DIR] [--only NAME…] [--groups DIR] [--seconds N] [--set KEY=VALUE…] [--verbose]

No root, no acceleration, no disk: QEMU boots Debian's unmodified kernel with all we need in an initramfs, in some six
seconds.  A check is a shell function in groups/NAME.sh; a new group is a new file there:

    # modules: i2c-dev i2c-stub        what it needs of Debian's modules
    # programs: tests/linux/x /bin/y   programs of the build tree (they are in /checks/bin then), or of this machine
    # built: NAME                      a module of modules/NAME, built for this kernel
    # seconds: 30                      that one check may take

    setup() { …; }                     before the first check; teardown() after the last

    # what this checks, in a line
    check_name() { …; }                fails when a command in it fails; guest/lib.sh has words for it

Everything it made is in BUILD_DIR/kernel-test/groups: `console` is the kernel's log.
"""

import argparse
import os
import pathlib
import re
import sys
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


def show(report, titles, verbose):
    """How one result is printed, as it comes."""
    def printer(result):
        whole = result.name.endswith((".setup", ".teardown"))
        if whole and result.passed and not verbose:
            return
        print(f"  {'ok  ' if result.passed else 'FAIL'}  {result.name:<32} {result.seconds:6.1f} s"
              f"  {titles.get(result.name, '')}{'' if result.passed else '  [' + result.why + ']'}", flush=True)
        for line in result.said:
            print(f"        {line}")
        for line in result.output if verbose or not result.passed else ():
            print(f"        | {line}", flush=True)
    report.on_result = printer


def conclude(report, console):
    """The last words, and the exit status."""
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
    passed = sum(1 for result in checks if result.passed)
    print(f"{passed} of {len(checks)} checks passed{'' if report.good else '; the kernel said: ' + str(console)}")
    return 0 if report.good and checks else 1


def prepare(work, cache, groups, build_dir, variables):
    """The kernel, and the packed initramfs."""
    with kernels.only_one(cache):
        kernel = kernels.current(cache)
    extra = modules.build_all(sorted({name for group in groups for name in group.built}), kernel, cache, work)
    root = initramfs.Root(work / "root")
    initramfs.build(root, kernel, groups, build_dir, variables, extra)
    root.pack(work / "initramfs")
    return kernel


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Run the checks that need a kernel of their own.")
    parser.add_argument("build_dir", type=pathlib.Path)
    parser.add_argument("--cache", type=pathlib.Path, help="where packages are kept (BUILD_DIR/../kernel)")
    parser.add_argument("--only", nargs="+", default=[], metavar="GROUP[.CHECK]")
    parser.add_argument("--groups", type=pathlib.Path, default=HERE / "groups")
    parser.add_argument("--seconds", type=int, default=600, help="for all of it")
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE", help="variables for the checks")
    parser.add_argument("--verbose", action="store_true", help="what passing checks print, too")
    return parser.parse_args()


def main():
    """Do it."""
    options = arguments()
    build_dir = options.build_dir.resolve()
    cache = (options.cache or build_dir.parent / "kernel").resolve()
    work = build_dir / "kernel-test" / options.groups.name
    work.mkdir(parents=True, exist_ok=True)
    groups = chosen(groupfiles.read_all(options.groups), options.only)
    if not groups:
        print("There is no such check.", file=sys.stderr)
        return 2
    variables = dict(pair.split("=", 1) for pair in options.set)
    if not all(re.fullmatch(r"\w+", key) and re.fullmatch(r"\w*", value) for key, value in variables.items()):
        print("--set takes words: KEY=VALUE", file=sys.stderr)
        return 2
    began = time.monotonic()
    try:
        kernel = prepare(work, cache, groups, build_dir, variables)
    except (kernels.Trouble, OSError) as trouble:
        print(f"FAIL  the guest could not be made: {trouble}", file=sys.stderr)
        return 1
    size = os.path.getsize(work / "initramfs") >> 20
    print(f"Linux {kernel.release}, {len(groups)} groups of checks, {size} MiB of initramfs, "
          f"made in {time.monotonic() - began:.0f} s", flush=True)
    report = reports.Report(groups)
    show(report, {f"{group.name}.{name}": title for group in groups for name, title in group.checks}, options.verbose)
    machine.boot(machine.command(kernel.image, work / "initramfs", work / "console"), report, work / "console",
                 options.seconds)
    return conclude(report, work / "console")


if __name__ == "__main__":
    sys.exit(main())
