# SPDX-License-Identifier: MIT
"""Which pins of a chip can be SCL and SDA of a target.

Sources: RP2040 datasheet §1.4.3 and §2.19.2 (function select); SAM D5x/E5x family datasheet DS60001507 table 6-1 (I/O multiplexing) and its
table of SERCOM pins for I2C; ESP32, ESP32-S2, ESP32-S3 and ESP32-C3 datasheets and ESP-IDF's GPIO chapters (input-only pads, pads of the
flash).  boards/README.md says how the board table is checked with them.
"""

import re


def _numbers(text):
    """'0-3 7' → [0, 1, 2, 3, 7]"""
    numbers = []
    for part in text.split():
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


class Chip:
    """The pins of a chip, by name.  `port` is the folder in ports/ that serves it; None: there is none yet."""

    port = None

    def __init__(self, mcu, pins):
        self.mcu = mcu
        self.pins = pins

    def instance(self, scl, sda):
        """The chip's I2C block that these pins belong to as SCL and SDA; None: none."""
        return None

    def problem(self, scl, sda):
        """Why a target can not use these pins; None: it can."""
        for what, pin in ("SCL", scl), ("SDA", sda):
            if pin not in self.pins:
                return f"{self.mcu} has no pin {pin} that can be {what}"
        if scl == sda:
            return f"{scl} can not be SCL and SDA at once"
        return None

    def c_pin(self, pin):
        """How the port's header, i2ctarget/<port>.h, writes this pin in C."""
        raise NotImplementedError(f"no port serves {self.mcu}")


class Rp2040(Chip):
    """PIO reaches every GPIO, so any two serve.  The I2C blocks: even GPIO SDA, odd GPIO SCL, block (GPIO / 2) mod 2."""

    port = "rp2040"

    def __init__(self, mcu):
        super().__init__(mcu, [f"GPIO{n}" for n in range(30)])

    def instance(self, scl, sda):
        scl, sda = int(scl[4:]), int(sda[4:])
        block = sda // 2 % 2
        return f"I2C{block}" if scl % 2 == 1 and sda % 2 == 0 and scl // 2 % 2 == block else None

    def c_pin(self, pin):
        return f"I2CTARGET_RP2040_GPIO({pin[4:]})"


class Esp32(Chip):
    """The GPIO matrix reaches every pad; out are those that only read and those of the flash."""

    PADS = {
        "ESP32": ("0-5 12-23 25-27 32-33", "34-39"),
        "ESP32-S2": ("0-21 33-45", "46"),
        "ESP32-S3": ("0-21 33-48", ""),
        "ESP32-C3": ("0-11 18-21", ""),
    }

    def __init__(self, mcu):
        both, input_only = self.PADS[mcu]
        super().__init__(mcu, [f"GPIO{n}" for n in _numbers(both)])
        self.input_only = {f"GPIO{n}" for n in _numbers(input_only)}

    def problem(self, scl, sda):
        for pin in scl, sda:
            if pin in self.input_only:
                return f"{pin} of {self.mcu} is an input only: a target must be able to pull it low"
        return super().problem(scl, sda)


class Sam5x(Chip):
    """SERCOMs in I2C mode: pad 0 is SDA, pad 1 SCL, through multiplexer function C or D, and only on pads made for I2C."""

    # pin → "function, SERCOM, pad" of each way to be an I2C pin
    I2C_PINS = {
        "PA00": "D10", "PA01": "D11", "PA04": "D00", "PA05": "D01", "PA08": "C00 D21", "PA09": "C01 D20", "PA12": "C20 D41",
        "PA13": "C21 D40", "PA16": "C10 D31", "PA17": "C11 D30", "PA22": "C30 D51", "PA23": "C31 D50", "PB02": "D50", "PB03": "D51",
        "PB08": "D40", "PB09": "D41", "PB12": "C40", "PB13": "C41", "PB16": "C50", "PB17": "C51", "PB20": "C30 D71", "PB21": "C31 D70",
        "PB24": "C00 D21", "PB25": "C01 D20", "PB26": "C20 D41", "PB27": "C21 D40", "PB30": "C70 D51", "PB31": "C71 D50",
        "PC04": "C60", "PC05": "C61", "PC12": "C70 D61", "PC13": "C71 D60", "PC16": "C60 D01", "PC17": "C61 D00", "PC22": "C10 D31",
        "PC23": "C11 D30", "PC27": "C10", "PC28": "C11", "PD08": "C70 D61", "PD09": "C71 D60",
    }  # fmt: skip

    # By package: 48, 64 and 128 pins.
    PACKAGES = {
        "G": {"A": "0-25 27 30-31", "B": "2-3 8-11 22-23"},
        "J": {"A": "0-25 27 30-31", "B": "0-17 22-23 30-31"},
        "P": {"A": "0-25 27 30-31", "B": "0-31", "C": "0-7 10-28 30-31", "D": "0-1 8-12 20-21"},
    }

    def __init__(self, mcu):
        ports = self.PACKAGES[re.fullmatch(r"SAM[DE]5[1-4]([GJP])\d\dA", mcu)[1]]
        super().__init__(mcu, [f"P{port}{n:02}" for port, numbers in ports.items() for n in _numbers(numbers)])
        self.has_all_sercoms = "C" in ports

    def _ways(self, pin):
        """{(function, SERCOM): pad}"""
        ways = {(way[0], int(way[1])): int(way[2]) for way in self.I2C_PINS.get(pin, "").split()}
        return {way: pad for way, pad in ways.items() if way[1] < 6 or self.has_all_sercoms}

    def instance(self, scl, sda):
        scl, sda = self._ways(scl), self._ways(sda)
        for way, pad in sda.items():
            if pad == 0 and scl.get(way) == 1:
                return f"SERCOM{way[1]}/{way[0]}"
        return None

    def problem(self, scl, sda):
        problem = super().problem(scl, sda)
        if problem or self.instance(scl, sda):
            return problem
        if self.instance(sda, scl):
            return f"scl and sda are swapped: {sda} is a clock pin and {scl} a data pin of {self.mcu}"
        return f"{scl} and {sda} of {self.mcu} are not pad 1 and pad 0 of one SERCOM"


def chip_of(mcu):
    """The chip with this name, as the board table writes it."""
    if mcu == "RP2040":
        return Rp2040(mcu)
    if mcu in Esp32.PADS:
        return Esp32(mcu)
    return Sam5x(mcu)
