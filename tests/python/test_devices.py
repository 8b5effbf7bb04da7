#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Memory and EEPROM: devices of Python, which answer by themselves."""

import array
import gc
import select
import sys
import time
import unittest

from targets import EIO, ENXIO, TargetTest, needs, now
from i2ctarget import EEPROM, I2CTarget, Memory
from microcontroller import pin

PATIENCE_S = 10


class Told:
    """An on_write that remembers."""

    def __init__(self):
        self.calls = []

    def __call__(self, begin, end):
        self.calls.append((begin, end))


class DeviceTest(TargetTest):
    def attached(self, device, addresses=(0x40,)):
        """The device on a target, and a controller."""
        self.target, self.asker = self.both(addresses)
        self.target.attach(device)
        return device

    def serve_until(self, condition, what):
        """Events come inside calls on the target; on a chip at any time."""
        end = now() + PATIENCE_S
        while not condition():
            self.assertTrue(now() < end, f"not within {PATIENCE_S} s: {what}")
            self.assertIs(self.target.request(timeout=-1), None)

    def reply(self):
        """(result, [the bytes of each read]) of the transfer that was sent."""
        self.serve_until(self.asker.has_more, "the reply")
        return self.asker.transfer_reply()

    def end_target(self):
        """When it has learnt of the last message's end."""
        self.settle(self.asker)
        self.target.request(timeout=-1)
        self.target.deinit()

    def ask(self, *messages):
        self.asker.send_transfer(messages)
        return self.reply()

    def begin_write(self, data):
        """A message so long that the target ends before it, however fast the bus is.  The memory has 256 bytes."""
        self.asker.send_transfer([(0x40, b"\x03" + b"\x11" * 200)])
        self.serve_until(lambda: data[3] == 0x11, "the first byte")

    def forget_transfer(self):
        """Its target has ended, perhaps before it."""
        while not self.asker.has_more():
            time.sleep(0.001)
        self.asker.transfer_reply()

    def assert_read(self, address, *expected):
        self.assertEqual(self.ask((address, len(expected))), (1, [bytes(expected)]))

    def assert_fetched(self, pointer, *expected):
        """A read from a pointer on."""
        self.assertEqual(self.ask((0x40, bytes([pointer])), (0x40, len(expected))), (2, [bytes(expected)]))

    def assert_wrote(self, *data, address=0x40):
        self.assertEqual(self.ask((address, bytes(data))), (1, []))


