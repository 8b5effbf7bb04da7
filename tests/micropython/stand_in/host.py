# SPDX-License-Identifier: MIT
"""The other half of a test: what MicroPython lacks is done by tests/micropython/run.py, which started it.

A line goes there through standard output, and a line comes back through standard input.  What is no plain value stays there and is known
here by its number.
"""

import sys
import _thread

_turn = _thread.allocate_lock()


class Failure(Exception):
    """Something went wrong there, and it is no OSError."""


def _ask(*question):
    with _turn:
        print("\x02" + repr(question))
        answer = eval(sys.stdin.readline())
    return answer


def _value(answer):
    kind, value = answer
    if kind == "value":
        return value
    if kind == "object":
        return Thing(value)
    if kind == "method":
        return Method(*value)
    if kind == "os error":
        raise OSError(*value)
    raise Failure(value)


class Method:
    def __init__(self, number, name):
        self.number, self.name = number, name

    def __call__(self, *arguments, **keywords):
        return _value(_ask("call", self.number, self.name, arguments, keywords))


class Thing:
    """An object there: its attributes and methods."""

    def __init__(self, number):
        self._number = number

    def __getattr__(self, name):
        return _value(_ask("get", self._number, name))

    def __enter__(self):
        return _value(_ask("call", self._number, "__enter__", (), {}))

    def __exit__(self, *exception):
        _ask("call", self._number, "__exit__", (None, None, None), {})


def root(name):
    """One of the objects that are there from the beginning."""
    return _value(_ask("root", name))


def end(status):
    """The tests are over."""
    _ask("end", status)
