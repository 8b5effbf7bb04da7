#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`attach --cuse` and `bus --cuse`: the process of the device is another program, a script of the test here."""

import os
import re
import signal
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from buses import ignoring, wait_until
from machine import MachineTest

STOPS = signal.SIGTERM, signal.SIGINT, signal.SIGHUP
SERVES = """trap 'echo bus is $(test -S "$I2CTARGET_DIR/bus-1" && echo there || echo gone) >"$I2CTARGET_DIR/ended"; exit 0' TERM
echo "/dev/i2c-$2 is bus $1"
for n in $(seq 1500); do sleep 0.01; done
"""
MASK = 'while read name mask; do test "$name" != SigBlk: || echo blocked: "$mask"; done </proc/$$/status'



class FrontTest(MachineTest):
    def setUp(self):
        super().setUp()
        self.machine.put("/dev/cuse")

    def note(self, name="ended"):
        """What the script wrote down; empty: nothing."""
        path = f"{self.directory}/{name}"
        if not os.path.exists(path):
            return ""
        with open(path, encoding="ascii") as file:
            return file.read()

    def ends(self, process, number=None):
        if number:
            process.send_signal(number)
        out, err = process.communicate(timeout=20)
        return process.returncode, out, err


class Attach(FrontTest):
    def test_which_bus_and_which_number(self):
        self.put_front('echo "$#: $*"')
        for arguments, said in (["--cuse"], "1 1"), (["0", "--cuse"], "0 0"), (["5", "--cuse"], "5 5"), (["5", "--cuse=0"], "5 0"), (["--cuse=1048575"], "1 1048575"):
            self.assertEqual(self.runs("attach", *arguments), (0, f"2: {said}\n", ""))

    def test_its_exit_status_and_errors_are_ours(self):
        self.put_front("echo it >&2; exit $1")
        for status in 0, 1, 3:
            self.assertEqual(self.runs("attach", str(status), "--cuse"), (status, "", "it\n"))

    def test_all_that_it_says_is_passed_on(self):
        self.put_front("seq 1 10000")
        self.assertEqual(self.runs("attach", "--cuse"), (0, "".join(f"{n}\n" for n in range(1, 10001)), ""))

    def test_it_is_killed(self):
        self.put_front("kill -9 $$")
        self.assertEqual(self.runs("attach", "--cuse"), (1, "", "i2ctarget attach: i2ctarget-cuse was killed by signal 9\n"))

    def test_it_cannot_be_run(self):
        self.put_front("")
        os.chmod(self.directory + "/bin/i2ctarget-cuse", 0o644)
        self.assertEqual(self.runs("attach", "--cuse"),
                         (1, "", f"i2ctarget attach: {self.directory}/bin/i2ctarget-cuse: Permission denied\n"))

    def test_where_it_is_looked_for(self):
        status, out, err = self.runs("attach", "--cuse")
        said = re.fullmatch(r"i2ctarget attach: i2ctarget-cuse is missing: it belongs into (\S+) or (\S+)\n", err)
        self.assertEqual((status, out, said and said[1]), (1, "", self.directory + "/bin"), err)
        self.put_front("echo installed", said[2])
        self.assertEqual(self.runs("attach", "--cuse"), (0, "installed\n", ""))
        self.put_front("echo beside")
        self.assertEqual(self.runs("attach", "--cuse"), (0, "beside\n", ""))

    def test_what_it_inherits(self):
        """No signal is blocked, and no descriptor is open but three.  (The shell has its script at 10.)"""
        self.put_front(MASK + "\nfor fd in /proc/$$/fd/*; do if test -e $fd; then echo ${fd##*/}; fi; done")
        self.assertEqual(self.runs("attach", "--cuse"), (0, "blocked: 0000000000000000\n0\n1\n10\n2\n", ""))

    def test_signals(self):
        self.put_front(SERVES)
        for number in STOPS:
            attach = self.begins("attach", "--cuse=7")
            self.assertEqual(attach.stdout.readline(), "/dev/i2c-7 is bus 1\n")
            self.assertEqual(self.ends(attach, number), (0, "", ""))
            self.assertEqual(self.note(), "bus is gone\n")  # there never was one
            os.unlink(self.directory + "/ended")

    def test_it_takes_its_time_to_end(self):
        """It is told once, however often we are; what it says meanwhile is still passed on."""
        self.put_front('trap "echo told" TERM; echo begun; until test -e "$I2CTARGET_DIR/go"; do sleep 0.01; done; echo done; exit 4')
        attach = self.begins("attach", "--cuse")
        self.assertEqual(attach.stdout.readline(), "begun\n")
        attach.terminate()
        self.assertEqual(attach.stdout.readline(), "told\n")
        for number in STOPS:
            attach.send_signal(number)
        with open(self.directory + "/go", "w", encoding="ascii"):
            pass
        self.assertEqual(self.ends(attach), (4, "done\n", ""))

    def test_it_ends_although_SIGTERM_is_ignored(self):
        self.put_front(SERVES)
        attach = self.begins("attach", "--cuse", preexec_fn=ignoring(signal.SIGTERM))
        attach.stdout.readline()
        attach.terminate()
        self.assertEqual(self.ends(attach, signal.SIGINT), (0, "", ""))
        self.assertEqual(self.note(), "bus is gone\n")

    def test_we_are_killed(self):
        self.put_front(SERVES)
        attach = self.begins("attach", "--cuse", stderr=subprocess.DEVNULL)
        attach.stdout.readline()
        attach.kill()
        wait_until(self.note, "it ends with us")

    def test_service_manager_is_told(self):
        """When the device is there, and not before."""
        self.put_front('test -e "$I2CTARGET_DIR/go" || exit 1\n' + SERVES)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(self.directory + "/notify")
            manager.settimeout(10)
            more = {"NOTIFY_SOCKET": self.directory + "/notify"}
            self.assertEqual(self.ends(self.begins("attach", "--cuse", more=more)), (1, "", ""))
            with open(self.directory + "/go", "w", encoding="ascii"):
                pass
            attach = self.begins("attach", "--cuse", more=more)
            self.assertEqual(manager.recv(100), b"READY=1")
            self.assertEqual(self.ends(attach, signal.SIGTERM)[0], 0)
            manager.setblocking(False)
            self.assertRaises(BlockingIOError, manager.recv, 100)  # the first one said nothing

    def test_output_that_can_not_be_written(self):
        self.put_front(SERVES)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, open("/dev/full", "w", encoding="ascii") as full:
            manager.bind(self.directory + "/notify")
            attach = self.begins("attach", "--cuse", stdout=full, more={"NOTIFY_SOCKET": self.directory + "/notify"})
            self.assertEqual(self.ends(attach),
                             (1, None, "i2ctarget attach: cannot say which device it is: No space left on device\n"))
            manager.setblocking(False)
            self.assertRaises(BlockingIOError, manager.recv, 100)
        self.assertEqual(self.note(), "bus is gone\n")


