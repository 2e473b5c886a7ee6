/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one thread keeps for one protection object: keyed contexts, and randomness drawn in bulk. */
#include "config.h"

#include "protection-parts.h"

#include <string.h>

/* Memory of a primitive's scratch, made usable; NULL where the primitive's library failed. */
static void *
part_new(const RvlScratch *scratch, void *self)
{
    g_autofree void *part = g_malloc0(MAX(scratch->octets, 1));

    return scratch->init(self, part) ? g_steal_pointer(&part) : NULL;
}

static void
part_free(const RvlScratch *scratch, void *self, void *part)
{
    if (part == NULL)
        return;
    scratch->fini(self, part);
    g_free(part);
}

RvlProtectionScratch *
rvl_protection_scratch_new(const RvlProtection *protection)
{
    RvlProtectionScratch *scratch = g_new0(RvlProtectionScratch, 1);

    scratch->protection = rvl_protection_ref(protection);
    if (protection->aead != NULL)
        scratch->cipher = part_new(&protection->aead->scratch, protection->aead->self);
    if (protection->cipher != NULL)
        scratch->cipher = part_new(&protection->cipher->scratch, protection->cipher->self);
    if (protection->mac != NULL)
        scratch->mac = part_new(&protection->mac->scratch, protection->mac->self);
    return scratch;
}

void
rvl_protection_scratch_forget(RvlProtectionScratch *scratch, uint64_t key_id)
{
    const RvlProtection *protection = scratch->protection;

    if (protection->aead != NULL && scratch->cipher != NULL)
        protection->aead->scratch.forget(protection->aead->self, scratch->cipher, key_id);
    if (protection->cipher != NULL && scratch->cipher != NULL)
        protection->cipher->scratch.forget(protection->cipher->self, scratch->cipher, key_id);
    if (protection->mac != NULL && scratch->mac != NULL)
        protection->mac->scratch.forget(protection->mac->self, scratch->mac, key_id);
}

void
rvl_protection_scratch_free(RvlProtectionScratch *scratch)
{
    RvlProtection *protection;

    if (scratch == NULL)
        return;
    protection = scratch->protection;
    if (protection->aead != NULL)
        part_free(&protection->aead->scratch, protection->aead->self, scratch->cipher);
    if (protection->cipher != NULL)
        part_free(&protection->cipher->scratch, protection->cipher->self, scratch->cipher);
    if (protection->mac != NULL)
        part_free(&protection->mac->scratch, protection->mac->self, scratch->mac);
    rvl_secret_wipe(scratch, sizeof(*scratch));
    g_free(scratch);
    rvl_protection_unref(protection);
}

static bool
write_random_iv(RvlProtectionScratch *scratch, uint8_t *iv, size_t octets)
{
    const RvlPrimitives *primitives = scratch->protection->primitives;
    uint8_t *next;

    if (scratch->random_left < octets) {
        if (!primitives->random(primitives->context, scratch->random, sizeof(scratch->random)))
            return false;
        scratch->random_left = sizeof(scratch->random);
    }
    scratch->random_left -= octets;
    next = scratch->random + scratch->random_left;
    memcpy(iv, next, octets);
    memset(next, 0, octets); /* used once */
    return true;
}

bool
rvl_protection_scratch_write_iv(RvlProtectionScratch *scratch, const RvlPacket *packet)
{
    const RvlProtection *protection = scratch->protection;
    size_t octets = protection->shape.iv_octets;
    uint64_t sequence = GUINT64_TO_BE(packet->sequence);

    if (octets == 0)
        return true;
    if (protection->is_iv_random)
        return write_random_iv(scratch, packet->iv, octets);
    /* Unique, for the sequence number is (RFC 4106 3.1, RFC 7634 2, RFC 3686 3.1). */
    memset(packet->iv, 0, octets - sizeof(sequence));
    memcpy(packet->iv + octets - sizeof(sequence), &sequence, sizeof(sequence));
    return true;
}
