#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Devices in processes of their own answer ahead, and go through forecasts: nothing but time may change by that.

Random transfers are compared with an EEPROM of twenty lines.  Meanwhile faults that never hit, and targets that nobody calls, come and go, at
moments of their own: before each of them, the bus has to end what it forecast."""

import os
import random
import threading
import unittest

from device import DeviceTest
import protocol

SEEDS = [int(seed) for seed in os.environ.get("SEEDS", "1 2").split()]
TRANSFERS = 400
AT, SIZE, PAGE = 0x50, 4096, 32
EIO = -5


class Eeprom:
    """As 24C32 says: two address bytes, pages that are programmed by STOP, reads that go round."""

    def __init__(self):
        self.memory = bytearray(b"\xff" * SIZE)
        self.counter = 0

    def write(self, data, is_last):
        if data:
            self.counter = (data[0] << 8 | self.counter & 0xFF) % SIZE
        if len(data) > 1:
            self.counter = (self.counter & 0xF00 | data[1]) % SIZE
        page = self.counter // PAGE * PAGE
        for byte in data[2:]:
            if is_last:
                self.memory[self.counter] = byte
            self.counter = page + (self.counter + 1) % PAGE

    def read(self, length):
        data = bytes(self.memory[(self.counter + i) % SIZE] for i in range(length))
        self.counter = (self.counter + length) % SIZE
        return data

    def transfer(self, messages):
        reads = []
        for i, (_, what) in enumerate(messages):
            if isinstance(what, int):
                reads.append(self.read(what))
            else:
                self.write(what, i + 1 == len(messages))
        return len(messages), reads


def random_messages(chance):
    """Most are what drivers do: a pointer and a read."""
    pointer = chance.randbytes(2)
    length = chance.choice([1, 1, 2, 16, 32, 33, 34, 35, 256, 1058, 1059, 1060, 3000])
    if chance.random() < 0.7:
        return [(AT, pointer), (AT, length)]
    return [(AT, chance.choice([length, chance.randbytes(chance.choice([0, 1, 2, 3, 10, 33, 34, 40]))]))
            for _ in range(chance.randrange(1, 5))]


class Ahead(DeviceTest):
    def disturb(self, seed):
        """Faults at an address that nobody calls, and a target there, until the transfers are over."""
        chance = random.Random(seed)
        controller = protocol.Controller()
        try:
            while not self.are_over.wait(chance.random() * 0.003):
                if chance.random() < 0.5:
                    self.assertGreater(controller.call(protocol.OP_ADD_FAULT, 0, b"0x11 nack")[0], 0)
                    self.disturbances += 1
                    self.are_over.wait(chance.random() * 0.002)
                    self.assertEqual(controller.call(protocol.OP_CLEAR_FAULT, 0)[0], 0)
                else:
                    protocol.Target(addresses=(0x12,)).close()
                    self.disturbances += 1
        except BaseException as error:
            self.trouble = error
            raise
        finally:
            controller.close()

    def compare(self, seed):
        chance = random.Random(seed)
        file = f"{self.directory}/memory-{seed}"
        device = self.device("eeprom", "--type", "24c32", "--write-time", "0", "--file", file)
        model = Eeprom()
        controller = protocol.Controller()
        self.addCleanup(controller.close)
        for i in range(TRANSFERS):
            messages = random_messages(chance)
            controller.send_transfer(messages)
            self.assertEqual(controller.transfer_reply(), model.transfer(messages), f"transfer {i} of seed {seed}: {messages}")
        self.assertEqual(device.end(), (0, "", ""))
        with open(file, "rb") as memory:
            self.assertEqual(memory.read(), model.memory)

    def test_an_eeprom_is_an_eeprom(self):
        self.start()
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.are_over, self.trouble, self.disturbances = threading.Event(), None, 0
                thread = threading.Thread(target=self.disturb, args=(seed,))
                thread.start()
                try:
                    self.compare(seed)
                finally:
                    self.are_over.set()
                    thread.join()
                self.assertIsNone(self.trouble)
                self.assertGreater(self.disturbances, 20)

    def test_what_is_refused_is_not_forecast(self):
        """A byte that the device refuses is not acknowledged, though a read would follow it."""
        self.start()
        self.device("eeprom", "--write-protect")
        self.device("pmbus", "--address", "0x40")
        with protocol.Controller() as controller:
            for messages in ([(AT, b"\0\x5a"), (AT, 1)], [(0x40, b"\xfe"), (0x40, 1)]):
                controller.send_transfer(messages)
                self.assertEqual(controller.transfer_reply(), (EIO, []), messages)
            controller.send_transfer([(AT, b"\0"), (AT, 2)])
            self.assertEqual(controller.transfer_reply(), (2, [b"\xff\xff"]))


if __name__ == "__main__":
    unittest.main()
