#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Waits: signals, threads, descriptors, asyncio."""

import asyncio
import contextlib
import errno
import gc
import os
import select
import selectors
import signal
import socket
import struct
import threading
import time
import unittest
from unittest import mock

from targets import EIO, ETIMEDOUT, End, I2CTarget, Later, TargetTest, events, record, signalled, wait_until
from bench import frame
from i2ctarget import requests
import protocol


def kinds_of(frames):
    """Of the frames that a target has sent."""
    kinds = []
    while frames:
        length, kind, _ = struct.unpack_from("<IHH", frames)
        kinds.append(kind)
        frames = frames[8 + length :]
    return kinds


@contextlib.contextmanager
def handler(number, function):
    """A signal's handler, for a while."""
    before = signal.signal(number, function)
    try:
        yield
    finally:
        signal.signal(number, before)


class Signals(TargetTest):
    def setUp(self):
        super().setUp()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt(self, call, *arguments, **keywords):
        """Ctrl-C while the call waits: it must end."""
        taken = []

        def once(*_):
            if not taken:
                taken.append(1)
                raise KeyboardInterrupt

        with handler(signal.SIGINT, once), signalled(signal.SIGINT), self.assertRaises(KeyboardInterrupt):
            call(*arguments, **keywords)

    def test_request(self):
        device, controller = self.both()
        for timeout in 0, 30:
            self.interrupt(device.request, timeout=timeout)
        controller.send_transfer([(0x40, b"\x01")])
        self.assertEqual(device.request(timeout=5).read(), b"\x01")
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_read_keeps_what_was_acknowledged(self):
        device, controller, other = self.shared_write(b"\x01\x02\x03\x04")
        request = device.request(timeout=5)
        call = other.next_call()
        other.commit(call.serial, count=2)  # holds at the third byte
        self.interrupt(request.read)
        other.commit(call.serial, count=4)
        self.assertEqual(request.read(1), b"\x01")
        self.assertEqual(request.read(2), b"\x02\x03")
        self.assertEqual((request.read(), request.moved, request.end), (b"\x04", 4, End.STOP))
        self.assertEqual(controller.transfer_reply()[0], 1)

    def shared_write(self, data):
        """Two targets at one address hold SCL together: the second one makes the bus pause.  (device, controller, the second)"""
        device, controller = self.both()
        other = self.opened(protocol.Target(addresses=[0x40]))
        self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 3000), 0)
        controller.send_transfer([(0x40, data)])
        return device, controller, other

    def test_read_of_n(self):
        for n, ack in (3, True), (4, False), (100, True):
            with self.subTest(n=n, ack=ack):
                device, controller, other = self.shared_write(b"\x01\x02\x03\x04\x05")
                request = device.request(timeout=5)
                call = other.next_call()
                other.commit(call.serial, count=1)
                self.interrupt(request.read, n, ack)
                self.interrupt(request.read, n, ack)
                other.commit(call.serial, count=5)
                data = request.read(n, ack)
                self.assertEqual(data, bytes(range(1, 6))[:n])
                self.assertEqual(request.read(), bytes(range(1, 6))[n:])
                self.assertEqual(controller.transfer_reply()[0], 1)
                other.close()
                device.deinit()
                controller.close()

    def interrupted_read(self, data, count, n):
        """A read(n) that was interrupted when `count` bytes of the controller's `data` were in: (request, controller, the second target)."""
        device, controller, other = self.shared_write(data)
        request = device.request(timeout=5)
        call = other.next_call()
        other.commit(call.serial, count=count)
        self.interrupt(request.read, n)
        other.commit(call.serial, count=len(data))
        return request, controller, other

    def test_a_read_that_outgrows_the_small_buffer(self):
        """What is left of the interrupted read() moves along, to the last byte."""
        data = bytes(range(1, 251))
        for n, pieces in (10, (3, 90, 100)), (64, (1, 1, 63, 64, 65)), (64, (1, 64, 100)), (64, (63, 64, 200)), (20, (4, 48, 49, 130)):
            with self.subTest(n=n, pieces=pieces):
                request, controller, other = self.interrupted_read(data, 2, n)
                got = [bytes(request.read(piece)) for piece in pieces]
                self.assertEqual([len(piece) for piece in got[:-1]], list(pieces[:-1]))
                self.assertEqual(b"".join(got) + bytes(request.read()), data)
                self.assertEqual(controller.transfer_reply()[0], 1)
                self.close_both(request, other)

    @staticmethod
    def close_both(request, other):
        other.close()
        next(thing for thing in gc.get_referents(request) if isinstance(thing, I2CTarget)).deinit()

    def test_what_else_is_called_after_an_interrupted_read(self):
        """Nothing of it is lost by calls that move nothing, or are wrong."""
        data = bytes(range(1, 21))
        request, controller, other = self.interrupted_read(data, 2, 12)
        self.assertEqual(request.read(0), b"")
        self.raises(errno.EACCES, request.write, b"")
        self.raises(errno.EACCES, request.write, bytes(100))
        self.assertRaises(ValueError, request.read, 1 << 31)
        request.ack(False)
        self.assertEqual(request.read(5), data[:5])
        self.assertEqual(request.read(0), b"")
        self.assertEqual(request.read(), data[5:])
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_a_read_of_nothing_does_not_wait(self):
        device, controller, other = self.shared_write(b"\x01\x02\x03")
        request = device.request(timeout=5)
        call = other.next_call()
        other.commit(call.serial, count=1)
        self.interrupt(request.read, 2)
        self.assertEqual(request.read(0), b"")
        other.commit(call.serial, count=3)
        self.assertEqual(request.read(), b"\x01\x02\x03")
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_nothing_is_left_of_an_interrupted_read_when_all_is_over(self):
        data = bytes(5000)
        for end, words in (lambda request, device: request.deinit(), "closed"), (lambda request, device: device.deinit(), "closed"), (
                lambda request, device: device.request(), "closed"):
            device, controller, other = self.shared_write(data)
            request = device.request(timeout=5)
            other.commit(other.next_call().serial, count=4500)
            self.interrupt(request.read)  # the first 4096 are in transit
            end(request, device)
            for call in request.read, lambda: request.read(1), lambda: request.read(0):
                with self.assertRaisesRegex(ValueError, words):
                    call()
            other.close()
            device.deinit()
            controller.close()
        self.assert_works()

    def test_a_write_of_nothing_after_an_interrupted_write(self):
        device, controller = self.both()
        other = self.opened(protocol.Target(addresses=[0x40]))
        controller.send_transfer([(0x40, 4)])
        request = device.request(timeout=5)
        call = other.next_call()
        other.commit(call.serial, count=1, data=b"\x01")
        self.interrupt(request.write, b"\x01\x02")
        self.assertEqual(request.write(b""), 0)
        self.interrupt(request.write, b"\x03\x04")  # the first one goes on, and is interrupted again
        other.commit(call.serial, then=protocol.THEN_REFUSE)
        self.assertEqual(request.write(b"\x03\x04"), 2)
        self.assertEqual(controller.transfer_reply(), (1, [b"\x01\x02\x03\x04"]))

    def test_a_handler_that_outlasts_the_timeout(self):
        device = self.device()
        seen = []

        def outlast(*_):
            if not seen:
                seen.append(1)
                time.sleep(0.2)

        with handler(signal.SIGUSR1, outlast), signalled(signal.SIGUSR1, 0.02):
            self.raises(errno.ETIMEDOUT, device.request, timeout=0.1)

    def test_closed_after_an_interrupted_read(self):
        device, controller, other = self.shared_write(b"\x01\x02\x03")
        with device.request(timeout=5) as request:
            call = other.next_call()
            other.commit(call.serial, count=1)
            self.interrupt(request.read)
        self.assertRaises(ValueError, request.read)
        other.commit(call.serial, then=protocol.THEN_REFUSE, reason=protocol.CLOSED)
        controller.transfer_reply()
        other.close()
        controller.send_transfer([(0x40, b"\x07")])
        self.assertEqual(device.request(timeout=5).read(), b"\x07")
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_bytes_before_a_fault_in_a_later_part(self):
        device, controller, other = self.shared_write(bytes(5000))
        request = device.request(timeout=5)
        call = other.next_call()
        other.commit(call.serial, count=4096, waiting=1)
        with Later(request.read) as later:
            other.wait_for(protocol.RECEIVED)  # it is asked about the byte after them
            time.sleep(0.1)
            self.bus.stop(signal.SIGKILL)
        self.assertEqual(later.result, bytes(4097))  # to that byte, too, it said yes
        self.raises(errno.EIO, request.read)
        self.assertEqual(request.end, End.PORT_LOST)

    def test_write(self):
        device, controller = self.both()
        other = self.opened(protocol.Target(addresses=[0x40]))
        controller.send_transfer([(0x40, 4)])
        request = device.request(timeout=5)
        call = other.next_call()
        other.commit(call.serial, count=1, data=b"\x01")  # the same, so nobody loses; it holds at the second byte
        data = bytearray(b"\x01\x02")
        self.interrupt(request.write, data)
        data[:] = b"\x77\x77\x77"  # it is ours again
        other.commit(call.serial, then=protocol.THEN_REFUSE)
        self.assertEqual(request.write(b"\x03\x04\x05"), 2)
        self.assertEqual(controller.transfer_reply(), (1, [b"\x01\x02\x03\x04"]))

    def test_a_handler_that_returns(self):
        device, controller = self.both()
        seen = []

        def count(*_):
            seen.append(1)
            self.assertLess(len(seen), 200, "the wait is begun anew with each signal")

        with handler(signal.SIGUSR1, count), signalled(signal.SIGUSR1):
            began = time.monotonic()
            self.raises(errno.ETIMEDOUT, device.request, timeout=1)
            self.assertGreaterEqual(time.monotonic() - began, 1)
            self.assertGreater(len(seen), 1)
            seen.clear()
            with Later(lambda: (wait_until(lambda: seen, "it has been seen"), controller.send_transfer([(0x40, b"\x01")]))):
                self.assertEqual(device.request(timeout=0).read(), b"\x01")
            self.assertEqual(controller.transfer_reply()[0], 1)

    def test_a_handler_that_ends_the_target(self):
        device = self.device()
        with handler(signal.SIGUSR1, lambda *_: device.deinit()), signalled(signal.SIGUSR1):
            with self.assertRaisesRegex(ValueError, "deinitialised"):
                device.request(timeout=0)
        self.device()

    def test_a_handler_that_closes_the_request(self):
        device, controller, other = self.shared_write(b"\x01\x02")
        request = device.request(timeout=5)
        with handler(signal.SIGUSR1, lambda *_: request.deinit()), signalled(signal.SIGUSR1):
            with self.assertRaisesRegex(ValueError, "closed"):
                request.read()
        other.close()
        self.assertEqual(controller.transfer_reply()[0], EIO)


