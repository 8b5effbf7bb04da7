/* SPDX-License-Identifier: MIT */
#include "gpio_chip.h"

enum {
    GET_DIRECTION = 2,
    SET_DIRECTION = 3,
    GET_VALUE = 4,
    SET_VALUE = 5,
};

enum { STATUS_OK = 0, STATUS_ERROR = 1 };
enum { REQUEST_BYTES = 8 };

static unsigned le16_at(const uint8_t *bytes)
{
    return bytes[0] | (unsigned)bytes[1] << 8;
}

static bool set_direction(struct gpio_chip *chip, unsigned number, uint32_t direction)
{
    if (direction > GPIO_IN)
        return false;
    chip->lines[number].direction = (enum gpio_direction)direction;
    chip->driven(chip->owner, number);
    return true;
}

/* The value may be set before the line becomes an output, so that it never drives the wrong one. */
static bool set_value(struct gpio_chip *chip, unsigned number, uint32_t value)
{
    if (value > 1)
        return false;
    chip->lines[number].value = value;
    chip->driven(chip->owner, number);
    return true;
}

static bool carry_out(struct gpio_chip *chip, const uint8_t *request, uint8_t *value)
{
    unsigned number = le16_at(request + 2);
    uint32_t argument = le16_at(request + 4) | (uint32_t)le16_at(request + 6) << 16;
    if (number >= chip->count)
        return false;
    switch (le16_at(request)) {
    case GET_DIRECTION:
        *value = (uint8_t)chip->lines[number].direction;
        return true;
    case SET_DIRECTION:
        return set_direction(chip, number, argument);
    case GET_VALUE:
        *value = chip->level(chip->owner, number);
        return true;
    case SET_VALUE:
        return set_value(chip, number, argument);
    default:
        return false;
    }
}

bool gpio_chip_request(struct gpio_chip *chip, struct virtqueue *queue)
{
    struct virtqueue_chain chain;
    if (!virtqueue_take(queue, &chain))
        return false;
    uint8_t response[2] = {STATUS_ERROR, 0};
    if (chain.out_bytes == REQUEST_BYTES && carry_out(chip, chain.out, &response[1]))
        response[0] = STATUS_OK;
    virtqueue_give(queue, &chain, response, sizeof response);
    return true;
}
