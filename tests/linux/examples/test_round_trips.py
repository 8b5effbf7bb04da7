#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How often the server asks a target for an answer.  A relay between the two counts it, so this does not depend on
time."""

import os
import socket
import struct
import threading
import unittest

import programs

COMMIT, EVENTS = 8, 9


class Relay:
    """A bus directory whose bus-1 passes every frame on to the real one, and counts the frames."""

    def __init__(self, directory, real):
        self.owed = 0  # number of EVENTS that owe an answer
        self.real = real
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{directory}/bus-1")
        self.listener.listen()
        self.sockets = [self.listener]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            peer, _ = self.listener.accept()
        except OSError:
            return
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.real)
        self.sockets += [peer, server]
        for source, sink in (peer, server), (server, peer):
            threading.Thread(target=self.pass_on, args=(source, sink), daemon=True).start()

    @staticmethod
    def read(source, count):
        """The bytes, and the descriptors that came with them."""
        data, descriptors = b"", []
        while len(data) < count:
            more, new, _, _ = socket.recv_fds(source, count - len(data), 1)
            if not more:
                raise EOFError
            data += more
            descriptors += new
        return data, descriptors

    def pass_on(self, source, sink):
        try:
            while True:
                header, descriptors = self.read(source, 8)
                length, kind, _ = struct.unpack("<IHH", header)
                payload, _ = self.read(source, length)
                if kind == EVENTS:
                    self.owed += struct.unpack_from("<I", payload, 12)[0] != 0
                socket.send_fds(sink, [header], descriptors)
                sink.sendall(payload)
                for descriptor in descriptors:
                    os.close(descriptor)
        except (EOFError, OSError):
            pass

    def close(self):
        for each in self.sockets:
            each.close()


class RoundTrips(programs.ExampleTest):
    def setUp(self):
        super().setUp()
        self.start()
        relayed = f"{self.directory}/relayed"
        os.mkdir(relayed, 0o700)
        self.relay = Relay(relayed, f"{self.directory}/bus-1")
        self.addCleanup(self.relay.close)
        self.run_example("registers", env={**programs.TOOLS, "I2CTARGET_DIR": relayed})
        self.ask("true", wait=0x40)

    def cost(self, command, expected):
        before = self.relay.owed
        self.assertEqual(self.ask(command), (0, expected))
        return self.relay.owed - before

    def test_a_byte_data_read_costs_two(self):
        for _ in range(20):
            self.assertEqual(self.cost("i2cget -y 1 0x40 0x01", "0x00"), 2)

    def test_a_quick_write_costs_one(self):
        self.assertEqual(self.cost("i2ctransfer -y 1 w0@0x40", ""), 1)

    def test_a_byte_data_write_costs_two(self):
        self.assertEqual(self.cost("i2cset -y 1 0x40 0x01 0x02", ""), 2)


if __name__ == "__main__":
    unittest.main()
