#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a byte-data read costs the bus server, the target and the program with the shim: system calls and instructions, counted by callgrind.

Two runs differ in the number of reads alone, so start and end of the processes do not count.  A bound is what can happen at most: whether the
end of a message travels with the next one, and two COMMITs together, depends on who runs when.  The shim waits a second time for a REPLY
that takes more than 100 ms."""

import os
import signal
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
from buses import COMMAND, BusTest
from callgrind import OPTIONS, Profile

BUILD = os.environ["BUILD_DIR"]
FEW, MANY = 1, 200

# Instructions of one read: a quarter above what gcc 12 makes of it on x86-64.
SERVER_MAX = 9700  # without the simulation of the wires
WIRES_MAX = 25000
TARGET_MAX = 4600
CONTROLLER_MAX = 1550


class Costs(BusTest):
    def profiled(self, who, *command, **keywords):
        """Start a program under callgrind."""
        path = f"{self.directory}/{who}"
        process = subprocess.Popen(["valgrind", *OPTIONS, f"--callgrind-out-file={path}", *command], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, **keywords)
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)

    def run_reads(self, count):
        """The profiles of server, target and controller."""
        server = self.profiled("server", COMMAND, "bus", "1")
        self.assertEqual(server.stdout.readline(), "bus 1 ready\n")
        target = self.profiled("target", f"{BUILD}/tests/linux/costs_target", "1")
        self.assertEqual(target.stdout.readline(), "target ready\n")
        program = ["valgrind", *OPTIONS, f"--callgrind-out-file={self.directory}/controller", f"{BUILD}/tests/linux/costs_reads", str(count)]
        done = self.command("exec", "--bus", "1", "--", *program)
        self.assertEqual(done.returncode, 0, done.stderr)
        for process in target, server:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
        return [Profile(f"{self.directory}/{who}") for who in ("server", "target", "controller")]

    def test_byte_data_read(self):
        few, many = self.run_reads(FEW), self.run_reads(MANY)

        def each(who, what):
            return (what(many[who]) - what(few[who])) / (MANY - FEW)

        def calls(who, *functions):
            return each(who, lambda profile: profile.count(*functions))

        def instructions(who):
            return each(who, lambda profile: profile.instructions)

        wires = each(0, lambda profile: profile.inside.get("i2ctarget_wires_step", 0))
        costs = [
            ("controller: frames out", calls(2, "send", "sendmsg"), 1),
            ("controller: waits", calls(2, "ppoll", "poll"), 1.5),
            ("controller: frames in", calls(2, "recv", "recvmsg"), 1),
            ("controller: looks whether a descriptor is still its own", calls(2, "getsockopt"), 2),
            ("server: waits, and looks at open files", calls(0, "epoll_pwait", "epoll_wait", "ppoll", "poll"), 8),
            ("server: frames in", calls(0, "recv", "recvmsg"), 5),
            ("server: frames out", calls(0, "send", "sendmsg"), 4),
            ("target: waits", calls(1, "ppoll", "poll"), 3),
            ("target: frames in", calls(1, "recv", "recvmsg"), 3),
            ("target: frames out", calls(1, "send", "sendmsg"), 4),
            ("server: instructions but for the wires", instructions(0) - wires, SERVER_MAX),
            ("server: instructions of the wires", wires, WIRES_MAX),
            ("target: instructions", instructions(1), TARGET_MAX),
            ("controller: instructions", instructions(2), CONTROLLER_MAX),
        ]
        for what, cost, most in costs:
            print(f"{what}: {cost:.2f}, at most {most}")
        self.assertLess(calls(0, "timerfd_settime", "epoll_ctl"), 0.5, "what is waited for changes with every read")
        for what, cost, most in costs:
            with self.subTest(what):
                self.assertGreater(cost, 0)
                self.assertLessEqual(cost, most)


if __name__ == "__main__":
    unittest.main()
