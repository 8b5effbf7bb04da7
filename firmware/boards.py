#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The header "board.h" of boards in boards/boards.csv, for firmware.

    boards.py --chip rp2040 --output DIRECTORY BOARD [--scl PIN --sda PIN]
    boards.py --chip rp2040 --output DIRECTORY all [--scl PIN --sda PIN]     all boards of the chip

writes DIRECTORY/BOARD/board.h, and prints a line "BOARD SCL SDA" for each.  The pins are, in this order: those asked for (of `all`, only
where the board has none of its own); the board's SCL and SDA; a bus that the table's notes name for want of such pins ("SCL=GPIO5
SDA=GPIO4").  They are checked with the rules of the board's chip.  What is wrong is said in one line on standard error; the exit status
is then 1.
"""

import argparse
import csv
import difflib
import importlib.util
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = os.path.join(ROOT, "boards", "boards.csv")
RULES = os.path.join(ROOT, "bindings", "python", "i2ctarget", "_chips.py")

HEADER = """\
/* Made from boards/boards.csv; do not edit. */
/*
 * {name}: {mcu}, SCL is {scl}, SDA is {sda}.
 */
#ifndef BOARD_H
#define BOARD_H

#include "firmware/board_functions.h"
#include "i2ctarget/{chip}.h"

#define BOARD_NAME "{board_id}"
#define BOARD_SCL {scl_pin}
#define BOARD_SDA {sda_pin}

#endif
"""

# How the port of a chip names a pin.
PINS = {"rp2040": lambda pin: f"RP2040_GPIO({pin[4:]})"}


class Trouble(Exception):
    """What is wrong, for the user."""


def chip_rules():
    """bindings/python/i2ctarget/_chips.py, without the package around it."""
    spec = importlib.util.spec_from_file_location("chips", RULES)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def boards_of(chip):
    """The boards that have this chip, by id."""
    with open(TABLE, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {row["board_id"]: row for row in rows if row["mcu"].lower() == chip}, {row["board_id"]: row for row in rows}


def find(chip, board_id):
    ours, everyone = boards_of(chip)
    if board_id in ours:
        return ours[board_id]
    if board_id in everyone:
        raise Trouble(f"{board_id} has the chip {everyone[board_id]['mcu']}; there is firmware for: {', '.join(PINS)}")
    if not board_id:
        raise Trouble(f"for which board?  For example: BOARD=raspberry_pi_pico  All of them: i2ctarget boards {chip}")
    near = difflib.get_close_matches(board_id, ours, n=4, cutoff=0.5)
    near += [name for name in sorted(ours) if board_id.lower() in name and name not in near][:4]
    raise Trouble(f"there is no board {board_id}" + (f"; do you mean {' or '.join(near)}?" if near else "")
                  + f"  All of them: i2ctarget boards {chip}")


def pins_of(row, scl, sda):
    """The board's pins: (SCL, SDA)."""
    noted = re.search(r"\bSCL=(\w+) SDA=(\w+)", row["notes"])
    if scl or sda:
        pins = scl, sda
    elif row["scl"]:
        pins = row["scl"], row["sda"]
    elif noted:
        pins = noted.groups()
    else:
        pins = None, None
    if not all(pins):
        reason = "SCL and SDA go together" if any(pins) else f"{row['board_id']} has no pins called SCL and SDA"
        raise Trouble(f"{reason}; say which to use, for example: SCL=GPIO5 SDA=GPIO4")
    problem = chip_rules().chip_of(row["mcu"]).problem(*pins)
    if problem:
        raise Trouble(problem)
    return pins


def has_pins(row):
    try:
        return pins_of(row, None, None)
    except Trouble:
        return None


def write(path, text):
    """Only if it differs: what depends on it is built again otherwise."""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_header(chip, row, pins, output):
    name = PINS[chip]
    text = HEADER.format(chip=chip, scl=pins[0], sda=pins[1], scl_pin=name(pins[0]), sda_pin=name(pins[1]), **{
        key: row[key] for key in ("name", "board_id", "mcu")})
    write(os.path.join(output, row["board_id"], "board.h"), text)


def run(options):
    if options.chip not in PINS:
        raise Trouble(f"there is no firmware for the chip {options.chip}; there is for: {', '.join(PINS)}")
    if options.board == "all":
        rows = list(boards_of(options.chip)[0].values())
        chosen = [(row, has_pins(row) or pins_of(row, options.scl, options.sda)) for row in rows]
    else:
        row = find(options.chip, options.board)
        chosen = [(row, pins_of(row, options.scl, options.sda))]
    for row, pins in chosen:
        make_header(options.chip, row, pins, options.output)
        print(row["board_id"], *pins)


def main():
    parser = argparse.ArgumentParser(description="Make the header board.h of boards.")
    parser.add_argument("board", help="a board_id, or all")
    parser.add_argument("--chip", required=True)
    parser.add_argument("--output", required=True, metavar="DIRECTORY")
    parser.add_argument("--scl", metavar="PIN")
    parser.add_argument("--sda", metavar="PIN")
    try:
        run(parser.parse_args())
    except Trouble as trouble:
        sys.exit(f"boards: {trouble}")


if __name__ == "__main__":
    main()
