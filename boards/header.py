#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The header <i2ctarget/board.h> of boards in boards.csv, for firmware.

    header.py --chip rp2040 --output DIRECTORY BOARD [--scl PIN --sda PIN]
    header.py --chip rp2040 --output DIRECTORY all [--scl PIN --sda PIN]     all boards of the chip
    header.py … --blocks-only                                                refuses pins that the chip's processor would have to serve
    header.py --which BOARD                                                  prints the chip: the folder of firmware/ for the board
    header.py --spare BOARD                                                  prints pins for a board that has none called SCL and SDA

writes DIRECTORY/BOARD/i2ctarget/board.h, and prints a line "BOARD SCL SDA MCU" for each.  The pins are, in this order: those asked for (of `all`, only
where the board has none of its own); the board's SCL and SDA; a bus that the table's notes name for want of such pins ("SCL=GPIO5
SDA=GPIO4").  They are checked with the rules of the board's chip.  What is wrong is said in one line on standard error; the exit status
is then 1.
"""

import argparse
import os
import re
import sys

import chips
import table

HEADER = """\
/* Made from boards/boards.csv and boards/pins.csv; do not edit. */
/*
 * {name}: {mcu}, SCL is {scl}, SDA is {sda}.
 */
#ifndef I2CTARGET_BOARD_H
#define I2CTARGET_BOARD_H

#include "firmware/board_functions.h"
#include "i2ctarget/{port}.h"

#define BOARD_NAME "{board_id}"
#define BOARD_SCL {scl_pin}
#define BOARD_SDA {sda_pin}

/* The other pins as the board names them. */
{names}
#endif
"""

# Pins that every chip of a port has.
EXAMPLES = {"rp2040": "SCL=GPIO5 SDA=GPIO4", "samd5x": "SCL=PA13 SDA=PA12", "esp32": "SCL=GPIO5 SDA=GPIO4"}


class Trouble(Exception):
    """What is wrong, for the user."""


def chip_of(row):
    return chips.Chip(row["mcu"], table.chip_pins(row["mcu"]))


def firmware_of(row):
    """The folder of firmware/ for this board."""
    return chip_of(row).firmware


def all_firmware():
    return sorted({firmware_of(row) for row in table.rows()})


def boards_of(firmware):
    """The boards that it is for, by id."""
    return {row["board_id"]: row for row in table.rows() if firmware_of(row) == firmware}


def list_of(firmware):
    """The command that lists the boards that it is for; None: all boards."""
    word = os.path.commonprefix([row["mcu"] for row in boards_of(firmware).values()]) if firmware else ""
    return f"i2ctarget boards {word.lower()}".rstrip()


def find(firmware, board_id):
    """The row of a board that this firmware is for; None: any firmware."""
    ours = {board: row for name in ([firmware] if firmware else all_firmware()) for board, row in boards_of(name).items()}
    if board_id in ours:
        return ours[board_id]
    rows = {row["board_id"]: row for row in table.rows()}
    if board_id in rows:
        raise Trouble(f"{board_id} has the chip {rows[board_id]['mcu']}; its firmware is that of CHIP={firmware_of(rows[board_id])}")
    if not board_id:
        raise Trouble(f"for which board?  For example: BOARD=raspberry_pi_pico  All of them: {list_of(firmware)}")
    near = table.near(board_id, ours)
    raise Trouble(f"there is no board {board_id}" + (f"; do you mean {' or '.join(near)}?" if near else "") + f"  All of them: {list_of(firmware)}")


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
        raise Trouble(f"{reason}; say which to use, for example: {EXAMPLES[chip_of(row).port]}")
    problem = chip_of(row).problem(*pins)
    if problem:
        raise Trouble(problem)
    return pins


def note_on(row, pins):
    """What may surprise somebody who has chosen these pins; "": nothing."""
    chip = chip_of(row)
    if not chip.by_processor(*pins):
        return ""
    scl, sda = pins
    block = chip.swapped(scl, sda)
    better = f"; SCL={sda} SDA={scl} are those of {block.partition('/')[0]}" if block else ""
    return f"no SERCOM has SCL={scl} SDA={sda} of {chip.mcu}: the processor serves them, more slowly (ports/{chip.port}/README.md){better}"


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


def names_of(row, chip):
    """A macro for each pin that the board names and that can serve; SCL and SDA are those of the target."""
    named = {name: pin for name, pin in table.names(row).items() if chip.serves(pin) and name not in ("SCL", "SDA", "NAME")}
    return "".join(f"#define BOARD_{name} {chip.c_pin(pin)}\n" for name, pin in named.items())


def make_header(row, pins, output):
    chip = chip_of(row)
    scl_pin, sda_pin = (chip.c_pin(pin) for pin in pins)
    text = HEADER.format(port=chip.port, scl=pins[0], sda=pins[1], scl_pin=scl_pin, sda_pin=sda_pin, names=names_of(row, chip), **{
        key: row[key] for key in ("name", "board_id", "mcu")})
    write(os.path.join(output, row["board_id"], "i2ctarget", "board.h"), text)


def run(options):
    if options.which:
        print(firmware_of(find(None, options.board)))
        return
    if options.spare:
        row = find(None, options.board)
        print("" if has_pins(row) else EXAMPLES[chip_of(row).port])
        return
    if options.chip not in all_firmware():
        raise Trouble(f"there is no firmware for the chip {options.chip}; there is for: {', '.join(all_firmware())}")
    if options.board == "all":
        rows = boards_of(options.chip).values()
        chosen = [(row, has_pins(row) or pins_of(row, options.scl, options.sda)) for row in rows]
    else:
        row = find(options.chip, options.board)
        chosen = [(row, pins_of(row, options.scl, options.sda))]
    for row, pins in chosen:
        make_header(row, pins, options.output)
        print(row["board_id"], *pins, row["mcu"])
        note = note_on(row, pins)
        if note and options.blocks_only:
            raise Trouble(f"{note}; SERCOM_ONLY leaves that out")
        if note:
            print(f"boards: {note}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description="Make the header i2ctarget/board.h of boards.")
    parser.add_argument("board", help="a board_id, or all")
    parser.add_argument("--chip", help="a folder of firmware/")
    parser.add_argument("--output", metavar="DIRECTORY")
    parser.add_argument("--which", action="store_true", help="print the board's chip")
    parser.add_argument("--spare", action="store_true", help="print pins that serve as SCL and SDA if the board has no such names")
    parser.add_argument("--blocks-only", action="store_true", help="no pins that the chip's processor would have to serve")
    parser.add_argument("--scl", metavar="PIN")
    parser.add_argument("--sda", metavar="PIN")
    options = parser.parse_args()
    if not (options.which or options.spare) and not (options.chip and options.output):
        parser.error("--chip and --output are needed, or --which, or --spare")
    try:
        run(options)
    except Trouble as trouble:
        sys.exit(f"boards: {trouble}")


if __name__ == "__main__":
    main()
