#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `i2ctarget attach` passes on between the kernel and a bus, and how it begins and ends.  The kernel and vhci-hcd are simulated."""

import contextlib
import errno
import os
import signal
import socket
import struct
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import kernel
import protocol
from attaching import ADAPTER, Attachment, Vhci
from buses import BusTest, wait_until
from kernel import Kernel, Setup

ENDED = "i2ctarget attach: bus 1 has ended, or somebody has detached it\n"
VIOLATED = "i2ctarget attach: bus 1 is no I2C adapter, and was detached: "
KEYBOARD = bytes([18, 1, 0x10, 1, 0, 0, 0, 64, 0x6D, 0x04, 0x1C, 0xC3, 0, 1, 1, 2, 0, 1])


class FakeBus:
    """Poses as a bus, and sends anything to the attaching process."""

    def __init__(self, directory):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(directory + "/bus-1")
        self.listener.listen()
        self.thread = threading.Thread(target=self.welcome)
        self.thread.start()

    def welcome(self):
        self.link = self.listener.accept()[0]
        self.link.settimeout(10)
        hello, self.descriptors, _, _ = socket.recv_fds(self.link, 48, 1)
        role = struct.unpack("<H", hello[14:16])[0]
        assert (len(hello), role) == (48, protocol.ADAPTER), (len(hello), role)
        self.say(protocol.WELCOME, struct.pack("<HHII", protocol.VERSION, 0, 1, 100000))

    def close(self):
        with contextlib.suppress(OSError):
            self.link.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        for opened in self.listener, self.link:
            opened.close()

    def next_frame(self):
        """(type, payload)"""
        length, kind, _ = struct.unpack("<IHH", self.link.recv(8, socket.MSG_WAITALL))
        return kind, self.link.recv(length, socket.MSG_WAITALL) if length else b""

    def say(self, kind, payload=b""):
        self.link.sendall(struct.pack("<IHH", len(payload), kind, 0) + payload)

    def answer(self, result=0, data=b""):
        self.say(protocol.STEPPED, struct.pack("<i", result) + data)

    def is_idle(self):
        """Nothing was asked."""
        self.link.setblocking(False)
        try:
            return not self.link.recv(1)
        except BlockingIOError:
            return True
        finally:
            self.link.settimeout(10)


class FakeBusTest(BusTest):
    def attach(self):
        self.bus = FakeBus(self.directory)
        self.addCleanup(self.bus.close)
        self.linux = self.opened(Kernel())
        self.assertEqual(self.linux.owner.await_line(), f"/dev/i2c-{ADAPTER} is bus 1\n")

    def detach(self):
        self.linux.close()
        self.bus.close()
        os.unlink(self.directory + "/bus-1")

    def assert_asked(self, what, place=protocol.BEGINS | protocol.ENDS):
        is_read = isinstance(what, int)
        head = struct.pack("<HHHH", 0x40, is_read, what if is_read else len(what), place)
        self.assertEqual(self.bus.next_frame(), (protocol.STEP, head + (b"" if is_read else what)))

    def ask(self, what=3):
        """Sends a message and waits until the bus has got it.  Returns the seqnum."""
        seqnum = self.linux.send_message(0x40, what)
        self.assert_asked(what)
        return seqnum


