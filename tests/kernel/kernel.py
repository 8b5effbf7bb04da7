# SPDX-License-Identifier: MIT
"""Debian's current kernel as a test dependency: its packages are fetched with apt-get, unpacked once, never installed.

All of it lives in one directory, the cache: the packages, and a tree of each version.  No root is needed.  When apt's own
package lists are missing, or older than what the mirror has, lists of our own are fetched into the cache.

I2CTARGET_KERNEL_DEB names another package to take the kernel from: any linux-image package of amd64.
"""

import contextlib
import fcntl
import functools
import os
import pathlib
import re
import shutil
import subprocess

# Big, and of no use to a machine whose only device is a serial port.
LEFT_OUT = ("usr/share", *(f"{lib}/modules/*/kernel/{part}" for lib in ("lib", "usr/lib")
                           for part in ("sound", "drivers/net", "drivers/gpu", "drivers/media", "drivers/infiniband")))


class Trouble(Exception):
    """What stops us, in words for the user."""


def run(*command, **keywords):
    """A command's standard output; Trouble, with what it said, if it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **keywords)
    if done.returncode:
        raise Trouble(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stderr.strip()}")
    return done.stdout


@contextlib.contextmanager
def only_one(cache):
    """Whoever fetches and unpacks does so alone."""
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Apt:
    """Debian's packages, by name."""

    def __init__(self, cache):
        self.cache = cache
        self.options = []

    def refresh(self):
        """Lists of our own, in place of those of the system."""
        lists = self.cache / "apt"
        (lists / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        self.options = ["-o", f"Dir::State::lists={lists}/lists", "-o", f"Dir::Cache={lists}",
                        "-o", "Debug::NoLocking=1", "-o", "APT::Update::Post-Invoke-Success=",
                        "-o", "APT::Update::Post-Invoke="]
        run("apt-get", "-qq", "update", *self.options)

    def _dependency(self, package, pattern):
        said = run("apt-cache", *self.options, "depends", package)
        found = re.search(rf"^ *Depends: ({pattern})$", said, re.MULTILINE)
        if not found:
            raise Trouble(f"{package}: nothing like {pattern} among what it depends on")
        return found[1]

    def _file(self, package):
        """The name that a package's current version has as a file."""
        said = run("apt-cache", *self.options, "show", "--no-all-versions", package)
        version = re.search(r"^Version: (\S+)$", said, re.MULTILINE)
        kind = re.search(r"^Architecture: (\S+)$", said, re.MULTILINE)
        if not version or not kind:
            raise Trouble(f"{package}: not in apt's lists")
        return f"{package}_{version[1].replace(':', '%3a')}_{kind[1]}.deb"

    def _fetch(self, package):
        file = self.cache / self._file(package)
        if not file.exists():
            print(f"Downloading {file.name}", flush=True)
            run("apt-get", "-qq", *self.options, "download", package, cwd=self.cache)
        if not file.exists():
            raise Trouble(f"apt-get download {package} did not leave {file.name}")
        return file

    def fetch(self, package):
        """The package's file: the one that is there if it is the current one, else downloaded."""
        try:
            return self._fetch(package)
        except Trouble:
            if self.options:
                raise
        self.refresh()
        return self._fetch(package)

    def dependency(self, package, pattern):
        """The name of what a package depends on."""
        try:
            return self._dependency(package, pattern)
        except Trouble:
            if self.options:
                raise
        self.refresh()
        return self._dependency(package, pattern)


def unpack(package, directory, *options):
    """Unpack a package's files."""
    directory.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as archive:
        run("tar", "-x", "-C", directory, *options, stdin=archive.stdout)
    if archive.returncode:
        raise Trouble(f"{package} is not a package that dpkg-deb can read; remove it")


class Kernel:
    """An unpacked kernel package: `release`, `image` and the modules."""

    def __init__(self, package, tree):
        self.package, self.tree = package, tree
        self.image = next(tree.glob("boot/vmlinuz-*"), None)
        if not self.image:
            raise Trouble(f"{package}: no boot/vmlinuz-* in it")
        self.release = self.image.name.removeprefix("vmlinuz-")
        self.modules = tree / "lib/modules" / self.release

    @functools.cached_property
    def _dependencies(self):
        """modules.dep: path → the paths it needs; and name → path."""
        needs, paths = {}, {}
        for line in (self.modules / "modules.dep").read_text().splitlines():
            path, _, others = line.partition(":")
            needs[path] = others.split()
            paths[re.sub(r"\.ko(\.\w+)?$", "", os.path.basename(path)).replace("-", "_")] = path
        return needs, paths

    def closure(self, names):
        """The files, below `modules`, of these modules and of all that they need."""
        needs, paths = self._dependencies
        builtin = (self.modules / "modules.builtin").read_text().replace("-", "_")
        wanted = set()
        for name in (name.replace("-", "_") for name in names):
            if name in paths:
                wanted.update([paths[name], *needs[paths[name]]])
            elif f"/{name}.ko" not in builtin:
                raise Trouble(f"{self.release} has no module {name}")
        return sorted(wanted)


def unpacked(package, cache):
    """The kernel of a package; unpacked the first time."""
    tree = cache / package.name.removesuffix(".deb")
    if not tree.exists():
        fresh = cache / f"{tree.name}.{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        unpack(package, fresh, *(f"--exclude=./{pattern}" for pattern in LEFT_OUT))
        if (fresh / "usr/lib/modules").exists(): # of Debian 13
            (fresh / "usr/lib").rename(fresh / "lib")
        run("/sbin/depmod", "-b", fresh, Kernel(package, fresh).release)
        fresh.rename(tree)
    return Kernel(package, tree)


def current(cache):
    """Debian's current kernel for amd64; the newest of the cache when apt knows none."""
    chosen = os.environ.get("I2CTARGET_KERNEL_DEB")
    if chosen:
        return unpacked(pathlib.Path(chosen), cache)
    apt = Apt(cache)
    try:
        package = apt.fetch(apt.dependency("linux-image-amd64", r"linux-image-\d\S+"))
    except (Trouble, OSError) as trouble:
        kept = sorted(cache.glob("linux-image-*.deb"), key=lambda path: path.stat().st_mtime)
        if not kept:
            raise Trouble(f"No kernel to test with: {trouble}\n"
                          "It is Debian's, by apt-get download; or name one: I2CTARGET_KERNEL_DEB=FILE.deb") from trouble
        package = kept[-1]
    return unpacked(package, cache)
