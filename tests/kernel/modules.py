# SPDX-License-Identifier: MIT
"""Kernel modules of our own, built for the guest's kernel against Debian's headers for it.

modules/NAME/ holds NAME.c and a Kbuild file.  For a driver of the kernel's own that Debian does not build there is the Kbuild
file alone, with a line "# debian: PATH": the source is taken from Debian's package of the kernel's source.

The headers are packages like the kernel's own, unpacked into the cache; they name each other by paths below /usr/src, which is
where they are not.
"""

import pathlib
import re
import shutil
import subprocess

import kernel as kernels
from kernel import run

HERE = pathlib.Path(__file__).parent
FROM_DEBIAN = re.compile(r"^# debian: (\S+)$", re.MULTILINE)


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


def of_debian():
    """The files of the kernel's source that any module of ours is made of."""
    kbuilds = (HERE / "modules").glob("*/Kbuild")
    return sorted({path for kbuild in kbuilds for path in FROM_DEBIAN.findall(kbuild.read_text())})


def debian_sources(paths, kernel, cache):
    """Files of the kernel's source, kept in the cache: of the package's 140 MB they are all that stays.

    So all that any module of ours is made of is taken at once.
    """
    tree = cache / f"source-{kernel.release}"
    if not all((tree / path).exists() for path in paths):
        name = f"linux-source-{re.match(r'[0-9]+[.][0-9]+', kernel.release)[0]}"
        package = kernels.Apt(cache).fetch(name)
        tree.mkdir(exist_ok=True)
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as outer, \
                subprocess.Popen(["tar", "-xO", f"./usr/src/{name}.tar.xz"], stdin=outer.stdout,
                                 stdout=subprocess.PIPE) as inner:
            run("tar", "-xJ", "-C", tree, "--strip-components=1", "--occurrence=1",
                *(f"{name}/{path}" for path in of_debian()), stdin=inner.stdout)
            inner.kill() # the rest of it is not wanted
            outer.kill()
        package.unlink()
    return [tree / path for path in paths]


def build_all(names, kernel, cache, work):
    """Build modules, in copies of their sources; the *.ko files."""
    if not names:
        return []
    directory = work / "modules"
    shutil.rmtree(directory, ignore_errors=True)
    wanted = {}
    for name in names:
        shutil.copytree(HERE / "modules" / name, directory / name)
        for path in FROM_DEBIAN.findall((directory / name / "Kbuild").read_text()):
            wanted[path] = directory / name
    with kernels.only_one(cache):
        tree = headers(kernel, cache)
        sources = debian_sources(list(wanted), kernel, cache)
    for source, place in zip(sources, wanted.values()):
        shutil.copy(source, place)
    (directory / "Kbuild").write_text("".join(f"obj-m += {name}/\n" for name in names))
    run("make", "--silent", "-C", tree, f"M={directory}", "modules")
    return [directory / name / f"{name}.ko" for name in names]
