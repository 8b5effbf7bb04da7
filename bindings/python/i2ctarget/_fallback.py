# SPDX-License-Identifier: MIT
"""How our modules board and microcontroller keep out of the way of others of that name (Adafruit Blinka's above all).

They lie in a folder of their own, fallback/, which is on sys.path: by i2ctarget.pth once installed, by `i2ctarget run` in the build tree.
Wherever it comes on that path, the first thing they do is to look whether anybody else has a module of their name, and to load that one
in their place.
"""

import importlib.machinery
import importlib.util
import os
import sys


def _is_ours(entry):
    return os.path.normpath(entry).split(os.sep)[-2:] == ["i2ctarget", "fallback"]


def _find_other(name):
    path = [entry for entry in sys.path if not _is_ours(entry)]
    for finder in sys.meta_path:
        if finder is importlib.machinery.PathFinder:
            spec = finder.find_spec(name, path)
        else:
            spec = finder.find_spec(name, None) if hasattr(finder, "find_spec") else None
        if spec is not None and spec.loader is not None and spec.origin is not None:
            return spec
    return None


def give_way(name):
    """Load somebody else's module of this name in the place of ours.  False: there is none."""
    spec = _find_other(name)
    if spec is None:
        return False
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return True
