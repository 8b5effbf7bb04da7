#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Python examples from the build tree, asked by Debian's i2c-tools, as their own comments promise."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest

from targets import PYTHON_PATH, SOURCE, wait_until

sys.path.insert(1, f"{SOURCE}/tests/linux/examples")
import programs
from buses import COMMAND

EXAMPLES = f"{SOURCE}/examples"


class PythonExampleTest(programs.ExampleTest):
    def setUp(self):
        super().setUp()
        self.start()

    def run_python(self, name):
        environment = {**programs.TOOLS, "I2CTARGET_DIR": self.directory, "PYTHONPATH": ":".join(PYTHON_PATH)}
        program = subprocess.Popen([sys.executable, "-X", "dev", f"{EXAMPLES}/{name}.py"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=environment)
        self.addCleanup(self.end_program, program)
        return program

    def promised(self, name):
        """What the example's comment says: [(command, answer or None)]"""
        with open(f"{EXAMPLES}/{name}.py") as file:
            lines = re.findall(r"^ +\$ i2ctarget exec -- (.*)$", file.read(), re.MULTILINE)
        return [re.split(r"  +", line, maxsplit=1) + [""] * ("  " not in line) for line in lines]


class Memory(PythonExampleTest):
    def test_as_promised(self):
        program = self.run_python("memory")
        (set_number, _), (get_number, done), (get_square, promised) = self.promised("memory")
        self.assertEqual(self.ask(set_number, wait=0x40), (0, ""))
        wait_until(lambda: self.ask(get_number) == (0, done), "the square")
        status, square = self.ask(get_square)
        self.assertEqual((status, square), (0, promised.split(",")[0]))
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x00 0x55"), (0, ""))
        self.assertEqual(self.ask(get_square), (0, square))
        self.assertNotEqual(self.ask("i2cget -y 1 0x40 0x10")[0], 0)
        self.assertIsNone(program.poll())


class Registers(PythonExampleTest):
    """The seed's example."""

    def setUp(self):
        super().setUp()
        self.program = self.run_python("registers")

    def test_the_three_commands(self):
        self.assertEqual([command for command, _ in self.promised("registers")],
                         ["i2cget -y 1 0x40 0x01", "i2cset -y 1 0x40 0x01 0xaa", "i2cget -y 1 0x40 0x01"])
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01", wait=0x40), (0, "0x00"))
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x01 0xaa"), (0, ""))
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01"), (0, "0xaa"))

    def test_survives_i2cdetect(self):
        for options in "", "-q ", "-r ", "-a ":
            status, text = self.ask(f"i2cdetect -y {options}1", wait=0x40)
            self.assertEqual(status, 0)
            self.assertEqual(re.findall(r"\b[0-9a-f]{2}\b(?!:)", text.split("\n", 1)[1]), ["40", "41"])
        self.assertIsNone(self.program.poll())
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01"), (0, "0x00"))

    def test_what_it_does_not_support(self):
        self.assertEqual(self.ask("i2ctransfer -y 1 r3@0x40", wait=0x40), (0, "0xff 0xff 0xff"))
        self.assertEqual(self.ask("i2ctransfer -y 1 w1@0x40 0x02 r3"), (0, "0x00 0xff 0xff"))
        self.assertNotEqual(self.ask("i2cset -y 1 0x40 0x10 0x99")[0], 0)
        self.assertNotEqual(self.ask("i2ctransfer -y 1 w3@0x40 0x01 0x11 0x22")[0], 0)
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01"), (0, "0x11"))
        self.assertEqual(self.ask("i2cset -y 1 0x41 0xde"), (0, ""))
        self.assertEqual(self.ask("i2cdump -y -r 0x00-0x0f 1 0x40 b")[0], 0)

    def interrupt(self):
        """What it says at its end.  A signal in the moment before a call waits does not wake it: another one comes."""
        for _ in range(10):
            self.program.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self.program.communicate(timeout=5)[1]
        raise AssertionError("Ctrl-C does not end it")

    def test_ctrl_c(self):
        self.ask("true", wait=0x40)
        err = self.interrupt()
        self.assertEqual(self.program.returncode, -signal.SIGINT)
        self.assertTrue(err.endswith("KeyboardInterrupt\n"), err)
        self.run_python("registers")
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01", wait=0x40), (0, "0x00"))


class RunFromTheBuildTree(programs.ExampleTest):
    """`i2ctarget run` finds the module by itself, and starts the bus."""

    ASK = f'"$@" & {COMMAND} exec --wait 0x40 -- i2cget -y 1 0x40 0x01'

    def run_it(self, then="", **environment):
        clean = {key: value for key, value in programs.TOOLS.items() if key != "PYTHONPATH"}
        return subprocess.run([COMMAND, "run", "--", "sh", "-c", self.ASK + then, "sh", "/usr/bin/python3", f"{EXAMPLES}/registers.py"],
                              capture_output=True, text=True, timeout=30,
                              env={**clean, "I2CTARGET_DIR": self.directory, **environment})

    def test_without_installing(self):
        done = self.run_it()
        self.assertEqual((done.returncode, done.stdout.strip()), (0, "0x00"), done.stderr)

    def test_the_target_ends_without_a_word(self):
        """It is in the middle of a call, or just waits, when the command ends."""
        for then, status in ("", 0), ("; exit 7", 7), ("; kill -TERM $$", 128 + 15):
            done = self.run_it(then)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (status, "0x00\n", ""))
        waiting = subprocess.run([COMMAND, "run", "--", "sh", "-c", f'"$@" & {COMMAND} exec --wait 0x21 -- true', "sh", "/usr/bin/python3",
                                  f"{EXAMPLES}/smbus_block.py"], capture_output=True, text=True, timeout=30,
                                 env={**programs.TOOLS, "I2CTARGET_DIR": self.directory})
        self.assertEqual((waiting.returncode, waiting.stdout, waiting.stderr), (0, "", ""))

    def test_the_users_own_path_comes_first(self):
        os.mkdir(f"{self.directory}/own")
        with open(f"{self.directory}/own/board.py", "w") as file:
            file.write("from microcontroller.pin import SCL1 as SCL, SDA1 as SDA\nprint('own', flush=True)\n")
        done = self.run_it(PYTHONPATH=f"{self.directory}/own")
        self.assertEqual((done.returncode, sorted(done.stdout.split())), (0, ["0x00", "own"]), done.stderr)

    def test_nothing_is_offered_by_a_command_elsewhere(self):
        copy = shutil.copy(COMMAND, f"{self.directory}/i2ctarget")
        clean = {key: value for key, value in programs.TOOLS.items() if key != "PYTHONPATH"}
        done = subprocess.run([copy, "run", "--", "sh", "-c", 'echo "[$PYTHONPATH]"'], capture_output=True, text=True, timeout=30,
                              env={**clean, "I2CTARGET_DIR": self.directory})
        self.assertEqual(done.stdout, "[]\n")


