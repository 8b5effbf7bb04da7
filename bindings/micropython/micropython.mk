# SPDX-License-Identifier: MIT
# A user C module for MicroPython's ports that are built with make: the unix port.
#
#     make -C micropython/ports/unix USER_C_MODULES=…/i2ctarget/bindings FROZEN_MANIFEST=…/i2ctarget/bindings/micropython/unix/manifest.py
I2CTARGET := $(abspath $(USERMOD_DIR)/../..)

ifneq ($(notdir $(CURDIR)),unix)
$(error i2ctarget: no port of the library serves MicroPython's $(notdir $(CURDIR)) yet)
endif

# MicroPython would put the objects into BUILD/micropython, which is the name of the program: "/./" keeps them out of there.
SRC_USERMOD_C += $(addprefix $(I2CTARGET)/./bindings/micropython/,unix/machine.c unix/linux.c \
    src/module.c src/requests.c src/target.c src/request.c src/memory.c src/eeprom.c src/device.c src/service.c \
    src/telling.c src/errors.c src/waiting.c)
SRC_USERMOD_LIB_C += $(addprefix $(I2CTARGET)/,bindings/common/words.c bindings/common/arguments.c bindings/common/message.c bindings/common/device.c \
    devices/eeprom.c devices/memory.c \
    src/core/core.c src/core/addresses.c src/core/requests.c src/core/commitment.c src/core/explain.c src/quirks/quirks.c \
    linux/remote/port.c linux/remote/quirk.c linux/remote/readiness.c linux/remote/roster.c linux/remote/session.c \
    linux/link/link.c linux/link/directory.c linux/link/explain.c linux/link/text.c linux/link/claim.c linux/link/standard.c linux/link/stops.c)
CFLAGS_USERMOD += -I$(USERMOD_DIR)/src -I$(USERMOD_DIR)/usermod $(addprefix -I$(I2CTARGET)/,include src linux bindings)

# The library's own files alone: MicroPython's do not compile with it.
$(BUILD)/$(I2CTARGET)/linux/%.o: CFLAGS += -D_GNU_SOURCE
