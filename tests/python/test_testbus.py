#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""i2ctarget.testbus: transfers, programs, edges by hand, the checker and the trace, all in simulated time."""

import errno
import gc
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

sys.path.insert(1, os.environ["BUILD_DIR"] + "/python")

from i2ctarget import EEPROM, End, I2CTarget, Memory, _command
from i2ctarget.testbus import Fault, Message, NotAcknowledged, NotServed, Rule, ScriptOver, TestBus, Violation, read, write

ADDRESS = 0x40
HALF_CLOCK_NS = 5000


class BusTest(unittest.TestCase):
    """A bus of 100 kHz."""

    def setUp(self):
        self.bus = TestBus()
        self.addCleanup(self.bus.close)
        self.kept = []  # a target that is collected leaves its bus
        self.addCleanup(self.kept.clear)

    def target(self, *addresses, bus=None, **keywords):
        bus = bus or self.bus
        self.kept.append(I2CTarget(bus.scl, bus.sda, addresses or (ADDRESS,), **keywords))
        return self.kept[-1]

    def memory(self, size=16, bus=None, **keywords):
        """(target, what it has in its memory)"""
        contents = bytearray(size)
        target = self.target(bus=bus)
        target.attach(Memory(contents, **keywords))
        return target, contents

    def served(self, function, *addresses):
        target = self.target(*addresses)
        self.bus.serve(target, function)
        return target


