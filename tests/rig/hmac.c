/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rig's PRFs: GLib's HMAC behind the contract's MAC. */
#include "config.h"

#include "hmac.h"

#include <string.h>

#include <glib.h>

struct RvlMacKey {
    GChecksumType type;
    size_t n;
    uint8_t octets[];
};

static const GChecksumType types[] = {G_CHECKSUM_MD5, G_CHECKSUM_SHA1, G_CHECKSUM_SHA256,
                                      G_CHECKSUM_SHA384, G_CHECKSUM_SHA512};

static RvlMacKey *
key_new(void *self, const uint8_t *key, size_t key_octets)
{
    RvlMacKey *made = g_malloc0(sizeof(*made) + key_octets);

    made->type = *(const GChecksumType *)self;
    made->n = key_octets;
    memcpy(made->octets, key, key_octets);
    return made;
}

static void
key_free(void *self, RvlMacKey *key)
{
    (void)self;
    g_free(key);
}

static bool
compute(void *self,
        RvlMacKey *key,
        const RvlOctets *parts,
        size_t n_parts,
        uint8_t *out,
        size_t out_octets)
{
    GHmac *hmac = g_hmac_new(key->type, key->octets, key->n);
    guint8 digest[64];
    gsize size = sizeof(digest);

    (void)self;
    for (size_t i = 0; i < n_parts; i++) {
        if (parts[i].size > 0)
            g_hmac_update(hmac, parts[i].data, (gssize)parts[i].size);
    }
    g_hmac_get_digest(hmac, digest, &size);
    g_hmac_unref(hmac);
    g_assert_cmpuint(out_octets, <=, size);
    memcpy(out, digest, out_octets);
    return true;
}

#define HMAC(type, octets, word)                                                                   \
    {                                                                                              \
        .size = sizeof(RvlMac), .name = "mac/hmac-" word, .backend = "glib",                       \
        .self = (void *)&types[type], .output_octets = (octets), .key_new = key_new,               \
        .key_free = key_free, .compute = compute,                                                  \
    }

const RvlMac *
rig_hmac(uint16_t prf)
{
    static const RvlMac macs[] = {HMAC(0, 16, "md5"), HMAC(1, 20, "sha1"), HMAC(2, 32, "sha2-256"),
                                  HMAC(3, 48, "sha2-384"), HMAC(4, 64, "sha2-512")};

    switch (prf) { /* IANA: Transform Type 2 */
    case 1:
    case 2:
        return &macs[prf - 1];
    case 5:
    case 6:
    case 7:
        return &macs[prf - 3];
    default:
        return NULL;
    }
}