class Strangers(FakeBusTest):
    """Another user's bus is an I2C adapter, or nothing."""

    def test_a_keyboard(self):
        """Whatever the bus would answer, it is not asked what the device is."""
        self.attach()
        for _ in range(3):
            device, configuration, strings = self.linux.enumerate()
            self.assertEqual(device.hex(" "), "12 01 10 01 ff 00 00 40 03 04 31 c6 05 01 01 02 00 01")
            self.assertEqual(configuration.hex(" "), "09 02 12 00 01 01 00 80 05 09 04 00 00 00 ff 00 00 00")
            self.assertEqual(strings, ["i2ctarget", "i2ctarget bus 1"])
            self.linux.probe()
            self.assertEqual(self.linux.functionality(), 0x0EFF001D)
            self.assertEqual(self.linux.status(), 0)
        for setup in (Setup(0x81, 6, 0x2200, 0, 63),  # the report descriptor of a keyboard
                      Setup(0xA1, 1, 0x100, 0, 8), Setup(0x21, 10, 0, 0, 0), Setup(0xC0, 4, 0, 0, 4), Setup(0xC1, 8, 0, 0, 4)):
            self.assertEqual(self.linux.control(setup).status, kernel.STALL)
        self.assertEqual(self.linux.control(Setup(kernel.VENDOR_IN, 7, 1, 0x40, 8), endpoint=1).status, kernel.STALL)
        self.assertTrue(self.bus.is_idle())
        self.assertEqual(self.bus.descriptors, [])  # only one process has the kernel's stream

    def test_a_buffer_that_no_answer_fits(self):
        self.attach()
        for length in 0, 2, 4, 0x10000, 0xFFFFFFFF:
            self.assertEqual(self.linux.control(Setup(kernel.VENDOR_IN, 7, 1, 0x40, 3), length=length).status, kernel.STALL)
        self.assertTrue(self.bus.is_idle())

    def assert_thrown_out(self, why):
        self.assertEqual(self.linux.owner.await_end(), (1, "", VIOLATED + why + "\n"))
        self.assertEqual(self.linux.owner.vhci.count("detach"), 1)
        self.assertEqual(self.linux.socket.recv(1000), b"")

    def test_answers_to_no_question(self):
        self.attach()
        seqnum = self.linux.submit(Setup(kernel.STANDARD_IN, kernel.GET_DESCRIPTOR, kernel.DEVICE << 8, 0, 18))
        self.assertEqual(self.linux.result(seqnum).data[4], 0xFF)
        self.bus.answer(0, KEYBOARD)
        self.assert_thrown_out("an answer that nobody has asked for")

    def test_answers_of_another_kind_or_size(self):
        done = struct.pack("<i", 0)
        for what, kind, payload in ((3, protocol.STEPPED, done + b"ab"), (3, protocol.STEPPED, done + b"abcd"), (3, protocol.STEPPED, done),
                                    (3, protocol.STEPPED, b"\0\0\0"), (3, protocol.STEPPED, b""), (3, protocol.STEPPED, struct.pack("<i", 3) + b"abc"),
                                    (3, protocol.STEPPED, struct.pack("<i", -4096)), (3, protocol.STEPPED, struct.pack("<i", -5) + b"abc"),
                                    (b"xyz", protocol.STEPPED, done + b"abc"), (b"", protocol.STEPPED, done + b"a"),
                                    (3, protocol.REPLY, done + b"abc"), (3, protocol.STEP, done + b"abc"), (3, 0, done + b"abc"),
                                    (3, protocol.TRANSFER, bytes(52))):
            with self.subTest(what=what, kind=kind, payload=payload):
                self.attach()
                self.ask(what)
                self.bus.say(kind, payload)
                self.assert_thrown_out("an answer that an I2C adapter does not give")
                self.detach()

    def test_what_is_no_frame(self):
        self.attach()
        self.ask()
        self.bus.link.sendall(struct.pack("<IHH", 0xFFFFFFFF, protocol.STEPPED, 0))
        self.assert_thrown_out("an answer that an I2C adapter does not give")

    def test_the_same_answer_twice(self):
        self.attach()
        seqnum = self.ask()
        self.bus.answer(0, b"abc")
        self.assertEqual(self.linux.result(seqnum), (0, 3, b"abc"))
        self.bus.answer(0, b"abc")
        self.assert_thrown_out("an answer that nobody has asked for")

    def test_answers_to_what_it_has_not_read(self):
        """The number of answers that wait for it must be limited."""
        self.attach()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, protocol.Gone):
            for _ in range(2000):
                seqnum = self.linux.send_message(0x40, bytes(8192))
                self.linux.status()  # so it has asked the bus by now
                self.bus.answer()
                self.linux.result(seqnum)
        self.assert_thrown_out("answers to what it has not read")

    def test_errors(self):
        """The driver learns from the status that no target has the address.  All other errors are a
        STALL."""
        self.attach()
        for what in 3, b"xyz":
            for error, expected in ((errno.ENXIO, (0, 3, bytes(3) if what == 3 else b"")), (errno.EIO, (kernel.STALL, 0, b"")),
                                    (errno.ETIMEDOUT, (kernel.STALL, 0, b"")), (4095, (kernel.STALL, 0, b""))):
                seqnum = self.ask(what)
                self.bus.answer(-error)
                self.assertEqual(self.linux.result(seqnum), expected)
                self.assertEqual(self.linux.status(), 2 if error == errno.ENXIO else 1)

    def test_an_answer_in_pieces(self):
        self.attach()
        seqnum = self.ask(100)
        for byte in struct.pack("<IHHi", 104, protocol.STEPPED, 0, 0) + bytes(range(100)):
            self.bus.link.sendall(bytes([byte]))
        self.assertEqual(self.linux.result(seqnum).data, bytes(range(100)))


