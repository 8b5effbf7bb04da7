# SPDX-License-Identifier: MIT
"""The examples as processes on a bus, and i2c-tools that ask them."""

import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from buses import COMMAND, BusTest

EXAMPLES = os.environ["BUILD_DIR"] + "/examples"
TOOLS = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C"}


class ExampleTest(BusTest):
    """A bus, and what a person would type."""

    def run_example(self, name, **popen):
        program = subprocess.Popen([f"{EXAMPLES}/{name}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **popen)
        self.addCleanup(self.end_program, program)
        return program

    @staticmethod
    def end_program(program):
        if program.poll() is None:
            program.send_signal(signal.SIGKILL)
        program.communicate(timeout=20)

    def ask(self, command, wait=None):
        """Runs a command.  Returns (exit status, output).  `wait`: an address that must have a
        target first."""
        waiting = ["--wait", hex(wait)] if wait is not None else []
        done = subprocess.run([COMMAND, "exec", *waiting, "--", *command.split()], capture_output=True, text=True,
                              timeout=30, env={**TOOLS, "I2CTARGET_DIR": self.directory})
        return done.returncode, (done.stdout + done.stderr).strip()
