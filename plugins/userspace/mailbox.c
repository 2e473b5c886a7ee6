/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stack that is taken whole, so that neither side ever waits. */
#include "config.h"

#include "mailbox.h"

void
mailbox_put(Mailbox *mailbox, Message *message, unsigned worker)
{
    Message *newest = atomic_load_explicit(&mailbox->newest, memory_order_relaxed);

    do
        message->next[worker] = newest;
    while (!atomic_compare_exchange_weak_explicit(&mailbox->newest, &newest, message,
                                                  memory_order_release, memory_order_relaxed));
}

Message *
mailbox_take(Mailbox *mailbox, unsigned worker)
{
    Message *message = atomic_exchange_explicit(&mailbox->newest, NULL, memory_order_acquire);
    Message *oldest_first = NULL;

    while (message != NULL) {
        Message *older = message->next[worker];

        message->next[worker] = oldest_first;
        oldest_first = message;
        message = older;
    }
    return oldest_first;
}
