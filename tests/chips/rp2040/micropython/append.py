#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A UF2 file with something more on the flash.  usage: append.py FIRMWARE.uf2 DATA ADDRESS IMAGE.uf2

Pages that an erased flash has already (0xFF) are left out.
"""

import os
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../.."))
sys.path.insert(1, f"{ROOT}/firmware")

import uf2  # noqa: E402

FAMILY = 0xE48BFF56  # RP2040
ERASED = b"\xff" * uf2.PAYLOAD


def main():
    firmware, data, address, image = sys.argv[1:]
    with open(firmware, "rb") as file:
        blocks = [file.read()]
    with open(data, "rb") as file:
        for at in range(int(address, 0), 1 << 32, uf2.PAYLOAD):
            page = file.read(uf2.PAYLOAD)
            if not page:
                break
            if page != ERASED:
                blocks += uf2.uf2(at, page, FAMILY)
    with open(image, "wb") as file:
        file.writelines(blocks)


if __name__ == "__main__":
    main()
