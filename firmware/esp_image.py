#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An ELF image as the boot ROM of an ESP32 loads it.  usage: esp_image.py CHIP IMAGE.elf IMAGE.bin

CHIP: esp32, esp32s2, esp32s3, esp32c3.  The ROM copies each segment to its address in RAM and jumps to the entry.  The form is in Espressif's
documentation of esptool, "Firmware Image Format":

    header      0xE9, number of segments, how to read the flash, entry
    extension   pins of the flash, chip, revisions it runs on, whether a hash follows
    segments    each: address, length, bytes
    padding     so that the checksum ends a row of 16 bytes
    checksum    0xEF and all bytes of the segments, by exclusive or
    hash        SHA-256 of all that
"""

import functools
import hashlib
import operator
import struct
import sys

import elf

CHIP_IDS = {"esp32": 0, "esp32s2": 2, "esp32c3": 5, "esp32s3": 9}
MAGIC, CHECKSUM_SEED = 0xE9, 0xEF
SEGMENTS_MAX = 16
ROW = 16
# Two data lines at 40 MHz: what every board's flash can do.  4 MiB: the ROM reads no more than the image.
FLASH_MODE_DIO, FLASH_40_MHZ, FLASH_4_MIB = 2, 0x0, 0x20
NO_WP_PIN, NO_DRIVE_STRENGTH = 0xEE, bytes(3)
EVERY_REVISION = 0, 0, 0xFFFF  # the lowest, as two fields, and the highest


def padded(data, size):
    return data.ljust(-(-len(data) // size) * size, b"\0")


def segment(address, data):
    data = padded(data, 4)
    return struct.pack("<2I", address, len(data)) + data


def checksum(parts):
    return functools.reduce(operator.xor, b"".join(parts), CHECKSUM_SEED)


def header(chip, entry, count):
    return (struct.pack("<4BI", MAGIC, count, FLASH_MODE_DIO, FLASH_40_MHZ | FLASH_4_MIB, entry)
            + struct.pack("<B3sHBHH4xB", NO_WP_PIN, NO_DRIVE_STRENGTH, CHIP_IDS[chip], *EVERY_REVISION, True))


def image(chip, entry, parts):
    """The file, of (address, bytes) of each segment."""
    body = header(chip, entry, len(parts)) + b"".join(segment(address, data) for address, data in parts)
    body = padded(body + b"\0", ROW)[:-1] + bytes([checksum(data for _, data in parts)])
    return body + hashlib.sha256(body).digest()


def problem(data):
    """Why no image can be made of this ELF file; None: it can."""
    reason = elf.check(data)
    if reason:
        return reason
    parts = sorted(elf.segments(data))
    if not parts:
        return "the image is empty"
    if len(parts) > SEGMENTS_MAX:
        return f"{len(parts)} segments, the boot ROM loads {SEGMENTS_MAX} at most"
    for address, _ in parts:
        if address % 4:
            return f"a segment begins at {address:#x}: the boot ROM copies words"
    for (address, part), (following, _) in zip(parts, parts[1:]):
        if address + len(part) > following:
            return "segments overlap"
    if not any(address <= elf.entry(data) < address + len(part) for address, part in parts):
        return f"the entry {elf.entry(data):#x} is in none of the segments"
    return None


def main():
    chip = sys.argv[1]
    if chip not in CHIP_IDS:
        sys.exit(f"esp_image.py: no chip {chip}; there are: {', '.join(sorted(CHIP_IDS))}")
    with open(sys.argv[2], "rb") as file:
        data = file.read()
    reason = problem(data)
    if reason:
        sys.exit(f"esp_image.py: {reason}")
    with open(sys.argv[3], "wb") as file:
        file.write(image(chip, elf.entry(data), sorted(elf.segments(data))))


if __name__ == "__main__":
    main()
