/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Digests of IKE SAs and engines. */
#include "config.h"

#include "sa-digest.h"

#include <string.h>

#include "fakes/toy-mix.h"
#include "ike/core/engine-state.h"
#include "ike/v2/init-state.h"

static const char *const names[] = {
    [SA_PART_IDENTITY] = "identity", [SA_PART_PEER] = "peer",
    [SA_PART_PATH] = "path",         [SA_PART_KEYS] = "keys",
    [SA_PART_WINDOW] = "window",     [SA_PART_REPEATS] = "repeats",
    [SA_PART_SENT] = "sent",         [SA_PART_REASSEMBLY] = "reassembly",
    [SA_PART_PARKED] = "parked",     [SA_PART_EXCHANGES] = "exchanges",
    [SA_PART_CHILDREN] = "children", [SA_PART_TIMERS] = "timers",
    [SA_PART_TIMES] = "times",       [SA_PART_INIT] = "init",
    [SA_PART_NOTED] = "noted",
};
G_STATIC_ASSERT(G_N_ELEMENTS(names) == SA_PARTS);

/* Absorbing */

#define ABSORB(mix, value) toy_mix_absorb((mix), (const uint8_t *)&(value), sizeof(value))

/* Its neighbours in the engine's list are no part of it. */
static void
absorb_lineage(ToyMix *mix, const RvlLineage *lineage)
{
    const uint8_t *octets = (const uint8_t *)lineage;

    toy_mix_absorb(mix, octets + sizeof lineage->link, sizeof *lineage - sizeof lineage->link);
}

static uint64_t
finish(ToyMix *mix)
{
    toy_mix_finish(mix);
    return toy_mix_draw(mix);
}

static void
absorb_octets(ToyMix *mix, RvlOctets octets)
{
    toy_mix_absorb_sized(mix, octets.data, octets.size);
}

static void
absorb_bytes(ToyMix *mix, GBytes *bytes)
{
    absorb_octets(mix, bytes != NULL ? rvl_octets_from_bytes(bytes) : RVL_OCTETS_NONE);
}

static void
absorb_text(ToyMix *mix, const char *text)
{
    absorb_octets(mix, text != NULL ? RVL_OCTETS(text, strlen(text)) : RVL_OCTETS_NONE);
}

static void
absorb_datagrams(ToyMix *mix, const GPtrArray *datagrams)
{
    for (guint i = 0; datagrams != NULL && i < datagrams->len; i++)
        absorb_bytes(mix, g_ptr_array_index(datagrams, i));
}

static void
absorb_job_octets(ToyMix *mix, const GArray *array)
{
    for (guint i = 0; array != NULL && i < array->len; i++) {
        const RvlJobOctets *item = &g_array_index(array, RvlJobOctets, i);

        ABSORB(mix, item->type);
        absorb_bytes(mix, item->data);
    }
}

static void
absorb_secret(ToyMix *mix, const RvlSecret *secret)
{
    absorb_octets(mix, secret != NULL
                           ? RVL_OCTETS(rvl_secret_octets(secret), rvl_secret_size(secret))
                           : RVL_OCTETS_NONE);
}

static void
absorb_handle(ToyMix *mix, const RvlSecretServices *secrets, RvlSecretId id)
{
    g_autoptr(RvlSecret) secret =
        id != RVL_SECRET_ID_NONE ? secrets->get(secrets->context, id) : NULL;

    ABSORB(mix, id);
    absorb_secret(mix, secret);
}

static void
absorb_identity(ToyMix *mix, const RvlIdentity *identity)
{
    g_autofree char *text = identity != NULL ? rvl_identity_format(identity) : NULL;

    absorb_text(mix, text);
}

static void
absorb_error(ToyMix *mix, const GError *error)
{
    if (error == NULL)
        return;
    ABSORB(mix, error->code);
    absorb_text(mix, error->message);
}

static void
absorb_timer(ToyMix *mix, const RvlTimer *timer)
{
    bool is_set = rvl_timer_is_set(timer);

    ABSORB(mix, is_set);
    ABSORB(mix, timer->at);
    ABSORB(mix, timer->order);
}

