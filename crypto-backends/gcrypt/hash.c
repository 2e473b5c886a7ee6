/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hashes by libgcrypt. */
#include "config.h"

#include "backend.h"

#include <string.h>

static bool
digest(void *self, const RvlOctets *parts, size_t n_parts, uint8_t *out)
{
    const GcryptHash *hash = self;
    gcry_md_hd_t context;

    if (gcry_md_open(&context, hash->algorithm, 0) != 0)
        return false;
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].size > 0)
            gcry_md_write(context, parts[i].data, parts[i].size);
    memcpy(out, gcry_md_read(context, hash->algorithm), hash->hash.output_octets);
    gcry_md_close(context);
    return true;
}

static const struct {
    const char *name;
    int algorithm;
    uint16_t output_octets;
    uint16_t block_octets;
} rows[GCRYPT_HASHES] = {
    {"hash/sha1", GCRY_MD_SHA1, 20, 64},
    {"hash/sha2-256", GCRY_MD_SHA256, 32, 64},
    {"hash/sha2-384", GCRY_MD_SHA384, 48, 128},
    {"hash/sha2-512", GCRY_MD_SHA512, 64, 128},
};

void
gcrypt_hashes_load(GcryptBackend *backend)
{
    for (size_t i = 0; i < GCRYPT_HASHES; i++) {
        GcryptHash *hash = &backend->hashes[i];

        hash->algorithm = rows[i].algorithm;
        hash->hash = (RvlHash){
            .size = sizeof(RvlHash),
            .name = rows[i].name,
            .backend = "gcrypt",
            .self = hash,
            .output_octets = rows[i].output_octets,
            .block_octets = rows[i].block_octets,
            .digest = digest,
        };
        if (gcry_md_test_algo(rows[i].algorithm) == 0)
            rvl_primitive_table_add(backend->table, rows[i].name, &hash->hash);
    }
}