class Threads(TargetTest):
    def test_two_targets_on_two_buses(self):
        self.start(number=2)
        count = 300

        def serve(device):
            for n in range(count):
                with device.request(timeout=5) as request:
                    self.assertEqual(request.read(), bytes([n & 0xFF]))

        def ask(controller):
            for n in range(count):
                controller.send_transfer([(0x40, bytes([n & 0xFF]))])
                self.assertEqual(controller.transfer_reply()[0], 1)

        with contextlib.ExitStack() as stack:
            for number in 1, 2:
                stack.enter_context(Later(serve, self.device(number=number)))
                stack.enter_context(Later(ask, self.controller(bus=number)))

    def test_one_target_in_two_threads_is_an_error(self):
        device, controller = self.both()
        with Later(device.request):  # warm up
            pass
        waiter = Later(lambda: device.request(timeout=0))
        with waiter:
            wait_until(lambda: self.is_in_use(device), "the other thread waits")
            for call in device.request, device.deinit, device.fileno, device.__exit__, lambda: device.counters:
                with self.assertRaisesRegex(RuntimeError, "thread"):
                    call()
            controller.send_transfer([(0x40, b"\x01\x02")])
        request = waiter.result
        with Later(lambda: request.read(1)):
            pass
        self.assertEqual(request.read(), b"\x02")
        self.assertEqual(controller.transfer_reply()[0], 1)

    @staticmethod
    def is_in_use(device):
        try:
            device.counters
        except RuntimeError:
            return True
        return False

    def test_a_request_that_is_dropped_while_its_target_waits(self):
        device, controller = self.both()
        for drop in False, True:
            controller.send_transfer([(0x40, b"\x01")])
            old = device.request(timeout=5)
            self.assertEqual(old.read(), b"\x01")
            self.assertEqual(controller.transfer_reply()[0], 1)
            waiter = Later(lambda: device.request(timeout=0))
            with waiter:
                wait_until(lambda: self.is_in_use(device), "the other thread waits")
                if drop:
                    del old
                    gc.collect()
                controller.send_transfer([(0x40, b"\x02\x03")])
            new, waiter.result = waiter.result, None
            self.assertEqual((new.read(1), new.end), (b"\x02", End.OPEN))
            if not drop:
                old.deinit()
                del old
            self.assertIsNone(device.request())  # it knows its latest request
            self.assertEqual((new.end, controller.transfer_reply()[0]), (End.CLOSED, EIO))

    def test_others_run_while_one_is_made(self):
        """The other end of the connection is a thread of this process: it must get the interpreter."""
        with self.fake_bus(9):
            self.device(number=9).deinit()

    def test_others_run_while_one_waits(self):
        device = self.device()
        ticks = []
        with Later(lambda: self.raises(errno.ETIMEDOUT, device.request, timeout=0.3)) as later:
            while later.thread.is_alive():
                ticks.append(time.monotonic())
                time.sleep(0.001)
        self.assertGreater(len(ticks), 3)

    def test_a_request_is_dropped_while_another_thread_is_in_the_library(self):
        """One call of the library at a time: what is dropped meanwhile is closed when that call is over."""
        asked, dropped, early, late = threading.Event(), threading.Event(), [], []

        def serve(peer, offer):
            offer(1)
            peer.sendall(events(1, record(protocol.ADDRESSED, 1, number=0x40)))
            while protocol.ADDRESSES not in kinds_of(peer.recv(4096)):
                pass
            asked.set()
            dropped.wait(10)
            with contextlib.suppress(BlockingIOError):
                early.extend(kinds_of(peer.recv(4096, socket.MSG_DONTWAIT)))
            peer.sendall(struct.pack("<IHH", 0, protocol.ADDRESSES_SET, 0))
            if not early:
                late.extend(kinds_of(peer.recv(4096)))

        with self.fake_bus(9, serve):
            device = self.device(number=9)
            request = device.request(timeout=5)
            with Later(device.add_address, 0x41):
                asked.wait(10)
                del request
                dropped.set()
            wait_until(lambda: early or late, "the request is closed")
        self.assertEqual((early, late), ([], [protocol.COMMIT]))

    def test_hammered(self):
        """Two threads on one object: errors, never a crash."""
        device, controller = self.both()
        stop = threading.Event()

        def hammer():
            while not stop.is_set():
                try:
                    request = device.request()
                    if request:
                        request.read()
                        request.deinit()
                except (RuntimeError, ValueError):
                    pass

        with Later(hammer), Later(hammer):
            for _ in range(300):
                controller.send_transfer([(0x40, b"\x01")])
                controller.reply()
            stop.set()
        self.assert_works()


