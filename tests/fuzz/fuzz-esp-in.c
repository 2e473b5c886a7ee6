/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ESP as it comes in. The first octet of the input says how the rest is taken: even: as a packet from
 * the wire; odd: as the plaintext, with its trailer, of a packet that a peer sealed. The second
 * octet is the outer traffic class.
 */
#include "config.h"

#include <string.h>

#include "byte-order.h"
#include "coalesce.h"
#include "fakes/toy-backend.h"
#include "test-esp.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

enum { SPI = 0x1234, MOST_OCTETS = 4000 };

static EspRig *rig;
static Coalescer *coalescer;
static uint64_t sequence;

static void
take_write(void *context, void *target, const struct iovec *iov, int n, unsigned packets)
{
    (void)context;
    (void)target;
    for (int i = 0; i < n; i++) /* each octet that is handed on must be readable */
        for (size_t k = 0; k < iov[i].iov_len; k++)
            sequence += packets == 0 && ((const uint8_t *)iov[i].iov_base)[k] == 0;
}

static void
set_up(void)
{
    ToyBackend *toy = toy_backend_new(0);

    rig = esp_rig_new(toy_backend_primitives(toy), test_suite("aes128gcm16"), NULL, NULL, SPI, true,
                      64);
    coalescer = g_new0(Coalescer, 1);
    coalescer->write = take_write;
}

/* As a peer that holds the key might send it. */
static uint32_t
seal(const uint8_t *plain, uint32_t n, uint8_t *esp)
{
    uint32_t inner = n - RVL_ESP_TRAILER, octets;
    RvlPacket *packet = &rig->out->packets[0];
    uint8_t *at = esp_out_add(rig->out, rig->out_sa, rig->route, ++sequence, inner, 0, 0);

    /* What was written around is overwritten too, as far as the plaintext reaches. */
    memset(at, 0, packet->octets);
    memcpy(at, plain, inner);
    at[packet->octets - 2] = plain[n - 2];
    at[packet->octets - 1] = plain[n - 1];
    esp_out_seal(rig->out, rig->scratches);
    octets = rig->out->used;
    memcpy(esp, rig->out->arena, octets);
    esp_out_clear(rig->out);
    return octets;
}

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    const CoalesceAbility everything = {true, true, true};
    uint8_t *esp;
    uint32_t length;

    if (rig == NULL)
        set_up();
    if (n < 2 + RVL_ESP_TRAILER || n > MOST_OCTETS)
        return 0;
    esp = g_malloc(MOST_OCTETS + 100);
    if ((octets[0] & 1) != 0) {
        length = seal(octets + 2, (uint32_t)n - 2, esp);
    } else {
        length = (uint32_t)n - 2;
        memcpy(esp, octets + 2, length);
    }
    /* Its end is the heap's, so that reading beyond shows. */
    esp = g_realloc(esp, length);
    if (esp_rig_open(rig, esp, length, octets[1]) == RVL_DROP_NONE) {
        InPacket *p = &rig->in->in[0];

        coalesce_add(coalescer, rig, &everything, p->inner, &p->view);
        coalesce_flush(coalescer);
    }
    g_free(esp);
    return 0;
}
