/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of the suites and groups in this tree, found by word. */
#include "config.h"

#include "crypto/built-rows.h"

#include <string.h>

extern const RvlPlugin aes_cbc_LTX_rvl_plugin;
extern const RvlPlugin aes_gcm_LTX_rvl_plugin;
extern const RvlPlugin chacha20_poly1305_LTX_rvl_plugin;
extern const RvlPlugin curve25519_LTX_rvl_plugin;
extern const RvlPlugin ecp_LTX_rvl_plugin;
extern const RvlPlugin hmac_sha2_LTX_rvl_plugin;
extern const RvlPlugin modp_LTX_rvl_plugin;

const RvlPlugin *const *
built_rows_plugins(void)
{
    static const RvlPlugin *const plugins[] = {
        &aes_cbc_LTX_rvl_plugin,
        &aes_gcm_LTX_rvl_plugin,
        &chacha20_poly1305_LTX_rvl_plugin,
        &curve25519_LTX_rvl_plugin,
        &ecp_LTX_rvl_plugin,
        &hmac_sha2_LTX_rvl_plugin,
        &modp_LTX_rvl_plugin,
        NULL,
    };

    return plugins;
}

const RvlSuiteRow *
built_suite(uint8_t type, const char *word)
{
    for (const RvlPlugin *const *plugin = built_rows_plugins(); *plugin != NULL; plugin++) {
        const RvlCryptoSuite *suite = (*plugin)->provides->interface;

        if ((*plugin)->provides->capability != RVL_CAPABILITY_CRYPTO_SUITE)
            continue;
        for (size_t i = 0; i < suite->n_rows; i++)
            if (suite->rows[i].type == type && strcmp(suite->rows[i].word, word) == 0)
                return &suite->rows[i];
    }
    g_error("no suite has the word %s", word);
}

const RvlGroupRow *
built_group(const char *word)
{
    for (const RvlPlugin *const *plugin = built_rows_plugins(); *plugin != NULL; plugin++) {
        const RvlKeyExchange *groups = (*plugin)->provides->interface;

        if ((*plugin)->provides->capability != RVL_CAPABILITY_KEY_EXCHANGE)
            continue;
        for (size_t i = 0; i < groups->n_rows; i++)
            if (strcmp(groups->rows[i].word, word) == 0)
                return &groups->rows[i];
    }
    g_error("no group has the word %s", word);
}