class Descriptor(TargetTest):
    def setUp(self):
        super().setUp()
        self.descriptors = {}

    def is_readable(self, device, seconds=0.0):
        if device not in self.descriptors:
            self.descriptors[device] = device.fileno()  # once: to ask for it must not change it
        return bool(select.select([self.descriptors[device]], [], [], seconds)[0])

    def exactly(self, device, seconds=2):
        """Readable, and then there is a request."""
        self.assertTrue(self.is_readable(device, seconds))
        request = device.request(timeout=-1)
        self.assertIsNotNone(request)
        return request

    def quiet(self, device):
        """Not readable, and then there is none."""
        self.assertFalse(self.is_readable(device, 0.02))
        self.assertIsNone(device.request(timeout=-1))

    def test_a_write_and_a_read(self):
        device, controller = self.both()
        self.quiet(device)
        controller.send_transfer([(0x40, b"\x01"), (0x40, 1)])
        with self.exactly(device) as request:
            self.assertFalse(self.is_readable(device))
            self.assertEqual(request.read(), b"\x01")  # the next call came with the end of this message
            self.assertTrue(self.is_readable(device))
        with self.exactly(device) as request:
            self.assertTrue(request.is_restart)
            self.assertFalse(self.is_readable(device))
            self.assertEqual(request.write(b"\x77"), 1)
        self.assertEqual(controller.transfer_reply(), (2, [b"\x77"]))
        self.quiet(device)

    def test_two_transfers_per_wake_up(self):
        device, controller = self.both()
        second = self.controller()
        for _ in range(20):
            controller.send_transfer([(0x40, b"\x01")])
            second.send_transfer([(0x40, b"\x02")])
            data = []
            with self.exactly(device) as request:
                data.append(bytes(request.read()))
            with self.exactly(device) as request:
                data.append(bytes(request.read()))
            self.assertEqual(sorted(data), [b"\x01", b"\x02"])
            self.quiet(device)
            self.assertEqual([controller.transfer_reply()[0], second.transfer_reply()[0]], [1, 1])

    def test_late_asked_for(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"\x01"), (0x40, b"\x02")])
        with device.request(timeout=5) as request:
            self.assertEqual(request.read(), b"\x01")
            descriptor = device.fileno()  # only now, when the next call is in already
        self.assertEqual(device.fileno(), descriptor)
        with self.exactly(device, 0) as request:
            self.assertEqual(request.read(), b"\x02")
        self.quiet(device)

    def test_a_call_is_not_lost_by_a_wait(self):
        device, controller = self.both()
        device.fileno()
        for timeout in 0, 5, -1:
            controller.send_transfer([(0x40, b"\x01")])
            self.assertTrue(self.is_readable(device, 2))
            self.assertEqual(device.request(timeout=timeout).read(), b"\x01")
            self.assertEqual(controller.transfer_reply()[0], 1)
            self.quiet(device)

    def test_after_a_closed_request(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, 4), (0x40, b"\x01")])
        self.exactly(device).deinit()
        self.assertEqual(self.exactly(device).read(), b"\x01")
        self.assertEqual(controller.transfer_reply(), (2, [b"\xff" * 4]))
        self.quiet(device)

    def test_a_call_given_up_by_its_controller(self):
        device, controller = self.both()
        device.fileno()
        self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 5), 0)
        controller.send_transfer([(0x40, b"\x01")])
        self.assertEqual(controller.transfer_reply()[0], ETIMEDOUT)
        self.settle(controller)
        self.assertIsNone(device.request())
        self.quiet(device)

    def test_a_call_given_up_while_it_waits_in_the_library(self):
        device, controller = self.both()
        device.fileno()
        self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 5), 0)
        controller.send_transfer([(0x40, b"\x01"), (0x40, b"\x02")])
        with self.exactly(device) as request:
            self.assertEqual(request.read(), b"\x01")
        self.assertTrue(self.is_readable(device))
        self.assertEqual(controller.transfer_reply()[0], ETIMEDOUT)
        self.settle(controller)
        self.assertIsNone(device.request())
        self.quiet(device)

    def test_a_call_that_came_in_one_packet_with_the_end_before_it(self):
        """The library reads ahead of what it needs: a server that says two things at once."""

        def serve(peer, offer):
            offer(1)
            peer.sendall(events(1, record(protocol.ADDRESSED, 1, number=0x40)))
            peer.recv(2 * (8 + 16), socket.MSG_WAITALL)  # yes to the address, yes to the bytes
            offer(2)
            peer.sendall(events(0, record(protocol.RECEIVED, 1, 0, 1, b"\x07"), record(protocol.ENDED, 1, protocol.STOP, 1))
                         + events(2, record(protocol.ADDRESSED, 2, number=0x40)))

        with self.fake_bus(9, serve):
            device = self.device(number=9)
            with self.exactly(device) as request:
                self.assertEqual(request.read(), b"\x07")
                self.assertTrue(self.is_readable(device))
            with self.exactly(device):
                self.assertFalse(self.is_readable(device))

    def test_a_call_that_came_with_new_addresses(self):
        """It was raised while the library waited for something else, so the socket does not show it."""

        def serve(peer, offer):
            peer.recv(8 + 16, socket.MSG_WAITALL)  # ADDRESSES
            offer(1)
            peer.sendall(events(1, record(protocol.ADDRESSED, 1, number=0x40)) + frame(protocol.ADDRESSES_SET, b""))

        with self.fake_bus(9, serve):
            device = self.device(number=9)
            descriptor = device.fileno()
            device.add_address(0x55)
            self.assertTrue(select.select([descriptor], [], [], 5)[0])
            self.assertEqual(device.request(timeout=-1).address, 0x40)

    def test_a_record_that_is_cut_short(self):
        """What is behind a frame is no part of it, and a server that says less than it promises is none."""
        whole = record(protocol.ADDRESSED, 1, 0x40), record(protocol.RECEIVED, 1, 0, 2, b"\x07\x08")
        for records in (whole[0][:-1],), (whole[0], whole[1][:-1]), (whole[0], whole[1][:-3]), (*whole, b"\x00"):
            with self.subTest(records=records):

                def serve(peer, offer, records=records):
                    offer(1)
                    peer.sendall(events(1, *records))

                with self.fake_bus(9, serve), self.device(number=9) as device:
                    self.raises(errno.EIO, lambda device=device: device.request(timeout=5).read())
                os.unlink(f"{self.directory}/bus-9")

    def test_the_end_of_the_bus(self):
        device = self.device()
        device.fileno()
        self.bus.stop()
        self.assertTrue(self.is_readable(device, 2))
        self.raises(errno.EIO, device.request)

    def test_selectors(self):
        self.start(number=2)
        devices = [self.device(number=number) for number in (1, 2)]
        controllers = [self.controller(bus=number) for number in (1, 2)]
        served = [0, 0]
        with selectors.DefaultSelector() as selector:
            for device in devices:
                selector.register(device, selectors.EVENT_READ, device)
            for controller in controllers:
                controller.send_transfer([(0x40, b"\x01"), (0x40, b"\x02"), (0x40, b"\x03")])
            while sum(served) < 6:
                ready = selector.select(2)
                self.assertTrue(ready)
                for key, _ in ready:
                    with key.data.request(timeout=-1) as request:
                        request.read()
                        served[devices.index(key.data)] += 1
        self.assertEqual(served, [3, 3])
        self.assertEqual([controller.transfer_reply()[0] for controller in controllers], [3, 3])

    def test_closed_with_the_target(self):
        device = self.device()
        descriptor = device.fileno()
        device.deinit()
        with self.assertRaises(OSError):
            select.select([descriptor], [], [], 0)


