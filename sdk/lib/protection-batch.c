/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sealing and opening arrays of packets: encrypt-then-MAC of cipher and MAC, or an AEAD. */
#include "config.h"

#include "protection-parts.h"

#include <string.h>

#define ITEM_STRIDE sizeof(RvlCryptItem)

/* What walks the batch: a part of the caller's array, with one item of ours for each packet. */
typedef struct {
    RvlProtectionScratch *scratch;
    const RvlProtection *protection;
    RvlPacket *packets;
    size_t stride;
    size_t n; /* at most RVL_PROTECTION_BATCH */
} Batch;

static RvlPacket *
packet_at(const Batch *batch, size_t i)
{
    return RVL_STRIDE(batch->packets, batch->stride, i);
}

/* Nothing here depends on what a peer sent but @octets, which the caller read from a length. */
static bool
is_workable(const Batch *batch, const RvlPacket *packet)
{
    const RvlProtection *protection = batch->protection;
    bool has_scratch = (protection->mac == NULL || batch->scratch->mac != NULL) &&
                       ((protection->aead == NULL && protection->cipher == NULL) ||
                        batch->scratch->cipher != NULL);

    return has_scratch && packet->key != NULL && packet->key->protection == protection &&
           packet->octets % protection->shape.alignment == 0;
}

/* Sorts out what can't be worked on: its item is skipped by every primitive. */
static bool
begin(const Batch *batch, size_t i)
{
    RvlPacket *packet = packet_at(batch, i);
    RvlCryptItem *item = &batch->scratch->items[i];

    item->status = RVL_CRYPT_FAILED;
    if (packet->status != RVL_CRYPT_PENDING)
        return false;
    if (!is_workable(batch, packet)) {
        packet->status = RVL_CRYPT_FAILED;
        return false;
    }
    item->status = RVL_CRYPT_PENDING;
    return true;
}

/* Fills in the item for aead or cipher; the packet's IV is there already. */
static void
set_cipher_item(const Batch *batch, size_t i)
{
    const RvlProtection *protection = batch->protection;
    RvlPacket *packet = packet_at(batch, i);
    RvlCryptItem *item = &batch->scratch->items[i];
    uint8_t *nonce = batch->scratch->nonces[i];
    const uint8_t *encr = rvl_secret_octets(packet->key->encr);
    size_t salt = protection->salt_octets;
    size_t iv = protection->shape.iv_octets;

    memcpy(nonce, encr + protection->key_octets, salt);
    memcpy(nonce + salt, packet->iv, iv);
    if (salt + iv < protection->nonce_octets) { /* counter mode: begins at one (RFC 3686 4) */
        memset(nonce + salt + iv, 0, protection->nonce_octets - salt - iv);
        nonce[protection->nonce_octets - 1] = 1;
    }
    item->key_id = packet->key->id;
    item->key = protection->is_fused ? RVL_OCTETS(rvl_secret_octets(packet->key->fused),
                                                  rvl_secret_size(packet->key->fused))
                                     : RVL_OCTETS(encr, protection->key_octets);
    item->nonce = RVL_OCTETS(nonce, protection->nonce_octets);
    item->aad = packet->aad;
    item->source = packet->source;
    item->destination = packet->destination;
    item->octets = packet->octets;
    item->tail = protection->shape.is_combined ? RVL_OCTETS_NONE : packet->tail;
    item->icv = packet->icv;
    item->icv_octets = (uint8_t)protection->shape.icv_octets;
    item->status = RVL_CRYPT_PENDING;
}

/* Fills in the item for the MAC over @ciphertext: AAD, IV, ciphertext, ESN's high half. */
static void
set_mac_item(const Batch *batch, size_t i, const uint8_t *ciphertext, uint8_t *icv)
{
    const RvlProtection *protection = batch->protection;
    RvlPacket *packet = packet_at(batch, i);
    RvlCryptItem *item = &batch->scratch->items[i];

    item->key_id = packet->key->id;
    item->key = RVL_OCTETS(rvl_secret_octets(packet->key->integ), protection->shape.integ_octets);
    item->nonce = RVL_OCTETS(packet->iv, protection->shape.iv_octets);
    item->aad = packet->aad;
    item->source = ciphertext;
    item->destination = NULL;
    item->octets = packet->octets;
    item->tail = packet->tail;
    item->icv = icv;
    item->icv_octets = (uint8_t)protection->shape.icv_octets;
    item->status = RVL_CRYPT_PENDING;
}

static bool
is_any_pending(const Batch *batch)
{
    for (size_t i = 0; i < batch->n; i++)
        if (batch->scratch->items[i].status == RVL_CRYPT_PENDING)
            return true;
    return false;
}

/* One primitive over the batch. A backend with a queue is waited for: the items are in the scratch,
 * where the next batch needs them. */
static void
run(const Batch *batch, RvlBatchCall call, RvlPollCall poll, void *self, void *scratch)
{
    call(self, scratch, batch->scratch->items, ITEM_STRIDE, batch->n);
    while (poll != NULL && is_any_pending(batch))
        poll(self, scratch);
}

/* ENCR_NULL: the plaintext is the ciphertext (RFC 2410 2). */
static void
copy_plaintext(const Batch *batch, size_t i)
{
    RvlPacket *packet = packet_at(batch, i);

    if (packet->octets > 0 && packet->source != packet->destination)
        memcpy(packet->destination, packet->source, packet->octets);
    batch->scratch->items[i].status = RVL_CRYPT_DONE;
}

