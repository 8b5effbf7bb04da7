# SPDX-License-Identifier: MIT
"""The module inside MicroPython's VM: Ctrl-C and scheduled functions in a wait, poll and asyncio, garbage."""

import asyncio
import errno
import gc
import micropython
import os
import select
import time
import _thread

import host
import protocol
from targets import EIO, TargetTest, wait_until
from i2ctarget import End, I2CTarget, requests
from microcontroller import pin


def collect():
    """A collection that finds no old pointers on the stack."""

    def deep(n):
        return n and deep(n - 1) + len([n] * 8)

    for _ in range(3):
        deep(30)
        gc.collect()


class CtrlC(TargetTest):
    def setUp(self):
        super().setUp()
        self.tools = host.root("tools")

    def interrupt(self, call, *arguments, **keywords):
        """Ctrl-C once, while the call waits: it must end."""
        self.tools.interrupt_after(0.2)
        with self.assertRaises(KeyboardInterrupt):
            call(*arguments, **keywords)

    def test_in_request(self):
        device, controller = self.both()
        for timeout in 0, 30:
            self.interrupt(device.request, timeout=timeout)
        controller.send_transfer([(0x40, b"\x01")])
        self.assertEqual(device.request(timeout=5).read(), b"\x01")
        self.assertEqual(controller.transfer_reply()[0], 1)

    def shared_write(self, data):
        """A write that stands still after its first bytes: another target of the same addresses holds SCL."""
        device, controller = self.both()
        other = protocol.Target(addresses=[0x40])
        self.addCleanup(other.close)
        controller.send_transfer([(0x40, data)])
        return device, controller, other

    def test_in_read_keeps_what_was_acknowledged(self):
        device, controller, other = self.shared_write(b"\x01\x02\x03\x04")
        request = device.request(timeout=5)
        call = other.next_call()
        other.commit(call.serial, count=2)
        self.interrupt(request.read)
        other.commit(call.serial, position=2, count=2)
        self.assertEqual(request.read(), b"\x01\x02\x03\x04")
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_in_read_of_n(self):
        device, controller, other = self.shared_write(b"\x01\x02\x03\x04")
        request = device.request(timeout=5)
        call = other.next_call()
        other.commit(call.serial, count=1)
        self.interrupt(request.read, 3)
        other.commit(call.serial, position=1, count=3)
        self.assertEqual([bytes(request.read(1)), bytes(request.read())], [b"\x01", b"\x02\x03\x04"])
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_the_call_is_left(self):
        """Nothing stays entered, and the target ends as usual."""
        device = self.device()
        self.interrupt(device.request, timeout=0)
        self.assertIsNone(device.request())
        device.deinit()
        self.device().deinit()


class Scheduled(TargetTest):
    """Functions of micropython.schedule() run while a call waits."""

    def while_waiting(self, function, call):
        """Call it; the function runs meanwhile, in this thread.  Returns what the call raised or returned."""

        def later():
            time.sleep(0.1)
            micropython.schedule(lambda _: seen.append(self.outcome(function)), None)

        seen = []
        _thread.start_new_thread(later, ())
        outcome = self.outcome(call)
        self.assertEqual(len(seen), 1)
        return seen[0], outcome

    def outcome(self, call):
        try:
            return call()
        except Exception as error:
            return error

    def test_it_runs(self):
        device = self.device()
        seen, outcome = self.while_waiting(lambda: "ran", lambda: device.request(timeout=0.5))
        self.assertEqual((seen, type(outcome), outcome.errno), ("ran", OSError, errno.ETIMEDOUT))

    def test_the_timeout_is_not_stretched_nor_cut(self):
        device = self.device()
        began = time.ticks_us()
        self.while_waiting(lambda: time.sleep(0.05), lambda: device.request(timeout=0.3))
        took = time.ticks_us() - began
        self.assertGreaterEqual(took, 300000)
        self.assertLess(took, 1300000)

    def test_it_may_look_but_not_call(self):
        device = self.device()
        for call in device.request, lambda: device.add_address(0x41):
            seen, _ = self.while_waiting(call, lambda: device.request(timeout=0.3))
            self.assertEqual(type(seen), RuntimeError)
            self.assertRegex(str(seen), "reentrant")
        seen, _ = self.while_waiting(lambda: device.counters.order_errors, lambda: device.request(timeout=0.3))
        self.assertEqual(seen, 0)

    def test_it_may_end_the_target(self):
        device = self.device()
        seen, outcome = self.while_waiting(device.deinit, lambda: device.request(timeout=0))
        self.assertIsNone(seen)
        self.assertEqual(type(outcome), ValueError)

    def test_it_may_end_the_request(self):
        device, controller = self.both()
        other = protocol.Target(addresses=[0x40])
        self.addCleanup(other.close)
        controller.send_transfer([(0x40, b"\x01\x02")])
        request = device.request(timeout=5)
        seen, outcome = self.while_waiting(request.deinit, request.read)
        self.assertIsNone(seen)
        self.assertEqual(type(outcome), ValueError)

    def test_another_thread_is_refused(self):
        def later():
            time.sleep(0.1)
            seen.append(self.outcome(device.request))
            seen.append(self.outcome(device.deinit))

        device = self.device()
        seen = []
        _thread.start_new_thread(later, ())
        self.assertEqual(self.outcome(lambda: device.request(timeout=0.5)).errno, errno.ETIMEDOUT)
        self.assertEqual([type(error) for error in seen], [RuntimeError] * 2)
        self.assertRegex(str(seen[0]), "another thread")