class Asyncio(TargetTest):
    def test_requests(self):
        device, controller = self.both()

        async def serve():
            seen = []
            async for request in requests(device):
                seen.append(request.write(b"\x77") if request.is_read else bytes(request.read()))
                if len(seen) == 8:
                    return seen

        async def ask():
            loop = asyncio.get_running_loop()
            for _ in range(2):
                await asyncio.sleep(0.01)
                controller.send_transfer([(0x40, b"\x01"), (0x40, 1), (0x40, b""), (0x40, b"\x02\x03")])
                await loop.run_in_executor(None, controller.transfer_reply)

        async def both():
            return (await asyncio.wait_for(asyncio.gather(serve(), ask()), 10))[0]

        self.assertEqual(asyncio.run(both()), [b"\x01", 1, b"", b"\x02\x03"] * 2)

    def test_two_targets_and_a_ticker(self):
        self.start(number=2)
        count = 50

        async def serve(device):
            served = 0
            async for request in requests(device):
                request.read()
                served += 1
                if served == count:
                    return served

        def ask(controller):
            for _ in range(count):
                controller.send_transfer([(0x40, b"\x01")])
                assert controller.transfer_reply()[0] == 1

        async def tick():
            ticks = 0
            while True:
                await asyncio.sleep(0.001)
                ticks += 1
                counted[0] = ticks

        async def run():
            ticker = asyncio.create_task(tick())
            loop = asyncio.get_running_loop()
            devices = [self.device(number=number) for number in (1, 2)]
            jobs = [loop.run_in_executor(None, ask, self.controller(bus=number)) for number in (1, 2)]
            served = await asyncio.wait_for(asyncio.gather(*map(serve, devices)), 10)
            await asyncio.gather(*jobs)
            ticker.cancel()
            return served

        counted = [0]
        self.assertEqual(asyncio.run(run()), [count, count])
        self.assertGreater(counted[0], 1)

    def test_cancelled(self):
        device, controller = self.both()

        async def serve():
            async for _ in requests(device):
                pass

        async def run():
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(serve(), 0.05)

        asyncio.run(run())
        controller.send_transfer([(0x40, b"\x01")])
        self.assertEqual(device.request(timeout=5).read(), b"\x01")

    def test_deinitialised_by_another_task(self):
        """Who waits is told, although a descriptor that is closed says nothing; and so is a loop that runs in another thread."""
        device = self.device()

        async def serve():
            async for _ in requests(device):
                pass

        async def run(end):
            task = asyncio.create_task(serve())
            await asyncio.sleep(0.01)
            await end()
            with self.assertRaisesRegex(ValueError, "deinitialised"):
                await asyncio.wait_for(task, 5)

        async def by_task():
            device.deinit()

        asyncio.run(run(by_task))
        device = self.device()
        asyncio.run(run(lambda: asyncio.to_thread(device.deinit)))

    def test_deinitialised_when_the_loop_is_over(self):
        """A loop may be closed while a task still waits."""
        device = self.device()

        async def serve():
            async for _ in requests(device):
                pass

        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda *_: None)  # it would say that the task was dropped
        task = loop.create_task(serve())
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()
        device.deinit()
        with mock.patch("sys.unraisablehook"):  # and that it could not tidy up
            del task
            gc.collect()

    def test_nothing_stays_registered(self):
        """The loop forgets the descriptor, whichever way the wait ended."""
        device, controller = self.both()
        descriptor = device.fileno()

        async def one():
            async with contextlib.aclosing(requests(device)) as all_requests:
                async for request in all_requests:
                    return bytes(request.read())

        async def run():
            loop = asyncio.get_running_loop()
            for is_cancelled in True, False:
                task = asyncio.create_task(one())
                await asyncio.sleep(0)
                self.assertIn(descriptor, loop._selector.get_map())
                if is_cancelled:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
                else:
                    controller.send_transfer([(0x40, b"\x01")])
                    self.assertEqual(await task, b"\x01")
                self.assertNotIn(descriptor, loop._selector.get_map())
                self.assertFalse(loop.remove_reader(descriptor))

        asyncio.run(run())
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_cancelled_while_a_request_comes(self):
        """Both in one turn of the loop: the one that is later finds all done."""
        device, controller = self.both()
        complaints = []

        async def serve():
            async for _ in requests(device):
                pass

        async def run():
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(lambda _, context: complaints.append(context))
            task = asyncio.create_task(serve())
            await asyncio.sleep(0)
            controller.send_transfer([(0x40, b"\x01")])
            self.assertTrue(select.select([device.fileno()], [], [], 5)[0])
            loop.call_soon(task.cancel)
            await asyncio.gather(task, return_exceptions=True)
            self.assertTrue(task.cancelled())

        asyncio.run(run())
        self.assertEqual(complaints, [])
        self.assertEqual(device.request(timeout=5).read(), b"\x01")
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_requests_that_always_come_leave_others_their_turn(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, bytes([n])) for n in range(32)])
        turns = []

        async def others():
            while True:
                turns.append(1)
                await asyncio.sleep(0)

        async def run():
            task = asyncio.create_task(others())
            before, between = None, []
            async with contextlib.aclosing(requests(device)) as all_requests:
                async for request in all_requests:
                    if before is not None:
                        between.append(len(turns) - before)
                    before = len(turns)
                    last = request
                    if request.read() == bytes([31]):
                        break
            task.cancel()
            self.assertRaises(ValueError, last.read)
            return between

        between = asyncio.run(run())
        self.assertEqual((len(between), min(between) > 0), (31, True))
        self.assertEqual(controller.transfer_reply()[0], 32)

    def test_each_request_is_closed_before_the_next_one(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, 2), (0x40, 2)])
        seen = []

        async def run():
            async with contextlib.aclosing(requests(device)) as all_requests:
                async for request in all_requests:
                    if seen:
                        self.assertEqual(seen[0].end, End.CLOSED)
                        return
                    seen.append(request)
                    self.assertEqual(request.write(b"\x01"), 1)

        asyncio.run(run())
        self.assertEqual(controller.transfer_reply(), (2, [b"\x01\xff", b"\xff\xff"]))

    def test_a_target_that_is_deinitialised(self):
        device = self.device()

        async def serve():
            async for _ in requests(device):
                pass

        async def run():
            loop = asyncio.get_running_loop()
            task = asyncio.create_task(serve())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            device.deinit()
            with self.assertRaisesRegex(ValueError, "deinitialised"):
                await serve()
            self.assertIs(loop, asyncio.get_running_loop())

        asyncio.run(run())

    def test_an_exception_in_the_loop_closes_the_request(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, b"\x01\x02")])

        async def serve():
            async with contextlib.aclosing(requests(device)) as all_requests:
                async for request in all_requests:
                    kept.append(request)
                    request.read(1)
                    raise ZeroDivisionError

        kept = []
        with self.assertRaises(ZeroDivisionError):
            asyncio.run(serve())
        self.assertRaises(ValueError, kept[0].read)
        self.assertEqual(controller.transfer_reply()[0], EIO)

    def test_the_end_of_the_bus(self):
        device = self.device()

        async def serve():
            async for _ in requests(device):
                pass

        async def run():
            task = asyncio.create_task(serve())
            await asyncio.sleep(0.05)
            self.bus.stop()
            await asyncio.wait_for(task, 5)

        with self.assertRaises(OSError) as raised:
            asyncio.run(run())
        self.assertEqual(raised.exception.errno, errno.EIO)


if __name__ == "__main__":
    unittest.main()
