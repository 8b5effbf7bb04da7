#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Calls that fail: what they say, and that they let go of all they were given."""

import copy
import errno
import gc
import itertools
import mmap
import pickle
import re
import select
import unittest

import _testcapi

from targets import SOURCE, End, I2CTarget, I2CTargetRequest, TargetTest
from i2ctarget import Counters, _pins
from microcontroller import pin
import i2ctarget


class Buffers(TargetTest):
    """A bytearray can be resized when nobody looks into it."""

    def assert_is_free(self, data):
        data += b"more"

    def test_of_calls_that_fail(self):
        request, controller = self.writes(b"\x01")
        data = bytearray(b"\x01\x02")
        self.raises(errno.EACCES, request.write, data)
        self.assert_is_free(data)
        request.deinit()
        self.assertRaises(ValueError, request.write, data)
        self.assert_is_free(data)
        self.assertRaises(TypeError, request.write, data, 1)
        self.assert_is_free(data)

    def test_of_calls_that_succeed(self):
        request, controller = self.reads(2)
        data = bytearray(b"\x01\x02")
        self.assertEqual(request.write(data), 2)
        self.assert_is_free(data)
        self.assertEqual(request.write(data), 0)
        self.assert_is_free(data)
        self.assertEqual(controller.transfer_reply(), (1, [b"\x01\x02"]))

    def test_too_long(self):
        """2**31 bytes of address space, none of which is ever touched."""
        request, controller = self.reads(2)
        with mmap.mmap(-1, 1 << 31, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ) as data:
            with self.assertRaisesRegex(ValueError, "too many bytes"):
                request.write(data)
        self.assertEqual(request.write(b"\x01\x02"), 2)
        self.assertEqual(controller.transfer_reply(), (1, [b"\x01\x02"]))


class Iterables(TargetTest):
    """What addresses may be, and what is left when they can not."""

    def assert_fails(self, kind, iterable):
        self.assertRaises(kind, I2CTarget, pin.SCL1, pin.SDA1, iterable)
        self.device().deinit()

    def test_without_end(self):
        seen = []

        def addresses():
            try:
                for n in itertools.count():
                    seen.append(n)
                    yield n % 128
            finally:
                seen.append("closed")

        self.assert_fails(ValueError, addresses())
        self.assertEqual(seen, [*range(129), "closed"])
        self.assert_fails(ValueError, itertools.repeat(0x40))

    def test_exactly_as_many_as_there_may_be(self):
        self.device([0x40] * 128).deinit()
        self.device(range(128)).deinit()
        for addresses in [0x40] * 129, [*range(128), 0]:
            with self.assertRaisesRegex(ValueError, "more than 128"):
                self.device(addresses)

    def test_that_raise(self):
        class Raising:
            def __init__(self, where, after=0):
                self.where, self.after = where, after

            def __iter__(self):
                if self.where == "iter":
                    raise ZeroDivisionError
                return self

            def __next__(self):
                if self.after == 0:
                    raise ZeroDivisionError
                self.after -= 1
                return 0x40

        class NoIterator:
            def __iter__(self):
                return 1

        self.assert_fails(ZeroDivisionError, Raising("iter"))
        for after in 0, 1, 127, 128:
            self.assert_fails(ZeroDivisionError, Raising("next", after))
        self.assert_fails(TypeError, NoIterator())
        with self.assertRaisesRegex(TypeError, "iterable of ints"):
            self.device(0x40)

    def test_an_element_that_raises(self):
        class Index:
            def __index__(self):
                raise ZeroDivisionError

        for element, kind in (Index(), ZeroDivisionError), ("1", TypeError), (0x80, ValueError), (-1, ValueError), (1 << 70, ValueError):
            for before in 0, 1, 127:
                self.assert_fails(kind, [0x40] * before + [element])

    def test_the_bounds_of_an_address(self):
        self.device([0]).deinit()
        self.device([0x7F]).deinit()
        for address in -1, 0x80, 0x140, 1 << 32, -(1 << 64):
            with self.assertRaisesRegex(ValueError, f"^address {address}: "):
                self.device([address])


