/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets: reference-counted octets out of the slab. */
#include "config.h"

#include <ravelin/secret.h>

#include <string.h>

#include "secret-slab.h"

struct RvlSecret {
    gatomicrefcount references;
    size_t size;
    RvlSlabPlace place;
};

RvlSecret *
rvl_secret_new(size_t octets)
{
    RvlSecret *secret;

    g_return_val_if_fail(octets <= RVL_SECRET_MAX_OCTETS, NULL);
    secret = g_new0(RvlSecret, 1);
    g_atomic_ref_count_init(&secret->references);
    secret->size = octets;
    secret->place = rvl_slab_take(octets);
    return secret;
}

RvlSecret *
rvl_secret_new_copy(const void *data, size_t octets)
{
    RvlSecret *secret = rvl_secret_new(octets);

    if (secret != NULL && octets > 0)
        memcpy(secret->place.octets, data, octets);
    return secret;
}

RvlSecret *
rvl_secret_new_slice(const RvlSecret *from, size_t offset, size_t octets)
{
    g_return_val_if_fail(offset <= from->size && octets <= from->size - offset, NULL);
    return rvl_secret_new_copy(from->place.octets + offset, octets);
}

RvlSecret *
rvl_secret_new_concat(const RvlSecret *a, const RvlSecret *b)
{
    RvlSecret *secret = rvl_secret_new(a->size + b->size);

    if (secret == NULL)
        return NULL;
    memcpy(secret->place.octets, a->place.octets, a->size);
    memcpy(secret->place.octets + a->size, b->place.octets, b->size);
    return secret;
}

RvlSecret *
rvl_secret_ref(const RvlSecret *secret)
{
    RvlSecret *shared = (RvlSecret *)secret; /* counting references changes no octet */

    g_atomic_ref_count_inc(&shared->references);
    return shared;
}

void
rvl_secret_unref(RvlSecret *secret)
{
    if (secret == NULL || !g_atomic_ref_count_dec(&secret->references))
        return;
    rvl_slab_give(secret->place);
    g_free(secret);
}

uint8_t *
rvl_secret_fill(RvlSecret *secret)
{
    return secret->place.octets;
}

const uint8_t *
rvl_secret_octets(const RvlSecret *secret)
{
    return secret->place.octets;
}

size_t
rvl_secret_size(const RvlSecret *secret)
{
    return secret->size;
}

bool
rvl_secret_equal(const void *a, const void *b, size_t octets)
{
    const volatile uint8_t *x = a;
    const volatile uint8_t *y = b;
    volatile uint8_t difference = 0;

    for (size_t i = 0; i < octets; i++)
        difference = (uint8_t)(difference | (x[i] ^ y[i]));
    return difference == 0;
}

void
rvl_secret_wipe(void *data, size_t octets)
{
    if (octets > 0)
        explicit_bzero(data, octets);
}

bool
rvl_secret_memory_is_locked(void)
{
    return rvl_slab_is_locked();
}
