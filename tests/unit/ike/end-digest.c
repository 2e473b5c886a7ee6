/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Digest of one end of a pair. */
#include "config.h"

#include "end-digest.h"

#include "fakes/toy-mix.h"
#include "ike/core/engine-state.h"

static uint64_t
services_digest(const Pair *pair, int end)
{
    const PairEnd *at = &pair->ends[end];
    const RvlSecretServices *secrets = rvl_secret_store_services(at->policy->store);
    uint64_t held[] = {pair->results.length,
                       pair->datagrams.length,
                       at->jobs,
                       at->random,
                       at->last_spi,
                       at->replies->len,
                       g_hash_table_size(at->held_spis),
                       g_hash_table_size(at->sas),
                       g_hash_table_size(at->policies),
                       g_hash_table_size(at->deployed),
                       secrets->count(secrets->context)};
    ToyMix mix;

    toy_mix_init(&mix, 0);
    toy_mix_absorb(&mix, (const uint8_t *)held, sizeof held);
    toy_mix_finish(&mix);
    return toy_mix_draw(&mix);
}

EndDigest
end_digest(const Pair *pair, int end)
{
    const RvlEngine *engine = pair->ends[end].engine;
    EndDigest digest = {
        .engine = engine_digest(engine),
        .services = services_digest(pair, end),
    };

    for (const GList *link = engine->sas.head; link != NULL; link = link->next) {
        g_assert_cmpuint(digest.n, <, END_DIGEST_SAS);
        digest.sas[digest.n++] = sa_digest(link->data);
    }
    return digest;
}

const char *
end_digest_difference(const EndDigest *before, const EndDigest *after, uint32_t except)
{
    if (before->n != after->n)
        return "number of IKE SAs";
    for (size_t i = 0; i < before->n; i++) {
        const char *part = sa_digest_difference(&before->sas[i], &after->sas[i], except);

        if (part != NULL)
            return part;
    }
    if (before->engine != after->engine)
        return "engine";
    return before->services != after->services ? "services" : NULL;
}
