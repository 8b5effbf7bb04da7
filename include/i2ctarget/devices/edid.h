/* SPDX-License-Identifier: MIT */
/*
 * The EDID of a display, as a controller finds it on the DDC lines of a connector.
 *
 *   0x50   a write sets the offset, one byte; a read goes on from there, round in the segment
 *   0x30   a write selects the segment, 256 bytes each, for the rest of the transfer
 *
 * The segment is 0 again after each message that no repeated START follows, and after the NACK that
 * ends a read.  So a controller that knows nothing of segments always finds the first two blocks.  A
 * segment beyond the end reads as 0xFF.  Controllers can not write the EDID: data after the offset,
 * or after the segment, is not acknowledged.
 *
 * The facts are from VESA E-DDC 1.1, 2.2.5 ("segment pointer"), and from what Linux' DRM asks of
 * displays (drivers/gpu/drm/drm_edid.c).
 */
#ifndef I2CTARGET_DEVICES_EDID_H
#define I2CTARGET_DEVICES_EDID_H

#include "i2ctarget/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_EDID_ADDRESS = 0x50,
    I2CTARGET_EDID_SEGMENT_ADDRESS = 0x30, /* attach the device to both */
    I2CTARGET_EDID_SIZE_BYTES_MAX = 32768, /* 128 segments */
};

/* All members are private to the device. */
struct i2ctarget_edid {
    struct i2ctarget_device device; /* first member */
    const uint8_t *bytes;
    uint32_t size_bytes;
    uint8_t segment; /* 0..127 */
    uint8_t offset;
    uint8_t next; /* a read: the offset after the byte that was given */
    bool is_read;
    bool is_pointer;  /* a message to the segment's address */
    bool is_complete; /* a write: its only byte has come */
};

/*
 * Call it before the first attach.  `bytes` is the caller's, and lives as long as the device.
 * Returns 0, or -I2CTARGET_EINVAL: more than I2CTARGET_EDID_SIZE_BYTES_MAX, or none.
 */
I2CTARGET_API int i2ctarget_edid_init(struct i2ctarget_edid *edid, const uint8_t *bytes,
                                      uint32_t size_bytes) I2CTARGET_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif
