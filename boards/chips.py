# SPDX-License-Identifier: MIT
"""Which pins of a chip can be SCL and SDA of a target.  table.py has the facts: chips.csv, whose columns boards/README.md explains.

`i2ctarget boards NAME` (linux/cli/boards/chip.c) reads the same table by the same rule: two pins serve if both say "any", or if one says
BLOCK=SCL and the other BLOCK=SDA of one block.
"""

import re

# Chip, as an expression (MicroPython reads this file, too, and has no fnmatch) → the folder in ports/ that serves it, and the one in firmware/.
# The port's header has a macro for each letter of a pin: I2CTARGET_RP2040_GPIO(5).
PORTS = {
    "RP2040$": ("rp2040", "rp2040"),
    "SAM[DE]5[1-4]": ("samd5x", "samd5x"),
    "ESP32$": ("esp32", "esp32"),
    "ESP32-S2$": ("esp32", "esp32s2"),
    "ESP32-S3$": ("esp32", "esp32s3"),
    "ESP32-C3$": ("esp32", "esp32c3"),
}


class Chip:
    """The pins of a chip, by the chip's lines of the table.  `port` is the folder in ports/ that serves it, `firmware` that in firmware/; None:
    there is none."""

    def __init__(self, mcu, entries):
        self.mcu = mcu
        self.pins = {entry["pin"]: entry["serves"].split() for entry in entries}
        self.notes = {entry["pin"]: entry["note"] for entry in entries}
        self.port, self.firmware = next((folders for pattern, folders in PORTS.items() if re.match(pattern, mcu)), (None, None))

    def serves(self, pin):
        """Can it be SCL or SDA?"""
        return bool(self.pins.get(pin))

    def instance(self, scl, sda):
        """The chip's I2C block that these pins belong to as SCL and SDA; None: none."""
        for way in self.pins.get(sda, ()):
            block, _, line = way.partition("=")
            if line == "SDA" and f"{block}=SCL" in self.pins.get(scl, ()):
                return block
        return None

    def _reaches_all(self, pin):
        return "any" in self.pins[pin]

    def problem(self, scl, sda):
        """Why a target can not use these pins; None: it can."""
        for what, pin in ("SCL", scl), ("SDA", sda):
            if pin in self.notes and self.notes[pin] == "input only":
                return f"{pin} of {self.mcu} is an input only: a target must be able to pull it low"
            if not self.serves(pin):
                reason = f" ({self.notes[pin]})" if self.notes.get(pin) else ""
                return f"{self.mcu} has no pin {pin} that can be {what}{reason}"
        if scl == sda:
            return f"{scl} can not be SCL and SDA at once"
        if self.instance(scl, sda) or (self._reaches_all(scl) and self._reaches_all(sda)):
            return None
        if self.instance(sda, scl):
            return f"scl and sda are swapped: {sda} is a clock pin and {scl} a data pin of {self.mcu}"
        return f"{scl} and {sda} of {self.mcu} are not pad 1 and pad 0 of one SERCOM"

    def c_pin(self, pin):
        """How the port's header, i2ctarget/<port>.h, writes this pin in C."""
        if not self.port:
            raise NotImplementedError(f"no port serves {self.mcu}")
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", pin).groups()
        return f"I2CTARGET_{self.port.upper()}_{letters}({int(number)})"
