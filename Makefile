# SPDX-License-Identifier: MIT
# The entry point.  CMake and scripts/ do the work; this file only lists what there is to do.

BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
TARGET ?=
BOARD ?=
BUS ?=
EXAMPLE ?= registers
# The recipes read it from their environment, where make puts it.  So a path may have spaces.
SOURCE ?=
export SOURCE
CHIP ?=
SCL ?=
SDA ?=
# SAM D5x/E5x: firmware without code for pins that no SERCOM has.
SERCOM_ONLY ?=
# ESP32, ESP32-S3: 1 is the second core, which has the program then.
CORE ?=
prefix ?= /usr/local
DESTDIR ?=

CMAKE = cmake -G Ninja -S . -B
MAIN = $(BUILD)/gcc
# What people use, without the tests.
PLAIN = JOBS=$(JOBS) scripts/build.sh $(MAIN) -DI2CTARGET_TESTS=OFF
# On Debian i2c-tools are in a directory that is only in root's PATH.
export PATH := $(PATH):/usr/sbin:/sbin

.PHONY: help build demo firmware firmware-all micropython micropython-mpy hil check check-boards check-packages check-kernel check-micropython soak soak-kernel mutants mutants-micropython bench bench-kernel fuzz size lint format sdk deb install uninstall clean

help: ## List what can be made (this)
	@echo "i2ctarget: write an I2C target once; run it on an MCU, on Linux without hardware, or in a test"
	@echo
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'
	@echo
	@echo "Variables: BUILD=$(BUILD) JOBS=$(JOBS) prefix=$(prefix) DESTDIR=$(DESTDIR)"

build: ## Build everything into build/gcc
	@scripts/setup.sh build
	@$(PLAIN)

demo: ## See it work: a bus, a target (TARGET=python or c, on an emulated BOARD if you name one), i2c-tools, what went over the wires
	@scripts/setup.sh build demo $(if $(filter python,$(TARGET)),$(if $(BOARD),micropython,python))
	@$(PLAIN)
	@$(if $(BOARD),scripts/setup.sh firmware emulator)
	@$(if $(BOARD),SCL="$(SCL)" SDA="$(SDA)" FIRMWARE="$(BUILD)/firmware" EMULATOR="$(BUILD)/emulator" JOBS="$(JOBS)") scripts/demo.sh $(MAIN) $(or $(BOARD),$(TARGET)) $(if $(BOARD),$(filter python,$(TARGET)))

firmware: ## Firmware: BOARD=raspberry_pi_pico, SOURCE=../mine.c (a file or a folder, or mine.py) or EXAMPLE=registers, SCL=GPIO5 SDA=GPIO4 for other pins, CORE=1 for the second core of ESP32 and ESP32-S3
	@scripts/setup.sh firmware $(if $(filter %.py,$(or $(SOURCE),$(EXAMPLE))),micropython)
	@CHIP="$(CHIP)" SCL="$(SCL)" SDA="$(SDA)" SERCOM_ONLY="$(SERCOM_ONLY)" CORE="$(CORE)" JOBS="$(JOBS)" scripts/firmware.sh $(BUILD)/firmware $(or $(BOARD),"") $(if $(SOURCE),"--source=$$SOURCE",$(EXAMPLE))

firmware-all: ## Firmware for all boards of a chip: CHIP=rp2040, samd5x, esp32, esp32s2, esp32s3 or esp32c3
	@scripts/setup.sh firmware
	@CHIP="$(or $(CHIP),rp2040)" SCL="$(or $(SCL),GPIO5)" SDA="$(or $(SDA),GPIO4)" CORE="$(CORE)" JOBS="$(JOBS)" scripts/firmware.sh $(BUILD)/firmware all $(if $(SOURCE),"--source=$$SOURCE",$(EXAMPLE))

ifeq ($(BOARD),)
micropython: ## MicroPython with the module i2ctarget, from Debian 13's source: for Linux, or for a BOARD
	@scripts/setup.sh build micropython
	@$(CMAKE) $(MAIN) -DI2CTARGET_TESTS=OFF >/dev/null
	@ninja -C $(MAIN) -j $(JOBS) --quiet
	@JOBS="$(JOBS)" scripts/micropython.sh $(BUILD)/micropython
	@echo "$(BUILD)/micropython/micropython"
else
micropython:
	@scripts/setup.sh firmware micropython
	@SCL="$(SCL)" SDA="$(SDA)" JOBS="$(JOBS)" scripts/micropython_board.sh $(BUILD)/micropython/rp2 $(BOARD)
endif

micropython-mpy: ## The module for a stock MicroPython of the RP2040, to be copied to the board; BOARD=raspberry_pi_pico: with its module board
	@scripts/setup.sh micropython
	@JOBS="$(JOBS)" DEBIAN13="$(BUILD)/debian13" scripts/micropython_mpy.sh $(BUILD)/micropython/mpy $(BOARD)
	@echo "$(BUILD)/micropython/mpy/i2ctarget.mpy"

hil: ## Hardware in the loop: check a board with an example on it, BUS=1 for /dev/i2c-1 (without BUS: a dry run)
	@$(if $(BUS),,scripts/setup.sh build && $(PLAIN))
	@tests/hil/hil.py $(if $(BUS),--bus $(BUS),--dry-run --build $(MAIN))

check: ## What every change has to pass: gcc, AddressSanitizer + UndefinedBehaviorSanitizer, ThreadSanitizer, clang, Debian's kernel
	@scripts/setup.sh build python demo check kernel firmware emulator size
	@BUILD="$(BUILD)" JOBS="$(JOBS)" scripts/check.sh