class OnTheBus(DeviceTest):
    def test_reads_and_writes(self):
        data = bytearray(range(0x80, 0x90))
        self.attached(Memory(data))
        self.assert_read(0x40, 0x80, 0x81)
        self.assert_fetched(5, 0x85, 0x86)
        self.assert_wrote(3, 0xCA, 0xFE)
        self.assertEqual(data[2:6], b"\x82\xca\xfe\x85")
        self.assert_fetched(3, 0xCA, 0xFE, 0x85)
        data[4] = 0x11
        self.assert_fetched(4, 0x11)

    def test_the_pointer_advances_by_what_was_clocked(self):
        self.attached(Memory(bytearray(range(16))))
        self.assert_wrote(0x0D)
        self.assert_read(0x40, 13)
        self.assert_read(0x40, 14, 15, 0)
        self.assert_wrote()
        self.assert_read(0x40, 1)
        self.assert_wrote(2, 0xAA)
        self.assert_read(0x40, 3, 4)

    def test_a_pointer_beyond_the_end(self):
        data = bytearray(16)
        self.attached(Memory(data))
        self.assertEqual(self.ask((0x40, b"\x10\x55"))[0], EIO)
        self.assert_wrote(0x0F, 0x55)
        self.assertEqual(data, bytes(15) + b"\x55")

    def test_pointers_of_other_lengths(self):
        data = bytearray(300)
        self.attached(Memory(data, 2))
        self.assert_wrote(1, 43, 1, 2)  # 0x012b is the last byte
        self.assertEqual((data[0], data[299]), (2, 1))
        self.end_target()
        data = bytearray(4)
        self.attached(Memory(data, pointer_bytes=0))
        self.assert_wrote(1, 2)
        self.assert_wrote(3)
        self.assert_read(0x40, 3, 2, 0, 0, 3)

    def test_read_only_bytes(self):
        data = bytearray(16)
        self.attached(Memory(data, read_only=range(2, 4)))
        self.assert_wrote(1, 0x11, 0x22, 0x33, 0x44)
        self.assertEqual(data[:6], b"\x00\x11\x00\x00\x44\x00")
        data[2] = 0x77
        self.assert_fetched(1, 0x11, 0x77, 0x00, 0x44)

    def test_addresses(self):
        """Any number of them has the device, and the others are the program's."""
        self.target, self.asker = self.both(range(0x40, 0x44))
        data = bytearray(range(16))
        self.target.attach(Memory(data), [0x41, 0x43])
        self.assert_wrote(4, address=0x41)
        self.assert_read(0x43, 4, 5)
        self.assertEqual(self.ask((0x44, b""))[0], ENXIO)
        for address in 0x40, 0x42:
            self.asker.send_transfer([(address, b"\x01")])
            request = self.target.request(timeout=5)
            self.assertEqual((request.address, request.read()), (address, b"\x01"))
            request.deinit()
            self.assertEqual(self.asker.transfer_reply(), (1, []))

    def test_two_devices(self):
        first, second = bytearray(b"\x01\x02"), bytearray(b"\x03\x04")
        self.target, self.asker = self.both((0x40, 0x41))
        self.target.attach(Memory(first), [0x40])
        self.target.attach(Memory(second), [0x41])
        self.assert_read(0x40, 1)
        self.assert_read(0x41, 3)
        self.assert_read(0x40, 2)
        self.assert_read(0x41, 4)

    def test_a_call_that_is_held_already(self):
        self.target, self.asker = self.both()
        self.asker.send_transfer([(0x40, 2)])
        poll = select.poll()
        poll.register(self.target, select.POLLIN)
        self.assertTrue(poll.poll(1000 * PATIENCE_S))
        self.target.attach(Memory(bytearray(b"\x12\x34")))
        self.assertEqual(self.reply(), (1, [b"\x12\x34"]))

    def test_addresses_that_come_and_go(self):
        self.attached(Memory(bytearray(b"\x12\x34")), (0x40, 0x41))
        self.target.remove_address(0x41)
        self.assertEqual(self.ask((0x41, b""))[0], ENXIO)
        self.assert_read(0x40, 0x12)
        self.target.add_address(0x41)
        self.asker.send_transfer([(0x41, b"")])
        request = self.target.request(timeout=5)
        self.assertEqual(request.address, 0x41)
        request.deinit()
        self.assertEqual(self.asker.transfer_reply(), (1, []))
        other = bytearray(b"\x56")
        self.target.attach(Memory(other), [0x41])
        self.assert_read(0x41, 0x56)
        self.assert_read(0x40, 0x34)

    def test_the_next_target(self):
        """A device is free again when its target has ended."""
        device = self.attached(Memory(bytearray(b"\x12\x34\x56")))
        self.assert_read(0x40, 0x12)
        self.end_target()
        self.attached(device, (0x41,))
        self.assert_read(0x41, 0x34)

    def test_part_of_a_buffer(self):
        data = bytearray(range(16))
        self.attached(Memory(memoryview(data)[4:8]))
        self.assert_wrote(3, 0xAA, 0xBB)
        self.assertEqual(data[3:9], b"\x03\xbb\x05\x06\xaa\x08")

    def test_an_array(self):
        data = array.array("H", [0x1234, 0])
        self.attached(Memory(data))
        self.assert_wrote(2, 0xCD, 0xAB)
        self.assertEqual(data[1], 0xABCD)

    def test_a_buffer_that_nobody_else_knows(self):
        self.attached(Memory(bytearray(b"\x12\x34")))
        gc.collect()
        waste = [bytearray(b"\x55" * 16) for _ in range(20)]
        self.assert_read(0x40, 0x12, 0x34)
        del waste