class Bus(FrontTest):
    def test_the_bus_outlives_its_device(self):
        self.put_front(SERVES)
        for number in STOPS:
            bus = self.begins("bus", "--cuse=9")
            self.assertEqual(bus.stdout.readline(), "bus 1 ready\n")
            self.assertEqual(bus.stdout.readline(), "/dev/i2c-9 is bus 1\n")
            self.assert_works()
            self.assertEqual(self.ends(bus, number), (0, "", ""))
            self.assertEqual(self.note(), "bus is there\n")
            self.assertEqual(self.sockets(), [])

    def test_a_bus_that_can_not_start(self):
        self.put_front('echo begun >"$I2CTARGET_DIR/ended"')
        self.start()
        status, out, err = self.runs("bus", "--cuse")
        self.assertEqual((status, out, err.count("\n")), (1, "", 1), err)
        self.assertEqual(self.note(), "")

    def test_a_device_that_fails(self):
        self.put_front("exit 3")
        self.assertEqual(self.runs("bus", "--cuse"), (3, "bus 1 ready\n", ""))
        self.assertEqual(self.sockets(), [])

    def test_a_bus_that_is_killed(self):
        self.put_front("kill -9 $(cat \"$I2CTARGET_DIR/bus-1.lock\")")
        self.assertEqual(self.runs("bus", "--cuse"), (1, "bus 1 ready\n", ""))

    def test_output_that_can_not_be_written(self):
        self.put_front('echo begun >"$I2CTARGET_DIR/ended"')
        with open("/dev/full", "w", encoding="ascii") as full:
            bus = self.begins("bus", "--cuse", stdout=full)
        self.assertEqual(self.ends(bus), (1, None, "i2ctarget bus: cannot say that bus 1 is ready: No space left on device\n"))
        self.assertEqual(self.note(), "")
        self.assertEqual(self.sockets(), [])


if __name__ == "__main__":
    unittest.main()
