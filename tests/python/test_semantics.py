#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The table of docs/DESIGN.md, section 4, row by row, as Python sees it."""

import array
import errno
import gc
import os
import socket
import struct
import sys
import time
import unittest

from targets import EIO, ENXIO, ETIMEDOUT, HUGE, LONG, PLACE, PYTHON_PATH, Later, TargetTest, events, needs, now, record
from i2ctarget import End, I2CTarget, I2CTargetRequest
from microcontroller import pin
import i2ctarget
import protocol


class Signatures(unittest.TestCase):
    """Names, order and defaults are the seed's."""

    @needs("introspection")
    def test_as_documented(self):
        import inspect

        for thing, text in (
            (I2CTarget, "(scl, sda, addresses, smbus=False)"),
            (I2CTarget.request, "(self, /, *, timeout=-1)"),
            (I2CTarget.deinit, "(self, /)"),
            (I2CTargetRequest.read, "(self, /, n=-1, ack=True)"),
            (I2CTargetRequest.write, "(self, /, buffer)"),
            (I2CTargetRequest.ack, "(self, /, ack=True)"),
            (I2CTargetRequest.deinit, "(self, /)"),
        ):
            self.assertEqual(str(inspect.signature(thing)), text, thing)

    def test_a_request_can_not_be_made(self):
        for arguments in (), (None, 0x40, False, False):
            with self.assertRaisesRegex(TypeError, "request"):
                I2CTargetRequest(*arguments)

    @needs("introspection")
    def test_everything_is_documented(self):
        import inspect

        for name in i2ctarget.__all__:
            thing = getattr(i2ctarget, name)
            self.assertTrue(inspect.getdoc(thing), name)
            self.assertEqual(thing.__module__.split(".")[0], "i2ctarget")
        for kind in I2CTarget, I2CTargetRequest:
            for name, member in vars(kind).items():
                if not name.startswith("__"):
                    self.assertTrue(inspect.getdoc(member), name)


