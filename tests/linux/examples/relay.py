# SPDX-License-Identifier: MIT
"""A relay between a target and its bus: it counts what passes, and can hold an answer of the target back."""

import contextlib
import os
import socket
import struct
import threading

COMMIT, EVENTS = 8, 9


class Relay:
    """A bus directory whose bus-1 passes every frame on to the real one of `directory`."""

    def __init__(self, directory):
        self.directory = f"{directory}/relayed"
        self.real = f"{directory}/bus-1"
        self.owed = 0  # number of EVENTS that owe an answer
        self.passing = None  # COMMITs that still pass before one is held back; None: all pass
        self.is_holding = threading.Event()
        self.is_released = threading.Event()
        os.mkdir(self.directory, 0o700)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.directory}/bus-1")
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

    def hold_back(self, passing):
        """From now on the target is slow: so many COMMITs pass, and the next one waits for release()."""
        self.is_holding.clear()
        self.is_released.clear()
        self.passing = passing

    def release(self):
        self.passing = None
        self.is_released.set()

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
                self.look_at(kind, payload)
                socket.send_fds(sink, [header], descriptors)
                sink.sendall(payload)
                for descriptor in descriptors:
                    os.close(descriptor)
        except (EOFError, OSError):
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_RDWR)

    def look_at(self, kind, payload):
        if kind == EVENTS:
            self.owed += struct.unpack_from("<I", payload, 12)[0] != 0
        elif kind == COMMIT and self.passing is not None:
            self.passing -= 1
            if self.passing < 0:
                self.is_holding.set()
                self.is_released.wait()

    def close(self):
        self.release()
        for each in self.sockets:
            each.close()
