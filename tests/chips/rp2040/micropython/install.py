#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Installs a package as mpremote does, into a folder instead of a board.  usage: install.py MICROPYTHON PACKAGE.json FOLDER

The installer is mpremote's own (MICROPYTHON/tools/mpremote); its way to the board, which wants a serial port, is not.  The package is then
below FOLDER/lib, where `mpremote mip install` puts it.
"""

import os
import sys
import types


class CommandError(Exception):
    pass


class Folder:
    """What mip asks of a board."""

    def __init__(self, path):
        self.path = path

    def fs_exists(self, path):
        return os.path.exists(self.path + path)

    def fs_mkdir(self, path):
        os.mkdir(self.path + path)

    def fs_writefile(self, path, data, progress_callback=None):
        with open(self.path + path, "wb") as file:
            file.write(data)


def main():
    micropython, package, folder = sys.argv[1:]
    commands = types.ModuleType("mpremote.commands")
    commands.CommandError, commands.show_progress_bar = CommandError, None
    sys.path.insert(1, f"{micropython}/tools/mpremote")
    sys.modules["mpremote.commands"] = commands
    from mpremote import mip

    os.makedirs(folder, exist_ok=True)
    mip._install_package(Folder(folder), package, "", "/lib", None, True)


if __name__ == "__main__":
    main()
