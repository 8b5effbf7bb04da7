#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The static tests, tested: each is given a small tree that is right, and passes it; then one thing is made wrong at a time, and it must
# complain about that very file.
set -u
here=$SOURCE_DIR/tests/static
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
cases=0

put() {
    mkdir -p "$work/tree/$(dirname "$1")"
    printf '%s\n' '/* SPDX-License-Identifier: MIT */' "${@:2}" >"$work/tree/$1"
}

# The same for what has its comments behind a hash.
script() {
    mkdir -p "$work/tree/$(dirname "$1")"
    printf '%s\n' '# SPDX-License-Identifier: MIT' "${@:2}" >"$work/tree/$1"
}

# How the tree is built: a target a folder, and the Python module.
plant_build() {
    script src/CMakeLists.txt 'add_library(i2ctarget_line line/wires.c line/vcd.c)' 'add_library(i2ctarget_core core/core.c)' \
        'add_library(i2ctarget_smbus OBJECT smbus/smbus.c)'
    script devices/CMakeLists.txt 'add_library(i2ctarget_devices lm75.c $<TARGET_OBJECTS:i2ctarget_smbus>)'
    script ports/CMakeLists.txt 'add_library(i2ctarget_testbus testbus/port.c)' 'target_link_libraries(i2ctarget_testbus PUBLIC i2ctarget_line)'
    script ports/rp2040/CMakeLists.txt 'add_library(i2ctarget_rp2040 INTERFACE)' 'target_sources(i2ctarget_rp2040 INTERFACE target.c)'
    script linux/link/CMakeLists.txt 'add_library(i2ctarget_link link.c)'
    script linux/remote/CMakeLists.txt 'add_library(i2ctarget_remote port.c)' 'target_link_libraries(i2ctarget_remote PUBLIC i2ctarget_core i2ctarget_link m)'
    script linux/bus/CMakeLists.txt 'add_library(i2ctarget_bus bus.c)'
    script linux/i2cdev/CMakeLists.txt 'add_library(i2ctarget_i2cdev i2cdev.c)'
    script linux/server/CMakeLists.txt 'add_library(i2ctarget_server server.c)' 'target_link_libraries(i2ctarget_server PUBLIC i2ctarget_bus)'
    script linux/shim/CMakeLists.txt 'set(logic shim.c)' 'add_library(i2ctarget_shim MODULE ${logic} ../link/link.c)'
    script linux/cli/CMakeLists.txt 'add_executable(i2ctarget_cli main.c)' 'target_link_libraries(i2ctarget_cli PRIVATE i2ctarget_server)'
    script examples/CMakeLists.txt 'add_executable(example registers.c)'
    script bindings/python/CMakeLists.txt 'add_library(python_module MODULE src/module.c)' 'target_link_libraries(python_module PRIVATE i2ctarget_remote)'
    script setup.py 'FOLDERS = ("bindings/python/src", "src/core", "src/line", "ports/testbus", "linux/remote", "linux/link"); DEVICES = ()'
    # shellcheck disable=SC2016 # make's
    script bindings/micropython/micropython.mk 'SRC += $(addprefix $(I2CTARGET)/,src/core/core.c linux/remote/port.c linux/link/link.c)'
    script bindings/micropython/micropython.cmake 'add_library(usermod_i2ctarget INTERFACE)'
    script bindings/micropython/natmod/build.sh 'sources="src/core/core.c firmware/libc/memory.c"'
    script bindings/micropython/natmod/rp2040/machine.sh 'machine_sources=ports/rp2040/target.c'
    script MANIFEST.in 'recursive-include bindings/python *.c *.h' 'recursive-include src *.c' 'recursive-include ports *.c' 'recursive-include linux *.c'
}

plant_python() {
    script boards/table.py 'import csv'
    script boards/header.py 'import table'
    script bindings/python/i2ctarget/_pins.py 'import os'
    script bindings/python/i2ctarget/_boards.py 'from i2ctarget._pins import Pin' 'from i2ctarget import _table'
    script firmware/elf.py 'import struct'
    script firmware/uf2.py 'import elf'
    script examples/registers.py 'import board' 'from i2ctarget import I2CTarget'
    script tests/linux/protocol.py 'import socket'
    script tests/linux/buses.py 'import protocol'
    script tests/linux/server/test_server.py 'import protocol' 'from buses import BusTest'
    script tests/linux/adapter/attaching.py 'from buses import BusTest'
    plant_stand_ins
}

