#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Forecasts change nothing but time: the same random transfers with the same target's decisions, once with the real library, which goes
through forecasts, and once without any (player.py).  The controller, the monitor and the target must have seen the same.

    SEEDS="3 4 5" test_agreement.py"""

import contextlib
import errno
import os
import random
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../linux"))
import player
import protocol
from buses import BusTest, wait_until

SEEDS = [int(seed) for seed in os.environ.get("SEEDS", "1 2").split()]
TRANSFERS = 100
PLAYER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "player.py")
BUILD = os.environ["BUILD_DIR"]
TIME_OUT = 40  # units of 10 ms: far more than a target hesitates
WRITES, READS = [0, 1, 1, 1, 1, 2, 3, 8, 31, 32, 33, 40], [1, 1, 1, 2, 5, 32, 40]
BYTE_DATA, WORD_DATA, PROCESS_CALL, BLOCK_DATA = 2, 3, 4, 5


class Asker:
    """Makes random transfers, some of them before the one before is over."""

    def __init__(self, seed, counter):
        self.random = random.Random(seed)
        self.controller = protocol.Controller(timeout=20)
        self.counter = counter
        self.count, self.time_outs = 0, -1
        self.count_time_out()
        assert self.controller.set(protocol.I2C_TIMEOUT, TIME_OUT) == 0

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.controller.close()

    def message(self):
        address = self.random.choice([player.PLAIN, player.PLAIN, player.STICKY])
        flags = protocol.I2C_M_STOP if self.random.random() < 0.05 else 0
        if self.random.random() < 0.4:
            return address, self.random.choice(READS), flags
        length = self.random.choice(WRITES)
        if address == player.STICKY:
            length = max(length, 1)
        return address, self.random.randbytes(length), flags

    def messages(self):
        if self.random.random() < 0.4:  # the transfer that forecasts are made for
            return [(player.PLAIN, self.random.randbytes(1)), (player.PLAIN, self.random.choice(READS))]
        return [self.message() for _ in range(self.random.choice([1, 2, 2, 2, 3, 4]))]

    def send(self):
        """The requests of one transfer.  Returns how many they are."""
        self.count += 1
        if self.random.random() < 0.8:
            self.controller.send_transfer(self.messages())
            return 1
        for number, argument in (protocol.I2C_SLAVE, player.PLAIN), (protocol.I2C_PEC, self.random.choice([0, 0, 1])):
            self.controller.request(protocol.OP_SET, number, struct.pack("<Q", argument))
        self.controller.send_smbus(self.random.choice([BYTE_DATA, WORD_DATA, PROCESS_CALL, BLOCK_DATA]), 1, self.random.randrange(256),
                                   self.random.randbytes(34))
        return 3

    def count_time_out(self):
        """The target goes on."""
        self.time_outs += 1
        with open(f"{self.counter}.new", "wb") as new:
            new.write(struct.pack("<I", self.time_outs))
        os.rename(new.name, self.counter)

    def ask(self):
        """All transfers.  Returns their results."""
        results = []
        while self.count < TRANSFERS:
            requests = sum(self.send() for _ in range(self.random.choice([1, 1, 1, 2, 3])))
            for _ in range(requests):
                results.append(self.controller.reply())
                if results[-1][0] == -errno.ETIMEDOUT:
                    self.count_time_out()
        self.controller.send_transfer([(player.LAST, b"")])
        results.append(self.controller.reply())
        return results


def without_times(transfer):
    """A TRANSFER, but for its times."""
    kept = {key: transfer[key] for key in ("number", "result", "recovery_clocks", "missed", "timeout_ms")}
    return kept, [{key: message[key] for key in message if key != "stretch_us"} for message in transfer["messages"]]


class Agreement(BusTest):
    def player(self, kind, seed, counter):
        return subprocess.Popen([sys.executable, PLAYER, kind, str(seed), counter], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env={**os.environ, "PYTHONPATH": f"{BUILD}/python:{BUILD}/python/i2ctarget/fallback"})

    def run_once(self, kind, seed):
        """(results, TRANSFERs, what the target says)"""
        bus = self.start()
        counter = f"{self.directory}/counter"
        with protocol.Monitor(timeout=20) as watcher, Asker(seed, counter) as asker, self.player(kind, seed, counter) as playing:
            try:
                wait_until(lambda: asker.controller.present() or playing.poll() is not None, "the target is there")
                results = asker.ask()
                said, errors = playing.communicate(timeout=20)
            except (TimeoutError, protocol.Gone, subprocess.TimeoutExpired) as error:
                playing.kill()
                self.fail(f"seed {seed}, {kind}: {error!r} after {asker.count} transfers; {playing.communicate()[1]}")
            finally:
                self.end(bus)
            self.assertEqual((playing.returncode, errors), (0, ""))
            transfers = []
            with contextlib.suppress(protocol.Gone):
                while True:
                    transfers.append(without_times(watcher.transfer()))
        return results, transfers, said.splitlines()

    def run_both(self, seed):
        """With forecasts and without.  A machine that stands still for 400 ms adds a time-out to one of them: then once more."""
        for _ in range(2):
            both = self.run_once("library", seed), self.run_once("raw", seed)
            time_outs = {sum(result == -errno.ETIMEDOUT for result, _ in results) for results, _, _ in both}
            if len(time_outs) == 1:
                break
        return both

    def test_with_forecasts_and_without(self):
        for seed in SEEDS:
            with self.subTest(seed):
                with_forecasts, without = self.run_both(seed)
                for what, one, other in zip(("transfer", "on the wires, transfer", "call"), with_forecasts, without):
                    for number, (mine, theirs) in enumerate(zip(one, other)):
                        self.assertEqual(mine, theirs, f"seed {seed}, {what} {number}: with forecasts, and without")
                    self.assertEqual(len(one), len(other))


if __name__ == "__main__":
    unittest.main()
