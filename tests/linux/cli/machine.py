# SPDX-License-Identifier: MIT
"""`i2ctarget` on a machine of the test's making (played_machine.c): what the kernel has, what modprobe brings, and a program in the
place of i2ctarget-cuse."""

import os
import re
import shutil
import subprocess

from buses import COMMAND, BusTest

PRELOADED = os.environ["BUILD_DIR"] + "/tests/linux/cli/libplayed_machine.so"
PORTS = "/sys/devices/platform/vhci_hcd.0/"
DRIVER = "/sys/bus/usb/drivers/i2c-tiny-usb/bind"
NODES = "/sys/class/i2c-dev/i2c-0"

# Writes down how it was called, and brings what the test has put into modules/NAME.
MODPROBE = """#!/bin/sh
machine=${0%/*bin/modprobe}
machine=${machine%/usr}
files=$(for fd in 0 1 2; do readlink /proc/$$/fd/$fd; done)
while read name value; do test "$name" != SigBlk: || blocked=$value; done </proc/$$/status
variables=$(tr '\\0' '\\n' </proc/$$/environ)
printf '%s\\n' "$*" "$files" "$blocked" $variables >>"$machine/asked"
cp -r "$machine/modules/$2/." "$machine/"
"""


class Machine:
    """An empty one."""

    def __init__(self, directory, modprobe="/sbin/modprobe"):
        self.root = directory + "/machine"
        os.makedirs(self.root + "/modules")
        self.put(modprobe, MODPROBE, 0o755)

    def put(self, path, text="", mode=0o644):
        os.makedirs(os.path.dirname(self.root + path), exist_ok=True)
        with open(self.root + path, "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(self.root + path, mode)

    def put_module(self, name, path, text=""):
        """What is there once the module has been loaded."""
        self.put(f"/modules/{name}{path}", text)

    def asked(self):
        """What modprobe wrote down: lists of lines, one for each call."""
        if not os.path.exists(self.root + "/asked"):
            return []
        with open(self.root + "/asked", encoding="ascii") as file:
            return ["-q" + call for call in file.read().split("-q")[1:]]

    def modules_asked_for(self):
        return [call.splitlines()[0] for call in self.asked()]


class MachineTest(BusTest):
    """The command runs from a directory of its own, so that a test can put another i2ctarget-cuse beside it."""

    MODPROBE = "/sbin/modprobe"

    def setUp(self):
        super().setUp()
        self.machine = Machine(self.directory, self.MODPROBE)
        os.mkdir(self.directory + "/bin")
        self.program = shutil.copy(COMMAND, self.directory + "/bin/i2ctarget")

    def put_front(self, script, directory=None):
        """The program that is run in the place of i2ctarget-cuse."""
        directory = directory or self.directory + "/bin"
        os.makedirs(directory, exist_ok=True)
        path = directory + "/i2ctarget-cuse"
        with open(path, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\n" + script)
        os.chmod(path, 0o755)

    def sockets(self):
        """What servers have left, or still have, in their directory."""
        return sorted(name for name in os.listdir(self.directory) if re.match(r"(bus|i2c)-", name))

    def environment(self, **more):
        return {**os.environ, "LD_PRELOAD": PRELOADED, "PLAYED_MACHINE": self.machine.root, **more}

    def runs(self, *arguments, user=None, **keywords):
        """To its end.  (exit status, standard output, standard error)"""
        environment = self.environment() if user is None else self.environment(PLAYED_USER=str(user))
        done = subprocess.run([self.program, *arguments], env=environment, capture_output=True, text=True, timeout=30, **keywords)
        return done.returncode, done.stdout, done.stderr

    def begins(self, *arguments, more=None, **keywords):
        popen = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **keywords}
        process = subprocess.Popen([self.program, *arguments], env=self.environment(**(more or {})), text=True, **popen)
        self.addCleanup(process.communicate, timeout=20)
        self.addCleanup(process.kill)
        return process