class Transfers(BusTest):
    def test_write_and_read(self):
        _, contents = self.memory()
        self.assertIsNone(self.bus.write(ADDRESS, b"\x01\xaa\xbb"))
        self.assertEqual(contents[:4], b"\x00\xaa\xbb\x00")
        self.bus.write(ADDRESS, bytearray(b"\x02"))
        self.assertEqual(self.bus.read(ADDRESS, 2), b"\xbb\x00")

    def test_combined(self):
        self.memory()
        transfer = self.bus.transfer(write(ADDRESS, b"\x03\x11\x22"), write(ADDRESS, b"\x03"), read(ADDRESS, 1), read(ADDRESS, 1))
        self.assertTrue(transfer.is_over and transfer.is_complete)
        self.assertEqual((transfer.data, transfer.problem), (b"\x11\x22", ""))
        self.assertEqual([answer.data for answer in transfer.answers], [b"\x03\x11\x22", b"\x03", b"\x11", b"\x22"])
        self.assertEqual(repr(transfer), "<Transfer: 4 messages, complete>")

    def test_times(self):
        """A clock of 100 kHz takes 10 us: an address and two bytes are 27 of them."""
        self.memory()
        self.bus.advance(1_000_000)
        transfer = self.bus.transfer(write(ADDRESS, b"\x00"), read(ADDRESS, 1))
        first, second = transfer.answers
        self.assertEqual((transfer.start_ns, first.start_ns, first.stop_ns), (1_000_000, 1_000_000, None))
        self.assertTrue(first.start_ns + 180_000 <= second.start_ns <= first.start_ns + 200_000)
        self.assertTrue(second.start_ns + 180_000 <= second.stop_ns <= second.start_ns + 200_000)
        self.assertEqual((transfer.stop_ns, transfer.held_ns), (second.stop_ns, 0))
        self.assertTrue(transfer.stop_ns <= self.bus.now_ns <= transfer.stop_ns + 10_000)

    def test_speed(self):
        durations = []
        for scl_hz in 100_000, 400_000, 1_000_000:
            bus = TestBus(scl_hz)
            self.memory(bus=bus)
            transfer = bus.transfer(write(ADDRESS, bytes(10)))
            durations.append(transfer.stop_ns - transfer.start_ns)
        self.assertTrue(3.8 < durations[0] / durations[1] < 4.2, durations)
        self.assertTrue(9 < durations[0] / durations[2] < 11, durations)

    def test_an_address_alone(self):
        seen = []
        self.served(lambda request: seen.append((request.is_read, bytes(request.read()))))
        self.bus.write(ADDRESS)
        self.assertEqual(seen, [(False, b"")])

    def test_no_such_address(self):
        self.memory()
        with self.assertRaises(NotAcknowledged) as raised:
            self.bus.read(0x41, 2)
        self.assertEqual(str(raised.exception), "0x41 did not acknowledge its address")
        answer = raised.exception.transfer.answers[0]
        self.assertEqual((answer.is_addressed, answer.data, answer.nack), (False, b"", None))
        transfer = self.bus.transfer(write(0x41, b"x"), read(ADDRESS, 1))
        self.assertEqual([answer.problem for answer in transfer.answers],
                         ["0x41 did not acknowledge its address", "the message to 0x40 was not reached"])
        self.assertEqual((transfer.is_complete, transfer.answers[1].start_ns), (False, None))

    def test_a_byte_that_is_refused(self):
        def refuse_the_third(request):
            request.read(3, ack=False)
            request.ack(False)

        self.served(refuse_the_third)
        transfer = self.bus.transfer(write(ADDRESS, b"abcdef"))
        answer = transfer.answers[0]
        self.assertEqual((answer.nack, answer.data, transfer.is_complete), (2, b"abc", False))
        self.assertEqual(transfer.problem, "0x40 did not acknowledge byte 2 of 6, 0x63")
        with self.assertRaisesRegex(NotAcknowledged, "byte 2 of 3"):
            self.bus.write(ADDRESS, b"xyz")

    def test_both_parts_in_the_test(self):
        target = self.target()
        transfer = self.bus.start(write(ADDRESS, b"\x01\xaa"), read(ADDRESS, 3))
        self.assertTrue(self.bus.is_busy)
        with target.request(timeout=0) as request:
            self.assertEqual((request.address, request.is_read, request.is_restart), (ADDRESS, False, False))
            self.assertEqual(request.read(), b"\x01\xaa")
        with target.request(timeout=0) as request:
            self.assertEqual((request.is_read, request.is_restart), (True, True))
            self.assertEqual(request.write(b"12345"), 3)
            self.assertIs(request.end, End.CONTROLLER_NACK)
        self.assertIs(self.bus.run(), transfer)
        self.assertEqual((transfer.data, transfer.held_ns, self.bus.is_busy), (b"123", 0, False))
        self.assertIs(self.bus.run(), transfer)

    def test_not_over(self):
        target = self.target()
        transfer = self.bus.start(write(ADDRESS, b"a"))
        self.assertFalse(transfer.is_over)
        self.assertIn("under way", repr(transfer))
        for name in "answers", "is_complete", "data", "start_ns", "stop_ns", "held_ns", "problem":
            with self.assertRaisesRegex(RuntimeError, "not over", msg=name):
                getattr(transfer, name)
        with self.assertRaisesRegex(RuntimeError, "under way"):
            self.bus.write(ADDRESS, b"b")
        target.deinit()
        self.assertFalse(self.bus.run().is_complete)

    def test_a_transfer_is_kept_when_the_next_begins(self):
        self.memory()
        first = self.bus.start(write(ADDRESS, b"\x05\x55"))
        self.bus.advance(10_000_000)
        second = self.bus.start(write(ADDRESS, b"\x05"), read(ADDRESS, 1))
        self.assertTrue(first.is_over and first.is_complete and not second.is_over)
        self.assertEqual(self.bus.run().data, b"\x55")

    def test_a_signal_ends_a_long_transfer(self):
        """It can go on later."""
        class Stop(Exception):
            pass

        def stop(number, frame):
            raise Stop

        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, stop))
        self.memory()
        transfer = self.bus.start(read(ADDRESS, 2_000_000))
        with self.assertRaises(Stop):
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            self.bus.run()
        self.assertTrue(self.bus.is_busy)
        self.assertFalse(transfer.is_over)

    def test_wrong_arguments(self):
        self.assertRaisesRegex(ValueError, "0x00 to 0x7f", write, 0x80)
        self.assertRaisesRegex(ValueError, "0x00 to 0x7f", read, -1, 2)
        self.assertRaisesRegex(ValueError, "length -1", read, ADDRESS, -1)
        for address, length, data, words in ((0x140, 1, b"\0", "0x00 to 0x7f"), (-1, 1, b"\0", "0x00 to 0x7f"), (ADDRESS, -1, b"", "length -1"),
                                             (ADDRESS, 2**32, b"", "length 4294967296"), (ADDRESS, 5, b"\0", "has a length of 1")):
            with self.assertRaisesRegex(ValueError, words):
                Message(address, not data, data, length)
        self.assertRaises(TypeError, write, ADDRESS, "text")
        self.assertRaisesRegex(TypeError, r"bytes\(\[5\]\)", write, ADDRESS, 5)
        self.assertRaisesRegex(TypeError, "float", read, ADDRESS, 1.5)
        self.assertRaisesRegex(TypeError, "str", write, "0x40")
        self.assertRaisesRegex(TypeError, "made of messages", self.bus.transfer, [write(ADDRESS)])
        self.assertRaisesRegex(TypeError, "made of messages", self.bus.start, b"abc")
        self.assertRaisesRegex(ValueError, "one message", self.bus.transfer)
        self.assertRaisesRegex(RuntimeError, "no transfer", self.bus.run)
        self.assertRaisesRegex(ValueError, "ns is 0", self.bus.advance, -1)
        self.assertRaises(TypeError, self.bus.advance, 1.5)
        for keywords in {"scl_hz": 0}, {"scl_hz": 1_000_001}, {"scl_hz": 2**32 + 100_000}, {"spike_ns": 51}, {"spike_ns": 2**32}, {"spike_ns": -1}:
            with self.assertRaises(ValueError):
                TestBus(**keywords)