class Steps(FakeBusTest):
    """What a bus is asked, and when it learns that the kernel no longer waits."""

    def step(self, what, begins, ends, result=0):
        seqnum = self.linux.send_message(0x40, what, begins, ends)
        self.assert_asked(what, (protocol.BEGINS if begins else 0) | (protocol.ENDS if ends else 0))
        self.bus.answer(result, bytes(what) if isinstance(what, int) and result == 0 else b"")
        self.linux.result(seqnum)

    def assert_given_up(self):
        self.assertEqual(self.bus.next_frame(), (protocol.GIVE_UP, b""))

    def assert_stalls(self, *arguments, **keywords):
        self.assertEqual(self.linux.result(self.linux.send_message(0x40, *arguments, **keywords)).status, kernel.STALL)

    def test_a_transfer(self):
        self.attach()
        for _ in range(2):
            self.step(b"a", True, False)
            self.step(2, False, False)
            self.step(3, False, True)
        self.assertTrue(self.bus.is_idle())

    def test_a_refusal_ends_the_transfer(self):
        self.attach()
        for result in -errno.ENXIO, -errno.EIO, -errno.EINVAL:
            self.step(b"a", True, False)
            self.step(b"b", False, False, result)
            self.assert_stalls(b"c", False, True)
        self.step(b"a", True, True)
        self.assertTrue(self.bus.is_idle())

    def test_begin_again(self):
        self.attach()
        self.step(b"a", True, False)
        seqnum = self.linux.send_message(0x40, b"b")
        self.assert_given_up()
        self.assert_asked(b"b")
        self.bus.answer()
        self.linux.result(seqnum)

    def test_what_is_refused_here_ends_the_transfer_there(self):
        self.attach()
        self.step(b"a", True, False)
        self.assert_stalls(1, False, True, flags=protocol.I2C_M_RECV_LEN)
        self.assert_given_up()
        self.assert_stalls(1, False, True)
        self.assertTrue(self.bus.is_idle())

    def test_one_at_a_time(self):
        self.attach()
        seqnum = self.linux.send_message(0x40, b"a", True, False)
        self.assert_asked(b"a", protocol.BEGINS)
        self.assert_stalls(b"b", False, True)
        self.assertTrue(self.bus.is_idle())
        self.bus.answer()
        self.linux.result(seqnum)
        self.step(b"b", False, True)


