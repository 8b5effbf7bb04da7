# SPDX-License-Identifier: MIT
"""The guest's whole file system: busybox, i2c-tools, i2ctarget as `make install` leaves it, modules, checks."""

import os
import pathlib
import re
import shutil
import subprocess

from kernel import Trouble, run

HERE = pathlib.Path(__file__).parent
IMAGES = HERE.parent / "linux/devices/images.py"
BUSYBOX = "/bin/busybox"
PROGRAMS = ("/usr/sbin/i2cdetect", "/usr/sbin/i2cget", "/usr/sbin/i2cset", "/usr/sbin/i2cdump", "/usr/sbin/i2ctransfer")
DIRECTORIES = ("proc", "sys", "dev", "tmp", "run", "bin", "sbin", "usr/bin", "usr/sbin", "etc", "root", "checks/groups")


def libraries(program):
    """The shared objects that a program of this machine is loaded with, and its loader."""
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    if "not found" in said.stdout:
        raise Trouble(f"{program} lacks a library:\n{said.stdout}")
    return re.findall(r"(?:=> |^\s+)(/\S+) \(0x", said.stdout, re.MULTILINE)


def is_elf(path):
    """Is it a program, or a shared object?"""
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


class Root:
    """A directory that becomes the guest's /."""

    def __init__(self, directory):
        self.directory = directory
        shutil.rmtree(directory, ignore_errors=True)
        for name in DIRECTORIES:
            (directory / name).mkdir(parents=True)

    def copy(self, source, target):
        """A file, or a folder, to a path of the guest."""
        if not os.path.exists(source):
            raise Trouble(f"{source} is not there; the guest needs it")
        target = self.directory / str(target).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy2(source, target)

    def image(self, name, target):
        """What a memory contains."""
        target = self.directory / target.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "wb") as file:
            subprocess.run(["/usr/bin/python3", "-B", IMAGES, name], stdout=file, check=True)

    def program(self, source, target):
        """A program, and the libraries it needs."""
        self.copy(source, target)
        for library in libraries(source):
            if not (self.directory / library.lstrip("/")).exists():
                self.copy(library, library)

    def busybox(self):
        """BusyBox, under the names of all its applets but those of i2c-tools."""
        self.copy(BUSYBOX, "/bin/busybox")
        for name in run(BUSYBOX, "--list-full").split():
            path = self.directory / name
            if not os.path.basename(name).startswith("i2c") and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.symlink_to("/bin/busybox")

    def i2ctarget(self, build):
        """The project, installed."""
        run("cmake", "--install", build, "--prefix", "/usr", env={**os.environ, "DESTDIR": str(self.directory)})
        shutil.rmtree(self.directory / "usr/include", ignore_errors=True)
        for path in (self.directory / "usr/share").iterdir():
            if path.name != "i2ctarget":
                shutil.rmtree(path)
        programs = [path for path in self.directory.glob("usr/**/*i2ctarget*") if path.is_file() and is_elf(path)]
        for library in {library for program in programs for library in libraries(program)}:
            if not library.startswith(str(self.directory)):
                self.copy(library, library)

    def kernel_modules(self, kernel, names):
        """Modules with all that they need, and an index of them for modprobe."""
        target = f"lib/modules/{kernel.release}"
        for file in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
            self.copy(kernel.modules / file, f"{target}/{file}")
        for path in kernel.closure(names):
            self.copy(kernel.modules / path, f"{target}/{path}")

    def module_index(self, kernel):
        """What modprobe reads."""
        run("/sbin/depmod", "-b", self.directory, kernel.release)

    def pack(self, file):
        """Into one file that the kernel unpacks."""
        names = subprocess.run(["find", ".", "-print0"], cwd=self.directory, capture_output=True, check=True).stdout
        with open(file, "wb") as packed:
            subprocess.run(["cpio", "--null", "-o", "-H", "newc", "--quiet", "-R", "0:0"], cwd=self.directory,
                           input=names, stdout=packed, check=True)


def build(root, kernel, groups, build_dir, variables, extra_modules=()):
    """Everything that these groups need."""
    root.busybox()
    root.i2ctarget(build_dir)
    for program in PROGRAMS:
        root.program(program, program)
    for group in groups:
        root.copy(group.path, f"/checks/groups/{group.path.name}")
        for name in group.programs:
            if name.startswith("/"):
                root.program(name, name)
            else:
                root.program(build_dir / name, f"/checks/bin/{os.path.basename(name)}")
        for name in group.images:
            root.image(name, f"/checks/images/{name}")
    for file in sorted((HERE / "guest").iterdir()):
        root.copy(file, f"/checks/{file.name}")
    root.copy(HERE / "guest/init.sh", "/init")
    names = {name for group in groups for name in group.modules}
    root.kernel_modules(kernel, names)
    for module in extra_modules:
        root.copy(module, f"/lib/modules/{kernel.release}/extra/{module.name}")
    root.module_index(kernel)
    plan = "".join(f"{group.name} {group.seconds} {' '.join(name for name, _ in group.checks)}\n" for group in groups)
    (root.directory / "checks/plan").write_text(plan)
    (root.directory / "checks/variables").write_text("".join(f"{key}={value}\n" for key, value in variables.items()))