class OnWrite(DeviceTest):
    def told(self, size=16, **keywords):
        told = Told()
        self.data = bytearray(size)
        self.attached(Memory(self.data, on_write=told, **keywords))
        return told

    def assert_told(self, told, *calls):
        self.serve_until(lambda: len(told.calls) >= len(calls), "a call of on_write")
        self.assertEqual(told.calls, list(calls))
        told.calls.clear()

    def test_which_bytes_were_written(self):
        told = self.told(read_only=[8])
        self.assert_wrote(3, 0x11, 0x22)
        self.assert_told(told, (3, 5))
        self.assert_wrote(15, 1, 2)
        self.assert_told(told, (0, 16))
        self.assert_wrote(7, 1, 2)
        self.assert_told(told, (7, 8))

    def test_nothing_was_written(self):
        told = self.told(read_only=[8])
        self.assert_wrote(3)
        self.assert_wrote()
        self.assert_wrote(8, 1)
        self.assert_fetched(3, 0, 0)
        self.assert_wrote(0, 1)
        self.assert_told(told, (0, 1))

    def test_a_message_that_a_restart_ended(self):
        told = self.told()
        self.assertEqual(self.ask((0x40, b"\x02\x11"), (0x40, 1)), (2, [b"\x00"]))
        self.assert_told(told, (2, 3))

    def test_while_the_program_waits_for_a_request(self):
        """The call of on_write does not wait for the request's end, and the request is not lost."""
        told = Told()
        self.target, self.asker = self.both((0x40, 0x41))
        self.target.attach(Memory(bytearray(16), on_write=told), [0x40])
        self.asker.send_transfer([(0x40, b"\x03\x11"), (0x41, b"\x22")])
        request = self.target.request(timeout=5)
        self.assertEqual((told.calls, request.address, request.read()), ([(3, 4)], 0x41, b"\x22"))
        request.deinit()
        self.assertEqual(self.asker.transfer_reply(), (2, []))

    def test_while_the_program_reads(self):
        told = Told()
        self.target, self.asker = self.both((0x40, 0x41))
        self.target.attach(Memory(bytearray(16), on_write=told), [0x40])
        self.asker.send_transfer([(0x41, b"\x22\x33"), (0x40, b"\x03\x11")])
        request = self.target.request(timeout=5)
        self.assertEqual(request.read(), b"\x22\x33")
        self.assertEqual(self.reply(), (2, []))
        self.assert_told(told, (3, 4))

    def test_it_may_change_the_memory(self):
        """A command, and its result."""

        def run(begin, end):
            self.memory.update(4, bytes([self.data[0] + 1]) * 2)
            calls.append((begin, end))

        calls = []
        self.data = bytearray(16)
        self.memory = self.attached(Memory(self.data, on_write=run))
        self.assert_wrote(0, 0x41)
        self.serve_until(lambda: calls, "a call of on_write")
        self.assert_fetched(3, 0, 0x42, 0x42, 0)

    def test_it_may_end_the_target(self):
        def end(begin, end):
            self.target.deinit()

        self.attached(Memory(bytearray(16), on_write=end))
        self.asker.send_transfer([(0x40, b"\x00\x11")])
        end_at = now() + PATIENCE_S
        with self.assertRaisesRegex(ValueError, "deinit"):
            while now() < end_at:
                self.target.request(timeout=-1)
                if self.asker.has_more():
                    time.sleep(0.01)
        self.assertEqual(self.asker.transfer_reply()[0], 1)

    def test_deinit_tells_what_was_not_told(self):
        """A message that has no end yet, too."""
        for _ in range(5):
            told = self.told(256)
            self.begin_write(self.data)
            self.target.deinit()
            count = self.data.count(b"\x11")
            self.assertEqual(told.calls, [(3, 3 + count)])
            self.target.deinit()
            self.forget_transfer()
        self.assertEqual((len(told.calls), self.data.count(b"\x11")), (1, count))

    def test_what_deinit_tells_may_not_begin_a_call(self):
        def look(begin, end):
            if is_ending:
                for call in self.target.request, lambda: self.target.attach(memory), lambda: self.target.add_address(0x50):
                    with self.assertRaisesRegex(RuntimeError, "reentrant"):
                        call()
                self.target.deinit()
            calls.append((begin, end))

        for _ in range(5):
            calls, is_ending = [], False
            memory = self.attached(Memory(data := bytearray(256), on_write=look))
            self.begin_write(data)
            is_ending = True
            self.target.deinit()
            self.assertEqual(calls, [(3, 3 + data.count(b"\x11"))])
            self.forget_transfer()

    def test_while_addresses_come_and_go(self):
        """Whatever call on the target the message came in."""
        told = self.told()
        self.asker.send_transfer([(0x40, b"\x03\x11")])
        end = now() + PATIENCE_S
        while not told.calls:
            self.assertTrue(now() < end)
            self.target.add_address(0x50)
            self.target.remove_address(0x50)
        self.assertEqual(told.calls, [(3, 4)])
        self.assertEqual(self.asker.transfer_reply(), (1, []))

    def test_an_exception_goes_no_further(self):
        def fail(begin, end):
            calls.append(begin)
            raise ZeroDivisionError

        calls = []
        if hasattr(sys, "unraisablehook"):  # what it prints would only confuse
            self.addCleanup(setattr, sys, "unraisablehook", sys.unraisablehook)
            sys.unraisablehook = lambda _: None
        self.attached(Memory(bytearray(16), on_write=fail))
        for offset in 1, 2:
            self.assert_wrote(offset, 0)
            self.serve_until(lambda: len(calls) == offset, "a call of on_write")
        self.assertEqual(calls, [1, 2])

    @needs("unraisable")
    def test_which_exceptions_end_a_call(self):
        def fail(begin, end):
            raise kind

        seen = []
        hook, sys.unraisablehook = sys.unraisablehook, lambda what: seen.append((what.exc_type, what.object))
        self.addCleanup(setattr, sys, "unraisablehook", hook)
        self.attached(Memory(bytearray(16), on_write=fail))
        kind = ZeroDivisionError
        self.assert_wrote(0, 0)
        self.serve_until(lambda: seen, "a call of the hook")
        self.assertEqual(seen, [(ZeroDivisionError, fail)])
        for kind in KeyboardInterrupt, SystemExit:
            self.asker.send_transfer([(0x40, b"\x00\x11")])
            with self.assertRaises(kind):
                self.target.request(timeout=5)
            self.assertEqual(self.reply(), (1, []))
        seen.clear()


