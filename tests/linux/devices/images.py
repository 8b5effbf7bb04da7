# SPDX-License-Identifier: MIT
"""What memories contain in the field, made by the rules of each format: valid marks, lengths, checksums.

    images.py NAME >FILE      one of IMAGES
"""

import sys


def summed(content, size):
    """Padded with zeros to size - 1 bytes, then the byte that makes the sum of all a multiple of 256."""
    content = content.ljust(size - 1, b"\0")
    return content + bytes([-sum(content) & 0xFF])


def timing(clock_khz, width, blank_x, height, blank_y):
    """A detailed timing descriptor (E-EDID A2, 3.10.2)."""
    low = lambda value: value & 0xFF
    high = lambda first, second: (first >> 8) << 4 | second >> 8
    return ((clock_khz // 10).to_bytes(2, "little") + bytes([low(width), low(blank_x), high(width, blank_x)])
            + bytes([low(height), low(blank_y), high(height, blank_y)]) + bytes([88, 44, 0x45, 0, 0x12, 0x2C, 0x21, 0, 0, 0x1E]))


def words(tag, text):
    """A display descriptor with 13 characters (3.10.3)."""
    return bytes([0, 0, 0, tag, 0]) + (text.encode() + b"\n").ljust(13)[:13]


def extension(codes, capability=b""):
    """A CTA-861 block with these video formats (CTA-861-G 7.5)."""
    video = bytes([0x40 | len(codes), *codes])
    return summed(bytes([2, 3, 4 + len(video) + len(capability), 0x81]) + video + capability, 128)


def edid(blocks=1, name="i2ctarget"):
    """The EDID 1.4 of a display with 1920x1080, and blocks - 1 extensions."""
    maker = (9 << 10 | 20 << 5 | 3).to_bytes(2, "big")  # "ITC"
    limits = bytes([0, 0, 0, 0xFD, 0, 50, 75, 30, 90, 17, 1]) + b"\n" + b" " * 6
    base = (b"\x00\xff\xff\xff\xff\xff\xff\x00" + maker + bytes([0x18, 0x51, 0, 0, 0, 0, 10, 30, 1, 4])
            + bytes([0xA5, 53, 30, 120, 0x06]) + bytes.fromhex("ee91a3544c99260f5054") + b"\x20\0\0" + b"\1\1" * 8
            + timing(148500, 1920, 280, 1080, 45) + words(0xFC, name) + limits + words(0xFF, "0001"))
    image = summed(base + bytes([blocks - 1]), 128)
    for number in range(1, blocks):
        image += extension([16, 1], bytes([0xE2, 0x00, 0x4A])) if number == 1 else extension([number])
    return image


def hat(padding=0):
    """The image of a HAT: the vendor's atom, the GPIO map's, and one of the maker's own (HAT EEPROM format)."""
    vendor, product = b"i2ctarget", b"virtual board"
    atoms = [(1, bytes(range(16)) + bytes([1, 0, 1, 0, len(vendor), len(product)]) + vendor + product),
             (2, bytes(30)), (4, bytes(padding))]
    body = b""
    for number, (kind, data) in enumerate(atoms):
        atom = kind.to_bytes(2, "little") + number.to_bytes(2, "little") + (len(data) + 2).to_bytes(4, "little") + data
        body += atom + crc_arc(atom).to_bytes(2, "little")
    return b"R-Pi" + bytes([1, 0]) + len(atoms).to_bytes(2, "little") + (12 + len(body)).to_bytes(4, "little") + body


def crc_arc(data):
    """CRC-16 with polynomial 0x8005, reflected, of a HAT's atoms."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def crc_xmodem(data):
    """CRC-16 with polynomial 0x1021, of memory modules."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc


def with_crc(block):
    """The block, and the CRC behind it."""
    return block + crc_xmodem(block).to_bytes(2, "little")


def ddr4():
    """The SPD of a UDIMM of 8 GiB, DDR4-2400, with a thermometer (JEDEC 21-C, 4.1.2.L)."""
    first = bytearray(126)
    first[0:4] = 0x23, 0x11, 0x0C, 0x02
    first[4:6] = 0x85, 0x21                           # 8 Gbit, 4 groups of 4 banks; 16 rows, 10 columns
    first[11:15] = 0x03, 0x01, 0x03, 0x80             # 1.2 V; one rank of x8; 64 bits; the thermometer
    first[18:24] = 0x07, 0x0D, 0xF8, 0x0F, 0x00, 0x00 # cycles of 0.833 to 1.6 ns; CL 10 to 18
    first[24:30] = 0x6E, 0x6E, 0x6E, 0x11, 0x00, 0x6E # 13.75 ns; tRAS 32 ns, tRC 45.75 ns
    first[30:36] = (2800).to_bytes(2, "little") + (2080).to_bytes(2, "little") + (1280).to_bytes(2, "little")
    first[36:41] = 0x00, 0xA8, 0x1B, 0x28, 0x28
    first[124:126] = 0xE7, 0xD6
    second = bytes([0x11, 0x11, 0x20]) + bytes(123)
    maker = bytes([0, 0, 0, 0x26, 0x10]) + b"\x01\x02\x03\x04" + b"I2CTARGET-DDR4".ljust(20)
    return (with_crc(bytes(first)) + with_crc(second) + bytes(64) + maker.ljust(128, b"\0")).ljust(512, b"\0")


def ddr5():
    """The SPD of a UDIMM, DDR5-4800: what every module must have, and a CRC (JESD400-5)."""
    first = bytearray(510)
    first[0:4] = 0x30, 0x10, 0x12, 0x02
    first[4:8] = 0x04, 0x00, 0x20, 0x62               # 16 Gbit; 16 rows, 10 columns; x8; 8 groups of 4 banks
    first[20:24] = (416).to_bytes(2, "little") + (1010).to_bytes(2, "little")
    first[234:236] = 0x00, 0x22                       # one rank; two channels of 32 bits
    maker = bytes([0, 0, 0, 0x26, 0x10]) + b"\x01\x02\x03\x04" + b"I2CTARGET-DDR5".ljust(30)
    return (with_crc(bytes(first)) + maker.ljust(128, b"\0")).ljust(1024, b"\xff")


IMAGES = {"ddr4": ddr4, "ddr5": ddr5, "edid": lambda: edid(1), "hat": lambda: hat(400)}

if __name__ == "__main__":
    sys.stdout.buffer.write(IMAGES[sys.argv[1]]())
