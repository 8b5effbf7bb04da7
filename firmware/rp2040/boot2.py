#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The second-stage boot as the boot ROM wants it: 252 bytes and their checksum.  usage: boot2.py CODE.bin BLOCK.bin

The checksum is a CRC-32 with polynomial 0x04C11DB7, initial value 0xFFFFFFFF, most significant bit first, nothing inverted at the
end (RP2040 datasheet §2.8.1.3.1).  A block with a wrong one is not started: the chip then waits on USB for another image.
"""

import sys

CODE_BYTES = 252


def crc32(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc >> 31 else crc << 1) & 0xFFFFFFFF
    return crc


def block(code):
    if len(code) > CODE_BYTES:
        sys.exit(f"boot2.py: the second stage has {len(code)} bytes, {CODE_BYTES} at most fit")
    code = code.ljust(CODE_BYTES, b"\0")
    return code + crc32(code).to_bytes(4, "little")


def main():
    with open(sys.argv[1], "rb") as file:
        finished = block(file.read())
    with open(sys.argv[2], "wb") as file:
        file.write(finished)


if __name__ == "__main__":
    main()
