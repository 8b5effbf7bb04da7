#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""I2C through an adapter, with a simulated kernel and simulated targets, on a real bus server."""

import errno
import os
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import kernel
import protocol
from buses import BusTest
from kernel import Kernel, Setup
from protocol import (ADDRESSED, ENDED, I2C_M_IGNORE_NAK, I2C_M_NO_RD_ACK, I2C_M_NOSTART, I2C_M_RECV_LEN, I2C_M_REV_DIR_ADDR, I2C_M_STOP, RECEIVED,
                      REQUESTED)

I2C_CLIENT_PEC, I2C_M_TEN = 0x0004, 0x0010
ACKED = protocol.CALLED | protocol.ADDRESS_ACKED
NOBODY = 0x77


class Adapter(BusTest):
    """A bus, a monitor, and an adapter of the (simulated) kernel."""

    def setUp(self):
        super().setUp()
        self.bus = self.start("--verbose")
        self.watch = self.monitor()
        self.linux = self.opened(Kernel())
        self.linux.enumerate()
        self.linux.probe()

    def registers(self, count=256, address=0x40):
        """A target with registers, served by a thread."""
        target = self.target([address])
        registers = [(7 * i + 1) & 0xFF for i in range(count)]

        def serve():
            try:
                while True:
                    target.serve_registers(registers)
            except (protocol.Gone, OSError):
                pass

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(target.socket.shutdown, 2)
        return registers

    def assert_error(self, number, *messages):
        with self.assertRaises(OSError) as raised:
            self.linux.transfer(*messages)
        self.assertEqual(raised.exception.errno, number)

    def flags_seen(self):
        return [message["flags"] for message in self.watch.transfer()["messages"]]

    def assert_free(self, seconds=1.8):
        """Another controller gets the bus before the two seconds are over for which it may be kept."""
        began = time.monotonic()
        with protocol.Controller() as other:
            other.send_transfer([(NOBODY, b"")])
            self.assertEqual(other.transfer_reply()[0], -errno.ENXIO)
        self.assertLess(time.monotonic() - began, seconds)


