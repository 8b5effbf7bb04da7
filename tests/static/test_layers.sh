#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The tree is the diagram, and includes go one way (docs/DESIGN.md §5).  usage: test_layers.sh [TREE]
#
# Each folder has a list of what its files may include; a folder without a list is an error.  Own headers are written with their folder, "line/wires.h",
# so that the arrow can be read off.
set -u
tree=${1:-$SOURCE_DIR}
cd "$tree" || exit 2
status=0

# What a compiler has without a C library (C11 §4).
freestanding='<(float|iso646|limits|stdalign|stdarg|stdbool|stddef|stdint|stdnoreturn)\.h>'
libc='<[^>]*>'

# Into `rule`: an expression for all that the file may include.
rule_for() {
    rule=
    case $1 in
    include/i2ctarget/devices/*) rule="\"i2ctarget/(devices/[a-z0-9_]+|smbus|device|i2ctarget)\.h\"|$freestanding" ;;
    include/*) rule="\"i2ctarget/[a-z0-9_]+\.h\"|$freestanding" ;;
    # The trace is a file; whoever has no files leaves it out.
    src/line/vcd.[ch]) rule="\"line/[a-z0-9_]+\.h\"|$freestanding|<(errno|inttypes|stdio|string)\.h>" ;;
    src/line/*) rule="\"line/[a-z0-9_]+\.h\"|\"i2ctarget/(event|fault)\.h\"|$freestanding" ;;
    src/core/*) rule="\"core/[a-z0-9_]+\.h\"|\"i2ctarget/[a-z0-9_]+\.h\"|$freestanding" ;;
    src/quirks/*) rule="\"core/core\.h\"|\"i2ctarget/[a-z0-9_]+\.h\"|$freestanding" ;;
    src/smbus/*) rule="\"i2ctarget/(smbus|device|i2ctarget)\.h\"|$freestanding" ;;
    devices/*) rule="\"i2ctarget/(devices/[a-z0-9_]+|smbus|device|i2ctarget)\.h\"|$freestanding" ;;
    ports/testbus/*) rule="\"(testbus|line|i2ctarget)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/remote/*) rule="\"(remote|link|i2ctarget)/[a-z0-9_]+\.h\"|$libc" ;;
    # A target knows no limits and no alarm: who keeps them is above it.
    ports/rp2040/target.*) rule="\"rp2040/(target|engine|clock|fast)\.h\"|\"core/events\.h\"|\"line/stretching\.h\"|\"i2ctarget/[a-z0-9_]+\.h\"|$freestanding" ;;
    # What any two pins need, on any chip: it knows none.
    ports/gpio/*) rule="\"(gpio|chip)/[a-z0-9_]+\.h\"|\"line/(line_driver|stretching)\.h\"|\"i2ctarget/port\.h\"|\"cpu\.h\"|$freestanding" ;;
    # Registers and the processor core are the include path's to choose: the chip's, or a model's.
    ports/rp2040/*) rule="\"(rp2040|chip|i2ctarget)/[a-z0-9_]+\.h\"|\"line/stretching\.h\"|\"(mmio|cpu|nvic)\.h\"|$freestanding" ;;
    ports/samd5x/*) rule="\"(samd5x|gpio|chip|i2ctarget)/[a-z0-9_]+\.h\"|\"line/stretching\.h\"|\"(mmio|cpu|nvic)\.h\"|$freestanding" ;;
    # What only one of four chips has is in its soc.h; instructions are reached as registers are.
    ports/esp32/*) rule="\"(esp32|gpio|chip|i2ctarget)/[a-z0-9_]+\.h\"|\"(soc|mmio|cpu|cpu_gpio|cycles)\.h\"|$freestanding" ;;
    # What all of them have in common knows none of them.
    ports/chip/*) rule="\"(chip|i2ctarget)/[a-z0-9_]+\.h\"|\"line/stretching\.h\"|\"cpu\.h\"|$freestanding" ;;
    # What belongs to the processor core; the registers among it are reached as all others are.
    ports/cpu/*) rule="\"(mmio|event|register)\.h\"|$freestanding" ;;
    linux/link/*) rule="\"link/[a-z0-9_]+\.h\"|\"i2ctarget/address\.h\"|$libc" ;;
    linux/interrupt/*) rule="\"(interrupt|i2ctarget)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/bus/*) rule="\"(bus|line)/[a-z0-9_]+\.h\"|\"link/protocol\.h\"|\"i2ctarget/(event|fault)\.h\"|$libc" ;;
    # The parts of i2cdev have an order; i2cdev.h has the types of all.
    linux/i2cdev/i2cdev_request.*) rule="\"i2cdev/i2cdev(_request)?\.h\"|$libc" ;;
    linux/i2cdev/i2cdev_rdwr.*) rule="\"i2cdev/i2cdev(_request|_rdwr)?\.h\"|$libc" ;;
    linux/i2cdev/i2cdev_smbus.*) rule="\"i2cdev/i2cdev(_request|_smbus)?\.h\"|$libc" ;;
    linux/i2cdev/*) rule="\"(i2cdev|line)/[a-z0-9_]+\.h\"|\"link/protocol\.h\"|$libc" ;;
    linux/server/*) rule="\"(server|bus|i2cdev|line|link)/[a-z0-9_]+\.h\"|\"i2ctarget/(event|fault)\.h\"|$libc" ;;
    linux/adapter/*) rule="\"(adapter|line|link)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/front/*) rule="\"(front|link)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/cuse/*) rule="\"(cuse|front|link)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/seccomp/*) rule="\"(seccomp|front|link)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/shim/*) rule="\"(shim|front|link)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/waveform/*) rule="\"waveform/[a-z0-9_]+\.h\"|$libc" ;;
    linux/vhost/*) rule="\"vhost/[a-z0-9_]+\.h\"|$libc" ;;
    linux/cli/devices/*) rule="\"(cli|cli/devices|cli/regmap|cli/replay|link|i2ctarget|i2ctarget/devices)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/cli/trace/*) rule="\"(cli/trace|waveform)/[a-z0-9_]+\.h\"|\"link/protocol\.h\"|$libc" ;;
    linux/cli/replay/*) rule="\"(cli|cli/replay|waveform)/[a-z0-9_]+\.h\"|\"i2ctarget/device\.h\"|$libc" ;;
    linux/cli/regmap/*) rule="\"(cli|cli/regmap|i2ctarget/devices)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/cli/boards/*) rule="\"(cli|cli/boards)/[a-z0-9_]+\.h\"|$libc" ;;
    linux/cli/*) rule="\"(cli|cli/boards|cli/devices|cli/regmap|cli/trace|adapter|server|seccomp|waveform|link|i2ctarget)/[a-z0-9_]+\.h\"|$libc" ;;
    firmware/libc/*) rule="<string\.h>|$freestanding" ;;
    # What the start of all Cortex-M has in common knows no chip.
    firmware/cortexm/*) rule="\"firmware/(cortexm/[a-z0-9_]+|board_functions)\.h\"|\"mmio\.h\"|$freestanding" ;;
    # What start-up and the port both touch is the port's: registers, their access, the clock.
    firmware/samd5x/*) rule="\"(firmware|i2ctarget)/[a-z0-9_/]+\.h\"|\"samd5x/(regs|time)\.h\"|\"(mmio|cpu|nvic)\.h\"|$freestanding" ;;
    firmware/rp2040/*) rule="\"(firmware|i2ctarget)/[a-z0-9_/]+\.h\"|\"rp2040/(regs|clock)\.h\"|\"mmio\.h\"|$freestanding" ;;
    # The ESP32 family: cores know no chip, and the include path selects chip.h, core.h and counter.h.
    firmware/xtensa/* | firmware/riscv/*) rule="\"firmware/espressif/start\.h\"|$freestanding" ;;
    firmware/espressif/*) rule="\"(firmware|i2ctarget)/[a-z0-9_/]+\.h\"|\"esp32/(regs|time)\.h\"|\"(mmio|cpu|core|chip)\.h\"|$freestanding" ;;
    firmware/esp32*/*) rule="\"firmware/espressif/[a-z]+\.h\"|\"(mmio|chip|counter)\.h\"|$freestanding" ;;
    firmware/*) rule="\"(firmware|i2ctarget)/[a-z0-9_/]+\.h\"|$freestanding" ;;
    # What the bindings share knows neither Python.
    bindings/common/*) rule="\"(common|i2ctarget|i2ctarget/devices)/[a-z0-9_]+\.h\"|$freestanding|<(math|string)\.h>" ;;
    # One file knows those below it, and none above (binding.h).
    bindings/micropython/src/module.*) rule="\"(target|request|requests|memory|eeprom)\.h\"" ;;
    bindings/micropython/src/requests.*) rule="\"(target|requests|service)\.h\"" ;;
    bindings/micropython/src/target.*) rule="\"(target|request|memory|eeprom|service|errors|waiting|telling|machine|common/[a-z]+)\.h\"" ;;
    bindings/micropython/src/request.*) rule="\"(request|service|errors|machine|common/[a-z]+)\.h\"" ;;
    bindings/micropython/src/memory.* | bindings/micropython/src/eeprom.*) rule="\"(memory|eeprom|device|errors)\.h\"|<string\.h>" ;;
    bindings/micropython/src/device.*) rule="\"(device|service|telling|errors|machine|common/[a-z]+)\.h\"" ;;
    bindings/micropython/src/*) rule="\"(service|errors|waiting|telling|machine|vm|common/[a-z]+|i2ctarget/(i2ctarget|port))\.h\"" ;;
    # MicroPython itself, built in or loaded: the include path selects it.
    bindings/micropython/usermod/*) rule="\"py/[a-z]+\.h\"|<string\.h>" ;;
    bindings/micropython/natmod/rp2040/*) rule="\"(machine|vm|claims|mmio|cpu|i2ctarget/(rp2040|port)|rp2040/regs)\.h\"" ;;
    bindings/micropython/natmod/chip.*) rule="\"(machine|waiting|cpu)\.h\"" ;;
    bindings/micropython/natmod/*) rule="\"(vm|request|requests|memory|eeprom|target|py/[a-z]+)\.h\"" ;;
    # The SDK's headers are in folders of their own; of MicroPython's port there are its pins.
    bindings/micropython/rp2/machine.*) rule="\"(machine|claiming|clock|telling|machine_pin|extmod/modmachine|py/(mperrno|mphal|runtime)|pico/platform)\.h\"" ;;
    bindings/micropython/rp2/claiming.*) rule="\"(claiming|claims|clock|i2ctarget/[a-z0-9_]+|(hardware|pico)/[a-z]+)\.h\"" ;;
    bindings/micropython/rp2/board/*) rule='none' ;;
    bindings/micropython/rp2/*) rule="\"(claims|clock|i2ctarget/rp2040|py/runtime|hardware/[a-z]+)\.h\"|$freestanding" ;;
    bindings/micropython/unix/*) rule="\"(machine|waiting|i2ctarget/bus)\.h\"|$libc" ;;
    bindings/python/src/module.*) rule="\"(target|testbus|request|memory|eeprom|values)\.h\"|$libc" ;;
    bindings/python/src/target*) rule="\"(target|target_doc|testbus|request|memory|eeprom|arguments|values|errors|binding|common/[a-z]+)\.h\"|$libc" ;;
    bindings/python/src/testbus.* | bindings/python/src/transfers.*) rule="\"(testbus|transfers|device|service|i2ctarget/testbus)\.h\"|$libc" ;;
    bindings/python/src/service.*) rule="\"(service|binding|common/[a-z]+|i2ctarget/testbus)\.h\"|$libc" ;;
    bindings/python/src/request.*) rule="\"(request|device|service|values|errors|common/[a-z]+)\.h\"|$libc" ;;
    bindings/python/src/device.*) rule="\"(device|binding|service|common/[a-z]+|i2ctarget/port)\.h\"|$libc" ;;
    bindings/python/src/memory.* | bindings/python/src/eeprom.*) rule="\"(memory|eeprom|device|common/[a-z]+)\.h\"|$libc" ;;
    bindings/python/src/binding.h) rule="\"i2ctarget/bus\.h\"|$libc" ;;
    bindings/python/src/*) rule="\"(binding|service|arguments|values|errors|common/[a-z]+)\.h\"|$libc" ;;
    boards/* | examples/*) rule="\"i2ctarget/(devices/)?[a-z0-9_]+\.h\"|$libc" ;;
    esac
}

# A header of ours in angle brackets would pass for one of the system.
ours='<(i2ctarget|line|core|testbus|remote|interrupt|rp2040|samd5x|esp32|gpio|chip|cpu|link|bus|i2cdev|server|adapter|front|seccomp|shim|cuse|vhost|waveform|cli)/'

include='^[[:blank:]]*#[[:blank:]]*include[[:blank:]]*([<"][^>"]*[>"])'

check_file() {
    local number=0 line included
    rule_for "$1"
    if [ -z "$rule" ]; then
        echo "$1: its folder has no rule in test_layers.sh"
        status=1
        return
    fi
    while IFS= read -r line; do
        number=$((number + 1))
        [[ $line =~ $include ]] || continue
        included=${BASH_REMATCH[1]}
        if ! [[ $included =~ ^($rule)$ ]] || [[ $included =~ $ours ]]; then
            echo "$1:$number: may not include $included"
            status=1
        fi
    done <"$1"
}

count=0
while IFS= read -r -d '' file; do
    check_file "$file"
    count=$((count + 1))
done < <(find include src devices ports linux bindings boards examples firmware -name '*.[ch]' -print0 2>/dev/null)

echo "$count files looked at"
[ "$count" -gt 0 ] || status=1
exit $status
