#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `i2ctarget attach` lets through between the kernel and a bus, and how it comes and goes; the kernel and vhci-hcd are played."""

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
import test_stream
import test_transfers
from attaching import ADAPTER, AttachedKernel, Attachment, Vhci
from buses import BusTest, wait_until
from kernel import Setup

ENDED = "i2ctarget attach: bus 1 has ended, or somebody has detached it\n"
VIOLATED = "i2ctarget attach: bus 1 is no I2C adapter, and was detached: "
KEYBOARD = bytes([18, 1, 0x10, 1, 0, 0, 0, 64, 0x6D, 0x04, 0x1C, 0xC3, 0, 1, 1, 2, 0, 1])


class FakeBus:
    """Somebody who poses as a bus, and says what he likes to the kernel."""

    def __init__(self, directory):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(directory + "/bus-1")
        self.listener.listen()
        self.thread = threading.Thread(target=self.welcome)
        self.thread.start()

    def welcome(self):
        self.link = self.listener.accept()[0]
        _, descriptors, _, _ = socket.recv_fds(self.link, 1000, 1)
        self.stream = socket.socket(fileno=descriptors[0])
        self.stream.settimeout(10)
        welcome = struct.pack("<HHII", protocol.VERSION, 0, 1, 100000)
        self.link.sendall(struct.pack("<IHH", len(welcome), protocol.WELCOME, 0) + welcome)

    def close(self):
        with contextlib.suppress(OSError):
            self.stream.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        for opened in self.listener, self.link, self.stream:
            opened.close()

    def next_request(self):
        """(command, seqnum)"""
        header = self.stream.recv(48, socket.MSG_WAITALL)
        command, seqnum, _, direction, _, _, length = struct.unpack(">7I", header[:28])
        if command == kernel.SUBMIT and direction == kernel.OUT and length:
            self.stream.recv(length, socket.MSG_WAITALL)
        return command, seqnum

    def say(self, command, seqnum, status=0, length=0, data=b"", rest=(0, 0, 0)):
        with_junk = struct.pack(">5IiI", command, seqnum, *rest, status, length) + struct.pack(">5I", *[sum(rest)] * 5)
        self.stream.sendall(with_junk + data)

    def pose_as_keyboard(self):
        """What is asked of it, in a list that grows."""
        asked = []

        def serve():
            with contextlib.suppress(struct.error, OSError):
                while True:
                    command, seqnum = self.next_request()
                    asked.append(command)
                    self.say(kernel.SUBMITTED, seqnum, 0, len(KEYBOARD), KEYBOARD)

        self.thread = threading.Thread(target=serve)
        self.thread.start()
        return asked

    def is_idle(self):
        """Nothing has been asked."""
        self.stream.setblocking(False)
        try:
            return not self.stream.recv(1)
        except BlockingIOError:
            return True
        finally:
            self.stream.settimeout(10)


class FakeBusTest(BusTest):
    def attach(self):
        self.bus = FakeBus(self.directory)
        self.addCleanup(self.bus.close)
        self.linux = self.opened(AttachedKernel())
        self.assertEqual(self.linux.owner.await_line(), f"/dev/i2c-{ADAPTER} is bus 1\n")

    def detach(self):
        self.linux.close()
        self.bus.close()
        os.unlink(self.directory + "/bus-1")

    def ask(self, what=3):
        """A message: the seqnum at both ends, which is the same."""
        seqnum = self.linux.send_message(0x40, what)
        self.assertEqual(self.bus.next_request(), (kernel.SUBMIT, seqnum))
        return seqnum


