# SPDX-License-Identifier: MIT
"""What an image of torture/ said (text.h)."""


def scenarios(text):
    """title → lines; what is said before the first title has none."""
    found = {}
    lines = found.setdefault("", [])
    for line in text.splitlines():
        if line.startswith("# "):
            lines = found.setdefault(line[2:], [])
        else:
            lines.append(line)
    return found
