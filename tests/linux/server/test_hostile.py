#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Peers that break the protocol harm only themselves.  After each of them, and at the same time, correct peers are served."""

import os
import random
import socket
import struct
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import BusTest, wait_until

SEED = int(os.environ.get("SEED", "20240607"))


class Hostile(BusTest):
    """A correct controller and a correct target make transfers all the time."""

    def setUp(self):
        super().setUp()
        self.bus = self.start("--verbose")
        self.random = random.Random(SEED)
        self.asked = 0
        self.failures = []
        self.stopping = False
        self.registers = [(7 * i) & 0xFF for i in range(256)]
        self.decent_target = protocol.Target(addresses=[0x22])
        self.decent_controller = protocol.Controller()
        self.threads = [threading.Thread(target=self.serve), threading.Thread(target=self.ask)]
        for thread in self.threads:
            thread.start()
        self.addCleanup(self.leave)

    def serve(self):
        try:
            while True:
                self.decent_target.serve_registers(self.registers)
        except protocol.Gone:
            pass

    def ask(self):
        register = 0
        try:
            while not self.stopping:
                register = (register + 1) % 256
                answer = self.decent_controller.read_byte_data(0x22, register)
                if answer != (0, self.registers[register]):
                    self.failures.append((register, answer))
                self.asked += 1
        except (protocol.Gone, OSError) as error:
            self.failures.append(error)

    def leave(self):
        self.stopping = True
        self.threads[1].join()
        self.decent_target.socket.shutdown(socket.SHUT_RDWR)
        self.threads[0].join()
        self.decent_target.close()
        self.decent_controller.close()

    def assert_unharmed(self):
        """Both are still served, and all that they got was right."""
        asked = self.asked
        wait_until(lambda: self.asked > asked + 3 or self.failures, "the decent ones are served")
        self.assertEqual(self.failures, [])
        self.assertIsNone(self.bus.process.poll())

    def assert_dropped(self, *frames, role=None, prepare=None):
        """A peer of this role that sends these bytes is dropped."""
        peer = self.opened(protocol.Peer())
        if role:
            peer.hello(role, "hostile")
        if prepare:
            prepare(peer)
        try:
            for frame in frames:
                peer.send_bytes(frame)
        except protocol.Gone:
            pass
        self.assertTrue(peer.is_gone(), frames)
        self.assert_unharmed()

    @staticmethod
    def frame(kind, payload=b"", length=None, zero=0):
        return struct.pack("<IHH", len(payload) if length is None else length, kind, zero) + payload

    def hello(self, role=protocol.CONTROLLER, magic=protocol.MAGIC, version=protocol.VERSION):
        return self.frame(protocol.HELLO, struct.pack("<IHH32s", magic, version, role, b"x"))

    # HELLO

    def test_frames_that_are_no_hello(self):
        for bad in (b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, self.frame(protocol.REQUEST, b"\0" * 16), self.frame(77),
                    self.frame(protocol.HELLO, b"1234567"), self.hello(magic=1),
                    self.frame(protocol.HELLO, struct.pack("<IHH", protocol.MAGIC, protocol.VERSION, 1)),
                    self.frame(protocol.HELLO, b"", length=protocol.PAYLOAD_MAX + 1),
                    self.frame(protocol.HELLO, b"", length=0xFFFFFFFF), self.frame(protocol.HELLO, b"", zero=1)):
            with self.subTest(bad=bad[:20]):
                self.assert_dropped(bad)

    def test_other_version_is_told_both(self):
        for version in 0, protocol.VERSION - 1, protocol.VERSION + 1, 9999:
            with protocol.Peer() as peer, self.assertRaises(protocol.Refused) as refused:
                peer.hello(protocol.CONTROLLER, "newer", version=version)
            self.assertEqual(refused.exception.version, protocol.VERSION)
            self.assertEqual(refused.exception.error, 71)
            self.assertEqual(refused.exception.text,
                             f"the server speaks protocol {protocol.VERSION}, the client {version}: one of them is out of date")
        with protocol.Peer() as peer:  # a longer HELLO of a later version is understood as well
            peer.send(protocol.HELLO, struct.pack("<IHH", protocol.MAGIC, protocol.VERSION + 1, 1) + b"x" * 100)
            self.assertEqual(peer.receive()[0], protocol.REFUSED)
        self.assert_unharmed()

    def test_no_such_role(self):
        for role in 0, 5, 65535:
            with protocol.Peer() as peer, self.assertRaises(protocol.Refused) as refused:
                peer.hello(role, "nobody")
            self.assertEqual(refused.exception.error, 22)
        self.assert_unharmed()

    def test_silent_strangers(self):
        for _ in range(50):
            self.opened(protocol.Peer())
        self.assert_unharmed()

    def test_hello_in_pieces_is_fine(self):
        peer = self.opened(protocol.Peer())
        for byte in self.hello():
            peer.send_bytes(bytes([byte]))
        self.assertEqual(peer.receive()[0], protocol.WELCOME)
        self.assert_unharmed()

    def test_hello_and_requests_in_one_piece_are_fine(self):
        peer = self.opened(protocol.Peer())
        funcs = self.frame(protocol.REQUEST, struct.pack("<QII", 0, protocol.OP_FUNCS, 0))
        peer.send_bytes(self.hello() + funcs * 3)
        self.assertEqual([peer.receive()[0] for _ in range(4)], [protocol.WELCOME] + [protocol.REPLY] * 3)

    # Controllers

    def test_controllers_that_talk_nonsense(self):
        def request(op, value, rest=b""):
            return self.frame(protocol.REQUEST, struct.pack("<QII", 0, op, value) + rest)

        for bad in (self.hello(), self.frame(protocol.REPLY), self.frame(protocol.REQUEST, b"\0" * 15), request(0, 0),
                    request(12, 0), request(protocol.OP_CLEAR_FAULT, 0, b"x"), request(protocol.OP_FAULTS, 0, b"x"), request(protocol.OP_PRESENT, 0, b"x"), request(protocol.OP_PEERS, 0, b"x"),
                    request(protocol.OP_SET, 0x703, b"\0" * 7), request(protocol.OP_SMBUS, 2, b"\0" * 37),
                    request(protocol.OP_RDWR, 1, b"\0" * 7), request(protocol.OP_RDWR, 1, b"\x40\0\0\0\5\0\0\0abcd"),
                    request(protocol.OP_RDWR, 42, b""), request(protocol.OP_READ, 4, b"abcd"),
                    request(protocol.OP_WRITE, 5, b"abcd"), request(protocol.OP_WRITE, 0xFFFFFFFF, b"abcd"),
                    self.frame(protocol.REQUEST, b"", length=protocol.PAYLOAD_MAX + 1)):
            with self.subTest(bad=bad[:40]):
                self.assert_dropped(bad, role=protocol.CONTROLLER)

    def test_unknown_file_is_an_answer_not_an_offence(self):
        controller = self.controller()
        self.assertEqual(controller.call(protocol.OP_FUNCS, 0, file=0x123456789), (-9, b""))
        self.assertEqual(controller.call(protocol.OP_FUNCS, 0)[0], 0)

    def test_half_a_request(self):
        for cut in range(1, 24, 5):
            controller = self.controller()
            controller.send_bytes(self.frame(protocol.REQUEST, struct.pack("<QII", 0, protocol.OP_FUNCS, 0))[:cut])
            controller.close()
        self.assert_unharmed()

    def test_request_that_never_ends(self):
        controller = self.controller()
        controller.send_bytes(self.frame(protocol.REQUEST, b"x" * 1000, length=protocol.PAYLOAD_MAX))
        self.assert_unharmed()

    def test_controller_that_does_not_read(self):
        controller = self.controller(timeout=1)
        big = struct.pack("<QII", 0, protocol.OP_FUNCS, 0)
        try:
            for _ in range(200000):
                controller.send(protocol.REQUEST, big)
        except (protocol.Gone, socket.timeout):
            pass
        else:
            self.fail("the server swallowed everything")
        self.assert_unharmed()

    # Targets

    def test_targets_that_talk_nonsense(self):
        listen = struct.pack("<5I", 0, 0, 1, 0, 0)
        nowhere = self.frame(protocol.LISTEN, b"\0" * 20)
        for bad in ([nowhere], [self.frame(protocol.LISTEN, listen[:-1])],
                    [self.frame(protocol.LISTEN, listen[:-4] + b"\4\0\0\0")],
                    [self.frame(protocol.LISTEN, listen)] * 2, [self.frame(protocol.COMMIT, b"\0" * 16)],
                    [self.frame(protocol.LISTEN, listen), self.frame(protocol.COMMIT, b"\0" * 15)],
                    [self.frame(protocol.LISTEN, listen), self.frame(protocol.EVENTS, b"\0" * 16)],
                    [self.frame(protocol.ADDRESSES, b"\0" * 16)],
                    [self.frame(protocol.LISTEN, listen), self.frame(protocol.ADDRESSES, b"\0" * 15)],
                    [self.frame(protocol.LISTEN, listen), self.frame(protocol.ADDRESSES, b"\0" * 17)],
                    [self.frame(protocol.LISTEN, listen), self.frame(protocol.ADDRESSES_SET)],
                    [self.frame(protocol.LISTEN, listen), self.frame(protocol.COMMIT, struct.pack("<IBBBBII", 0, 3, 0, 0, 0, 0, 0))],
                    [self.frame(protocol.LISTEN, listen), self.frame(protocol.COMMIT, struct.pack("<IBBBBII", 0, 1, 2, 0, 0, 0, 0))],
                    [self.frame(protocol.LISTEN, listen), self.frame(protocol.COMMIT, struct.pack("<IBBBBII", 0, 1, 0, 9, 0, 0, 0))],
                    [self.frame(protocol.LISTEN, listen), self.frame(protocol.COMMIT, struct.pack("<IBBBBII", 0, 1, 0, 0, 2, 0, 0))],
                    [self.frame(protocol.LISTEN, listen), self.frame(protocol.COMMIT, struct.pack("<IBBBBII", 0, 1, 0, 0, 0, 0, 5) + b"1234")]):
            with self.subTest(bad=bad):
                self.assert_dropped(*bad, role=protocol.TARGET)

    def nonsense_answer(self, messages, **commit):
        """A target that answers like this is dropped, and its controller still gets an answer."""
        with protocol.Target(addresses=[0x50]) as target, protocol.Controller() as controller:
            controller.send_transfer(messages)
            call = target.next_call()
            target.commit(call.serial, **commit)
            self.assertLess(controller.reply()[0], 0)
            self.assertTrue(target.is_gone())
        self.assert_unharmed()

    def test_answers_that_make_no_sense(self):
        self.nonsense_answer([(0x50, b"ab")], count=2, data=b"xy")  # bytes for a write message
        self.nonsense_answer([(0x50, 2)], count=2)                  # no bytes for a read message
        self.nonsense_answer([(0x50, 2)], position=1, count=1, data=b"x")  # a gap
        self.nonsense_answer([(0x50, b"ab")], position=0xFFFFFFFF, count=1)

    def test_commits_without_a_message(self):
        target = self.target(addresses=[0x50])
        for serial in 0, 1, 0xFFFFFFFF:
            target.commit(serial)
        with protocol.Controller() as controller:
            controller.send_transfer([(0x50, b"")])
            target.commit(target.next_call().serial)
            self.assertEqual(controller.reply()[0], 1)

    def test_counts_at_the_edge(self):
        target, controller = self.target(addresses=[0x50]), self.controller()
        controller.send_transfer([(0x50, b"ab")])
        target.commit(target.next_call().serial, count=0xFFFFFFFF)
        self.assertEqual(controller.reply()[0], 1)

    def test_target_that_does_not_read(self):
        """It holds each call until the controller's time-out.  Its unsent events are limited."""
        deaf, controller = self.target(addresses=[0x51]), self.controller()
        for _ in range(3):
            controller.set(protocol.I2C_TIMEOUT, 30)
            controller.send_transfer([(0x51, b"x" * 8192)])
            self.assertEqual(controller.reply()[0], -110)
        controller.set(protocol.I2C_TIMEOUT, 100)
        deaf.close()
        self.assert_unharmed()

    # Monitors

    def test_monitors_that_talk(self):
        self.assert_dropped(self.frame(protocol.COMMIT, b"\0" * 16), role=protocol.MONITOR)
        self.assert_dropped(self.frame(0), role=protocol.MONITOR)

    def test_monitor_that_is_slow_misses_and_is_told(self):
        controller, monitor = self.controller(), self.monitor()
        for _ in range(600):
            controller.send_transfer([(0x40, b"x" * 8192, 0x1000)])  # I2C_M_IGNORE_NAK: all of it is clocked
            self.assertEqual(controller.reply()[0], 1)
        numbers, missed = [], 0
        while missed == 0:
            transfer = monitor.transfer()
            missed = transfer["missed"]
            if not missed:
                numbers.append(transfer["number"])
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
        self.assertEqual(transfer["number"], numbers[-1] + 1 + missed)
        for _ in range(5):
            following = monitor.transfer()
            self.assertEqual(following["number"], transfer["number"] + 1 + following["missed"])
            transfer = following
        self.assert_unharmed()

    # The FILE socket

    def test_files_that_talk_nonsense(self):
        for bad in b"", b"x", b"x" * 15, b"x" * 16, b"x" * 17, b"x" * 100000:
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as peer:
                peer.settimeout(10)
                peer.connect(f"{self.directory}/i2c-1")
                peer.send(bad)
                self.assertEqual(peer.recv(16), b"")
            self.assert_unharmed()

    def test_file_that_writes_too_much(self):
        file, controller = self.opened(protocol.File()), self.controller()
        monitor = self.monitor()
        controller.call(protocol.OP_SET, protocol.I2C_SLAVE, struct.pack("<Q", 0x7A), file.cookie)
        file.write(b"x" * 60000)  # cut, as write() on a device is
        while monitor.transfer()["messages"][0]["address"] != 0x7A:
            pass
        self.assert_unharmed()

    # Everything at once

    def test_random_bytes(self):
        for _ in range(150):
            peer = protocol.Peer()
            try:
                if self.random.random() < 0.7:
                    peer.hello(self.random.randint(1, 3), "fuzz")
                for _ in range(self.random.randint(1, 4)):
                    data = self.random.randbytes(self.random.choice((1, 7, 8, 9, 40, 400)))
                    if self.random.random() < 0.7:
                        data = self.frame(self.random.randint(0, 11), data)
                    peer.send_bytes(data)
            except (protocol.Gone, protocol.Refused):
                pass
            peer.close()
        self.assert_unharmed()
        status, _, err = self.bus.stop()
        self.assertEqual(status, 0)
        self.assertIn(f"(process {os.getpid()}) dropped: no frame of this protocol\n", err)

    def test_mutated_conversations(self):
        """Frames of a correct conversation with one byte changed, one frame repeated, or one left
        out."""
        listen = struct.pack("<5I", 0, 0, 0, 1 << 0x1F, protocol.SMBUS)  # 0x7f
        right = [self.frame(protocol.LISTEN, listen), self.frame(protocol.COMMIT, struct.pack("<IBBBBII", 1, 1, 0, 0, 1, 0, 1))]
        for _ in range(40):
            wrong = list(right)
            index = self.random.randrange(len(wrong))
            at = self.random.randrange(len(wrong[index]))
            byte = bytes([self.random.randrange(256)])
            wrong[index] = wrong[index][:at] + self.random.choice((byte, b"", byte * 2)) + wrong[index][at + 1 :]
            peer = protocol.Peer()
            try:
                peer.hello(protocol.TARGET, "mutant")
                for frame in wrong:
                    peer.send_bytes(frame)
                with protocol.Controller() as controller:
                    controller.set(protocol.I2C_TIMEOUT, 30)
                    controller.send_transfer([(0x7F, b"a"), (0x7F, 1)])
                    controller.reply()
                    controller.set(protocol.I2C_TIMEOUT, 100)
            except protocol.Gone:
                pass
            peer.close()
        self.assert_unharmed()


if __name__ == "__main__":
    unittest.main()
