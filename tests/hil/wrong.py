#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A target that is almost the example `registers` (or `eeprom`), but has one mistake: wrong.py MISTAKE.

It is for tests of hil.py: each mistake must make the check named for it fail.  `none` has no mistake.
"""

import sys

import board
from i2ctarget import I2CTarget

REGISTERS, COMMAND, EEPROM, RESET = 0x40, 0x41, 0x50, 0xDE


class Registers:
    def __init__(self, mistake):
        self.mistake = mistake
        self.addresses = [REGISTERS, COMMAND] + [0x42] * (mistake == "extra_address")
        self.values, self.selected = [0] * 16, 0

    def serve(self, request):
        if request.address == COMMAND:
            self.on_command(request)
        elif request.is_read:
            self.on_read(request)
        else:
            self.on_write(request)

    def on_command(self, request):
        command = bytes(request.read(1))
        if command == bytes([RESET]) and self.mistake != "no_reset" or command and self.mistake == "any_command":
            self.values = [0] * 16

    def on_read(self, request):
        if request.is_restart or self.mistake == "plain_read":
            request.write(bytes([self.values[self.selected]] * (2 if self.mistake == "twice" else 1)))

    def on_write(self, request):
        first = request.read(1)
        if not first:
            if self.mistake == "probe_writes":
                self.values[1] = 0
            return
        if first[0] >= 16 and self.mistake != "wraps":
            return
        self.selected = first[0] % 16
        second = request.read(1)
        if second:
            self.values[self.selected] = second[0] & (0xF7 if self.mistake == "stuck_bit" else 0xFF)
        if self.mistake == "takes_more":
            request.read()


class Eeprom:
    """Never busy, and it stores bytes whatever ended the write: a request does not show that."""

    def __init__(self, mistake):
        self.mistake = mistake
        self.addresses = [EEPROM]
        self.memory, self.pointer = bytearray(b"\xff" * 256), 0

    def serve(self, request):
        if request.is_read:
            size = 128 if self.mistake == "half_size" else 256
            taken = request.write(bytes(self.memory[(self.pointer + i) % size] for i in range(512)))
            self.pointer = 0 if self.mistake == "forgets_pointer" else (self.pointer + taken) % 256
            return
        data = request.read()
        if data:
            self.pointer = data[0]
        for byte in data[1:]:
            self.memory[self.pointer] = byte
            page = self.pointer & ~7
            self.pointer = (self.pointer + 1) % 256 if self.mistake == "no_page" else page | (self.pointer + 1) & 7


def main():
    mistake = sys.argv[1]
    server = (Eeprom if mistake in ("no_page", "half_size", "forgets_pointer", "never_busy") else Registers)(mistake)
    with I2CTarget(board.SCL, board.SDA, server.addresses) as target:
        while True:
            request = target.request(timeout=0)
            with request:
                server.serve(request)


if __name__ == "__main__":
    main()