class Construction(TargetTest):
    def answering(self, controller):
        """The addresses that acknowledge, by a probe of all of them."""
        answering = set()
        for address in range(128):
            controller.send_transfer([(address, b"")])
            result, _ = controller.transfer_reply()
            self.assertIn(result, (1, ENXIO))
            if result == 1:
                answering.add(address)
        return answering

    def serve_while(self, device, call, *arguments):
        """The call in a thread, while all requests are served here: (its result, the requests' addresses)."""
        addresses = []
        with Later(call, *arguments) as later:
            while later.thread.is_alive():
                request = device.request()
                if request:
                    self.assertEqual((request.read(), request.is_read), (b"", False))
                    addresses.append(request.address)
                    request.deinit()
        return later.result, addresses

    @needs("threads")
    def test_sets_of_addresses(self):
        for addresses in [0x41], [0x00], [0x7F, 0x08], (0x10, 0x11, 0x7E), range(0x20, 0x40, 2), range(128):
            with self.subTest(count=len(addresses)):
                device = self.device(addresses)
                answering, asked = self.serve_while(device, self.answering, self.controller())
                self.assertEqual(answering, set(addresses))
                self.assertEqual(asked, sorted(addresses))
                device.deinit()

    @needs("threads")
    def test_addresses_come_and_go(self):
        device = self.device([0x40, 0x41])
        device.add_address(0x33)
        device.add_address(0x33)
        device.remove_address(0x41)
        answering, asked = self.serve_while(device, self.answering, self.controller())
        self.assertEqual((answering, asked), ({0x33, 0x40}, [0x33, 0x40]))
        self.assertIn("0x33, 0x40>", repr(device))
        device.remove_address(0x33)
        device.remove_address(0x40)
        answering, asked = self.serve_while(device, self.answering, self.controller())
        self.assertEqual((answering, asked), (set(), []))
        for change in device.add_address, device.remove_address:
            for address in 0x80, -1, 1 << 80:
                self.assertRaises(ValueError, change, address)
            self.assertRaises(TypeError, change, "0x40")
        self.assertRaises(ValueError, device.remove_address, 0x41)
        device.deinit()
        for change in device.add_address, device.remove_address:
            self.assertRaises(ValueError, change, 0x40)

    def test_any_iterable(self):
        for addresses in [0x40], (0x40,), {0x40}, {0x40: 1}, iter([0x40, 0x40]), bytes([0x40]), (n for n in [0x40]):
            self.device(addresses).deinit()
        self.device(addresses=[True, 0x40]).deinit()

    def test_bad_addresses(self):
        for addresses in [], [0x80], [-1], [1 << 80], [0x40] * 129, range(129):
            with self.assertRaisesRegex(ValueError, "address"):
                self.device(addresses)
        for addresses in 0x40, None, ["0x40"], "0", [64.0], [None]:
            with self.assertRaises(TypeError):
                self.device(addresses)

    def test_an_iterator_that_raises(self):
        with self.assertRaises(ZeroDivisionError):
            self.device(1 // n for n in (1, 0))

    @needs("pins of a bus")
    def test_pins_that_make_no_bus(self):
        for scl, sda in (pin.SDA1, pin.SCL1), (pin.SCL1, pin.SDA2):
            with self.assertRaises(ValueError):
                I2CTarget(scl, sda, [0x40])
        for scl, sda in (1, 2), ("SCL", "SDA"):
            with self.assertRaisesRegex(TypeError, "pin"):
                I2CTarget(scl, sda, [0x40])

    def test_bad_pins(self):
        with self.assertRaises(ValueError):
            I2CTarget(pin.SCL1, pin.SCL1, [0x40])
        for scl, sda in (None, None), ([], b""):
            with self.assertRaisesRegex(TypeError, "pin"):
                I2CTarget(scl, sda, [0x40])

    def test_arguments(self):
        with self.assertRaises(TypeError):
            I2CTarget(pin.SCL1, pin.SDA1)
        with self.assertRaises(TypeError):
            I2CTarget(pin.SCL1, pin.SDA1, [0x40], False, 1)
        I2CTarget(scl=pin.SCL1, sda=pin.SDA1, addresses=[0x40], smbus=True).deinit()

    def test_the_same_pins_twice(self):
        first = self.device()
        with self.assertRaisesRegex(ValueError, "serve another .*deinit"):
            self.device([0x41])
        first.deinit()
        self.device([0x41])

    @needs("making in two steps")
    def test_once_only(self):
        device = self.device()
        with self.assertRaisesRegex(ValueError, "deinit"):
            device.__init__(pin.SCL1, pin.SDA1, [0x41])

    @needs("making in two steps")
    def test_not_initialised(self):
        device = I2CTarget.__new__(I2CTarget)
        with self.assertRaises(ValueError):
            device.request()
        with self.assertRaises(ValueError):
            device.fileno()
        device.deinit()

    @needs("bus servers")
    def test_no_bus(self):
        message = self.raises(errno.ENOENT, self.device, number=7)
        self.assertIn("i2ctarget bus 7", message)

    @needs("a server of its own")
    def test_another_release(self):
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(f"{self.directory}/bus-9")
        listener.listen()

        def welcome():
            peer, _ = listener.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(struct.pack("<IHHHHII", 12, protocol.WELCOME, 0, 99, 0, 9, 100000))
                peer.recv(1)

        with Later(welcome):
            self.assertIn("same release", self.raises(errno.EPROTO, self.device, number=9))

    @needs("another target")
    def test_init_does_not_disturb(self):
        controller = self.controller()
        with protocol.Target(addresses=[0x33]) as other:
            controller.send_transfer([(0x33, b"\x01\x02"), (0x33, 1)])
            other.commit(other.next_call().serial, count=2)
            call = other.next_call()
            self.device()
            other.commit(call.serial, count=1, data=b"\x5a")
            self.assertEqual(controller.transfer_reply(), (2, [b"\x5a"]))

    def test_subclass(self):
        class Thermometer(I2CTarget):
            def __init__(self):
                super().__init__(pin.SCL1, pin.SDA1, [0x48])
                self.degrees = 21

        device = Thermometer()
        with device:
            self.assertEqual(device.degrees, 21)
            self.assertIsNone(device.request())
        self.assertRaises(ValueError, device.request)

    @needs("subclass in with")
    def test_subclass_in_with(self):
        class Thermometer(I2CTarget):
            pass

        with Thermometer(pin.SCL1, pin.SDA1, [0x48]) as device:
            self.assertIs(type(device), Thermometer)

    def test_repr(self):
        device = self.device((0x40, 0x41))
        self.assertEqual(repr(device), f"<I2CTarget on {PLACE} at 0x40, 0x41>")
        device.deinit()
        self.assertEqual(repr(device), "<I2CTarget, deinitialised>")
        self.assertIn("and 120 more", repr(self.device(range(128))))


class TheCounters(TargetTest):
    """Each number is where its name is."""

    @needs("Counters")
    def test_names(self):
        self.assertEqual(list(i2ctarget.Counters.__match_args__), [
            "arbitration_lost", "timeouts", "cancelled", "order_errors", "glitches", "stretches", "longest_stretch_us"])

    def test_of_what_happens_here(self):
        device, controller = self.both()
        self.assertEqual(tuple(device.counters), (0,) * 7)
        controller.send_transfer([(0x40, b"")])
        device.request(timeout=5).deinit()
        self.assertEqual(controller.transfer_reply()[0], 1)
        self.assertIsNone(device.request())
        counters = device.counters
        self.assertEqual((counters.arbitration_lost, counters.timeouts, counters.cancelled, counters.order_errors), (0, 0, 0, 0))
        self.assertEqual(tuple(counters)[4:], (counters.glitches, counters.stretches, counters.longest_stretch_us))
        self.assertGreater(counters.stretches, 0)

    @needs("a server of its own")
    def test_order(self):
        def call(peer, offer, serial):
            offer(serial)
            peer.sendall(events(serial, record(protocol.ADDRESSED, serial, number=0x40, is_read=1)))

        def end(peer, serial, cause):
            peer.sendall(events(0, record(protocol.ENDED, serial, cause)))

        def wait_for_yes(peer, serial):
            commit = b""
            while struct.unpack("<I", commit[:4].ljust(4, b"\0"))[0] != serial:
                (length,) = struct.unpack("<I4x", peer.recv(8, socket.MSG_WAITALL))
                commit = peer.recv(length, socket.MSG_WAITALL)

        def serve(peer, offer):
            for serial in range(1, 6):
                call(peer, offer, serial)
                wait_for_yes(peer, serial)
                end(peer, serial, protocol.ARBITRATION_LOST if serial < 5 else protocol.END_TIMEOUT)
            for serial in 6, 7, 8:  # two more that end by a limit, and one that the bus gave up: never offered, so never a request
                call(peer, lambda hold: None, serial)
                end(peer, serial, protocol.END_TIMEOUT if serial < 8 else protocol.BUS_ERROR)
            peer.sendall(events(0, glitches=50, stretches=60, longest_us=70))

        with self.fake_bus(9, serve):
            device = self.device(number=9)
            for _ in range(5):
                request = device.request(timeout=5)
                self.assertEqual(request.is_read, True)
                request.write(b"\x01")
            while device.counters.glitches != 50:
                self.assertIsNone(device.request())
            self.assertEqual(device.counters, (4, 3, 3, 0, 50, 60, 70))
            self.assertEqual(device.counters.longest_stretch_us, 70)
            device.deinit()
            self.assertEqual(device.counters, (4, 3, 3, 0, 50, 60, 70))


class Smbus(TargetTest):
    def test_true_ends_what_is_stretched_too_long(self):
        device, controller = self.both(smbus=True)
        controller.send_transfer([(0x40, b"\x01\x02")])
        request = device.request(timeout=5)
        self.assertEqual(request.read(1, ack=False), b"\x01")
        time.sleep(0.06)
        self.assertEqual((request.read(), request.read(1)), (b"", b""))
        self.assertEqual((request.end, device.counters.timeouts), (End.TIMEOUT, 1))
        self.assertLess(controller.transfer_reply()[0], 0)

    def test_false_waits(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"\x01\x02")])
        request = device.request(timeout=5)
        self.assertEqual(request.read(1, ack=False), b"\x01")
        time.sleep(0.06)
        self.assertEqual(request.read(), b"\x02")
        self.assertEqual(controller.transfer_reply()[0], 1)
        self.assertGreater(device.counters.longest_stretch_us, 50000)


