/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and private keys out of PEM and DER, by OpenSSL. */
#pragma once

#include <stdbool.h>

#include "openssl-key/key.h"

/**
 * pem_read_certificates:
 *
 * Returns: (transfer full) (nullable) (element-type GBytes): DER of all certificates, in order; NULL
 * where there is none, or one is broken.
 */
GPtrArray *pem_read_certificates(const char *octets, size_t n, GError **error);

/* Whether a file could hold a private key at all: what a search looks into. */
bool pem_may_hold_key(const char *octets, size_t n);

/**
 * pem_read_key:
 *
 * Returns: (transfer full) (nullable): the first private key: PKCS #8, PKCS #1, or SEC 1, in PEM or
 * DER. Errors: RVL_CAUSE_CONFIG_INVALID, saying where it is encrypted; openssl_key_new()'s.
 */
OpensslKey *pem_read_key(const char *octets, size_t n, GError **error);
