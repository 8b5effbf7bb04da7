# SPDX-License-Identifier: MIT
"""Kernel modules of our own, built for the guest's kernel against Debian's headers for it.

modules/NAME/ holds the source and a Kbuild file.  The headers are packages like the kernel's own, unpacked into the cache.
"""

import shutil
import pathlib

import kernel as kernels
from kernel import Trouble, run

HERE = pathlib.Path(__file__).parent


def headers(kernel, cache):
    """A tree to build modules in: the headers of exactly this kernel, and the programs that a build of modules runs."""
    tree = cache / f"headers-{kernel.release}"
    if not tree.exists():
        apt = kernels.Apt(cache)
        fresh = tree.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        package = f"linux-headers-{kernel.release}"
        names = [package, apt.dependency(package, r"linux-headers-\S+-common"), apt.dependency(package, r"linux-kbuild-\S+")]
        for name in names:
            kernels.unpack(apt.fetch(name), fresh)
        fresh.rename(tree)
    return tree


def build_all(names, kernel, cache, work):
    """Build modules; the *.ko files."""
    if not names:
        return []
    with kernels.only_one(cache):
        tree = headers(kernel, cache)
    return [_build(HERE / "modules" / name, tree, kernel, work / "modules" / name) for name in names]