class Deinit(TargetTest):
    def test_then_every_call_fails(self):
        request, controller = self.writes(b"\x01")
        device = self.asked
        device.deinit()
        device.deinit()
        for call in (device.request, request.read, lambda: request.read(0), lambda: request.write(b""), request.ack):
            self.assertRaises(ValueError, call)
        with self.assertRaises(ValueError):
            device.request(timeout=0)
        request.deinit()
        self.assertEqual((request.address, request.end), (0x40, End.CLOSED))
        self.assertLess(controller.transfer_reply()[0], 0)

    @needs("descriptors")
    def test_then_there_is_no_descriptor(self):
        device = self.device()
        device.deinit()
        self.assertRaises(ValueError, device.fileno)

    def test_in_the_middle_of_a_byte_frees_the_bus(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, 4)])
        request = device.request(timeout=5)
        self.assertEqual(request.write(b"\x00"), 1)
        device.deinit()
        self.assertEqual(controller.transfer_reply(), (1, [b"\x00\xff\xff\xff"]))
        self.assert_works()

    def test_a_with_block(self):
        with self.device() as device:
            self.assertIs(device.__enter__(), device)
        self.assertRaises(ValueError, device.request)
        self.device()

    def test_an_exception_in_the_block(self):
        controller = self.controller()
        with self.assertRaises(ZeroDivisionError):
            with self.device() as device:
                controller.send_transfer([(0x40, b"\x01\x02")])
                with device.request(timeout=5) as request:
                    request.read(1)
                    raise ZeroDivisionError
        self.assertEqual(request.end, End.CLOSED)
        self.assertEqual(controller.transfer_reply()[0], EIO)
        self.assert_works()

    @needs("reference counts")
    def test_collected(self):
        controller = self.controller()
        device = self.device()
        self.doCleanups_but_keep(device)
        controller.send_transfer([(0x40, b"\x01\x02")])
        request = device.request(timeout=5)
        del device, request
        gc.collect()
        self.assertLess(controller.transfer_reply()[0], 0)
        self.assert_works()
        self.device()

    def doCleanups_but_keep(self, device):
        """The target's own clean-up would keep it alive."""
        self._cleanups = [entry for entry in self._cleanups if getattr(entry[0], "__self__", None) is not device]

    def test_counters_stay(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"")])
        device.request(timeout=5).deinit()
        self.assertEqual(controller.transfer_reply()[0], 1)
        self.assertIsNone(device.request())
        before = device.counters
        device.deinit()
        self.assertEqual(tuple(device.counters), tuple(before))