# A test that MicroPython runs in both of its worlds.
plant_stand_ins() {
    script tests/python/targets.py 'from bench import Bench, now'
    script tests/python/test_semantics.py 'from targets import Bench' 'from i2ctarget import I2CTarget'
    script tests/python/bench.py 'import time' 'now = time.time' 'class Bench: pass'
    for world in tests/micropython tests/chips/rp2040/micropython; do
        script $world/CMakeLists.txt 'foreach(name semantics)' '    add_it(run.py test_${name}.py)' 'endforeach()'
        script $world/stand_in/bench.py 'Bench = now = None'
    done
}

# A tree in which all is well.
plant() {
    put include/i2ctarget/event.h '#include <stdint.h>' 'typedef uint8_t event_byte;'
    put include/i2ctarget/i2ctarget.h '#include "i2ctarget/event.h"' 'int i2ctarget_init(void);'
    put src/line/wires.h '#include "i2ctarget/event.h"' 'void i2ctarget_wires_init(event_byte *byte);'
    put src/line/wires.c '#include "line/wires.h"' 'void i2ctarget_wires_init(event_byte *byte) { *byte = 0; }'
    put src/line/vcd.c '#include <stdio.h>' '#include "line/wires.h"' 'void vcd(void); void vcd(void) { puts("x"); }'
    put src/core/core.c '#include "i2ctarget/i2ctarget.h"' 'int i2ctarget_init(void) { return 0; }'
    put include/i2ctarget/device.h '#include "i2ctarget/i2ctarget.h"'
    put include/i2ctarget/devices/lm75.h '#include "i2ctarget/device.h"'
    put src/smbus/smbus.c '#include "i2ctarget/device.h"' '#include <stdint.h>'
    put devices/lm75.c '#include "i2ctarget/devices/lm75.h"' '#include <stdint.h>'
    put ports/testbus/port.c '#include <stdlib.h>' '#include "line/wires.h"'
    put ports/rp2040/target.c '#include "rp2040/target.h"' '#include "rp2040/engine.h"'
    put linux/remote/port.c '#include "link/link.h"' '#include "i2ctarget/i2ctarget.h"'
    put linux/link/link.h '#include <stdint.h>'
    put linux/link/link.c '#include "link/link.h"'
    put linux/bus/bus.c '#include "line/wires.h"' '#include "i2ctarget/event.h"' '#include "link/protocol.h"'
    put linux/i2cdev/i2cdev.c '#include "line/wires.h"' '#include "link/protocol.h"'
    put linux/server/server.c '#include "bus/bus.h"' '#include "i2cdev/i2cdev.h"' '#include "link/link.h"'
    put linux/shim/shim.c '#include <dlfcn.h>' '#include "link/link.h"' 'int request = I2C_SLAVE_FORCE;'
    put linux/cli/main.c '#include "server/server.h"' '#include "i2ctarget/i2ctarget.h"'
    put firmware/cortexm/start.c '#include "firmware/cortexm/start.h"' '#include "mmio.h"' '#include <stdint.h>'
    put firmware/rp2040/start.c '#include "firmware/cortexm/start.h"' '#include "i2ctarget/rp2040.h"' '#include "rp2040/regs.h"' '#include <stdint.h>'
    put examples/registers.c '#include "i2ctarget/board.h"' '#include "i2ctarget/i2ctarget.h"'
    put bindings/python/src/module.c '#include "target.h"'
    plant_build
    plant_python
    put tests/unit/long.c "$(seq -f '/* %g */' 600)"
    mkdir -p "$work/tree/docs"
    printf '# One\n\n## 2. Words, and more\n\n[a](../README.md) [b](#2-words-and-more)\n' >"$work/tree/docs/DESIGN.md"
    printf '# It\n\n[c](docs/DESIGN.md#2-words-and-more) [d](https://example.org/)\n' >"$work/tree/README.md"
}

# What was made wrong is right again.
restore() {
    rm -rf "$work/tree"
    cp -r "$work/right" "$work/tree"
}

