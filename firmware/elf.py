# SPDX-License-Identifier: MIT
"""What is to be loaded of an ELF file of 32 bits, for the tools that make images of it (ELF specification, "Program header")."""

import struct

ELF32_LITTLE = b"\x7fELF\x01\x01"
ENTRY, PROGRAM_HEADERS, PROGRAM_HEADER_SIZE = 24, 28, 42
PT_LOAD = 1


def check(elf):
    """Why nothing can be read from it; None: it can be."""
    return None if elf[:6] == ELF32_LITTLE else "not a little-endian ELF file of 32 bits"


def entry(elf):
    """The address at which it starts."""
    return struct.unpack_from("<I", elf, ENTRY)[0]


def segments(elf):
    """(physical address, bytes) of everything that is to be loaded."""
    offset, = struct.unpack_from("<I", elf, PROGRAM_HEADERS)
    size, count = struct.unpack_from("<HH", elf, PROGRAM_HEADER_SIZE)
    for i in range(count):
        kind, at, _, address, length = struct.unpack_from("<5I", elf, offset + i * size)
        if kind == PT_LOAD and length:
            yield address, elf[at : at + length]
