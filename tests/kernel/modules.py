# SPDX-License-Identifier: MIT
"""Kernel modules of our own, built for the guest's kernel against Debian's headers for it.

modules/NAME/ holds NAME.c and a Kbuild file.  The headers are packages like the kernel's own, unpacked into the cache; they
name each other by paths below /usr/src, which is where they are not.
"""

import pathlib
import shutil

import kernel as kernels
from kernel import run

HERE = pathlib.Path(__file__).parent


def headers(kernel, cache):
    """A tree to build modules in: the headers of exactly this kernel, and the programs that a build of modules runs."""
    tree = cache / f"headers-{kernel.release}"
    source = tree / f"usr/src/linux-headers-{kernel.release}"
    if tree.exists():
        return source
    fresh = cache / f"{tree.name}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    apt = kernels.Apt(cache)
    package = f"linux-headers-{kernel.release}"
    for name in (package, apt.dependency(package, r"linux-headers-\S+-common"),
                 apt.dependency(package, r"linux-kbuild-\S+")):
        kernels.unpack(apt.fetch(name), fresh)
    makefile = fresh / source.relative_to(tree) / "Makefile"
    makefile.write_text(makefile.read_text().replace("include /usr/src/", f"include {tree}/usr/src/"))
    fresh.rename(tree)
    return source


def build_all(names, kernel, cache, work):
    """Build modules; the *.ko files."""
    if not names:
        return []
    with kernels.only_one(cache):
        tree = headers(kernel, cache)
    return [build(HERE / "modules" / name, tree, work / "modules" / name) for name in names]


def build(source, tree, directory):
    """Build one module, in a copy of its source."""
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(source, directory)
    run("make", "--silent", "-C", tree, f"M={directory}", "modules")
    return directory / f"{source.name}.ko"