fail() {
    echo "$1"
    sed 's/^/    /' "$work/output"
    failures=$((failures + 1))
}

passes() {
    cases=$((cases + 1))
    "$here/$1" "$work/tree" >"$work/output" 2>&1 || fail "$1 does not pass the tree that is right"
}

# complains TEST PATTERN: after the tree was made wrong.
complains() {
    cases=$((cases + 1))
    if "$here/$1" "$work/tree" >"$work/output" 2>&1; then
        fail "$1 passes a tree that is wrong: $2"
    elif ! grep -qE "$2" "$work/output"; then
        fail "$1 fails, but does not say: $2"
    fi
    restore
}

# A wrong arrow: FILE includes WHAT.
wrong_arrow() {
    put "$1" "#include $2"
    complains test_layers.sh "$1:2: may not include $2"
}

# The same for Python, which FILE imports, and for CMake, where COMMAND is in FILE, and what is wrong with it is said.
wrong_import() {
    script "$1" "import $2"
    complains test_layers_python.py "$1:2: may not import $2"
}
wrong_build() {
    echo "$2" >>"$work/tree/$1"
    complains test_layers_cmake.py "$1:[0-9]+: $3"
}

plant
cp -r "$work/tree" "$work/right"
for test in test_layers.sh test_layers_python.py test_layers_cmake.py test_stand_ins.py test_house.sh test_freestanding.sh test_headers.sh; do
    passes "$test"
done

wrong_arrow include/i2ctarget/event.h '<stdio.h>'
wrong_arrow include/i2ctarget/event.h '"line/wires.h"'
wrong_arrow src/line/wires.c '"i2ctarget/i2ctarget.h"'
wrong_arrow src/line/wires.c '<string.h>'
wrong_arrow src/line/vcd.c '<unistd.h>'
wrong_arrow src/core/core.c '"line/wires.h"'
wrong_arrow src/core/core.c '<errno.h>'
wrong_arrow include/i2ctarget/devices/lm75.h '"i2ctarget/bus.h"'
wrong_arrow include/i2ctarget/device.h '"i2ctarget/devices/lm75.h"'
wrong_arrow src/smbus/smbus.c '"i2ctarget/devices/lm75.h"'
wrong_arrow src/smbus/smbus.c '"i2ctarget/port.h"'
wrong_arrow devices/lm75.c '"i2ctarget/port.h"'
wrong_arrow devices/lm75.c '<string.h>'
wrong_arrow devices/lm75.c '"line/wires.h"'
wrong_arrow ports/testbus/port.c '"core/core.h"'
wrong_arrow ports/testbus/port.c '"link/link.h"'
wrong_arrow linux/remote/port.c '"line/wires.h"'
wrong_arrow linux/remote/port.c '"testbus/port.h"'
wrong_arrow linux/link/link.h '"i2ctarget/event.h"'
wrong_arrow linux/bus/bus.c '"i2ctarget/port.h"'
wrong_arrow linux/bus/bus.c '"core/core.h"'
wrong_arrow linux/bus/bus.c '"i2cdev/i2cdev.h"'
wrong_arrow linux/bus/bus.c '"server/peer.h"'
wrong_arrow linux/bus/bus.c '"link/link.h"'
wrong_arrow linux/i2cdev/i2cdev.c '"bus/bus.h"'
wrong_arrow linux/i2cdev/i2cdev_request.c '"i2cdev/i2cdev_smbus.h"'
wrong_arrow linux/i2cdev/i2cdev_rdwr.c '"i2cdev/i2cdev_smbus.h"'
wrong_arrow linux/server/server.c '"cli/cli.h"'
wrong_arrow linux/shim/shim.c '"i2cdev/i2cdev.h"'
wrong_arrow linux/shim/shim.c '"line/wires.h"'
wrong_arrow linux/cli/main.c '"line/wires.h"'
wrong_arrow linux/cli/main.c '<line/wires.h>'
wrong_arrow examples/registers.c '"core/core.h"'
wrong_arrow ports/rp2040/target.c '"rp2040/alarm.h"'
wrong_arrow firmware/rp2040/start.c '"rp2040/target.h"'
wrong_arrow firmware/cortexm/start.c '"rp2040/regs.h"'
wrong_arrow firmware/cortexm/start.c '"firmware/rp2040/registers.h"'
wrong_arrow firmware/rp2040/start.c '<string.h>'
wrong_arrow bindings/python/src/request.c '"target.h"'
wrong_arrow bindings/python/src/service.c '"request.h"'
put src/extra/extra.c 'int x;'
complains test_layers.sh 'src/extra/extra.c: its folder has no rule'

