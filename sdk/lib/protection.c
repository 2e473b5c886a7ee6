/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packet protection: composes rows and primitives into one object, and holds its keys. */
#include "config.h"

#include <ravelin/protection.h>

#include "protection-parts.h"

#include <string.h>
#include <ravelin/error.h>

/* RFC 3686 4: behind salt and IV stands a block counter that begins at one. */
#define COUNTER_OCTETS 4

static bool
refuse_sizes(const RvlSuiteRow *row, const char *primitive, GError **error)
{
    rvl_error_set_found(error, RVL_CAUSE_ALGORITHM_UNAVAILABLE, row->word, primitive,
                        "'%s': the row's sizes don't fit primitive '%s'", row->word, primitive);
    return false;
}

static bool
resolve_aead(RvlProtection *protection, const RvlSuiteRow *row, void *self, GError **error)
{
    const RvlPrimitives *primitives = protection->primitives;
    const RvlAead *aead = RVL_HAS_CALL(row->construction, aead)
                              ? row->construction->aead(self, primitives, row, error)
                              : primitives->aead(primitives->context, row->primitive, error);

    if (aead == NULL)
        return false;
    if (aead->key_octets != row->key_octets || aead->icv_octets < row->icv_octets ||
        aead->nonce_octets != row->salt_octets + row->iv_octets ||
        row->iv_octets < sizeof(uint64_t) || aead->nonce_octets > PROTECTION_MAX_NONCE)
        return refuse_sizes(row, aead->name, error);
    protection->aead = aead;
    protection->nonce_octets = aead->nonce_octets;
    protection->shape.icv_octets = row->icv_octets;
    return true;
}

static bool
resolve_cipher(RvlProtection *protection, const RvlSuiteRow *row, GError **error)
{
    const RvlPrimitives *primitives = protection->primitives;
    const RvlCipher *cipher;
    unsigned sent = row->salt_octets + row->iv_octets;

    if (row->primitive == NULL) /* ENCR_NULL: no cipher, no key, no IV (RFC 2410 2) */
        return row->key_octets == 0 && sent == 0 ? true : refuse_sizes(row, "none", error);
    cipher = primitives->cipher(primitives->context, row->primitive, error);
    if (cipher == NULL)
        return false;
    if (cipher->key_octets != row->key_octets || cipher->iv_octets > PROTECTION_MAX_NONCE ||
        (cipher->iv_octets != sent && cipher->iv_octets != sent + COUNTER_OCTETS) ||
        row->block_octets % MAX(cipher->block_octets, 1) != 0)
        return refuse_sizes(row, cipher->name, error);
    protection->cipher = cipher;
    protection->nonce_octets = cipher->iv_octets;
    protection->is_iv_random = cipher->iv_octets == row->iv_octets;
    if (!protection->is_iv_random && row->iv_octets < sizeof(uint64_t))
        return refuse_sizes(row, cipher->name, error);
    return true;
}

static bool
resolve_mac(RvlProtection *protection, const RvlSuiteRow *row, void *self, GError **error)
{
    const RvlPrimitives *primitives = protection->primitives;
    const RvlMac *mac = RVL_HAS_CALL(row->construction, mac)
                            ? row->construction->mac(self, primitives, row, error)
                            : primitives->mac(primitives->context, row->primitive, error);

    if (mac == NULL)
        return false;
    if ((mac->key_octets != 0 && mac->key_octets != row->key_octets) || row->icv_octets == 0 ||
        row->icv_octets > mac->output_octets || row->icv_octets > PROTECTION_MAX_ICV)
        return refuse_sizes(row, mac->name, error);
    protection->mac = mac;
    protection->shape.icv_octets = row->icv_octets;
    protection->shape.integ_octets = row->key_octets;
    return true;
}

/* `aes-128-cbc` of `cipher/aes-128-cbc` */
static const char *
tail_of(const char *primitive)
{
    const char *slash = strchr(primitive, '/');

    return slash != NULL ? slash + 1 : primitive;
}

/* A backend that computes cipher and MAC at one go (multi-buffer, hardware) is asked first. */
static void
resolve_fused(RvlProtection *protection)
{
    const RvlPrimitives *primitives = protection->primitives;
    const RvlCipher *cipher = protection->cipher;
    const RvlMac *mac = protection->mac;
    g_autofree char *name = NULL;
    const RvlAead *aead;

    if (cipher == NULL || !protection->is_iv_random)
        return;
    name = g_strdup_printf("aead/%s+%s", tail_of(cipher->name), tail_of(mac->name));
    aead = primitives->aead(primitives->context, name, NULL);
    if (aead == NULL || aead->nonce_octets != protection->nonce_octets ||
        aead->key_octets != protection->key_octets + protection->shape.integ_octets ||
        aead->icv_octets < protection->shape.icv_octets)
        return;
    protection->aead = aead;
    protection->is_fused = true;
    protection->cipher = NULL;
    protection->mac = NULL;
}