static void
absorb_message(ToyMix *mix, const RvlMessage *message)
{
    if (message == NULL)
        return;
    ABSORB(mix, message->header);
    absorb_octets(mix, message->octets);
}

/* Parts */

static uint64_t
peer_digest(const RvlSaPeer *peer)
{
    const RvlConnection *best =
        peer->candidates != NULL ? rvl_candidates_best(peer->candidates) : NULL;
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_PEER);
    ABSORB(&mix, *peer);
    ABSORB(&mix, best);
    absorb_identity(&mix, peer->local);
    absorb_identity(&mix, peer->remote);
    absorb_text(&mix, peer->local_auth);
    absorb_text(&mix, peer->remote_auth);
    return finish(&mix);
}

static uint64_t
path_digest(const RvlSaPath *path)
{
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_PATH);
    ABSORB(&mix, *path);
    return finish(&mix);
}

static uint64_t
keys_digest(const RvlSaKeys *keys, const RvlSecretServices *secrets)
{
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_KEYS);
    ABSORB(&mix, *keys);
    absorb_secret(&mix, keys->sk_d);
    absorb_handle(&mix, secrets, keys->sk_pi);
    absorb_handle(&mix, secrets, keys->sk_pr);
    return finish(&mix);
}

static uint64_t
window_digest(const RvlWindow *window)
{
    RvlWindow copy = *window;
    ToyMix mix;

    memset(&copy.repeats, 0, sizeof copy.repeats);
    memset(&copy.elsewhere, 0, sizeof copy.elsewhere);
    toy_mix_init(&mix, SA_PART_WINDOW);
    ABSORB(&mix, copy);
    absorb_datagrams(&mix, window->answer);
    return finish(&mix);
}

static uint64_t
repeats_digest(const RvlWindow *window)
{
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_REPEATS);
    ABSORB(&mix, window->repeats);
    ABSORB(&mix, window->elsewhere);
    return finish(&mix);
}

static uint64_t
sent_digest(const RvlSaSent *sent)
{
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_SENT);
    ABSORB(&mix, *sent);
    absorb_datagrams(&mix, sent->datagrams);
    return finish(&mix);
}

static uint64_t
reassembly_digest(const RvlReassembly *reassembly)
{
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_REASSEMBLY);
    ABSORB(&mix, *reassembly);
    for (uint16_t i = 0; i < reassembly->total; i++)
        absorb_bytes(&mix, reassembly->parts[i]);
    return finish(&mix);
}

static uint64_t
parked_digest(const RvlIkeSa *ike)
{
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_PARKED);
    ABSORB(&mix, ike->parked);
    ABSORB(&mix, ike->held_octets);
    for (guint i = 0; ike->parked.datagrams != NULL && i < ike->parked.datagrams->len; i++)
        absorb_bytes(&mix, g_array_index(ike->parked.datagrams, RvlParkedDatagram, i).octets);
    return finish(&mix);
}

static void
absorb_exchange(ToyMix *mix, const RvlExchange *x)
{
    if (x == NULL)
        return;
    ABSORB(mix, *x);
    toy_mix_absorb(mix, x->state, x->kind->state_octets);
    for (size_t i = 0; i < RVL_EXCHANGE_JOBS_MAX; i++) {
        if (x->answers[i] != NULL)
            ABSORB(mix, *x->answers[i]);
    }
    absorb_message(mix, x->request != NULL ? x->request->message : NULL);
    absorb_message(mix, x->response != NULL ? x->response->message : NULL);
    absorb_bytes(mix, x->clear != NULL ? x->clear->octets : NULL);
    absorb_bytes(mix, x->refusal_data);
}

static uint64_t
exchanges_digest(const RvlSaExchanges *exchanges)
{
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_EXCHANGES);
    ABSORB(&mix, *exchanges);
    absorb_exchange(&mix, exchanges->asking);
    absorb_exchange(&mix, exchanges->answering);
    for (const RvlExchange *x = exchanges->waiting; x != NULL; x = x->next)
        absorb_exchange(&mix, x);
    for (const RvlExchange *x = exchanges->over; x != NULL; x = x->next)
        absorb_exchange(&mix, x);
    return finish(&mix);
}