/* Encrypts or decrypts all items that are pending, by the cipher of a composition. */
static void
run_cipher(const Batch *batch, bool is_sealing)
{
    const RvlCipher *cipher = batch->protection->cipher;

    for (size_t i = 0; i < batch->n; i++) {
        if (batch->scratch->items[i].status != RVL_CRYPT_PENDING)
            continue;
        if (cipher == NULL)
            copy_plaintext(batch, i);
        else
            set_cipher_item(batch, i);
    }
    if (cipher != NULL)
        run(batch, is_sealing ? cipher->encrypt : cipher->decrypt,
            RVL_HAS(cipher, poll) ? cipher->poll : NULL, cipher->self, batch->scratch->cipher);
}

static void
run_mac(const Batch *batch)
{
    const RvlMac *mac = batch->protection->mac;

    run(batch, mac->batch, RVL_HAS(mac, poll) ? mac->poll : NULL, mac->self, batch->scratch->mac);
}

static void
seal_composed(const Batch *batch)
{
    run_cipher(batch, true);
    for (size_t i = 0; i < batch->n; i++) {
        RvlPacket *packet = packet_at(batch, i);

        if (batch->scratch->items[i].status == RVL_CRYPT_DONE)
            set_mac_item(batch, i, packet->destination, packet->icv);
    }
    run_mac(batch);
}

/* The ICV first, of all; only what holds is decrypted. */
static void
open_composed(const Batch *batch)
{
    for (size_t i = 0; i < batch->n; i++)
        if (batch->scratch->items[i].status == RVL_CRYPT_PENDING)
            set_mac_item(batch, i, packet_at(batch, i)->source, batch->scratch->icvs[i]);
    run_mac(batch);
    for (size_t i = 0; i < batch->n; i++) {
        RvlCryptItem *item = &batch->scratch->items[i];

        if (item->status == RVL_CRYPT_DONE)
            item->status = rvl_secret_equal(item->icv, packet_at(batch, i)->icv, item->icv_octets)
                               ? RVL_CRYPT_PENDING
                               : RVL_CRYPT_FORGED;
    }
    run_cipher(batch, false);
}

static void
run_aead(const Batch *batch, bool is_sealing)
{
    const RvlAead *aead = batch->protection->aead;

    for (size_t i = 0; i < batch->n; i++)
        if (batch->scratch->items[i].status == RVL_CRYPT_PENDING)
            set_cipher_item(batch, i);
    run(batch, is_sealing ? aead->seal : aead->open, RVL_HAS(aead, poll) ? aead->poll : NULL,
        aead->self, batch->scratch->cipher);
}

/* Carries the items' status to the packets that were worked on; returns how many are done. */
static size_t
finish(const Batch *batch)
{
    size_t done = 0;

    for (size_t i = 0; i < batch->n; i++) {
        RvlPacket *packet = packet_at(batch, i);
        uint8_t status = batch->scratch->items[i].status;

        if (packet->status == RVL_CRYPT_PENDING)
            packet->status = status == RVL_CRYPT_PENDING ? RVL_CRYPT_FAILED : status;
        else
            continue;
        if (packet->status == RVL_CRYPT_FORGED && batch->protection->aead != NULL &&
            packet->octets > 0)
            memset(packet->destination, 0, packet->octets); /* it may have decrypted already */
        done += packet->status == RVL_CRYPT_DONE;
    }
    return done;
}

static size_t
seal_batch(const Batch *batch)
{
    for (size_t i = 0; i < batch->n; i++)
        if (begin(batch, i) &&
            !rvl_protection_scratch_write_iv(batch->scratch, packet_at(batch, i)))
            batch->scratch->items[i].status = RVL_CRYPT_FAILED;
    if (batch->protection->aead != NULL)
        run_aead(batch, true);
    else
        seal_composed(batch);
    return finish(batch);
}

static size_t
open_batch(const Batch *batch)
{
    for (size_t i = 0; i < batch->n; i++)
        begin(batch, i);
    if (batch->protection->aead != NULL)
        run_aead(batch, false);
    else
        open_composed(batch);
    return finish(batch);
}

static size_t
walk(RvlProtectionScratch *scratch,
     RvlPacket *packets,
     size_t stride,
     size_t n,
     size_t (*one)(const Batch *batch))
{
    size_t done = 0;

    for (size_t i = 0; i < n; i += RVL_PROTECTION_BATCH) {
        Batch batch = {
            .scratch = scratch,
            .protection = scratch->protection,
            .packets = RVL_STRIDE(packets, stride, i),
            .stride = stride,
            .n = MIN(n - i, RVL_PROTECTION_BATCH),
        };

        done += one(&batch);
    }
    return done;
}

size_t
rvl_protection_seal(RvlProtectionScratch *scratch, RvlPacket *packets, size_t stride, size_t n)
{
    return walk(scratch, packets, stride, n, seal_batch);
}

size_t
rvl_protection_open(RvlProtectionScratch *scratch, RvlPacket *packets, size_t stride, size_t n)
{
    return walk(scratch, packets, stride, n, open_batch);
}

/* Seal and open wait for the backend's queue themselves. */
size_t
rvl_protection_poll(RvlProtectionScratch *scratch)
{
    return 0;
}
