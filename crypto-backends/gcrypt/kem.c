/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Key exchanges by libgcrypt: the rows. */
#include "config.h"

#include "backend.h"

static const struct {
    const char *name;
    const char *curve;
    uint16_t octets;
    void (*set)(GcryptKem *kem);
} rows[GCRYPT_KEMS] = {
    {"kem/x25519", "Curve25519", 32, gcrypt_kem_set_x25519},
    {"kem/ecp-256", "NIST P-256", 32, gcrypt_kem_set_ecp},
    {"kem/ecp-384", "NIST P-384", 48, gcrypt_kem_set_ecp},
    {"kem/ecp-521", "NIST P-521", 66, gcrypt_kem_set_ecp},
    {"kem/modp", NULL, 0, gcrypt_kem_set_modp},
};

/* A mode of the library may leave curves out. */
static bool
has_curve(const char *curve)
{
    g_auto(gcry_ctx_t) context = NULL;

    return curve == NULL || gcry_mpi_ec_new(&context, NULL, curve) == 0;
}

void
gcrypt_kems_load(GcryptBackend *backend)
{
    for (size_t i = 0; i < GCRYPT_KEMS; i++) {
        GcryptKem *kem = &backend->kems[i];

        kem->curve = rows[i].curve;
        kem->octets = rows[i].octets;
        kem->kem = (RvlKem){
            .size = sizeof(RvlKem),
            .name = rows[i].name,
            .backend = "gcrypt",
            .self = kem,
        };
        rows[i].set(kem);
        if (has_curve(rows[i].curve))
            rvl_primitive_table_add(backend->table, rows[i].name, &kem->kem);
    }
}
