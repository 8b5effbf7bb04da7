/* SPDX-License-Identifier: MIT */
/* The finished second stage (boot2.S, boot2.py), as the first 256 bytes of the flash. */
    .section .boot2, "a"
    .incbin "boot2.bin"
