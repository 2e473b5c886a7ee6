/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A worker's life and its loop: mail, what is ready, serve, wait. */
#include "config.h"

#include "worker.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <ravelin/error.h>

#include "error-queue.h"
#include "inbound.h"
#include "outbound.h"

enum {
    EVENTS = 32,
    TOKENS_BURST = 32,
};

Worker *
worker_new(Plane *plane, unsigned index, GError **error)
{
    Worker *worker = g_aligned_alloc0(1, sizeof *worker, alignof(Worker));

    worker->plane = plane;
    worker->index = index;
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    worker->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    worker->sources = g_ptr_array_new_with_free_func(g_free);
    worker->ready = g_ptr_array_new();
    worker->out = esp_out_new();
    worker->in = esp_in_new();
    worker->tun_buffer = g_malloc(TUN_READ_OCTETS);
    worker->segment_buffer = g_malloc(LARGEST_PACKET + 1);
    worker->receive_buffer = g_malloc((size_t)UDP_MESSAGES * UDP_MESSAGE_OCTETS);
    worker->coalescer.write = inbound_write;
    worker->coalescer.context = worker;
    if (worker->epoll < 0 || worker->wake < 0) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "epoll_create1, eventfd: %s",
                      g_strerror(errno));
        worker_free(worker);
        return NULL;
    }
    if (!plane->host->primitives->random(plane->host->primitives->context, (uint8_t *)&worker->seed,
                                         sizeof worker->seed))
        worker->seed = (uintptr_t)worker; /* only spreads a cache */
    worker_watch(worker, SOURCE_WAKE, worker->wake, NULL, NULL);
    return worker;
}

void
worker_free(Worker *worker)
{
    for (unsigned i = 0; i < MAX_SUITES; i++)
        g_clear_pointer(&worker->scratches[i], rvl_protection_scratch_free);
    waiting_forget(&worker->waiting);
    g_ptr_array_unref(worker->ready);
    g_ptr_array_unref(worker->sources);
    esp_out_free(worker->out);
    esp_in_free(worker->in);
    g_free(worker->tun_buffer);
    g_free(worker->segment_buffer);
    g_free(worker->receive_buffer);
    if (worker->epoll >= 0)
        close(worker->epoll);
    if (worker->wake >= 0)
        close(worker->wake);
    g_aligned_free(worker);
}

void
worker_wake(Worker *worker)
{
    uint64_t one = 1;

    if (write(worker->wake, &one, sizeof one) < 0) { /* full: it is awake already */
    }
}

void
worker_watch(Worker *worker, SourceKind kind, int fd, Endpoint *endpoint, Tun *tun)
{
    Source *source = g_new0(Source, 1);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};

    *source = (Source){.kind = kind, .fd = fd, .endpoint = endpoint, .tun = tun};
    g_ptr_array_add(worker->sources, source);
    epoll_ctl(worker->epoll, EPOLL_CTL_ADD, fd, &event);
}

void
worker_unwatch(Worker *worker, const Endpoint *endpoint, const Tun *tun)
{
    for (unsigned i = worker->sources->len; i-- > 0;) {
        Source *source = worker->sources->pdata[i];

        if (source->kind == SOURCE_WAKE || source->endpoint != endpoint || source->tun != tun)
            continue;
        epoll_ctl(worker->epoll, EPOLL_CTL_DEL, source->fd, NULL);
        g_ptr_array_remove(worker->ready, source);
        g_ptr_array_remove_index(worker->sources, i);
    }
}

void
worker_drop(Worker *worker, Sa *sa, RvlDropCause cause, uint64_t packets)
{
    count(&worker->drops[cause], packets);
    if (sa != NULL)
        atomic_fetch_add_explicit(&sa->counts.drops, packets, memory_order_relaxed);
}

bool
worker_count(Worker *worker, Sa *sa, uint64_t packets, uint64_t octets)
{
    const RvlInstallerHost *core = worker->plane->core;
    SaVerdict verdict = sa_count(sa, packets, octets);

    if (verdict == SA_SOFT)
        core->expired(core->context, sa->id, false, RVL_CAUSE_LIFETIME_EXPIRED);
    if (verdict == SA_HARD)
        core->expired(core->context, sa->id, true, RVL_CAUSE_LIFETIME_EXPIRED);
    if (verdict == SA_LIVES || verdict == SA_SOFT)
        return true;
    worker_drop(worker, sa, RVL_DROP_LIFETIME, packets);
    return false;
}

