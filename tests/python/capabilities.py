# SPDX-License-Identifier: MIT
"""What MicroPython's tests can not do, and why: what a test `needs`.  The runners list each test that they leave out, with its reason."""

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
    "locked buffers": "MicroPython has no lock on a buffer: one that a device has must not be resized",
    "unraisable": "MicroPython prints the exception of a scheduled function, and the program can not see it",
    "processes": "MicroPython starts no processes",
}

# In MicroPython on an emulated chip (tests/chips/*/micropython), besides.
LACKED_ON_A_CHIP = {
    "threads": "the emulator has one core, so a test's other thread has nowhere to run",
    "bus servers": "there are wires instead of bus servers: no bus is missing, or ends",
    "pins of a bus": "any two pins make a bus, and a number or a name is a pin",
    "another target": "nobody else is on the chip's wires",
    "a controller's time-out": "on wires a controller can not take SCL away from a target that holds it",
    "descriptors": "poll() takes the target itself",
    "words of 64 bits": "a number beyond 31 bits is too large for any argument there: OverflowError",
    "a quick processor": "Python's own part of the call takes longer than that",
    "sockets": "the controller is on the chip's own wires",
    "a large heap": "the heap has no 64 KB in one piece",
    "a second target": "the tests' wires are those of one bus",
    "Linux": "it looks into /proc",
}
