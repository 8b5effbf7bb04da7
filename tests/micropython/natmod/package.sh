#!/bin/sh
# SPDX-License-Identifier: MIT
# The loaded module for x64, in the place of the built-in one: a package i2ctarget for MicroPython's unix port.
# usage: package.sh MICROPYTHON FROZEN DIRECTORY     its source; what bindings/micropython/unix/frozen.py has made; where the package goes
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$3/i2ctarget"
package=$(cd "$3/i2ctarget" && pwd)
"$here/../../../bindings/micropython/natmod/build.sh" "$1" "$here" "$3/objects"
cp "$3/objects/i2ctarget.mpy" "$package/_native.mpy"
cp "$here/package.py" "$package/__init__.py"
for name in _fallback _boards _pins _chips _table; do
    cp "$2/i2ctarget/$name.py" "$package"
done
