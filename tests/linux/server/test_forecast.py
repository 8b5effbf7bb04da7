#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Forecasts: the bytes of a write and the next call, told before they happen.  Whatever the target makes of one, the controller, the monitor
and the target must agree on what happened.

Most tests stop the server (SIGSTOP) while the target decides.  So the target has all the time it needs within the server's 2 ms, and what it
does in the shared memory is one step."""

import contextlib
import errno
import os
import signal
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import BusTest, wait_until
from protocol import (ADDRESS_ACKED, ADDRESSED, BUS_ERROR, CLAIM_ACK, CLAIM_CLOSED, CLAIM_NACK, CLAIM_NONE, CLAIM_THROUGH, CONTROLLER_NACK,
                      ENDED, FORECASTS, RECEIVED, REQUESTED, RESTART, SR, STOP, STOPPED)

TIMES = 10  # for what shows only if the server has not looked: then it was stopped for less than 2 ms at least once
GIVEN_UP, REFUSED, CUT = -errno.ETIMEDOUT, -errno.ENXIO, -errno.EIO
REGISTER = (b"\x01",), (1,)  # a byte-data read: the register's number is written, one byte is read


def wires(transfer):
    """What a monitor was told, as text: 40W+ 01+ Sr 40R+ aa- P"""
    words = []
    for message in transfer["messages"]:
        words += ["Sr"] * bool(message["flags"] & SR)
        direction = "R" if message["flags"] & protocol.READ else "W"
        words.append(f"{message['address']:02x}{direction}" + ("+" if message["flags"] & ADDRESS_ACKED else "-"))
        words += [f"{byte:02x}" + ("+" if ack else "-") for byte, ack in zip(message["data"], message["acks"])]
        words += ["P"] * bool(message["flags"] & STOPPED)
    return " ".join(words)


def addressed(messages):
    """A message without an address is for 0x40."""
    return [message if message[0] in (0x40, 0x41, 0x50, 0x55) else (0x40, *message) for message in messages]


class ForecastTest(BusTest):
    def setUp(self):
        super().setUp()
        self.bus = self.start()
        self.watcher = self.monitor()
        self.asker = self.controller()
        self.helper = self.controller(name="helper")
        self.seer = self.target(addresses=[0x40, 0x41], flags=FORECASTS)

    # ---- the server's time ------------------------------------------------------------------

    def stop_server(self):
        """The sooner it goes on, the more of its 2 ms are left.  So the pauses are short; without any it might not get a processor to stop on."""
        os.kill(self.bus.pid, signal.SIGSTOP)
        with open(f"/proc/{self.bus.pid}/stat") as stat:
            for _ in range(100_000):
                if stat.read().rsplit(")", 1)[1].split()[0] == "T":
                    return
                time.sleep(0.00001)
                stat.seek(0)
        self.fail("the server does not stand still")

    def go_on(self):
        os.kill(self.bus.pid, signal.SIGCONT)

    def time_out(self, tens_of_ms):
        self.assertEqual(self.asker.set(protocol.I2C_TIMEOUT, tens_of_ms), 0)

    def await_look(self, target=None):
        target = target or self.seer
        wait_until(lambda: target.looked_for() == 0, "the server looks")

    # ---- a transfer, and what became of it --------------------------------------------------

    def ask(self, *messages):
        """The call that the target gets for it."""
        self.asker.send_transfer(addressed(messages))
        return self.seer.next_call()

    def ask_and_stop(self, *messages):
        """The call, with the server stopped before it has looked."""
        for _ in range(200):
            call = self.ask(*messages)
            self.stop_server()
            if self.word() == (self.seer.held, CLAIM_NONE) and self.seer.is_looked_for():
                self.seer.records = self.seer.records[-1:]
                return call
            self.go_on()
            self.serve_all()
            self.watcher.transfer()
        raise AssertionError("the server always looked before it could be stopped")

    def word(self):
        """(number of the hold, answer, the closed way included)"""
        word = struct.unpack("<I", self.seer.claims[:4])[0]
        return word >> 3, word & 7

    def see(self, *messages):
        """Take a call and go through its forecast; the server is still stopped.  Returns both calls."""
        call = self.ask_and_stop(*messages)
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        following = self.seer.go_through()
        self.assertIsNotNone(following)
        return call, following

    def reach_next(self, call):
        """Go through, or have it told if the way is closed by now.  The server stands still meanwhile, so each step in the word is atomic."""
        self.stop_server()
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        following = self.seer.go_through()
        self.go_on()
        if following is None:
            self.seer.commit(call.serial, count=8192)
            following = self.seer.next_call()
        return following

    def finish_read(self, call, following):
        """Give the byte of a REGISTER.  All agree on what happened, and nothing was told twice."""
        self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
        self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
        self.assert_told(*self.seen(call), (REQUESTED, following.serial, 1), (ENDED, following.serial, CONTROLLER_NACK, 1))

    def await_offer(self):
        """The server has looked, and the bus has come to the next hold."""
        wait_until(lambda: self.word()[0] == self.seer.held, "the next hold is offered")

    def serve_all(self, target=None):
        """A target that accepts everything, from the latest call on, until the transfer is over.  Returns the result."""
        target = target or self.seer
        serial = target.records[-1][1]
        while not self.asker.has_more():
            is_read = next(record[3] for record in reversed(target.records) if record[0] == ADDRESSED)
            target.commit(serial, count=64, data=bytes(range(0x80, 0xC0)) if is_read else b"")
            while not (self.asker.has_more() or target.has_more()):
                time.sleep(0.0005)
            if not target.has_more():
                break
            target.events()
            serial = target.records[-1][1]
        return self.asker.reply()[0]

    def done(self):
        """(result, the reads, what was on the wires)"""
        result, reads = self.asker.transfer_reply()
        return result, reads, wires(self.watcher.transfer())

    def await_end(self, target=None):
        """Whatever was forecast is not told again; so this is the end of the records."""
        target = target or self.seer
        while target.records[-1][0] != ENDED:
            target.events()
        return target.records

    def assert_told(self, *records):
        self.assertEqual(self.await_end(), list(records))
        self.assertFalse(self.seer.has_more())

    def assert_well(self):
        """The same target serves a new transfer, with a forecast and without."""
        self.time_out(3000)
        self.assertEqual(self.helper.call(protocol.OP_CLEAR_FAULT, 0)[0], protocol.NONE)
        call = self.ask(*REGISTER)
        while self.seer.records[-1][1] != call.serial:
            call = self.seer.next_call()
        self.assertEqual([record[0] for record in self.seer.forecast], [RECEIVED, ENDED, ADDRESSED])
        self.seer.commit(call.serial, count=1)
        following = self.seer.next_call()
        self.assertEqual(following.serial, (call.serial + 1) % (1 << 32))
        self.seer.commit(following.serial, count=1, data=b"\x3c", waiting=1)
        self.assertEqual(self.done(), (2, [b"\x3c"], "40W+ 01+ Sr 40R+ 3c- P"))
        self.assertEqual(self.seer.wait_for(ENDED), (ENDED, following.serial, CONTROLLER_NACK, 1))

        call, following = self.see(*REGISTER)
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.seer.commit(following.serial, count=1, data=b"\x5a", waiting=1)
        self.go_on()
        self.assertEqual(self.done(), (2, [b"\x5a"], "40W+ 01+ Sr 40R+ 5a- P"))
        self.assert_told(*self.seen(call), (REQUESTED, following.serial, 1), (ENDED, following.serial, CONTROLLER_NACK, 1))

    @staticmethod
    def seen(call, data=b"\x01", is_read=1, address=0x40, restart=0):
        """The records of a call and its forecast."""
        return ((ADDRESSED, call.serial, call.address, 0, restart), (RECEIVED, call.serial, data), (ENDED, call.serial, RESTART, len(data)),
                (ADDRESSED, call.serial + 1, address, is_read, 1))

    def count_targets(self):
        _, peers = self.helper.call(protocol.OP_PEERS, 0)
        return sum(struct.unpack("<H", peers[at : at + 2])[0] == protocol.TARGET for at in range(0, len(peers), 56))

    def add_fault(self, text):
        self.helper.request(protocol.OP_ADD_FAULT, 0, text.encode())

    def hits(self):
        """How often each fault has hit."""
        result, faults = self.helper.call(protocol.OP_FAULTS, 0)
        self.assertEqual(result, 0)
        return [struct.unpack("<I", faults[at + 8 : at + 12])[0] for at in range(0, len(faults), 124)]


class When(ForecastTest):
    """A forecast comes when it may, and it comes true."""

    def forecast(self, *messages, target=None):
        """The forecast that comes with the first call.  Then the target accepts everything, and it must have told the truth."""
        target = target or self.seer
        self.asker.send_transfer(addressed(messages))
        target.next_call()
        forecast = target.forecast
        if not forecast:
            self.serve_all(target)
        else:
            self.assertTrue(target.held)
            target.records = target.records[-1:]
            self.serve_all(target)
            self.assertEqual(target.records[1:4], forecast)
        self.watcher.transfer()
        return [record[0] for record in forecast]

    def assert_comes(self, *messages, **keywords):
        with self.subTest(messages):
            self.assertEqual(self.forecast(*messages, **keywords), [RECEIVED, ENDED, ADDRESSED])

    def assert_none(self, *messages, **keywords):
        with self.subTest(messages):
            self.assertEqual(self.forecast(*messages, **keywords), [])

    def test_its_records(self):
        for data, following in ((b"\x01", 1), (bytes(32), 5), (b"\x01\x02", b"\x03"), (b"\xff", b"")):
            call = self.ask((data,), (following,))
            is_read = int(isinstance(following, int))
            self.assertEqual(self.seer.records[-1], (ADDRESSED, call.serial, 0x40, 0, 0))
            self.assertEqual(self.seer.forecast, list(self.seen(call, data, is_read)[1:]))
            self.assertEqual(self.serve_all(), 2)

    def test_of_1_to_32_bytes(self):
        for length in 1, 2, 31, 32:
            self.assert_comes((bytes(range(length)),), (1,))
            self.assert_comes((bytes(range(length)),), (b"\x01",))
        for length in 0, 33, 34, 300:
            self.assert_none((bytes(length),), (1,))

    def test_of_a_write_with_a_message_behind_it(self):
        self.assert_comes((b"\x01",), (b"\x02",))
        self.assert_comes((b"\x01",), (b"",))
        self.assert_none((b"\x01",))
        self.assert_none((1,))
        self.assert_none((1,), (b"\x01",))
        self.assert_none((1,), (1,))

    def test_with_every_call_that_is_told(self):
        """Three messages, and a target that takes all calls from EVENTS."""
        call = self.ask((b"\x01",), (b"\x02\x03",), (1,))
        self.assertEqual(self.seer.forecast, list(self.seen(call, is_read=0)[1:]))
        self.seer.commit(call.serial, count=1)
        call = self.seer.next_call()
        self.assertEqual(self.seer.forecast, list(self.seen(call, b"\x02\x03", restart=1)[1:]))
        self.seer.commit(call.serial, count=2)
        call = self.seer.next_call()
        self.assertEqual(self.seer.forecast, [])
        self.seer.commit(call.serial, count=1, data=b"\x77")
        self.assertEqual(self.done(), (3, [b"\x77"], "40W+ 01+ Sr 40W+ 02+ 03+ Sr 40R+ 77- P"))

    def test_only_if_the_next_message_is_the_targets(self):
        self.assert_none((b"\x01",), (0x55, b"\x02"))
        with self.target(addresses=[0x50]) as other:
            self.asker.send_transfer([(0x40, b"\x01"), (0x50, b"\x02")])
            call = self.seer.next_call()
            self.assertEqual(self.seer.forecast, [])
            self.seer.commit(call.serial, count=1)
            other.commit(other.next_call().serial, count=1)
            self.assertEqual(self.done(), (2, [], "40W+ 01+ Sr 50W+ 02+ P"))

    def test_only_if_both_messages_are_for_one_address(self):
        self.assert_none((b"\x01",), (0x41, 1))
        self.assert_none((0x41, b"\x01"), (0x40, b"\x02"))
        self.assert_comes((0x41, b"\x01"), (0x41, b"\x02"))

    def test_with_flags_of_messages(self):
        """None but a plain repeated START, whatever the flags make of the two messages."""
        self.assert_none((b"\x01", protocol.I2C_M_STOP), (1,))
        self.assert_none((b"\x01",), (b"\x02", protocol.I2C_M_NOSTART))
        self.assert_none((1, protocol.I2C_M_REV_DIR_ADDR), (1,))
        self.forecast((b"\x01",), (1, protocol.I2C_M_REV_DIR_ADDR))
        self.forecast((b"\x01",), (b"\x02", protocol.I2C_M_REV_DIR_ADDR))
        self.forecast((b"\x01", protocol.I2C_M_REV_DIR_ADDR), (1,))
        self.forecast((b"\x01", protocol.I2C_M_IGNORE_NAK), (1,))
        self.forecast((b"\x01",), (1, protocol.I2C_M_NO_RD_ACK))
        self.forecast((b"\x01",), (b"\x02",), (b"\x03", protocol.I2C_M_NOSTART))

    def test_before_a_read_whose_length_the_target_gives(self):
        self.assertEqual(self.asker.set(protocol.I2C_SLAVE, 0x40), 0)
        self.asker.send_smbus(5, 1, 7, b"")  # block data
        call = self.seer.next_call()
        forecast = self.seer.forecast
        self.assertIn(forecast, ([], list(self.seen(call, b"\x07")[1:])))
        self.seer.commit(call.serial, count=1)
        following = self.seer.next_call()
        self.seer.commit(following.serial, count=3, data=b"\x02ab")
        result, data = self.asker.reply()
        self.assertEqual((result, data[:3]), (0, b"\x02ab"))

    def test_of_smbus_calls(self):
        self.assertEqual(self.asker.set(protocol.I2C_SLAVE, 0x40), 0)
        for pec in 0, 1:
            self.assertEqual(self.asker.set(protocol.I2C_PEC, pec), 0)
            for size, data in ((2, b"\x07"), (3, b"\x07"), (4, b"\x07\x34\x12")):  # byte data, word data, process call
                self.asker.send_smbus(size, 1, 7, b"\x34\x12")
                call = self.seer.next_call()
                self.assertEqual(self.seer.forecast, list(self.seen(call, data)[1:]))
                self.serve_all()
            self.asker.send_smbus(2, 0, 7, b"\x34")  # a write
            self.seer.next_call()
            self.assertEqual(self.seer.forecast, [])
            self.serve_all()

    def test_of_open_files(self):
        with protocol.File() as file:
            self.assertEqual(self.asker.call(protocol.OP_SET, protocol.I2C_SLAVE, struct.pack("<Q", 0x40), file=file.cookie)[0], 0)
            file.write(b"\x01\x02")
            call = self.seer.next_call()
            self.assertEqual(self.seer.forecast, [])
            self.seer.commit(call.serial, count=2, waiting=1)
            self.assertEqual(self.seer.wait_for(ENDED)[2:], (STOP, 2))
            self.asker.file = file.cookie
            self.asker.send_smbus(2, 1, 7, b"")
            call = self.seer.next_call()
            self.assertEqual(self.seer.forecast, list(self.seen(call, b"\x07")[1:]))
            self.assertEqual(self.serve_all(), 0)

    def test_for_who_asks_for_it(self):
        for flags in 0, protocol.SMBUS, protocol.SMBUS | FORECASTS:
            with self.target(addresses=[0x50], flags=flags) as other:
                self.assert_none((0x50, b"\x01"), (0x50, 1), target=other)

    def test_not_if_another_target_has_the_address(self):
        for flags in 0, FORECASTS:
            with self.target(addresses=[0x40], flags=flags) as other:
                self.asker.send_transfer([(0x40, b"\x01"), (0x40, 1)])
                for target in self.seer, other:
                    call = target.next_call()
                    self.assertEqual(target.forecast, [])
                    target.commit(call.serial, count=1)
                for target in self.seer, other:
                    target.commit(target.next_call().serial, count=1, data=b"\x77")
                self.assertEqual(self.done(), (2, [b"\x77"], "40W+ 01+ Sr 40R+ 77- P"))
        wait_until(lambda: self.count_targets() == 1, "the others are gone")
        self.assert_comes((b"\x01",), (1,))

    def test_not_if_one_of_the_two_calls_is_another_targets_too(self):
        with self.target(addresses=[0x41]) as other:
            for first, second in (0x40, 0x41), (0x41, 0x40):
                self.asker.send_transfer([(first, b"\x01"), (second, b"\x02")])
                for address in first, second:
                    call = self.seer.next_call()
                    self.assertEqual(self.seer.forecast, [])
                    self.seer.commit(call.serial, count=1)
                    if address == 0x41:
                        other.commit(other.next_call().serial, count=1)
                self.assertEqual(self.done(), (2, [], f"{first:02x}W+ 01+ Sr {second:02x}W+ 02+ P"))

    def test_not_if_another_target_has_taken_the_address(self):
        with self.target(addresses=[0x50]) as other:
            self.assert_comes((b"\x01",), (1,))
            other.set_addresses([0x40])
            other.expect(protocol.ADDRESSES_SET)
            self.asker.send_transfer([(0x40, b"\x01"), (0x40, 1)])
            self.seer.next_call()
            self.assertEqual(self.seer.forecast, [])
            other.next_call()
            other.set_addresses([0x50])
            other.expect(protocol.ADDRESSES_SET)
            other.commit(other.records[-1][1], count=1)
            self.assertEqual(self.serve_all(), 2)
            self.watcher.transfer()
            self.assert_comes((b"\x01",), (1,))

    def test_not_on_a_bus_with_faults(self):
        self.assertEqual(self.helper.call(protocol.OP_ADD_FAULT, 0, b"0x77 nack")[0], 1)
        self.assert_none((b"\x01",), (1,))
        self.assertEqual(self.helper.call(protocol.OP_CLEAR_FAULT, 0)[0], 0)
        self.assert_comes((b"\x01",), (1,))

    def test_not_for_an_adapter(self):
        adapter = self.opened(protocol.Adapter())
        for steps in ([(b"\x01", False), (1, True)], [(b"\x01", True)]):
            for i, (what, ends) in enumerate(steps):
                adapter.send_step(0x40, what, begins=i == 0, ends=ends)
                call = self.seer.next_call()
                self.assertEqual(self.seer.forecast, [])
                self.seer.commit(call.serial, count=1, data=b"\x77" if call.is_read else b"")
                self.assertEqual(adapter.stepped()[0], 0)

    def test_for_each_target_on_the_bus(self):
        with self.target(addresses=[0x50], flags=FORECASTS) as other:
            for _ in range(2):
                self.assert_comes((0x50, b"\x09"), (0x50, 1), target=other)
                self.assert_comes((b"\x01",), (1,))

    def test_after_a_newcomer_came_in_the_middle(self):
        """It has not heard the START, and is called by the next one."""
        call = self.ask((b"",), (b"\x01",), (1,))
        with self.target(addresses=[0x40]) as newcomer:
            self.seer.commit(call.serial)
            for data in b"", b"\x77":
                for target in self.seer, newcomer:
                    following = target.next_call()
                    self.assertEqual(target.forecast, [])
                    target.commit(following.serial, count=1, data=data)
            self.assertEqual(self.done(), (3, [b"\x77"], "40W+ Sr 40W+ 01+ Sr 40R+ 77- P"))


class Through(ForecastTest):
    """The target goes through a forecast before the server looks."""

    def setUp(self):
        super().setUp()
        self.time_out(3000)  # longer than any peer waits: so nothing comes of the time-out

    def test_as_in_the_documents_example(self):
        for _ in range(TIMES):
            call = self.ask_and_stop(*REGISTER)
            events, held = self.seer.events_count, self.seer.held
            self.assertEqual(self.word(), (held, CLAIM_NONE))
            self.assertEqual(self.seer.looked_for(), held)
            self.assertTrue(self.seer.claim(CLAIM_ACK))
            following = self.seer.go_through()
            self.assertEqual(self.word(), (held, CLAIM_THROUGH))
            self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.assertEqual(self.word(), (held + 1, CLAIM_ACK))
            self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
            self.go_on()
            self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
            self.assert_told(*self.seen(call), (REQUESTED, following.serial, 1), (ENDED, following.serial, CONTROLLER_NACK, 1))
            self.assertEqual(self.seer.events_count, events + 1)
            self.assertEqual((self.seer.held, self.seer.forecast, self.word()), (0, [], (0, CLAIM_NONE)))
        self.assert_well()

    def test_holds_are_counted(self):
        call, following = self.see(*REGISTER)
        stretches = self.seer.stretches
        self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
        self.go_on()
        self.assertEqual(self.done()[0], 2)
        self.await_end()
        self.assertEqual(self.seer.stretches, stretches + 1)

    def test_the_numbers_of_holds_go_on(self):
        call, following = self.see(*REGISTER)
        held = self.seer.held
        self.seer.commit(following.serial, count=1, data=b"\xaa")
        self.go_on()
        self.assertEqual(self.done()[0], 2)
        self.ask((b"",))
        self.assertEqual(self.seer.held, held + 1)
        self.serve_all()

    def test_a_commit_without_a_claim(self):
        for _ in range(TIMES):
            call, following = self.see(*REGISTER)
            self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
            self.go_on()
            self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
            self.assert_told(*self.seen(call), (REQUESTED, following.serial, 1), (ENDED, following.serial, CONTROLLER_NACK, 1))
        self.assert_well()

    def test_a_commit_that_only_accepts(self):
        """The bus waits at the byte to be read; the target is not asked again."""
        call, following = self.see(*REGISTER)
        self.seer.commit(following.serial)
        self.go_on()
        time.sleep(0.02)
        self.assertFalse(self.asker.has_more() or self.seer.has_more())
        self.finish_read(call, following)
        self.assert_well()

    def test_a_commit_that_waits_for_the_byte(self):
        call, following = self.see(*REGISTER)
        self.seer.commit(following.serial, waiting=1)
        self.go_on()
        self.assertEqual(self.seer.events(), [(REQUESTED, following.serial, 1)])
        self.assertTrue(self.seer.held)
        self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
        self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
        self.assertEqual([record[0] for record in self.await_end()], [ADDRESSED, RECEIVED, ENDED, ADDRESSED, REQUESTED, ENDED])
        self.assert_well()

    def test_a_commit_that_refuses_the_call(self):
        call, following = self.see(*REGISTER)
        self.seer.commit(following.serial, address=protocol.ADDRESS_NACK, reason=protocol.APPLICATION)
        self.go_on()
        self.assertEqual(self.done(), (REFUSED, [], "40W+ 01+ Sr 40R- P"))
        self.seer.records = []
        self.assert_well()

    def test_a_refusal_in_the_word(self):
        for is_before in True, False:
            with self.subTest(is_before):
                self.see(*REGISTER)
                if not is_before:
                    self.go_on()
                    self.await_offer()
                self.assertTrue(self.seer.claim(CLAIM_NACK))
                self.go_on()
                if not self.seer.is_looked_for():
                    self.seer.commit(self.seer.records[-1][1], address=protocol.ADDRESS_NACK)
                self.assertEqual(self.done(), (REFUSED, [], "40W+ 01+ Sr 40R- P"))
                self.assertFalse(self.seer.has_more())
                self.assert_well()

    def test_and_nothing_more(self):
        """The server looks, and offers the next hold.  It tells nothing again."""
        call, following = self.see(*REGISTER)
        self.go_on()
        self.await_offer()
        self.assertEqual(self.word()[1] & ~CLAIM_CLOSED, CLAIM_NONE)
        time.sleep(0.02)
        self.assertFalse(self.seer.has_more() or self.asker.has_more())
        self.assertEqual(self.seer.looked_for(), 0)
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.finish_read(call, following)
        self.assert_well()

    def test_the_next_call_is_taken_in_the_word_before_the_look(self):
        call, following = self.see(*REGISTER)
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.assertTrue(self.seer.is_looked_for())
        self.go_on()
        self.await_look()
        time.sleep(0.02)
        self.assertFalse(self.seer.has_more() or self.asker.has_more())
        self.finish_read(call, following)
        self.assert_well()

    def test_the_next_call_is_taken_in_the_word_after_the_look(self):
        """The word alone suffices if the second word says so."""
        for _ in range(5):
            call, following = self.see((b"\x01",), (b"",))
            self.go_on()
            self.await_offer()
            self.assertTrue(self.seer.claim(CLAIM_ACK))
            if not self.seer.is_looked_for():
                time.sleep(0.01)
                self.assertFalse(self.asker.has_more())
                self.seer.commit(following.serial)
            self.assertEqual(self.done(), (2, [], "40W+ 01+ Sr 40W+ P"))
        self.assert_well()

    def test_the_next_call_needs_no_more_than_the_word(self):
        call, following = self.see((b"\x01",), (b"",))
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.assertTrue(self.seer.is_looked_for())
        self.go_on()
        self.assertEqual(self.done(), (2, [], "40W+ 01+ Sr 40W+ P"))
        self.assert_well()

    def test_a_write_behind_it(self):
        call, following = self.see((b"\x01",), (b"\x02\x03",))
        self.assertFalse(following.is_read)
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.seer.commit(following.serial, count=8192, waiting=1)
        self.go_on()
        self.assertEqual(self.done(), (2, [], "40W+ 01+ Sr 40W+ 02+ 03+ P"))
        self.assert_told(*self.seen(call, is_read=0), (RECEIVED, following.serial, b"\x02\x03"), (ENDED, following.serial, STOP, 2))
        self.assert_well()

    def test_the_largest(self):
        data = bytes(range(32))
        call, following = self.see((data,), (3,))
        self.seer.commit(following.serial, count=3, data=b"abc", waiting=1)
        self.go_on()
        text = " ".join(f"{byte:02x}+" for byte in data)
        self.assertEqual(self.done(), (2, [b"abc"], f"40W+ {text} Sr 40R+ 61+ 62+ 63- P"))
        self.assert_told(*self.seen(call, data), (REQUESTED, following.serial, 3), (ENDED, following.serial, CONTROLLER_NACK, 3))

    def test_three_messages(self):
        """The second call was not told in EVENTS, so there is no forecast with it; the third is told."""
        call, following = self.see((b"\x01",), (b"\x02",), (1,))
        self.assertIsNone(self.seer.go_through())
        self.seer.commit(following.serial, count=1)
        self.go_on()
        self.assertEqual(self.seer.next_call().serial, following.serial + 1)
        self.seer.commit(following.serial + 1, count=1, data=b"\xaa", waiting=1)
        self.assertEqual(self.done(), (3, [b"\xaa"], "40W+ 01+ Sr 40W+ 02+ Sr 40R+ aa- P"))
        third = following.serial + 1
        self.assert_told(*self.seen(call, is_read=0), (RECEIVED, following.serial, b"\x02"), (ENDED, following.serial, RESTART, 1),
                         (ADDRESSED, third, 0x40, 1, 1), (REQUESTED, third, 1), (ENDED, third, CONTROLLER_NACK, 1))
        self.assert_well()

    def test_two_forecasts_of_one_transfer(self):
        """With four messages, the third call is told in EVENTS, with the forecast of the fourth."""
        call, following = self.see((b"\x01",), (b"",), (b"\x03",), (1,))
        self.seer.commit(following.serial)
        self.go_on()
        third = self.seer.next_call()
        self.assertEqual(self.seer.forecast, list(self.seen(third, b"\x03", restart=1)[1:]))
        last = self.reach_next(third)
        self.seer.commit(last.serial, count=1, data=b"\xaa", waiting=1)
        self.assertEqual(self.done(), (4, [b"\xaa"], "40W+ 01+ Sr 40W+ Sr 40W+ 03+ Sr 40R+ aa- P"))
        self.assertEqual(self.await_end()[-1], (ENDED, last.serial, CONTROLLER_NACK, 1))
        self.assert_well()

    def test_behind_another_message(self):
        """The forecast comes with a call after a repeated START."""
        call = self.ask((1,), (b"\x01",), (1,))
        self.seer.commit(call.serial, count=1, data=b"\x55")
        call = self.seer.next_call()
        following = self.reach_next(call)
        self.seer.commit(following.serial, count=1, data=b"\xaa")
        self.assertEqual(self.done(), (3, [b"\x55", b"\xaa"], "40R+ 55- Sr 40W+ 01+ Sr 40R+ aa- P"))
        self.assert_well()

    def test_at_any_time(self):
        """Before the server looks, and after.  Whichever, nobody may notice."""
        for i in range(200):
            call = self.ask(*REGISTER)
            if i % 4 == 3:
                time.sleep(i * 2e-5)
            following = self.reach_next(call)
            self.seer.commit(following.serial, count=1, data=bytes([i]))
            self.assertEqual(self.done(), (2, [bytes([i])], f"40W+ 01+ Sr 40R+ {i:02x}- P"))
        self.assert_well()

    def test_of_two_controllers_that_send_ahead(self):
        """Each transfer is served through its forecast, or without if the server has looked."""
        count = 30
        for i in range(count):
            for controller in self.asker, self.helper:
                controller.send_transfer([(0x40, bytes([i])), (0x40, 1)])
        call = None
        for _ in range(2 * count):
            while call is None:
                call = next((protocol.Call(*record[1:]) for record in self.seer.events() if record[0] == ADDRESSED), None)
            self.assertTrue(self.seer.held)
            expected = self.seer.forecast[0][2]
            following = self.reach_next(call)
            self.seer.commit(following.serial, count=1, data=expected)
            call = None
        for controller in self.asker, self.helper:
            for i in range(count):
                self.assertEqual(controller.transfer_reply(), (2, [bytes([i])]))
        texts = [wires(self.watcher.transfer()) for _ in range(2 * count)]
        self.assertEqual(sorted(texts), sorted(2 * [f"40W+ {i:02x}+ Sr 40R+ {i:02x}- P" for i in range(count)]))
        self.assert_well()


class Void(ForecastTest):
    """A target that does not go through its forecast is told everything."""

    def assert_told_everything(self, call):
        """The COMMIT for the first call, then all the rest as to any target."""
        self.seer.commit(call.serial, count=1)
        self.go_on()
        following = self.seer.next_call()
        self.assertEqual(self.seer.records, list(self.seen(call)))
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.finish_read(call, following)
        self.assert_well()

    def test_no_claim_at_all(self):
        self.assert_told_everything(self.ask_and_stop(*REGISTER))

    def test_only_a_claim(self):
        call = self.ask_and_stop(*REGISTER)
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.assert_told_everything(call)

    def test_a_claim_that_the_server_finds(self):
        """The address is acknowledged, and SCL is held at the byte: so the way is closed."""
        call = self.ask_and_stop(*REGISTER)
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.go_on()
        self.await_look()
        wait_until(lambda: self.word() != (self.seer.held, CLAIM_ACK), "the way is closed")
        self.assertIsNone(self.seer.go_through())
        self.assertFalse(self.seer.has_more())
        self.assert_told_everything(call)

    def test_a_claim_after_the_server_has_looked(self):
        call = self.ask_and_stop(*REGISTER)
        self.go_on()
        self.await_look()
        wait_until(lambda: self.word() == (self.seer.held, CLAIM_CLOSED), "the way is closed")
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.assertEqual(self.word(), (self.seer.held, CLAIM_CLOSED | CLAIM_ACK))
        self.assertFalse(self.seer.is_looked_for())
        self.assertIsNone(self.seer.go_through())
        time.sleep(0.01)
        self.assertFalse(self.asker.has_more() or self.seer.has_more())
        self.assert_told_everything(call)

    def test_a_refusal(self):
        for is_before in True, False:
            call = self.ask_and_stop(*REGISTER)
            if not is_before:
                self.go_on()
                self.await_look()
                wait_until(lambda: self.word()[1] == CLAIM_CLOSED, "the way is closed")
            self.assertTrue(self.seer.claim(CLAIM_NACK))
            self.assertIsNone(self.seer.go_through())
            if not is_before:
                self.seer.commit(call.serial, address=protocol.ADDRESS_NACK)
            self.go_on()
            self.assertEqual(self.done(), (REFUSED, [], "40W- P"))
            self.assertFalse(self.seer.has_more())
            self.assert_well()

    def test_the_reason_of_a_refusal(self):
        """The COMMIT says it, and not the word."""
        reasons = set()
        for _ in range(TIMES):
            call = self.ask_and_stop(*REGISTER)
            self.assertTrue(self.seer.claim(CLAIM_NACK))
            self.seer.commit(call.serial, address=protocol.ADDRESS_NACK, then=protocol.THEN_REFUSE, reason=protocol.CLOSED)
            self.go_on()
            self.assertEqual(self.asker.transfer_reply()[0], REFUSED)
            reasons.add(self.watcher.transfer()["messages"][0]["reason"])
        self.assertIn(protocol.CLOSED, reasons)

    def test_a_byte_that_is_refused(self):
        for refused in 0, 1, 2:
            call = self.ask_and_stop((b"\x01\x02\x03",), (1,))
            self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.seer.commit(call.serial, count=refused, then=protocol.THEN_REFUSE, reason=protocol.APPLICATION, waiting=1)
            self.go_on()
            bytes_text = "".join(f" {i + 1:02x}" + ("+" if i < refused else "-") for i in range(refused + 1))
            self.assertEqual(self.done(), (CUT, [], f"40W+{bytes_text} P"))
            self.assert_told((ADDRESSED, call.serial, 0x40, 0, 0), (RECEIVED, call.serial, b"\x01\x02\x03"[: refused + 1]),
                             (ENDED, call.serial, STOP, refused))
            self.assert_well()

    def test_a_byte_that_is_waited_for(self):
        call = self.ask_and_stop((b"\x01\x02",), (1,))
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.seer.commit(call.serial, count=1, waiting=1)
        self.go_on()
        self.assertEqual(self.seer.events(), [(RECEIVED, call.serial, b"\x01\x02")])
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.assertIsNone(self.seer.go_through())
        self.seer.commit(call.serial, count=2)
        following = self.seer.next_call()
        self.assertEqual(self.seer.records, list(self.seen(call, b"\x01\x02")))
        self.seer.commit(following.serial, count=1, data=b"\xaa")
        self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ 02+ Sr 40R+ aa- P"))
        self.assert_well()

    def test_a_byte_has_no_forecast_behind_it(self):
        """A claim for a held byte must not become `gone through`."""
        self.time_out(30)
        call = self.ask_and_stop((b"\x01\x02",), (1,))
        self.seer.commit(call.serial, waiting=1)
        self.go_on()
        while not any(record[0] == RECEIVED for record in self.seer.records):
            self.seer.events()
        self.seer.claims[:4] = struct.pack("<I", self.seer.held << 3 | CLAIM_THROUGH)
        result, _, text = self.done()
        self.assertEqual(result, GIVEN_UP)
        self.assertNotIn("Sr", text)
        self.assert_well()


class Meanwhile(ForecastTest):
    """Something else happens between the forecast and what the target makes of it."""

    def answer(self, reply=protocol.REPLY):
        payload = self.helper.expect(reply)
        self.assertGreaterEqual(struct.unpack("<i", payload[:4])[0], 0)

    # ---- faults -----------------------------------------------------------------------------

    def test_a_fault_before_going_through(self):
        """It hits the next call, which was forecast; so the way there is closed."""
        for claims in False, True:
            call = self.ask_and_stop(*REGISTER)
            if claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.add_fault("0x40 nack read once")
            self.go_on()
            self.answer()
            if not claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.assertIsNone(self.seer.go_through())
            self.seer.commit(call.serial, count=1, waiting=1)
            self.assertEqual(self.done(), (REFUSED, [], "40W+ 01+ Sr 40R- P"))
            self.assertEqual(self.hits(), [1])
            self.assert_told(*self.seen(call)[:3])
            self.assert_well()

    def test_a_fault_after_going_through(self):
        """What was gone through has happened: the fault waits for the next transfer."""
        for claims, commits in 3 * ((False, False), (True, False), (True, True), (False, True)):
            call, following = self.see(*REGISTER)
            if claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.add_fault("0x40 nack read once")
            if commits:
                self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
            self.go_on()
            self.answer()
            if not commits:
                self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
            self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
            self.assertEqual(self.hits(), [0])
            self.assert_told(*self.seen(call), (REQUESTED, following.serial, 1), (ENDED, following.serial, CONTROLLER_NACK, 1))
            self.seer.commit(self.ask(*REGISTER).serial, count=1, waiting=1)
            self.assertEqual(self.done(), (REFUSED, [], "40W+ 01+ Sr 40R- P"))
            self.assertEqual(self.hits(), [1])
            self.await_end()
            self.assert_well()

    def test_a_fault_hits_what_comes_after_the_next_call(self):
        for claims in False, True:
            call, following = self.see((b"\x01",), (b"\x02",), (1,))
            if claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.add_fault("0x40 nack once")
            self.go_on()
            self.answer()
            self.seer.commit(following.serial, count=1, waiting=1)
            self.assertEqual(self.done(), (REFUSED, [], "40W+ 01+ Sr 40W+ 02+ Sr 40R- P"))
            self.assertEqual(self.hits(), [1])
            self.assert_told(*self.seen(call, is_read=0), (RECEIVED, following.serial, b"\x02"), (ENDED, following.serial, RESTART, 1))
            self.assert_well()

    # ---- targets ----------------------------------------------------------------------------

    def newcomer(self):
        """A peer that only needs to listen."""
        peer = self.opened(protocol.Peer())
        peer.hello(protocol.TARGET, "newcomer")
        return peer

    @staticmethod
    def listen(peer):
        """The server may stand still: it finds this when it goes on."""
        peer.send(protocol.LISTEN, struct.pack("<5I", 0, 0, 1, 0, 0))

    def called(self, peer):
        """The serial number of the newcomer's call: one after a repeated START."""
        payload = peer.expect(protocol.EVENTS)
        records = protocol.Target._records(payload[20:])
        self.assertEqual(records, [(ADDRESSED, 1, 0x40, 1, 1)])
        return 1

    def test_another_target_before_the_forecast_is_gone_through(self):
        """It is called by the repeated START, so the forecast is void."""
        for claims in False, True:
            peer = self.newcomer()
            call = self.ask_and_stop(*REGISTER)
            if claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.listen(peer)
            self.go_on()
            peer.expect(protocol.LISTENING)
            if not claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.assertIsNone(self.seer.go_through())
            self.seer.commit(call.serial, count=1)
            following = self.seer.next_call()
            self.assertEqual(self.seer.records, list(self.seen(call)))
            self.seer.commit(following.serial, count=1, data=b"\x0f")
            peer.send(protocol.COMMIT, struct.pack("<IBBBBII", self.called(peer), 1, 0, 0, 0, 0, 1) + b"\x3c")
            self.assertEqual(self.done(), (2, [b"\x0f"], "40W+ 01+ Sr 40R+ 0f- P"))
            peer.close()
            wait_until(lambda: self.count_targets() == 1, "the newcomer is gone")
            self.assert_well()

    def test_another_target_after_going_through(self):
        """It comes after the second call was made, and hears nothing of it."""
        for claims in TIMES // 2 * (False, True):
            peer = self.newcomer()
            call, following = self.see(*REGISTER)
            if claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.listen(peer)
            self.go_on()
            peer.expect(protocol.LISTENING)
            self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
            self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
            self.assert_told(*self.seen(call), (REQUESTED, following.serial, 1), (ENDED, following.serial, CONTROLLER_NACK, 1))
            self.assertFalse(peer.has_more())
            peer.close()
            wait_until(lambda: self.count_targets() == 1, "the newcomer is gone")
            self.assert_well()

    def test_another_target_takes_the_address(self):
        for is_through in TIMES // 2 * (False, True):
            with self.target(addresses=[0x50]) as other:
                if is_through:
                    call, following = self.see(*REGISTER)
                else:
                    call = self.ask_and_stop(*REGISTER)
                    self.assertTrue(self.seer.claim(CLAIM_ACK))
                other.set_addresses([0x40])
                self.go_on()
                other.expect(protocol.ADDRESSES_SET)
                if not is_through:
                    self.assertIsNone(self.seer.go_through())
                    self.seer.commit(call.serial, count=1)
                    following = self.seer.next_call()
                    other.commit(other.next_call().serial, count=1, data=b"\xff")
                self.seer.commit(following.serial, count=1, data=b"\xaa")
                self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
                self.assertEqual(len(other.records), 0 if is_through else 1)
                other.close()
                wait_until(lambda: self.count_targets() == 1, "it is gone")
                self.assert_well()

    def test_the_targets_own_addresses_before_going_through(self):
        """The call that is held stays held; the next one is not for it any more."""
        for claims in False, True:
            call = self.ask_and_stop(*REGISTER)
            if claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.seer.set_addresses([0x41])
            self.go_on()
            self.seer.expect(protocol.ADDRESSES_SET)
            if not claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.assertIsNone(self.seer.go_through())
            self.seer.commit(call.serial, count=1, waiting=1)
            self.assertEqual(self.done(), (REFUSED, [], "40W+ 01+ Sr 40R- P"))
            self.assert_told(*self.seen(call)[:3])
            self.seer.set_addresses([0x40, 0x41])
            self.seer.expect(protocol.ADDRESSES_SET)
            self.assert_well()

    def test_the_targets_own_addresses_after_going_through(self):
        for claims in TIMES // 2 * (False, True):
            call, following = self.see(*REGISTER)
            if claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.seer.set_addresses([0x41])
            self.go_on()
            self.seer.expect(protocol.ADDRESSES_SET)
            self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
            self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
            self.assert_told(*self.seen(call), (REQUESTED, following.serial, 1), (ENDED, following.serial, CONTROLLER_NACK, 1))
            self.seer.set_addresses([0x40, 0x41])
            self.seer.expect(protocol.ADDRESSES_SET)
            self.assert_well()

    def test_the_same_addresses_again(self):
        call, following = self.see(*REGISTER)
        self.seer.set_addresses([0x40, 0x41])
        self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
        self.go_on()
        self.seer.expect(protocol.ADDRESSES_SET)
        self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
        self.assert_well()

    # ---- the server -------------------------------------------------------------------------

    def test_the_server_ends(self):
        for steps in range(4):
            with self.subTest(steps):
                if steps:
                    self.see(*REGISTER)
                else:
                    self.ask_and_stop(*REGISTER)
                if steps == 2:
                    self.assertTrue(self.seer.claim(CLAIM_ACK))
                if steps == 3:
                    self.go_on()
                    self.await_offer()
                self.bus.process.send_signal(signal.SIGTERM)
                self.go_on()
                self.assertEqual(self.bus.stop()[0], 0)
                for peer in self.asker, self.seer, self.watcher:
                    self.assertTrue(peer.is_gone())
                BusTest.end(self.bus)
                self.bus = self.start()
                self.watcher, self.asker, self.helper = self.monitor(), self.controller(), self.controller()
                self.seer = self.target(addresses=[0x40, 0x41], flags=FORECASTS)
        self.assert_well()


