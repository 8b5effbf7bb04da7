/* SPDX-License-Identifier: MIT */
/* What a file of a memory is, by the marks of its format. */
#ifndef CLI_DEVICES_IMAGE_H
#define CLI_DEVICES_IMAGE_H

#include <stddef.h>
#include <stdint.h>

enum image {
    IMAGE_ANY,
    IMAGE_EDID, /* of a display: VESA E-EDID A2, 3.3 (the header) */
    IMAGE_HAT,  /* of a Raspberry Pi's board: HAT EEPROM format, "EEPROM header structure" */
    IMAGE_DDR4, /* of a memory module: JEDEC 21-C, 4.1.2.L (SPD of DDR4), bytes 2 and 126 */
    IMAGE_DDR5, /* JESD400-5, bytes 2 and 510 */
};

enum image image_of(const uint8_t *bytes, size_t length);

#endif