static bool
resolve(RvlProtection *protection,
        const RvlSuiteRow *encr,
        void *encr_self,
        const RvlSuiteRow *integ,
        void *integ_self,
        GError **error)
{
    if (encr->is_combined != (integ == NULL)) {
        const char *wanted = encr->is_combined ? "none" : "a MAC";

        rvl_error_set_found(error, RVL_CAUSE_CONFIG_INVALID, integ != NULL ? integ->word : "none",
                            wanted, "'%s' needs %s as integrity", encr->word, wanted);
        return false;
    }
    if (encr->is_combined)
        return resolve_aead(protection, encr, encr_self, error);
    if (!resolve_cipher(protection, encr, error) ||
        !resolve_mac(protection, integ, integ_self, error))
        return false;
    resolve_fused(protection);
    return true;
}

static char *
backends_of(const RvlProtection *protection)
{
    if (protection->aead != NULL)
        return g_strdup(protection->aead->backend);
    if (protection->cipher == NULL ||
        g_str_equal(protection->cipher->backend, protection->mac->backend))
        return g_strdup(protection->mac->backend);
    return g_strconcat(protection->cipher->backend, "+", protection->mac->backend, NULL);
}

RvlProtection *
rvl_protection_new(const RvlSuiteRow *encr,
                   void *encr_self,
                   const RvlSuiteRow *integ,
                   void *integ_self,
                   const RvlPrimitives *primitives,
                   GError **error)
{
    g_autoptr(RvlProtection) protection = g_new0(RvlProtection, 1);

    g_atomic_ref_count_init(&protection->references);
    protection->primitives = primitives;
    protection->key_octets = encr->key_octets;
    protection->salt_octets = encr->salt_octets;
    protection->shape.size = sizeof(protection->shape);
    protection->shape.iv_octets = encr->iv_octets;
    protection->shape.alignment = MAX(encr->block_octets, 1);
    protection->shape.is_combined = encr->is_combined;
    protection->shape.encr_octets = encr->key_octets + encr->salt_octets;
    if (!resolve(protection, encr, encr_self, integ, integ_self, error))
        return NULL;
    protection->backend = backends_of(protection);
    return g_steal_pointer(&protection);
}

RvlProtection *
rvl_protection_ref(const RvlProtection *protection)
{
    RvlProtection *counted = (RvlProtection *)protection; /* only the count changes */

    g_atomic_ref_count_inc(&counted->references);
    return counted;
}

void
rvl_protection_unref(RvlProtection *protection)
{
    if (protection == NULL || !g_atomic_ref_count_dec(&protection->references))
        return;
    g_free(protection->backend);
    g_free(protection);
}

const RvlProtectionShape *
rvl_protection_shape(const RvlProtection *protection)
{
    return &protection->shape;
}

const char *
rvl_protection_backend(const RvlProtection *protection)
{
    return protection->backend;
}

static bool
take_part(RvlSecret **part,
          const RvlSecret *secret,
          size_t octets,
          const char *what,
          GError **error)
{
    size_t found = secret != NULL ? rvl_secret_size(secret) : 0;

    if (found != octets) {
        g_autofree char *f = g_strdup_printf("%zu", found);
        g_autofree char *w = g_strdup_printf("%zu", octets);

        rvl_error_set_found(error, RVL_CAUSE_CONFIG_INVALID, f, w,
                            "keying material of the %s has %s octets, not %s", what, f, w);
        return false;
    }
    *part = octets > 0 ? rvl_secret_ref(secret) : NULL;
    return true;
}

RvlProtectionKey *
rvl_protection_key_new(const RvlProtection *protection,
                       uint64_t id,
                       const RvlSecret *encr,
                       const RvlSecret *integ,
                       GError **error)
{
    g_autoptr(RvlProtectionKey) key = g_new0(RvlProtectionKey, 1);

    g_atomic_ref_count_init(&key->references);
    key->id = id;
    key->protection = rvl_protection_ref(protection);
    if (!take_part(&key->encr, encr, protection->shape.encr_octets, "cipher", error) ||
        !take_part(&key->integ, integ, protection->shape.integ_octets, "MAC", error))
        return NULL;
    if (protection->is_fused)
        key->fused = rvl_secret_new_concat(key->encr, key->integ);
    return g_steal_pointer(&key);
}

RvlProtectionKey *
rvl_protection_key_ref(const RvlProtectionKey *key)
{
    RvlProtectionKey *counted = (RvlProtectionKey *)key; /* only the count changes */

    g_atomic_ref_count_inc(&counted->references);
    return counted;
}

void
rvl_protection_key_unref(RvlProtectionKey *key)
{
    if (key == NULL || !g_atomic_ref_count_dec(&key->references))
        return;
    g_clear_pointer(&key->encr, rvl_secret_unref);
    g_clear_pointer(&key->integ, rvl_secret_unref);
    g_clear_pointer(&key->fused, rvl_secret_unref);
    rvl_protection_unref(key->protection);
    g_free(key);
}

uint64_t
rvl_protection_key_id(const RvlProtectionKey *key)
{
    return key->id;
}
