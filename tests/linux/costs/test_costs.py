#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a byte-data read costs the bus server, the target and the program with the shim: system calls and instructions, counted by callgrind.

Two runs differ in the number of reads alone, so start and end of the processes do not count.  A bound is what can happen at most: whether the
end of a message travels with the next one depends on who runs when.  The shim waits a second time for a REPLY that takes more than 100 ms.
The server's timer, and what follows from it, are left out: while reads follow one another, it wakes the server every 2 ms, and is read then.  If
the server has looked for an answer before the target gave it, the target has a frame more to send, and what was forecast costs a round trip.
Under callgrind, which is slow, and on a busy machine that is in many reads; else it is in one of thirty."""

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
CROWD = 0x08, 0x3F  # the addresses of other programs on the bus
APPLICATION = f"{BUILD}/tests/linux/costs_target", "1"
DEVICE = COMMAND, "device", "eeprom", "--bus", "1", "--address", "0x40"

# Instructions of one read: a quarter above what gcc 12 makes of it on x86-64.
SERVER_MAX = 8200  # without the simulation of the wires
SERVER_CROWD_MAX = 9000
WIRES_MAX = 13300
WIRES_CROWD_MAX = 16600
TARGET_MAX = 3750
CONTROLLER_MAX = 1520


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

    def be_crowd(self):
        """A program with a target at each address of CROWD."""
        programs = [subprocess.Popen([f"{BUILD}/tests/linux/costs_target", "1", str(address), str(address)], stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, text=True) for address in range(CROWD[0], CROWD[1] + 1)]
        for program in programs:
            self.addCleanup(self.stop, program)
        for program in programs:
            self.assertEqual(program.stdout.readline(), "target ready\n")
        return programs

    def run_reads(self, count, target=APPLICATION, in_crowd=False):
        """The profiles of server, target and controller."""
        server = self.profiled("server", COMMAND, "bus", "1")
        self.assertEqual(server.stdout.readline(), "bus 1 ready\n")
        target = self.profiled("target", *target)
        self.assertRegex(target.stdout.readline(), " ready$")
        crowd = self.be_crowd() if in_crowd else []
        program = ["valgrind", *OPTIONS, f"--callgrind-out-file={self.directory}/controller", f"{BUILD}/tests/linux/costs_reads", str(count)]
        done = self.command("exec", "--bus", "1", "--", *program)
        self.assertEqual(done.returncode, 0, done.stderr)
        for process in (*crowd, target, server):
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
        forecasts, wakes = calls(0, "commitment_gone_through"), calls(0, "read")
        looks, missed = calls(0, "i2ctarget_claim_look"), 1 - forecasts
        costs = [
            ("controller: frames out", calls(2, "send", "sendmsg"), 1),
            ("controller: waits", calls(2, "ppoll", "poll"), 1.5),
            ("controller: frames in", calls(2, "recv", "recvmsg"), 1),
            ("controller: looks whether a descriptor is still its own", calls(2, "getsockopt"), 2),
            ("server: waits, and looks at open files", calls(0, "epoll_pwait", "epoll_wait", "ppoll", "poll") - wakes - looks - missed, 4.1),
            ("server: frames in", calls(0, "recv", "recvmsg") - looks - missed, 2.1),
            ("server: frames out", calls(0, "send", "sendmsg") - missed, 3.1),
            ("target: waits", calls(1, "ppoll", "poll") - missed, 2.1),
            ("target: frames in", calls(1, "recv", "recvmsg") - missed, 2.1),
            ("target: frames out", calls(1, "send", "sendmsg") - looks - missed, 1.1),
            ("server: instructions but for the wires", instructions(0) - wires, SERVER_MAX),
            ("server: instructions of the wires", wires, WIRES_MAX),
            ("target: instructions", instructions(1), TARGET_MAX),
            ("controller: instructions", instructions(2), CONTROLLER_MAX),
        ]
        for what, cost, most in costs:
            print(f"{what}: {cost:.2f}, at most {most}")
        print(f"reads with a forecast that came true: {forecasts:.2f}")
        self.assertGreater(forecasts, 0.1, "no read costs one round trip")
        self.assertLess(calls(0, "epoll_ctl"), 0.5, "what is waited for changes with every read")
        self.assertLess(calls(0, "timerfd_settime") - wakes, 0.5, "the timer is set for every read")
        for what, cost, most in costs:
            with self.subTest(what):
                self.assertGreater(cost, 0)
                self.assertLessEqual(cost, most)

    def test_byte_data_read_of_a_device(self):
        """It knows its answers, and so needs no round trip for each."""
        few, many = self.run_reads(FEW, DEVICE), self.run_reads(MANY, DEVICE)

        def calls(who, *functions):
            return (many[who].count(*functions) - few[who].count(*functions)) / (MANY - FEW)

        forecasts = calls(0, "commitment_gone_through")
        frames = calls(1, "send", "sendmsg") - 2 * (1 - forecasts)
        print(f"device: frames out: {frames:.2f}; reads with a forecast that came true: {forecasts:.2f}")
        self.assertGreater(forecasts, 0.1, "no read costs one round trip")
        self.assertGreater(frames, 0)
        self.assertLessEqual(frames, 1.1)

    def frames_of_device(self, length):
        """How many a device sends in its life, in which it is read once."""
        bus = self.start()
        device = self.profiled("device", *DEVICE, "--type", "24c256")
        self.assertRegex(device.stdout.readline(), " ready$")
        done = self.command("exec", "--bus", "1", "--", "i2ctransfer", "-y", "1", "w2@0x40", "0", "0", f"r{length}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.stop(device)
        bus.stop()
        return Profile(f"{self.directory}/device").count("send", "sendmsg")

    def test_long_read_of_a_device(self):
        """After the first bytes, a frame has a kilobyte.  So these are HELLO, LISTEN, four for call and pointer if the forecast was missed, and
        five for the bytes; the last one may be asked for once more."""
        frames = self.frames_of_device(34 + 4 * 1025)
        print(f"device: frames out, in its life, for a read of 4134 bytes: {frames}, at most 12")
        self.assertGreaterEqual(frames, 3)
        self.assertLessEqual(frames, 12)

    def test_programs_that_are_not_addressed_cost_nothing(self):
        """Except that the server asks each whether the address is its own, once for the wires and once for the forecast."""
        few, many = self.run_reads(FEW, in_crowd=True)[0], self.run_reads(MANY, in_crowd=True)[0]
        wires = (many.inside["i2ctarget_wires_step"] - few.inside["i2ctarget_wires_step"]) / (MANY - FEW)
        others = (many.instructions - few.instructions) / (MANY - FEW) - wires
        print(f"server: instructions but for the wires, {CROWD[1] - CROWD[0] + 1} other programs: {others:.2f}, at most {SERVER_CROWD_MAX}")
        print(f"server: instructions of the wires: {wires:.2f}, at most {WIRES_CROWD_MAX}")
        self.assertLessEqual(others, SERVER_CROWD_MAX)
        self.assertLessEqual(wires, WIRES_CROWD_MAX)


if __name__ == "__main__":
    unittest.main()
