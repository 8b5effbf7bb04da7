/* SPDX-License-Identifier: MIT */
#include "chips/esp32/emulator/chip.h"

#include <inttypes.h>

struct esp32x esp_chip;
static struct esp32x_tap tap;

enum { CRYSTAL_HZ = 40000000 };

/* "GPIO5". */
int esp_pin(const char *name)
{
    int number = 0, end = 0;
    bool is_number = sscanf(name, "GPIO%2d%n", &number, &end) == 1 && !name[end];
    return is_number && number < ESP32X_PINS ? number : -1;
}

/* What an access costs beyond the core's own cycle or two is the model's price of one. */
static uint32_t extra_cycles(struct processor *processor, uint32_t address, bool is_write)
{
    (void)address;
    (void)is_write;
    return processor->access_cycles;
}

const struct wires_participant *esp_power_on(enum esp32x_kind kind, struct wires *wires,
                                             unsigned scl, unsigned sda)
{
    esp32x_init(&esp_chip, kind, wires);
    esp32x_connect(&esp_chip, &tap, scl, sda);
    esp_chip.processor.extra_cycles = extra_cycles;
    return &tap.participant;
}

uint32_t esp_clock_hz(void)
{
    uint32_t hz = esp32x_cpu_hz(&esp_chip);
    return hz ? hz : CRYSTAL_HZ;
}

/* ---- findings -------------------------------------------------------------------------------- */

unsigned esp_finding_count(void)
{
    return esp_chip.error_count < ESP32X_ERRORS_MAX ? esp_chip.error_count : ESP32X_ERRORS_MAX;
}

void esp_finding(unsigned index, char *text, size_t size)
{
    const struct esp32x_error *error = &esp_chip.errors[index];
    snprintf(text, size, "%s: %08" PRIx32 " at %" PRIu64 " ns", esp32x_fault_name(error->fault),
             error->address, error->at_ns);
}

static void report_mask(FILE *file, const char *name, uint64_t pins)
{
    const char *comma = "";
    fprintf(file, "\"%s\": [", name);
    for (unsigned pin = 0; pin < ESP32X_PINS; pin++) {
        if (!(pins >> pin & 1))
            continue;
        fprintf(file, "%s\"GPIO%u\"", comma, pin);
        comma = ", ";
    }
    fprintf(file, "]");
}

void esp_report_pins(FILE *file)
{
    report_mask(file, "everDriving", esp_chip.ever_driven);
    fprintf(file, ", ");
    report_mask(file, "outputs", esp_chip.gpio.outputs);
}
