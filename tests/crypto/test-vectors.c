/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Published vectors through every backend that was built, with a count for each file. */
#include "config.h"

#include "crypto/vectors.h"

#include "support/vectors.h"

#define FIND(kind, Type)                                                                           \
    const Type *vector_##kind(VectorRun *run, const char *name)                                    \
    {                                                                                              \
        const Type *primitive = run->built->backend->kind(run->built->self, name);                 \
                                                                                                   \
        if (primitive == NULL)                                                                     \
            g_hash_table_add(run->lacking, g_strdup(name));                                        \
        return primitive;                                                                          \
    }
FIND(mac, RvlMac)
FIND(cipher, RvlCipher)
FIND(aead, RvlAead)
FIND(kem, RvlKem)
FIND(signature, RvlSignature)

void
vector_either(VectorRun *run, gint64 id, bool verdict)
{
    char *key = g_strdup_printf("%s %" G_GINT64_FORMAT, run->name, id);
    int said = GPOINTER_TO_INT(g_hash_table_lookup(run->verdicts, key));

    if (said == 0) {
        g_hash_table_insert(run->verdicts, key, GINT_TO_POINTER(verdict ? 2 : 1));
        return;
    }
    if ((said == 2) != verdict)
        g_test_message("%s: the backends differ", key);
    g_assert_cmpint(said == 2, ==, verdict);
    g_free(key);
}

static const struct {
    const char *name;
    void (*run)(VectorRun *run);
    const char *detail;
} files[] = {
    {"nist-cavp/gcmDecrypt128.rsp", cavp_gcm, "aead/aes-128-gcm"},
    {"nist-cavp/gcmDecrypt192.rsp", cavp_gcm, "aead/aes-192-gcm"},
    {"nist-cavp/gcmDecrypt256.rsp", cavp_gcm, "aead/aes-256-gcm"},
    {"nist-cavp/gcmEncryptExtIV128.rsp", cavp_gcm, "aead/aes-128-gcm"},
    {"nist-cavp/gcmEncryptExtIV192.rsp", cavp_gcm, "aead/aes-192-gcm"},
    {"nist-cavp/gcmEncryptExtIV256.rsp", cavp_gcm, "aead/aes-256-gcm"},
    {"nist-cavp/CBCMMT128.rsp", cavp_cbc, "cipher/aes-128-cbc"},
    {"nist-cavp/CBCMMT192.rsp", cavp_cbc, "cipher/aes-192-cbc"},
    {"nist-cavp/CBCMMT256.rsp", cavp_cbc, "cipher/aes-256-cbc"},
    {"nist-cavp/rfc-2202-sha1.txt", cavp_hmac, "mac/hmac-sha1"},
    {"nist-cavp/rfc-4231-sha256.txt", cavp_hmac, "mac/hmac-sha2-256"},
    {"nist-cavp/rfc-4231-sha512.txt", cavp_hmac, "mac/hmac-sha2-512"},
    {"nist-cavp/rfc3526.txt", cavp_rfc3526, NULL},
    {"nist-cavp/RFC5114.txt", cavp_rfc5114, NULL},
    {"nist-cavp/bad_exchange.txt", cavp_bad_exchange, NULL},
    {"nist-cavp/ECDH_KASValidity_ZZOnly_init.fax", cavp_ecdh, NULL},
    {"rfc/aes_cbc.json", rfc_rows, NULL},
    {"rfc/aes_gcm.json", rfc_rows, NULL},
    {"rfc/chacha20poly1305.json", rfc_rows, NULL},
    {"rfc/curve25519.json", rfc_rows, NULL},
    {"rfc/ecp.json", rfc_rows, NULL},
    {"rfc/modp.json", rfc_rows, NULL},
    {"rfc/sha1_hmac.json", rfc_rows, NULL},
    {"rfc/sha2_hmac.json", rfc_rows, NULL},
    {"rfc/packets.json", rfc_packets, NULL},
    {"esp-packets/dpdk_esp_ah.json", esp_packets, NULL},
    {"wycheproof/aes_gcm_test.json", wycheproof_aead, "aead/aes-%d-gcm"},
    {"wycheproof/chacha20_poly1305_test.json", wycheproof_aead, "aead/chacha20-poly1305"},
    {"wycheproof/aes_cbc_pkcs5_test.json", wycheproof_cbc, NULL},
    {"wycheproof/hmac_sha1_test.json", wycheproof_hmac, "mac/hmac-sha1"},
    {"wycheproof/hmac_sha256_test.json", wycheproof_hmac, "mac/hmac-sha2-256"},
    {"wycheproof/hmac_sha384_test.json", wycheproof_hmac, "mac/hmac-sha2-384"},
    {"wycheproof/hmac_sha512_test.json", wycheproof_hmac, "mac/hmac-sha2-512"},
    {"wycheproof/x25519_test.json", wycheproof_x25519, "kem/x25519"},
    {"wycheproof/ecdh_secp256r1_ecpoint_test.json", wycheproof_ecdh, "kem/ecp-256"},
    {"wycheproof/ecdh_secp384r1_ecpoint_test.json", wycheproof_ecdh, "kem/ecp-384"},
    {"wycheproof/ecdh_secp521r1_ecpoint_test.json", wycheproof_ecdh, "kem/ecp-521"},
    {"wycheproof/ecdsa_secp256r1_sha256_test.json", wycheproof_signature,
     "signature/ecdsa-sha2-256"},
    {"wycheproof/ecdsa_secp256r1_sha256_p1363_test.json", wycheproof_signature,
     "signature/ecdsa-sha2-256"},
    {"wycheproof/ecdsa_secp384r1_sha384_test.json", wycheproof_signature,
     "signature/ecdsa-sha2-384"},
    {"wycheproof/ecdsa_secp384r1_sha384_p1363_test.json", wycheproof_signature,
     "signature/ecdsa-sha2-384"},
    {"wycheproof/ecdsa_secp521r1_sha512_test.json", wycheproof_signature,
     "signature/ecdsa-sha2-512"},
    {"wycheproof/ecdsa_secp521r1_sha512_p1363_test.json", wycheproof_signature,
     "signature/ecdsa-sha2-512"},
    {"wycheproof/ed25519_test.json", wycheproof_signature, "signature/ed25519"},
    {"wycheproof/rsa_signature_2048_sha256_test.json", wycheproof_signature,
     "signature/rsa-pkcs1-sha2-256"},
    {"wycheproof/rsa_signature_2048_sha512_test.json", wycheproof_signature,
     "signature/rsa-pkcs1-sha2-512"},
    {"wycheproof/rsa_signature_3072_sha384_test.json", wycheproof_signature,
     "signature/rsa-pkcs1-sha2-384"},
    {"wycheproof/rsa_pss_2048_sha256_mgf1_32_test.json", wycheproof_signature,
     "signature/rsa-pss-sha2-256"},
    {"wycheproof/rsa_pss_2048_sha384_mgf1_48_test.json", wycheproof_signature,
     "signature/rsa-pss-sha2-384"},
    {"wycheproof/rsa_pss_4096_sha512_mgf1_64_test.json", wycheproof_signature,
     "signature/rsa-pss-sha2-512"},
};

