# SPDX-License-Identifier: MIT
"""Pins, and which virtual bus they are wired to.

On Linux a pin is a name for a wire: all pins of a board lead to the one virtual bus that the program runs on ($I2CTARGET_BUS), and
microcontroller.pin.SCL2 and SDA2 to bus 2.  Adafruit Blinka's pins lead to the bus that Blinka gives them (microcontroller.pin.i2cPorts),
so that board.SCL of a Raspberry Pi, /dev/i2c-1 for Blinka, is virtual bus 1.
"""

import os

BUS_MAX = 65535


def default_bus():
    """$I2CTARGET_BUS, or 1."""
    text = os.getenv("I2CTARGET_BUS", "")
    if not text:
        return 1
    if not (all(character in "0123456789" for character in text) and int(text) <= BUS_MAX):
        raise ValueError(f"I2CTARGET_BUS is {text!r}, but a bus is a number 0..{BUS_MAX}")
    return int(text)


class Pin:
    """A pin of a board.  Made by the modules board and microcontroller.pin, not by hand."""

    __slots__ = ("id", "_name", "_bus", "_chip")

    def __init__(self, name, number, bus, chip=None):
        self.id = number
        self._name = name
        self._bus = bus
        self._chip = chip

    def __repr__(self):
        return self._name


def _check_virtual(scl, sda):
    """Wires of a virtual bus: SCL to SCL and SDA to SDA."""
    if scl._bus != sda._bus:
        raise ValueError(f"{scl} and {sda} are wires of two buses, {scl._bus} and {sda._bus}: a target sits on one")
    if (scl.id, sda.id) == (1, 0):
        raise ValueError(f"scl and sda are swapped: {scl} is a data line and {sda} a clock line")
    if (scl.id, sda.id) != (0, 1):
        raise ValueError(f"{scl} and {sda} are the same line: a target needs a clock and a data line")


def _own_bus(scl, sda):
    if scl._chip != sda._chip:
        raise ValueError(f"{scl} and {sda} are not pins of one board")
    if scl._chip is None:
        _check_virtual(scl, sda)
    else:
        problem = scl._chip.problem(scl.id, sda.id)
        if problem:
            raise ValueError(problem)
    return scl._bus


def _blinka_bus(scl, sda):
    """The bus number Blinka opens for these pins; None: it knows of none."""
    try:
        from microcontroller import pin
    except ImportError:
        return None
    for number, port_scl, port_sda in getattr(pin, "i2cPorts", ()):
        if port_scl == scl and port_sda == sda:
            return number
    return None


def bus_of(scl, sda):
    """The number of the bus that a pair of pins is wired to."""
    if isinstance(scl, Pin) and isinstance(sda, Pin):
        return _own_bus(scl, sda)
    for name, pin in ("scl", scl), ("sda", sda):
        if not isinstance(pin, Pin) and not hasattr(pin, "id"):
            raise TypeError(f"{name} must be a pin of board or microcontroller.pin, not {type(pin).__name__}")
    bus = _blinka_bus(scl, sda)
    if bus is None:
        raise ValueError(f"{scl!r} and {sda!r} are not the SCL and SDA of one of this machine's I2C ports")
    if not isinstance(bus, int) or not 0 <= bus <= BUS_MAX:
        raise ValueError(f"I2C port {bus!r} of {scl!r} and {sda!r} is no bus number 0..{BUS_MAX}")
    return bus