class Served(ForecastTest):
    def send_at_once(self, controller, *requests):
        """Several requests in one packet."""
        packets, send_bytes = [], controller.send_bytes
        controller.send_bytes = packets.append
        for request in requests:
            request()
        controller.send_bytes = send_bytes
        controller.send_bytes(b"".join(packets))

    def accept_when_it_is_offered(self, number):
        """A process that acknowledges hold `number` in the word, as soon as it is there: within microseconds, if it has a processor."""
        pid = os.fork()
        if pid == 0:
            claims, offered, accepted = self.seer.claims, struct.pack("<I", number << 3), struct.pack("<I", number << 3 | CLAIM_ACK)
            for _ in range(3_000_000):
                if claims[:4] == offered:
                    claims[:4] = accepted
                    break
            os._exit(0)
        return pid

    def test_who_waits_behind_a_transfer_that_a_fault_has_settled(self):
        """The fault's request lets the bus go on, and another one's transfer ends with that.  Who sent it is answered what it asked next.

        On a machine that is so busy that the word is never answered before the server looks, this shows nothing."""
        first, last = self.controller(name="first"), self.controller(name="last")
        other = self.target(addresses=[0x55])
        self.time_out(20)
        rounds = 0
        for number in range(self.seer.held + 1, self.seer.held + 31):
            self.asker.send_transfer([(0x55, b"")])
            call = other.next_call()
            self.send_at_once(first, lambda: first.send_transfer([(0x7F, b"")]), lambda: first.request(protocol.OP_ADD_FAULT, 0, b"0x71 nack"))
            time.sleep(0.005)
            self.send_at_once(last, lambda: last.send_transfer([(0x40, b"")]), lambda: last.request(protocol.OP_PRESENT, 0))
            time.sleep(0.005)
            helper = self.accept_when_it_is_offered(number)
            time.sleep(0.05)
            began = time.monotonic()
            other.commit(call.serial)
            self.assertEqual(self.asker.transfer_reply()[0], 1)
            self.assertEqual(first.transfer_reply()[0], REFUSED)
            fault = first.reply()[0]
            self.assertGreater(fault, 0)
            result = last.transfer_reply()[0]
            is_in_time = result == 1 and time.monotonic() - began < 0.1  # otherwise the look came before the answer
            self.assertEqual(last.reply()[0], 0)
            first.call(protocol.OP_CLEAR_FAULT, fault)
            os.waitpid(helper, 0)
            while self.seer.has_more():
                self.seer.events()
            rounds += is_in_time
            if rounds == 4:
                break


