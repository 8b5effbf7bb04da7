#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""$I2CTARGET_QUIRKS: what a program sees of it on a bus, in Python and C.  tests/unit/quirks has each line of quirks.h."""

import asyncio
import contextlib
import os
import select
import signal
import subprocess
import unittest

import targets
from targets import BUILD, End, I2CTarget, Later, signalled
from microcontroller import pin
import i2ctarget
import protocol

RP2040 = "circuitpython-rp2040"


class QuirkTest(targets.TargetTest):
    def setUp(self):
        super().setUp()
        os.environ["I2CTARGET_QUIRKS"] = RP2040
        self.addCleanup(os.environ.pop, "I2CTARGET_QUIRKS")


class Requests(QuirkTest):
    def test_each_byte_written(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b""), (0x40, b"\x01\x02\x03"), (0x40, b"")])
        for byte in 1, 2, 3:
            with device.request(timeout=5) as request:
                self.assertEqual((request.address, request.is_read, request.is_restart), (0x40, False, True))
                self.assertEqual((request.read(), request.read(1), request.moved), (bytes([byte]), b"", 1))
        with self.assertRaises(TimeoutError):
            device.request(timeout=0.05)
        self.assertEqual(controller.transfer_reply()[0], 3)

    def test_each_byte_wanted(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"\x07"), (0x40, 3)])
        self.assertEqual(device.request(timeout=5).read(1), b"\x07")
        for byte in 0x51, 0x52, 0x53:
            with device.request(timeout=5) as request:
                self.assertTrue(request.is_read)
                self.assertEqual(request.write(bytes([byte])), 1)
        self.assertEqual(request.end, End.CONTROLLER_NACK)
        self.assertEqual(controller.transfer_reply(), (2, [b"\x51\x52\x53"]))
        self.assertIsNone(device.request())

    def test_a_call_that_a_poll_has_raised_makes_it_readable(self):
        """A program that asks once for each time that its descriptor is readable."""
        device, controller = self.both()
        descriptor, done = device.fileno(), 0
        controller.send_read_byte_data(0x40, 7)
        while done < 2:
            self.assertTrue(select.select([descriptor], [], [], 5)[0], f"after {done} calls")
            with device.request(timeout=-1) or contextlib.nullcontext() as request:
                if request:
                    done += 1
                    self.assertEqual(request.write(b"\x77") if request.is_read else len(request.read(1)), 1)
        self.assertEqual(controller.reply(), (0, b"\x77"))

    def test_write_says_what_the_fifo_took(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, 2)])
        with device.request(timeout=5) as request:
            self.assertEqual(request.write(bytes(range(20))), 16)
        self.assertEqual(controller.transfer_reply(), (1, [b"\x00\x01"]))

    def test_nothing_is_refused(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"\x01\x02")])
        with device.request(timeout=5) as request:
            self.assertEqual(request.read(1, ack=False), b"\x01")
            request.ack(False)
        with device.request(timeout=5) as request:
            pass  # not read: it comes again
        with device.request(timeout=5) as request:
            self.assertEqual(request.read(), b"\x02")
        self.assertIsNone(device.request())
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_a_request_of_yesterday(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"\x01\x02")])
        first = device.request(timeout=5)
        second = device.request(timeout=5)
        self.assertRaises(ValueError, first.read)
        self.assertEqual(second.read(), b"\x01")
        device.deinit()
        self.assertRaises(ValueError, second.read)
        self.assertRaises(ValueError, device.request)

    def test_signals_while_it_waits(self):
        """They wake the wait; what was hidden before stays hidden, and nothing is lost."""
        caught = []
        previous = signal.signal(signal.SIGUSR1, lambda *_: caught.append(None))
        self.addCleanup(signal.signal, signal.SIGUSR1, previous)
        device, controller = self.both()

        def send():
            for messages in [(0x40, b"")], [(0x40, b""), (0x40, b"\x01\x02")]:
                before = len(caught)
                targets.wait_until(lambda: len(caught) > before + 2, "signals")
                controller.send_transfer(messages)
                if len(messages) == 1:
                    self.assertEqual(controller.transfer_reply()[0], 1)

        with signalled(signal.SIGUSR1, 0.005), Later(send):
            self.assertEqual([device.request(timeout=0).read() for _ in range(2)], [b"\x01", b"\x02"])
        self.assertIsNone(device.request())

    def test_a_controller_that_gives_up(self):
        device, controller = self.both()
        self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 5), 0)
        for transfer in [(0x40, b"\x01\x02")], [(0x40, 2)]:
            controller.send_transfer(transfer)
            device.request(timeout=5)
            self.assertLess(controller.transfer_reply()[0], 0)
            if transfer[0][1] != 2:  # its byte is in the FIFO still
                self.assertEqual(device.request(timeout=5).read(), b"\x01")
            self.assertIsNone(device.request())
        controller.send_transfer([(0x40, b"\x03")])
        self.assertEqual(device.request(timeout=5).read(), b"\x03")


class Waiting(QuirkTest):
    def test_select(self):
        """As quirks.h and PYTHON.md say: look until there is none, then wait."""
        device, controller = self.both()
        got = bytearray()
        controller.send_transfer([(0x40, b""), (0x40, bytes(range(20)))])
        while len(got) < 20:
            self.assertEqual(select.select([device.fileno()], [], [], 10)[0], [device.fileno()])
            while request := device.request():
                got += request.read()
        self.assertEqual(got, bytes(range(20)))
        self.assertEqual(controller.transfer_reply()[0], 2)

    def test_asyncio(self):
        device, controller = self.both()
        got = bytearray()

        async def serve():
            async for request in i2ctarget.requests(device):
                got.extend(request.read())
                if len(got) == 3:
                    return

        controller.send_transfer([(0x40, b"\x01\x02"), (0x40, b"\x03")])
        asyncio.run(asyncio.wait_for(serve(), 10))
        self.assertEqual(got, b"\x01\x02\x03")


class Names(QuirkTest):
    WORDS = f"I2CTARGET_QUIRKS=rp2040: there is no such quirk; there is: {RP2040}"

    def test_without(self):
        for value in "", None:
            os.environ["I2CTARGET_QUIRKS"] = value or ""
            device, controller = self.both()
            controller.send_transfer([(0x40, b"")])
            self.assertEqual(device.request(timeout=5).read(), b"")
            self.assertEqual(controller.transfer_reply()[0], 1)
            device.deinit()

    def test_unknown_in_python(self):
        os.environ["I2CTARGET_QUIRKS"] = "rp2040"
        with self.assertRaises(ValueError) as raised:
            I2CTarget(pin.SCL1, pin.SDA1, [0x40])
        self.assertEqual(str(raised.exception), self.WORDS)
        os.environ["I2CTARGET_QUIRKS"] = RP2040
        self.device()

    def test_unknown_in_c(self):
        done = subprocess.run([f"{BUILD}/examples/registers"], capture_output=True, text=True, timeout=20, env={
            **os.environ, "I2CTARGET_QUIRKS": "rp2040"})
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(self.WORDS, done.stderr)


if __name__ == "__main__":
    unittest.main()