class Pins(TargetTest):
    """bus_of() is pure Python and runs code of pins that are not ours."""

    def bus_of(self, function):
        before = _pins.bus_of
        self.addCleanup(setattr, _pins, "bus_of", before)
        _pins.bus_of = function

    def test_that_raise(self):
        def fail(scl, sda):
            raise ZeroDivisionError

        self.bus_of(fail)
        self.assertRaises(ZeroDivisionError, self.device)

    def test_no_number(self):
        for number, kind in (None, TypeError), ("1", TypeError), (-1, OverflowError), (1 << 80, OverflowError):
            self.bus_of(lambda scl, sda, number=number: number)
            self.assertRaises(kind, self.device)

    def test_no_number_of_a_bus(self):
        self.bus_of(lambda scl, sda: 1 << 30)
        with self.assertRaises(ValueError) as raised:
            self.device()
        self.assertIn(str(1 << 30), str(raised.exception))

    def test_a_number_that_is_made_for_the_call(self):
        self.start(number=300)
        self.bus_of(lambda scl, sda: int("300"))
        for _ in range(3):
            with self.device() as device:
                self.assertEqual(repr(device), "<I2CTarget on bus 300 at 0x40>")

    def test_which_is_which(self):
        seen = []
        self.bus_of(lambda *pins: seen.append(pins) or 1)
        self.device()
        self.assertEqual(seen, [(pin.SCL1, pin.SDA1)])


class Words(TargetTest):
    """Each failure says what it is of."""

    def says(self, kind, words, call, *arguments, **keywords):
        with self.assertRaisesRegex(kind, words):
            call(*arguments, **keywords)

    def test_of_a_target(self):
        device = self.device()
        self.says(TimeoutError, "no request came", device.request, timeout=0.001)
        self.says(FileNotFoundError, "i2ctarget bus 7", self.device, number=7)
        self.says(ValueError, "these pins serve another", self.device)
        self.bus.stop()
        self.says(OSError, "bus has ended", device.request)
        device.deinit()
        self.says(ValueError, "I2CTarget is deinitialised", device.request)
        self.says(ValueError, "I2CTarget is deinitialised", device.fileno)

    def test_of_a_request(self):
        request, controller = self.writes(b"\x01\x02")
        self.says(PermissionError, r"use read\(\)", request.write, b"")
        self.says(ValueError, "too many bytes", request.read, 1 << 31)
        self.assertEqual(request.read(1, ack=False), b"\x01")
        self.bus.stop()
        for call in request.read, lambda: request.read(1):
            self.says(OSError, "the bus has ended", call)
        request.deinit()
        for call in request.read, lambda: request.write(b"1"), request.ack:
            self.says(ValueError, "request is closed", call)

    def test_of_a_read_request(self):
        request, controller = self.reads(1)
        for call in request.read, request.ack:
            self.says(PermissionError, r"use write\(\)", call)


class Classes(TargetTest):
    def test_of_requests(self):
        with self.assertRaises(TypeError):
            type("Mine", (I2CTargetRequest,), {})
        with self.assertRaises(TypeError):
            I2CTargetRequest.read = None

    def test_a_target_that_was_never_made(self):
        device = I2CTarget.__new__(I2CTarget)
        self.assertEqual((tuple(device.counters), repr(device)), ((0,) * 7, "<I2CTarget, deinitialised>"))
        device.deinit()
        device.__init__(pin.SCL1, pin.SDA1, (0x41,))
        self.assertEqual(repr(device), "<I2CTarget on bus 1 at 0x41>")
        device.deinit()

    def test_a_second_life(self):
        request, controller = self.writes(b"\x01\x02")
        device = next(thing for thing in gc.get_referents(request) if isinstance(thing, I2CTarget))
        device.deinit()
        self.start(number=2)
        device.__init__(pin.SCL2, pin.SDA2, (0x41, 0x42), True)
        self.assertEqual(repr(device), "<I2CTarget on bus 2 at 0x41, 0x42>")
        self.assertRaises(ValueError, request.read)
        request.deinit()
        again = self.controller(bus=2)
        again.send_transfer([(0x42, b"\x05")])
        second = device.request(timeout=5)
        del request
        self.assertEqual((second.read(), second.end), (b"\x05", End.STOP))
        self.assertEqual(again.transfer_reply()[0], 1)

    def test_a_failed_second_life_leaves_it_dead(self):
        device = self.device()
        device.deinit()
        self.raises(errno.ENOENT, device.__init__, pin.SCL7, pin.SDA7, (0x41,))
        self.assertEqual(repr(device), "<I2CTarget, deinitialised>")
        self.assertRaises(ValueError, device.request)

    def test_a_circle_is_collected(self):
        class Kept(I2CTarget):
            pass

        device, controller = Kept(pin.SCL1, pin.SDA1, (0x40,)), self.controller()
        controller.send_transfer([(0x40, b"\x01")])
        device.kept = device.request(timeout=5)
        self.assertCountEqual(gc.get_referents(device.kept), [I2CTargetRequest, device])  # all that it refers to
        del device
        gc.collect()
        self.assertLess(controller.transfer_reply()[0], 0)
        self.device()

    def test_how_many_addresses_are_shown(self):
        for count, ending in (7, "0x46>"), (8, "0x46, 0x47>"), (9, "0x47 and 1 more>"), (10, "0x47 and 2 more>"):
            with self.device(range(0x40, 0x40 + count)) as device:
                self.assertTrue(repr(device).endswith(ending), repr(device))

    def test_repr_of_a_read_after_a_write(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b""), (0x40, 2)])
        device.request(timeout=5)
        request = device.request(timeout=5)
        self.assertEqual(repr(request), "<I2CTargetRequest: read from 0x40 after a repeated START, 0 bytes so far, OPEN>")
        request.write(b"\x01\x02")
        self.assertEqual(repr(request), "<I2CTargetRequest: read from 0x40 after a repeated START, 2 bytes so far, CONTROLLER_NACK>")

    def test_end(self):
        for end in End:
            self.assertIs(pickle.loads(pickle.dumps(end)), end)
            self.assertIs(copy.copy(end), end)
            self.assertIn(f"{end.name} ", End.__doc__)
            self.assertIs(bool(end), end is not End.OPEN)
        request, controller = self.writes(b"")
        request.read()
        self.assertIs(request.end, End.STOP)

    def test_version(self):
        with open(f"{SOURCE}/include/i2ctarget/i2ctarget.h") as header:
            self.assertEqual(i2ctarget.__version__, re.search(r'#define I2CTARGET_VERSION "(.*)"', header.read())[1])

    def test_every_counter_says_what_it_counts(self):
        for name in Counters.__match_args__:
            self.assertTrue(getattr(Counters, name).__doc__, name)
        self.assertEqual(len(Counters.__match_args__), 7)


