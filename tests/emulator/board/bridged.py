# SPDX-License-Identifier: MIT
"""The real i2c-tools, and the hardware-in-the-loop kit, talk to an emulated board over a virtual bus.  A chip's test adds which board, and
what executes its image: image() and program()."""

import os
import subprocess
import sys

ROOT = os.environ["SOURCE_DIR"]

sys.path.insert(0, ROOT + "/tests/linux")
from buses import COMMAND, BusTest  # noqa: E402


class Bridge(BusTest):
    EXAMPLE = "registers"

    def image(self):
        """The path of the file for the chip's boot loader, of EXAMPLE."""
        raise NotImplementedError

    def program(self, image):
        """(words, environment), to which the socket and the trace are added."""
        raise NotImplementedError

    def last_words(self):
        """Which follow the trace."""
        return []

    def setUp(self):
        super().setUp()
        words, environment = self.program(self.image())
        self.bus = self.start("--timeout", "60000")  # an emulator takes its time on a busy machine
        self.trace = self.directory + "/board.vcd"
        self.board = subprocess.Popen([*words, self.directory + "/bus-1", self.trace, *self.last_words()], stdout=subprocess.PIPE, text=True, env=environment)
        self.addCleanup(self.end_board)
        self.assertEqual(self.board.stdout.readline(), "the board listens\n")

    def end_board(self):
        self.board.kill()
        self.board.communicate(timeout=20)

    def exec(self, *words, timeout=60):
        return subprocess.run([COMMAND, "exec", "--", *words], capture_output=True, text=True, timeout=timeout, check=False)

    def says(self, command, stdout, status=0, stderr=""):
        done = self.exec(*command.split())
        self.assertEqual((done.stdout, done.stderr, done.returncode), (stdout, stderr, status), command)


class Tools(Bridge):
    def test_three_answers(self):
        self.says("i2cget -y 1 0x40 0x01", "0x00\n")
        self.says("i2cset -y 1 0x40 0x01 0xaa", "")
        self.says("i2cget -y 1 0x40 0x01", "0xaa\n")

    def test_detect(self):
        done = self.exec("i2cdetect", "-y", "1")
        found = [word for line in done.stdout.splitlines()[1:] for word in line[3:].split() if word != "--"]
        self.assertEqual((found, done.stderr, done.returncode), (["40", "41"], "", 0))

    def test_nobody(self):
        self.says("i2cget -y 1 0x42 0x01", "", 2, "Error: Read failed\n")

    def test_refused_byte(self):
        self.says("i2ctransfer -y 1 w2@0x40 0x10 0x01", "", 1, "Error: Sending messages failed: Input/output error\n")
        self.says("i2ctransfer -y 1 w2@0x40 0x02 0x34", "")
        self.says("i2ctransfer -y 1 w1@0x40 0x02 r3", "0x34 0xff 0xff\n")

    def test_after_a_quiet_second(self):
        """Emulated time follows real time while there is no request."""
        self.says("i2cset -y 1 0x40 0x05 0x55", "")
        self.exec("sleep", "1")
        self.says("i2cget -y 1 0x40 0x05", "0x55\n")

    def test_the_bus_ends(self):
        self.says("i2cget -y 1 0x40 0x01", "0x00\n")
        self.bus.stop()
        self.assertEqual(self.board.wait(timeout=20), 0)
        with open(self.trace, encoding="ascii") as file:  # the board's own wires
            changes = file.read().split()
        self.assertGreater(len([change for change in changes if change.startswith("#")]), 60)
        # The read ended with a NACK; after that there was a STOP.
        self.assertEqual([change for change in changes if change[1:] in ("c", "d")][-2:], ["1c", "1d"])

    def test_hil(self):
        done = self.exec(ROOT + "/tests/hil/hil.py", "--bus", "1", timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertIn("11 of 11 checks passed", done.stdout)


class Eeprom(Bridge):
    EXAMPLE = "eeprom"

    def test_hil(self):
        done = self.exec(ROOT + "/tests/hil/hil.py", "--bus", "1", timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertIn("7 of 7 checks passed", done.stdout)
