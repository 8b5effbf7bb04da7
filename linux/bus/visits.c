/* SPDX-License-Identifier: MIT */
#include "bus/visits.h"

#include <stddef.h>

void visits_enter(struct visits *visits, struct visit *visit, void *owner)
{
    *visit = (struct visit){.owner = owner, .number = ++visits->entered};
}

/* Its place, or where it is to be. */
static struct visit **find(struct visits *visits, const struct visit *visit)
{
    struct visit **at = &visits->first;
    while (*at && (*at)->number > visit->number)
        at = &(*at)->next;
    return at;
}

void visits_call(struct visits *visits, struct visit *visit)
{
    if (visit->is_due)
        return;
    struct visit **at = find(visits, visit);
    visit->is_due = true;
    visit->next = *at;
    *at = visit;
}

void visits_dismiss(struct visits *visits, struct visit *visit)
{
    if (!visit->is_due)
        return;
    visit->is_due = false;
    *find(visits, visit) = visit->next;
}