class BusPins(BusTest):
    def test_any_number_of_targets(self):
        targets = [self.target(address) for address in range(0x10, 0x20)]
        self.assertEqual(len(self.bus.targets), 16)
        self.assertEqual(set(self.bus.targets), set(targets))
        targets[3].deinit()
        self.assertNotIn(targets[3], self.bus.targets)

    def test_no_more_than_128(self):
        targets = [self.target() for _ in range(128)]
        for number, target in enumerate(targets[:2]):
            target.add_address(0x11 + number)
            target.attach(Memory(bytearray([0x5A + number])), (0x11 + number,))
        with self.assertRaisesRegex(MemoryError, "a test bus has 128 at most"):
            self.target()
        self.assertEqual(len(self.bus.targets), 128)
        for number in range(2):
            self.assertEqual(self.bus.read(0x11 + number, 1), bytes([0x5A + number]))
        targets.pop().deinit()
        self.target()

    def test_wrong_ones(self):
        bus, other = self.bus, TestBus()
        for scl, sda, words in ((bus.sda, bus.scl, "swapped"), (bus.scl, bus.scl, "same line"), (bus.scl, other.sda, "two buses")):
            with self.assertRaisesRegex(ValueError, words):
                I2CTarget(scl, sda, (ADDRESS,))

    def test_what_they_say(self):
        self.assertEqual((repr(self.bus.scl), repr(self.bus.sda)), ("TestBus.scl", "TestBus.sda"))
        self.assertEqual(repr(self.target(0x40, 0x41)), "<I2CTarget on a TestBus at 0x40, 0x41>")

    def test_a_target_moves_to_another_bus(self):
        other = TestBus()
        target = self.target()
        with self.assertRaisesRegex(ValueError, "serves already"):
            target.__init__(other.scl, other.sda, (ADDRESS,))
        target.deinit()
        target.__init__(other.scl, other.sda, (ADDRESS,))
        self.assertEqual((self.bus.targets, other.targets), ([], [target]))

    def test_no_descriptor(self):
        self.assertRaisesRegex(ValueError, "TestBus", self.target().fileno)


class Serving(BusTest):
    def test_several_targets(self):
        got = []
        self.served(lambda request: got.append((0x40, bytes(request.read()))), 0x40)
        self.served(lambda request: got.append((0x41, request.write(b"ok"))), 0x41)
        transfer = self.bus.transfer(write(0x40, b"x"), read(0x41, 2), write(0x40, b"y"))
        self.assertTrue(transfer.is_complete)
        self.assertEqual(got, [(0x40, b"x"), (0x41, 2), (0x40, b"y")])
        self.assertEqual((transfer.data, transfer.held_ns), (b"ok", 0))

    def test_one_that_takes_its_time(self):
        def slow(request):
            self.bus.advance(200_000)  # the byte is there after 90 us
            request.read()

        target = self.served(slow)
        transfer = self.bus.transfer(write(ADDRESS, b"a"))
        self.assertTrue(90_000 <= transfer.held_ns <= 120_000, transfer.held_ns)
        self.assertEqual(target.counters.stretches, 2)  # the first one ends before the controller notices
        self.assertEqual(self.bus.violations, [])

    def test_one_that_does_nothing(self):
        """The request is closed behind it."""
        self.served(lambda request: None)
        self.assertEqual(self.bus.read(ADDRESS, 2), b"\xff\xff")
        self.assertEqual(self.bus.transfer(write(ADDRESS, b"abc")).answers[0].nack, 0)

    def test_an_exception(self):
        def fail(request):
            raise ZeroDivisionError

        target = self.served(fail)
        with self.assertRaises(ZeroDivisionError):
            self.bus.read(ADDRESS, 1)
        self.bus.serve(target, lambda request: request.write(b"1"))
        self.assertEqual(self.bus.run().data, b"\xff")
        self.assertEqual(self.bus.read(ADDRESS, 1), b"1")

    def test_nobody_serves(self):
        target = self.target()
        with self.assertRaisesRegex(NotServed, "0x40> holds SCL.*serve"):
            self.bus.read(ADDRESS, 1)
        self.assertFalse(self.bus.scl_is_high)
        self.bus.serve(target, lambda request: request.write(b"!"))
        self.assertEqual(self.bus.run().data, b"!")

    def test_of_another_bus(self):
        with self.assertRaisesRegex(ValueError, "not a target on this TestBus"):
            TestBus().serve(self.target(), print)

    def test_a_controller_that_does_not_wait(self):
        """It reads on while the target holds SCL, so it misses what the target would have said."""
        bus = TestBus(stretching=False)
        target = self.target(bus=bus)

        def slow(request):
            bus.advance(35_000)
            request.write(b"\x00")

        bus.serve(target, slow)
        self.assertEqual(bus.transfer(read(ADDRESS, 1)).data, b"\xc0")  # two bits came too late
        self.assertFalse(bus.stretching)
        bus.advance(1_000_000)
        bus.stretching = True
        self.assertEqual(bus.read(ADDRESS, 1), b"\x00")


