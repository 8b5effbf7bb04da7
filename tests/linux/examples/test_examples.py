#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the examples' own comments promise, checked with Debian's i2c-tools."""

import re
import signal
import subprocess
import time
import unittest

import programs
from buses import COMMAND, wait_until


class Registers(programs.ExampleTest):
    def setUp(self):
        super().setUp()
        self.bus = self.start()
        self.program = self.run_example("registers")

    def test_the_three_commands(self):
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01", wait=0x40), (0, "0x00"))
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x01 0xaa"), (0, ""))
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01"), (0, "0xaa"))

    def test_detected_at_its_two_addresses_and_alive_afterwards(self):
        status, text = self.ask("i2cdetect -y 1", wait=0x40)
        self.assertEqual(status, 0)
        self.assertEqual(re.findall(r"\b[0-9a-f]{2}\b(?!:)", text.split("\n", 1)[1]), ["40", "41"])
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01"), (0, "0x00"))

    def test_nobody_at_another_address(self):
        self.assertEqual(self.ask("i2cget -y 1 0x42", wait=0x40), (2, "Error: Read failed"))

    def test_a_plain_read_gets_ff(self):
        self.assertEqual(self.ask("i2ctransfer -y 1 r3@0x40", wait=0x40), (0, "0xff 0xff 0xff"))

    def test_one_byte_and_then_ff(self):
        self.ask("i2cset -y 1 0x40 0x0f 0x5a", wait=0x40)
        self.assertEqual(self.ask("i2ctransfer -y 1 w1@0x40 0x0f r3"), (0, "0x5a 0xff 0xff"))

    def test_a_third_byte_is_not_acknowledged(self):
        status, text = self.ask("i2ctransfer -y 1 w3@0x40 0x01 0x11 0x22", wait=0x40)
        self.assertNotEqual(status, 0)
        self.assertIn("Input/output error", text)
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01"), (0, "0x11"))

    def test_no_such_register(self):
        self.ask("i2cset -y 1 0x40 0x02 0x22", wait=0x40)
        status, _ = self.ask("i2cset -y 1 0x40 0x10 0x99")
        self.assertNotEqual(status, 0)
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x02"), (0, "0x22"))

    def test_the_command_at_0x41_resets(self):
        self.ask("i2cset -y 1 0x40 0x03 0x33", wait=0x40)
        self.assertEqual(self.ask("i2cset -y 1 0x41 0xde"), (0, ""))
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x03"), (0, "0x00"))

    def test_killed_in_a_dump_and_started_again(self):
        self.ask("i2cget -y 1 0x40 0x00", wait=0x40)
        dump = subprocess.Popen([COMMAND, "exec", "--", "sh", "-c", "while i2cdump -y 1 0x40 b; do :; done"],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
                                env={**programs.TOOLS, "I2CTARGET_DIR": self.directory})
        self.addCleanup(self.end_program, dump)
        dump.stdout.readline()
        time.sleep(0.02)
        self.program.send_signal(signal.SIGKILL)
        self.program.wait(timeout=10)
        dump.send_signal(signal.SIGTERM)
        dump.stdout.close()
        self.run_example("registers")
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01", wait=0x40), (0, "0x00"))

    def test_it_ends_with_the_bus(self):
        self.ask("i2cget -y 1 0x40 0x01", wait=0x40)
        self.bus.stop()
        _, err = self.program.communicate(timeout=10)
        self.assertEqual((self.program.returncode, err), (1, "registers: bus 1 has ended\n"))

    def test_waiting_wants_an_address(self):
        for text in "0x80", "0x100", "-1", "", "0x40x", "fourty":
            done = self.command("exec", "--wait", text, "--", "true")
            self.assertEqual((done.returncode, done.stderr), (
                2, f"i2ctarget exec: --wait {text}: 0x00..0x7f (i2ctarget exec --help)\n"))


class WithoutABus(programs.ExampleTest):
    def test_says_which_bus_and_how_to_start_it(self):
        program = self.run_example("registers")
        _, err = program.communicate(timeout=10)
        self.assertEqual(program.returncode, 1)
        self.assertRegex(err, r"^registers: no bus 1: .*i2ctarget bus 1.*\n$")

    def test_a_bus_that_is_no_number(self):
        program = self.run_example("registers", env={**programs.TOOLS, "I2CTARGET_BUS": "one"})
        _, err = program.communicate(timeout=10)
        self.assertEqual((program.returncode, err),
                         (1, "registers: I2CTARGET_BUS is 'one', but a bus is a number 0..65535\n"))


