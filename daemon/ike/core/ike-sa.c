/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making, finding and freeing IKE SAs. */
#include "config.h"

#include "ike/core/ike-sa.h"

#include "ike/core/engine-state.h"
#include "ike/v2/init-state.h"

static const struct {
    size_t offset;
    RvlTimerKind kind;
} timers[] = {
    {G_STRUCT_OFFSET(RvlIkeSa, timers.set_up), RVL_TIMER_SET_UP},
    {G_STRUCT_OFFSET(RvlIkeSa, timers.retransmit), RVL_TIMER_RETRANSMIT},
    {G_STRUCT_OFFSET(RvlIkeSa, timers.liveness), RVL_TIMER_LIVENESS},
    {G_STRUCT_OFFSET(RvlIkeSa, timers.keepalive), RVL_TIMER_KEEPALIVE},
    {G_STRUCT_OFFSET(RvlIkeSa, timers.rekey), RVL_TIMER_IKE_REKEY},
    {G_STRUCT_OFFSET(RvlIkeSa, timers.expire), RVL_TIMER_IKE_EXPIRE},
    {G_STRUCT_OFFSET(RvlIkeSa, timers.queue), RVL_TIMER_QUEUE},
    {G_STRUCT_OFFSET(RvlIkeSa, timers.proof_end), RVL_TIMER_PROOF_END},
};

static RvlTimer *
timer_at(RvlIkeSa *ike, size_t i)
{
    return G_STRUCT_MEMBER_P(ike, timers[i].offset);
}

/* A fresh SPI, never 0, that leads later messages to this shard. */
static bool
choose_spi(RvlEngine *engine, uint64_t *spi)
{
    uint32_t shards = MAX(engine->services.shards, 1);

    do {
        if (!rvl_engine_random(engine, spi, sizeof *spi))
            return false;
        *spi = *spi - *spi % shards + engine->services.shard;
    } while (*spi == 0 || rvl_engine_find_spi(engine, *spi) != NULL);
    return true;
}

static void
take_slot(RvlEngine *engine, RvlIkeSa *ike)
{
    guint i = 0;

    /* A free slot is reused from the end of the list of free ones, which is short. */
    if (engine->free_slots->len > 0) {
        i = g_array_index(engine->free_slots, guint, engine->free_slots->len - 1);
        g_array_set_size(engine->free_slots, engine->free_slots->len - 1);
    } else {
        RvlSlot slot = {.generation = 1};

        i = engine->slots->len;
        g_array_append_val(engine->slots, slot);
    }
    g_array_index(engine->slots, RvlSlot, i).ike = ike;
    ike->ref.id = i + 1;
    ike->ref.generation = g_array_index(engine->slots, RvlSlot, i).generation;
}

static void
leave_slot(RvlEngine *engine, RvlIkeSa *ike)
{
    guint i = (guint)(ike->ref.id - 1);
    RvlSlot *slot = &g_array_index(engine->slots, RvlSlot, i);

    slot->ike = NULL;
    slot->generation++;
    g_array_append_val(engine->free_slots, i);
}

RvlIkeSa *
rvl_ike_sa_new(RvlEngine *engine, bool is_initiator, const RvlPath *path)
{
    RvlIkeSa *ike;
    uint64_t spi;

    if (!choose_spi(engine, &spi))
        return NULL;
    ike = g_new0(RvlIkeSa, 1);
    ike->engine = engine;
    ike->number = ++engine->last_number;
    ike->is_initiator = is_initiator;
    ike->spi_local = spi;
    ike->path.current = *path;
    ike->times.begun = engine->now.time;
    for (size_t i = 0; i < G_N_ELEMENTS(timers); i++)
        rvl_timer_init(timer_at(ike, i), (uint8_t)timers[i].kind);
    take_slot(engine, ike);
    rvl_keyed_table_add(engine->by_spi, &ike->by_spi,
                        rvl_keyed_table_hash(engine->by_spi, &spi, sizeof spi));
    g_hash_table_insert(engine->by_number, &ike->number, ike);
    ike->link.data = ike;
    g_queue_push_tail_link(&engine->sas, &ike->link);
    engine->counts.ike_sas++;
    return ike;
}

static void
peer_clear(RvlSaPeer *peer)
{
    g_clear_pointer(&peer->connection, rvl_connection_unref);
    g_clear_pointer(&peer->candidates, rvl_candidates_free);
    g_clear_pointer(&peer->local, rvl_identity_unref);
    g_clear_pointer(&peer->remote, rvl_identity_unref);
    g_free(peer->local_auth);
    g_free(peer->remote_auth);
}

void
rvl_ike_sa_free(RvlIkeSa *ike)
{
    RvlEngine *engine = ike->engine;

    rvl_exchange_free_over(ike);
    for (size_t i = 0; i < G_N_ELEMENTS(timers); i++)
        rvl_timer_clear(engine->timers, timer_at(ike, i));
    rvl_keyed_table_remove(engine->by_spi, &ike->by_spi);
    g_hash_table_remove(engine->by_number, &ike->number);
    if (ike->is_in_first)
        rvl_keyed_table_remove(engine->by_first, &ike->by_first);
    if (ike->upkeep != NULL) /* the engine ends */
        g_queue_unlink(&ike->upkeep->sas, &ike->upkeep_link);
    g_queue_unlink(&engine->sas, &ike->link);
    leave_slot(engine, ike);
    g_clear_pointer(&ike->init, rvl_init_free);
    g_clear_error(&ike->noted);
    g_clear_pointer(&ike->sent.datagrams, g_ptr_array_unref);
    g_clear_pointer(&ike->parked.datagrams, g_array_unref);
    rvl_reassembly_clear(&ike->reassembly);
    rvl_window_clear(&ike->window);
    rvl_sa_keys_clear(&ike->keys, engine->protector, engine->services.secrets);
    peer_clear(&ike->peer);
    engine->counts.ike_sas--;
    g_free(ike);
}

bool
rvl_ike_sa_is_in(const RvlIkeSa *ike, uint32_t states)
{
    return (states >> ike->state & 1) != 0;
}

uint64_t
rvl_ike_sa_initiator_spi(const RvlIkeSa *ike)
{
    return ike->is_initiator ? ike->spi_local : ike->spi_remote;
}

uint64_t
rvl_ike_sa_responder_spi(const RvlIkeSa *ike)
{
    return ike->is_initiator ? ike->spi_remote : ike->spi_local;
}

RvlChildSa *
rvl_ike_sa_find_child_in(const RvlIkeSa *ike, RvlProtocol protocol, uint32_t spi)
{
    for (RvlChildSa *child = ike->children; child != NULL; child = child->next) {
        if (child->spi_in == spi && child->protocol == protocol)
            return child;
    }
    return NULL;
}

RvlChildSa *
rvl_ike_sa_find_child_out(const RvlIkeSa *ike, RvlProtocol protocol, uint32_t spi)
{
    for (RvlChildSa *child = ike->children; child != NULL; child = child->next) {
        if (child->spi_out == spi && child->protocol == protocol)
            return child;
    }
    return NULL;
}

RvlChildSa *
rvl_ike_sa_find_child_number(const RvlIkeSa *ike, uint64_t number)
{
    for (RvlChildSa *child = ike->children; child != NULL; child = child->next) {
        if (child->number == number)
            return child;
    }
    return NULL;
}