def registers(scl, sda):
    """Its program, with a loop, as anybody would write it."""
    contents, index = bytearray(16), 0
    with I2CTarget(scl, sda, (ADDRESS,)) as target:
        while True:
            with target.request(timeout=0) as request:
                if request.is_read:
                    request.write(contents[index:])
                elif data := request.read(1):
                    index = data[0] % 16
                    for byte in request.read(16 - index):
                        contents[index] = byte


class Programs(BusTest):
    """play()"""

    def play(self, script, program=registers):
        return self.bus.play(script, program, self.bus.scl, self.bus.sda)

    def test_a_loop(self):
        got = []

        def script():
            transfer = yield write(ADDRESS, b"\x03\xaa")
            got.append(transfer.is_complete)
            transfer = yield [write(ADDRESS, b"\x03"), read(ADDRESS, 2)]
            got.append(transfer.data)
            transfer = yield write(0x22)
            got.append(transfer.problem)

        self.assertIsNone(self.play(script()))
        self.assertEqual(got, [True, b"\xaa\x00", "0x22 did not acknowledge its address"])
        self.assertEqual((self.bus.targets, self.bus.violations), ([], []))

    def test_a_pause(self):
        times = []

        def script():
            nothing = yield 2_000_000_000
            times.extend([self.bus.now_ns, nothing])
            yield 500
            times.append(self.bus.now_ns)

        self.play(script())
        self.assertEqual(times, [2_000_000_000, None, 2_000_000_500])

    def poll(self, timeout, wanted):
        """A program that counts how often there is nothing."""
        def program(scl, sda):
            with I2CTarget(scl, sda, (ADDRESS,)) as target:
                while True:
                    try:
                        request = target.request(timeout=timeout)
                    except TimeoutError:
                        request = None
                    if request:
                        wanted.append(bytes(request.read()))

        return program

    def test_a_program_that_polls(self):
        for timeout in -1, 0.001:
            got = []

            def script():
                yield write(ADDRESS, b"one")
                yield 5_000_000
                yield write(ADDRESS, b"two")

            self.play(script(), self.poll(timeout, got))
            self.assertEqual(got, [b"one", b"two"], timeout)

    def test_a_failed_assertion(self):
        def script():
            transfer = yield read(ADDRESS, 1)
            self.assertEqual(transfer.data, b"other")

        with self.assertRaises(AssertionError):
            self.play(script())
        self.assertEqual(self.bus.targets, [])

    def test_a_failed_assertion_that_the_program_catches(self):
        """A loop that survives everything, and a program that then ends: the test has failed nevertheless."""
        for times in 1, 1000:
            caught = []

            def program(scl, sda):
                with I2CTarget(scl, sda, (ADDRESS,)) as target:
                    while len(caught) < times:
                        try:
                            target.request(timeout=0)
                        except Exception as error:
                            caught.append(error)

            def script():
                yield 1
                self.fail("found")

            with self.assertRaisesRegex(AssertionError, "found"):
                self.play(script(), program)
            self.assertEqual(len(caught), 1)

    def test_one_script_at_a_time(self):
        """The one that is under way goes on."""
        def program(scl, sda):
            with self.assertRaisesRegex(RuntimeError, "play.. is under way"):
                self.play(iter_of(write(ADDRESS)))
            return self.once(scl, sda)

        for _ in range(2):
            self.assertEqual(self.play(iter_of(write(ADDRESS, b"outer")), program), b"outer")

    def test_what_is_no_script(self):
        def script():
            yield 1

        for wrong in script, [write(ADDRESS)]:
            with self.assertRaisesRegex(TypeError, "a script is a generator"):
                self.play(wrong)
        for step in None, 1.5, {write(ADDRESS)}:
            with self.assertRaisesRegex(TypeError, "a script yields"):
                self.play(iter_of(step))
        with self.assertRaisesRegex(TypeError, "made of messages"):
            self.play(iter_of([b"abc"]))

    def test_a_program_that_fails(self):
        def program(scl, sda):
            with I2CTarget(scl, sda, (ADDRESS,)) as target:
                target.request(timeout=0)
                raise ZeroDivisionError

        def script():
            yield read(ADDRESS, 1)

        with self.assertRaises(ZeroDivisionError):
            self.play(script(), program)
        self.assertFalse(self.bus.run().is_complete)

    def once(self, scl, sda):
        with I2CTarget(scl, sda, (ADDRESS,)) as target, target.request(timeout=0) as request:
            return bytes(request.read())

    def test_a_program_that_ends(self):
        seen = []

        def script():
            transfer = yield write(ADDRESS, b"last")
            seen.append(transfer.is_complete)
            yield 1000
            seen.append(self.bus.now_ns)

        self.assertEqual(self.play(script(), self.once), b"last")
        self.assertEqual(seen[0], True)
        self.assertEqual(seen[1], self.bus.now_ns)

    def test_a_program_that_ends_too_early(self):
        def script():
            yield write(ADDRESS, b"first")
            yield write(ADDRESS, b"second")

        with self.assertRaisesRegex(NotServed, "the script has not"):
            self.play(script(), self.once)

    def test_what_a_script_may_not_do(self):
        outcomes = []

        def script(target):
            for call in (lambda: self.bus.advance(1), lambda: target.request(), lambda: self.bus.transfer(write(0x11)), lambda: target.add_address(1)):
                try:
                    call()
                except RuntimeError as error:
                    outcomes.append("reentrant" in str(error))
            yield -1

        target = self.target(0x50)
        with self.assertRaisesRegex(ValueError, "a pause of 0 ns"):
            self.play(script(target))
        self.assertEqual(outcomes, [True] * 4)

    def test_a_pause_is_as_long_as_an_advance(self):
        year = 365 * 24 * 3600 * 10**9
        self.play(iter_of(year))
        self.assertGreaterEqual(self.bus.now_ns, year)
        began_ns = self.bus.now_ns
        for pause in year + 1, 2**64 - 1, 2**64, 2**70:
            with self.assertRaisesRegex(ValueError, "a year"):
                self.bus.advance(pause)
            with self.assertRaisesRegex(ValueError, "a year"):
                self.play(iter_of(pause))
        self.assertEqual(self.bus.now_ns, began_ns)

    def test_the_end_passes_except_exception(self):
        def program(scl, sda):
            with I2CTarget(scl, sda, (ADDRESS,)) as target:
                while True:
                    try:
                        target.request(timeout=0)
                    except Exception:
                        pass

        def script():
            yield write(ADDRESS)

        self.assertIsNone(self.play(script(), program))
        self.assertFalse(issubclass(ScriptOver, Exception))

    def test_a_request_without_a_script(self):
        """After play() the bus is as before."""
        self.play(iter_of(write(0x11)))
        with self.assertRaises(OSError) as raised:
            self.target().request(timeout=0)
        self.assertEqual(raised.exception.errno, errno.EDEADLK)


