# SPDX-License-Identifier: MIT
"""What MicroPython's tests can not do, and why: what a test `needs`.  The runner lists each test that it leaves out, with its reason."""

LACKED_BY_MICROPYTHON = {
    "introspection": "MicroPython keeps no signatures and no docstrings",
    "Counters": "MicroPython has no class for tuples with names made in C: counters is such a tuple all the same",
    "names of End": "MicroPython has no enum: a member of End is an int",
    "making in two steps": "MicroPython's classes in C have neither __new__ nor __init__: they are made in one step",
    "reference counts": "MicroPython collects garbage: an abandoned request is closed by the next request() or deinit()",
    "subclass in with": "MicroPython gives __enter__ of a class in C the object inside, not that of the subclass",
    "stepping memoryview": "MicroPython's memoryview has no steps other than 1",
    "a server of its own": "a bus server in the test's own process passes descriptors, which MicroPython's sockets can not do",
    "older names": "MicroPython has no DeprecationWarning",
    "processes": "MicroPython starts no processes",
}