class Request(TargetTest):
    def time_out(self, device, timeout):
        began = now()
        self.raises(errno.ETIMEDOUT, device.request, timeout=timeout)
        return now() - began

    def test_negative_looks_once(self):
        device, controller = self.both()
        for timeout in {}, {"timeout": -1}, {"timeout": -0.001}, {"timeout": -HUGE}:
            began = now()
            self.assertIsNone(device.request(**timeout))
            self.assertLess(now() - began, 0.9)
        controller.send_transfer([(0x40, b"")])
        while not (request := device.request()):
            pass
        self.assertEqual(request.address, 0x40)

    def test_positive_waits_that_long_and_never_less(self):
        device = self.device()
        for timeout in 1e-9, 0.0005, 0.01, 0.2:
            took = min(self.time_out(device, timeout) for _ in range(3))
            self.assertGreaterEqual(took, timeout)
            self.assertLess(took, timeout + 0.1)

    @needs("a quick processor")
    def test_half_a_millisecond_is_half_a_millisecond(self):
        device = self.device()
        self.assertLess(min(self.time_out(device, 0.0005) for _ in range(50)), 0.001)

    @needs("threads")
    def test_zero_waits_for_ever(self):
        device, controller = self.both()
        for timeout in 0, 0.0, -0.0, HUGE:
            with Later(lambda: (time.sleep(0.05), controller.send_transfer([(0x40, b"")]), controller.transfer_reply())):
                self.assertEqual(device.request(timeout=timeout).address, 0x40)
                self.assertIsNone(device.request())

    def test_bad_timeouts(self):
        device = self.device()
        for timeout in map(float, ("nan", "inf", "-inf")):
            with self.assertRaisesRegex(ValueError, "timeout"):
                device.request(timeout=timeout)
        for timeout in "1", None, [1]:
            with self.assertRaises(TypeError):
                device.request(timeout=timeout)
        with self.assertRaises(TypeError):
            device.request(1)

    def test_it_closes_the_open_one(self):
        request, controller = self.writes(b"\x01\x02")
        device = self.asked
        self.assertEqual(request.read(1), b"\x01")
        self.assertIsNone(device.request())
        self.assertEqual((request.end, request.moved), (End.CLOSED, 1))
        self.assertRaises(ValueError, request.read)
        self.assertEqual(controller.transfer_reply()[0], EIO)

    def test_polling_every_30_ms_loses_nothing(self):
        device, controller = self.both((0x40, 0x41))
        messages = [(0x40, b"\x01\x02"), (0x41, 2), (0x40, b""), (0x41, b"\x03"), (0x40, 1)]
        controller.send_transfer(messages)
        seen = []
        while len(seen) < len(messages):
            time.sleep(0.03)
            request = device.request()
            if request:
                with request:
                    seen.append((request.address, request.write(b"\xa5\x5a") if request.is_read else bytes(request.read())))
        self.assertEqual(seen, [(0x40, b"\x01\x02"), (0x41, 2), (0x40, b""), (0x41, b"\x03"), (0x40, 1)])
        self.assertEqual(controller.transfer_reply(), (5, [b"\xa5\x5a", b"\xa5"]))

    @needs("a controller's time-out")
    def test_a_fault_is_not_reported_here(self):
        device, controller = self.both()
        self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 5), 0)
        controller.send_transfer([(0x40, b"\x01\x02\x03")])
        request = device.request(timeout=5)
        self.assertEqual(request.read(2, ack=False), b"\x01\x02")
        self.assertEqual(controller.transfer_reply()[0], ETIMEDOUT)
        self.assertIsNone(device.request())

    @needs("a controller's time-out")
    def test_a_cancelled_call_never_becomes_a_request(self):
        device, controller = self.both()
        self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 5), 0)
        controller.send_transfer([(0x40, b"\x01")])
        self.assertEqual(controller.transfer_reply()[0], ETIMEDOUT)
        self.settle(controller)
        self.assertIsNone(device.request())
        self.assertEqual(device.counters.cancelled, 1)

    @needs("bus servers")
    def test_the_bus_has_ended(self):
        device = self.device()
        self.bus.stop(9)
        self.assertIn("ended", self.raises(errno.EIO, device.request, timeout=0))
        self.raises(errno.EIO, device.request, timeout=5)
        self.raises(errno.EIO, device.request)

    def test_what_it_says(self):
        device, controller = self.both((0x40, 0x41))
        controller.send_transfer([(0x40, b"\x01"), (0x41, 1), (0x41, b"")])
        facts = []
        for _ in range(3):
            with device.request(timeout=5) as request:
                facts.append((request.address, request.is_read, request.is_restart))
                self.assertEqual((request.end, request.moved), (End.OPEN, 0))
                if not request.is_read:
                    request.read()
        self.assertEqual(facts, [(0x40, False, False), (0x41, True, True), (0x41, False, True)])
        self.assertTrue(all(type(fact[1]) is type(fact[2]) is bool for fact in facts))
        controller.transfer_reply()
        with self.assertRaises(AttributeError):
            request.address = 1

    @needs("another target")
    def test_a_repeated_start_after_somebody_else(self):
        device, controller = self.both()
        with protocol.Target(addresses=[0x33]) as other:
            controller.send_transfer([(0x33, b""), (0x40, b"")])
            other.commit(other.next_call().serial)
            with device.request(timeout=5) as request:
                self.assertTrue(request.is_restart)
        self.assertEqual(controller.transfer_reply()[0], 2)

    def test_zero_byte_writes_on_every_address(self):
        device, controller = self.both(range(128))
        for first in range(0, 128, 32):
            controller.send_transfer([(first + n, b"") for n in range(32)])
            for n in range(32):
                with device.request(timeout=5) as request:
                    self.assertEqual((request.address, request.is_read, request.is_restart), (first + n, False, n > 0))
                    self.assertEqual((request.read(), request.moved), (b"", 0))
            self.assertEqual(controller.transfer_reply()[0], 32)

    def test_general_call(self):
        device, controller = self.both([0])
        controller.send_transfer([(0, b"\x06")])
        self.assertEqual(device.request(timeout=5).read(), b"\x06")
        self.assertEqual(controller.transfer_reply()[0], 1)