def iter_of(*steps):
    for step in steps:
        yield step


class Time(BusTest):
    def test_no_real_time_passes(self):
        began = time.monotonic()
        target = self.target()
        with self.assertRaises(TimeoutError):
            target.request(timeout=3600)
        self.assertTrue(3600e9 <= self.bus.now_ns <= 3601e9)
        self.assertLess(time.monotonic() - began, 600)

    def test_a_time_out_goes_on_after_a_function(self):
        """Its rest is counted in the time of the bus."""
        target = self.target(0x40, 0x41)
        target.attach(Memory(bytearray(16), on_write=lambda begin, end: None), (0x41,))
        self.bus.start(write(0x41, b"\x01\xaa"))
        with self.assertRaises(TimeoutError):
            target.request(timeout=60)
        self.assertTrue(60e9 <= self.bus.now_ns <= 60e9 + 10_000, self.bus.now_ns)

    def test_a_wait_that_would_never_end(self):
        with self.assertRaisesRegex(OSError, "never end") as raised:
            self.target().request(timeout=0)
        self.assertEqual(raised.exception.errno, errno.EDEADLK)

    def test_calls_that_wait_for_another_target(self):
        """Two targets must acknowledge each byte.  A call that can not go on is made again, with whatever arguments, and nothing is lost."""
        first, second = self.target(0x00, 0x40), self.target(0x00, 0x41)
        transfer = self.bus.start(write(0x00, b"\x01\x02\x03\x04"))
        requests = [first.request(timeout=0)]
        self.assertIsNone(self.unless_it_never_ends(lambda: requests[0].read(1)))
        requests.append(second.request())
        got = [bytearray(), bytearray()]
        for n in (1, 2, -1, 1, -1, 3, -1, 4, -1):
            for request, data in zip(requests, got):
                part = self.unless_it_never_ends(lambda: request.read(n))
                data += part or b""
                self.assertTrue(part is None or n > 0 or request.end)
        self.assertEqual(got, [b"\x01\x02\x03\x04"] * 2)
        self.assertIs(self.bus.run(), transfer)
        self.assertTrue(transfer.is_complete)

    def unless_it_never_ends(self, call):
        try:
            return call()
        except OSError as error:
            self.assertEqual(error.errno, errno.EDEADLK)

    def test_a_look_takes_a_microsecond(self):
        self.assertIsNone(self.target().request())
        self.assertEqual(self.bus.now_ns, 1000)

    def test_the_write_time_of_an_eeprom(self):
        target = self.target(0x50)
        target.attach(EEPROM(bytearray(256), write_time=0.005))
        self.bus.write(0x50, b"\x00abc")
        began_ns = self.bus.now_ns
        while not self.bus.transfer(write(0x50, b"\x00")).is_complete:
            self.bus.advance(100_000)
        self.assertTrue(4_900_000 <= self.bus.now_ns - began_ns <= 5_500_000)
        self.assertEqual(self.bus.read(0x50, 3), b"abc")

    def test_the_write_time_of_two_buses(self):
        other = TestBus()
        for bus in self.bus, other:
            self.target(0x50, bus=bus).attach(EEPROM(bytearray(256), write_time=0.005))
        self.bus.advance(1_000_000_000)
        self.bus.write(0x50, b"\x00a")
        other.write(0x50, b"\x00a")
        other.advance(5_000_000)
        other.write(0x50, b"\x00")
        self.assertRaises(NotAcknowledged, self.bus.write, 0x50, b"\x00")

    def test_the_limit_of_smbus(self):
        target = self.target(smbus=True)
        self.bus.start(write(ADDRESS, b"abc"))
        request = target.request(timeout=0)
        request.read(1)
        self.bus.advance(30_000_000)
        request.read()
        self.assertIs(request.end, End.TIMEOUT)
        self.assertEqual(target.counters.timeouts, 1)


