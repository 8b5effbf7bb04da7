/* SPDX-License-Identifier: MIT */
/* The rigs of SAM D5x/E5x that every suite runs on, one line each. */
#include "chips/samd5x/rig.h"

static const struct rig_kind rigs[] = {
    RIG_SAMD5X("samd5x_100k", samd5x_plain, 100000, 20, 2, 17, RIG_HEARS_OTHERS),
    RIG_SAMD5X("samd5x_400k", samd5x_plain, 400000, 20, 2, 17, RIG_HEARS_OTHERS),
    RIG_SAMD5X("samd5x_1M", samd5x_plain, 1000000, 20, 2, 17, RIG_HEARS_OTHERS),
    RIG_SAMD5X("samd5x_400k_other", samd5x_other, 400000, 20, 2, 17, RIG_HEARS_OTHERS),
    RIG_SAMD5X("samd5x_400k_secretive", samd5x_secretive, 400000, 20, 2, 17, RIG_HEARS_OTHERS),
    RIG_SAMD5X("samd5x_400k_hear_all", samd5x_hear_all, 400000, 20, 2, 17, 0),
    /* Slow ones: 5 us and 50 us until an interrupt is served, 20 cycles an access. */
    RIG_SAMD5X("samd5x_100k_slow", samd5x_plain, 100000, 6250, 20, 37,
               RIG_PROMPT | RIG_HEARS_OTHERS),
    RIG_SAMD5X("samd5x_400k_slow", samd5x_hear_all, 400000, 625, 7, 37, RIG_PROMPT),
    RIG_SAMD5X("samd5x_1M_slow", samd5x_other, 1000000, 6250, 20, 37,
               RIG_PROMPT | RIG_HEARS_OTHERS),
};

RIG_TABLE(rigs)