class Silence(FakeBusTest):
    """A bus that does not answer makes nothing wait in the kernel."""

    def take_back(self, seqnum):
        unlink = self.linux.unlink(seqnum)
        self.assertEqual(self.linux.unlink_status(unlink), kernel.CANCELLED)
        self.assertEqual(self.bus.next_frame(), (protocol.GIVE_UP, b""))

    def assert_works(self):
        seqnum = self.ask()
        self.bus.answer(0, b"def")
        self.assertEqual(self.linux.result(seqnum).data, b"def")

    def test_what_is_taken_back_is_over_at_once(self):
        self.attach()
        for is_done in False, True:
            self.take_back(self.ask())
            self.linux.enumerate()
            seqnum = self.ask()
            self.bus.answer(*(0, b"abc") if is_done else (-errno.ETIMEDOUT,))
            self.bus.answer(0, b"def")
            self.assertEqual(self.linux.result(seqnum).data, b"def")
            self.assert_works()
        self.assertEqual(self.linux.results, {})

    def test_what_is_answered_cannot_be_taken_back(self):
        self.attach()
        seqnum = self.ask()
        self.bus.answer(0, b"abc")
        self.linux.result(seqnum)
        self.assertEqual(self.linux.unlink_status(self.linux.unlink(seqnum)), 0)
        self.assertTrue(self.bus.is_idle())
        self.assert_works()

    def test_taken_back_twice(self):
        self.attach()
        seqnum = self.ask()
        self.take_back(seqnum)
        self.assertEqual(self.linux.unlink_status(self.linux.unlink(seqnum)), 0)
        self.assertTrue(self.bus.is_idle())
        self.bus.answer(-errno.ECANCELED)
        self.assert_works()

    def test_another_one_is_not_taken_back(self):
        self.attach()
        seqnum = self.ask()
        self.assertEqual(self.linux.unlink_status(self.linux.unlink(seqnum + 1)), 0)
        self.bus.answer(0, b"abc")
        self.assertEqual(self.linux.result(seqnum).data, b"abc")

    def test_late_answers_twice(self):
        self.attach()
        self.take_back(self.ask())
        for _ in range(2):
            self.bus.answer(0, b"abc")
        self.assertIn("an answer that nobody has asked for", self.linux.owner.await_end()[2])

    def test_late_answers_have_a_form_as_well(self):
        self.attach()
        self.take_back(self.ask())
        self.bus.answer(0, b"abcd")
        self.assertIn("an answer that an I2C adapter does not give", self.linux.owner.await_end()[2])

    def test_too_many_that_are_not_confirmed(self):
        self.attach()
        for _ in range(8):
            self.take_back(self.ask())
        self.assertEqual(self.linux.result(self.linux.send_message(0x40, 3)).status, kernel.STALL)
        self.linux.enumerate()
        self.assertTrue(self.bus.is_idle())
        for _ in range(8):
            self.bus.answer(-errno.ETIMEDOUT)
        wait_until(self.is_taken, "the gate has read that")
        self.assertEqual(self.linux.results, {})

    def is_taken(self):
        """The kernel asks the bus again, and gets an answer."""
        seqnum = self.linux.send_message(0x40, 3)
        self.bus.link.settimeout(0.05)
        try:
            self.assert_asked(3)
        except TimeoutError:
            self.assertEqual(self.linux.result(seqnum).status, kernel.STALL)
            return False
        self.bus.answer(0, b"def")
        self.assertEqual(self.linux.result(seqnum).data, b"def")
        return True

    def test_one_that_does_not_even_read(self):
        """Nothing is read at the bus's end.  Still the kernel's requests are answered."""
        self.attach()
        for _ in range(20):
            seqnum = self.linux.send_message(0x40, bytes(8192))
            self.linux.unlink_status(self.linux.unlink(seqnum))
            self.linux.results.pop(seqnum, None)
        self.linux.enumerate()