class TimeOuts(ForecastTest):
    """The controller gives up after 10 ms."""

    def setUp(self):
        super().setUp()
        self.time_out(1)

    def oversleep(self):
        """The server goes on when its 2 ms and the controller's time-out are both over."""
        time.sleep(0.03)
        self.go_on()

    def test_nothing_was_answered(self):
        call = self.ask_and_stop(*REGISTER)
        self.oversleep()
        self.assertEqual(self.done(), (GIVEN_UP, [], "40W- P"))
        self.assert_told((ADDRESSED, call.serial, 0x40, 0, 0), (ENDED, call.serial, BUS_ERROR, 0))
        self.assertFalse(self.seer.claim(CLAIM_ACK) and self.seer.held)
        self.assertIsNone(self.seer.go_through())
        self.seer.commit(call.serial, count=1)
        self.assert_well()

    def test_the_call_was_taken(self):
        for late in False, True:
            call = self.ask_and_stop(*REGISTER)
            self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.oversleep() if late else self.go_on()
            result, _, text = self.done()
            self.assertEqual((result, text.replace(" 01-", "")), (GIVEN_UP, "40W+ P"))
            self.assertIsNone(self.seer.go_through())
            self.assert_told((ADDRESSED, call.serial, 0x40, 0, 0), (ENDED, call.serial, BUS_ERROR, 0))
            self.assert_well()
            self.time_out(1)

    def gone(self, is_late, *answers, messages=REGISTER):
        """The forecast is gone through, the next call has one of these answers, and then nothing comes."""
        call, following = self.see(*messages)
        for answer in answers:
            self.assertTrue(self.seer.claim(answer))
        self.oversleep() if is_late else self.go_on()
        return call, following

    def test_it_was_gone_through(self):
        """Bytes and next call are on the wires in any case, and the time-out is at the next call."""
        for is_late in False, True:
            with self.subTest(is_late):
                call, following = self.gone(is_late)
                self.assertEqual(self.done(), (GIVEN_UP, [], "40W+ 01+ Sr 40R- P"))
                self.assert_told(*self.seen(call), (ENDED, following.serial, BUS_ERROR, 0))
                self.assertEqual(self.word(), (0, CLAIM_NONE))
                self.seer.commit(following.serial, count=1, data=b"\xaa")
                self.assert_well()
                self.time_out(1)

    def test_the_next_call_was_taken(self):
        for is_late in False, True:
            with self.subTest(is_late):
                call, following = self.gone(is_late, CLAIM_ACK)
                self.assertEqual(self.done(), (GIVEN_UP, [], "40W+ 01+ Sr 40R+ P"))
                self.assertEqual(self.await_end()[:4], list(self.seen(call)))
                self.assertEqual(self.seer.records[-1], (ENDED, following.serial, BUS_ERROR, 0))
                self.seer.commit(following.serial, count=1, data=b"\xaa")
                self.assert_well()
                self.time_out(1)

    def test_the_next_call_was_refused(self):
        for is_late in False, True:
            with self.subTest(is_late):
                self.gone(is_late, CLAIM_NACK)
                self.assertEqual(self.done(), (REFUSED, [], "40W+ 01+ Sr 40R- P"))
                self.assertFalse(self.seer.has_more())
                self.assert_well()
                self.time_out(1)

    def test_the_next_call_was_all(self):
        for is_late in False, True:
            with self.subTest(is_late):
                self.gone(is_late, CLAIM_ACK, messages=((b"\x01",), (b"",)))
                self.assertEqual(self.done(), (2, [], "40W+ 01+ Sr 40W+ P"))
                self.assert_well()
                self.time_out(1)

    def test_a_commit_that_comes_with_the_time_out(self):
        """Either was first; all must agree."""
        for claims in False, True:
            call, following = self.see(*REGISTER)
            if claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
            self.oversleep()
            result, reads, text = self.done()
            records = self.await_end()
            self.assertEqual(records[:4], list(self.seen(call)))
            if result == GIVEN_UP:
                self.assertEqual(text, "40W+ 01+ Sr 40R+ P" if claims else "40W+ 01+ Sr 40R- P")
                self.assertEqual(records[-1], (ENDED, following.serial, BUS_ERROR, 0))
            else:
                self.assertEqual((result, reads, text), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
                self.assertEqual(records[4:], [(REQUESTED, following.serial, 1), (ENDED, following.serial, CONTROLLER_NACK, 1)])
            self.assert_well()
            self.time_out(1)

    def test_at_the_next_call_once_it_is_offered(self):
        for answer in None, CLAIM_ACK, CLAIM_NACK:
            with self.subTest(answer):
                self.time_out(20)
                call, following = self.see(*REGISTER)
                self.go_on()
                self.await_offer()
                if answer is not None:
                    self.assertTrue(self.seer.claim(answer))
                self.assertEqual(self.done()[::2], {None: (GIVEN_UP, "40W+ 01+ Sr 40R- P"), CLAIM_ACK: (GIVEN_UP, "40W+ 01+ Sr 40R+ P"),
                                                    CLAIM_NACK: (REFUSED, "40W+ 01+ Sr 40R- P")}[answer])
                if answer != CLAIM_NACK:
                    self.assertEqual(self.await_end()[-1], (ENDED, following.serial, BUS_ERROR, 0))
                self.assertEqual(self.seer.records[:4], list(self.seen(call)))
                self.assert_well()

    def test_the_time_out_of_a_write_behind_it(self):
        call, following = self.gone(True, CLAIM_ACK, messages=((b"\x01",), (b"\x02",)))
        result, _, text = self.done()
        self.assertEqual(result, GIVEN_UP)
        self.assertTrue(text.startswith("40W+ 01+ Sr 40W+"), text)
        self.assertEqual(self.await_end()[-1], (ENDED, following.serial, BUS_ERROR, 0))
        self.assert_well()


class Leaving(ForecastTest):
    """A peer goes in the middle."""

    def renew(self):
        self.seer.close()
        self.asker.close()
        wait_until(lambda: not self.helper.present(), "the target is gone")
        self.asker = self.controller()
        self.seer = self.target(addresses=[0x40, 0x41], flags=FORECASTS)

    def test_the_controller_before_going_through(self):
        call = self.ask_and_stop(*REGISTER)
        self.assertTrue(self.seer.claim(CLAIM_ACK))
        self.asker.close()
        following = self.seer.go_through()
        self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
        self.go_on()
        self.assertEqual(wires(self.watcher.transfer()), "40W+ 01+ Sr 40R+ aa- P")
        self.assert_told(*self.seen(call), (REQUESTED, following.serial, 1), (ENDED, following.serial, CONTROLLER_NACK, 1))
        self.asker = self.controller()
        self.assert_well()

    def test_the_controller_after_going_through(self):
        """The transfer on the wires is completed."""
        for claims in False, True:
            call, following = self.see(*REGISTER)
            if claims:
                self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.asker.close()
            self.go_on()
            if not claims:
                self.await_offer()
            self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
            self.assertEqual(wires(self.watcher.transfer()), "40W+ 01+ Sr 40R+ aa- P")
            self.assert_told(*self.seen(call), (REQUESTED, following.serial, 1), (ENDED, following.serial, CONTROLLER_NACK, 1))
            self.asker = self.controller()
            self.assert_well()

    def test_the_controller_and_nobody_answers(self):
        """The target has one second at most."""
        self.time_out(1000)
        call, following = self.see(*REGISTER)
        self.asker.close()
        self.go_on()
        self.assertEqual(wires(self.watcher.transfer()), "40W+ 01+ Sr 40R- P")
        self.assert_told(*self.seen(call), (ENDED, following.serial, BUS_ERROR, 0))
        self.asker = self.controller()
        self.assert_well()

    def assert_leaves(self, answers, result, reads, text, messages=REGISTER, is_offered=False, is_through=True):
        with self.subTest((answers, messages, is_offered)):
            if is_through:
                self.see(*messages)
            else:
                self.ask_and_stop(*messages)
            if is_offered:
                self.go_on()
                self.await_offer()
            for answer in answers:
                self.assertTrue(self.seer.claim(answer))
            self.seer.close()
            self.go_on()
            self.assertEqual(self.done(), (result, reads, text))
            self.renew()
            self.assert_well()

    def test_the_target_before_going_through(self):
        self.assert_leaves([], REFUSED, [], "40W- P", is_through=False)
        self.assert_leaves([CLAIM_ACK], CUT, [], "40W+ 01- P", is_through=False)

    def test_the_target_without_an_answer_to_the_next_call(self):
        for is_offered in False, True:
            self.assert_leaves([], REFUSED, [], "40W+ 01+ Sr 40R- P", is_offered=is_offered)
            self.assert_leaves([CLAIM_NACK], REFUSED, [], "40W+ 01+ Sr 40R- P", is_offered=is_offered)

    def test_the_target_after_it_took_the_next_call(self):
        for is_offered in False, True:
            self.assert_leaves([CLAIM_ACK], 2, [b"\xff"], "40W+ 01+ Sr 40R+ ff- P", is_offered=is_offered)
            self.assert_leaves([CLAIM_ACK], CUT, [], "40W+ 01+ Sr 40W+ 02- P", messages=((b"\x01",), (b"\x02",)), is_offered=is_offered)
            self.assert_leaves([CLAIM_ACK], 2, [], "40W+ 01+ Sr 40W+ P", messages=((b"\x01",), (b"",)), is_offered=is_offered)

    def test_the_target_after_its_commit(self):
        self.see(*REGISTER)
        self.seer.commit(self.seer.records[-1][1], count=1, data=b"\xaa")
        self.seer.close()
        self.go_on()
        result, reads, text = self.done()
        self.assertEqual((result, text[:17]), (2, "40W+ 01+ Sr 40R+ "))
        self.renew()
        self.assert_well()

    def test_both(self):
        self.see(*REGISTER)
        self.asker.close()
        self.seer.close()
        self.go_on()
        self.assertEqual(wires(self.watcher.transfer()), "40W+ 01+ Sr 40R- P")
        self.renew()
        self.assert_well()


class Nonsense(ForecastTest):
    """COMMITs and words that no correct target sends.  The worst that may happen is a time-out."""

    def test_a_commit_for_the_next_message_without_going_through(self):
        """It is not for the latest message, so it is ignored."""
        for claims in False, True:
            with self.subTest(claims):
                call = self.ask_and_stop(*REGISTER)
                if claims:
                    self.assertTrue(self.seer.claim(CLAIM_ACK))
                self.seer.commit(call.serial + 1, count=1, data=b"\xaa", waiting=1)
                self.go_on()
                self.await_look()
                time.sleep(0.02)
                self.assertFalse(self.asker.has_more() or self.seer.has_more())
                self.seer.commit(call.serial, count=1)
                following = self.seer.next_call()
                self.assertEqual(self.seer.records, list(self.seen(call)))
                self.seer.commit(following.serial, count=1, data=b"\x55", waiting=1)
                self.assertEqual(self.done(), (2, [b"\x55"], "40W+ 01+ Sr 40R+ 55- P"))
                self.await_end()
                self.assert_well()

    def test_a_commit_for_the_message_after_the_next(self):
        for is_through in False, True:
            with self.subTest(is_through):
                call = self.ask_and_stop(*REGISTER)
                self.assertTrue(self.seer.claim(CLAIM_ACK))
                if is_through:
                    self.assertIsNotNone(self.seer.go_through())
                self.seer.commit(call.serial + 2, count=1, data=b"\xaa", waiting=1)
                self.go_on()
                self.await_look()
                self.assertFalse(self.asker.has_more())
                if not is_through:
                    self.seer.commit(call.serial, count=1)
                    self.seer.next_call()
                self.seer.commit(call.serial + 1, count=1, data=b"\x55", waiting=1)
                self.assertEqual(self.done(), (2, [b"\x55"], "40W+ 01+ Sr 40R+ 55- P"))
                self.await_end()
                self.assert_well()

    def test_a_commit_for_the_message_that_was_gone_through(self):
        """It says what going through has said already.  What was forecast is not told again."""
        for commits in (dict(count=1), dict(count=8192, waiting=1), dict()):
            for claims in False, True:
                with self.subTest((commits, claims)):
                    call, following = self.see(*REGISTER)
                    if claims:
                        self.assertTrue(self.seer.claim(CLAIM_ACK))
                    self.seer.commit(call.serial, **commits)
                    self.go_on()
                    time.sleep(0.01)
                    self.assertFalse(self.asker.has_more())
                    self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
                    self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
                    self.assert_told(*self.seen(call), (REQUESTED, following.serial, 1), (ENDED, following.serial, CONTROLLER_NACK, 1))
                    self.assert_well()

    def test_a_commit_that_takes_going_through_back(self):
        """The controller may get either; nothing hangs."""
        self.time_out(1)
        for commits in (dict(count=0, then=protocol.THEN_REFUSE), dict(address=protocol.ADDRESS_NACK)):
            call, following = self.see(*REGISTER)
            self.seer.commit(call.serial, waiting=1, **commits)
            self.go_on()
            result, _, text = self.done()
            self.assertIn((result, text), ((GIVEN_UP, "40W+ 01+ Sr 40R- P"), (CUT, "40W+ 01- P"), (REFUSED, "40W- P")))
            time.sleep(0.01)
            while self.seer.has_more():
                self.seer.events()
            self.assert_well()
            self.time_out(1)

    def test_a_commit_with_a_gap_after_going_through(self):
        """An offence: no byte of the message was answered yet."""
        call, following = self.see(*REGISTER)
        self.seer.commit(following.serial, position=1, count=1, data=b"\xaa")
        self.go_on()
        self.assertTrue(self.seer.is_gone())
        self.assertEqual(self.done()[::2], (REFUSED, "40W+ 01+ Sr 40R- P"))
        self.seer = self.target(addresses=[0x40, 0x41], flags=FORECASTS)
        self.assert_well()

    def test_a_commit_of_the_wrong_kind_after_going_through(self):
        """The next message is a write, and bytes come for it; or it is a read, and none do."""
        for messages, data in (((b"\x01",), (b"\x02",)), b"\xaa"), (REGISTER, b""):
            call, following = self.see(*messages)
            self.seer.commit(following.serial, count=1, data=data)
            self.go_on()
            self.assertTrue(self.seer.is_gone())
            self.assertEqual(self.done()[0], REFUSED)
            self.seer = self.target(addresses=[0x40, 0x41], flags=FORECASTS)
            self.assert_well()

    def nonsense(self, word, messages=REGISTER, first=None):
        """The target writes it, and the controller gives up at last; then the target works again."""
        self.time_out(2)
        call = self.ask_and_stop(*messages)
        held = self.seer.held
        if first is not None:
            self.seer.claims[:4] = struct.pack("<I", first(held) & 0xFFFFFFFF)
        self.seer.claims[:4] = struct.pack("<I", word(held) & 0xFFFFFFFF)
        self.go_on()
        result, _, text = self.done()
        time.sleep(0.005)
        while self.seer.has_more():
            self.seer.events()
        self.assert_well()
        return result, text

    def test_words(self):
        """None of them is an answer."""
        for name, word in (("all ones", lambda held: 0xFFFFFFFF), ("none", lambda held: 0), ("the hold after the next", lambda held: held + 2 << 3 | 1),
                           ("the hold before", lambda held: held - 1 << 3 | 3), ("the top bit", lambda held: 0x80000000 | held << 3 | 1),
                           ("the next hold gone through", lambda held: held + 1 << 3 | 3), ("three", lambda held: 3)):
            with self.subTest(name):
                result, text = self.nonsense(word)
                self.assertEqual(result, GIVEN_UP)
                self.assertIn(text, ("40W- P", "40W+ P", "40W+ 01+ Sr 40R- P"))

    def test_gone_through_without_a_forecast(self):
        for messages in (((b"\x01",),), ((b"",), (1,)), ((1,),), ((bytes(33),), (1,))):
            for word in (lambda held: held << 3 | 3), (lambda held: held + 1 << 3 | 1):
                with self.subTest(messages):
                    result, text = self.nonsense(word, messages)
                    self.assertEqual(result, GIVEN_UP)
                    self.assertNotIn("Sr", text)

    def test_the_closed_flag_is_the_servers(self):
        """A target that sets it itself, with every answer."""
        for answer in range(4):
            with self.subTest(answer):
                self.assertIn(self.nonsense(lambda held, answer=answer: held << 3 | 4 | answer)[0], (GIVEN_UP, REFUSED))

    def test_gone_through_although_the_way_is_closed(self):
        self.time_out(5)
        call = self.ask_and_stop(*REGISTER)
        self.go_on()
        self.await_look()
        wait_until(lambda: self.word()[1] & CLAIM_CLOSED, "the way is closed")
        self.seer.claims[:4] = struct.pack("<I", self.seer.held << 3 | CLAIM_CLOSED | CLAIM_THROUGH)
        self.seer.commit(call.serial + 1, count=1, data=b"\xaa")
        result, reads, _ = self.done()
        self.assertIn((result, reads), ((GIVEN_UP, []), (2, [b"\xaa"])))
        time.sleep(0.005)
        while self.seer.has_more():
            self.seer.events()
        self.assert_well()

    def test_nonsense_at_the_next_hold(self):
        for answer in CLAIM_THROUGH, 5, 6, 7:
            with self.subTest(answer):
                self.time_out(20)
                call, following = self.see(*REGISTER)
                self.go_on()
                self.await_offer()
                self.seer.claims[:4] = struct.pack("<I", self.seer.held << 3 | answer)
                result, _, text = self.done()
                self.assertIn(result, (GIVEN_UP, REFUSED))
                self.assertTrue(text.startswith("40W+ 01+ Sr 40R"), text)
                time.sleep(0.005)
                while self.seer.has_more():
                    self.seer.events()
                self.assert_well()

    def test_the_second_word(self):
        """It is the server's; what the target writes there changes nothing."""
        for value in 0, 0xFFFFFFFF, 1:
            call, following = self.see(*REGISTER)
            self.seer.claims[4:8] = struct.pack("<I", value)
            self.assertTrue(self.seer.claim(CLAIM_ACK))
            self.seer.commit(following.serial, count=1, data=b"\xaa", waiting=1)
            self.go_on()
            self.assertEqual(self.done(), (2, [b"\xaa"], "40W+ 01+ Sr 40R+ aa- P"))
            self.await_end()
            self.assert_well()


if __name__ == "__main__":
    unittest.main()
