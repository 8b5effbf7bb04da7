#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The modules board and microcontroller that a firmware freezes, of all boards with an RP2040, against the tables of boards/."""

import csv
import os
import subprocess
import sys
import tempfile
import types
import unittest

SOURCE = os.environ["SOURCE_DIR"]
FROZEN = f"{SOURCE}/bindings/micropython/rp2/frozen.py"
GPIOS = [f"GPIO{n}" for n in range(30)]


def read(name):
    with open(f"{SOURCE}/boards/{name}", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


BOARDS = {row["board_id"]: row for row in read("boards.csv") if row["mcu"] == "RP2040"}
PINS = read("pins.csv")


def make(directory, *arguments):
    """(exit status, what it printed, what it complained of)"""
    done = subprocess.run([FROZEN, directory, *arguments], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


class Machine(types.ModuleType):
    """MicroPython's module machine, as far as these modules need it: machine.Pin.cpu."""

    def __init__(self):
        super().__init__("machine")
        self.Pin = types.SimpleNamespace(cpu=types.SimpleNamespace(**{name: f"Pin({name})" for name in GPIOS}))


class FrozenTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def load(self, board_id):
        """The modules as they are on this board: (board, microcontroller.pin)"""
        for name in "board", "microcontroller", "microcontroller.pin", "machine":
            sys.modules.pop(name, None)
        sys.modules["machine"] = Machine()
        sys.path.insert(0, f"{self.directory}/{board_id}")
        try:
            import board
            import microcontroller
            self.assertEqual(microcontroller.Pin, sys.modules["machine"].Pin)
            return board, microcontroller.pin
        finally:
            sys.path.pop(0)


class Boards(FrozenTest):
    def setUp(self):
        super().setUp()
        status, self.said, complaint = make(self.directory, "all")
        self.assertEqual((status, complaint), (0, ""))

    def test_all_of_them(self):
        self.assertEqual(len(BOARDS), 52)
        self.assertEqual([line.split()[0] for line in self.said.splitlines()], list(BOARDS))
        self.assertEqual(sorted(os.listdir(self.directory)), sorted(BOARDS))

    def expected(self, board_id):
        """{name: pin} and the names of controllers, by the table."""
        named = {entry["name"]: entry["pin"] for entry in PINS if entry["board_id"] == board_id}
        scl, sda = next(line.split()[1:3] for line in self.said.splitlines() if line.split()[0] == board_id)
        if scl != "-":
            named |= {"SCL": scl, "SDA": sda}
        controllers = {name for name, pin in named.items() if pin.endswith(")")}
        return {name: pin for name, pin in named.items() if name not in controllers}, controllers

    def test_names(self):
        for board_id, row in BOARDS.items():
            with self.subTest(board_id):
                board, pin = self.load(board_id)
                pins, controllers = self.expected(board_id)
                has = {name: value for name, value in vars(board).items() if not name.startswith("_")}
                self.assertEqual(has.pop("board_id"), board_id)
                for name in controllers:
                    with self.assertRaisesRegex(NotImplementedError, rf"board.{name}\(\) is a controller: machine.(I2C|SPI|UART) "):
                        has.pop(name)()
                self.assertEqual(has, {name: f"Pin({chip_pin})" if chip_pin in GPIOS else chip_pin for name, chip_pin in pins.items()})
                for name in GPIOS:
                    self.assertEqual(getattr(pin, name), f"Pin({name})")
                if row["scl"]:
                    self.assertEqual((board.SCL, board.SDA), (f"Pin({row['scl']})", f"Pin({row['sda']})"))

    def test_without_names_for_a_bus(self):
        board, _ = self.load("pimoroni_tiny2040")
        with self.assertRaisesRegex(AttributeError, "pimoroni_tiny2040 has no SCL: choose two pins .* SCL= and SDA="):
            board.SCL
        board, _ = self.load("raspberry_pi_pico")
        self.assertEqual((board.SCL, board.SDA), ("Pin(GPIO5)", "Pin(GPIO4)"))
        with self.assertRaisesRegex(AttributeError, "raspberry_pi_pico has no D5$"):
            board.D5


class Choices(FrozenTest):
    def test_pins_that_are_asked_for(self):
        status, said, _ = make(self.directory, "pimoroni_tiny2040", "--scl", "GPIO7", "--sda", "GPIO2")
        self.assertEqual((status, said.split()[:3]), (0, ["pimoroni_tiny2040", "GPIO7", "GPIO2"]))
        board, _ = self.load("pimoroni_tiny2040")
        self.assertEqual((board.SCL, board.SDA), ("Pin(GPIO7)", "Pin(GPIO2)"))

    def test_a_program(self):
        program = f"{self.directory}/mine.py"
        with open(program, "w", encoding="utf-8") as file:
            file.write("print(1)\n")
        for arguments, is_there in (("--main", program), True), ((), False):
            self.assertEqual(make(self.directory, "raspberry_pi_pico", *arguments)[0], 0)
            with open(f"{self.directory}/raspberry_pi_pico/manifest.py", encoding="utf-8") as file:
                self.assertEqual('module("main.py")' in file.read(), is_there)
        with open(f"{self.directory}/raspberry_pi_pico/main.py", encoding="utf-8") as file:
            self.assertEqual(file.read(), "print(1)\n")

    def test_what_is_wrong(self):
        for arguments, words in (
            (("raspberry_pi_pico", "--scl", "GPIO7"), "SCL and SDA go together"),
            (("raspberry_pi_pico", "--scl", "GPIO7", "--sda", "GPIO7"), "can not be SCL and SDA at once"),
            (("raspberry_pi_pico", "--scl", "GPIO7", "--sda", "GPIO30"), "has no pin GPIO30"),
            (("raspberry_pi_pic",), "do you mean raspberry_pi_pico or"),
            (("metro_m4_express",), "has the chip SAMD51J19A; firmware with MicroPython is there for boards with an RP2040 only"),
            (("adafruit_funhouse",), "has the chip ESP32-S2; firmware with MicroPython is there for boards with an RP2040 only"),
            (("",), "for which board?"),
            (("raspberry_pi_pico", "--main", "/there/is/no.py"), "/there/is/no.py: No such file or directory"),
        ):
            with self.subTest(arguments):
                status, said, complaint = make(self.directory, *arguments)
                self.assertEqual((status, said), (1, ""))
                self.assertIn(words, complaint)
                self.assertEqual(complaint.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
