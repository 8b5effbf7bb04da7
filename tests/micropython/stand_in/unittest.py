# SPDX-License-Identifier: MIT
"""As much of unittest as the tests need."""

import re
import sys

import host


class LeftOut:
    """In the place of a test that can not run here."""

    def __init__(self, reason):
        self.reason = reason


class _Raises:
    def __init__(self, case, kind, pattern=None):
        self.case, self.kind, self.pattern = case, kind, pattern

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is None:
            raise AssertionError(f"{self.kind} not raised")
        if not issubclass(kind, self.kind):
            return False
        self.exception = error
        if self.pattern:
            self.case.assertRegex(str(error), self.pattern)
        return True


class _SubTest:
    def __init__(self, case, values):
        self.case, self.values = case, values

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is not None:
            print("in", self.values)
        return False


class TestCase:
    def __init__(self):
        self._cleanups = []

    def setUp(self):
        pass

    def addCleanup(self, call, *arguments, **keywords):
        self._cleanups.append((call, arguments, keywords))

    def doCleanups(self):
        while self._cleanups:
            call, arguments, keywords = self._cleanups.pop()
            call(*arguments, **keywords)

    def subTest(self, **values):
        return _SubTest(self, values)

    def fail(self, message):
        raise AssertionError(message)

    def assertTrue(self, value, message=None):
        if not value:
            self.fail(message or f"{value!r} is not true")

    def assertFalse(self, value, message=None):
        if value:
            self.fail(message or f"{value!r} is not false")

    def assertEqual(self, first, second, message=None):
        if not first == second:
            self.fail(message or f"{first!r} != {second!r}")

    def assertIs(self, first, second):
        if first is not second:
            self.fail(f"{first!r} is not {second!r}")

    def assertIsNone(self, value):
        self.assertIs(value, None)

    def assertIn(self, member, container):
        self.assertTrue(member in container, f"{member!r} not in {container!r}")

    def assertNotIn(self, member, container):
        self.assertTrue(member not in container, f"{member!r} in {container!r}")

    def assertLess(self, first, second, message=None):
        self.assertTrue(first < second, message or f"{first!r} not less than {second!r}")

    def assertGreater(self, first, second, message=None):
        self.assertTrue(first > second, message or f"{first!r} not greater than {second!r}")

    def assertGreaterEqual(self, first, second, message=None):
        self.assertTrue(first >= second, message or f"{first!r} less than {second!r}")

    def assertRegex(self, text, pattern):
        self.assertTrue(re.search(pattern, text), f"{pattern!r} not found in {text!r}")

    def assertRaises(self, kind, call=None, *arguments, **keywords):
        raises = _Raises(self, kind)
        if call is None:
            return raises
        with raises:
            call(*arguments, **keywords)

    def assertRaisesRegex(self, kind, pattern):
        return _Raises(self, kind, pattern)


def _run(case, name):
    """Is the test good?"""
    try:
        try:
            case.setUp()
            getattr(case, name)()
        finally:
            case.doCleanups()
    except Exception as error:
        sys.print_exception(error)
        return False
    return True


def _tests(module):
    """(name of the class, the class or its LeftOut, name of the test, the test or its LeftOut)"""
    for class_name in sorted(dir(module)):
        thing = getattr(module, class_name)
        if isinstance(thing, LeftOut):
            yield class_name, thing, "all", thing
        elif isinstance(thing, type) and issubclass(thing, TestCase):
            for name in dir(thing):
                if name.startswith("test_"):
                    yield class_name, thing, name, getattr(thing, name)


def main(module, wanted):
    passed = failed = 0
    left_out = []
    if wanted == ["--list"]:
        for class_name, _, name, _ in _tests(module):
            print(f"{class_name}.{name}")
        host.end((1, 0, 0))
        return
    for class_name, case, name, test in _tests(module):
        if wanted and f"{class_name}.{name}" not in wanted and class_name not in wanted:
            continue
        if isinstance(test, LeftOut):
            left_out.append((f"{class_name}.{name}", test.reason))
            continue
        print(f"{class_name}.{name}")
        if _run(case(), name):
            passed += 1
        else:
            print(f"FAIL: {class_name}.{name}")
            failed += 1
    for name, reason in left_out:
        print(f"left out: {name}: {reason}")
    print(f"{passed} passed, {failed} failed, {len(left_out)} left out")
    host.end((passed, failed, len(left_out)))
    sys.exit(failed > 0 or passed == 0)
