# SPDX-License-Identifier: MIT
"""What the groups of checks say about themselves: groups/NAME.sh, which is read but not run here.

The host must know without the guest which checks exist.  Otherwise a guest that forgets one would look like one that has
run them all.
"""

import dataclasses
import pathlib
import re

CHECK = re.compile(r"^check_(\w+)\(\)", re.MULTILINE)
HEADER = re.compile(r"^# (modules|programs|built|images|machine|seconds|takes): +(.*)$", re.MULTILINE)


@dataclasses.dataclass
class Group:
    """One file of checks."""
    path: pathlib.Path
    modules: list = dataclasses.field(default_factory=list)   # of Debian's kernel
    programs: list = dataclasses.field(default_factory=list)  # of this machine, whole paths (or folders), or of the build tree
    built: list = dataclasses.field(default_factory=list)     # modules of modules/, built for this kernel
    images: list = dataclasses.field(default_factory=list)    # what memories contain: tests/linux/devices/images.py
    machine: str = ""                                         # machines/NAME.py, if the plain one will not do
    seconds: int = 60                                         # that one check may take
    takes: int = 0                                            # seconds that all of them take, about; for dealing groups out
    checks: list = dataclasses.field(default_factory=list)    # (name, what its comment says)

    @property
    def name(self):
        return self.path.stem

    def names(self):
        """The checks as they are reported."""
        return [f"{self.name}.{check}" for check, _ in self.checks]


def read(path):
    """Read one group."""
    text = path.read_text()
    group = Group(path)
    for key, value in HEADER.findall(text):
        if key in ("seconds", "takes"):
            setattr(group, key, int(value))
        elif key == "machine":
            group.machine = value
        else:
            getattr(group, key).extend(value.split())
    lines = text.splitlines()
    for number, line in enumerate(lines):
        found = CHECK.match(line)
        if found:
            above = lines[number - 1] if number else ""
            group.checks.append((found[1], above.removeprefix("# ") if above.startswith("# ") else ""))
    group.takes = group.takes or len(group.checks)
    return group


def read_all(directory):
    """All groups of a directory, by name."""
    return [read(path) for path in sorted(directory.glob("*.sh"))]
