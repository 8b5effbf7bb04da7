# SPDX-License-Identifier: MIT
"""What callgrind has counted: instructions, and calls of functions.  Valgrind's manual describes the format (Callgrind Format Specification).

Neither positions nor names may be compressed: OPTIONS."""

import re

OPTIONS = ("--tool=callgrind", "--compress-strings=no", "--compress-pos=no")
ALIAS = re.compile(r"^(?:__libc_|__GI_|__)?(\w+?)(?:@.*|'\d+)?$")


class Profile:
    """One process: `instructions` in all, `calls` by function, and `inside`: instructions of a function and all that it calls."""

    def __init__(self, path):
        self.instructions, self.calls, self.inside = 0, {}, {}
        called = count = None
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("cfn="):
                    called = ALIAS.sub(r"\1", line[4:].strip())
                elif line.startswith("calls="):
                    count = int(line[6:].split()[0])
                elif line[:1].isdigit() and count is not None:
                    self.calls[called] = self.calls.get(called, 0) + count
                    self.inside[called] = self.inside.get(called, 0) + int(line.split()[1])
                    count = None
                elif line[:1].isdigit():
                    self.instructions += int(line.split()[1])

    def count(self, *functions):
        """Calls of any of these."""
        return sum(self.calls.get(function, 0) for function in functions)