class Update(DeviceTest):
    def test_bytes_change_together(self):
        """Whatever message is under way meanwhile."""
        self.attached(memory := Memory(data := bytearray(16)))
        before = bytes(4)
        for turn in range(1, 30):
            after = bytes([turn]) * 4
            self.asker.send_transfer([(0x40, b"\x02"), (0x40, 4)])
            self.target.request(timeout=-1)
            memory.update(2, after)
            result, read = self.reply()
            self.assertEqual(result, 2)
            self.assertTrue(read[0] in (before, after), read)
            before = after
            self.assert_fetched(1, 0, turn, turn, turn, turn, 0)
            self.assertEqual(data[2:6], after)

    def test_without_a_target(self):
        memory = Memory(data := bytearray(4))
        memory.update(1, b"\x11\x22")
        memory.update(offset=4, data=bytearray())
        self.assertEqual(data, b"\x00\x11\x22\x00")
        self.attached(memory)
        self.target.deinit()
        memory.update(0, array.array("B", [1, 2, 3, 4]))
        self.assertEqual(data, b"\x01\x02\x03\x04")

    def test_after_a_message_that_its_target_has_ended(self):
        self.attached(memory := Memory(data := bytearray(4)))
        self.asker.send_transfer([(0x40, 4)])
        self.target.request(timeout=-1)
        memory.update(0, b"\x11\x22")
        self.target.deinit()
        self.assertEqual(data, b"\x11\x22\x00\x00")
        memory.update(1, b"\x33")
        self.assertEqual(data, b"\x11\x33\x00\x00")
        self.forget_transfer()

    def test_after_a_message_that_another_target_has_ended(self):
        """It is not under way for the next target of the device."""
        for _ in range(5):
            memory = self.attached(Memory(data := bytearray(256)))
            self.begin_write(data)
            self.target.deinit()
            self.forget_transfer()
            self.attached(memory)
            memory.update(0, b"\x33")
            self.assertEqual(data[:4], b"\x33\x00\x00\x11")
            self.target.deinit()

    def test_wrong_arguments(self):
        memory = Memory(data := bytearray(4))
        for offset, new in (4, b"\x01"), (3, b"\x01\x02"), (-1, b"\x01"), (5, b""), (0, bytes(5)):
            with self.assertRaisesRegex(ValueError, "end"):
                memory.update(offset, new)
        for arguments in (0, 1), (0, "text"), ("0", b""), (0,), (0, b"", 0):
            self.assertRaises(TypeError, memory.update, *arguments)
        self.assertEqual(data, bytes(4))