bool
tokens_take(Tokens *tokens, RvlTime now, unsigned rate)
{
    RvlTime gone = now - tokens->filled;

    if (tokens->filled == 0 || gone >= RVL_SECOND) {
        tokens->filled = now;
        tokens->left = MAX(rate, TOKENS_BURST);
    }
    if (tokens->left == 0)
        return false;
    tokens->left--;
    return true;
}

/* A message that all have run is done on the main loop. */
static void
read_mail(Worker *worker)
{
    Plane *plane = worker->plane;
    Message *message = mailbox_take(&worker->mailbox, worker->index);

    while (message != NULL) {
        Message *next = message->next[worker->index];

        if (message->run != NULL)
            message->run(worker, message);
        if (atomic_fetch_sub_explicit(&message->waiting, 1, memory_order_acq_rel) == 1)
            plane->host->invoke(plane->host->context, plane_message_done, message);
        message = next;
    }
}

static bool
serve(Worker *worker, Source *source)
{
    uint64_t count_of_wakes;

    if (source->has_error && source->endpoint != NULL)
        error_queue_read(worker, source->fd);
    source->has_error = false;
    switch (source->kind) {
    case SOURCE_WAKE:
        return read(source->fd, &count_of_wakes, sizeof count_of_wakes) < 0 && errno == EINTR;
    case SOURCE_IKE:
    case SOURCE_ESP:
        return inbound_serve(worker, source);
    case SOURCE_TUN:
        return outbound_serve(worker, source);
    case SOURCE_KINDS_:
        break;
    }
    return false;
}

/* IKE first: a flood of ESP must not keep it waiting. */
static void
serve_ready(Worker *worker)
{
    for (unsigned kind = 0; kind < SOURCE_KINDS_; kind++) {
        for (unsigned i = worker->ready->len; i-- > 0;) {
            Source *source = worker->ready->pdata[i];

            if (source->kind != kind || serve(worker, source))
                continue;
            source->is_ready = false;
            g_ptr_array_remove_index_fast(worker->ready, i);
        }
    }
}

/* How long the worker may sleep, in the milliseconds of epoll_wait(2): until a packet's wait ends. */
static int
sleep_ms(const Worker *worker)
{
    RvlTime next = waiting_next(&worker->waiting), now;

    if (next == RVL_TIME_NEVER)
        return -1;
    now = plane_now(worker->plane);
    return next <= now ? 0 : (int)MIN((next - now) / RVL_MILLISECOND + 1, INT_MAX);
}

/* Asks the kernel what else is ready; waits only where nothing is. */
static void
gather(Worker *worker)
{
    bool may_sleep = worker->ready->len == 0 && !worker->plane->options.polls_busily &&
                     !mailbox_has_mail(&worker->mailbox);
    struct epoll_event events[EVENTS];
    int n = epoll_wait(worker->epoll, events, EVENTS, may_sleep ? sleep_ms(worker) : 0);

    for (int i = 0; i < n; i++) {
        Source *source = events[i].data.ptr;

        source->has_error = (events[i].events & EPOLLERR) != 0;
        if (source->is_ready)
            continue;
        source->is_ready = true;
        g_ptr_array_add(worker->ready, source);
    }
}

static void
pin(const Worker *worker)
{
    cpu_set_t all, one;
    int wanted = (int)worker->index, cpu = 0;

    if (sched_getaffinity(0, sizeof all, &all) != 0)
        return;
    wanted %= CPU_COUNT(&all);
    for (; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &all) && wanted-- == 0)
            break;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
}

static void *
run(void *data)
{
    Worker *worker = data;

    if (worker->plane->options.pins)
        pin(worker);
    while (!atomic_load_explicit(&worker->is_stopping, memory_order_acquire)) {
        if (mailbox_has_mail(&worker->mailbox))
            read_mail(worker);
        gather(worker);
        worker->now = plane_now(worker->plane);
        serve_ready(worker);
        if (waiting_next(&worker->waiting) <= worker->now)
            outbound_retry(worker);
    }
    read_mail(worker);
    return NULL;
}

bool
worker_start(Worker *worker, GError **error)
{
    sigset_t all, before;
    int refusal;
    char name[16];

    /* Signals are the main loop's. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    refusal = pthread_create(&worker->thread, NULL, run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (refusal != 0) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "pthread_create: %s", g_strerror(refusal));
        return false;
    }
    g_snprintf(name, sizeof name, "rvl-data-%u", worker->index);
    pthread_setname_np(worker->thread, name);
    return true;
}

void
worker_stop(Worker *worker)
{
    atomic_store_explicit(&worker->is_stopping, true, memory_order_release);
    worker_wake(worker);
    pthread_join(worker->thread, NULL);
}