class Transfers(Adapter):
    def test_byte_data_read(self):
        registers = self.registers()
        self.assertEqual(self.linux.read_byte_data(0x40, 3), registers[3])

    def test_is_one_transfer_to_those_who_watch(self):
        registers = self.registers()
        self.linux.read_byte_data(0x40, 3)
        seen = self.watch.transfer()
        self.assertEqual((seen["number"], seen["result"], len(seen["messages"])), (1, 0, 2))
        write, read = seen["messages"]
        self.assertEqual((write["data"], write["flags"]), (b"\x03", ACKED))
        self.assertEqual((read["data"], read["flags"]),
                         (bytes([registers[3]]), protocol.READ | protocol.SR | ACKED | protocol.STOPPED))
        self.assertEqual((write["acks"], read["acks"]), ([True], [False]))

    def test_looks_as_from_any_other_controller(self):
        """The same duration to the nanosecond, whatever time the kernel took between its messages."""
        self.registers()
        self.linux.read_byte_data(0x40, 3)
        first = self.linux.send_message(0x40, [3], True, False)
        self.linux.message_result(first, 1)
        time.sleep(0.06)
        second = self.linux.send_message(0x40, 1, False, True)
        self.linux.message_result(second, 1)
        with protocol.Controller() as other:
            self.assertEqual(other.read_byte_data(0x40, 3)[0], 0)
        plain, slow, others = (self.watch.transfer() for _ in range(3))
        held_us = [sum(message["stretch_us"] for message in transfer["messages"]) for transfer in (plain, slow, others)]
        free_ns = [transfer["duration_ns"] // 1000 - held for transfer, held in zip((plain, slow, others), held_us)]
        self.assertLess(max(free_ns) - min(free_ns), 10)
        self.assertLess(slow["duration_ns"], 50_000_000)

    def test_an_smbus_target_does_not_mind_a_slow_kernel(self):
        """The time between messages is not on the wires, so no SMBus limit is exceeded."""
        target = self.target([0x41], flags=protocol.SMBUS)
        seqnum = self.linux.send_message(0x41, [9], True, False)
        call = target.next_call()
        target.commit(call.serial, count=1)
        self.linux.message_result(seqnum, 1)
        time.sleep(0.06)
        seqnum = self.linux.send_message(0x41, 1, False, True)
        call = target.next_call()
        target.commit(call.serial, count=1, data=b"\x5a", waiting=1)
        self.assertEqual(self.linux.message_result(seqnum, 1), b"\x5a")
        self.assertEqual([record[2] for record in target.records if record[0] == ENDED], [protocol.RESTART])

    def test_write_then_read_back(self):
        registers = self.registers()
        self.linux.transfer((0x40, [16, 1, 2, 3]))
        self.assertEqual(self.linux.transfer((0x40, [16]), (0x40, 3)), [b"\1\2\3"])
        self.assertEqual(registers[16:19], [1, 2, 3])

    def test_quick_write(self):
        self.registers()
        self.assertEqual(self.linux.transfer((0x40, b"")), [])
        self.assert_error(errno.ENXIO, (NOBODY, b""))

    def test_42_messages(self):
        registers = self.registers()
        messages = []
        for number in range(21):
            messages += [(0x40, [number]), (0x40, number + 1)]
        for number, read in enumerate(self.linux.transfer(*messages)):
            self.assertEqual(read, bytes(registers[number : 2 * number + 1]))
        self.assertEqual(len(self.watch.transfer()["messages"]), 42)
        self.assert_error(errno.EIO, *messages, (0x40, [0]))  # more than the bus takes
        self.assertEqual(len(self.watch.transfer()["messages"]), 42)
        self.assert_free()

    def test_8192_bytes(self):
        registers = self.registers(8192)
        self.assertEqual(self.linux.transfer((0x40, [1]), (0x40, 8192))[0], bytes(registers[1:] + registers[:1]))
        target = self.target([0x41])
        data = bytes(i * 11 & 0xFF for i in range(8192))
        seqnum = self.linux.send_message(0x41, data)
        call = target.next_call()
        target.commit(call.serial, count=8192, waiting=1)
        self.linux.message_result(seqnum, 8192)
        target.wait_for(ENDED)
        self.assertEqual(b"".join(record[2] for record in target.records if record[0] == RECEIVED), data)

    def test_all_of_i2c_rdwr_at_its_largest(self):
        self.registers(8192)
        reads = self.linux.transfer(*[(0x40, 8192)] * 42)
        self.assertEqual([len(read) for read in reads], [8192] * 42)

    def test_over_8192_bytes_is_refused(self):
        self.registers()
        for what in 8193, 65535, bytes(8193), bytes(65535):
            self.assert_error(errno.EIO, (0x40, what))
        self.linux.read_byte_data(0x40, 3)

    def test_two_kernels_and_a_controller_at_once(self):
        registers = self.registers()
        other_linux = self.opened(Kernel())
        failures = []

        def ask(read, count):
            for number in range(count):
                if read(0x40, number) != registers[number]:
                    failures.append(number)

        with protocol.Controller() as other:
            threads = [threading.Thread(target=ask, args=(read, 60)) for read in (
                self.linux.read_byte_data, other_linux.read_byte_data, lambda address, command: other.read_byte_data(address, command)[1])]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(failures, [])
        for _ in range(180):
            seen = self.watch.transfer()
            self.assertEqual((seen["result"], len(seen["messages"])), (0, 2))


class Failures(Adapter):
    def test_address_nack_of_a_write(self):
        self.assert_error(errno.ENXIO, (NOBODY, [1, 2, 3]))
        self.assertEqual(self.watch.transfer()["result"], -errno.ENXIO)
        self.assert_free()

    def test_address_nack_of_a_read_gives_zeros(self):
        seqnum = self.linux.send_message(NOBODY, 5)
        self.assertEqual(self.linux.result(seqnum), (0, 5, bytes(5)))
        self.assertEqual(self.linux.status(), 2)
        self.assert_free()

    def test_address_nack_in_the_middle(self):
        """The kernel stops there, and sends no END: the server makes the STOP."""
        self.registers()
        self.assert_error(errno.ENXIO, (0x40, [1]), (NOBODY, 1), (0x40, 1))
        self.assertEqual(len(self.watch.transfer()["messages"]), 2)
        self.assert_free()

    def test_status_is_of_the_last_message(self):
        self.registers()
        self.assert_error(errno.ENXIO, (NOBODY, [1]))
        self.assertEqual(self.linux.status(), 2)
        self.linux.read_byte_data(0x40, 1)
        self.assertEqual(self.linux.status(), 1)

    def test_data_nack(self):
        target = self.target([0x41])
        for count in 0, 1:
            seqnum = self.linux.send_message(0x41, [1, 2, 3])
            call = target.next_call()
            target.commit(call.serial, count=count, then=protocol.THEN_REFUSE)
            self.assertEqual(self.linux.result(seqnum), (kernel.STALL, 0, b""))
            self.assertEqual(self.watch.transfer()["result"], -errno.EIO)
        self.assert_free()

    def test_data_nack_of_the_last_byte(self):
        target = self.target([0x41])
        seqnum = self.linux.send_message(0x41, [1, 2])
        call = target.next_call()
        target.commit(call.serial, count=1, then=protocol.THEN_REFUSE)
        self.assertEqual(self.linux.result(seqnum).status, kernel.STALL)

    def test_faults_on_demand(self):
        """Every errno but that of an address is EIO; the next transfer is healthy."""
        self.registers()
        for fault, number in (("0x40 nack write once", errno.ENXIO), ("0x40 nack-after 1 once", errno.EIO), ("0x40 flip at 0.ack write once", errno.ENXIO),
                              ("0x40 lose-arbitration at 1.7 once write", errno.EIO), ("0x40 drop once", errno.EIO), ("0x40 stretch 20ms once", 0),
                              ("0x40 clock 20000 once", 0), ("0x40 no-stop once", 0), ("any hold-scl 20ms", 0)):
            with self.subTest(fault=fault):
                said = self.command("fault", *fault.split())
                self.assertEqual(said.stderr, "")
                if number:
                    self.assert_error(number, (0x40, [3, 0x81, 0xC3]))
                else:
                    self.linux.transfer((0x40, [3, 0x81, 0xC3]))
                self.assertRegex(self.command("fault", "--list").stdout, r"hit 1 of \d\n$")
                self.command("fault", "--clear")
                self.linux.transfer((0x40, [3, 0x81, 0xC3]))
                self.assertEqual(self.linux.transfer((0x40, [3]), (0x40, 2)), [b"\x81\xc3"])

    def test_what_can_not_be_done_is_refused(self):
        """An error is better than zeros that look like data."""
        self.registers()
        for flags in I2C_M_RECV_LEN, I2C_M_TEN, 0x0008, 0x0020, 0x0040, 0x0080, 0x0100:
            self.assert_error(errno.EIO, (0x40, 1, flags))
        self.assert_error(errno.EIO, (0x80, 1))
        self.assert_error(errno.EIO, (0x3FF, 1))
        self.linux.read_byte_data(0x40, 1)
        self.assertEqual(self.watch.transfer()["number"], 1)

    def test_what_can_not_be_done_in_the_middle_ends_the_transfer(self):
        self.registers()
        self.assert_error(errno.EIO, (0x40, [1]), (0x40, 1, I2C_M_RECV_LEN))
        self.assert_free()

    def test_flags_without_meaning_are_ignored(self):
        registers = self.registers()
        stray = I2C_CLIENT_PEC | kernel.I2C_M_DMA_SAFE
        self.assertEqual(self.linux.transfer((0x40, [5], stray), (0x40, 1, stray)), [bytes([registers[5]])])

    def test_setup_packet_and_direction_disagree(self):
        self.registers()
        for kind, flags, direction, data in ((kernel.VENDOR_OUT, 1, kernel.OUT, b"x"), (kernel.VENDOR_IN, 0, kernel.IN, b""),
                                             (kernel.VENDOR_IN, 1, kernel.OUT, b"x"), (kernel.VENDOR_OUT, 0, kernel.IN, b"")):
            self.assertEqual(self.linux.control(Setup(kind, 7, flags, 0x40, 1), data, direction=direction).status, kernel.STALL)
        for length in 0, 2, 5:  # not the length in the setup packet
            data = bytes(length)
            self.assertEqual(self.linux.control(Setup(kernel.VENDOR_OUT, 7, 0, 0x40, 3), data, length=length).status, kernel.STALL)
        self.linux.read_byte_data(0x40, 1)


class Flags(Adapter):
    def test_nostart(self):
        registers = self.registers()
        self.linux.transfer((0x40, [16]), (0x40, [7, 8], I2C_M_NOSTART))
        self.assertEqual(self.flags_seen(), [ACKED, protocol.NO_START | protocol.NO_ADDRESS | protocol.STOPPED])
        self.assertEqual(self.linux.transfer((0x40, [16]), (0x40, 2)), [b"\7\x08"])
        self.assertEqual(registers[16:18], [7, 8])

    def test_stop_between_messages(self):
        target = self.target([0x41])
        first = self.linux.send_message(0x41, [1], True, False, I2C_M_STOP)
        target.commit(target.next_call().serial, count=1, waiting=1)
        self.linux.message_result(first, 1)
        self.assertEqual(target.wait_for(ENDED)[2], protocol.STOP)
        second = self.linux.send_message(0x41, [2], False, True)
        call = target.next_call()
        self.assertFalse(call.is_restart)
        target.commit(call.serial, count=1, waiting=1)
        self.linux.message_result(second, 1)
        self.assertEqual(self.flags_seen(), [ACKED | protocol.STOPPED] * 2)

    def test_ignore_nak(self):
        target = self.target([0x41])
        seqnum = self.linux.send_message(0x41, [1, 2, 3], flags=I2C_M_IGNORE_NAK)
        target.commit(target.next_call().serial, count=0, then=protocol.THEN_REFUSE)
        self.linux.message_result(seqnum, 3)
        self.linux.transfer((NOBODY, [1], I2C_M_IGNORE_NAK))
        self.assertEqual([self.watch.transfer()["messages"][0]["data"] for _ in range(2)], [b"\1\2\3", b"\1"])

    def test_no_rd_ack(self):
        self.registers()
        self.linux.transfer((0x40, 2, I2C_M_NO_RD_ACK))
        self.assertTrue(self.flags_seen()[0] & protocol.NO_NINTH)

    def test_rev_dir_addr(self):
        """The bit in the address says read; the bytes are written."""
        target = self.target([0x41])
        seqnum = self.linux.send_message(0x41, b"", flags=I2C_M_REV_DIR_ADDR)
        call = target.next_call()
        self.assertTrue(call.is_read)
        target.commit(call.serial, then=protocol.THEN_REFUSE)
        self.linux.message_result(seqnum, 0)


class Patience(Adapter):
    """Targets that stall, kernels that give up."""

    def hold(self, what=1, ends=True):
        """A message that a target holds: (target, seqnum, its call)."""
        target = self.target([0x41])
        seqnum = self.linux.send_message(0x41, what, True, ends)
        return target, seqnum, target.next_call()

    def test_other_requests_are_answered_while_a_target_holds(self):
        target, seqnum, call = self.hold()
        self.linux.enumerate()
        self.assertEqual(self.linux.status(), 0)
        self.assertEqual(self.linux.functionality(), 0x0EFF001D)
        self.assertEqual(self.linux.result(self.linux.send_message(0x42, [1])).status, kernel.STALL)  # one message at a time
        target.commit(call.serial, count=1, data=b"\x77", waiting=1)
        self.assertEqual(self.linux.message_result(seqnum, 1), b"\x77")

    def test_unlink_ends_what_a_target_holds(self):
        target, seqnum, _ = self.hold()
        began = time.monotonic()
        self.assertEqual(self.linux.unlink_status(self.linux.unlink(seqnum)), kernel.CANCELLED)
        self.assertEqual(target.wait_for(ENDED)[2], protocol.BUS_ERROR)
        self.assertLess(time.monotonic() - began, 1.8)  # a target that is not cut off has two seconds
        self.assertEqual(self.watch.transfer()["result"], -errno.ETIMEDOUT)
        self.assert_free()
        self.assertTrue(self.linux.is_silent())  # the message gets no result
        self.linux.enumerate()

    def test_unlink_and_the_next_message_in_one_piece(self):
        registers = self.registers()
        target, seqnum, _ = self.hold()
        self.linux.unlink(seqnum)
        self.assertEqual(self.linux.read_byte_data(0x40, 7), registers[7])
        target.wait_for(ENDED)

    def test_unlink_that_comes_too_late(self):
        self.registers()
        seqnum = self.linux.send_message(0x40, [1])
        self.linux.result(seqnum)
        self.assertEqual(self.linux.unlink_status(self.linux.unlink(seqnum)), 0)
        self.assertEqual(self.linux.unlink_status(self.linux.unlink(0x12345678)), 0)
        self.linux.read_byte_data(0x40, 1)

    def test_unlink_in_the_queue(self):
        """It is not on the wires yet, because another transfer is."""
        target = self.target([0x41])
        other = self.controller()
        other.send_transfer([(0x41, 1)])
        call = target.next_call()
        seqnum = self.linux.send_message(0x41, [1])
        self.assertTrue(self.linux.is_silent())
        self.assertEqual(self.linux.unlink_status(self.linux.unlink(seqnum)), kernel.CANCELLED)
        target.commit(call.serial, count=1, data=b"\x11")
        self.assertEqual(other.transfer_reply(), (1, [b"\x11"]))
        self.assertEqual(self.watch.transfer()["number"], 1)
        self.registers()
        self.linux.read_byte_data(0x40, 1)
        self.assertEqual(self.watch.transfer()["number"], 2)

    def test_two_seconds_of_a_target_end_without_an_unlink_too(self):
        target, seqnum, _ = self.hold()
        began = time.monotonic()
        self.assertEqual(self.linux.result(seqnum).status, kernel.STALL)
        self.assertGreater(time.monotonic() - began, 1.8)
        self.assertEqual(target.wait_for(ENDED)[2], protocol.BUS_ERROR)
        self.assert_free()

    def test_begin_without_end(self):
        """The bus is kept for two seconds, and others wait.  Then STOP comes, and they are served."""
        self.registers()
        target = self.target([0x41])
        began = time.monotonic()
        seqnum = self.linux.send_message(0x41, [1], True, False)
        target.commit(target.next_call().serial, count=1, waiting=1)
        self.linux.message_result(seqnum, 1)
        other = self.controller()
        other.send_transfer([(0x40, 1)])
        other.socket.settimeout(0.5)
        with self.assertRaises(TimeoutError):
            other.receive()
        other.socket.settimeout(10)
        self.assertEqual(other.transfer_reply()[0], 1)
        self.assertTrue(1.9 < time.monotonic() - began < 8)
        self.assertEqual(target.wait_for(ENDED)[2], protocol.STOP)
        self.assertEqual([self.watch.transfer()["result"] for _ in range(2)], [0, 0])
        late = self.linux.send_message(0x40, 1, False, True)
        self.assertEqual(self.linux.result(late).status, kernel.STALL)
        self.linux.read_byte_data(0x40, 1)

    def test_begin_again_is_an_implied_stop(self):
        registers = self.registers()
        seqnum = self.linux.send_message(0x40, [1], True, False)
        self.linux.message_result(seqnum, 1)
        self.assertEqual(self.linux.read_byte_data(0x40, 9), registers[9])
        self.assertEqual([len(self.watch.transfer()["messages"]) for _ in range(2)], [1, 2])

    def test_end_without_begin(self):
        self.assertEqual(self.linux.result(self.linux.send_message(0x40, 1, False, True)).status, kernel.STALL)
        self.assertEqual(self.linux.result(self.linux.send_message(0x40, 1, False, False)).status, kernel.STALL)
        self.assert_free()


class Ends(Adapter):
    """One side ends in the middle of a transfer."""

    def test_kernel_detaches_while_a_target_holds(self):
        target = self.target([0x41])
        self.linux.send_message(0x41, 1)
        target.next_call()
        self.linux.close()
        self.assert_free(seconds=3)
        self.assertEqual(target.wait_for(ENDED)[2], protocol.BUS_ERROR)

    def test_kernel_detaches_between_two_messages(self):
        self.registers()
        seqnum = self.linux.send_message(0x40, [1], True, False)
        self.linux.message_result(seqnum, 1)
        self.linux.close()
        self.assert_free()
        self.assertEqual(self.watch.transfer()["result"], 0)

    def test_kernel_detaches_in_the_queue(self):
        target = self.target([0x41])
        other = self.controller()
        other.send_transfer([(0x41, 1)])
        call = target.next_call()
        self.linux.send_message(0x41, [1], True, False)
        self.assertTrue(self.linux.is_silent())
        self.linux.close()
        target.commit(call.serial, count=1, data=b"\x11")
        self.assertEqual(other.transfer_reply(), (1, [b"\x11"]))
        self.assert_free()

    def test_owner_ends_between_two_messages(self):
        self.registers()
        seqnum = self.linux.send_message(0x40, [1], True, False)
        self.linux.message_result(seqnum, 1)
        self.linux.owner.close()
        self.assertTrue(self.linux.is_gone())
        self.assert_free()

    def test_server_ends_between_two_messages(self):
        self.registers()
        seqnum = self.linux.send_message(0x40, [1], True, False)
        self.linux.message_result(seqnum, 1)
        self.assertEqual(self.bus.stop(), (0, "", ""))
        self.assertTrue(self.linux.is_gone())

    def test_server_ends_while_a_target_holds(self):
        target = self.target([0x41])
        self.linux.send_message(0x41, 1)
        target.next_call()
        self.assertEqual(self.bus.stop(), (0, "", ""))
        self.assertTrue(self.linux.is_gone())

    def test_target_dies_while_it_holds(self):
        target = self.target([0x41])
        seqnum = self.linux.send_message(0x41, [1])
        target.next_call()
        target.close()
        self.assertEqual(self.linux.result(seqnum), (0, 1, b""))
        self.assertEqual(self.linux.status(), 2)


if __name__ == "__main__":
    unittest.main()
