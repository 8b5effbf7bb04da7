#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Coming from CircuitPython: each row of the table in docs/PYTHON.md, and what it says of us."""

import errno
import re
import signal
import socket
import time
import unittest

import targets
from targets import EIO, SOURCE, End, events, record, signalled
from i2ctarget import I2CTarget, _boards, _pins
from microcontroller import pin
import protocol


class Differences(targets.TargetTest):
    """The docstring of a test is the first column of its row."""

    def test_rows(self):
        """"""
        with open(f"{SOURCE}/docs/PYTHON.md", encoding="utf-8") as file:
            table = re.search(r"^\| \| there \| here \|\n\|[-|]*\n((?:\|.*\n)+)", file.read(), re.MULTILINE)[1]
        rows = [row.split("|")[1].strip() for row in table.splitlines()]
        tests = [test.__doc__ for name, test in vars(type(self)).items() if name.startswith("test_") and test.__doc__]
        self.assertEqual(tests, rows)

    def test_address_alone(self):
        """an address alone (`i2cdetect`)"""
        request, controller = self.writes(b"")
        self.assertEqual((request.is_read, request.read()), (False, b""))
        with self.assertRaises(IndexError):
            request.read(1)[0]
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_several_bytes(self):
        """a message of several bytes"""
        request, controller = self.writes(b"\x01\x02\x03")
        self.assertEqual((request.read(), request.end), (b"\x01\x02\x03", End.STOP))
        self.assertIsNone(self.asked.request())

    def test_read(self):
        """a message that the controller reads"""
        device, controller = self.both()
        self.assertIsNone(device.request())
        controller.send_transfer([(0x40, 2)])
        request = device.request(timeout=5)
        self.assertTrue(request.is_read)
        request.write(b"\x5a\x5b")
        self.assertEqual(controller.transfer_reply(), (1, [b"\x5a\x5b"]))
        self.assertIsNone(device.request())

    def test_is_restart(self):
        """`is_restart`"""
        device, controller = self.both()
        for _ in range(2):
            controller.send_transfer([(0x40, b""), (0x40, 1), (0x40, b"")])
            seen = []
            for _ in range(3):
                with device.request(timeout=5) as request:
                    seen.append(request.is_restart)
            self.assertEqual(seen, [False, True, True])
            controller.transfer_reply()

    def test_ack_and_close(self):
        """`ack(False)`, the end of a `with` block"""
        device, controller = self.both()
        for refuse in lambda request: request.ack(False), lambda request: request.deinit():
            controller.send_transfer([(0x40, b"\x01\x02")])
            request = device.request(timeout=5)
            request.read(1, ack=False)
            refuse(request)
            self.assertEqual(controller.transfer_reply()[0], EIO)
        controller.send_transfer([(0x40, 2)])
        with device.request(timeout=5):
            pass
        self.assertEqual(controller.transfer_reply(), (1, [b"\xff\xff"]))

    def test_write(self):
        """what `write()` returns"""
        request, controller = self.reads(3)
        self.assertEqual(request.write(bytes(range(40))), 3)
        self.assertEqual(controller.transfer_reply(), (1, [b"\x00\x01\x02"]))

    def test_late_byte(self):
        """a byte that comes late"""

        def serve(peer, offer):
            offer(1)
            peer.sendall(events(1, record(protocol.ADDRESSED, 1, number=0x40)))
            peer.recv(8 + 16, socket.MSG_WAITALL)
            time.sleep(0.05)  # boards wait a millisecond
            peer.sendall(events(0, record(protocol.RECEIVED, 1, 0, 2, b"\x07\x08"), record(protocol.ENDED, 1, protocol.STOP, 2)))

        with self.fake_bus(9, serve), self.device(number=9) as device:
            self.assertEqual(device.request(timeout=5).read(2), b"\x07\x08")

    def test_fault(self):
        """a fault of the bus"""
        device, controller = self.both()
        self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 5), 0)
        controller.send_transfer([(0x40, b"\x01\x02")])
        request = device.request(timeout=5)
        self.assertEqual(request.read(1, ack=False), b"\x01")
        self.assertLess(controller.transfer_reply()[0], 0)
        self.assertEqual((request.read(), request.end), (b"", End.BUS_ERROR))
        self.assertIsNone(device.request())

    def test_addresses(self):
        """several addresses"""
        device, controller = self.both(range(128))
        for address in 0x08, 0x40, 0x77:
            controller.send_transfer([(address, b"")])
            with device.request(timeout=5) as request:
                self.assertEqual(request.address, address)
        self.assertRaises(ValueError, I2CTarget, pin.SCL2, pin.SDA2, range(129))

    def test_pins(self):
        """pins"""
        pico, saola, feather = (_boards.Board(name).pins for name in ("raspberry_pi_pico", "espressif_saola_1_wroom", "feather_m4_express"))
        by_processor = feather["PA13"], feather["PA16"]
        for scl, sda in (pico["GPIO2"], pico["GPIO9"]), (saola["GPIO45"], saola["GPIO0"]), (feather["PA13"], feather["PA12"]), by_processor:
            self.assertEqual(_pins.bus_of(scl, sda), 1)
        for scl, sda in (saola["GPIO46"], saola["GPIO0"]), (feather["PA06"], feather["PA22"]):
            self.assertRaises(ValueError, _pins.bus_of, scl, sda)

    def test_smbus(self):
        """`smbus=True`"""
        device, controller = self.both(smbus=True)
        controller.send_transfer([(0x40, b"\x01\x02")])
        request = device.request(timeout=5)
        self.assertEqual(request.read(1, ack=False), b"\x01")
        self.assertLess(controller.transfer_reply()[0], 0)  # we have stretched for too long
        self.assertEqual((request.read(), request.end), (b"", End.TIMEOUT))

    def test_short_timeout(self):
        """`timeout` below 1 ms"""
        with self.assertRaises(TimeoutError) as raised:
            self.device().request(timeout=0.0002)
        self.assertEqual(raised.exception.errno, errno.ETIMEDOUT)

    def test_ctrl_c(self):
        """Ctrl-C in `request()`"""
        previous = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, previous)
        device = self.device()
        with self.assertRaises(KeyboardInterrupt), signalled(signal.SIGINT):
            device.request(timeout=0)

    def test_closed(self):
        """a request that is closed"""
        request, controller = self.writes(b"\x01")
        request.deinit()
        request.deinit()
        self.assertEqual((request.address, request.is_read, request.is_restart), (0x40, False, False))
        self.assertRaises(ValueError, request.read)


if __name__ == "__main__":
    unittest.main()