class ComingAndGoing(BusTest):
    def attach(self, vhci=None, **keywords):
        self.attachment = self.opened(Attachment(vhci=vhci, **keywords))
        self.vhci = self.attachment.vhci
        return self.attachment

    def attached(self, vhci=None, **keywords):
        self.bus = self.start()
        self.attach(vhci, **keywords)
        self.assertEqual(self.attachment.await_line(), f"/dev/i2c-{ADAPTER} is bus 1\n")
        return self.attachment

    def clock(self):
        """For the command's environment: its clock runs as the test wishes (attach_bus.c)."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.directory + "/later")
        return {"AN_HOUR_LATER": self.directory + "/later"}

    def an_hour_passes(self):
        with open(self.directory + "/later", "w", encoding="ascii"):
            pass

    def assert_freed(self, times):
        self.assertEqual(self.vhci.count("detach"), times)

    def test_a_signal_frees_the_port_once(self):
        self.attached()
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            self.assertEqual(self.attachment.end(number), (0, "", ""))
            self.assert_freed(1)
            self.assertEqual(self.vhci.stream.recv(1), b"")
            self.attach()
            self.attachment.await_line()
        self.assertEqual(self.bus.stop(), (0, "", ""))

    def test_a_signal_that_was_ignored_at_the_start_stays_ignored(self):
        """As in `nohup i2ctarget attach`.  A blocked signal would end it, ignored or not."""
        self.addCleanup(signal.signal, signal.SIGHUP, signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.attached()
        with open(f"/proc/{self.attachment.process.pid}/status", encoding="ascii") as status:
            masks = dict(line.split(":", 1) for line in status)
        taken = {number for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP) if int(masks["SigBlk"], 16) >> number - 1 & 1}
        self.assertEqual(taken, {signal.SIGTERM, signal.SIGINT})
        self.assertEqual(self.attachment.end(), (0, "", ""))

    def test_detaching_waits_for_the_kernel(self):
        self.attached(Vhci(lets_go=False))
        self.attachment.process.terminate()
        wait_until(lambda: self.vhci.count("detach"), "detached")
        for phase in ["adapter"] * 2:  # it asks, again and again
            asked = self.vhci.count(phase)
            wait_until(lambda: self.vhci.count(phase) > asked + 3, phase)
            self.assertIsNone(self.attachment.process.poll())
        self.vhci.free()
        self.assertEqual(self.attachment.await_end(), (0, "", ""))
        self.assert_freed(1)

    def test_a_kernel_that_does_not_let_go(self):
        self.attached(Vhci(lets_go=False), environment=self.clock())
        self.attachment.process.terminate()
        wait_until(lambda: self.vhci.count("detach"), "detached")
        self.an_hour_passes()
        self.assertEqual(self.attachment.await_end(),
                         (1, "", f"i2ctarget attach: the kernel does not let go of /dev/i2c-{ADAPTER}\n"))
        self.assert_freed(1)

    def test_a_kernel_that_makes_no_adapter(self):
        """It has not even found the device, or has no driver that takes it."""
        self.start()
        for keywords, device in ({"adapter_is_there": False}, "(not even found)"), ({"has_driver": False}, "1-1"):
            self.attach(Vhci(**keywords), environment=self.clock())
            wait_until(lambda: self.vhci.count("look") > 2, "it looks for the adapter")
            self.an_hour_passes()
            self.assertEqual(self.attachment.await_end(),
                             (1, "", f"i2ctarget attach: the kernel has made no adapter of USB device {device}: see its log (dmesg)\n"))
            self.assert_freed(1)

    def test_no_nodes(self):
        """It stays: kernel drivers can use it."""
        self.attached(environment={"NO_NODES": "1"})
        self.assertEqual(self.attachment.end(), (0, "", "i2ctarget attach: programs cannot use it: this kernel has no i2c-dev, or its module "
                                                        "could not be loaded\n"))

    def test_service_manager_is_told(self):
        """When the adapter is there, and not before."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(self.directory + "/notify")
            manager.settimeout(10)
            self.start()
            self.attach(Vhci(adapter_is_there=False), environment={"NOTIFY_SOCKET": self.directory + "/notify"})
            looked = self.vhci.count("look")
            wait_until(lambda: self.vhci.count("look") > looked + 3, "it looks for the adapter")
            manager.setblocking(False)
            self.assertRaises(BlockingIOError, manager.recv, 100)
            manager.settimeout(10)
            self.vhci.adapter_is_there = True
            self.assertEqual(manager.recv(100), b"READY=1")
            self.assertEqual(self.attachment.end()[0], 0)

    def test_signals_while_it_detaches_count_no_more(self):
        self.attached(Vhci(lets_go=False))
        self.attachment.process.terminate()
        wait_until(lambda: self.vhci.count("detach"), "detached")
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            self.attachment.process.send_signal(number)
        self.vhci.free()
        self.assertEqual(self.attachment.await_end(), (0, "", ""))
        self.assert_freed(1)

    def test_a_signal_in_the_middle_of_attaching(self):
        """The kernel gets a moment to finish what it is doing."""
        self.start()
        self.attach(Vhci(adapter_is_there=False))
        wait_until(lambda: self.vhci.count("look"), "it looks for the adapter")
        self.attachment.process.terminate()
        looked = self.vhci.count("look")
        wait_until(lambda: self.vhci.count("look") > looked + 3, "it goes on looking")
        self.assert_freed(0)
        self.vhci.adapter_is_there = True
        self.assertEqual(self.attachment.await_end(), (0, "", ""))
        self.assert_freed(1)

    def test_a_signal_and_no_adapter(self):
        self.start()
        self.attach(Vhci(adapter_is_there=False))
        wait_until(lambda: self.vhci.count("look"), "it looks for the adapter")
        self.assertEqual(self.attachment.end(), (0, "", ""))
        self.assert_freed(1)

    def test_the_kernel_lets_go_by_itself(self):
        """Its end of the stream is the only one: the command has kept none."""
        self.attached()
        self.vhci.free()
        self.vhci.stream.close()
        self.assertEqual(self.attachment.await_end(), (1, "", ENDED))
        self.assert_freed(0)

    def test_the_bus_ends(self):
        self.attached()
        self.bus.stop()
        self.assertEqual(self.vhci.stream.recv(1), b"")
        self.assertEqual(self.attachment.await_end(), (1, "", ENDED))
        self.assert_freed(1)

    def test_the_bus_ends_in_the_middle_of_attaching(self):
        bus = self.start()
        self.attach(Vhci(adapter_is_there=False))
        wait_until(lambda: self.vhci.count("look"), "it looks for the adapter")
        bus.stop()
        self.assertEqual(self.vhci.stream.recv(1), b"")
        self.assertEqual(self.attachment.await_end(), (1, "", ENDED))
        self.assert_freed(1)

    def test_killed(self):
        self.attached()
        self.attachment.process.kill()
        self.assertEqual(self.vhci.stream.recv(1), b"")
        self.assert_works()

    def test_output_that_can_not_be_written(self):
        self.start()
        with open("/dev/full", "w") as full:
            self.attach(stdout=full)
        self.assertEqual(self.attachment.await_end(),
                         (1, None, "i2ctarget attach: cannot say which adapter it is: No space left on device\n"))
        self.assert_freed(1)

    def test_a_kernel_that_does_not_take_it(self):
        self.start()
        for error, text in ((errno.ENOSPC, "all ports of vhci-hcd are taken"),
                            (errno.EINVAL, "vhci-hcd does not take the bus: Invalid argument")):
            self.attach(Vhci(refusal=error))
            self.assertEqual(self.attachment.await_end(), (1, "", f"i2ctarget attach: {text}\n"))
            self.assertEqual(self.vhci.questions, ["attach"])

    def test_no_bus(self):
        status, out, err = self.attach().await_end()
        self.assertEqual((status, out, self.vhci.questions), (1, "", []))
        self.assertIn("no bus 1: start it", err)


if __name__ == "__main__":
    unittest.main()
