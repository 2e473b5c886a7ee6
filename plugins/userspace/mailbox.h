/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the main loop tells the workers: each runs each message once, between two packets. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <glib.h>

#include "endpoint.h"

G_BEGIN_DECLS

typedef struct Worker Worker;
typedef struct Message Message;

/**
 * Message:
 * @run: (nullable): in each worker's thread; no worker holds a pointer that it loaded before
 * @done: on the main loop, once all have run it; frees what the message holds, and the message
 *
 * So a message is also the grace period of what it carries: what was taken out of the tables
 * before it was posted can be reached by no worker when it is done.
 */
struct Message {
    void (*run)(Worker *worker, Message *message);
    void (*done)(Message *message);
    void *plane;
    atomic_uint waiting;
    Message *next[MAX_WORKERS];
};

/** Mailbox: of one worker; any thread puts in, the worker takes out. Lock-free. */
typedef struct {
    Message *_Atomic newest;
} Mailbox;

/** mailbox_put: @worker: whose mailbox it is. */
void mailbox_put(Mailbox *mailbox, Message *message, unsigned worker);
/** mailbox_take: (nullable): all that is in, oldest first, chained by next[worker]. */
Message *mailbox_take(Mailbox *mailbox, unsigned worker);

/** mailbox_has_mail: cheap: one load. */
static inline bool
mailbox_has_mail(const Mailbox *mailbox)
{
    return atomic_load_explicit(&mailbox->newest, memory_order_relaxed) != NULL;
}

G_END_DECLS
