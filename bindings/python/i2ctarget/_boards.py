# SPDX-License-Identifier: MIT
"""The boards, and the one this program runs on."""

import os

from i2ctarget import _table
from i2ctarget._chips import Chip
from i2ctarget._pins import Pin, default_bus

VIRTUAL = "i2ctarget_virtual"


def find(board_id):
    """The row of a board, or ImportError with a hint: it is said while board is imported."""
    rows = {row["board_id"]: row for row in _table.rows()}
    if board_id in rows:
        return rows[board_id]
    near = _table.near(board_id, rows)
    hint = f"did you mean {near[0]}?" if near else "`i2ctarget boards` lists them"
    raise ImportError(f"I2CTARGET_BOARD={board_id}: there is no such board; {hint}")


class Board:
    """Names and pins of a board."""

    def __init__(self, board_id):
        self.pins = {}  # those of microcontroller.pin
        self.named = {}  # those of board
        self.board_id = board_id or VIRTUAL
        self.bus = default_bus()
        if board_id:
            self._take(find(board_id))
        else:
            self.named = {name: virtual_pin(name, self.bus, f"board.{name}") for name in ("SCL", "SDA")}

    def _take(self, row):
        chip = Chip(row["mcu"], _table.chip_pins(row["mcu"]))
        named = _table.names(row)
        # Pins that the board names and that can not serve are there, too: I2CTarget() says why they can not.
        others = dict.fromkeys(pin for pin in named.values() if not _table.is_bus(pin) and pin not in chip.pins)
        self.pins = {name: Pin(f"microcontroller.pin.{name}", name, self.bus, chip) for name in list(chip.pins) + list(others)}
        self.named = {name: self._thing(name, pin) for name, pin in named.items()}

    def hint(self, name):
        """What to do about a name that this board does not have: words for the end of a message."""
        if self.board_id == VIRTUAL:
            boards = _table.boards_with(name)
            return f": the virtual board has SCL and SDA; I2CTARGET_BOARD={boards[0]}, for example, has {name}" if boards else ""
        near = _table.near(name, self.named)
        if near:
            return f": {self.board_id} has no such name; did you mean {near[0]}?"
        return f": {self.board_id} names no such pin; take one of its chip's, such as microcontroller.pin.{next(iter(self.pins))}"

    def _thing(self, name, pin):
        return controller(name) if _table.is_bus(pin) else self.pins[pin]


def controller(name):
    """board.I2C and its like: on a board they make a controller, which there is none of here."""

    def make():
        raise NotImplementedError(f"board.{name}() is a controller of the board; a target takes pins: I2CTarget(board.SCL, board.SDA, ...)")

    return make


def virtual_pin(line, bus, name):
    """A wire, SCL or SDA, of a virtual bus."""
    return Pin(name, ("SCL", "SDA").index(line), bus)


_current = None


def current():
    """The board this program runs on: $I2CTARGET_BOARD, or the virtual one."""
    global _current
    if _current is None:
        _current = Board(os.getenv("I2CTARGET_BOARD", ""))
    return _current