class Poll(TargetTest):
    def is_readable(self, device, ms=0):
        poll = select.poll()
        poll.register(device, select.POLLIN)
        return [(thing is device, event) for thing, event in poll.poll(ms)] == [(True, select.POLLIN)]

    def test_readable_while_there_is_a_request(self):
        device, controller = self.both()
        self.assertFalse(self.is_readable(device))
        controller.send_transfer([(0x40, b"\x01"), (0x40, 1)])
        for _ in range(2):
            self.assertTrue(self.is_readable(device, 2000))
            with device.request() as request:
                if request.is_read:
                    self.assertEqual(request.write(b"\x07"), 1)
                else:
                    self.assertEqual(request.read(), b"\x01")
        self.assertEqual(controller.transfer_reply(), (2, [b"\x07"]))
        self.assertFalse(self.is_readable(device))

    def test_the_end_of_the_bus(self):
        device = self.device()
        poll = select.poll()
        poll.register(device, select.POLLIN)
        self.bus.stop()
        self.assertTrue(poll.poll(2000))
        self.raises(errno.EIO, device.request)

    def test_not_a_target(self):
        self.assertRaises(TypeError, next, requests(7))


class Asyncio(TargetTest):
    def test_requests(self):
        device, controller = self.both()
        seen = []

        async def serve():
            async for request in requests(device):
                seen.append(request.write(b"\x77") if request.is_read else bytes(request.read()))
                if len(seen) == 8:
                    return

        async def ask():
            for count in 4, 8:
                await asyncio.sleep_ms(10)
                controller.send_transfer([(0x40, b"\x01"), (0x40, 1), (0x40, b""), (0x40, b"\x02\x03")])
                while len(seen) < count:
                    await asyncio.sleep_ms(1)
                self.assertEqual(controller.transfer_reply()[0], 4)

        async def both():
            await asyncio.wait_for(asyncio.gather(serve(), ask()), 10)

        asyncio.run(both())
        self.assertEqual(seen, [b"\x01", 1, b"", b"\x02\x03"] * 2)

    def test_others_run_while_there_is_none(self):
        device = self.device()

        async def serve():
            async for _ in requests(device):
                pass

        async def run():
            task = asyncio.create_task(serve())
            for turn in range(20):
                await asyncio.sleep_ms(1)
            task.cancel()
            return turn

        self.assertEqual(asyncio.run(run()), 19)
        self.assertIsNone(device.request())

    def test_requests_that_always_come_leave_others_their_turn(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, bytes([n])) for n in range(32)])
        turns, between = [], []

        async def others():
            while True:
                turns.append(1)
                await asyncio.sleep_ms(0)

        async def run():
            task = asyncio.create_task(others())
            before = None
            async for request in requests(device):
                if before is not None:
                    between.append(len(turns) - before)
                before = len(turns)
                if request.read() == bytes([31]):
                    break
            task.cancel()

        asyncio.run(run())
        self.assertEqual((len(between), min(between) > 0), (31, True))
        self.assertEqual(controller.transfer_reply()[0], 32)

    def test_each_request_is_closed_before_the_next_one(self):
        device, controller = self.both()
        controller.send_transfer([(0x40, 2), (0x40, 2)])
        seen = []

        async def run():
            async for request in requests(device):
                if seen:
                    self.assertEqual(seen[0].end, End.CLOSED)
                    break
                seen.append(request)
                self.assertEqual(request.write(b"\x01"), 1)

        asyncio.run(run())
        device.deinit()
        self.assertEqual(controller.transfer_reply()[0] in (1, 2), True)

    def test_a_target_that_is_deinitialised(self):
        device = self.device()
        device.deinit()

        async def serve():
            async for _ in requests(device):
                pass

        self.assertRaises(ValueError, asyncio.run, serve())


