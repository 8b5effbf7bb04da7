/* SPDX-License-Identifier: MIT */
#ifndef ESP_INTR_ALLOC_H
#define ESP_INTR_ALLOC_H

#include "esp_err.h"

enum { ESP_INTR_FLAG_LEVEL3 = 1 << 3, ESP_INTR_FLAG_SHARED = 1 << 8, ESP_INTR_FLAG_IRAM = 1 << 10 };

typedef void (*intr_handler_t)(void *argument);
typedef struct intr_handle_data_t *intr_handle_t;

esp_err_t esp_intr_alloc(int source, int flags, intr_handler_t handler, void *argument,
                         intr_handle_t *handle);

#endif
