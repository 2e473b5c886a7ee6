/* SPDX-License-Identifier: MIT */
/* Identities: the ID payload's type and octets (RFC 7296 3.5), as an immutable value. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>
#include <ravelin/address.h>

G_BEGIN_DECLS

/** RvlIdentityType: numbers of RFC 7296 3.5; others cross unchanged. */
typedef enum {
    RVL_IDENTITY_NONE = 0,
    RVL_IDENTITY_IPV4_ADDR = 1,
    RVL_IDENTITY_FQDN = 2,
    RVL_IDENTITY_RFC822_ADDR = 3,
    RVL_IDENTITY_IPV6_ADDR = 5,
    RVL_IDENTITY_DER_ASN1_DN = 9,
    RVL_IDENTITY_DER_ASN1_GN = 10,
    RVL_IDENTITY_KEY_ID = 11,
    RVL_IDENTITY_NULL = 13, /* RFC 7619 */
} RvlIdentityType;

/** RVL_IDENTITY_MAX_OCTETS: longer ones are refused before anything looks at them. */
#define RVL_IDENTITY_MAX_OCTETS 2048

/** RvlIdentity: immutable, reference counted. Thread: any. */
typedef struct RvlIdentity RvlIdentity;

RvlIdentity *rvl_identity_new(uint8_t type, const void *octets, size_t n);

/**
 * rvl_identity_parse:
 * @text: `192.0.2.1`, `2001:db8::1`, `vpn.example.org`, `ann@example.org`, a DN as `CN=…, O=…`
 *   (RFC 4514 order as written, encoded as UTF8String, C as PrintableString), `keyid:text`,
 *   `keyid:0x…`, or with an explicit `fqdn:`, `email:`, `dn:`, `ip:` before it
 *
 * Returns: (transfer full) (nullable): NULL with RVL_CAUSE_CONFIG_INVALID.
 */
RvlIdentity *rvl_identity_parse(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
RvlIdentity *rvl_identity_from_address(const RvlAddress *address);
RvlIdentity *rvl_identity_ref(const RvlIdentity *identity);
void rvl_identity_unref(RvlIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlIdentity, rvl_identity_unref)

uint8_t rvl_identity_type(const RvlIdentity *identity);
const uint8_t *rvl_identity_octets(const RvlIdentity *identity, size_t *n);
/**
 * rvl_identity_equal: same type, same octets; FQDN and RFC822 domain part without regard to ASCII
 * case. DNs octet by octet: matching by rules belongs to the certificate verifier.
 */
bool rvl_identity_equal(const RvlIdentity *a, const RvlIdentity *b);
/** rvl_identity_format: (transfer full): as rvl_identity_parse() reads it; peers' octets escaped. */
char *rvl_identity_format(const RvlIdentity *identity);

G_END_DECLS
