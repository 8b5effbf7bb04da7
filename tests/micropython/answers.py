# SPDX-License-Identifier: MIT
"""What the stand-in host.py of a MicroPython asks for, done in CPython: calls of objects that stay here."""

PLAIN = (type(None), bool, int, float, str, bytes, bytearray)


def is_plain(value):
    if isinstance(value, (tuple, list)):
        return all(map(is_plain, value))
    return isinstance(value, PLAIN)


class Answers:
    def __init__(self, roots):
        """roots: functions that make the objects which are there from the beginning, by name."""
        self.roots = roots
        self.things = []
        self.result = None  # (passed, failed, left out)

    def keep(self, thing):
        self.things.append(thing)
        return "object", len(self.things) - 1

    def root(self, name):
        return self.keep(self.roots[name]())

    def value(self, value):
        return ("value", value) if is_plain(value) else self.keep(value)

    def get(self, number, name):
        value = getattr(self.things[number], name)
        if callable(value) and not is_plain(value):
            return "method", (number, name)
        return self.value(value)

    def call(self, number, name, arguments, keywords):
        return self.value(getattr(self.things[number], name)(*arguments, **keywords))

    def end(self, result):
        self.result = result
        return "value", None

    def answer(self, question):
        kind, *rest = question
        try:
            return getattr(self, kind)(*rest)
        except OSError as error:  # TimeoutError, too
            return "os error", (error.errno or 0, str(error))
        except Exception as error:  # for the test to tell
            return "failure", f"{type(error).__name__}: {error}"