class Eeprom(PythonExampleTest):
    def setUp(self):
        super().setUp()
        self.run_python("eeprom")
        self.ask("true", wait=0x50)

    def test_as_promised(self):
        answers = [self.ask(command) for command, _ in self.promised("eeprom")]
        self.assertEqual(answers[:3], [(0, ""), (0, "0xca 0xfe"), (0, "0xff")])
        self.assertEqual(answers[3], (1, "Error: Sending messages failed: Input/output error"))

    def test_pages_wrap(self):
        self.ask("i2ctransfer -y 1 w5@0x50 0x16 1 2 3 4")
        self.assertEqual(self.ask("i2ctransfer -y 1 w1@0x50 0x10 r9"), (0, "0x03 0x04 0xff 0xff 0xff 0xff 0x01 0x02 0xff"))

    def test_reads_go_round(self):
        self.ask("i2ctransfer -y 1 w2@0x50 0x00 0x77")
        self.assertEqual(self.ask("i2ctransfer -y 1 w1@0x50 0xff r2"), (0, "0xff 0x77"))
        self.assertEqual(self.ask("i2cdump -y 1 0x50 b")[0], 0)

    def test_protected(self):
        for command in "i2ctransfer -y 1 w2@0x50 0x80 0x01", "i2ctransfer -y 1 w2@0x50 0xff 0x01":
            self.assertNotEqual(self.ask(command)[0], 0)
        self.assertEqual(self.ask("i2ctransfer -y 1 w1@0x50 0x80 r1"), (0, "0xff"))  # its address may be written
        self.assertEqual(self.ask("i2ctransfer -y 1 w2@0x50 0x7f 0x01"), (0, ""))

    def test_only_a_stop_programs(self):
        self.assertEqual(self.ask("i2ctransfer -y 1 w3@0x50 0x40 0x01 0x02 r1"), (0, "0xff"))
        self.assertEqual(self.ask("i2ctransfer -y 1 w1@0x50 0x40 r2"), (0, "0xff 0xff"))

    def test_detected(self):
        status, text = self.ask("i2cdetect -y 1")
        self.assertEqual(re.findall(r"\b[0-9a-f]{2}\b(?!:)", text.split("\n", 1)[1]), ["50"])


