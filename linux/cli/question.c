/* SPDX-License-Identifier: MIT */
#include "cli/question.h"

#include <errno.h>
#include <string.h>

int question_ask(struct link *link, struct link_frame *reply, uint32_t op, uint32_t value,
                 const char *text)
{
    uint8_t request[PROTOCOL_REQUEST_BYTES] = {0};
    put_u32(request + 8, op);
    put_u32(request + 12, value);
    int result = i2ctarget_link_send(link, PROTOCOL_REQUEST, request, sizeof request, text,
                                     text ? strlen(text) : 0);
    if (result == 0)
        result = i2ctarget_link_receive(link, reply, i2ctarget_link_now_us() + LINK_PATIENCE_US);
    if (result < 0)
        return result;
    if (reply->type != PROTOCOL_REPLY || reply->length < PROTOCOL_REPLY_BYTES)
        return -EPROTO;
    return (int)get_u32(reply->payload);
}
