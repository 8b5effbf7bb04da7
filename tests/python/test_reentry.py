#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What code of the user's may do in the middle of a call: every call × every place where such code runs × everything it may do there.

The places are of three kinds, and each has its rule (docs/PYTHON.md, "In the middle of a call"):

    in a signal handler    to end things and to look at them is allowed; the rest is a RuntimeError
    in another thread      a RuntimeError
    in an argument         as if it had been done before the call

In a handler and in an argument it may also be a finaliser or the callback of a weak reference that does it.  Whatever was done, the
bus is free and right afterwards.
"""

import contextlib
import gc
import itertools
import signal
import threading
import time
import types
import unittest
import weakref

from targets import EIO, End, I2CTarget, Later, TargetTest, wait_until
from microcontroller import pin
import protocol

DATA = bytes(range(1, 101))
BIG = 4096

# What may be done to a target and its request, by what it does.
ACTIONS = {
    "moves": {
        "request()": lambda s: s.device.request(),
        "request(timeout=0.001)": lambda s: s.device.request(timeout=0.001),
        "read()": lambda s: s.request.read(),
        "read(0)": lambda s: s.request.read(0),
        "read(1)": lambda s: s.request.read(1),
        "read(bigger)": lambda s: s.request.read(BIG),
        "write(one)": lambda s: s.request.write(b"\xee"),
        "write(bigger)": lambda s: s.request.write(b"\xee" * BIG),
        "ack()": lambda s: s.request.ack(),
        "ack(False)": lambda s: s.request.ack(False),
        "__init__()": lambda s: s.device.__init__(pin.SCL1, pin.SDA1, (0x50,)),
    },
    "ends the request": {
        "request.deinit()": lambda s: s.request.deinit(),
        "request.__exit__()": lambda s: s.request.__exit__(None, None, None),
    },
    "ends the target": {
        "deinit()": lambda s: s.device.deinit(),
        "__exit__()": lambda s: s.device.__exit__(None, None, None),
    },
    "looks": {
        "fileno()": lambda s: s.device.fileno() > 0,
        "counters": lambda s: s.device.counters[0],
    },
    "only looks at the object": {
        "repr": lambda s: (repr(s.device), repr(s.request)),
        "fields": lambda s: (s.request.end, s.request.moved, s.request.address, s.request.is_read, s.request.is_restart),
        "__enter__()": lambda s: s.request.__enter__() is s.request and s.device.__enter__() is s.device,
        "dropped": lambda s: (vars(s).pop("device"), vars(s).pop("request")) and None,
    },
}
REFUSED_TO_HANDLERS = ("moves",)
REFUSED_TO_THREADS = ("moves", "ends the request", "ends the target", "looks")


def all_actions():
    return [(group, name, action) for group, actions in ACTIONS.items() for name, action in actions.items()]


# ---- by what it is done: each calls `action` ----------------------------------------------------


def directly(action):
    action()


def by_a_finaliser(action):
    class Doomed:
        def __init__(self):
            self.itself = self

        def __del__(self):
            action()

    Doomed()
    gc.collect()


def by_a_weak_reference(action):
    class Doomed:
        pass

    doomed = Doomed()
    reference = weakref.ref(doomed, lambda _: action())
    del doomed
    assert reference() is None


WAYS = (directly, by_a_finaliser, by_a_weak_reference)


def outcome(call):
    """What came of it, so that two of them can be compared."""
    try:
        result = call()
    except (ValueError, RuntimeError, OSError) as error:
        return type(error).__name__, str(error)
    return "result", bytes(result) if isinstance(result, bytearray) else result if isinstance(result, (int, tuple, str)) else type(result)


class ReentryTest(TargetTest):
    STEP = 1  # more: only so many of the combinations are tried

    def scene(self, message):
        """A target and its first request."""
        device, controller = I2CTarget(pin.SCL1, pin.SDA1, (0x40,)), protocol.Controller()
        self.addCleanup(controller.close)
        self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 3000), 0)
        controller.send_transfer([(0x40, message)])
        return types.SimpleNamespace(device=device, request=device.request(timeout=5), controller=controller)

    def assert_serves(self):
        """A new target at the same pins and address has a bus that is free and right."""
        gc.collect()
        with contextlib.closing(protocol.Controller()) as controller, I2CTarget(pin.SCL1, pin.SDA1, (0x40,)) as device:
            controller.send_transfer([(0x40, b"\x12\x34"), (0x40, 2)])
            with device.request(timeout=5) as request:
                self.assertEqual((request.is_restart, request.read()), (False, b"\x12\x34"))
            with device.request(timeout=5) as request:
                self.assertEqual((request.is_restart, request.write(b"\x56\x78")), (True, 2))
            self.assertEqual(controller.transfer_reply(), (2, [b"\x56\x78"]))


# ---- while a call waits -------------------------------------------------------------------------


class WaitTest(ReentryTest):
    """Calls that stand still on the bus until resume()."""

    def waiting_request(self):
        scene = self.scene(b"\x01")
        scene.request.read()
        scene.controller.transfer_reply()
        scene.call, scene.expected = (lambda device=scene.device: device.request(timeout=0).read()), b"\x05"
        scene.resume = lambda: scene.controller.send_transfer([(0x40, b"\x05")])
        scene.expected_again = scene.expected
        scene.ended = {"ends the target": "deinitialised"}
        return scene

    def waiting_transfer(self, message, first, rest):
        """A second target at the same address answers only the first byte for now."""
        other = protocol.Target(addresses=[0x40])
        self.addCleanup(other.close)
        scene = self.scene(message)
        serial = other.next_call().serial
        other.commit(serial, **first)
        scene.resume = lambda: other.commit(serial, **rest)
        scene.ended = {"ends the target": "closed", "ends the request": "closed"}
        scene.other = other
        return scene

    def waiting_read(self, *arguments):
        scene = self.waiting_transfer(DATA, {"count": 2}, {"count": len(DATA)})
        scene.call, scene.expected = (lambda request=scene.request: request.read(*arguments)), DATA[: arguments[0] if arguments else None]
        scene.expected_again = scene.expected
        return scene

    def waiting_write(self):
        scene = self.waiting_transfer(4, {"count": 1, "data": DATA[:1]}, {"then": protocol.THEN_REFUSE})
        scene.call, scene.expected = (lambda request=scene.request: request.write(bytearray(DATA[:4]))), 4
        scene.expected_again = 0  # the interrupted one has given all that the controller wants
        return scene

    def scenes(self):
        yield "request()", self.waiting_request
        yield "read()", self.waiting_read
        yield "read(8)", lambda: self.waiting_read(8)
        yield "read(90)", lambda: self.waiting_read(90)
        yield "read(8, False)", lambda: self.waiting_read(8, False)
        yield "write()", self.waiting_write

    def combinations(self, ways=(None,)):
        every = itertools.product(self.scenes(), all_actions(), ways)
        for (name, make), (group, action_name, action), way in itertools.islice(every, 0, None, self.STEP):
            with self.subTest(call=name, action=action_name, way=way and way.__name__):
                scene = make()
                yield scene, group, action, way
                self.close(scene)
        self.assert_serves()

    def close(self, scene):
        for which in "request", "device":
            if hasattr(scene, which):
                getattr(scene, which).deinit()
        if hasattr(scene, "other"):
            scene.other.close()
        scene.controller.close()
        vars(scene).clear()
        self.assert_serves()

    @staticmethod
    def is_in_a_call(device):
        """For another thread to ask."""
        try:
            device.counters
        except RuntimeError:
            return True
        return False

    def during(self, scene, in_thread):
        """The call, and in_thread() in a thread when it waits."""

        def run(device=scene.device):
            wait_until(lambda: self.is_in_a_call(device), "the call waits")
            del device
            in_thread()

        with Later(run):
            return scene.call()

    def with_handler(self, scene, action):
        """The call, and action() in a signal handler in the middle of it."""
        is_done = []

        def handler(*_):
            if not is_done:
                is_done.append(True)
                action()

        def signal_it(main=threading.main_thread().ident):
            while not is_done:
                signal.pthread_kill(main, signal.SIGUSR1)
                time.sleep(0.002)

        before = signal.signal(signal.SIGUSR1, handler)
        try:
            return self.during(scene, signal_it)
        finally:
            signal.signal(signal.SIGUSR1, before)

    def assert_call_fares(self, scene, group, result):
        """The call ended with what was done in it, or is as if nothing had been done."""
        if group in scene.ended:
            self.assertEqual(result[0], "ValueError")
            self.assertIn(scene.ended[group], result[1])
        else:
            self.assertEqual(result, ("result", scene.expected))

    def assert_refused(self, result, words):
        self.assertEqual(result[0], "RuntimeError", result)
        self.assertIn(words, result[1])


class InAWait(WaitTest):
    def test_a_handler_that_catches(self):
        for scene, group, action, way in self.combinations(WAYS):
            seen = []

            def act():
                way(lambda: seen.append(outcome(lambda: action(scene))))
                scene.resume()

            result = outcome(lambda: self.with_handler(scene, act))
            if group in REFUSED_TO_HANDLERS:
                self.assert_refused(seen[0], "reentrant")
            else:
                self.assertEqual(seen[0][0], "result", seen)
            self.assert_call_fares(scene, group, result)

    def test_a_handler_that_raises(self):
        """The call ends, nothing is lost, and the same call gets what it would have got."""
        for scene, group, action, _ in self.combinations():
            if group in REFUSED_TO_HANDLERS:
                self.assert_refused(outcome(lambda: self.with_handler(scene, lambda: action(scene))), "reentrant")
                scene.resume()
                self.assertEqual(outcome(scene.call), ("result", scene.expected_again))

    def test_a_handler_that_ends_it_and_raises(self):
        for scene, group, action, _ in self.combinations():

            def act():
                action(scene)
                raise ZeroDivisionError

            if group in scene.ended:
                with self.assertRaises(ZeroDivisionError):
                    self.with_handler(scene, act)
                self.assert_call_fares(scene, group, outcome(scene.call))

    def test_another_thread(self):
        for scene, group, action, _ in self.combinations():
            seen = []

            def act():
                seen.append(outcome(lambda: action(scene)))
                scene.resume()

            result = outcome(lambda: self.during(scene, act))
            if group in REFUSED_TO_THREADS:
                self.assert_refused(seen[0], "another thread")
            else:
                self.assertEqual(seen[0][0], "result", seen)
            self.assertEqual(result, ("result", scene.expected))


class TheBuffer(WaitTest):
    """The buffer of a write() belongs to the user again as soon as the write() is over."""

    def test_of_refused_calls(self):
        scene, data = self.waiting_read(), bytearray(b"\x01\x02")

        def act():
            self.assert_refused(outcome(lambda: scene.request.write(data)), "reentrant")
            data.append(3)
            scene.resume()

        self.assertEqual(self.with_handler(scene, act), DATA)
        self.close(scene)

    def test_of_a_call_that_waits(self):
        scene, data = self.waiting_write(), bytearray(DATA[:4])
        scene.call = lambda request=scene.request: request.write(data)

        def act():
            self.assertRaises(BufferError, data.append, 3)
            data[:] = b"\x77" * 4  # a copy is on its way
            scene.resume()

        self.assertEqual(self.with_handler(scene, act), 4)
        data.append(3)
        self.assertEqual(scene.controller.transfer_reply(), (1, [DATA[:4]]))
        self.close(scene)


# ---- in an argument -----------------------------------------------------------------------------


class Hook:
    """An argument whose conversion runs something: int, float, truth, iterable, pin."""

    id = 0

    def __init__(self, value, run):
        self.value, self.run = value, run

    def __index__(self):
        self.run()
        return self.value

    def __float__(self):
        self.run()
        return float(self.value)

    def __bool__(self):
        self.run()
        return self.value

    def __iter__(self):
        self.run()
        yield from self.value


class InAnArgument(ReentryTest):
    """The same thing done before the call, and in its argument: it must come out the same."""

    CALLS = {
        "request(timeout=)": lambda s, hook: s.device.request(timeout=hook(-1)),
        "read(n)": lambda s, hook: s.request.read(hook(2)),
        "read(ack=)": lambda s, hook: s.request.read(2, hook(False)),
        "ack()": lambda s, hook: s.request.ack(hook(True)),
        "init(smbus)": lambda s, hook: s.device.__init__(pin.SCL1, pin.SDA1, (0x40,), hook(False)),
        "init(addresses)": lambda s, hook: s.device.__init__(pin.SCL1, pin.SDA1, hook((0x40,))),
        "init(an address)": lambda s, hook: s.device.__init__(pin.SCL1, pin.SDA1, (hook(0x40),)),
    }

    def played(self, call, action, way):
        """All that can be seen of it: (what came of the action, of the call, of the rest, the controller's reply)."""
        scene, seen = self.scene(DATA[:4]), []
        self.assertEqual(scene.request.read(1), DATA[:1])
        device, request = scene.device, scene.request

        def act():
            way(lambda: seen.append(outcome(lambda: action(scene))))

        try:
            seen.append(outcome(lambda: call(types.SimpleNamespace(device=device, request=request), act)))
            seen.append(outcome(request.read))
            seen.append((request.end, request.moved, repr(device)))
        finally:
            device.deinit()
        seen.append(scene.controller.transfer_reply())
        scene.controller.close()
        return seen

    def test_as_if_done_before(self):
        every = itertools.product(self.CALLS.items(), all_actions())
        for (name, call), (_, action_name, action) in itertools.islice(every, 0, None, self.STEP):

            def before(scene, act):
                act()
                return call(scene, lambda value: value)

            def inside(scene, act):
                return call(scene, lambda value: Hook(value, act))

            expected = self.played(before, action, directly)
            for way in WAYS:
                with self.subTest(call=name, action=action_name, way=way.__name__):
                    self.assertEqual(self.played(inside, action, way), expected)
            self.assert_serves()

    def initialised_inside(self, inside):
        """The constructor, with one of the same object inside of it: the inner one counts, and leaves nothing behind."""
        device = I2CTarget.__new__(I2CTarget)

        def run():
            device.__init__(pin.SCL1, pin.SDA1, (0x50,))

        with self.assertRaisesRegex(ValueError, "serves already"):
            inside(device, run)
        self.assertEqual(repr(device), "<I2CTarget on bus 1 at 0x50>")
        controller = self.controller()
        controller.send_transfer([(0x40, b"")])
        self.assertEqual(controller.transfer_reply()[0], -6)
        controller.send_transfer([(0x50, b"\x07")])
        self.assertEqual(device.request(timeout=5).read(), b"\x07")
        self.assertEqual(controller.transfer_reply()[0], 1)
        controller.close()
        del device
        self.assert_serves()

    def test_a_constructor_inside_of_itself(self):
        self.initialised_inside(lambda device, run: device.__init__(pin.SCL1, pin.SDA1, Hook((0x40,), run)))
        self.initialised_inside(lambda device, run: device.__init__(pin.SCL1, pin.SDA1, (Hook(0x40, run),)))
        self.initialised_inside(lambda device, run: device.__init__(pin.SCL1, pin.SDA1, (0x40,), Hook(False, run)))

    def test_a_failed_constructor_changes_nothing(self):
        device = self.device((0x41,))
        for arguments in (pin.SCL1, pin.SDA1, (0x50,)), (pin.SCL2, pin.SDA2, (0x50,)), (pin.SCL1, pin.SDA2, (0x50,)):
            self.assertRaises(ValueError, device.__init__, *arguments)
            self.assertEqual(repr(device), "<I2CTarget on bus 1 at 0x41>")


class Collected(ReentryTest):
    def test_while_a_request_is_made(self):
        """The collector runs whenever an object is made: finalisers then run inside of our calls."""

        class Doomed:
            def __init__(self, action):
                self.itself, self.action = self, action

            def __del__(self):
                self.action()

        thresholds = gc.get_threshold()
        for _, name, action in all_actions():
            with self.subTest(action=name):
                scene, seen = self.scene(DATA[:4]), []
                device = scene.device
                Doomed(lambda: seen.append(outcome(lambda: action(scene))))
                gc.set_threshold(1, 1, 1)
                try:
                    outcome(device.request)
                finally:
                    gc.set_threshold(*thresholds)
                gc.collect()
                self.assertEqual(len(seen), 1)
                device.deinit()
                scene.controller.close()
                self.assert_serves()


if __name__ == "__main__":
    unittest.main()