class Strangers(FakeBusTest):
    """A bus of somebody else's is an I2C adapter, or nothing."""

    def test_a_keyboard(self):
        """Whatever the bus would say, it is not asked what it is."""
        self.attach()
        asked = self.bus.pose_as_keyboard()
        for _ in range(3):
            device, configuration, strings = self.linux.enumerate()
            self.assertEqual(device.hex(" "), "12 01 10 01 ff 00 00 40 03 04 31 c6 05 01 01 02 00 01")
            self.assertEqual(configuration.hex(" "), "09 02 12 00 01 01 00 80 05 09 04 00 00 00 ff 00 00 00")
            self.assertEqual(strings, ["i2ctarget", "i2ctarget bus 1"])
            self.linux.probe()
            self.assertEqual(self.linux.functionality(), 0x0EFF001D)
        for setup in (Setup(0x81, 6, 0x2200, 0, 63),  # the report descriptor of a keyboard
                      Setup(0xA1, 1, 0x100, 0, 8), Setup(0x21, 10, 0, 0, 0), Setup(0xC0, 4, 0, 0, 4), Setup(0xC1, 8, 0, 0, 4)):
            self.assertEqual(self.linux.control(setup).status, kernel.STALL)
        self.assertEqual(self.linux.control(Setup(kernel.VENDOR_IN, 7, 1, 0x40, 8), endpoint=1).status, kernel.STALL)
        self.assertEqual(asked, [])

    def test_a_buffer_that_no_answer_fits(self):
        """The setup packet can ask for 64 KiB at most, so nothing is asked of the bus."""
        self.attach()
        for length in 0x10000, 0xFFFFFFFF:
            self.assertEqual(self.linux.control(Setup(kernel.VENDOR_IN, 7, 1, 0x40, 3), length=length).status, kernel.STALL)
        self.assertTrue(self.bus.is_idle())

    def test_a_bus_that_says_it_is_a_keyboard(self):
        self.attach()
        seqnum = self.linux.submit(Setup(kernel.STANDARD_IN, kernel.GET_DESCRIPTOR, kernel.DEVICE << 8, 0, 18))
        self.assertEqual(self.linux.result(seqnum).data[4], 0xFF)
        self.bus.say(kernel.SUBMITTED, seqnum, 0, len(KEYBOARD), KEYBOARD)
        self.assert_thrown_out("an answer that nobody has asked for")

    def assert_thrown_out(self, why):
        self.assertEqual(self.linux.owner.await_end(), (1, "", VIOLATED + why + "\n"))
        self.assertEqual(self.linux.owner.vhci.count("detach"), 1)
        self.assertEqual(self.linux.socket.recv(1000), b"")

    def test_answers_to_no_question(self):
        for command, more in ((kernel.SUBMITTED, 1), (kernel.UNLINKED, 0), (kernel.UNLINKED, 1), (kernel.SUBMIT, 0), (kernel.UNLINK, 0), (0, 0), (5, 0)):
            with self.subTest(command=command, more=more):
                self.attach()
                self.bus.say(command, self.ask() + more, 0, 3, b"abc")
                self.assert_thrown_out("an answer that nobody has asked for")
                self.detach()

    def test_answers_of_another_size_or_status(self):
        for what, status, length in ((3, 0, 2), (3, 0, 4), (3, 0, 0), (3, 0, 0xFFFFFFFF), (3, 1, 3), (3, -71, 0), (3, kernel.STALL, 3),
                                     (b"xyz", 0, 2), (b"xyz", 0, 4), (b"", 0, 1)):
            with self.subTest(what=what, status=status, length=length):
                self.attach()
                self.bus.say(kernel.SUBMITTED, self.ask(what), status, length, b"abcd")
                self.assert_thrown_out("an answer that an I2C adapter does not give")
                self.detach()

    def test_a_status_that_there_is_not(self):
        self.attach()
        seqnum = self.linux.submit(Setup(kernel.VENDOR_IN, kernel.GET_STATUS, 0, 0, 1))
        self.assertEqual(self.bus.next_request(), (kernel.SUBMIT, seqnum))
        self.bus.say(kernel.SUBMITTED, seqnum, 0, 1, b"\3")
        self.assert_thrown_out("a status that there is not")

    def test_the_same_answer_twice(self):
        self.attach()
        seqnum = self.ask()
        self.bus.say(kernel.SUBMITTED, seqnum, 0, 3, b"abc")
        self.assertEqual(self.linux.result(seqnum), (0, 3, b"abc"))
        self.bus.say(kernel.SUBMITTED, seqnum, 0, 3, b"abc")
        self.assert_thrown_out("an answer that nobody has asked for")

    def test_the_rest_of_an_answer_does_not_pass(self):
        """The header is made anew: Kernel.receive() looks at it."""
        self.attach()
        for what in 3, b"xyz":
            seqnum = self.ask(what)
            self.bus.say(kernel.SUBMITTED, seqnum, 0, 3, b"abc" if what == 3 else b"", rest=(0x10002, 1, 5))
            self.assertEqual(self.linux.result(seqnum), (0, 3, b"abc" if what == 3 else b""))

    def test_an_answer_in_pieces(self):
        self.attach()
        seqnum = self.ask(100)
        answer = struct.pack(">5IiI", kernel.SUBMITTED, seqnum, 0, 0, 0, 0, 100) + bytes(20) + bytes(range(100))
        for byte in answer:
            self.bus.stream.sendall(bytes([byte]))
        self.assertEqual(self.linux.result(seqnum).data, bytes(range(100)))


