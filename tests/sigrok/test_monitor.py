#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `i2ctarget monitor --json` says was on the wires is what sigrok reads in the trace of the same bus, under random
ioctls with all flags of struct i2c_msg, SMBus calls, and targets that refuse, give and take at random.

sigrok knows of no byte without a ninth clock, of no byte that was cut short and of no clock that only frees SDA: it puts
all bits in rows of nine.  So the monitor's account is turned into levels first, and these into rows of nine.
"""

import errno
import itertools
import json
import os
import random
import struct
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../linux"))
import protocol
from buses import COMMAND, BusTest

IOCTLS = 2500
ANNOTATIONS = "start:repeat-start:stop:ack:nack:address-read:address-write:data-read:data-write"
I2C_M_TEN = 0x0010
FLAGS = (protocol.I2C_M_STOP, protocol.I2C_M_NO_RD_ACK, protocol.I2C_M_IGNORE_NAK, protocol.I2C_M_REV_DIR_ADDR,
         protocol.I2C_M_NOSTART)
ADDRESSES = (0x40, 0x41, 0x41, 0x40, 0x42)  # the last one is nobody's
SMBUS_SIZES = range(9)


class NineByNine:
    """sigrok's I2C decoder, as far as the rows of bits go: what it would write of levels and conditions."""

    def __init__(self):
        self.lines, self.state, self.is_repeated, self.bits = [], self.between, False, []

    def say(self, text):
        self.lines.append("i2c-1: " + text)

    def between(self, _bit):
        pass

    def address(self, bit):
        self.bits.append(bit)
        if len(self.bits) == 8:
            self.direction = "read" if bit else "write"
            self.say(self.direction.capitalize())
            self.end_row("Address", 1)

    def data(self, bit):
        self.bits.append(bit)
        if len(self.bits) == 8:
            self.end_row("Data")

    def end_row(self, what, shift=0):
        self.say(f"{what} {self.direction}: {int(''.join(map(str, self.bits)), 2) >> shift:02X}")
        self.bits, self.state = [], self.ninth

    def ninth(self, bit):
        self.say("NACK" if bit else "ACK")
        self.state = self.data

    def rise(self, bit):
        self.state(int(bit))

    def start(self):
        if self.state in (self.between, self.data):
            self.say("Start repeat" if self.is_repeated else "Start")
            self.is_repeated, self.bits, self.state = True, [], self.address

    def stop(self):
        if self.state == self.data:
            self.say("Stop")
            self.is_repeated, self.bits, self.state = False, [], self.between


def play_message(message, wires):
    """The account of one message, as levels."""
    if message["start"] == "Sr":
        wires.rise(1)
    if message["start"]:
        wires.start()
    bits = ""
    if message["ack"] is not None:
        bits += f"{message['address'] << 1 | message['read']:08b}" + "10"[message["ack"]]
    for byte, ack in zip(bytes.fromhex(message["data"]), message["acks"], strict=True):
        bits += f"{byte:08b}" + {"+": "0", "-": "1", ".": ""}[ack]
    if message["cut"]:
        may_be_the_address = message["start"] and message["ack"] is None and not message["data"]
        assert message["cut"]["of"] == "data" or may_be_the_address, message
        bits += message["cut"]["bits"]
    for bit in bits + "0" * message["recovery_clocks"]:
        wires.rise(bit)
    if message["stop"]:
        wires.rise(0)
        wires.stop()


class RandomTarget(threading.Thread):
    """Says yes and no, gives and takes, all of it as its seed has it."""

    def __init__(self, address, seed):
        super().__init__(daemon=True)
        self.random, self.target = random.Random(seed), protocol.Target(addresses=(address,), timeout=None)

    def run(self):
        try:
            while True:
                self.answer(self.target.next_call())
        except protocol.Gone:
            self.target.close()

    def answer(self, call):
        pick = self.random
        if pick.random() < 0.1:
            self.target.commit(call.serial, address=protocol.ADDRESS_NACK, reason=protocol.APPLICATION)
            return
        count = pick.choice((0, 1, 2, 40, 40))
        data = bytes(pick.choice((0, 1, 0x7F, 0x80, 0xFF, pick.randrange(256))) for _ in range(count))
        self.target.commit(call.serial, then=protocol.THEN_REFUSE, reason=protocol.CLOSED, count=count,
                           data=data if call.is_read else b"")


