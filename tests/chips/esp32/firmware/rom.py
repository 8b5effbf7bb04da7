# SPDX-License-Identifier: MIT
"""What the boot ROMs of ESP32, S2, S3 and C3 make of an image, and which memory they need themselves; read from documents, without any code of
firmware/ (esptool's documentation, "Firmware Image Format"; ESP-IDF: bootloader.memory.ld and memory_layout.c of each chip)."""

import hashlib
import struct

KIB = 1024


class Chip:
    def __init__(self, number, code, data, own):
        self.number = number  # chip id
        self.code, self.data = code, data  # (begin, end) of memory for code, as words alone, and for data
        self.own = own  # ranges of data memory that the ROM uses while it loads an image
        self.offset_of_code = None

    def data_address(self, address):
        """Where data of an address for code is, or that of data itself; memory that is on one bus alone has only one."""
        if self.offset_of_code is not None and self.code[0] <= address < self.code[1]:
            return address - self.offset_of_code
        return address


CHIPS = {
    "esp32": Chip(0, (0x40080000, 0x400A0000), (0x3FFAE000, 0x40000000), [(0x3FFAE000, 0x3FFAE6E0), (0x3FFE0000, 0x3FFE4350)]),
    "esp32s2": Chip(2, (0x40028000, 0x40070000), (0x3FFB8000, 0x40000000), [(0x3FFEAB00, 0x40000000)]),
    "esp32s3": Chip(9, (0x40378000, 0x403E0000), (0x3FC88000, 0x3FCF0000), [(0x3FCD7E00, 0x3FCF0000)]),
    "esp32c3": Chip(5, (0x40380000, 0x403E0000), (0x3FC80000, 0x3FCE0000), [(0x3FCCAE00, 0x3FCE0000)]),
}
# Where the same memory is on both buses.
for name, distance in ("esp32s2", 0x70000), ("esp32s3", 0x6F0000), ("esp32c3", 0x700000):
    CHIPS[name].offset_of_code = distance


class Refused(Exception):
    """Why the ROM does not start an image."""


class Image:
    """A file, as it lies in the flash."""

    def __init__(self, data):
        self.data = data
        if data[0] != 0xE9:
            raise Refused("no image")
        self.count, self.flash_mode, flash = data[1:4]
        self.flash_size, self.flash_speed = flash >> 4, flash & 15
        self.entry, = struct.unpack_from("<I", data, 4)
        self.wp_pin, self.number, self.lowest, self.lowest_full, self.highest_full = struct.unpack_from("<B3xHBHH", data, 8)
        self.has_hash = data[23]
        self.segments = []
        at, checksum = 24, 0xEF
        for _ in range(self.count):
            address, length = struct.unpack_from("<II", data, at)
            content = data[at + 8 : at + 8 + length]
            if len(content) < length:
                raise Refused("it is cut off")
            for byte in content:
                checksum ^= byte
            self.segments.append((address, content))
            at += 8 + length
        self.end = (at | 15) + 1
        if data[self.end - 1] != checksum:
            raise Refused("checksum")
        self.padding = data[at : self.end - 1]
        self.digest = data[self.end : self.end + 32]

    def hash_is_right(self):
        return self.digest == hashlib.sha256(self.data[: self.end]).digest()


def boot(data, chip):
    """The image that this ROM starts."""
    image = Image(data)
    if image.number != CHIPS[chip].number:
        raise Refused(f"it is for chip {image.number}")
    for address, content in image.segments:
        if address % 4 or len(content) % 4:
            raise Refused(f"{len(content)} bytes at {address:#x} are no words")
    return image


def overlaps(left, right):
    return left[0] < right[1] and right[0] < left[1]
