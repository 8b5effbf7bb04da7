#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A controller that gives up ends no program: the loops that people copy, as they are in the documents and the examples.

A relay holds one answer of the target back, at each place in turn, until the controller's time-out.  The client is stopped meanwhile, as by a
breakpoint.  Then a patient client must be served as if nothing had happened."""

import errno
import os
import re
import signal
import subprocess
import sys
import unittest

import programs
import protocol
from buses import COMMAND, wait_until
from relay import Relay

SOURCE, BUILD = os.environ["SOURCE_DIR"], os.environ["BUILD_DIR"]
ENVIRONMENT = {**programs.TOOLS, "PYTHONPATH": f"{BUILD}/python:{BUILD}/python/i2ctarget/fallback"}
IMPATIENT, PATIENT = 30, 1000  # units of 10 ms
SHORTEST, LONGEST = 1, 6  # answers that the target sends in a transfer


def snippet(document, language, word):
    """The first block of this language in the document that has this word."""
    with open(f"{SOURCE}/{document}") as file:
        return next(block for block in re.findall(rf"^```{language}\n(.*?)^```", file.read(), re.MULTILINE | re.DOTALL) if word in block)


class Impatient(programs.ExampleTest):
    def setUp(self):
        super().setUp()
        self.start()
        self.relay = Relay(self.directory)
        self.addCleanup(self.relay.close)

    def run_program(self, *command):
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**ENVIRONMENT, "I2CTARGET_DIR": self.relay.directory})
        self.addCleanup(self.end_program, program)
        return program

    def client(self, transfer):
        client = subprocess.Popen([COMMAND, "exec", "--", "i2ctransfer", "-y", "1", *transfer.split()], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, env={**ENVIRONMENT, "I2CTARGET_DIR": self.directory})
        self.addCleanup(self.end_program, client)
        return client

    def give_up(self, controller, transfer, passing):
        """A client whose transfer is held after so many answers, and that gives up.  False: it needed no more of them."""
        self.relay.hold_back(passing)
        client = self.client(transfer)
        wait_until(lambda: self.relay.is_holding.is_set() or client.poll() is not None, "held, or done")
        client.send_signal(signal.SIGSTOP)
        controller.send_transfer([(0x3F, b"")])
        self.assertEqual(controller.transfer_reply()[0], -errno.ENXIO)  # the bus is free again
        self.relay.release()
        client.send_signal(signal.SIGCONT)
        client.communicate(timeout=20)
        return client.returncode != 0

    def until(self, program, transfer, answer):
        """An SMBus target has a limit of its own, 25 ms, which a busy machine can miss; then the client asks again."""
        wait_until(lambda: self.ask(f"i2ctransfer -y 1 {transfer}") == (0, answer) or program.poll() is not None, f"{transfer}: {answer}")
        self.assertIsNone(program.poll())

    def serves_on(self, program, address, transfer, prepare, ask, answer):
        """`transfer`: what is given up, in all its places; prepare, ask, answer: what a healthy client does then."""
        self.assertEqual(self.ask("true", wait=address), (0, ""))
        given_up = 0
        for passing in range(LONGEST):
            with protocol.Controller() as controller:
                self.assertEqual(controller.set(protocol.I2C_TIMEOUT, IMPATIENT), 0)
                given_up += self.give_up(controller, transfer, passing)
                self.assertEqual(controller.set(protocol.I2C_TIMEOUT, PATIENT), 0)
                self.until(program, prepare, "")
                self.until(program, ask, answer)
        self.assertGreaterEqual(given_up, SHORTEST)
        self.assertIsNone(program.poll())

    def survives(self, program, *arguments):
        self.serves_on(program, *arguments)
        program.terminate()
        self.assertEqual(program.communicate(timeout=20), ("", ""))

    def registers_survive(self, *command):
        program = self.run_program(*command)
        self.survives(program, 0x40, "w2@0x40 0x01 0x11", "w2@0x40 0x01 0xaa", "w1@0x40 0x01 r1", "0xaa")

    def registers_survive_reads(self, *command):
        program = self.run_program(*command)
        self.survives(program, 0x40, "w1@0x40 0x01 r2", "w2@0x40 0x01 0xaa", "w1@0x40 0x01 r1", "0xaa")

    def in_file(self, name, text):
        path = f"{self.directory}/{name}"
        with open(path, "w") as file:
            file.write(text)
        return path

    def compiled(self, text):
        path = self.in_file("program.c", text)
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-result", f"-I{SOURCE}/include",
                        f"-I{SOURCE}/boards/virtual", "-o", path[:-2], path, f"-L{BUILD}", "-li2ctarget", f"-Wl,-rpath,{BUILD}"], check=True)
        return path[:-2]


class Documents(Impatient):
    def test_readme_in_c(self):
        program = self.compiled(snippet("README.md", "c", "int main"))
        self.registers_survive(program)

    def test_readme_in_c_reads(self):
        program = self.compiled(snippet("README.md", "c", "int main"))
        self.registers_survive_reads(program)

    def test_python_md(self):
        self.registers_survive(sys.executable, self.in_file("program.py", snippet("docs/PYTHON.md", "python", "while True")))

    def test_python_md_reads(self):
        self.registers_survive_reads(sys.executable, self.in_file("program.py", snippet("docs/PYTHON.md", "python", "while True")))


class Examples(Impatient):
    def test_registers_c(self):
        self.registers_survive(f"{programs.EXAMPLES}/registers")

    def test_registers_c_reads(self):
        self.registers_survive_reads(f"{programs.EXAMPLES}/registers")

    def test_registers_py(self):
        self.registers_survive(sys.executable, f"{SOURCE}/examples/registers.py")

    def test_registers_py_reads(self):
        self.registers_survive_reads(sys.executable, f"{SOURCE}/examples/registers.py")

    def test_eeprom_py(self):
        program = self.run_program(sys.executable, f"{SOURCE}/examples/eeprom.py")
        self.survives(program, 0x50, "w3@0x50 0x10 0xca 0xfe", "w2@0x50 0x20 0x5a", "w1@0x50 0x20 r1", "0x5a")

    def test_smbus_block_py(self):
        program = self.run_program(sys.executable, f"{SOURCE}/examples/smbus_block.py")
        self.survives(program, 0x21, "w2@0x21 0x05 0x11", "w2@0x21 0x06 0x5a", "w1@0x21 0x06 r1", "0x5a")

    def test_eeprom_c(self):
        program = self.run_program(f"{programs.EXAMPLES}/eeprom")
        self.survives(program, 0x50, "w1@0x50 0x10 r2", "w1@0x50 0x20", "w1@0x50 0x20 r1", "0xff")


if __name__ == "__main__":
    unittest.main()
