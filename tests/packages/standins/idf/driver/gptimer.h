/* SPDX-License-Identifier: MIT */
#ifndef DRIVER_GPTIMER_H
#define DRIVER_GPTIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_err.h"

typedef struct gptimer_t *gptimer_handle_t;
enum { GPTIMER_CLK_SRC_DEFAULT = 4, GPTIMER_COUNT_UP = 1 };

typedef struct {
    int clk_src, direction;
    uint32_t resolution_hz;
} gptimer_config_t;

typedef struct {
    uint64_t count_value, alarm_value;
} gptimer_alarm_event_data_t;

typedef struct {
    bool (*on_alarm)(gptimer_handle_t timer, const gptimer_alarm_event_data_t *event, void *user);
} gptimer_event_callbacks_t;

typedef struct {
    uint64_t alarm_count, reload_count;
} gptimer_alarm_config_t;

esp_err_t gptimer_new_timer(const gptimer_config_t *config, gptimer_handle_t *timer);
esp_err_t gptimer_register_event_callbacks(gptimer_handle_t timer,
                                           const gptimer_event_callbacks_t *callbacks, void *user);
esp_err_t gptimer_enable(gptimer_handle_t timer);
esp_err_t gptimer_start(gptimer_handle_t timer);
esp_err_t gptimer_get_raw_count(gptimer_handle_t timer, uint64_t *value);
esp_err_t gptimer_set_alarm_action(gptimer_handle_t timer, const gptimer_alarm_config_t *config);

#endif
