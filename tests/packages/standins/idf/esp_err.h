/* SPDX-License-Identifier: MIT */
#ifndef ESP_ERR_H
#define ESP_ERR_H

typedef int esp_err_t;
enum { ESP_OK = 0 };

void abort(void);
#define ESP_ERROR_CHECK(error) \
    do {                       \
        if ((error) != ESP_OK) \
            abort();           \
    } while (0)

#endif
