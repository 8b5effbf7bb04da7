# SPDX-License-Identifier: MIT
"""Runs in MicroPython's unix port: the file system of a board's flash, with files on it.

    micropython disk.py IMAGE BLOCKS FOLDER

makes IMAGE, a little file system of BLOCKS blocks of 4 KiB as MicroPython makes it on the RP2040 (ports/rp2/modules/_boot.py), with a copy of all
that is in FOLDER.  Writing it to the flash of an emulated board is much quicker than sending each file to its prompt.
"""

import os
import sys

BLOCK, PAGE = 4096, 256
BLOCKS_OP, SIZE_OP, ERASE_OP = 4, 5, 6


class Flash:
    def __init__(self, blocks):
        self.blocks = blocks
        self.data = bytearray(b"\xff" * (blocks * BLOCK))

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        buffer[:] = self.data[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        self.data[at : at + len(buffer)] = buffer

    def ioctl(self, operation, block):
        if operation == ERASE_OP:
            self.data[block * BLOCK : (block + 1) * BLOCK] = b"\xff" * BLOCK
        return {BLOCKS_OP: self.blocks, SIZE_OP: BLOCK}.get(operation, 0)


def copy(source, target):
    for name, kind, *_ in os.ilistdir(source):
        if kind == 0x4000:
            os.mkdir(f"{target}/{name}")
            copy(f"{source}/{name}", f"{target}/{name}")
        else:
            with open(f"{source}/{name}", "rb") as old, open(f"{target}/{name}", "wb") as new:
                new.write(old.read())


image, blocks, folder = sys.argv[1:]
flash = Flash(int(blocks))
os.VfsLfs2.mkfs(flash, progsize=PAGE)
os.mount(os.VfsLfs2(flash, progsize=PAGE), "/flash")
copy(folder, "/flash")
os.umount("/flash")
with open(image, "wb") as file:
    file.write(flash.data)