class Eeprom(programs.ExampleTest):
    """A 24C02: pages of 8, 5 ms to write."""

    def setUp(self):
        super().setUp()
        self.start()
        self.run_example("eeprom")
        self.assertEqual(self.ask("true", wait=0x50), (0, ""))

    def write(self, *values):
        """A page write, and acknowledge polling until it is done."""
        self.assertEqual(self.ask(f"i2ctransfer -y 1 w{len(values)}@0x50 " + " ".join(map(hex, values))), (0, ""))
        wait_until(lambda: self.ask("i2ctransfer -y 1 w0@0x50")[0] == 0, "the write has ended")

    def read(self, at, count):
        status, text = self.ask(f"i2ctransfer -y 1 w1@0x50 {at} r{count}")
        self.assertEqual(status, 0, text)
        return [int(word, 16) for word in text.split()]

    def test_erased(self):
        self.assertEqual(self.read(0, 256), [0xFF] * 256)

    def test_a_page_write_wraps_in_its_page(self):
        self.write(0x16, 1, 2, 3, 4)
        self.assertEqual(self.read(0x10, 10), [3, 4, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 0xFF, 0xFF])

    def test_more_than_a_page_keeps_the_last(self):
        self.write(0x20, *range(10))
        self.assertEqual(self.read(0x20, 8), [8, 9, 2, 3, 4, 5, 6, 7])

    def test_busy_while_it_writes(self):
        done = subprocess.run([COMMAND, "exec", "--", "python3", "-c", BUSY], capture_output=True, text=True, timeout=30,
                              env={**programs.TOOLS, "I2CTARGET_DIR": self.directory})
        self.assertEqual(done.stdout, "ENXIO, then 0x12 after 5 ms\n", done.stderr)

    def test_current_address_read(self):
        self.write(0x30, 0xA0, 0xA1, 0xA2)
        self.read(0x30, 1)
        self.assertEqual(self.ask("i2cget -y 1 0x50"), (0, "0xa1"))
        self.assertEqual(self.ask("i2cget -y 1 0x50"), (0, "0xa2"))

    def test_reads_go_round_at_the_end(self):
        self.write(0x00, 0x77)
        self.write(0xFF, 0x88)
        self.assertEqual(self.read(0xFF, 2), [0x88, 0x77])

    def test_a_write_cut_by_a_repeated_start_programs_nothing(self):
        self.assertEqual(self.ask("i2ctransfer -y 1 w3@0x50 0x40 0x01 0x02 r1"), (0, "0xff"))
        self.assertEqual(self.read(0x40, 2), [0xFF, 0xFF])


class Thermometer(programs.ExampleTest):
    """An LM75 whose temperature the program changes while it is read."""

    def test_it_warms_in_halves_of_a_degree(self):
        self.start()
        self.run_example("thermometer")
        self.assertEqual(self.ask("true", wait=0x48), (0, ""))
        seen = []

        def has_warmed():
            status, text = self.ask("i2ctransfer -y 1 w1@0x48 0 r2")
            self.assertEqual(status, 0, text)
            seen.append(int.from_bytes(bytes(int(word, 16) for word in text.split()), "big"))
            return seen[-1] != seen[0]

        wait_until(has_warmed, "the room has warmed")
        for word in seen:
            self.assertTrue(20 << 8 <= word <= 30 << 8 and word % 0x80 == 0, hex(word))


# One process, so that nothing but the write time lies between the write and the call that follows it.
BUSY = """
import errno, fcntl, os, time
fd = os.open("/dev/i2c-1", os.O_RDWR)
fcntl.ioctl(fd, 0x0703, 0x50)
first = None
for _ in range(500):  # on a busy machine the 5 ms may be over before we ask
    os.write(fd, b"\\0\\x12")
    began = time.monotonic()
    try:
        os.write(fd, b"\\0")
    except OSError as error:
        first = errno.errorcode[error.errno]
        break
while True:
    try:
        os.write(fd, b"\\0")
        break
    except OSError:
        pass
took_ms = (time.monotonic() - began) * 1000
print(f"{first}, then {os.read(fd, 1)[0]:#x} after {'5 ms' if 4.5 < took_ms < 2000 else took_ms}")
"""


if __name__ == "__main__":
    unittest.main()
