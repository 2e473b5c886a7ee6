/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages that begin and end the reading of descriptors. */
#include "config.h"

#include "watch.h"

#include "worker.h"

typedef struct {
    Message message; /* first: the workers know it as this */
    Endpoint *endpoint;
    Tun *tun;
    RvlDone done;
    void *user_data;
} Watch;

static void
begin(Worker *worker, Message *message)
{
    const Watch *watch = (const Watch *)(const void *)message;
    Endpoint *endpoint = watch->endpoint;

    if (watch->tun != NULL) {
        if (worker->index < watch->tun->n_queues)
            worker_watch(worker, SOURCE_TUN, watch->tun->queues[worker->index], NULL, watch->tun);
        return;
    }
    for (unsigned i = 0; i < endpoint->n_descriptors; i++)
        if (endpoint_reader(endpoint, i) == worker->index)
            worker_watch(worker, endpoint_is_ike(endpoint, i) ? SOURCE_IKE : SOURCE_ESP,
                         endpoint->descriptors[i], endpoint, NULL);
}

static void
begun(Message *message)
{
    Watch *watch = (Watch *)(void *)message;

    g_clear_pointer(&watch->endpoint, endpoint_unref);
    g_clear_pointer(&watch->tun, tun_unref);
    g_free(watch);
}

static void
end(Worker *worker, Message *message)
{
    const Watch *watch = (const Watch *)(const void *)message;

    worker_unwatch(worker, watch->endpoint, watch->tun);
}

static void
ended(Message *message)
{
    Watch *watch = (Watch *)(void *)message;

    if (watch->endpoint != NULL)
        endpoint_close(watch->endpoint);
    if (watch->tun != NULL)
        tun_close(watch->tun);
    watch->done(NULL, watch->user_data);
    begun(message);
}

static Watch *
watch_new(Endpoint *endpoint, Tun *tun, bool begins)
{
    Watch *watch = g_new0(Watch, 1);

    watch->message.run = begins ? begin : end;
    watch->message.done = begins ? begun : ended;
    watch->endpoint = endpoint;
    watch->tun = tun;
    return watch;
}

void
watch_endpoint(Plane *plane, Endpoint *endpoint)
{
    plane_post(plane, &watch_new(endpoint_ref(endpoint), NULL, true)->message);
}

void
watch_tun(Plane *plane, Tun *tun)
{
    plane_post(plane, &watch_new(NULL, tun_ref(tun), true)->message);
}

void
watch_end(Plane *plane, Endpoint *endpoint, Tun *tun, RvlDone done, void *user_data)
{
    Watch *watch = watch_new(endpoint, tun, false);

    watch->done = done;
    watch->user_data = user_data;
    /* From now on nothing is sent by it; once the workers have passed, nothing is under way either. */
    if (endpoint != NULL)
        atomic_store(&endpoint->is_closed, true);
    if (tun != NULL)
        atomic_store(&tun->is_closed, true);
    plane_post(plane, &watch->message);
}