wrong_import boards/table.py header
wrong_import boards/table.py i2ctarget
wrong_import bindings/python/i2ctarget/_pins.py i2ctarget._boards
wrong_import bindings/python/i2ctarget/_boards.py table
wrong_import firmware/uf2.py table
wrong_import examples/registers.py protocol
wrong_import examples/registers.py i2ctargets
wrong_import tests/linux/protocol.py buses
wrong_import tests/linux/server/test_server.py attaching
script tests/linux/server/test_server.py 'def late():' '    import attaching'
complains test_layers_python.py 'test_server.py:3: may not import attaching'
script bindings/python/i2ctarget/_new.py 'import os'
complains test_layers_python.py '_new.py: has no list'
script tests/new/test_new.py 'import os'
complains test_layers_python.py 'tests/new/test_new.py: its folder has no rule'

wrong_build src/CMakeLists.txt 'target_link_libraries(i2ctarget_core PUBLIC i2ctarget_link)' 'may not link i2ctarget_link of linux/link'
wrong_build src/CMakeLists.txt 'target_link_libraries(i2ctarget_core PUBLIC i2ctarget_none)' 'links i2ctarget_none, which nobody makes'
wrong_build linux/bus/CMakeLists.txt 'target_link_libraries(i2ctarget_bus PUBLIC i2ctarget_server)' 'may not link i2ctarget_server of linux/server'
wrong_build linux/bus/CMakeLists.txt 'add_library(more $<TARGET_OBJECTS:i2ctarget_devices>)' 'may not link i2ctarget_devices of devices'
wrong_build linux/i2cdev/CMakeLists.txt 'add_library(more ../bus/bus.c)' 'may not compile linux/bus/bus.c'
wrong_build linux/i2cdev/CMakeLists.txt 'set(bus ../bus/bus.c) add_library(more ${bus})' 'may not compile linux/bus/bus.c'
wrong_build ports/CMakeLists.txt 'target_include_directories(i2ctarget_testbus PRIVATE ${PROJECT_SOURCE_DIR}/linux)' 'may not target include directories linux'
wrong_build devices/CMakeLists.txt 'add_subdirectory(../linux/link)' 'may not add subdirectory linux/link'
wrong_build linux/link/CMakeLists.txt 'include(../../src/CMakeLists.txt)' 'may not include src/CMakeLists.txt'
script linux/new/CMakeLists.txt 'add_library(i2ctarget_new new.c)'
complains test_layers_cmake.py 'linux/new/CMakeLists.txt: its folder has no rule'
put src/line/new.c '#include "line/wires.h"'
complains test_layers_cmake.py 'src/line/new.c: no CMakeLists.txt compiles it'
# shellcheck disable=SC2016 # make's
script bindings/micropython/micropython.mk 'SRC += $(addprefix $(I2CTARGET)/,src/core/core.c linux/remote/port.c src/line/vcd.c)'
complains test_layers_cmake.py 'micropython.mk: linux/link/link.c is missing'
script bindings/micropython/micropython.cmake 'foreach(file IN ITEMS micropython/rp2/machine.c)'
complains test_layers_cmake.py 'micropython.cmake: bindings/micropython/rp2/machine.c is too much'
script bindings/micropython/natmod/rp2040/machine.sh 'machine_sources="ports/rp2040/port.c"'
complains test_layers_cmake.py 'bindings/micropython/natmod: ports/rp2040/port.c is too much'
put linux/link/claim.c '#include "link/link.h"'
complains test_layers_cmake.py 'setup.py: linux/link/claim.c is compiled by setup.py alone'
script setup.py 'FOLDERS = ("bindings/python/src", "src/core", "src/line", "ports/testbus", "linux/remote"); DEVICES = ()'
complains test_layers_cmake.py 'setup.py: linux/link/link.c is compiled by CMake alone'
script MANIFEST.in 'recursive-include bindings/python *.c *.h' 'recursive-include src/core *.c' 'recursive-include linux/link *.c'
complains test_layers_cmake.py 'MANIFEST.in: without linux/remote'

