#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The board table against the chips' pin rules, and the modules board and microcontroller that are made from it."""

import csv
import json
import os
import subprocess
import sys
import textwrap
import unittest

from targets import BUILD, PYTHON_PATH, SOURCE, TargetTest
from i2ctarget import _chips, _table

COMMAND = f"{BUILD}/i2ctarget"
PACKAGE, FALLBACK = PYTHON_PATH


def complaints(row):
    """What is wrong with a line of the table."""
    try:
        chip = _chips.Chip(row["mcu"], _table.chip_pins(row["mcu"]))
    except KeyError:
        return ["mcu"]
    if not row["scl"] and not row["sda"]:
        return ["i2c_instance"] if row["i2c_instance"] else []
    problem = chip.problem(row["scl"], row["sda"])
    if problem:
        return [problem]
    return ["i2c_instance"] if (chip.instance(row["scl"], row["sda"]) or "") != row["i2c_instance"] else []


class Table(unittest.TestCase):
    def setUp(self):
        with open(f"{SOURCE}/boards/boards.csv", newline="", encoding="utf-8") as file:
            self.rows = list(csv.DictReader(file))

    def test_all_boards(self):
        self.assertEqual(list(self.rows[0]), "name board_id port mcu scl sda i2c_instance notes".split())
        self.assertEqual(len(self.rows), 167)
        self.assertEqual(len({row["name"] for row in self.rows}), 167)
        ids = [row["board_id"] for row in self.rows]
        twice = {board_id for board_id in ids if ids.count(board_id) > 1}
        for board_id in twice:  # two names of one firmware
            pins = {(row["mcu"], row["scl"], row["sda"]) for row in self.rows if row["board_id"] == board_id}
            self.assertEqual(len(pins), 1, board_id)
        self.assertEqual(twice, {"pybadge", "pyportal"})
        for row in self.rows:
            self.assertRegex(row["board_id"], r"^[a-z0-9][a-z0-9_.-]*$")
            self.assertIn(row["port"], {"raspberrypi": "RP2040", "atmel-samd": "SAM", "espressif": "ESP32"})

    def test_chips(self):
        kinds = {}
        for row in self.rows:
            kind = "SAM" if row["mcu"].startswith("SAM") else row["mcu"]
            kinds[kind] = kinds.get(kind, 0) + 1
            self.assertEqual(row["port"], {"SAM": "atmel-samd", "RP2040": "raspberrypi"}.get(kind, "espressif"))
        self.assertEqual(kinds, {"RP2040": 52, "SAM": 35, "ESP32-S2": 45, "ESP32-S3": 20, "ESP32-C3": 8, "ESP32": 7})

    def test_pins_obey_the_chips(self):
        wrong = {row["board_id"]: complaints(row) for row in self.rows if complaints(row)}
        self.assertEqual(wrong, {})
        self.assertGreater(sum(bool(row["scl"]) for row in self.rows), 100)

    def test_a_wrong_line_is_noticed(self):
        right = {row["board_id"]: row for row in self.rows}
        for board_id, column, value in (
            ("adafruit_feather_rp2040", "scl", "GPIO30"),
            ("adafruit_feather_rp2040", "scl", "GPIO4"),
            ("adafruit_feather_rp2040", "i2c_instance", "I2C0"),
            ("adafruit_feather_rp2040", "sda", ""),
            ("adafruit_feather_rp2040", "sda", "GPIO3"),
            ("feather_m4_express", "scl", "PA12"),
            ("feather_m4_express", "sda", "PA16"),
            ("feather_m4_express", "i2c_instance", "SERCOM4/D"),
            ("feather_m4_express", "mcu", "SAMD21G18A"),
            ("monster_m4sk", "scl", "PB31"),  # not in the 48-pin package
            ("unexpectedmaker_tinypico", "scl", "GPIO34"),  # input only
            ("unexpectedmaker_tinypico", "sda", "GPIO6"),  # flash
            ("unexpectedmaker_feathers3", "scl", "GPIO22"),  # there is none
            ("lolin_c3_mini", "scl", "GPIO12"),  # flash
            ("raspberry_pi_pico", "i2c_instance", "I2C0"),
        ):
            self.assertTrue(complaints({**right[board_id], column: value}), (board_id, column, value))
        largest = {**right["pyportal"], "mcu": "SAME54P20A"}
        for scl, sda, words in (("PA08", "PC16", "swapped: PC16 is a clock pin and PA08 a data pin"),
                                ("PA08", "PB02", "not pad 1 and pad 0 of one SERCOM, and PA08 has no EXTINT"),
                                ("PB02", "PA02", "not pad 1 and pad 0 of one SERCOM, and both have EXTINT2")):
            self.assertIn(words, complaints({**largest, "scl": scl, "sda": sda})[0])

    def test_names_of_pins(self):
        """Each belongs to a board, is there once, can be written in Python and C, and is a pin or a bus object."""
        with open(f"{SOURCE}/boards/pins.csv", newline="", encoding="utf-8") as file:
            entries = list(csv.DictReader(file))
        self.assertEqual(list(entries[0]), "board_id name pin".split())
        boards = {row["board_id"]: row for row in self.rows}
        self.assertEqual({entry["board_id"] for entry in entries}, set(boards))
        self.assertEqual(len({(entry["board_id"], entry["name"]) for entry in entries}), len(entries))
        for entry in entries:
            self.assertRegex(entry["name"], r"^[A-Za-z][A-Za-z0-9_]*$", entry)
            mcu = boards[entry["board_id"]]["mcu"]
            if not _table.is_bus(entry["pin"]):
                self.assertRegex(entry["pin"], r"^P[A-D]\d\d$" if mcu.startswith("SAM") else r"^(GPIO\d+|CYW[0-2])$", entry)
                self.assertNotEqual(entry["name"], "NAME")  # the header's own
            else:
                self.assertRegex(entry["pin"], r"^(I2C|UART|SPI)\(.*\)$")
                pins = bus_lines(entry["pin"])
                self.assertLessEqual(set(pins), set({"I": ("SCL", "SDA"), "U": ("TX", "RX"), "S": ("SCK", "MOSI", "MISO")}[entry["pin"][0]]))
                self.assertLessEqual(set(pins.values()), {line["pin"] for line in _table.chip_pins(mcu)}, entry)
        self.assertEqual([entry for entry in entries if entry["name"] in ("SCL", "SDA") and
                          entry["pin"] != boards[entry["board_id"]][entry["name"].lower()]], [])

    def test_pins_of_chips(self):
        with open(f"{SOURCE}/boards/chips.csv", newline="", encoding="utf-8") as file:
            entries = list(csv.DictReader(file))
        self.assertEqual(list(entries[0]), "mcu pin serves note".split())
        for entry in entries:
            self.assertRegex(entry["serves"], r"^(any)?(( |^)(I2C[01]|SERCOM[0-7]/[CD])=(SCL|SDA))*(( |^)EXTINT([0-9]|1[0-5]))?$", entry)
        for mcu in {row["mcu"] for row in self.rows}:
            pins = [entry["pin"] for entry in _table.chip_pins(mcu)]
            self.assertEqual(len(pins), len(set(pins)), mcu)
        # Counted in the data sheets: pins of the package, those of them that can serve, those that a block has.
        for mcu, pins, can, by_block in (
                ("RP2040", 30, 30, 30), ("ESP32", 35, 23, 0), ("ESP32-S2", 43, 35, 0), ("ESP32-S3", 45, 38, 0), ("ESP32-C3", 22, 16, 0),
                ("SAMD51G19A", 37, 37, 16), ("SAMD51J19A", 51, 51, 22), ("SAME54P20A", 99, 99, 40)):
            chip = _chips.Chip(mcu, _table.chip_pins(mcu))
            of_blocks = sum(any("=" in way for way in ways) for ways in chip.pins.values())
            self.assertEqual((len(chip.pins), sum(map(chip.serves, chip.pins)), of_blocks), (pins, can, by_block), mcu)
        self.assertRaises(KeyError, _table.chip_pins, "SAMD21G18A")