class Garbage(TargetTest):
    def forgotten(self):
        """A target that nobody knows any more."""
        I2CTarget(pin.SCL1, pin.SDA1, [0x40])

    def test_a_forgotten_target_leaves_the_bus(self):
        controller = self.controller()
        self.forgotten()
        self.assertEqual(controller.present(), 1 << 0x40)
        collect()
        wait_until(lambda: controller.present() == 0, "the target is gone")
        self.device()  # its pins are free

    def test_a_forgotten_target_releases_the_lines(self):
        controller = self.controller()

        def hold():
            device = I2CTarget(pin.SCL1, pin.SDA1, [0x40])
            controller.send_transfer([(0x40, b"\x01\x02")])
            self.assertEqual(device.request(timeout=5).read(1), b"\x01")

        hold()
        collect()
        self.assertLess(controller.transfer_reply()[0], 0)
        self.assert_works()

    def test_a_request_keeps_its_target(self):
        controller = self.controller()

        def called():
            device = I2CTarget(pin.SCL1, pin.SDA1, [0x40])
            controller.send_transfer([(0x40, b"\x01\x02\x03")])
            return device.request(timeout=5)

        request = called()
        collect()
        filler = [bytes(64) for _ in range(2000)]  # over whatever was freed
        self.assertEqual(request.read(), b"\x01\x02\x03")
        self.assertEqual(controller.transfer_reply()[0], 1)
        self.assertEqual(len(filler), 2000)

    def test_the_bytes_of_a_long_read_survive(self):
        device, controller = self.both()
        data = bytes(n * 7 & 0xFF for n in range(3000))
        controller.send_transfer([(0x40, data)])
        request = device.request(timeout=5)
        pieces = b""
        while len(pieces) < len(data):
            pieces += request.read(500)
            collect()
        self.assertEqual(pieces, data)
        self.assertEqual(controller.transfer_reply()[0], 1)

    def test_pins_of_garbage_are_free(self):
        for _ in range(20):
            self.forgotten()
        self.device()

    def test_no_descriptor_stays(self):
        tools = host.root("tools")
        self.device().deinit()
        collect()
        before = tools.descriptors()
        for _ in range(100):
            self.forgotten()
            collect()
        self.assertEqual(tools.descriptors(), before)

    def test_a_construction_that_fails_leaves_nothing(self):
        kept = self.device()
        for _ in range(50):
            self.assertRaises(ValueError, I2CTarget, pin.SCL1, pin.SDA1, [0x41])
        collect()
        self.assertIsNone(kept.request())


class Boards(TargetTest):
    """board and microcontroller.pin, by the table."""

    def in_another(self, board, program):
        return host.root("tools").run("env", f"I2CTARGET_BOARD={board}", os.getenv("MICROPYTHON"), "-c", program)

    def test_a_board(self):
        status, said = self.in_another("raspberry_pi_pico", "import board; print(board.board_id, board.GP5, board.LED)")
        self.assertEqual((status, said), (0, "raspberry_pi_pico microcontroller.pin.GPIO5 microcontroller.pin.GPIO25\n"))

    def test_pins_that_can_not_serve(self):
        program = "import board; from i2ctarget import I2CTarget; I2CTarget(board.A5, board.D12, [0x40])"
        status, said = self.in_another("feather_m4_express", program)
        self.assertEqual(status, 1)
        self.assertRegex(said, "ValueError: PA06 and PA22 of SAMD51J19A are not pad 1 and pad 0 of one SERCOM, and both have EXTINT6")

    def test_no_such_board(self):
        status, said = self.in_another("pico", "import board")
        self.assertEqual(status, 1)
        self.assertRegex(said, "ImportError: I2CTARGET_BOARD=pico: there is no such board")

    def test_every_board(self):
        """Each has its names, and its SCL and SDA serve."""
        program = ("import i2ctarget._table as table\nfrom i2ctarget._chips import Chip\n"
                   "rows = table.rows()\n"
                   "bad = [row['board_id'] for row in rows if row['scl'] and Chip(row['mcu'], table.chip_pins(row['mcu'])).problem(row['scl'], row['sda'])]\n"
                   "print(len(rows), bad, sum(len(table.names(row)) for row in rows) > 7000)")
        status, said = self.in_another("", program)
        self.assertEqual((status, said), (0, "165 [] True\n"))
