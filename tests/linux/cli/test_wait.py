#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`i2ctarget exec --wait`: the command begins when all its targets are there."""

import os
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from buses import COMMAND, BusTest


class Wait(BusTest):
    def setUp(self):
        super().setUp()
        self.bus = self.start()

    def begins(self, *addresses, bus=1, time=None):
        options = [word for address in addresses for word in ("--wait", address)]
        options += ["--wait-time", time] if time is not None else []
        process = subprocess.Popen([COMMAND, "exec", "--bus", str(bus), *options, "--", "echo", "begun"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        self.addCleanup(process.communicate, timeout=20)
        self.addCleanup(process.kill)
        return process

    def ends(self, process):
        out, err = process.communicate(timeout=30)
        return process.returncode, out, err

    def test_all_are_there(self):
        self.target(addresses=(0x00, 0x40))
        self.target(addresses=(0x7F,))
        for addresses in ("0x40",), ("0X40",), ("0",), ("7f",), ("0x00",), ("0x7f",), ("0x40", "0x7f"), ("0x40", "0x40"):
            self.assertEqual(self.ends(self.begins(*addresses)), (0, "begun\n", ""))

    def test_one_comes_later(self):
        self.target(addresses=(0x40,))
        command = self.begins("0x40", "0x41")
        with self.assertRaises(subprocess.TimeoutExpired):
            command.communicate(timeout=0.2)
        self.target(addresses=(0x41,))
        self.assertEqual(self.ends(command), (0, "begun\n", ""))

    def test_the_bus_ends(self):
        command = self.begins("0x40")
        with self.assertRaises(subprocess.TimeoutExpired):
            command.communicate(timeout=0.2)
        self.bus.stop()
        self.assertEqual(self.ends(command), (125, "", "i2ctarget exec: bus 1 has ended\n"))

    def test_ten_seconds_at_most(self):
        """A bus that does not answer is not waited for, either."""
        stopped = self.start(number=2)
        self.target(addresses=(0x40,))
        on_2 = self.begins("0x40", bus=2)
        with self.assertRaises(subprocess.TimeoutExpired):
            on_2.communicate(timeout=0.2)
        os.kill(stopped.pid, signal.SIGSTOP)
        on_1 = self.begins("0x50", "0x40", "0x4f")
        self.assertEqual(self.ends(on_1), (125, "", "i2ctarget exec: no target at 0x4f, 0x50 on bus 1, after 10 s; there: 0x40 (target)\n"))
        self.assertEqual(self.ends(on_2), (125, "", "i2ctarget exec: bus 2 does not answer: is its server stopped?\n"))

    def test_the_time_can_be_set(self):
        self.assertEqual(self.ends(self.begins("0x50", time="0")), (125, "", "i2ctarget exec: no target at 0x50 on bus 1, after 0 s; there: none\n"))
        self.assertEqual(self.ends(self.begins("0x7f", "0x00", time="0")),
                         (125, "", "i2ctarget exec: no target at 0x00, 0x7f on bus 1, after 0 s; there: none\n"))
        self.target(addresses=(0x48,))
        self.target(addresses=(0x40, 0x41), name="two")
        self.monitor()
        self.assertEqual(self.ends(self.begins("0x40", time="0")), (0, "begun\n", ""))
        self.assertEqual(self.ends(self.begins("0x50", time="0.05")),
                         (125, "", "i2ctarget exec: no target at 0x50 on bus 1, after 0.05 s; there: 0x40, 0x41 (two); 0x48 (target)\n"))

    def test_a_bus_that_does_not_come(self):
        self.assertEqual(self.ends(self.begins("0x50", "0x51", bus=7, time="0.05")), (
            125, "", f"i2ctarget exec: no bus 7: start it with 'i2ctarget bus 7' (looked in {self.directory}); waited 0.05 s for 0x50, 0x51\n"))

    def test_a_bus_that_comes_later(self):
        command = self.begins("0x50", bus=7)
        with self.assertRaises(subprocess.TimeoutExpired):
            command.communicate(timeout=0.2)
        self.start(number=7)
        with self.assertRaises(subprocess.TimeoutExpired):
            command.communicate(timeout=0.2)
        self.target(addresses=(0x50,), bus=7)
        self.assertEqual(self.ends(command), (0, "begun\n", ""))

    def test_a_device_in_the_background_of_a_script(self):
        script = '"$0" device lm75 --address 0x4a --bus 8 >/dev/null & "$0" exec --bus 8 --wait 0x4a -- echo begun; kill $!; wait $!'
        for _ in range(5):
            done = subprocess.run(["sh", "-c", script, COMMAND], capture_output=True, text=True, timeout=30)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "begun\n", ""))

    def test_no_times(self):
        for word in "", "x", "-1", "1s", "3601", "1e3", "0.0005":
            self.assertEqual(self.ends(self.begins("0x40", time=word)),
                             (2, "", f"i2ctarget exec: --wait-time {word}: 0 to 3600 seconds (i2ctarget exec --help)\n"))

    def test_no_addresses(self):
        for word in "", "x", "-1", "+1", "0x80", "0x100", "0x40 ", "0x", "40h":
            self.assertEqual(self.ends(self.begins(word)),
                             (2, "", f"i2ctarget exec: --wait {word}: 0x00..0x7f (i2ctarget exec --help)\n"))

    def test_number_with_two_values(self):
        """i2cdetect prints 50 where i2cget takes it for 0x32."""
        self.assertEqual(self.ends(self.begins("50")),
                         (2, "", "i2ctarget exec: --wait 50 is ambiguous: write 0x50, or 0x32 for the decimal number "
                                 "(i2ctarget exec --help)\n"))


if __name__ == "__main__":
    unittest.main()