class BusOnWrite(BusTest):
    def test_it_is_told_when_the_message_ends(self):
        told = []
        self.memory(on_write=lambda begin, end: told.append((begin, end, self.bus.is_busy)))
        self.bus.transfer(write(ADDRESS, b"\x01\xaa"), write(ADDRESS, b"\x02\xbb"))
        self.assertEqual(told, [(1, 2, True), (2, 3, mock.ANY)])

    def test_by_another_target_s_call(self):
        told = []
        self.memory(on_write=lambda begin, end: told.append((begin, end)))
        other = self.target(0x41)
        self.bus.start(write(ADDRESS, b"\x01\xaa"), write(0x41, b"x"))
        with other.request(timeout=0) as request:
            self.assertEqual(told, [(1, 2)])
            request.read()

    def test_it_ends_its_target(self):
        target, _ = self.memory(on_write=lambda begin, end: target.deinit())
        transfer = self.bus.transfer(write(ADDRESS, b"\x01\xaa"), read(ADDRESS, 1))
        self.assertFalse(transfer.answers[1].is_addressed)
        self.assertEqual(self.bus.targets, [])

    def test_it_ends_all_targets(self):
        others = [self.target(address) for address in range(0x10, 0x20)]
        self.memory(on_write=lambda begin, end: [target.deinit() for target in self.bus.targets])
        self.bus.transfer(write(ADDRESS, b"\x01\xaa"))
        self.assertEqual(self.bus.targets, [])
        self.assertRaisesRegex(ValueError, "deinitialised", others[0].request)

    def test_it_may_not_begin_a_call(self):
        refused = []

        def try_all(begin, end):
            for call in (lambda: self.bus.advance(1), lambda: self.bus.run(), lambda: self.target(0x11), lambda: self.bus.pull(scl=True)):
                with self.assertRaisesRegex(RuntimeError, "reentrant"):
                    call()
                refused.append(call)

        self.memory(on_write=try_all)
        self.bus.transfer(write(ADDRESS, b"\x01\xaa"))
        self.assertEqual(len(refused), 4)

    def test_nor_may_another_thread(self):
        said = []

        def look():
            try:
                self.bus.advance(1)
            except RuntimeError as error:
                said.append(str(error))

        def in_a_thread(begin, end):
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()

        self.memory(on_write=in_a_thread)
        self.bus.write(ADDRESS, b"\x01\xaa")
        self.assertEqual(len(said), 1)
        self.assertIn("another thread", said[0])

    def test_an_interrupt_ends_the_run(self):
        def interrupt(begin, end):
            raise KeyboardInterrupt

        self.memory(on_write=interrupt)
        with self.assertRaises(KeyboardInterrupt):
            self.bus.transfer(write(ADDRESS, b"\x01\xaa"), read(ADDRESS, 1))
        self.assertTrue(self.bus.run().is_complete)


