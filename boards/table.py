# SPDX-License-Identifier: MIT
"""The boards, the names of their pins and the pins of their chips: the *.csv files beside this file, here and in the Python package."""

import csv
import difflib
import fnmatch
import functools
import os

HERE = os.path.dirname(__file__)


@functools.cache
def _read(name):
    with open(os.path.join(HERE, name), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rows():
    """The boards in the file's order, each a dict by the names of the columns."""
    return _read("boards.csv")


def names(row):
    """What the module `board` of this board has: {name: pin}.  An object that is a bus has its class and pins: "I2C(SCL=PA13 SDA=PA12)"."""
    named = {entry["name"]: entry["pin"] for entry in _read("pins.csv") if entry["board_id"] == row["board_id"]}
    if row["scl"]:
        named |= {"SCL": row["scl"], "SDA": row["sda"]}
    return named


def is_bus(pin):
    """Is it a bus object, not a pin?"""
    return pin.endswith(")")


def chip_pins(mcu):
    """The lines of chips.csv that are of this chip; KeyError: there are none."""
    entries = [entry for entry in _read("chips.csv") if fnmatch.fnmatchcase(mcu, entry["mcu"])]
    if not entries:
        raise KeyError(f"no chip {mcu} in chips.csv")
    return entries


def boards_with(name):
    """The ids of the boards that have this name, in the file's order."""
    return [entry["board_id"] for entry in _read("pins.csv") if entry["name"] == name]


def near(name, known):
    """Names out of `known` that somebody may have meant: the most likely one first, four at the most."""
    alike = difflib.get_close_matches(name, known, n=4, cutoff=0.5)
    alike += [other for other in sorted(known) if name.lower() in other.lower() and other not in alike]
    return alike[:4]
