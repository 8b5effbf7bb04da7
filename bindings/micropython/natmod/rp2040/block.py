# SPDX-License-Identifier: MIT
# A program that fills a PIO block.  The module claims the block with it (claims.c) and never runs it.
import rp2


@rp2.asm_pio()
def _block():
    for _ in range(32):
        nop()  # noqa: F821 (asm_pio defines it)
