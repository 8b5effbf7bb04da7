# SPDX-License-Identifier: MIT
"""`i2ctarget attach` with a simulated vhci-hcd: records what the command asks of it, and answers as a test wishes."""

import os
import socket
import subprocess
import threading

from buses import wait_until

PROGRAM = os.environ["BUILD_DIR"] + "/tests/linux/adapter/attach_bus"
PORT, DEVICE, ADAPTER = 3, "1-1", 7
FREE, ATTACHED, USED = range(3)  # enum vhci_state


class Vhci:
    """One port.  The kernel's end of the stream is `stream` once the bus is attached."""

    def __init__(self, adapter_is_there=True, lets_go=True, refusal=None, has_driver=True):
        self.script, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.adapter_is_there, self.lets_go, self.refusal, self.has_driver = adapter_is_there, lets_go, refusal, has_driver
        self.state, self.stream, self.is_taken = FREE, None, False
        self.questions = []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def close(self):
        self.script.close()
        self.theirs.close()
        self.thread.join()
        if self.stream and not self.is_taken:
            self.stream.close()

    def count(self, word):
        return self.questions.count(word)

    def serve(self):
        while True:
            try:
                question, descriptors, _, _ = socket.recv_fds(self.script, 200, 1)
                word = question.decode().split()[0] if question else None
                if not word:
                    return
                answer = getattr(self, word)(*descriptors)
                self.questions.append(word)
                self.script.send(answer.encode())
            except OSError:
                return

    def attach(self, descriptor):
        stream = socket.socket(fileno=descriptor)
        if self.refusal:
            stream.close()
            return str(-self.refusal)
        self.state, self.stream = ATTACHED, stream
        return str(PORT)

    def detach(self):
        if self.lets_go:
            self.free()
        return "0"

    def look(self):
        if self.state == ATTACHED and self.adapter_is_there:
            self.state = USED
        return f"{self.state} {DEVICE if self.state == USED else '0-0'}"

    def adapter(self):
        return str(ADAPTER if self.state == USED and self.has_driver else -1)

    def free(self):
        """The kernel releases the port."""
        self.state = FREE


class Attachment:
    """The command, and the kernel that it has."""

    def __init__(self, bus=1, vhci=None, environment=None, **popen):
        self.vhci = vhci or Vhci()
        popen = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **popen}
        self.process = subprocess.Popen([PROGRAM, str(bus)], text=True, pass_fds=[self.vhci.theirs.fileno()],
                                        env={**os.environ, "SCRIPT_FD": str(self.vhci.theirs.fileno()), **(environment or {})}, **popen)
        self.vhci.theirs.close()

    def take_stream(self):
        """The kernel's end, which the caller then owns."""
        wait_until(lambda: self.vhci.stream or self.process.poll() is not None, "the bus is attached")
        assert self.vhci.stream, self.await_end()
        self.vhci.is_taken = True
        return self.vhci.stream

    def await_line(self):
        return self.process.stdout.readline()

    def await_end(self):
        """(exit status, standard output, standard error)"""
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err

    def end(self, number=15):
        self.process.send_signal(number)
        return self.await_end()

    # As an owner of a Kernel's

    def is_gone(self):
        self.await_end()
        return True

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=30)
        self.vhci.close()
