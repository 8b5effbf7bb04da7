#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The bus server's side of an adapter: transfers made message by message, and what no adapter sends."""

import errno
import os
import random
import socket
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import BusTest, wait_until
from protocol import ENDED, I2C_M_RECV_LEN, RECEIVED

SEED = int(os.environ.get("SEED", "20240607"))
NOBODY = 0x77
TEN_BITS = 0x0010


class StepsTest(BusTest):
    def setUp(self):
        super().setUp()
        self.bus = self.start("--verbose")
        self.adapter = self.opened(protocol.Adapter())

    def begin(self, ends=False):
        """A message that a target holds: (target, its call)."""
        target = self.target()
        self.adapter.send_step(0x40, [1], True, ends)
        return target, target.next_call()

    def pause(self):
        """A transfer that waits for its next message: its target."""
        target, call = self.begin()
        target.commit(call.serial, count=1, waiting=1)
        self.assertEqual(self.adapter.stepped(), (0, b""))
        return target

    def assert_free(self):
        with protocol.Controller() as other:
            other.send_transfer([(NOBODY, b"")])
            self.assertEqual(other.transfer_reply()[0], -errno.ENXIO)


class Steps(StepsTest):
    def test_write_and_read(self):
        target = self.pause()
        self.adapter.send_step(0x40, 2, False, True)
        target.commit(target.next_call().serial, count=2, data=b"\x5a\xa5", waiting=1)
        self.assertEqual(self.adapter.stepped(), (0, b"\x5a\xa5"))
        self.assertEqual([record[2] for record in target.records if record[0] == RECEIVED], [b"\1"])
        target.wait_for(ENDED)
        self.assertEqual([record[2] for record in target.records if record[0] == ENDED], [protocol.RESTART, protocol.CONTROLLER_NACK])
        self.assert_free()

    def test_errors(self):
        self.assertEqual(self.adapter.step(NOBODY, [1]), (-errno.ENXIO, b""))
        self.assertEqual(self.adapter.step(NOBODY, 3, True, False), (-errno.ENXIO, b""))
        target, call = self.begin()
        target.commit(call.serial, count=0, then=protocol.THEN_REFUSE)
        self.assertEqual(self.adapter.stepped(), (-errno.EIO, b""))
        self.assertEqual(self.adapter.step(NOBODY, [1], False, True), (-errno.EINVAL, b""))  # that transfer is over
        self.assert_free()

    def test_what_can_not_be_done(self):
        for address, what, flags in ((0x40, 1, I2C_M_RECV_LEN), (0x40, 1, TEN_BITS), (0x80, 1, 0), (0xFFFF, [1], 0), (0x40, 8193, 0),
                                     (0x40, bytes(8193), 0), (0x40, 1, 0x0008), (0x40, 1, 0x0200)):
            self.assertEqual(self.adapter.step(address, what, flags=flags), (-errno.EINVAL, b""))
        for ends in False, True:
            self.assertEqual(self.adapter.step(NOBODY, [1], False, ends), (-errno.EINVAL, b""))  # follows on nothing
        self.assert_free()

    def test_what_can_not_be_done_ends_the_transfer(self):
        for keywords in {"flags": I2C_M_RECV_LEN}, {"begins": True}:
            target = self.pause()
            self.assertEqual(self.adapter.step(0x40, 1, **{"begins": False, **keywords}), (-errno.EINVAL, b""))
            self.assertEqual(self.adapter.step(NOBODY, [1]), (-errno.ENXIO, b""))
            self.assertEqual(target.wait_for(ENDED)[2], protocol.STOP)
            self.assert_free()
            target.close()

    def test_other_controllers_do_not_step(self):
        with protocol.Controller() as controller:
            controller.send(protocol.STEP, struct.pack("<HHHH", 0x40, 0, 0, 3))
            self.assertTrue(controller.is_gone())