check-boards: ## The rest of what concerns chips: every rig, cut, spiked and stalled; images; who judges models and emulators
	@scripts/setup.sh build python demo check firmware emulator
	@BUILD="$(BUILD)" JOBS="$(JOBS)" scripts/check.sh boards

check-packages: ## What others build and install: the documents' commands, CMake, SDKs, the Python wheel, Debian packages in a clean root
	@scripts/setup.sh build python demo check firmware emulator deb deb-check
	@BUILD="$(BUILD)" JOBS="$(JOBS)" scripts/check.sh packages

check-kernel: ## Only the checks with Debian's kernel, in a virtual machine
	@scripts/setup.sh build python demo check kernel
	@$(CMAKE) $(MAIN) -DI2CTARGET_TESTS=ON >/dev/null
	@ninja -C $(MAIN) -j $(JOBS) --quiet
	@scripts/kernel.sh $(MAIN) $(BUILD)/kernel

check-micropython: ## Only what needs Debian 13's packages: MicroPython with the module, the SDK of the RP2040, esptool
	@scripts/setup.sh build demo check firmware emulator micropython
	@BUILD="$(BUILD)" JOBS="$(JOBS)" scripts/check_micropython.sh

soak: ## Long runs: thousands of connects, disconnects and kills; MicroPython's firmware for every board
	@scripts/setup.sh build python demo
	@$(PLAIN)
	@tests/linux/soak.sh $(MAIN)
	@$(CMAKE) $(BUILD)/soak -DI2CTARGET_TESTS=ON >/dev/null
	@ninja -C $(BUILD)/soak -j $(JOBS) --quiet contract cut spikes test_crossings
	@$(BUILD)/soak/tests/linux/server/test_crossings 20000
	@tests/chips/soak.sh $(BUILD)/soak $(JOBS)
	@scripts/setup.sh firmware micropython
	@JOBS="$(JOBS)" scripts/micropython_board.sh $(BUILD)/micropython/rp2 all --quiet

soak-kernel: ## A bus attached to Debian's kernel and detached, 1000 times
	@scripts/setup.sh build python demo kernel
	@$(PLAIN)
	@tests/kernel/run.py $(MAIN) --cache $(BUILD)/kernel --groups tests/kernel/soak --seconds 5400

mutants: ## Seed bugs, our own and a sample that a program draws, and demand that tests find each
	@scripts/setup.sh build python demo check firmware emulator
	@JOBS="$(JOBS)" scripts/mutants.sh $(BUILD)/mutants

mutants-micropython: ## The same for MicroPython's module, which is built anew for each
	@scripts/setup.sh build demo check firmware emulator micropython
	@scripts/debian13.sh $(BUILD)/debian13 src:micropython
	@JOBS="$(JOBS)" scripts/micropython.sh $(BUILD)/micropython
	@JOBS="$(JOBS)" scripts/micropython_rp2.sh $(BUILD)/micropython/rp2-stock
	@DEBIAN13="$(abspath $(BUILD))/debian13" MICROPYTHON="$(abspath $(BUILD))/micropython" JOBS="$(JOBS)" scripts/mutants.sh $(BUILD)/mutants micropython

bench: ## Measure speed and round trips; RECORD=1 adds them to bench/HISTORY.md
	@scripts/setup.sh build python firmware emulator bench
	@{ bench/run.sh $(BUILD)/bench && bench/python.sh $(BUILD)/bench && bench/rp2040.py $(BUILD)/bench; } $(if $(RECORD),| bench/history.py)

bench-kernel: ## The same for what is attached to Debian's kernel, in a virtual machine
	@scripts/setup.sh build python check kernel bench
	@$(CMAKE) $(BUILD)/bench-kernel -DCMAKE_BUILD_TYPE=Release -DI2CTARGET_TESTS=ON -DI2CTARGET_BENCH=ON >/dev/null
	@ninja -C $(BUILD)/bench-kernel -j $(JOBS) --quiet
	@tests/kernel/run.py $(BUILD)/bench-kernel --cache $(BUILD)/kernel --groups bench/kernel/groups --jobs 1

fuzz: ## Fuzz the line engine, the bus protocol and the shim's calls for a while
	@scripts/setup.sh build fuzz
	@scripts/fuzz.sh $(BUILD)/fuzz

size: ## Flash and RAM of the core on a Cortex-M0+
	@scripts/setup.sh build size
	@scripts/size.sh $(BUILD)/size

lint: ## clang-format, cppcheck, clang-tidy, shellcheck
	@scripts/setup.sh build check lint
	@scripts/lint.sh $(BUILD)/clang

format: ## Bring all C files into the house's form
	@scripts/setup.sh format
	@scripts/format.sh

install: ## Install library, headers, command and man page under DESTDIR and prefix
	@scripts/setup.sh build
	@JOBS=$(JOBS) scripts/install.sh $(MAIN) "$(prefix)" "$(DESTDIR)"

uninstall: ## Remove what install put there (the same DESTDIR and prefix)
	@scripts/install.sh --uninstall "$(prefix)" "$(DESTDIR)"

sdk: ## The library for Arduino, PlatformIO and ESP-IDF in build/sdk
	@scripts/setup.sh sdk
	@sdk/layout.py $(BUILD)/sdk

deb: ## Debian packages in build/deb: the command, the library, its headers, the Python module
	@scripts/setup.sh build deb
	@JOBS="$(JOBS)" scripts/deb.sh $(BUILD)/deb

clean: ## Remove everything that was built
	rm -rf $(BUILD)
