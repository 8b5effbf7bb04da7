/* SPDX-License-Identifier: MIT */
/* A component of ESP-IDF: a whole file, but for the declaration of its entry. */
#include "i2ctarget/esp_idf.h"

void app_main(void);

SNIPPET