def bus_lines(text):
    """{"SCL": "GPIO5", ...} of "I2C(SCL=GPIO5 ...)"."""
    return dict(part.split("=") for part in text[text.index("(") + 1 : -1].split())


class TheCommand(unittest.TestCase):
    """`i2ctarget boards` against the tables, by the rules of Python."""

    def setUp(self):
        self.rows = _table.rows()

    def listed(self, *arguments):
        done = subprocess.run([COMMAND, "boards", *arguments], capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout.splitlines(), done.stderr

    def json(self, *arguments):
        status, lines, _ = self.listed("--json", *arguments)
        self.assertEqual(status, 0)
        return json.loads("\n".join(lines))

    def test_list(self):
        status, lines, _ = self.listed()
        self.assertEqual((status, len(lines)), (0, 168))
        self.assertRegex(lines[0], "^BOARD_ID +CHIP +SCL +SDA +I2C +NAME$")
        for line, row in zip(lines[1:], self.rows):
            shown = [row[key] or "-" for key in ("board_id", "mcu", "scl", "sda", "i2c_instance", "name")]
            self.assertEqual(line.split(maxsplit=5), shown)

    def test_filters(self):
        for filters in ["PICO"], ["raspberry", "w"], ["gpio35"], ["sercom5/D"]:
            _, lines, _ = self.listed(*filters)
            expected = [
                row["board_id"]
                for row in self.rows
                if all(
                    any(text.lower() in row[key].lower() for key in ("name", "board_id", "mcu", "scl", "sda", "i2c_instance"))
                    for text in filters
                )
            ]
            self.assertEqual([line.split()[0] for line in lines[1:]], expected)
            self.assertEqual([row["board_id"] for row in self.json(*filters)], expected)
            self.assertTrue(expected)

    def test_none(self):
        nothing = 'i2ctarget boards: no board has "{}" in its id, name, chip or pins{}\n'
        for words, hint in (
            (["no such board"], ""),
            (["rapsberry_pi_pico"], "; did you mean raspberry_pi_pico or raspberry_pi_pico_w?"),
            (["adafruit_fether_rp2040"], "; did you mean adafruit_feather_rp2040 or "),
            (["feather_m4_expres", "zzz"], ""),
        ):
            status, lines, error = self.listed(*words)
            self.assertEqual((status, lines), (1, []))
            if hint.endswith(" "):
                self.assertIn(hint, error)
            else:
                self.assertEqual(error, nothing.format(words[0], hint))
        self.assertEqual(self.listed("--frob")[0], 2)
        self.assertTrue(self.listed("--help")[1][0].startswith("usage: i2ctarget boards"))

    def test_list_in_json(self):
        keys = {"name": "name", "board_id": "board_id", "port": "port", "mcu": "mcu", "scl": "scl", "sda": "sda", "block": "i2c_instance", "notes": "notes"}
        self.assertEqual(self.json(), [{key: row[column] or None for key, column in keys.items()} for row in self.rows])

    def test_every_board_in_json(self):
        """Its pins and buses are those of the tables; the pairs are those that Python takes."""
        for row in self.rows:
            with self.subTest(row["board_id"]):
                got = self.json(row["board_id"])
                self.assertEqual(got["names"], [other["name"] for other in self.rows if other["board_id"] == row["board_id"]])
                self.check_pins(got, _table.names(row))
                self.check_pairs(got, _chips.Chip(row["mcu"], _table.chip_pins(row["mcu"])))

    def check_pins(self, got, named):
        pins = {name: entry for entry in got["pins"] for name in entry["names"]}
        buses = {name: bus_lines(pin) for name, pin in named.items() if _table.is_bus(pin)}
        self.assertEqual({bus["name"]: bus["pins"] for bus in got["buses"]}, buses)
        self.assertEqual({name: entry["pin"] for name, entry in pins.items()}, {name: pin for name, pin in named.items() if name not in buses})
        self.assertEqual({entry["pin"] for entry in got["pins"]}, {pin for pin in named.values() if not _table.is_bus(pin)}.union(
            *(bus.values() for bus in buses.values())))

    def check_pairs(self, got, chip):
        pins = [entry["pin"] for entry in got["pins"]]
        for entry in got["pins"]:
            self.assertEqual((entry["serves"], entry["note"] or ""), (chip.pins.get(entry["pin"], []), chip.notes.get(entry["pin"], "")))
        pairs = {(pair["scl"], pair["sda"]): pair["block"] for pair in got["pairs"]}
        serving = {(scl, sda) for scl in pins for sda in pins if not chip.problem(scl, sda)}
        self.assertEqual(pairs, {(scl, sda): chip.instance(scl, sda) for scl in pins for sda in pins
                                 if chip.instance(scl, sda) or (chip.serves(scl) and chip.serves(sda) and chip.by_processor(scl, sda))})
        self.assertEqual(got["any_two"], not chip.mcu.startswith("SAM"))
        if not got["any_two"]:
            self.assertEqual(set(pairs), serving)
        else:
            able = [entry["pin"] for entry in got["pins"] if "any" in entry["serves"]]
            self.assertEqual({(scl, sda) for scl in able for sda in able if scl != sda}, serving)

    def test_any_two_pins(self):
        status, lines, _ = self.listed("adafruit_qtpy_rp2040")
        self.assertEqual((status, lines[:2]), (0, ["adafruit_qtpy_rp2040: Adafruit QT Py RP2040, RP2040", "SCL is GPIO25, SDA is GPIO24 (I2C0)"]))
        self.assertRegex(lines[3], "^NAMES +PIN +TARGET +USED BY +NOTE$")
        self.assertIn(["SCL1", "GPIO23", "any", "STEMMA_I2C() SCL"], [line.split(maxsplit=3) for line in lines])
        self.assertEqual(lines[-2:], ['Any two pins that say "any" can be SCL and SDA of a target.',
                                      "On the board these make controllers; a target takes their pins: I2C(), SPI(), UART(), STEMMA_I2C()"])
        self.assertEqual(self.listed("adafruit qt py rp2040")[1], lines)  # by its name

    def test_pairs_of_sercoms(self):
        _, lines, _ = self.listed("feather_m4_express")
        text = "\n".join(" ".join(line.split()) for line in lines)
        self.assertIn("\nSDA PA12 SDA of SERCOM2/C, SCL of SERCOM4/D, EXTINT12 I2C() SDA\n", text)
        self.assertIn("\nMOSI D24 PB23 EXTINT7 SPI() MOSI\n", text)
        self.assertIn("\nSCL = D0 (PB17) SDA = D1 (PB16) SERCOM5/C\nSCL", text)
        self.assertIn("\nSo can any other two that say EXTINT, with different numbers: the processor serves them, more slowly.\n", text)
        pairs = self.json("feather_m4_express")["pairs"]
        self.assertEqual(text.count("\nSCL = "), sum(pair["block"] is not None for pair in pairs))
        self.assertIn({"scl": "PB23", "sda": "PB22", "block": None}, pairs)

    def test_pins_with_a_note(self):
        _, lines, _ = self.listed("adafruit_feather_esp32_v2")
        shown = [" ".join(line.split()) for line in lines]
        self.assertIn("A4 D36 GPIO36 - - input only", shown)
        self.assertIn("NEOPIXEL GPIO0 any - strapping", shown)
        self.assertIn("RX D7 GPIO7 - UART() RX flash in most modules", shown)
        self.assertIn("- GPIO23 any I2C() SCL", [" ".join(line.split()) for line in self.listed("espressif_esp32_eye")[1]])


class PythonTest(TargetTest):
    """board and microcontroller are read when they are imported, so each test is a process."""

    def run_python(self, program, path=(PACKAGE, FALLBACK), **environment):
        """What it prints."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("I2CTARGET_B")}
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=30,
                              env={**clean, "PYTHONPATH": ":".join(path), **environment})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()

    SERVE = """
        import board, microcontroller
        from i2ctarget import I2CTarget
        print(I2CTarget({pins}, [0x40]))
    """

    def target_at(self, pins, **keywords):
        return self.run_python(self.SERVE.format(pins=pins), **keywords)[-1]


class Modules(PythonTest):
    def test_the_virtual_board(self):
        self.assertEqual(self.target_at("board.SCL, board.SDA"), "<I2CTarget on bus 1 at 0x40>")
        self.start(number=2)
        self.assertEqual(self.target_at("board.SCL, board.SDA", I2CTARGET_BUS="2"), "<I2CTarget on bus 2 at 0x40>")
        self.assertEqual(self.target_at("microcontroller.pin.SCL2, microcontroller.pin.SDA2"), "<I2CTarget on bus 2 at 0x40>")
        said = self.run_python("""
            import board, microcontroller
            from microcontroller import pin
            print(board.board_id, board.SCL, microcontroller.pin.SDA65535, [n for n in dir(board) if n.isupper()])
            print(isinstance(board.SCL, microcontroller.Pin), pin.SCL2 is pin.SCL2)
            for name in "SCL65536", "SCL02", "SCL", "GPIO1":
                assert not hasattr(pin, name), name
        """)
        self.assertEqual(said, ["i2ctarget_virtual board.SCL microcontroller.pin.SDA65535 ['SCL', 'SDA']", "True True"])

    def test_a_bus_that_is_no_number(self):
        said = self.run_python("""
            try:
                import board
            except ValueError as error:
                print(error)
        """, I2CTARGET_BUS="one")
        self.assertEqual(said, ["I2CTARGET_BUS is 'one', but a bus is a number 0..65535"])

    def test_a_board(self):
        said = self.run_python("""
            import board, microcontroller
            print(board.board_id, board.SCL, board.SDA, microcontroller.pin.GPIO3 is board.SCL, hasattr(microcontroller.pin, "GPIO30"))
        """, I2CTARGET_BOARD="adafruit_feather_rp2040")
        self.assertEqual(said, ["adafruit_feather_rp2040 microcontroller.pin.GPIO3 microcontroller.pin.GPIO2 True False"])

    def test_a_board_without_names(self):
        said = self.run_python("""
            import board, microcontroller
            from i2ctarget import I2CTarget
            print(board.board_id, hasattr(board, "SCL"), hasattr(board, "SDA"))
            try:
                board.SCL
            except AttributeError as error:
                print(error)
            print(I2CTarget(microcontroller.pin.GPIO5, microcontroller.pin.GPIO4, [0x40]))
        """, I2CTARGET_BOARD="raspberry_pi_pico")
        self.assertEqual(said[0], "raspberry_pi_pico False False")
        self.assertEqual(self.target_at("board.GP5, board.GP4", I2CTARGET_BOARD="raspberry_pi_pico"), "<I2CTarget on bus 1 at 0x40>")
        self.assertIn("raspberry_pi_pico names no such pin", said[1])
        self.assertEqual(said[2], "<I2CTarget on bus 1 at 0x40>")

    def test_names_of_boards(self):
        """As programs for these boards write them."""
        for board_id, name, pin in (
            ("raspberry_pi_pico", "GP26_A0", "GPIO26"),
            ("adafruit_feather_rp2040", "D5", "GPIO7"),
            ("adafruit_qtpy_rp2040", "SCL1", "GPIO23"),
            ("feather_m4_express", "TX", "PB16"),
            ("adafruit_feather_esp32_v2", "A4", "GPIO36"),  # an input only; named all the same
        ):
            said = self.run_python(f"""
                import board, microcontroller
                print(board.{name} is microcontroller.pin.{pin}, {name!r} in dir(board))
            """, I2CTARGET_BOARD=board_id)
            self.assertEqual(said, ["True True"], board_id)

    def test_buses_of_boards_are_controllers(self):
        said = self.run_python("""
            import board
            for make in board.I2C, board.STEMMA_I2C, board.UART, board.SPI:
                try:
                    make()
                except NotImplementedError as error:
                    print(error)
        """, I2CTARGET_BOARD="adafruit_feather_esp32s2")
        self.assertEqual([line.split(" ")[0] for line in said], ["board.I2C()", "board.STEMMA_I2C()", "board.UART()", "board.SPI()"])
        self.assertIn("a target takes pins: I2CTarget(board.SCL, board.SDA, ...)", said[0])

    def test_names_that_are_not_there(self):
        for board_id, name, words in (
            ("raspberry_pi_pico", "GP55", "raspberry_pi_pico has no such name; did you mean GP5"),
            ("raspberry_pi_pico", "nothing", "take one of its chip's, such as microcontroller.pin.GPIO0"),
            ("", "GP5", "the virtual board has SCL and SDA; I2CTARGET_BOARD="),
            ("", "nothing", "module 'board' has no attribute 'nothing'"),
        ):
            said = self.run_python(f"""
                import board
                try:
                    board.{name}
                except AttributeError as error:
                    print(error)
            """, I2CTARGET_BOARD=board_id)
            self.assertIn(words, said[0])
        self.assertEqual(said[0], words)

    def test_pins_that_can_not_serve(self):
        for board_id, pins, words in (
            ("same54_xplained", "microcontroller.pin.PA08, microcontroller.pin.PC16", "swapped"),
            ("feather_m4_express", "microcontroller.pin.PB02, microcontroller.pin.PA02", "both have EXTINT2"),
            ("feather_m4_express", "board.SCL, board.SCL", "at once"),
            ("unexpectedmaker_tinypico", "board.SCL, microcontroller.pin.SDA1", "one board"),
            ("unexpectedmaker_tinypico", "board.SCL, microcontroller.pin.GPIO6", "flash"),
            ("unexpectedmaker_tinypico", "microcontroller.pin.GPIO34, board.SDA", "input only"),
        ):
            said = self.run_python(f"""
                import board, microcontroller
                from i2ctarget import I2CTarget
                try:
                    I2CTarget({pins}, [0x40])
                except ValueError as error:
                    print(error)
            """, I2CTARGET_BOARD=board_id)
            self.assertEqual(len(said), 1)
            self.assertIn(words, said[0])

    def test_every_board(self):
        """Each can be had, and its SCL and SDA serve."""
        said = self.run_python("""
            from i2ctarget import _boards, _pins, _table
            for row in _table.rows():
                board = _boards.Board(row["board_id"])
                assert len(board.pins) > 15, row
                assert all(pin._chip for pin in board.pins.values())
                pins = [thing for thing in board.named.values() if isinstance(thing, _pins.Pin)]
                assert len(pins) >= 4 and all(board.pins[pin.id] is pin for pin in pins), row
                assert ("SCL" in board.named) == ("SDA" in board.named) == bool(row["scl"]), row
                if row["scl"]:
                    assert _pins.bus_of(board.named["SCL"], board.named["SDA"]) == 1
            print("good")
        """)
        self.assertEqual(said, ["good"])

    def test_no_such_board(self):
        said = self.run_python("""
            try:
                import board
            except ImportError as error:
                print(error)
        """, I2CTARGET_BOARD="rapsberry_pi_pico")
        self.assertEqual(said, ["I2CTARGET_BOARD=rapsberry_pi_pico: there is no such board; did you mean raspberry_pi_pico?"])


class OlderNames(PythonTest):
    """The module had other names before CircuitPython 8."""

    def test_they_are_the_same_classes(self):
        for module, name in ("i2cperipheral", "I2CPeripheral"), ("i2cslave", "I2CSlave"):
            said = self.run_python(f"""
                import warnings
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    from {module} import {name}, {name}Request
                    import {module}
                import i2ctarget
                print({name} is i2ctarget.I2CTarget, {name}Request is i2ctarget.I2CTargetRequest, {module}.__all__)
                print(*[(warning.category.__name__, str(warning.message)) for warning in caught])
            """)
            self.assertEqual(said, [f"True True ['{name}', '{name}Request']",
                                    f"('DeprecationWarning', '{module} is an older name: from i2ctarget import I2CTarget, I2CTargetRequest')"])

    def test_a_program_is_warned_once(self):
        """Where it imports the module, in the program that is run: without any option of Python."""
        program = f"{self.directory}/old.py"
        with open(program, "w") as file:
            file.write("import board\nfrom i2cslave import I2CSlave\nimport i2cslave\n")
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("I2CTARGET_B", "PYTHON"))}
        done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=30, env={**clean, "PYTHONPATH": f"{PACKAGE}:{FALLBACK}"})
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertEqual(done.stderr.count("DeprecationWarning"), 1)
        self.assertTrue(done.stderr.startswith(f"{program}:2: DeprecationWarning: i2cslave is an older name"), done.stderr)


class Blinka(PythonTest):
    """Modules of the shape of Adafruit Blinka's for a Raspberry Pi."""

    def setUp(self):
        super().setUp()
        self.blinka = f"{self.directory}/blinka"
        for name, text in {
            "adafruit_stand_in/pin.py": """
                class Pin:
                    def __init__(self, bcm_number):
                        self.id = bcm_number

                    def __repr__(self):
                        return str(self.id)

                    def __eq__(self, other):
                        return self.id == other

                D0, D1, D2, D3 = Pin(0), Pin(1), Pin(2), Pin(3)
                SDA, SCL = Pin(2), Pin(3)
                i2cPorts = ((3, SCL, D0), (1, SCL, SDA), (0, D1, D0))
            """,
            "board.py": """
                board_id = "RASPBERRY_PI_4B"
                from adafruit_stand_in import pin
                SDA, SCL, D0, D1 = pin.SDA, pin.SCL, pin.D0, pin.D1
            """,
            "microcontroller/__init__.py": "whose = 'Blinka'",
            "microcontroller/pin.py": "from adafruit_stand_in.pin import *",
        }.items():
            os.makedirs(os.path.dirname(f"{self.blinka}/{name}"), exist_ok=True)
            with open(f"{self.blinka}/{name}", "w") as file:
                file.write(textwrap.dedent(text))

    def test_is_never_shadowed(self):
        for path in (PACKAGE, FALLBACK, self.blinka), (self.blinka, PACKAGE, FALLBACK), (FALLBACK, FALLBACK + "/", self.blinka, PACKAGE):
            for first in "board, microcontroller", "microcontroller, board", "i2ctarget, board, microcontroller":
                said = self.run_python(f"""
                    import {first}
                    import microcontroller.pin
                    print(board.board_id, board.__file__, microcontroller.whose, microcontroller.pin.D1)
                """, path=path, I2CTARGET_BOARD="raspberry_pi_pico")
                self.assertEqual(said, [f"RASPBERRY_PI_4B {self.blinka}/board.py Blinka 1"])

    def test_its_pins_are_accepted(self):
        path = (PACKAGE, FALLBACK, self.blinka)
        self.assertEqual(self.target_at("board.SCL, board.SDA", path=path, I2CTARGET_BUS="5"), "<I2CTarget on bus 1 at 0x40>")
        self.start(number=0)
        self.start(number=3)
        self.assertEqual(self.target_at("board.D1, board.D0", path=path), "<I2CTarget on bus 0 at 0x40>")
        self.assertEqual(self.target_at("board.SCL, board.D0", path=path), "<I2CTarget on bus 3 at 0x40>")

    def test_pins_of_it_that_are_no_port(self):
        said = self.run_python("""
            import board
            from i2ctarget import I2CTarget
            for pins in (board.SDA, board.SCL), (board.SCL, board.SCL), (board.D0, board.SDA):
                try:
                    I2CTarget(*pins, [0x40])
                except ValueError as error:
                    print("I2C port" in str(error))
        """, path=(PACKAGE, FALLBACK, self.blinka))
        self.assertEqual(said, ["True"] * 3)

    def test_a_blinka_that_fails_is_not_replaced(self):
        with open(f"{self.blinka}/board.py", "w") as file:
            file.write("raise NotImplementedError('board not supported')")
        said = self.run_python("""
            try:
                import board
            except NotImplementedError as error:
                print(error)
        """, path=(PACKAGE, FALLBACK, self.blinka))
        self.assertEqual(said, ["board not supported"])


if __name__ == "__main__":
    unittest.main()