class Read(TargetTest):
    def test_all(self):
        request, controller = self.writes(range(200))
        data = request.read()
        self.assertIs(type(data), bytearray)
        self.assertEqual(data, bytes(range(200)))
        self.assertEqual((request.end, request.moved, request.read(), request.read(5)), (End.STOP, 200, b"", b""))
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_all_of_a_long_one(self):
        data = bytes(n * 7 & 0xFF for n in range(LONG))
        device, controller = self.both()
        controller.send_transfer([(0x40, data), (0x40, data)])
        for _ in range(2):
            self.assertEqual(device.request(timeout=5).read(), data)
        self.assertEqual(controller.transfer_reply()[0], 2)

    def test_piece_by_piece(self):
        request, controller = self.writes(range(10))
        self.assertEqual([bytes(request.read(n)) for n in (1, 2, 0, 3)], [b"\0", b"\1\2", b"", b"\3\4\5"])
        self.assertEqual((request.moved, request.end), (6, End.OPEN))
        self.assertEqual(request.read(n=100), b"\6\7\x08\x09")
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_n_bytes_return_at_once_though_more_follow(self):
        request, controller = self.writes(b"\x01\x02")
        self.assertEqual(request.read(1), b"\x01")
        self.assertFalse(request.end)
        self.assertEqual(request.moved, 1)
        request.deinit()
        self.assertEqual(controller.transfer_reply()[0], EIO)

    def test_zero_reads_nothing_and_answers_nothing(self):
        request, controller = self.writes(b"\x01")
        self.assertEqual(request.read(1, ack=False), b"\x01")
        self.assertEqual(request.read(0), b"")
        request.ack(False)
        self.assertEqual(controller.transfer_reply()[0], EIO)

    @needs("sockets")
    def test_ack_false_holds(self):
        request, controller = self.writes(b"\x01\x02\x03")
        controller.socket.settimeout(0.05)
        self.assertEqual(request.read(2, False), b"\x01\x02")
        self.assertEqual(request.moved, 1)
        with self.assertRaises(OSError):
            controller.reply()
        controller.socket.settimeout(10)
        request.ack()
        self.assertEqual(request.moved, 2)
        self.assertEqual((request.read(), request.end), (b"\x03", End.STOP))
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_the_next_read_acknowledges(self):
        request, controller = self.writes(b"\x01\x02")
        self.assertEqual((request.read(1, ack=False), request.read(1, ack=False)), (b"\x01", b"\x02"))
        self.assertEqual(request.moved, 1)
        self.assertEqual(request.read(), b"")
        self.assertEqual((request.moved, request.end), (2, End.STOP))
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_close_refuses(self):
        request, controller = self.writes(b"\x01\x02")
        with request:
            self.assertEqual(request.read(1, ack=False), b"\x01")
        self.assertEqual(controller.transfer_reply()[0], EIO)

    def test_a_negative_n_ignores_ack(self):
        request, controller = self.writes(b"\x01\x02")
        self.assertEqual(request.read(-1, False), b"\x01\x02")
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_on_a_read_request(self):
        request, controller = self.reads(1)
        for call in request.read, lambda: request.read(0), lambda: request.read(1), request.ack:
            self.assertIn("write()", self.raises(errno.EACCES, call))
        self.assertEqual(request.write(b"\x12"), 1)
        self.assertEqual(controller.transfer_reply(), (1, [b"\x12"]))

    @needs("a controller's time-out")
    def test_a_fault_gives_the_bytes_so_far(self):
        device, controller = self.both()
        self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 5), 0)
        controller.send_transfer([(0x40, b"\x01\x02\x03")])
        request = device.request(timeout=5)
        self.assertEqual(request.read(2, ack=False), b"\x01\x02")
        self.assertEqual(controller.transfer_reply()[0], ETIMEDOUT)
        self.assertEqual((request.read(), request.read(1)), (b"", b""))
        self.assertEqual(request.end, End.BUS_ERROR)
        self.assert_works()

    def test_bad_arguments(self):
        request, _ = self.writes(b"\x01")
        for call in (lambda: request.read("1"), lambda: request.read(1.0), lambda: request.read(1, True, 1), lambda: request.read(m=1)):
            self.assertRaises(TypeError, call)
        self.assertRaises(OverflowError, request.read, 1 << 64)
        self.assertEqual(request.read(), b"\x01")

    @needs("words of 64 bits")
    def test_an_n_that_is_too_large(self):
        request, _ = self.writes(b"\x01")
        self.assertRaises(ValueError, request.read, 1 << 31)
        self.assertEqual(request.read(), b"\x01")

    @needs("processes")
    def test_a_target_that_dies(self):
        import subprocess

        program = "import sys; sys.path[:0] = %r\nfrom microcontroller import pin\nfrom i2ctarget import I2CTarget\n" % PYTHON_PATH
        program += "d = I2CTarget(pin.SCL1, pin.SDA1, [0x44])\nr = d.request(timeout=10)\nr.read(1)\nprint('held', flush=True)\ninput()"
        process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.stdout.close)
        controller = self.controller()

        def ask():
            controller.send_transfer([(0x44, b"\x01\x02")])
            return controller.transfer_reply()[0]

        while (result := self.try_until_held(controller, process)) == ENXIO:
            pass
        self.assertIsNone(result)
        process.kill()
        process.wait(timeout=10)
        self.assertEqual(controller.transfer_reply()[0], EIO)
        self.assert_works()

    def try_until_held(self, controller, process):
        """None: the target holds the bus; else the error."""
        controller.send_transfer([(0x44, b"\x01\x02")])
        controller.socket.settimeout(0.2)
        try:
            return controller.transfer_reply()[0]
        except TimeoutError:
            self.assertEqual(process.stdout.readline(), b"held\n")
            return None
        finally:
            controller.socket.settimeout(10)


