/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One certificate: read from DER by OpenSSL, and what is asked of it. */
#pragma once

#include <openssl/x509.h>

#include <ravelin/identity.h>
#include <ravelin/octets.h>
#include <ravelin/time.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)

/* Longer certificates are refused before anything looks at them; real ones have 1 to 4 KiB. */
#define CERTIFICATE_MAX_OCTETS 16384

/**
 * certificate_read:
 *
 * Returns: (transfer full) (nullable): the certificate that @der is, wholly; NULL with
 * RVL_CAUSE_MESSAGE_MALFORMED.
 */
X509 *certificate_read(const RvlOctets *der, GError **error);

/* (transfer full) (nullable): a name as identity; NULL for an empty one or one that is too long. */
RvlIdentity *certificate_name_identity(const X509_NAME *name);
/* (transfer full): a name as text. */
char *certificate_name_text(const X509_NAME *name);
/* (transfer full) (nullable) (element-type RvlIdentity): subjectAltNames in order, then the subject. */
GPtrArray *certificate_identities(const X509 *certificate);

/* False where the certificate holds no time that can be read. */
bool certificate_time(const ASN1_TIME *time, RvlWallTime *out);
/* (transfer full): `2026-11-24T13:00:00Z` */
char *certificate_time_text(RvlWallTime time);