static void
absorb_child(ToyMix *mix, const RvlChildSa *child, const RvlSecretServices *secrets)
{
    RvlChildSa copy = *child;

    memset(&copy.rekey, 0, sizeof copy.rekey);
    memset(&copy.expire, 0, sizeof copy.expire);
    memset(&copy.linger, 0, sizeof copy.linger);
    ABSORB(mix, copy);
    absorb_timer(mix, &child->rekey);
    absorb_timer(mix, &child->expire);
    absorb_timer(mix, &child->linger);
    if (child->lineage != NULL)
        absorb_lineage(mix, child->lineage);
    for (size_t i = 0; i < G_N_ELEMENTS(child->keys); i++)
        absorb_handle(mix, secrets, child->keys[i]);
    absorb_error(mix, child->error);
}

static uint64_t
children_digest(const RvlChildSa *children, const RvlSecretServices *secrets)
{
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_CHILDREN);
    for (const RvlChildSa *child = children; child != NULL; child = child->next)
        absorb_child(&mix, child, secrets);
    return finish(&mix);
}

static uint64_t
timers_digest(const RvlSaTimers *timers)
{
    const RvlTimer *const all[] = {&timers->set_up,    &timers->retransmit, &timers->liveness,
                                   &timers->keepalive, &timers->rekey,      &timers->expire,
                                   &timers->queue,     &timers->proof_end};
    ToyMix mix;

    G_STATIC_ASSERT(sizeof(RvlSaTimers) == G_N_ELEMENTS(all) * sizeof(RvlTimer));
    toy_mix_init(&mix, SA_PART_TIMERS);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        absorb_timer(&mix, all[i]);
    return finish(&mix);
}

static uint64_t
times_digest(const RvlSaTimes *times)
{
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_TIMES);
    ABSORB(&mix, *times);
    return finish(&mix);
}

static uint64_t
init_digest(const RvlInit *init)
{
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_INIT);
    if (init != NULL) {
        GBytes *const all[] = {init->public_value, init->nonce_i,  init->nonce_r,
                               init->request,      init->response, init->cookie};

        ABSORB(&mix, *init);
        absorb_handle(&mix, init->secrets, init->secret);
        for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
            absorb_bytes(&mix, all[i]);
        absorb_job_octets(&mix, init->notifies);
        absorb_job_octets(&mix, init->authorities);
    }
    return finish(&mix);
}

static uint64_t
noted_digest(const GError *noted)
{
    ToyMix mix;

    toy_mix_init(&mix, SA_PART_NOTED);
    absorb_error(&mix, noted);
    return finish(&mix);
}

#define LEAVE_OUT(copy, member) memset(&(copy).member, 0, sizeof(copy).member)

/* What is left when neighbours' links and all that has a part of its own is taken away. */
static uint64_t
identity_digest(const RvlIkeSa *ike)
{
    RvlIkeSa copy;
    ToyMix mix;

    memcpy(&copy, ike, sizeof copy); /* padding too: an assignment may leave it out */
    LEAVE_OUT(copy, by_spi);
    LEAVE_OUT(copy, by_first);
    LEAVE_OUT(copy, by_peer);
    LEAVE_OUT(copy, link);
    LEAVE_OUT(copy, half_open_link);
    LEAVE_OUT(copy, upkeep_link);
    LEAVE_OUT(copy, held_octets);
    LEAVE_OUT(copy, peer);
    LEAVE_OUT(copy, path);
    LEAVE_OUT(copy, keys);
    LEAVE_OUT(copy, window);
    LEAVE_OUT(copy, sent);
    LEAVE_OUT(copy, reassembly);
    LEAVE_OUT(copy, parked);
    LEAVE_OUT(copy, exchanges);
    LEAVE_OUT(copy, timers);
    LEAVE_OUT(copy, times);
    LEAVE_OUT(copy, noted);
    toy_mix_init(&mix, SA_PART_IDENTITY);
    ABSORB(&mix, copy);
    return finish(&mix);
}

