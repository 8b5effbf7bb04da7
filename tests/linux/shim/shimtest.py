# SPDX-License-Identifier: MIT
"""A bus with targets on it, and programs under `i2ctarget exec`."""

import errno
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import COMMAND, BusTest, wait_until

TARGETS = os.environ["BUILD_DIR"] + "/tests/linux"
EXAMPLES = os.environ["BUILD_DIR"] + "/examples"

# Variables that could affect a program.
for variable in "LD_PRELOAD", "I2CTARGET_SHIM_BUS":
    os.environ.pop(variable, None)


def is_executed(path):
    """False: the compiler has made no such program, or the kernel has 64-bit programs only.  Debian's runs those of 32 bits, too, in
    tests/kernel/groups/supervisor.sh."""
    try:
        subprocess.run([path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20)
    except FileNotFoundError:
        return False
    except OSError as error:
        return error.errno != errno.ENOEXEC
    return True


class ShimTest(BusTest):
    """A test with bus 1 and its targets."""

    TARGETS = {"smbus_device": 0x20}
    OPTIONS = []  # of `i2ctarget exec`

    def setUp(self):
        super().setUp()
        self.bus = self.start()
        self.targets = {name: self.start_target(name, address) for name, address in self.TARGETS.items()}

    def start_target(self, name, address, bus=1):
        """Run a target program; returns once it listens."""
        path = f"{TARGETS}/{name}" if os.path.exists(f"{TARGETS}/{name}") else f"{EXAMPLES}/{name}"
        process = subprocess.Popen([path], env={**os.environ, "I2CTARGET_BUS": str(bus)})
        self.addCleanup(self.end_target, process)
        wait_until(lambda: self.is_present(address, bus), f"{name} listens")
        return process

    @staticmethod
    def end_target(process):
        process.kill()
        process.wait()

    @staticmethod
    def is_present(address, bus=1):
        with protocol.Controller(bus) as controller:
            return controller.present() >> address & 1

    def exec(self, *command, bus=None, timeout=60, **keywords):
        """Run a command under `i2ctarget exec` to its end."""
        options = self.OPTIONS + (["--bus", str(bus)] if bus is not None else [])
        return subprocess.run([COMMAND, "exec", *options, "--", *command], capture_output=True, text=True,
                              timeout=timeout, **keywords)

    def says(self, command, stdout, status=0, stderr=""):
        """Checks the command's whole output and exit status."""
        result = self.exec(*command.split())
        self.assertEqual((result.stdout, result.stderr, result.returncode), (stdout, stderr, status))