class SmbusBlock(PythonExampleTest):
    def setUp(self):
        super().setUp()
        self.program = self.run_python("smbus_block")
        self.ask("true", wait=0x21)

    def test_as_promised(self):
        answers = {"": None}
        for command, comment in self.promised("smbus_block"):
            status, text = self.ask(command)
            expected = comment.partition(": ")[2]
            if "not acknowledged" in comment:
                self.assertEqual((status, text), (2, "Error: Read failed"))
            else:
                self.assertEqual((status, text), (0, expected), command)
            answers[command] = text
        self.assertEqual(len(answers), 8)

    def test_refusals_leave_it_well(self):
        self.ask("i2cset -y 1 0x21 0x05 0x11")
        for command in ("i2ctransfer -y 1 w3@0x21 0x05 0x22 0x33", "i2ctransfer -y 1 w2@0x21 0xc1 0x22", "i2ctransfer -y 1 w2@0x21 0x85 0x21",
                        "i2ctransfer -y 1 w2@0x21 0x85 0x00", "i2ctransfer -y 1 w5@0x21 0x85 0x02 0x01 0x02 0x03"):
            self.assertNotEqual(self.ask(command)[0], 0, command)
        self.assertEqual(self.ask("i2cget -y 1 0x21 0x05"), (0, "0x22"))  # the byte too many came after the value
        self.assertEqual(self.ask("i2cget -y 1 0x21 0x85 s"), (0, "0x01 0x02"))
        self.assertEqual(self.ask("i2ctransfer -y 1 w2@0x21 0x45 0x77"), (0, ""))  # half a word
        self.assertEqual(self.ask("i2cget -y 1 0x21 0x45 w"), (0, "0x0000"))

    def test_the_largest_block(self):
        values = " ".join(str(n) for n in range(32))
        self.assertEqual(self.ask(f"i2cset -y 1 0x21 0x90 {values} s"), (0, ""))
        self.assertEqual(self.ask("i2cget -y 1 0x21 0x90 s"), (0, " ".join(f"0x{n:02x}" for n in range(32))))

    def test_receive_byte_and_detection(self):
        self.ask("i2cget -y 1 0x21 0x33")
        self.assertEqual(self.ask("i2cget -y 1 0x21"), (0, "0x33"))
        for options in "-q", "-r":
            _, text = self.ask(f"i2cdetect -y {options} 1")
            self.assertEqual(re.findall(r"\b[0-9a-f]{2}\b(?!:)", text.split("\n", 1)[1]), ["21"])
        wait_until(lambda: self.program.poll() is None, "it still runs")


if __name__ == "__main__":
    unittest.main()