SaDigest
sa_digest(const RvlIkeSa *ike)
{
    const RvlSecretServices *secrets = ike->engine->services.secrets;

    return (SaDigest){
        .number = ike->number,
        .parts =
            {
                [SA_PART_IDENTITY] = identity_digest(ike),
                [SA_PART_PEER] = peer_digest(&ike->peer),
                [SA_PART_PATH] = path_digest(&ike->path),
                [SA_PART_KEYS] = keys_digest(&ike->keys, secrets),
                [SA_PART_WINDOW] = window_digest(&ike->window),
                [SA_PART_REPEATS] = repeats_digest(&ike->window),
                [SA_PART_SENT] = sent_digest(&ike->sent),
                [SA_PART_REASSEMBLY] = reassembly_digest(&ike->reassembly),
                [SA_PART_PARKED] = parked_digest(ike),
                [SA_PART_EXCHANGES] = exchanges_digest(&ike->exchanges),
                [SA_PART_CHILDREN] = children_digest(ike->children, secrets),
                [SA_PART_TIMERS] = timers_digest(&ike->timers),
                [SA_PART_TIMES] = times_digest(&ike->times),
                [SA_PART_INIT] = init_digest(ike->init),
                [SA_PART_NOTED] = noted_digest(ike->noted),
            },
    };
}

const char *
sa_digest_difference(const SaDigest *before, const SaDigest *after, uint32_t except)
{
    if (before->number != after->number)
        return "number";
    for (size_t i = 0; i < SA_PARTS; i++) {
        if (before->parts[i] != after->parts[i] && (except >> i & 1) == 0)
            return names[i];
    }
    return NULL;
}

/* The engine */

static void
absorb_upkeep(ToyMix *mix, const RvlUpkeep *upkeep)
{
    RvlUpkeep copy;

    memcpy(&copy, upkeep, sizeof copy);
    LEAVE_OUT(copy, timer);
    ABSORB(mix, copy);
    absorb_timer(mix, &upkeep->timer);
    absorb_text(mix, upkeep->last_error);
    ABSORB(mix, upkeep->waiters->len);
}

uint64_t
engine_digest(const RvlEngine *engine)
{
    size_t timers = rvl_timer_heap_count(engine->timers);
    RvlTime wakeup = rvl_timer_heap_next(engine->timers);
    guint tables[] = {g_hash_table_size(engine->jobs),
                      g_hash_table_size(engine->switching),
                      g_hash_table_size(engine->removing),
                      engine->sas.length,
                      engine->half_open_sas.length,
                      engine->actions.length,
                      engine->gone->len,
                      engine->slots->len,
                      engine->free_slots->len,
                      engine->upkeeps->len,
                      engine->lineages.length,
                      g_hash_table_size(engine->by_number),
                      g_hash_table_size(engine->by_sa_id),
                      g_hash_table_size(engine->by_policy)};
    size_t keyed[] = {rvl_keyed_table_count(engine->by_spi),
                      rvl_keyed_table_count(engine->by_first),
                      rvl_keyed_table_count(engine->by_peer)};
    ToyMix mix;

    toy_mix_init(&mix, SA_PARTS);
    ABSORB(&mix, timers);
    ABSORB(&mix, wakeup);
    ABSORB(&mix, tables);
    ABSORB(&mix, keyed);
    ABSORB(&mix, engine->last_job);
    ABSORB(&mix, engine->last_number);
    ABSORB(&mix, engine->last_id);
    ABSORB(&mix, engine->half_open.total);
    ABSORB(&mix, engine->random_failed);
    ABSORB(&mix, engine->is_stopping);
    ABSORB(&mix, engine->snapshot);
    ABSORB(&mix, engine->counts);
    for (guint i = 0; i < engine->upkeeps->len; i++)
        absorb_upkeep(&mix, g_ptr_array_index(engine->upkeeps, i));
    for (const GList *link = engine->lineages.head; link != NULL; link = link->next)
        absorb_lineage(&mix, link->data);
    return finish(&mix);
}