class MonitorAgainstSigrok(BusTest):
    def random_message(self, pick):
        """(head, body, is it refused?) of one message of I2C_RDWR"""
        flags = sum(flag for flag in FLAGS if pick.random() < 0.2)
        body, length = b"", pick.randrange(6)
        is_refused = pick.random() < 0.01
        if is_refused:
            flags |= I2C_M_TEN
        if pick.random() < 0.5:
            body = bytes(pick.choice((0, 0xFF, pick.randrange(256))) for _ in range(length))
        else:
            flags |= protocol.I2C_M_RD
            if pick.random() < 0.15:
                flags, length, body = flags | protocol.I2C_M_RECV_LEN, 33, b"\1"
        return struct.pack("<HHHH", pick.choice(ADDRESSES), flags, length, 0), body, is_refused

    def ask_messages(self, pick):
        messages = [self.random_message(pick) for _ in range(pick.randrange(1, 5))]
        self.controller.request(protocol.OP_RDWR, len(messages),
                                b"".join(head for head, *_ in messages) + b"".join(body for _, body, _ in messages))
        return any(is_refused for *_, is_refused in messages)

    def ask_smbus(self, pick):
        self.controller.set(protocol.I2C_SLAVE, pick.choice(ADDRESSES))
        self.controller.set(protocol.I2C_PEC, pick.randrange(2))
        block = bytes([pick.randrange(1, 33)]) + bytes(pick.randrange(256) for _ in range(33))
        self.controller.request(protocol.OP_SMBUS, pick.choice(SMBUS_SIZES),
                                struct.pack("<BBBB", pick.randrange(2), pick.randrange(256), 1, 0) + block)
        return False

    def run_ioctls(self):
        """How many of them made a transfer."""
        pick, transfers, results = random.Random(9), 0, {}
        for _ in range(IOCTLS):
            is_refused = (self.ask_smbus if pick.random() < 0.2 else self.ask_messages)(pick)
            result, _ = self.controller.reply()
            self.assertEqual(result == -errno.EAFNOSUPPORT, is_refused)
            results[min(result, 0)] = results.get(min(result, 0), 0) + 1
            transfers += result not in (-errno.EAFNOSUPPORT, -errno.EINVAL)
        for number in 0, errno.ENXIO, errno.EIO, errno.EAGAIN, errno.EPROTO, errno.EAFNOSUPPORT:
            self.assertGreater(results.get(-number, 0), 5, number)
        return transfers

    def decode(self, trace):
        sigrok = subprocess.run(["sigrok-cli", "-i", trace, "-I", "vcd", "-P", "i2c:scl=SCL:sda=SDA", "-A", "i2c=" + ANNOTATIONS],
                                capture_output=True, text=True, timeout=100, check=True)
        return sigrok.stdout.splitlines()

    def test_no_difference(self):
        trace = self.directory + "/trace.vcd"
        bus = self.start("--trace", trace)
        with open(self.directory + "/said", "w") as said:
            monitor = subprocess.Popen([COMMAND, "monitor", "--json"], stdout=said, stderr=subprocess.PIPE, text=True)
        self.assertIn("watching", monitor.stderr.readline())
        for address in 0x40, 0x41:
            RandomTarget(address, address).start()
        self.controller = self.opened(protocol.Controller())
        count = self.run_ioctls()
        self.assertEqual(bus.stop()[0], 0)
        monitor.communicate(timeout=20)
        with open(self.directory + "/said") as said:
            transfers = [json.loads(line) for line in said]
        self.assertEqual((len(transfers), sum(transfer["missed"] for transfer in transfers)), (count, 0))
        self.compare(transfers, self.decode(trace))

    def compare(self, transfers, decoded):
        wires, messages = NineByNine(), [message for transfer in transfers for message in transfer["messages"]]
        for transfer in transfers:
            self.assertEqual(transfer["recovery_clocks"], sum(each["recovery_clocks"] for each in transfer["messages"]))
        for message in messages:
            play_message(message, wires)
        differences = [at for at, (ours, theirs) in enumerate(itertools.zip_longest(wires.lines, decoded)) if ours != theirs]
        print(f"  {IOCTLS} ioctls, {len(transfers)} transfers, {len(messages)} messages, {len(decoded)} annotations: "
              f"{len(differences)} differences")
        if differences:
            around = slice(max(differences[0] - 10, 0), differences[0] + 10)
            self.assertEqual(wires.lines[around], decoded[around])
        for what, found in (("no ninth clock", "." in "".join(each["acks"] for each in messages)),
                            ("a NACK within", any("-" in each["acks"][:-1] for each in messages)),
                            ("a byte cut short", any(each["cut"] for each in messages)),
                            ("clocks to free SDA", any(each["recovery_clocks"] == 8 for each in messages))):
            self.assertTrue(found, what)


if __name__ == "__main__":
    unittest.main()
