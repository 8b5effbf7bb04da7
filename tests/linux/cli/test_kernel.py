#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `attach` and `bus` demand of the kernel: which modules they load, and what they say if something is missing."""

import os
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from machine import DRIVER, NODES, PORTS, MachineTest

HEADER = "hub port sta spd dev      sockfd local_busid\n"
NO_BUS = "no bus 1: start it with"
NO_VHCI = "this kernel has no vhci-hcd (CONFIG_USBIP_VHCI_HCD), or its module could not be loaded"
NO_TINY_USB = "this kernel has no i2c-tiny-usb (CONFIG_I2C_TINY_USB), or its module could not be loaded"
NO_CUSE = "this kernel has no CUSE (CONFIG_CUSE), or its module could not be loaded, or /dev/cuse does not come into this container"
ROOT, NOBODY = 0, 65534


class KernelTest(MachineTest):
    def refused(self, text, *arguments, user=ROOT):
        """One line, and nothing left."""
        for word in "attach", "bus":
            with self.subTest(word=word):
                self.assertEqual(self.runs(word, "1", *self.option(word, arguments), user=user), (1, "", f"i2ctarget {word}: {text}\n"))
        self.assertEqual(self.sockets(), [])

    @staticmethod
    def option(word, arguments):
        return arguments or (["--attach"] if word == "bus" else [])

    def goes_on(self):
        """The next thing that is missing is the bus."""
        os.environ["I2CTARGET_DIR"] = self.directory + "/none"
        status, out, err = self.runs("attach", user=ROOT)
        self.assertEqual((status, out), (1, ""), err)
        self.assertIn(NO_BUS, err)


class Adapter(KernelTest):
    def test_nothing_is_there(self):
        self.refused(NO_VHCI)
        self.assertEqual(self.machine.modules_asked_for(), ["-q vhci-hcd"] * 2)

    def test_no_driver(self):
        self.machine.put(PORTS + "attach")
        self.refused(NO_TINY_USB)
        self.assertEqual(self.machine.modules_asked_for(), ["-q i2c-tiny-usb"] * 2)

    def test_modules_are_loaded(self):
        self.machine.put_module("vhci-hcd", PORTS + "attach")
        self.machine.put_module("i2c-tiny-usb", DRIVER)
        self.machine.put_module("i2c-dev", NODES)
        self.goes_on()
        self.assertEqual(self.machine.modules_asked_for(), ["-q vhci-hcd", "-q i2c-tiny-usb", "-q i2c-dev"])
        self.goes_on()
        self.assertEqual(len(self.machine.asked()), 3)  # none of them again

    def test_nodes_may_be_missing(self):
        self.machine.put(PORTS + "attach")
        self.machine.put(DRIVER)
        self.goes_on()
        self.assertEqual(self.machine.modules_asked_for(), ["-q i2c-dev"])

    def test_an_ordinary_user(self):
        self.refused("only root can attach a bus to the kernel: try sudo", user=NOBODY)
        self.assertEqual(self.machine.asked(), [])

    def test_an_ordinary_user_who_may(self):
        """Somebody has given the files away, by a rule of udev for example."""
        self.machine.put(PORTS + "attach")
        self.refused(NO_TINY_USB, user=NOBODY)

    def test_all_ports_are_taken(self):
        for path, text in ((PORTS + "attach", ""), (PORTS + "status", HEADER + "hs  0000 006 003 00010001 000004 1-1\n"), (DRIVER, ""),
                           (NODES, "")):
            self.machine.put(path, text)
        bus = self.start()
        self.assertEqual(self.runs("attach"), (1, "", "i2ctarget attach: all ports of vhci-hcd are taken\n"))
        self.assertEqual(bus.stop(), (0, "", ""))
        self.assertEqual(self.runs("bus", "2", "--attach"), (1, "bus 2 ready\n", "i2ctarget bus: all ports of vhci-hcd are taken\n"))
        self.assertEqual(self.sockets(), [])


class Modprobe(KernelTest):
    def test_how_it_is_called(self):
        """It is root's program: it gets nothing of the caller's environment, nothing to read or to write, and no signal is blocked."""
        self.runs("attach", user=ROOT, preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM}))
        (asked,) = self.machine.asked()
        self.assertEqual(asked.splitlines(), ["-q vhci-hcd", "/dev/null", "/dev/null", "/dev/null", "0000000000000000"])

    def test_it_may_be_missing(self):
        os.unlink(self.machine.root + self.MODPROBE)
        self.refused(NO_VHCI)
        self.assertEqual(self.machine.asked(), [])


class ModprobeInUsr(Modprobe):
    MODPROBE = "/usr/sbin/modprobe"


class ModprobeInBin(Modprobe):
    MODPROBE = "/bin/modprobe"


class Cuse(KernelTest):
    def setUp(self):
        super().setUp()
        self.put_front("echo begun")

    def test_nothing_is_there(self):
        self.refused(NO_CUSE, "--cuse")
        self.assertEqual(self.machine.modules_asked_for(), ["-q cuse"] * 2)

    def test_module_is_loaded(self):
        self.machine.put_module("cuse", "/dev/cuse")
        for _ in range(2):
            self.assertEqual(self.runs("attach", "--cuse", user=ROOT), (0, "begun\n", ""))
        self.assertEqual(self.machine.modules_asked_for(), ["-q cuse"])

    def test_an_ordinary_user(self):
        self.refused("only root can make a device: try sudo", "--cuse", user=NOBODY)
        self.assertEqual(self.machine.asked(), [])

    def test_an_ordinary_user_who_may(self):
        self.machine.put("/dev/cuse")
        self.assertEqual(self.runs("attach", "--cuse", user=NOBODY), (0, "begun\n", ""))

    def test_another_reason(self):
        self.machine.put("/dev")  # what is below a file is no place at all
        self.refused("/dev/cuse: Not a directory", "--cuse")


if __name__ == "__main__":
    unittest.main()
