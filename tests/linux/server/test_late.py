#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A time-out takes a held event back while its answer is on the way.  Whoever was first in the memory of claims must be first for all
sides."""

import contextlib
import errno
import fcntl
import os
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import BusTest, wait_until
from protocol import ADDRESS_ACKED, ADDRESSED, BUS_ERROR, CLAIM_ACK, CLAIM_NACK, CLAIM_NONE, ENDED, RECEIVED, REQUESTED

GIVEN_UP = -errno.ETIMEDOUT


class Late(BusTest):
    def setUp(self):
        super().setUp()
        self.bus_pid = self.start().pid
        self.watcher = self.monitor()
        self.asker = self.controller()
        self.assertEqual(self.asker.set(protocol.I2C_TIMEOUT, 1), 0)
        self.late = self.target()

    def ask(self, *messages):
        """The call that the target gets for it."""
        self.asker.send_transfer([(0x40, *message) for message in messages])
        return self.late.next_call()

    def asked(self):
        """The controller's result, and what was on the wires of its first message."""
        return self.asker.transfer_reply()[0], self.watcher.transfer()["messages"][0]

    def ending(self):
        """What the target was told last."""
        while self.late.records[-1][0] != ENDED:
            self.late.events()
        return self.late.records[-1][2:]

    def assert_still_well(self, call):
        """The COMMIT that was on the way arrives at last, and does no harm."""
        self.late.commit(call.serial, count=1, waiting=1)
        self.assert_works()

    # ---- who is told first ------------------------------------------------------------------

    def test_the_target_is_told_before_the_controller(self):
        for _ in range(100):
            call = self.ask((b"\x01",))
            self.assertEqual(self.asker.transfer_reply()[0], GIVEN_UP)
            self.late.socket.setblocking(False)
            self.assertEqual(self.late.events(), [(ENDED, call.serial, BUS_ERROR, 0)])
            self.late.socket.settimeout(10)

    def test_what_is_told_takes_the_older_offer_away(self):
        call = self.ask((1,))
        self.late.commit(call.serial, waiting=1)
        self.late.wait_for(REQUESTED)
        self.assertEqual(self.late.offered(), (self.late.held, CLAIM_NONE))
        self.assertEqual(self.asked()[0], GIVEN_UP)
        self.assertEqual(self.ending(), (BUS_ERROR, 0))
        self.assertEqual(self.late.offered(), (0, CLAIM_NONE))

    # ---- the address ------------------------------------------------------------------------

    def test_a_call_that_nobody_took_is_taken_back(self):
        call = self.ask((b"\x01",))
        self.assertEqual(self.late.offered(), (self.late.held, CLAIM_NONE))
        result, message = self.asked()
        self.assertEqual(result, GIVEN_UP)
        self.assertFalse(message["flags"] & ADDRESS_ACKED)
        self.assertFalse(self.late.claim(CLAIM_ACK))
        self.assertEqual(self.ending(), (BUS_ERROR, 0))
        self.assert_still_well(call)

    def test_a_call_that_was_taken_in_time_is_acknowledged(self):
        call = self.ask((b"\x01",))
        self.assertTrue(self.late.claim(CLAIM_ACK))
        result, message = self.asked()
        self.assertEqual((result, message["reason"]), (GIVEN_UP, protocol.TIMEOUT))
        self.assertTrue(message["flags"] & ADDRESS_ACKED)
        self.assertEqual(self.ending(), (BUS_ERROR, 0))
        self.assertNotIn(RECEIVED, [record[0] for record in self.late.records])
        self.assert_still_well(call)

    def test_a_call_that_was_taken_needs_nothing_more(self):
        call = self.ask((b"",))
        self.assertTrue(self.late.claim(CLAIM_ACK))
        self.assertEqual(self.asked()[0], 1)
        self.assert_still_well(call)

    def test_a_call_that_was_refused_in_time(self):
        call = self.ask((b"\x01",))
        self.assertTrue(self.late.claim(CLAIM_NACK))
        self.assertEqual(self.asked()[0], -errno.ENXIO)
        self.assert_still_well(call)

    def test_a_call_after_a_repeated_start(self):
        call = self.ask((b"",), (1,))
        self.late.commit(call.serial)
        call = self.late.next_call()
        self.assertTrue(self.late.claim(CLAIM_ACK))
        self.assertEqual(self.asked()[0], GIVEN_UP)
        self.assertEqual(self.ending(), (BUS_ERROR, 0))
        self.assert_still_well(call)

    # ---- a byte -----------------------------------------------------------------------------

    def first_byte(self, data):
        call = self.ask((data,))
        self.late.commit(call.serial, waiting=1)
        self.assertEqual(self.late.wait_for(RECEIVED)[2], data[:1])
        self.assertEqual(self.late.offered(), (self.late.held, CLAIM_NONE))
        return call

    def test_a_byte_that_nobody_answered_did_not_move(self):
        call = self.first_byte(b"\x01\x02")
        result, message = self.asked()
        self.assertEqual((result, protocol.acknowledged(message)), (GIVEN_UP, b""))
        self.assertEqual(self.ending(), (BUS_ERROR, 0))
        self.assert_still_well(call)

    def test_a_byte_that_was_taken_in_time_has_moved(self):
        call = self.first_byte(b"\x01\x02")
        self.assertTrue(self.late.claim(CLAIM_ACK))
        result, message = self.asked()
        self.assertEqual((result, protocol.acknowledged(message)), (GIVEN_UP, b"\x01"))
        self.assertEqual(self.ending(), (BUS_ERROR, 1))
        self.assert_still_well(call)

    def test_the_last_byte_taken_in_time_ends_it_well(self):
        call = self.first_byte(b"\x07")
        self.assertTrue(self.late.claim(CLAIM_ACK))
        self.assertEqual(self.asked()[0], 1)
        self.assertEqual(self.ending(), (protocol.STOP, 1))
        self.assert_still_well(call)

    def test_a_byte_that_was_refused_in_time(self):
        call = self.first_byte(b"\x01\x02")
        self.assertTrue(self.late.claim(CLAIM_NACK))
        result, message = self.asked()
        self.assertEqual((result, message["data"]), (-errno.EIO, b"\x01"))
        self.assertEqual(self.ending(), (protocol.STOP, 0))
        self.assert_still_well(call)

    def test_a_byte_to_be_read_is_nobodys_before_it_was_clocked(self):
        call = self.ask((2,))
        self.late.commit(call.serial, waiting=1)
        self.late.wait_for(REQUESTED)
        self.late.claim(CLAIM_ACK)  # means nothing
        self.assertEqual(self.asked()[0], GIVEN_UP)
        self.assertEqual(self.ending(), (BUS_ERROR, 0))
        self.assert_still_well(call)

    # ---- an answer that nobody sends --------------------------------------------------------

    def be_patient(self):
        """So whatever comes at once does not come of the time-out."""
        self.assertEqual(self.asker.set(protocol.I2C_TIMEOUT, 1000), 0)

    def assert_at_once(self, result):
        began = time.monotonic()
        self.assertEqual(self.asked()[0], result)
        self.assertLess(time.monotonic() - began, 5)

    def test_a_call_that_was_taken_is_seen(self):
        self.be_patient()
        for _ in range(3):
            call = self.ask((b"",))
            self.assertEqual(self.late.looked_for(), self.late.held)
            self.assertTrue(self.late.claim(CLAIM_ACK))
            self.assert_at_once(1)
        self.assert_still_well(call)

    def test_a_call_that_was_taken_and_bytes_of_which_nothing_is_known(self):
        self.be_patient()
        call = self.ask((b"\x01\x02",), (1,))
        self.assertTrue(self.late.claim(CLAIM_ACK))
        wait_until(lambda: self.late.looked_for() == 0, "the server looks")
        self.assertFalse(self.late.has_more())
        self.late.commit(call.serial, count=2)
        call = self.late.next_call()
        self.assertEqual([record[2:] for record in self.late.records if record[0] in (RECEIVED, ENDED)],
                         [(b"\x01\x02",), (protocol.RESTART, 2)])
        self.assertTrue(self.late.claim(CLAIM_ACK))
        self.late.commit(call.serial, count=1, data=b"\x77")
        self.assertEqual(self.asker.transfer_reply(), (2, [b"\x77"]))

    def test_a_call_that_was_refused_is_seen(self):
        self.be_patient()
        call = self.ask((b"\x01",))
        self.assertTrue(self.late.claim(CLAIM_NACK))
        self.assert_at_once(-errno.ENXIO)
        self.assert_still_well(call)

    def test_the_server_looks_once(self):
        self.be_patient()
        call = self.ask((b"",))
        wait_until(lambda: self.late.looked_for() == 0, "the server looks")
        self.assertTrue(self.late.claim(CLAIM_ACK))
        time.sleep(0.05)
        self.assertFalse(self.asker.has_more())
        self.late.commit(call.serial)
        self.assert_at_once(1)

    def test_nobody_looks_for_the_answer_to_a_byte(self):
        self.first_byte(b"\x01")
        self.assertEqual(self.late.looked_for(), 0)
        self.assertEqual(self.asked()[0], GIVEN_UP)

    def test_all_who_are_called_at_once_are_looked_for(self):
        self.be_patient()
        with self.target(addresses=[0]) as first, self.target(addresses=[0]) as second:
            self.asker.send_transfer([(0, b"")])
            for target in first, second:
                target.next_call()
                self.assertTrue(target.claim(CLAIM_ACK))
            self.assert_at_once(1)

    def test_a_target_that_takes_a_call_and_goes(self):
        """The call is acknowledged, as it would be if the target had gone a little later."""
        self.be_patient()
        for message, result in ((b"", 1), (b"\x01", -errno.EIO), (2, 1)):
            with self.subTest(message), self.target(addresses=[0x41]) as target:
                self.asker.send_transfer([(0x41, message)])
                target.next_call()
                self.assertTrue(target.claim(CLAIM_ACK))
                target.close()
                self.assertEqual(self.asked()[0], result)
        self.late.close()
        self.assert_works()

    # ---- the other time-out, and bad peers --------------------------------------------------

    def test_an_smbus_limit_that_an_answer_crosses(self):
        self.assertEqual(self.asker.set(protocol.I2C_TIMEOUT, 100), 0)
        with self.target(addresses=[0x41], flags=protocol.SMBUS) as device:
            results = []
            while 1 not in results:  # this process itself may be too late
                self.asker.send_transfer([(0x41, b"")])
                device.next_call()
                is_taken = device.claim(CLAIM_ACK)
                results.append(self.asker.reply()[0])
                self.assertEqual(results[-1], 1 if is_taken else -errno.ENXIO)
            self.asker.send_transfer([(0x41, b"")])
            device.next_call()
            self.assertEqual(self.asker.reply()[0], -errno.ENXIO)
            self.assertEqual(device.wait_for(ENDED)[2], protocol.END_TIMEOUT)

    def test_each_hold_has_a_number_of_its_own(self):
        seen = []
        for _ in range(3):
            call = self.ask((b"",))
            seen.append(self.late.held)
            self.late.commit(call.serial)
            self.assertEqual(self.asked()[0], 1)
        self.assertEqual(seen, [1, 2, 3])

    def test_nonsense_in_the_memory_is_no_answer(self):
        for word in 0xFFFFFFFF, 0x3, 0x1, 0x80000001:
            self.ask((b"\x01",))
            self.late.claims[:4] = struct.pack("<I", word)
            self.assertEqual(self.asked()[0], GIVEN_UP)
        call = self.ask((b"\x01",))
        self.late.claims[:4] = struct.pack("<I", self.late.held << 3 | 3)
        self.assertEqual(self.asked()[0], GIVEN_UP)
        self.assert_still_well(call)

    def test_the_memory_can_not_be_taken_away_from_the_server(self):
        f_get_seals, seal, shrink, grow = 1034, 1, 2, 4
        self.assertEqual(fcntl.fcntl(self.late.memory, f_get_seals), seal | shrink | grow)
        with self.assertRaises(PermissionError):
            os.ftruncate(self.late.memory.fileno(), 0)

    def mapped(self):
        """How many targets' memory the server has in use, and how many descriptors of it."""
        folder, links = f"/proc/{self.bus_pid}/fd", []
        for fd in os.listdir(folder):
            with contextlib.suppress(FileNotFoundError):  # the server may have closed it meanwhile
                links.append(os.readlink(f"{folder}/{fd}"))
        with open(f"/proc/{self.bus_pid}/maps") as maps:
            return maps.read().count("i2ctarget-claim"), sum("memfd" in link for link in links)

    def test_the_memory_goes_with_its_target(self):
        others = [self.target(addresses=[0x50 + i]) for i in range(8)]
        wait_until(lambda: self.mapped() == (1 + len(others), 0), "the server keeps no descriptor of it")
        for other in others:
            other.close()
        wait_until(lambda: self.mapped() == (1, 0), "the memory goes")


if __name__ == "__main__":
    unittest.main()