typedef struct {
    const BuiltBackend *built;
    size_t file;
    GHashTable *verdicts;
} Case;

static void
file_passes(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(GHashTable) lacking = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GBytes) octets = rvl_test_vectors_read(files[c->file].name);
    g_autofree char *text = NULL;
    g_autofree char *lacks = NULL;
    VectorRun run = {
        .built = c->built,
        .name = files[c->file].name,
        .detail = files[c->file].detail,
        .lacking = lacking,
        .verdicts = c->verdicts,
    };

    if (octets == NULL)
        return;
    run.text = text = g_strndup(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
    files[c->file].run(&run);
    if (g_hash_table_size(lacking) > 0) {
        g_autofree char **names = (char **)g_hash_table_get_keys_as_array(lacking, NULL);

        lacks = g_strjoinv(", ", names);
        g_test_message("%s lacks %s", c->built->backend->library(c->built->self), lacks);
    }
    g_test_message("%s by %s: %u cases run, %u of what nothing here uses", run.name,
                   c->built->backend->name, run.n_cases, run.n_left_out);
    if (run.n_cases == 0 && lacks != NULL)
        g_test_skip(lacks);
    else
        g_assert_cmpuint(run.n_cases, >, 0);
}

int
main(int argc, char **argv)
{
    size_t n;
    const BuiltBackend *built = built_backends(&n);
    g_autoptr(GHashTable) verdicts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < n; i++)
        for (size_t file = 0; file < G_N_ELEMENTS(files); file++) {
            g_autofree char *path =
                built_backend_path("/crypto/vectors", &built[i], files[file].name);
            Case *c = g_new(Case, 1);

            *c = (Case){&built[i], file, verdicts};
            g_test_add_data_func_full(path, c, file_passes, g_free);
        }
    return g_test_run();
}
