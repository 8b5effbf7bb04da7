#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The USB/IP stream of `i2ctarget attach`: enumeration as the kernel does it, and everything that no kernel would send."""

import os
import random
import socket
import struct
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import kernel
from buses import BusTest, wait_until
from kernel import Kernel, Setup

SEED = int(os.environ.get("SEED", "20240607"))
PLAIN_I2C, BLOCK_READ, BLOCK_PROC_CALL, TENBIT = 0x1, 0x01000000, 0x8000, 0x2


class Stream(BusTest):
    def setUp(self):
        super().setUp()
        self.bus = self.start("--verbose")

    def kernel(self, **keywords):
        return self.opened(Kernel(**keywords))

    def assert_attaches(self):
        with Kernel() as another:
            another.enumerate()

    # What a kernel does

    def test_enumeration(self):
        device, configuration, strings = self.kernel().enumerate()
        self.assertEqual(device.hex(" "), "12 01 10 01 ff 00 00 40 03 04 31 c6 05 01 01 02 00 01")
        self.assertEqual(configuration.hex(" "), "09 02 12 00 01 01 00 80 05 09 04 00 00 00 ff 00 00 00")
        self.assertEqual(strings, ["i2ctarget", "i2ctarget bus 1"])

    def test_the_name_says_which_bus(self):
        self.start(number=54321)
        self.assertEqual(self.kernel(bus=54321).enumerate()[2][1], "i2ctarget bus 54321")

    def test_answers_are_as_long_as_asked_for(self):
        linux = self.kernel()
        for length in 0, 1, 8, 17, 18, 19, 64, 65535:
            self.assertEqual(len(linux.descriptor(kernel.DEVICE, length=length)), min(length, 18))
        setup = Setup(kernel.STANDARD_IN, kernel.GET_DESCRIPTOR, kernel.DEVICE << 8, 0, 18)
        for length in 0, 5, 18, 0xFFFFFFFF:  # the host's buffer counts as well
            self.assertEqual(linux.control(setup, length=length).length, min(length, 18))

    def test_standard_requests(self):
        linux = self.kernel()
        linux.enumerate()
        for request, expected in ((0x80, 0), b"\0\0"), ((0x81, 0), b"\0\0"), ((0x82, 0), b"\0\0"), ((0x80, 8), b"\1"), ((0x81, 10), b"\0"):
            self.assertEqual(linux.control(Setup(*request, 0, 0, len(expected))), (0, len(expected), expected))
        self.assertEqual(linux.control(Setup(0x01, 11, 0, 0, 0)).status, 0)  # SET_INTERFACE
        self.assertEqual(linux.control(Setup(0x00, 9, 0, 0, 0)).status, 0)
        self.assertEqual(linux.control(Setup(0x80, 8, 0, 0, 1)).data, b"\0")

    def test_stalls_what_it_does_not_have(self):
        linux = self.kernel()
        for setup in (Setup(0x80, 6, 0x0600, 0, 10),  # device qualifier
                      Setup(0x80, 6, 0x0201, 0, 9), Setup(0x80, 6, 0x0303, 0x409, 255), Setup(0x80, 6, 0x0F00, 0, 5),
                      Setup(0x00, 9, 2, 0, 0), Setup(0x01, 11, 1, 0, 0), Setup(0x01, 11, 0, 1, 0), Setup(0x00, 3, 0, 0, 0),
                      Setup(0x80, 99, 0, 0, 1), Setup(0xA1, 1, 0, 0, 1), Setup(0x40, 2, 10, 0, 0), Setup(0xC0, 1, 0, 0, 4),
                      Setup(0xC1, 2, 10, 0, 1), Setup(0xC1, 8, 0, 0, 1), Setup(0xC1, 255, 0, 0, 1), Setup(0x41, 1, 0, 0, 0), Setup(0x41, 8, 0, 0, 0)):
            with self.subTest(setup=setup):
                self.assertEqual(linux.control(setup), (kernel.STALL, 0, b""))
        self.assertEqual(linux.control(Setup(0x80, 6, 0x0100, 0, 18), endpoint=1).status, kernel.STALL)
        linux.enumerate()

    def test_vendor_requests(self):
        linux = self.kernel()
        linux.probe()
        self.assertEqual(linux.control(Setup(kernel.VENDOR_IN, kernel.ECHO, 0xBEEF, 0, 2)).data, b"\xef\xbe")
        functionality = linux.functionality()
        self.assertEqual(functionality & PLAIN_I2C, PLAIN_I2C)
        self.assertEqual(functionality & (BLOCK_READ | BLOCK_PROC_CALL | TENBIT), 0)
        self.assertEqual(functionality, 0x0EFF001D)
        self.assertEqual(linux.status(), 0)

    def test_requests_in_pieces_and_in_one_piece(self):
        linux = self.kernel()
        setup = Setup(kernel.STANDARD_IN, kernel.GET_DESCRIPTOR, kernel.DEVICE << 8, 0, 18)
        seqnum, request = linux.submit_bytes(setup)
        for byte in request:
            linux.send(bytes([byte]))
        self.assertEqual(linux.result(seqnum).length, 18)
        many = [linux.submit_bytes(setup) for _ in range(100)]
        linux.send(b"".join(request for _, request in many))
        for seqnum, _ in many:
            self.assertEqual(linux.result(seqnum).length, 18)

    def test_numbers_come_back_as_they_are(self):
        linux = self.kernel(first_seqnum=0xFFFFFFFA, devid=0xFFFFFFFF)
        for _ in range(4):
            linux.enumerate()

    # The two connections

    def test_kernel_hangs_up(self):
        linux = self.kernel()
        linux.enumerate()
        linux.socket.close()
        self.assertTrue(linux.owner.is_gone())
        self.assert_attaches()

    def test_owner_ends(self):
        linux = self.kernel()
        linux.enumerate()
        linux.owner.close()
        self.assertTrue(linux.is_gone())
        self.assert_attaches()

    def test_server_ends(self):
        linux = self.kernel()
        self.assertEqual(self.bus.stop()[0], 0)
        self.assertTrue(linux.is_gone())
        self.assertTrue(linux.owner.is_gone())

    def test_descriptors_do_not_pile_up(self):
        self.assert_attaches()
        before = wait_until(lambda: self.bus.descriptors(), "descriptors")
        for _ in range(50):
            self.assert_attaches()
        wait_until(lambda: self.bus.descriptors() <= before, "the server has closed what it was given")

    def test_several_adapters_of_one_bus(self):
        some = [self.kernel() for _ in range(5)]
        for linux in some:
            linux.enumerate()
        some[2].close()
        for linux in some[:2] + some[3:]:
            linux.enumerate()

    # What no kernel sends

    def assert_dropped(self, data):
        linux = self.kernel()
        linux.enumerate()
        try:
            linux.send(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.assertTrue(linux.is_gone(), data[:48])
        self.assertTrue(linux.owner.is_gone())
        self.assert_attaches()

    def test_no_requests_of_usbip(self):
        header = struct.Struct(">12I")
        for words in ((0,) * 12, (3,) + (0,) * 11, (0xFFFFFFFF,) * 12, (0x01000000,) + (0,) * 11,
                      (1, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0),  # direction
                      (1, 1, 1, 0, 0, 0, 65536, 0, 0, 0, 0, 0), (1, 1, 1, 0, 0, 0, 0xFFFFFFFF, 0, 0, 0, 0, 0),  # OUT length
                      (1, 1, 1, 1, 0, 0, 8, 0, 1, 0, 0, 0)):  # isochronous
            with self.subTest(words=words):
                self.assert_dropped(header.pack(*words))
        self.assert_dropped(b"GET / HTTP/1.1\r\n" * 10)

    def test_a_request_that_breaks_off(self):
        for size in 1, 4, 47, 48, 50:
            linux = self.kernel()
            linux.send(linux.submit_bytes(Setup(0x41, 7, 0, 0x40, 8), bytes(8))[1][:size])
            linux.socket.shutdown(socket.SHUT_WR)
            self.assertTrue(linux.is_gone())
        self.assert_attaches()

    def test_one_that_does_not_read(self):
        """It is not read until it reads again.  Then all its requests are answered."""
        linux = self.kernel()
        setup = Setup(kernel.STANDARD_IN, kernel.GET_DESCRIPTOR, 0x0100, 0, 18)
        many = [linux.submit_bytes(setup) for _ in range(20000)]
        sender = threading.Thread(target=linux.send, args=(b"".join(request for _, request in many),))
        sender.start()
        self.assertTrue(sender.is_alive())
        for seqnum, _ in many:
            self.assertEqual(linux.result(seqnum).length, 18)
        sender.join()

    def test_random_bytes(self):
        chance = random.Random(SEED)
        for _ in range(60):
            linux = self.kernel()
            try:
                for _ in range(chance.randrange(1, 5)):
                    words = [chance.choice((0, 1, 1, 2, 3, 48, 0xFFFFFFFF, chance.getrandbits(32))) for _ in range(10)]
                    linux.send(struct.pack(">10I", *words) + chance.randbytes(chance.choice((0, 8, 8, 8, 100))))
                linux.socket.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass
            linux.close()
        self.assert_attaches()


if __name__ == "__main__":
    unittest.main()
