#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds what bench/run.sh prints to bench/HISTORY.md, as a column for the present commit, and prints it.

usage: bench/run.sh | bench/history.py [FILE]          (make bench RECORD=1)
       bench/rp2040.py | bench/history.py              only what is counted in emulated cycles, on no machine in particular

A figure is named by its title in the output and its own words; one that is indented further belongs to the one before.  One that is new gets a line of its own;
one that this run did not measure stays empty.
"""

import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
HEAD = """# History of the figures

`make bench RECORD=1` adds a column; nobody writes in this file by hand. Absolute figures can be compared on one kind of machine only;
under each commit stands the machine. Ratios to a ping-pong, and instructions, travel better.

"""
ROW = re.compile(r"(?P<indent> +)(?P<what>\S.*?) {2,}(?P<value>\d+\.\d\d) (?P<unit>.*?)(?: +goal: .*)?$")


def figures(output):
    """{(title, what, unit): value}, and the line that names the machine."""
    title, above, machine, found = "", "", "", {}
    for line in output.splitlines():
        row = ROW.match(line)
        if row and row["indent"] == "  ":
            above = row["what"]
            found[(title, above, row["unit"].strip())] = row["value"]
        elif row:
            found[(title, f"{above}, {row['what']}", row["unit"].strip())] = row["value"]
        elif "processors" in line and not machine:
            machine = line.split(",")[0]
        elif line.startswith(" "):
            raise SystemExit(f"bench: this is no figure: {line.strip()}")
        elif line:
            title = line
    return found, machine


def read_table(text):
    """The columns' heads, and {figure: values}."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    if not lines:
        return [], {}
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return cells[0][3:], {tuple(row[:3]): row[3:] for row in cells[2:]}


def write_table(runs, table):
    lines = [["", "figure", "unit", *runs], ["---"] * (3 + len(runs))]
    lines += [[*figure, *values] for figure, values in table.items()]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def add(text, output, run):
    """The text of the file with one more column."""
    runs, table = read_table(text)
    found, machine = figures(output)
    if not found:
        raise SystemExit("bench: there is no figure in the output")
    for figure in found:
        table.setdefault(figure, [""] * len(runs))
    for figure, values in table.items():
        values.append(found.get(figure, ""))
    return HEAD + write_table([*runs, f"{run}, {machine}" if machine else run], table)


def main():
    output = ""
    for line in sys.stdin:
        print(line, end="", flush=True)
        output += line
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE / "HISTORY.md")
    commit = subprocess.run(["git", "-C", HERE, "describe", "--always", "--dirty"], capture_output=True, text=True, check=True).stdout.strip()
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(add(text, output, f"{time.strftime('%Y-%m-%d')} {commit}"), encoding="utf-8")


if __name__ == "__main__":
    main()
