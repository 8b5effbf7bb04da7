#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the shim calls in signal handlers: nothing that POSIX forbids there (signal-safety(7))."""

import glob
import os
import subprocess
import unittest

from shimtest import TARGETS, ShimTest

SHIM = os.environ["BUILD_DIR"] + "/libi2ctarget-shim.so"
OBJECTS = os.environ["BUILD_DIR"] + "/linux/shim/CMakeFiles/i2ctarget_shim.dir"

# Functions of signal-safety(7) that are useful here, system calls of Linux, and the compiler's own functions.
SAFE = set("""
    accept access bind chown clock_gettime close connect dup dup2 faccessat fchown fchownat fcntl fstat fstatat getegid geteuid
    getgid getpeername getpid getppid getsockname getsockopt getuid lchown listen lseek lstat mkdir mkdirat open openat pipe poll
    read readlink readlinkat recv recvfrom recvmsg rmdir select send sendmsg sendto setsockopt shutdown socket socketpair stat
    unlink unlinkat write
    mmap mremap munmap ppoll syscall
    pthread_sigmask sigaction sigaddset sigdelset sigemptyset sigfillset sigismember pthread_setcancelstate
    memcmp memcpy memmove memset strchr strcmp strcpy strcspn strlen strncmp strnlen strrchr
    __errno_location program_invocation_short_name _GLOBAL_OFFSET_TABLE_ __chk_fail
    """.split())

# What else an object may need, and why a handler never gets there.
BESIDES = {
    # place_directory(): called when the shim is loaded.  (link_user() is also called for peers, under sudo; it allocates nothing.)
    "directory.c": "getcwd getenv snprintf strtoul",
    "place.c": "getenv strtoul",  # place_buses(): likewise
    "open_file.c": "closedir opendir readdir strtol",  # open_file_adopt_inherited(): likewise
    "real.c": "dlsym",  # real_find_all(): likewise
    "wrap_file.c": "pthread_atfork",  # likewise
    "lock.c": "pthread_mutex_lock pthread_mutex_unlock",  # only with signals held
    "wrap_path.c": "strdup",  # realpath()
}
# They replace functions that may not be called in a handler.
NOT_FOR_HANDLERS = {"listing.c", "stream.c", "wrap_dir.c", "wrap_stdio.c"}


def symbols(option, path):
    out = subprocess.run(["nm", option, "--format=posix", path], capture_output=True, text=True, check=True).stdout
    return {line.split()[0].split("@")[0] for line in out.splitlines()}


class Objects(unittest.TestCase):
    def test_need_nothing_that_handlers_may_not_call(self):
        objects = {os.path.basename(path)[:-2]: path for path in glob.glob(f"{OBJECTS}/**/*.o", recursive=True)}
        self.assertGreaterEqual(set(objects), NOT_FOR_HANDLERS | set(BESIDES) | {"channel.c", "link.c"})
        ours = set().union(*(symbols("--defined-only", path) for path in objects.values()))
        for name, path in objects.items():
            if name not in NOT_FOR_HANDLERS:
                needs = symbols("--undefined-only", path) - ours - SAFE - set(BESIDES.get(name, "").split())
                self.assertEqual(needs, set(), name)

    def test_are_bound_when_loaded(self):
        """The loader may not look up a function in a handler either."""
        out = subprocess.run(["readelf", "--dynamic", SHIM], capture_output=True, text=True, check=True).stdout
        self.assertRegex(out, r"FLAGS.*NOW")


class Handlers(ShimTest):
    def run_handlers(self, *arguments):
        result = self.exec(f"{TARGETS}/handlers", *arguments, timeout=200)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        return result.stdout

    def test_functions_of_the_c_library_are_found_when_loaded(self):
        searched = self.exec("true", env={**os.environ, "LD_DEBUG": "symbols"}).stderr
        names = "open64", "read", "write", "pwritev64", "faccessat", "fileno_unlocked"
        self.assertEqual([name for name in names if f"symbol={name};  lookup in file=/" not in searched], [])

    def test_first_transfer_in_a_handler(self):
        self.assertEqual(self.run_handlers("first", "200"), "0 of 200 failed\n")

    def test_handler_that_comes_all_the_time(self):
        self.assertIn("wrong at line 0\n", self.run_handlers("always", "300"))


if __name__ == "__main__":
    unittest.main()
