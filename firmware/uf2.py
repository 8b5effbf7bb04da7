#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An ELF image as UF2, the form in which boot loaders that look like a disk take it.  usage: uf2.py FAMILY BEGIN IMAGE.elf IMAGE.uf2

BEGIN is where the image must begin: below it may be a boot loader that does not let itself be overwritten.  A UF2 file is a row of blocks of 512 bytes, each with 256 bytes of flash and their address (UF2 specification, "Data format").  What lies
between two segments of the image is filled with zeros, so the blocks are contiguous.
"""

import struct
import sys

import elf

PAYLOAD = 256
MAGICS = 0x0A324655, 0x9E5D5157, 0x0AB16F30
FAMILY_PRESENT = 0x2000
IMAGE_MAX = 16 << 20  # the largest flash


def flatten(parts, begin):
    """The bytes from `begin` on, in whole payloads."""
    parts = sorted(parts)
    if not parts or parts[0][0] != begin:
        sys.exit(f"uf2.py: the image begins at {parts[0][0]:#x}, and not at {begin:#x}" if parts else "uf2.py: the image is empty")
    image = b""
    for address, data in parts:
        if address < begin + len(image):
            sys.exit("uf2.py: segments overlap")
        if address + len(data) > begin + IMAGE_MAX:
            sys.exit(f"uf2.py: a segment at {address:#x} is not in the flash that begins at {begin:#x}")
        image = image.ljust(address - begin, b"\0") + data
    return image.ljust(-(-len(image) // PAYLOAD) * PAYLOAD, b"\0")


def uf2(begin, image, family):
    count = len(image) // PAYLOAD
    for i in range(count):
        head = struct.pack("<8I", *MAGICS[:2], FAMILY_PRESENT, begin + i * PAYLOAD, PAYLOAD, i, count, family)
        yield head + image[i * PAYLOAD : (i + 1) * PAYLOAD].ljust(476, b"\0") + struct.pack("<I", MAGICS[2])


def main():
    family, begin = (int(word, 0) for word in sys.argv[1:3])
    with open(sys.argv[3], "rb") as file:
        data = file.read()
    reason = elf.check(data)
    if reason:
        sys.exit(f"uf2.py: {reason}")
    image = flatten(elf.segments(data), begin)
    with open(sys.argv[4], "wb") as file:
        file.writelines(uf2(begin, image, family))


if __name__ == "__main__":
    main()
