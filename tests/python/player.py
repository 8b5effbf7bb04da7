#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A target that decides by a seed what it makes of each call: how much it reads and gives, which byte it refuses, where it hesitates.

    player.py library SEED COUNTER      with the real library, which goes through forecasts
    player.py raw SEED COUNTER          with the protocol alone, which takes none

Its decisions depend on the seed, the number of the call, and on what all targets must agree on.  It says in a line of JSON what it saw of
each call.  COUNTER is a file with the number of time-outs that the controller has seen; who is stuck waits until that changes."""

import json
import os
import random
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../linux"))
import protocol

ADDRESSES = PLAIN, STICKY, LAST = 0x40, 0x41, 0x42
RESTART = protocol.RESTART
HESITATIONS = [0] * 8 + [0.0005, 0.001, 0.0015, 0.0018, 0.002, 0.0022, 0.0025, 0.003]


class RawRequest:
    """A message, as far as it is known."""

    def __init__(self, target, call):
        self.target, self.call = target, call
        self.address, self.is_read, self.is_restart = call.address, call.is_read, call.is_restart
        self.received, self.requested, self.end, self.moved = b"", 0, 0, 0
        self.taken = self.granted = 0  # bytes that the application has; bytes that were answered, or given

    def commit(self, **arguments):
        if not self.end:
            self.target.commit(self.call.serial, **arguments)

    def read(self, n=-1, ack=True):
        n = 8192 if n < 0 else n
        self.granted = self.taken + n - (not ack)
        self.commit(count=self.granted, waiting=1)
        while not self.end and len(self.received) <= self.granted:
            self.target.pump()
        known = self.received[: self.moved] if self.end else self.received
        data = known[self.taken : self.taken + n]
        self.taken += len(data)
        return data

    def ack(self, ack):
        self.granted += ack
        if ack:
            self.commit(count=self.granted)
        else:
            self.commit(count=self.granted, then=protocol.THEN_REFUSE, reason=protocol.APPLICATION)

    def write(self, data):
        begin, self.granted = self.granted, self.granted + len(data)
        self.commit(position=begin, count=len(data), data=data, waiting=1)
        while not self.end and self.requested <= self.granted:
            self.target.pump()
        return max(self.moved - begin, 0) if self.end else len(data)

    def deinit(self):
        if self.is_read:
            self.commit(position=self.granted, then=protocol.THEN_REFUSE, reason=protocol.CLOSED)
        else:
            self.commit(count=self.granted, then=protocol.THEN_REFUSE, reason=protocol.CLOSED)


class RawTarget(protocol.Target):
    """The library's calls, on the protocol alone."""

    def __init__(self):
        super().__init__(addresses=ADDRESSES, timeout=None)
        self.calls, self.latest = [], None  # not yet taken; the last one that was told
        self.request_in_hand = None

    def pump(self):
        for kind, serial, *more in self.events():
            message = self.latest
            if kind == protocol.ADDRESSED:
                self.calls.append(RawRequest(self, protocol.Call(serial, *more)))
                self.latest = self.calls[-1]
            elif kind == protocol.RECEIVED:
                message.received += more[0]
            elif kind == protocol.REQUESTED:
                message.requested += more[0]
            else:
                message.end, message.moved = more

    def request(self, timeout):
        assert timeout == 0
        if self.request_in_hand:
            self.request_in_hand.deinit()
        while True:
            while not self.calls or self.has_more():
                self.pump()
            request = self.calls.pop(0)
            if not request.end:  # else it was taken back before we had it
                request.commit()
                self.request_in_hand = request
                return request


def library_target():
    import i2ctarget
    import board

    return i2ctarget.I2CTarget(board.SCL, board.SDA, ADDRESSES)


class Player:
    def __init__(self, kind, seed, counter):
        self.target = library_target() if kind == "library" else RawTarget()
        self.seed = seed
        self.counter = counter

    def time_outs(self):
        with open(self.counter, "rb") as counter:
            return struct.unpack("<I", counter.read(4))[0]

    def hesitate(self):
        pause = self.random.choice(HESITATIONS)
        if pause:
            time.sleep(pause)

    def be_stuck(self):
        """Only where SCL is held for certain: the transfer ends by its time-out."""
        before = self.time_outs()
        while self.time_outs() == before:
            time.sleep(0.001)

    def is_stuck(self):
        return self.random.random() < 0.015

    def take_bytes(self, request, said):
        if request.address == STICKY and self.is_stuck():
            self.be_stuck()
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 3])):
            self.hesitate()
            n, ack = self.random.choice([1, 1, 1, 2, 5, 31, 32, 33, -1]), self.random.random() < 0.8
            if n < 0:
                ack = True
            data = bytes(request.read(n, ack))
            said.append(data.hex())
            if len(data) < n or n < 0:
                said.append((int(request.end), request.moved))
                return
            if not ack:
                if self.is_stuck():
                    self.be_stuck()
                self.hesitate()
                answer = self.random.choice([True, True, False, None])
                if answer is not None:
                    request.ack(answer)
                if answer is False:
                    return

    def give_bytes(self, request, said):
        if self.is_stuck():
            self.be_stuck()
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 3])):
            self.hesitate()
            data = self.random.randbytes(self.random.choice([1, 1, 2, 5, 40]))
            count = request.write(data)
            said.append(count)
            if count < len(data):
                said.append((int(request.end), request.moved))
                return

    def play(self):
        for number in range(1 << 32):
            self.random = random.Random(f"{self.seed}/{number}")
            self.hesitate()
            request = self.target.request(timeout=0)
            said = [request.address, bool(request.is_read), bool(request.is_restart)]
            if request.address == LAST:
                request.read(-1)
                return
            self.hesitate()
            if request.is_read:
                self.give_bytes(request, said)
            else:
                self.take_bytes(request, said)
            if isinstance(said[-1], tuple) and said[-1][0] == RESTART and self.is_stuck():
                self.be_stuck()
            self.hesitate()
            if self.random.random() < 0.7:
                request.deinit()
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    player = Player(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    with player.target:
        player.play()
