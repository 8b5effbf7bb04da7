/* SPDX-License-Identifier: MIT */
#define MICROPY_HW_BOARD_NAME "i2ctarget"
/* Of 2 MB of flash, which every board has at least; the firmware has the rest. */
#define MICROPY_HW_FLASH_STORAGE_BYTES (1408 * 1024)