class ByHand(BusTest):
    """A controller, edge by edge."""

    def hand(self, scl, sda, ns=HALF_CLOCK_NS):
        self.bus.pull(scl=scl, sda=sda)
        self.bus.advance(ns)

    def clock(self, bit):
        self.hand(True, not bit)
        self.hand(False, not bit)

    def call(self, address=ADDRESS):
        self.hand(False, True)
        for n in range(6, -1, -1):
            self.clock(address >> n & 1)
        self.clock(0)

    def acknowledged_after(self, low_ns):
        self.hand(True, False, low_ns)
        self.hand(False, False)
        is_low = not self.bus.sda_is_high
        self.hand(True, False)
        return is_low

    def test_levels(self):
        self.assertEqual((self.bus.scl_is_high, self.bus.sda_is_high), (True, True))
        self.bus.pull(sda=True)
        self.assertEqual((self.bus.scl_is_high, self.bus.sda_is_high), (True, False))
        self.bus.pull(scl=True)
        self.assertEqual((self.bus.scl_is_high, self.bus.sda_is_high), (False, True))
        self.bus.pull()
        self.assertEqual((self.bus.scl_is_high, self.bus.sda_is_high), (True, True))

    def test_an_address(self):
        self.memory()
        self.call()
        self.assertTrue(self.acknowledged_after(HALF_CLOCK_NS))
        self.assertEqual(self.bus.violations, [])

    def test_a_program_answers(self):
        target = self.target()
        self.call()
        self.hand(True, False)
        self.hand(False, False)
        self.assertFalse(self.bus.scl_is_high)
        with target.request() as request:
            self.assertEqual((request.address, request.is_read), (ADDRESS, False))
        self.bus.advance(1000)
        self.assertEqual((self.bus.scl_is_high, self.bus.sda_is_high), (True, False))

    def test_the_spike_filter(self):
        for spike_ns, glitches in (50, 1), (30, 0), (0, 0):
            self.bus = TestBus(spike_ns=spike_ns)
            target = self.target()
            self.hand(False, True, 40)
            self.hand(False, False)
            self.assertEqual(target.counters.glitches, glitches, spike_ns)

    def test_a_line_that_is_held(self):
        self.memory()
        self.bus.start(write(ADDRESS, b"\x00"))
        self.bus.advance(50_000)
        self.bus.pull(scl=True)
        with self.assertRaisesRegex(NotServed, "by hand"):
            self.bus.run()
        self.bus.pull()
        self.assertTrue(self.bus.run().is_complete)


class Checker(ByHand):
    def test_a_set_up_time(self):
        self.memory()
        self.call()
        self.acknowledged_after(500)
        violation = self.bus.violations[0]
        self.assertEqual(violation, Violation(Rule.DATA_SETUP, (ADDRESS,), violation.at_ns, 200, 250))
        self.assertEqual(str(violation), f"at {violation.at_ns / 1000:.3f} us, target at 0x40: data set-up time too short, 200 ns (limit 250 ns)")
        self.assertEqual((len(self.bus.violations), self.bus.violation_count), (1, 1))

    def test_a_target_that_has_gone(self):
        target, _ = self.memory()
        self.target(0x41)
        self.call()
        self.acknowledged_after(500)
        target.deinit()
        self.assertEqual([violation.addresses for violation in self.bus.violations], [(ADDRESS,)])
        self.bus.forget_violations()
        self.assertEqual((self.bus.violations, self.bus.violation_count), ([], 0))

    def test_a_target_that_must_not_stretch(self):
        def slow(request):
            self.bus.advance(200_000)  # the byte is there after 90 us
            request.read()

        target = self.served(slow)
        self.bus.forbid_stretching(target)
        transfer = self.bus.transfer(write(ADDRESS, b"a"))
        violation = self.bus.violations[0]
        self.assertEqual((violation.rule, violation.measured_ns), (Rule.STRETCH, transfer.held_ns))
        self.assertTrue(transfer.start_ns < violation.at_ns < transfer.stop_ns)
        self.assertIn(f"must not, {transfer.held_ns} ns", str(violation))
        self.assertRaisesRegex(ValueError, "not a target on this TestBus", TestBus().forbid_stretching, target)

    def test_a_device_does_not_stretch(self):
        target, _ = self.memory()
        self.bus.forbid_stretching(target)
        self.bus.transfer(write(ADDRESS, bytes(8)), read(ADDRESS, 8))
        self.assertEqual(self.bus.violations, [])

    def test_more_than_are_kept(self):
        self.memory()
        for _ in range(40):
            self.hand(False, False)
            self.call()
            self.acknowledged_after(500)
            self.hand(True, True)
            self.hand(False, True)
        self.assertEqual((len(self.bus.violations), self.bus.violation_count), (32, 40))


