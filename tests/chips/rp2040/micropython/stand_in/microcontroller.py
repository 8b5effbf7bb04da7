# SPDX-License-Identifier: MIT
"""The pins of the tests: those on the emulated wires are 1, and there are two more."""

from machine import Pin


class pin:
    SCL1, SDA1 = Pin.cpu.GPIO5, Pin.cpu.GPIO4
    SCL2, SDA2 = Pin.cpu.GPIO7, Pin.cpu.GPIO6
