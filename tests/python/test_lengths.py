#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Lengths in every combination: what the application takes or gives in all, what the controller clocks, and the n of each call.

A write is acknowledged for exactly as many bytes as are read: byte n + 1 gets a NACK if it is sent.  A read gets exactly the bytes given,
and 0xFF from there on.  A write followed by a read after a repeated START is both.
"""

import unittest

from targets import EIO, THIN, End, TargetTest

LENGTHS = (0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512)
PIECES = (-1, 0, 1, 2, 8, 16, 32, 511, 512)

# The first bit is 1: a read of nothing can then be stopped at once.
PATTERN = bytes([0x80]) + bytes(n * 151 >> 3 & 0xFE ^ n & 0xFF for n in range(1, 512))


class Lengths(TargetTest):
    STEP = THIN  # more: only so many of the combinations are tried

    def setUp(self):
        super().setUp()
        self.target, self.asker = self.both()

    def take(self, request, payload, piece):
        """Read up to `payload` bytes, `piece` at a time; -1: all there are, in one go."""
        if piece < 0:
            return bytes(request.read())
        data = b""
        while piece and len(data) < payload:
            n = min(piece, payload - len(data))
            got = request.read(n)
            data += got
            self.assertEqual(request.moved, len(data))
            if len(got) < n:
                break
        return data

    def give(self, request, payload, piece):
        """Write up to `payload` bytes, `piece` at a time; -1: in one go."""
        if piece < 0:
            return request.write(PATTERN[:payload])
        count = 0
        while piece and count < payload:
            n = min(piece, payload - count)
            taken = request.write(PATTERN[count : count + n])
            count += taken
            self.assertEqual(request.moved, count)
            if taken < n:
                break
        return count

    def combinations(self):
        every = ((piece, payload if piece else 0, controller) for piece in PIECES for payload in LENGTHS for controller in LENGTHS)
        return (combination for number, combination in enumerate(every) if number % self.STEP == 0)

    def test_writes(self):
        for piece, payload, controller in self.combinations():
            with self.subTest(piece=piece, payload=payload, controller=controller):
                expected = controller if piece < 0 else min(payload, controller)
                self.asker.send_transfer([(0x40, PATTERN[:controller])])
                with self.target.request(timeout=5) as request:
                    self.assertEqual(self.take(request, payload, piece), PATTERN[:expected])
                self.assertEqual(self.asker.transfer_reply()[0], EIO if controller > expected else 1)
                self.assertEqual(request.moved, expected)

    def expected_read(self, payload, controller):
        return (PATTERN[:payload] + b"\xff" * 512)[:controller]

    def test_reads(self):
        for piece, payload, controller in self.combinations():
            if controller == 0:
                continue  # i2c-dev's read of nothing is a quick command, below
            with self.subTest(piece=piece, payload=payload, controller=controller):
                self.asker.send_transfer([(0x40, controller)])
                with self.target.request(timeout=5) as request:
                    self.assertEqual(self.give(request, payload, piece), min(payload, controller))
                self.assertEqual(self.asker.transfer_reply(), (1, [self.expected_read(payload, controller)]))
                self.assertEqual(request.moved, min(payload, controller))

    def test_a_read_of_nothing(self):
        for payload in LENGTHS:
            self.asker.send_transfer([(0x40, 0)])
            with self.target.request(timeout=5) as request:
                self.assertEqual((request.is_read, request.write(PATTERN[:payload])), (True, 0))
            self.assertEqual(self.asker.transfer_reply(), (1, [b""]))

    def test_a_write_and_a_read(self):
        for piece, payload, controller in self.combinations():
            if controller == 0:
                continue
            with self.subTest(piece=piece, payload=payload, controller=controller):
                written = controller if piece < 0 else min(payload, controller)
                self.asker.send_transfer([(0x40, PATTERN[:written]), (0x40, controller)])
                with self.target.request(timeout=5) as request:
                    self.assertEqual((request.is_restart, self.take(request, written, piece)), (False, PATTERN[:written]))
                    self.assertEqual(request.read(), b"")
                    self.assertIs(request.end, End.RESTART)
                with self.target.request(timeout=5) as request:
                    self.assertTrue(request.is_restart)
                    self.assertEqual(self.give(request, payload, piece), min(payload, controller))
                self.assertEqual(self.asker.transfer_reply(), (2, [self.expected_read(payload, controller)]))


if __name__ == "__main__":
    unittest.main()