class Faults(BusTest):
    def test_a_byte_is_refused(self):
        _, contents = self.memory()
        number = self.bus.fault("0x40 nack-after 2 once")
        self.assertEqual(self.bus.transfer(write(ADDRESS, b"\x01abc")).answers[0].nack, 2)
        self.bus.write(ADDRESS, b"\x01abc")
        self.assertEqual(contents[1:4], b"abc")
        self.assertEqual(self.bus.faults, [Fault(number, "0x40 nack-after 2 once", 1, 1)])

    def test_a_fault_is_no_violation_of_a_target(self):
        self.memory()
        for text in "0x40 stretch 50us", "0x40 nack", "0x40 flip at 1.3 read", "0x40 drop":
            number = self.bus.fault(text)
            self.bus.transfer(write(ADDRESS, b"\x01ab"), read(ADDRESS, 2))
            self.assertGreater(self.bus.faults[0].hits, 0, text)
            self.bus.clear_fault(number)
        self.assertEqual(self.bus.violations, [])
        self.bus.advance(1_000_000)
        self.bus.write(ADDRESS, b"\x01ab")

    def test_they_are_removed(self):
        first, second = self.bus.fault("any nack"), self.bus.fault("0x41 nack")
        self.bus.clear_fault(first)
        self.assertEqual([fault.number for fault in self.bus.faults], [second])
        self.assertRaisesRegex(ValueError, f"no fault {first}", self.bus.clear_fault, first)
        self.bus.fault("0x42 nack")
        self.bus.clear_fault()
        self.assertEqual(self.bus.faults, [])

    def test_wrong_ones(self):
        self.assertRaisesRegex(ValueError, "explode", self.bus.fault, "0x40 explode")
        self.assertRaises(TypeError, self.bus.fault, b"0x40 nack")
        self.assertRaises(ValueError, self.bus.fault, "0x40 nack\0")
        for _ in range(32):
            self.bus.fault("any nack")
        self.assertRaisesRegex(ValueError, "as many faults", self.bus.fault, "any nack")


class Traces(BusTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.path = f"{folder}/bus.vcd"

    def test_a_picture(self):
        self.memory()
        self.bus.vcd(self.path)
        self.assertEqual(self.bus.picture(), "")
        self.bus.write(ADDRESS, b"\x01\xaa")
        self.bus.transfer(write(ADDRESS, b"\x01"), read(ADDRESS, 1))
        lines = self.bus.picture().splitlines()
        self.assertEqual([" ".join(line.split()[1:-2]) for line in lines], ["S 40 W + 01 aa + P", "S 40 W + 01 + Sr 40 R + aa - P"])

    def test_the_file_ends(self):
        self.bus.vcd(self.path.encode())
        self.bus.end_vcd()
        size = os.path.getsize(self.path)
        self.bus.transfer(write(ADDRESS))
        self.assertEqual(os.path.getsize(self.path), size)
        self.bus.vcd(self.path)
        self.bus.transfer(write(ADDRESS))
        self.bus.close()
        self.assertGreater(os.path.getsize(self.path), size)

    def test_errors(self):
        self.assertRaisesRegex(ValueError, "writes no VCD", self.bus.end_vcd)
        self.assertRaisesRegex(ValueError, "writes no VCD", self.bus.picture)
        with self.assertRaises(FileNotFoundError) as raised:
            self.bus.vcd("/no/such/folder/bus.vcd")
        self.assertEqual(raised.exception.filename, "/no/such/folder/bus.vcd")
        self.bus.vcd(self.path)
        self.assertRaisesRegex(ValueError, "writes a VCD already", self.bus.vcd, self.path)
        self.assertRaises(ValueError, self.bus.vcd, "a\0b")

    def test_a_full_disk(self):
        with self.assertRaises(OSError) as raised:
            self.bus.vcd("/dev/full")
        self.assertEqual(raised.exception.errno, errno.ENOSPC)

    def test_without_the_command(self):
        self.bus.vcd(self.path)
        with mock.patch.object(_command, "PLACES", ("/no/such/i2ctarget",)), mock.patch.dict(os.environ, PATH="/nowhere"):
            with self.assertRaisesRegex(FileNotFoundError, "not installed"):
                self.bus.picture()


class Lives(BusTest):
    def test_a_target_keeps_its_bus(self):
        target = self.target(bus=TestBus())
        gc.collect()
        self.assertIsNone(target.request())
        self.assertIn("TestBus", repr(target))

    def test_a_bus_and_its_functions_are_collected(self):
        class Seen(TestBus):
            ended = 0

            def __del__(self):
                Seen.ended += 1

        bus = Seen()
        target = self.target(bus=bus)
        bus.serve(target, lambda request: bus)
        bus.start(read(ADDRESS, 1))
        target.request(timeout=0)
        del bus, target
        self.kept.clear()
        gc.collect()
        self.assertEqual(Seen.ended, 1)

    def test_close(self):
        with TestBus() as bus:
            target = self.target(bus=bus)
        self.assertEqual(bus.targets, [])
        self.assertRaisesRegex(ValueError, "deinitialised", target.request)
        bus.close()


if __name__ == "__main__":
    unittest.main()
