#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Python files that a board's firmware freezes.

    frozen.py DIRECTORY BOARD [--scl PIN --sda PIN] [--main PROGRAM.py]
    frozen.py DIRECTORY all [--scl PIN --sda PIN]

fills DIRECTORY/BOARD with board.py, microcontroller/ and manifest.py for FROZEN_MANIFEST; the program, as main.py, runs at boot.  A line "BOARD
SCL SDA START" for each board says its pins ("-": it has none of these names) and what starts its flash, a name for PICO_DEFAULT_BOOT_STAGE2.

SCL and SDA are those asked for, or the board's own, or a bus that the table's notes name for want of such pins, as in firmware in C
(boards/header.py).  What is wrong is said in one line on standard error; the exit status is then 1.
"""

import argparse
import os
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))
sys.path.insert(0, f"{ROOT}/boards")

import header  # noqa: E402
import table  # noqa: E402

CHIP = "rp2040"

# Flash of other makes than the Pico's is started in the slow way that all flash knows (pico-sdk's boards).
START = "boot2_w25q080"
STARTS = {"adafruit_feather_rp2040": "boot2_generic_03h", "adafruit_macropad_rp2040": "boot2_generic_03h"}

MANIFEST = """\
# Made by bindings/micropython/rp2/frozen.py; do not edit.
freeze("$(PORT_DIR)/modules")
include("$(MPY_DIR)/extmod/asyncio")
package("microcontroller")
module("board.py")
"""
MANIFEST_MAIN = 'module("main.py")\n'

BOARD = '''\
# Made from boards/ by bindings/micropython/rp2/frozen.py; do not edit.
"""{name}: the pins by the names of the board, each a machine.Pin."""

from microcontroller import pin as _pin

board_id = "{board_id}"
{pins}

{controllers}
def __getattr__(name):
    raise AttributeError("board: {board_id} has no " + name + {hint!r})
'''

CONTROLLER = '''
def {name}():
    raise NotImplementedError("board.{name}() is a controller: machine.{kind} makes one; a target takes pins")

'''

MICROCONTROLLER = '''\
# Made by bindings/micropython/rp2/frozen.py; do not edit.
"""The chip of this board: its class of pins, which is machine.Pin, and in microcontroller.pin the pins."""

from machine import Pin
from microcontroller import pin
'''

PIN = '''\
# Made from boards/ by bindings/micropython/rp2/frozen.py; do not edit.
"""The pins of the RP2040, each a machine.Pin."""

from machine import Pin

{pins}
'''


def find(board_id):
    for row in table.rows():
        if row["board_id"] == board_id and header.firmware_of(row) != CHIP:
            raise header.Trouble(f"{board_id} has the chip {row['mcu']}; firmware with MicroPython is there for boards with an RP2040 only")
    return header.find(CHIP, board_id)


def pins_of(row, scl, sda):
    """(SCL, SDA); None: the board has no such names, and nobody asked for pins."""
    return header.pins_of(row, scl, sda) if scl or sda else header.has_pins(row)


def kind_of(name):
    """Which controller of MicroPython serves for CircuitPython's STEMMA_I2C, and so on."""
    return next((kind for kind in ("I2C", "SPI", "UART") if kind in name), "I2C")


def board_text(row, pins):
    named = table.names(row)
    if pins:
        named |= dict(zip(("SCL", "SDA"), pins))
    lines = [f"{name} = _pin.{pin}" for name, pin in named.items() if not table.is_bus(pin)]
    controllers = "".join(CONTROLLER.format(name=name, kind=kind_of(name)) for name, pin in named.items() if table.is_bus(pin))
    hint = "" if pins else ": choose two pins of microcontroller.pin, or build the firmware with SCL= and SDA="
    return BOARD.format(name=row["name"], board_id=row["board_id"], pins="\n".join(lines), controllers=controllers, hint=hint)


def pin_text(row):
    """Pins of the radio, which this firmware does not drive, are only names: what takes a pin says that it knows none of that name."""
    chip = header.chip_of(row)
    others = dict.fromkeys(pin for pin in table.names(row).values() if not table.is_bus(pin) and pin not in chip.pins)
    lines = [f"{pin} = Pin.cpu.{pin}" for pin in chip.pins] + [f'{pin} = "{pin}"' for pin in others]
    return PIN.format(pins="\n".join(lines))


def make(directory, row, pins, main):
    header.write(f"{directory}/board.py", board_text(row, pins))
    header.write(f"{directory}/microcontroller/__init__.py", MICROCONTROLLER)
    header.write(f"{directory}/microcontroller/pin.py", pin_text(row))
    header.write(f"{directory}/manifest.py", MANIFEST + (MANIFEST_MAIN if main else ""))
    if main:
        with open(main, encoding="utf-8") as file:
            header.write(f"{directory}/main.py", file.read())


def run(options):
    if options.board == "all":
        rows = header.boards_of(CHIP).values()
        chosen = [(row, header.has_pins(row) or pins_of(row, options.scl, options.sda)) for row in rows]
    else:
        row = find(options.board)
        chosen = [(row, pins_of(row, options.scl, options.sda))]
    for row, pins in chosen:
        make(os.path.join(options.directory, row["board_id"]), row, pins, options.main)
        print(row["board_id"], *(pins or ("-", "-")), STARTS.get(row["board_id"], START))


def main():
    parser = argparse.ArgumentParser(description="Make the Python files that a board's firmware freezes.")
    parser.add_argument("directory")
    parser.add_argument("board", help="a board_id, or all")
    parser.add_argument("--scl", metavar="PIN")
    parser.add_argument("--sda", metavar="PIN")
    parser.add_argument("--main", metavar="PROGRAM.py")
    try:
        run(parser.parse_args())
    except header.Trouble as trouble:
        sys.exit(f"boards: {trouble}")
    except OSError as error:
        sys.exit(f"boards: {error.filename}: {error.strerror}")


if __name__ == "__main__":
    main()
