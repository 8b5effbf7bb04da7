#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The list of a folder's files for MicroPython's package installer, mip.  usage: package.py DIRECTORY

DIRECTORY/package.json names all modules there by relative paths, so the folder can lie anywhere, also on a web server.
"""

import json
import os
import re
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))
PARTS = ("i2ctarget.mpy", "board.py", "microcontroller/__init__.py", "microcontroller/pin.py")


def version():
    with open(f"{ROOT}/include/i2ctarget/i2ctarget.h", encoding="utf-8") as file:
        return re.search(r'#define I2CTARGET_VERSION "(.*)"', file.read())[1]


def main():
    directory = sys.argv[1]
    parts = [part for part in PARTS if os.path.exists(os.path.join(directory, part))]
    with open(f"{directory}/package.json", "w", encoding="utf-8") as file:
        json.dump({"version": version(), "urls": [[part, part] for part in parts]}, file, indent=4)
        file.write("\n")


if __name__ == "__main__":
    main()
