# SPDX-License-Identifier: MIT
"""main.py TEST [CLASS.TEST…]: what tests/micropython/run.py runs.  (`micropython -m TEST` would leave Ctrl-C to the system.)"""

import sys
import unittest

unittest.main(__import__(sys.argv[1]), sys.argv[2:])