class Dropped(TargetTest):
    def test_an_old_request_leaves_the_new_one_known(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"\x01"), (0x40, b"\x02\x03")])
        old = device.request(timeout=5)
        self.assertEqual(old.read(), b"\x01")
        new = device.request(timeout=5)
        del old
        gc.collect()
        self.assertEqual((new.read(1), new.end), (b"\x02", End.OPEN))
        self.assertIsNone(device.request())
        self.assertIs(new.end, End.CLOSED)
        controller.transfer_reply()


class OutOfMemory(TargetTest):
    """Each allocation of a call fails once.  The call raises MemoryError, nothing is lost, and the next one succeeds."""

    MOST = 200

    def every_allocation_fails(self, call):
        """Until the call succeeds because it has fewer allocations: its result, and how often it failed."""
        for n in range(self.MOST):
            _testcapi.set_nomemory(n, n + 1)
            try:
                result = call()
            except MemoryError:
                continue
            finally:
                _testcapi.remove_mem_hooks()
            return result, n
        self.fail("it never succeeds")

    def test_request(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"\x01\x02")])
        while not select.select([device.fileno()], [], [], 5)[0]:
            pass
        request, failures = self.every_allocation_fails(device.request)
        self.assertGreater(failures, 0)
        self.assertIsNotNone(request)
        self.assertEqual(request.read(), b"\x01\x02")
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_read(self):
        for n in -1, 3, 1000:
            request, controller = self.writes(b"\x01\x02\x03")
            data, failures = self.every_allocation_fails(lambda: request.read(n))
            self.assertGreater(failures, 0)
            self.assertEqual((data, request.moved), (b"\x01\x02\x03", 3))
            self.assertEqual(controller.transfer_reply()[0], 1)
            self.doCleanups()
            self.setUp()

    def test_write(self):
        request, controller = self.reads(100)
        data = bytearray(range(100))
        count, failures = self.every_allocation_fails(lambda: request.write(data))
        self.assertGreater(failures, 0)
        self.assertEqual((count, request.moved), (100, 100))
        data += b"it is free"
        self.assertEqual(controller.transfer_reply(), (1, [bytes(range(100))]))

    def test_the_rest(self):
        request, controller = self.writes(b"\x01\x02")
        device = next(thing for thing in gc.get_referents(request) if isinstance(thing, I2CTarget))
        for call in (lambda: device.counters[6], lambda: repr(device), lambda: repr(request), lambda: request.end,
                     lambda: request.moved, device.fileno):
            self.assertEqual(self.every_allocation_fails(call)[0], call())
        self.assertEqual(request.read(), b"\x01\x02")

    def test_the_constructor(self):
        def construct():
            return I2CTarget(pin.SCL1, pin.SDA1, (0x40,))

        device, failures = self.every_allocation_fails(construct)
        self.assertGreater(failures, 0)
        device.deinit()
        self.device()


if __name__ == "__main__":
    unittest.main()