class GivingUp(StepsTest):
    def test_in_a_pause(self):
        target = self.pause()
        self.adapter.give_up()
        self.assertEqual(self.adapter.step(NOBODY, [1]), (-errno.ENXIO, b""))
        self.assertEqual(target.wait_for(ENDED)[2], protocol.STOP)

    def hold_in_a_pause(self):
        """The next byte of a read that has asked for none."""
        target = self.target()
        self.adapter.send_step(0x40, 0, True, False)
        target.commit(target.next_call().serial)
        self.assertEqual(self.adapter.stepped(), (0, b""))
        return target

    def test_a_target_that_holds_in_a_pause(self):
        target = self.hold_in_a_pause()
        self.adapter.give_up()
        self.assertEqual(self.adapter.step(NOBODY, [1]), (-errno.ENXIO, b""))
        self.assertEqual(target.wait_for(ENDED)[2], protocol.BUS_ERROR)

    def test_a_target_that_holds_after_a_pause(self):
        """The pause is over, and its STOP can not be made: whatever comes now does not follow."""
        for late in lambda: self.adapter.give_up(), lambda: self.assertEqual(self.adapter.step(0x40, 1, False, True), (-errno.EINVAL, b"")):
            target = self.hold_in_a_pause()
            time.sleep(2.2)
            late()
            self.assertEqual(self.adapter.step(NOBODY, [1]), (-errno.ENXIO, b""))
            self.assertEqual(target.wait_for(ENDED)[2], protocol.BUS_ERROR)
            target.close()
        self.assert_free()

    def test_while_a_target_holds(self):
        for ends in False, True:
            target, _ = self.begin(ends)
            self.adapter.give_up()
            self.assertEqual(self.adapter.stepped(), (-errno.ETIMEDOUT, b""))
            self.assertEqual(target.wait_for(ENDED)[2], protocol.BUS_ERROR)
            target.close()
        self.assert_free()

    def test_while_an_answer_is_on_its_way(self):
        """The message is done all the same, and its transfer at an end."""
        target = self.target()
        self.adapter.send_step(0x40, b"", True, False)
        target.next_call()
        self.assertTrue(target.claim(protocol.CLAIM_ACK))
        self.adapter.give_up()
        self.assertEqual(self.adapter.stepped(), (0, b""))
        self.assertEqual(self.adapter.step(NOBODY, [1]), (-errno.ENXIO, b""))

    def test_in_the_queue(self):
        target = self.target()
        other = self.controller()
        other.send_transfer([(0x40, 1)])
        call = target.next_call()
        self.adapter.send_step(0x40, [1])
        self.adapter.give_up()
        self.assertEqual(self.adapter.stepped(), (-errno.ECANCELED, b""))
        target.commit(call.serial, count=1, data=b"\x11")
        self.assertEqual(other.transfer_reply(), (1, [b"\x11"]))
        self.assert_free()

    def test_nothing(self):
        for _ in range(3):
            self.adapter.give_up()
        self.assertEqual(self.adapter.step(NOBODY, [1]), (-errno.ENXIO, b""))
        self.adapter.give_up()
        self.assertEqual(self.adapter.step(NOBODY, [1]), (-errno.ENXIO, b""))

    def test_and_what_follows_in_one_piece(self):
        target, _ = self.begin()
        pieces = []
        self.adapter.send_bytes = pieces.append
        for _ in range(3):
            self.adapter.give_up()
            self.adapter.send_step(NOBODY, [1], True, False)
        del self.adapter.send_bytes
        self.adapter.send_bytes(b"".join(pieces))
        results = [self.adapter.stepped()[0] for _ in range(4)]
        self.assertEqual(results, [-errno.ETIMEDOUT, -errno.ECANCELED, -errno.ECANCELED, -errno.ENXIO])
        self.assertEqual(target.wait_for(ENDED)[2], protocol.BUS_ERROR)


class Offences(StepsTest):
    """Nobody else notices."""

    def assert_dropped(self, kind, payload=b""):
        with protocol.Adapter() as adapter:
            adapter.send(kind, payload)
            self.assertTrue(adapter.is_gone(), (kind, payload))
        self.assertEqual(self.adapter.step(NOBODY, [1]), (-errno.ENXIO, b""))

    def test_frames(self):
        head = struct.Struct("<HHHH")
        for payload in (b"", b"\0" * 7, head.pack(0x40, 0, 1, 3), head.pack(0x40, 0, 1, 3) + b"ab", head.pack(0x40, 0, 0, 3) + b"a",
                        head.pack(0x40, 1, 1, 3) + b"a", head.pack(0x40, 0, 0xFFFF, 3), head.pack(0x40, 0, 0, 4), head.pack(0x40, 0, 0, 0xFFFF)):
            self.assert_dropped(protocol.STEP, payload)
        self.assert_dropped(protocol.GIVE_UP, b"\0")
        for kind in (0, protocol.HELLO, protocol.REQUEST, protocol.STEPPED, protocol.LISTEN, 14, 0xFFFF):
            self.assert_dropped(kind, bytes(16))

    def test_two_messages_at_once(self):
        target, _ = self.begin()
        self.adapter.send_step(NOBODY, [1], False, True)
        self.assertTrue(self.adapter.is_gone())
        self.assertEqual(target.wait_for(ENDED)[2], protocol.BUS_ERROR)
        self.assert_free()

    def test_descriptors_that_nobody_asked_for(self):
        before = self.bus.descriptors()
        with open("/dev/null") as null, protocol.Peer() as peer:
            peer.hello(protocol.ADAPTER, "generous", descriptors=[null.fileno()] * 200)
            for _ in range(3):
                socket.send_fds(peer.socket, [struct.pack("<IHH", 0, protocol.GIVE_UP, 0)], [null.fileno()])
            peer.send(protocol.STEP, struct.pack("<HHHH", NOBODY, 0, 0, 3))
            self.assertEqual(peer.receive()[0], protocol.STEPPED)
            self.assertEqual(self.bus.descriptors(), before + 1)
        wait_until(lambda: self.bus.descriptors() == before, "the server has closed the connection")

    def test_one_that_goes_in_a_pause(self):
        target = self.pause()
        self.adapter.close()
        self.assertEqual(target.wait_for(ENDED)[2], protocol.STOP)
        self.assert_free()

    def test_random_frames(self):
        chance = random.Random(SEED)
        target = self.target()
        for _ in range(60):
            with protocol.Adapter() as adapter:
                try:
                    for _ in range(chance.randrange(1, 8)):
                        length = chance.choice((0, 1, 2, 8192, 8193, 0xFFFF))
                        flags = chance.choice((0, 1, 0, 1, chance.getrandbits(16)))
                        data = b"" if flags & 1 or chance.random() < 0.1 else bytes(length)
                        place = chance.choice((0, 1, 2, 3, 3, 4))
                        head = struct.pack("<HHHH", chance.choice((NOBODY, NOBODY, 0x40, 0x80)), flags, length, place)
                        adapter.send(chance.choice((protocol.STEP,) * 6 + (protocol.GIVE_UP, chance.randrange(16))), head + data)
                        adapter.give_up()
                except protocol.Gone:
                    pass
        target.close()
        self.assert_free()


if __name__ == "__main__":
    unittest.main()
