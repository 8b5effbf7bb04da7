# SPDX-License-Identifier: MIT
"""The board table, boards.csv, which lies beside this file: here, and in the Python package."""

import csv
import difflib
import os

TABLE = os.path.join(os.path.dirname(__file__), "boards.csv")


def rows():
    """The boards in the file's order, each a dict by the names of the columns."""
    with open(TABLE, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def near(board_id, known):
    """Ids out of `known` that somebody may have meant: the most likely one first, four at the most."""
    alike = difflib.get_close_matches(board_id, known, n=4, cutoff=0.5)
    alike += [name for name in sorted(known) if board_id.lower() in name and name not in alike]
    return alike[:4]