class Silence(FakeBusTest):
    """A bus that does not answer keeps nobody waiting in the kernel."""

    def take_back(self, seqnum):
        unlink = self.linux.unlink(seqnum)
        self.assertEqual(self.linux.unlink_status(unlink), kernel.CANCELLED)
        self.assertEqual(self.bus.next_request(), (kernel.UNLINK, unlink))
        return unlink

    def assert_works(self):
        seqnum = self.ask()
        self.bus.say(kernel.SUBMITTED, seqnum, 0, 3, b"def")
        self.assertEqual(self.linux.result(seqnum).data, b"def")

    def test_what_is_taken_back_is_over_at_once(self):
        self.attach()
        for is_late in False, True:
            seqnum = self.ask()
            unlink = self.take_back(seqnum)
            self.assert_works()
            if is_late:
                self.bus.say(kernel.SUBMITTED, seqnum, 0, 3, b"abc")
            self.bus.say(kernel.UNLINKED, unlink, kernel.CANCELLED)
            self.assert_works()
        self.assertEqual(self.linux.results, {})

    def test_what_is_answered_cannot_be_taken_back(self):
        self.attach()
        seqnum = self.ask()
        self.bus.say(kernel.SUBMITTED, seqnum, 0, 3, b"abc")
        self.linux.result(seqnum)
        self.assertEqual(self.linux.unlink_status(self.linux.unlink(seqnum)), 0)
        self.assertTrue(self.bus.is_idle())
        self.assert_works()

    def test_taken_back_twice(self):
        self.attach()
        seqnum = self.ask()
        unlink = self.take_back(seqnum)
        self.assertEqual(self.linux.unlink_status(self.linux.unlink(seqnum)), 0)
        self.bus.say(kernel.UNLINKED, unlink, kernel.CANCELLED)
        self.assert_works()

    def test_late_answers_twice(self):
        self.attach()
        seqnum = self.ask()
        self.take_back(seqnum)
        for _ in range(2):
            self.bus.say(kernel.SUBMITTED, seqnum, 0, 3, b"abc")
        self.assertIn("an answer that nobody has asked for", self.linux.owner.await_end()[2])

    def test_too_many_that_are_not_confirmed(self):
        self.attach()
        unlinks = [self.take_back(self.ask()) for _ in range(8)]
        self.assertEqual(self.linux.result(self.linux.send_message(0x40, 3)).status, kernel.STALL)
        self.linux.enumerate()
        self.bus.say(kernel.UNLINKED, unlinks[5], kernel.CANCELLED)
        seqnum = self.linux.send_message(0x40, 3)
        while True:  # until the gate has read that
            try:
                self.bus.stream.settimeout(0.05)
                self.assertEqual(self.bus.next_request(), (kernel.SUBMIT, seqnum))
                break
            except TimeoutError:
                self.assertEqual(self.linux.result(seqnum).status, kernel.STALL)
                seqnum = self.linux.send_message(0x40, 3)
        self.bus.say(kernel.SUBMITTED, seqnum, 0, 3, b"def")
        self.assertEqual(self.linux.result(seqnum).data, b"def")


class ComingAndGoing(BusTest):
    def attach(self, vhci=None, **popen):
        self.attachment = self.opened(Attachment(vhci=vhci, **popen))
        self.vhci = self.attachment.vhci
        return self.attachment

    def attached(self, vhci=None):
        self.bus = self.start()
        self.attach(vhci)
        self.assertEqual(self.attachment.await_line(), f"/dev/i2c-{ADAPTER} is bus 1\n")
        return self.attachment

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
        self.attached(Vhci(lets_go=False))
        self.assertEqual(self.attachment.end(), (1, "", f"i2ctarget attach: the kernel does not let go of /dev/i2c-{ADAPTER}\n"))
        self.assert_freed(1)

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
        """Its end of the stream is the only one: we have kept none."""
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


class AttachedTransfers(test_transfers.Transfers):
    kernel = AttachedKernel


class AttachedFlags(test_transfers.Flags):
    kernel = AttachedKernel


class AttachedPatience(test_transfers.Patience):
    kernel = AttachedKernel


class AttachedEnds(test_transfers.Ends):
    kernel = AttachedKernel


class AttachedStream(test_stream.Stream):
    # The server's own: an owner that speaks, a peer that has to be dropped.
    test_owner_that_says_something = test_one_that_does_not_read = None

    def kernel(self, **keywords):
        return self.opened(AttachedKernel(**keywords))


if __name__ == "__main__":
    unittest.main()