class Write(TargetTest):
    def test_counts(self):
        request, controller = self.reads(3)
        self.assertEqual(request.write(b"\x01\x02\x03\x04\x05"), 3)
        self.assertEqual((request.moved, request.end), (3, End.CONTROLLER_NACK))
        self.assertEqual(request.write(b"\x06"), 0)
        self.assertEqual(controller.transfer_reply(), (1, [b"\x01\x02\x03"]))

    def test_again_and_then_ff(self):
        request, controller = self.reads(6)
        with request:
            self.assertEqual([request.write(b"\x01"), request.write(b""), request.write(b"\x02\x03")], [1, 0, 2])
            self.assertEqual((request.moved, request.end), (3, End.OPEN))
        self.assertEqual(request.end, End.CLOSED)
        self.assertEqual(controller.transfer_reply(), (1, [b"\x01\x02\x03\xff\xff\xff"]))

    def test_left_over_bytes_never_show_up(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, 1), (0x40, 2)])
        with device.request(timeout=5) as request:
            self.assertEqual(request.write(b"\x01\x02\x03"), 1)
        device.request(timeout=5).deinit()
        self.assertEqual(controller.transfer_reply(), (2, [b"\x01", b"\xff\xff"]))

    def test_anything_with_a_buffer(self):
        device, controller = self.both()
        buffers = (b"\x01\x02", bytearray(b"\x01\x02"), memoryview(b"\x00\x01\x02")[1:], array.array("B", [1, 2]),
                   array.array("H", [0x0201]))
        for buffer in buffers:
            controller.send_transfer([(0x40, 2)])
            self.assertEqual(device.request(timeout=5).write(buffer), 2)
            self.assertEqual(controller.transfer_reply(), (1, [b"\x01\x02"]))

    def test_what_has_none(self):
        request, _ = self.reads(1)
        for buffer in "text", 1, None, [1, 2]:
            self.assertRaises(TypeError, request.write, buffer)
        self.assertEqual(request.write(buffer=b"\x01"), 1)

    @needs("stepping memoryview")
    def test_what_is_not_in_one_piece(self):
        request, _ = self.reads(1)
        self.assertRaises(BufferError, request.write, memoryview(b"\x01\x02\x03")[::2])
        self.assertEqual(request.write(b"\x01"), 1)

    def test_on_a_write_request(self):
        request, controller = self.writes(b"\x01")
        for buffer in b"\x01", b"":
            self.assertIn("read()", self.raises(errno.EACCES, request.write, buffer))
        self.assertEqual(request.read(), b"\x01")
        self.assertEqual(controller.transfer_reply()[0], 1)

    @needs("a controller's time-out")
    def test_a_fault(self):
        device, controller = self.both()
        self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 5), 0)
        controller.send_transfer([(0x40, 4)])
        request = device.request(timeout=5)
        self.assertEqual(request.write(b"\x01\x02"), 2)
        self.assertEqual(controller.transfer_reply()[0], ETIMEDOUT)
        self.assertEqual((request.write(b"\x03"), request.write(b"\x04")), (0, 0))
        self.assertEqual(request.end, End.BUS_ERROR)
        self.assert_works()

    def test_a_long_one(self):
        data = bytes(n * 11 & 0xFF for n in range(LONG))
        request, controller = self.reads(LONG)
        self.assertEqual(request.write(data + b"more"), LONG)
        self.assertEqual(controller.transfer_reply(), (1, [data]))


