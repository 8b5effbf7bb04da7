# SPDX-License-Identifier: MIT
"""Which pins of a chip can be SCL and SDA of a target.  table.py has the facts: chips.csv, whose columns boards/README.md explains.

`i2ctarget boards NAME` (linux/cli/boards/chip.c) reads the same table by the same rule: two pins serve if both say "any", if one says
BLOCK=SCL and the other BLOCK=SDA of one block (of a SERCOM/FUNCTION the SERCOM), or if both say EXTINT with different numbers.
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
        """The chip's I2C block that these pins belong to as SCL and SDA; None: none.  A SERCOM may have them by two functions."""
        sda_blocks, scl_blocks = (self._blocks(*end) for end in ((sda, "SDA"), (scl, "SCL")))
        for end in "=", "/":
            names = [block.split(end)[0] for block in scl_blocks]
            for block in sda_blocks:
                if block.split(end)[0] in names:
                    return block.split(end)[0]
        return None

    def _blocks(self, pin, line):
        """Of which blocks the pin can be this line."""
        return [way.split("=")[0] for way in self.pins.get(pin, ()) if way.endswith(f"={line}")]

    def _reaches_all(self, pin):
        return "any" in self.pins[pin]

    def _extint(self, pin):
        """The line of the interrupt controller on which the processor can watch this pin; None: it can not."""
        return next((way for way in self.pins[pin] if way.startswith("EXTINT")), None)

    def by_processor(self, scl, sda):
        """Is it the chip's processor that serves them, because no block has them?"""
        lines = self._extint(scl), self._extint(sda)
        return not self.instance(scl, sda) and all(lines) and lines[0] != lines[1]

    def swapped(self, scl, sda):
        """The block that they belong to the other way round; None: there is none, or none is needed."""
        return None if self.instance(scl, sda) or self._reaches_all(scl) else self.instance(sda, scl)

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
        if self.instance(scl, sda) or (self._reaches_all(scl) and self._reaches_all(sda)) or self.by_processor(scl, sda):
            return None
        if self.swapped(scl, sda):
            return f"scl and sda are swapped: {sda} is a clock pin and {scl} a data pin of {self.mcu}"
        watched = [pin for pin in (scl, sda) if self._extint(pin)]
        reason = f"both have {self._extint(scl)}" if len(watched) == 2 else f"{scl if sda in watched else sda} has no EXTINT"
        return f"{scl} and {sda} of {self.mcu} are not pad 1 and pad 0 of one SERCOM, and {reason}"

    def c_pin(self, pin):
        """How the port's header, i2ctarget/<port>.h, writes this pin in C."""
        if not self.port:
            raise NotImplementedError(f"no port serves {self.mcu}")
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", pin).groups()
        return f"I2CTARGET_{self.port.upper()}_{letters}({int(number)})"
