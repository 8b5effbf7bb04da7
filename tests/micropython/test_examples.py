#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The seed's example, unmodified, in MicroPython, asked by Debian's i2c-tools; and the commands of docs/MICROPYTHON.md."""

import os
import re
import signal
import subprocess
import sys
import unittest

SOURCE, BUILD, MICROPYTHON = (os.environ[name] for name in ("SOURCE_DIR", "BUILD_DIR", "MICROPYTHON"))
sys.path[1:1] = [f"{SOURCE}/tests/linux/examples"]

import programs  # noqa: E402
from buses import wait_until  # noqa: E402 (programs knows where it is)


class ExampleTest(programs.ExampleTest):
    def setUp(self):
        super().setUp()
        self.start()

    def run_example(self, name):
        program = subprocess.Popen([MICROPYTHON, f"{SOURCE}/examples/{name}.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env={**programs.TOOLS, "I2CTARGET_DIR": self.directory})
        self.addCleanup(self.end_program, program)
        return program


class Memory(ExampleTest):
    def test_a_square(self):
        self.run_example("memory")
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x0f 0x0c", wait=0x40), (0, ""))
        wait_until(lambda: self.ask("i2cget -y 1 0x40 0x0f") == (0, "0x00"), "the square")
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x00 w"), (0, "0x0090"))


class Registers(ExampleTest):
    def setUp(self):
        super().setUp()
        self.program = self.run_example("registers")

    def test_the_three_commands(self):
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01", wait=0x40), (0, "0x00"))
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x01 0xaa"), (0, ""))
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01"), (0, "0xaa"))

    def test_survives_i2cdetect(self):
        for options in "", "-q ", "-r ", "-a ":
            status, text = self.ask(f"i2cdetect -y {options}1", wait=0x40)
            self.assertEqual(status, 0)
            self.assertEqual(re.findall(r"\b[0-9a-f]{2}\b(?!:)", text.split("\n", 1)[1]), ["40", "41"])

    def test_ctrl_c(self):
        self.ask("i2cget -y 1 0x40 0x01", wait=0x40)
        self.program.send_signal(signal.SIGINT)
        _, said = self.program.communicate(timeout=20)
        self.assertRegex(said, "KeyboardInterrupt")
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01")[0], 2)


class Document(programs.ExampleTest):
    """Each command does what docs/MICROPYTHON.md shows; `make micropython`, and what it does itself, have been run by then."""

    def blocks(self):
        with open(f"{SOURCE}/docs/MICROPYTHON.md", encoding="utf-8") as file:
            return re.findall(r"(?<!it needs a board -->\n)^```console\n(\$ .*?)^```", file.read(), re.MULTILINE | re.DOTALL)

    def test_commands(self):
        shown = [re.split(r"^\$ ", block, flags=re.MULTILINE)[1:] for block in self.blocks()]
        commands = [entry.split("\n", 1) for block in shown for entry in block]
        commands = [(command.split("   #")[0].strip(), output.strip()) for command, output in commands
                    if not command.startswith(("make ", "python3 "))]
        self.assertGreaterEqual(len(commands), 4)
        # A person is slower than the bus's start.
        until_ready = "until [ -S $I2CTARGET_DIR/bus-1 ]; do sleep 0.02; done\n"
        script = "".join(f"echo '\x02{number}'\n{command}\n" + until_ready * command.endswith("&")
                         for number, (command, _) in enumerate(commands))
        done = subprocess.run(["bash", "-c", f"{script}\nkill $(jobs -p)\nwait"], capture_output=True, text=True, timeout=60,
                              cwd=os.path.dirname(BUILD.rstrip("/")) + "/..", env={**programs.TOOLS, "I2CTARGET_DIR": self.directory},
                              check=False)
        said = [part.split("\n", 1)[1].strip() for part in done.stdout.split("\x02")[1:]]
        self.assertEqual(said, [output for _, output in commands], done.stderr)


if __name__ == "__main__":
    unittest.main()