class Ack(TargetTest):
    def test_an_illegal_command_and_recovery(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"\xee\x01\x02")])
        with device.request(timeout=5) as request:
            self.assertEqual(request.read(1, ack=False), b"\xee")
            request.ack(False)
            self.assertEqual((request.read(), request.read(1)), (b"", b""))
            self.assertEqual(request.moved, 0)
        self.assertEqual(controller.transfer_reply()[0], EIO)
        controller.send_transfer([(0x40, b"\x01"), (0x40, 1)])
        self.assertEqual(device.request(timeout=5).read(), b"\x01")
        self.assertEqual(device.request(timeout=5).write(b"\x77"), 1)
        self.assertEqual(controller.transfer_reply(), (2, [b"\x77"]))

    def test_nothing_pending(self):
        request, controller = self.writes(b"\x01\x02")
        for acknowledge in False, True:
            request.ack(acknowledge)
        self.assertEqual(request.read(1), b"\x01")
        request.ack(False)
        self.assertEqual(request.read(), b"\x02")
        request.ack(ack=False)
        self.assertEqual(controller.transfer_reply()[0], 1)


class Close(TargetTest):
    def test_idempotent_and_then_an_error(self):
        request, controller = self.writes(b"\x01")
        with request as same:
            self.assertIs(same, request)
        request.deinit()
        for call in (request.read, lambda: request.read(0), lambda: request.write(b"\x01"), request.ack):
            with self.assertRaisesRegex(ValueError, "closed"):
                call()
        self.assertEqual(controller.transfer_reply()[0], EIO)

    @needs("older names")
    def test_its_older_name(self):
        request, controller = self.writes(b"\x01\x02")
        with self.assertWarnsRegex(DeprecationWarning, r"deinit\(\)") as warned:
            request.close()
        self.assertEqual((len(warned.warnings), warned.filename, request.end), (1, __file__, End.CLOSED))
        self.assertEqual(controller.transfer_reply()[0], EIO)
        self.assertRaises(ValueError, request.read)

    @needs("reference counts")
    def test_an_abandoned_request(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"\x01\x02")])
        device.request(timeout=5)
        self.assertEqual(controller.transfer_reply()[0], EIO)
        controller.send_transfer([(0x40, 2)])
        device.request(timeout=5)
        self.assertEqual(controller.transfer_reply(), (1, [b"\xff\xff"]))

    def test_an_old_request_does_not_close_the_new_one(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"\x01"), (0x40, b"\x02")])
        old = device.request(timeout=5)
        self.assertEqual(old.read(), b"\x01")
        new = device.request(timeout=5)
        old.deinit()
        del old
        self.assertEqual(new.read(), b"\x02")
        self.assertEqual(controller.transfer_reply()[0], 2)

    def test_repr(self):
        request, controller = self.writes(b"\x01\x02")
        self.assertEqual(repr(request), "<I2CTargetRequest: write to 0x40, 0 bytes so far, OPEN>")
        request.read()
        self.assertEqual(repr(request), "<I2CTargetRequest: write to 0x40, 2 bytes so far, STOP>")
        controller.transfer_reply()


@needs("Linux")
class ManyRequests(TargetTest):
    REQUESTS = 100_000
    A_TRANSFER = 40

    @staticmethod
    def resident_kib():
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def test_no_leak(self):
        device, controller = self.both((0x40, 0x41))
        messages = [(0x40, b"\x01\x02"), (0x41, 1)] * (self.A_TRANSFER // 2)
        sizes = []
        for count in range(self.REQUESTS // self.A_TRANSFER):
            controller.send_transfer(messages)
            for _ in range(self.A_TRANSFER):
                with device.request(timeout=5) as request:
                    if request.is_read:
                        request.write(b"\x77")
                    else:
                        request.read(2 if count % 2 else -1)
            self.assertEqual(controller.transfer_reply()[0], self.A_TRANSFER)
            if count % 250 == 249:
                sizes.append(self.resident_kib())
        self.assertLess(sizes[-1] - sizes[2], 512, sizes)
        self.assertEqual(device.counters.order_errors, 0)

    def test_targets_come_and_go(self):
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(300):
            device = self.device()
            device.fileno()
            self.assertIsNone(device.request())
            device.deinit()
        gc.collect()
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)


if __name__ == "__main__":
    unittest.main()