class Arguments(DeviceTest):
    def test_buffers(self):
        for wrong in b"\x01", 16, None, "text", [1, 2], memoryview(b"\x01\x02"):
            self.assertRaises(TypeError, Memory, wrong)
            self.assertRaises(TypeError, EEPROM, wrong)
        for size, pointer_bytes in (0, 1), (257, 1), (0, 0), (0, 2):
            with self.assertRaisesRegex(ValueError, "65536"):
                Memory(bytearray(size), pointer_bytes)
        for size, pointer_bytes in (1, 1), (256, 1), (257, 2), (1000, 0):
            Memory(bytearray(size), pointer_bytes)

    @needs("a large heap")
    def test_large_buffers(self):
        for pointer_bytes in 0, 2:
            Memory(bytearray(65536), pointer_bytes)
            with self.assertRaisesRegex(ValueError, "65536"):
                Memory(bytearray(65537), pointer_bytes)
        for size in 65536, 131072, 262144:
            EEPROM(bytearray(size))
        with self.assertRaisesRegex(ValueError, "262144"):
            EEPROM(bytearray(524288))

    def test_arguments_of_memory(self):
        for pointer_bytes in -1, 3, 257:
            with self.assertRaisesRegex(ValueError, "pointer_bytes"):
                Memory(bytearray(1), pointer_bytes)
        for offsets in [-1], [4], [0, 1000]:
            with self.assertRaisesRegex(ValueError, "read_only"):
                Memory(bytearray(4), read_only=offsets)
        for keywords in {"read_only": 1}, {"read_only": ["0"]}, {"on_write": 1}, {"other": 1}, {"pointer_bytes": "1"}:
            self.assertRaises(TypeError, Memory, bytearray(4), **keywords)
        with self.assertRaises(TypeError):
            Memory()
        with self.assertRaises(TypeError):
            Memory(bytearray(4), 1, [0])
        with self.assertRaises(ZeroDivisionError):
            Memory(bytearray(4), read_only=(1 // n for n in (1, 0)))
        Memory(buffer=bytearray(4), pointer_bytes=1, read_only=iter([0, 3, 3]), on_write=None)

    def test_offsets_that_never_end(self):
        def zeros():
            while True:
                yield 0

        with self.assertRaisesRegex(ValueError, "read_only: more than 65536 offsets"):
            Memory(bytearray(4), read_only=zeros())

    @needs("a quick processor")
    def test_as_many_offsets_as_a_memory_can_have_bytes(self):
        Memory(bytearray(4), read_only=(0 for _ in range(65536)))
        with self.assertRaisesRegex(ValueError, "read_only"):
            Memory(bytearray(4), read_only=(0 for _ in range(65537)))

    def test_arguments_of_eeproms(self):
        for size in 0, 8, 100:
            with self.assertRaisesRegex(ValueError, "EEPROM"):
                EEPROM(bytearray(size))
        for keywords in {"page_bytes": 12}, {"page_bytes": 512}, {"page_bytes": -1}, {"page_bytes": 64}, {"address_bytes": 3}, {"address_bytes": -1}:
            with self.assertRaisesRegex(ValueError, "EEPROM"):
                EEPROM(bytearray(32), **keywords)
        with self.assertRaisesRegex(ValueError, "EEPROM"):
            EEPROM(bytearray(4096), address_bytes=1)
        for seconds in -1, 5000, 1e30, float("nan"), float("inf"):
            with self.assertRaisesRegex(ValueError, "write_time"):
                EEPROM(bytearray(32), write_time=seconds)
        for protection in -1, 3:
            with self.assertRaisesRegex(ValueError, "protection"):
                EEPROM(bytearray(32), protection=protection)
        for keywords in {"page_bytes": "8"}, {"on_write": 1}, {"write_time": None}, {"type": "24c02"}:
            self.assertRaises(TypeError, EEPROM, bytearray(32), **keywords)
        with self.assertRaises(TypeError):
            EEPROM(bytearray(32), 8)
        EEPROM(bytearray(16), page_bytes=16, address_bytes=2, write_time=0, protection=EEPROM.REFUSES_DATA, on_write=print)

    def test_attach(self):
        device, other = Memory(bytearray(4)), Memory(bytearray(4))
        target = self.device((0x40, 0x41, 0x42))
        for wrong in None, bytearray(4), target, Memory:
            self.assertRaises(TypeError, target.attach, wrong)
        for addresses in 0x40, ["0x40"]:
            self.assertRaises(TypeError, target.attach, device, addresses)
        for addresses in [], [0x80]:
            self.assertRaises(ValueError, target.attach, device, addresses)
        with self.assertRaisesRegex(ValueError, "0x43 is not an address of this target"):
            target.attach(device, [0x40, 0x43])
        target.attach(other, [0x41])  # so the device has none of them
        with self.assertRaisesRegex(ValueError, "0x41 has a device"):
            target.attach(device)
        with self.assertRaisesRegex(ValueError, "0x41 has a device"):
            target.attach(other, addresses=(0x40, 0x41))
        target.attach(device=other, addresses=iter([0x42]))
        target.attach(device, [0x40])
        target.deinit()
        with self.assertRaisesRegex(ValueError, "deinitialised"):
            target.attach(device)

    @needs("a second target")
    def test_one_device_for_two_targets(self):
        device = Memory(bytearray(4))
        self.device().attach(device)
        self.start(number=2)
        second = self.device(number=2)
        with self.assertRaisesRegex(ValueError, "another I2CTarget"):
            second.attach(device)
        second.attach(Memory(bytearray(4)))

    @needs("locked buffers")
    def test_a_buffer_can_not_be_resized(self):
        data = bytearray(32)
        for make in Memory, EEPROM:
            device = make(data)
            with self.assertRaises(BufferError):
                data.append(0)
            del device
            data += bytes(32)

    @needs("reference counts")
    def test_a_device_that_knows_its_target(self):
        """The two keep each other alive until garbage is collected."""

        import weakref

        class Watched(bytearray):
            pass

        target = self.device()
        data = Watched(16)
        watch = weakref.ref(data)
        target.attach(Memory(data, on_write=target.request))
        self.doCleanups_of(target)
        del target, data
        self.assertIsNotNone(watch())
        gc.collect()
        self.assertIsNone(watch())
        self.device()  # the pins are free

    def doCleanups_of(self, target):
        """Nobody else keeps it."""
        self._cleanups = [cleanup for cleanup in self._cleanups if getattr(cleanup[0], "__self__", None) is not target]


class Eeproms(DeviceTest):
    def write_of(self, *data):
        self.assert_wrote(*data)
        begin = now()
        while self.ask((0x40, b""))[0] == ENXIO:
            self.assertTrue(now() < begin + PATIENCE_S)
        return now() - begin

    def assert_programmed(self, look, value):
        """STOP programs: the target may learn of it later than the controller."""
        self.serve_until(lambda: look() == value, f"{value}")

    def test_a_page(self):
        data = bytearray(b"\xff" * 256)
        told = Told()
        self.attached(EEPROM(data, on_write=told))
        self.assertTrue(self.write_of(0x06, 1, 2, 3) > 0.001)  # 5 ms, and the page has 8 bytes
        self.assertEqual(data[:9], b"\x03\xff\xff\xff\xff\xff\x01\x02\xff")
        self.assert_fetched(6, 1, 2, 0xFF)
        self.serve_until(lambda: told.calls, "a call of on_write")
        self.assertEqual((told.calls[0][0], told.calls[-1][1]), (0, 8))

    def test_only_stop_programs(self):
        data = bytearray(32)
        self.attached(EEPROM(data, write_time=0))
        self.assertEqual(self.ask((0x40, b"\x03\x11"), (0x40, 1)), (2, [b"\x00"]))
        self.assertEqual(data, bytes(32))

    def test_the_usual_part(self):
        """16 bits of address, and pages of 32 bytes."""
        data = bytearray(4096)
        self.attached(EEPROM(data, write_time=0))
        self.assert_wrote(0x0F, 0xFF, 1, 2)
        self.assert_programmed(lambda: (data[0xFFF], data[0xFE0]), (1, 2))

    def test_a_part_with_blocks(self):
        data = bytearray(1024)
        self.attached(EEPROM(data, write_time=0), range(0x50, 0x54))
        self.assert_wrote(0x10, 0x77, address=0x52)
        self.assert_programmed(lambda: data[0x210], 0x77)

    def test_protection(self):
        data = bytearray(32)
        self.attached(device := EEPROM(data, write_time=0, protection=EEPROM.IGNORES_DATA))
        self.assert_wrote(3, 0x11)
        device.protect(EEPROM.REFUSES_DATA)
        self.assertEqual(self.ask((0x40, b"\x03\x11"))[0], EIO)
        self.assertEqual(data, bytes(32))
        for wrong in -1, 3:
            with self.assertRaisesRegex(ValueError, "WRITABLE"):
                device.protect(wrong)
        self.assertRaises(TypeError, device.protect, "no")
        device.protect(EEPROM.WRITABLE)
        self.assert_wrote(3, 0x11)
        self.assert_programmed(lambda: data[3], 0x11)


if __name__ == "__main__":
    unittest.main()