rm -rf "$work/tree/include" "$work/tree/src" "$work/tree/devices" "$work/tree/ports" "$work/tree/linux" "$work/tree/examples" "$work/tree/firmware" "$work/tree/bindings"
complains test_layers.sh '0 files'

put src/core/long.c "$(seq -f '/* %g */' 499)"
complains test_house.sh 'src/core/long.c: 500 lines'
echo 'int x;' >"$work/tree/src/core/bare.c"
complains test_house.sh 'src/core/bare.c: no SPDX'
put src/core/core.c '__attribute__((noinline, weak)) void f(void);'
complains test_house.sh 'src/core/core.c:2: a weak symbol'
put src/core/core.c '#pragma weak f'
complains test_house.sh 'src/core/core.c:2: a weak symbol'
put src/core/core.c "/* the bus mast""er */"
complains test_house.sh 'src/core/core.c:2:.*the bus'
put src/core/core.c "int I2C_SLAV""E_ADDRESS;" "int slav""e;"
complains test_house.sh 'src/core/core.c:3:'
echo '[e](PORTING.md)' >>"$work/tree/docs/DESIGN.md"
complains test_house.sh 'docs/DESIGN.md: leads nowhere: PORTING.md'
echo '[f](docs/DESIGN.md#3-nothing)' >>"$work/tree/README.md"
complains test_house.sh 'README.md: no such heading: docs/DESIGN.md#3-nothing'

script tests/chips/rp2040/micropython/stand_in/bench.py 'class Bench: pass'
complains test_stand_ins.py 'targets.py:2: tests/chips/rp2040/micropython/stand_in/bench.py has no now'
script tests/micropython/CMakeLists.txt 'foreach(name semantics)' 'endforeach()'
complains test_stand_ins.py 'tests/micropython: 0 files looked at'

put src/core/core.c 'int puts(const char *); int f(void); int f(void) { return puts("x"); }'
complains test_freestanding.sh 'need from elsewhere: puts'
put devices/lm75.c 'int puts(const char *); int f(void); int f(void) { return puts("x"); }'
complains test_freestanding.sh 'need from elsewhere: puts'
put src/line/wires.c 'int f(void) { int unused; return 0; }'
complains test_freestanding.sh 'unused'

put include/i2ctarget/i2ctarget.h 'uint8_t f(void);'
complains test_headers.sh 'i2ctarget/i2ctarget.h: does not stand alone for: gcc'
put include/i2ctarget/i2ctarget.h 'enum kind { ONE };' '#ifdef __cplusplus' '#error no' '#endif'
complains test_headers.sh 'i2ctarget/i2ctarget.h: does not stand alone for: g\+\+'

# misstated SED-EXPRESSION PATTERN: test_porting.py reads the true tree, and a document in which one figure is wrong.
misstated() {
    cases=$((cases + 1))
    sed -E "$1" "$SOURCE_DIR/docs/PORTING.md" >"$work/PORTING.md"
    if /usr/bin/python3 "$here/test_porting.py" "$work/PORTING.md" >"$work/output" 2>&1; then
        fail "test_porting.py passes a document that is wrong: $2"
    elif ! grep -qE "$2" "$work/output"; then
        fail "test_porting.py fails, but does not say: $2"
    fi
}

misstated 's/10 functions/9 functions/' "9 functions.*it is 10"
misstated 's/about [0-9]+ tests/about 20 tests/' 'about 20 tests.*but it is'
misstated "s/toy's has about [0-9]+/toy's has about 300/" 'about 300 lines.*but it is'
misstated 's/RP2040.s about [0-9]+/RP2040'"'"'s about 439/' 'about 439.*but it is'
misstated '/^\| \[model.c\]/d' 'differ in a file: model.c'
misstated 's/(port.c\) \|) [0-9]+/\1 100/' '100 lines, but tests/chips/toy/port.c has'

echo "$cases cases, $failures failures"
[ "$failures" -eq 0 ]
