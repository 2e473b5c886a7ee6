/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payloads of IKEv2 as parsed: types, and what each holds (RFC 7296 3.2 to 3.16). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>
#include <ravelin/algorithm.h>
#include <ravelin/octets.h>
#include <ravelin/selector.h>

/** RvlPayloadType: IKEv2's numbers (IKEv1's stand below 33 and have a space of their own). */
typedef enum {
    RVL_PAYLOAD_NONE = 0,
    RVL_PAYLOAD_SA = 33,
    RVL_PAYLOAD_KE = 34,
    RVL_PAYLOAD_IDI = 35,
    RVL_PAYLOAD_IDR = 36,
    RVL_PAYLOAD_CERT = 37,
    RVL_PAYLOAD_CERTREQ = 38,
    RVL_PAYLOAD_AUTH = 39,
    RVL_PAYLOAD_NONCE = 40,
    RVL_PAYLOAD_NOTIFY = 41,
    RVL_PAYLOAD_DELETE = 42,
    RVL_PAYLOAD_VENDOR_ID = 43,
    RVL_PAYLOAD_TSI = 44,
    RVL_PAYLOAD_TSR = 45,
    RVL_PAYLOAD_SK = 46,
    RVL_PAYLOAD_CP = 47,
    RVL_PAYLOAD_EAP = 48,
    RVL_PAYLOAD_SKF = 53, /* RFC 7383 */
} RvlPayloadType;

/** RVL_PAYLOAD_HEADER_OCTETS: the generic payload header (3.2). */
#define RVL_PAYLOAD_HEADER_OCTETS ((size_t)4)

/* Bounds on nonces (2.10, 3.9). */
#define RVL_NONCE_MIN_OCTETS ((size_t)16)
#define RVL_NONCE_MAX_OCTETS ((size_t)256)

/** rvl_payload_name: (transfer none) (nullable): `TSi`, as RFC 7296 writes it. */
const char *rvl_payload_name(uint8_t type);

/** rvl_payload_type_is_encrypted: SK and SKF. */
static inline bool
rvl_payload_type_is_encrypted(uint8_t type)
{
    return type == RVL_PAYLOAD_SK || type == RVL_PAYLOAD_SKF;
}

/* All views below (RvlOctets) are into the message that holds the payload, and live as long. */

/**
 * RvlProposedTransform:
 * @transform: type, ID and key length
 * @is_acceptable: false where it bears an attribute that nobody here knows, so that it must not
 *   be chosen (3.3.6)
 */
typedef struct {
    RvlTransform transform;
    bool is_acceptable;
} RvlProposedTransform;

/**
 * RvlProposal:
 * @number: as the peer numbered it; an answer bears the number of what it chose
 * @protocol: RvlProtocol, also one that nobody here knows
 * @spi: 0 or 8 octets for IKE, 4 for ESP and AH, any number for unknown protocols
 * @transforms: (array length=n_transforms)
 */
typedef struct {
    uint8_t number;
    uint8_t protocol;
    RvlOctets spi;
    const RvlProposedTransform *transforms;
    size_t n_transforms;
} RvlProposal;

/** RvlSaPayload: 3.3. At least one proposal. */
typedef struct {
    const RvlProposal *proposals;
    size_t n;
} RvlSaPayload;

/** RvlKePayload: 3.4. */
typedef struct {
    uint16_t method;
    RvlOctets value;
} RvlKePayload;

/**
 * RvlIdPayload: 3.5. What a MAC of the ID covers (2.15) is the payload's whole body: type, the
 * three reserved octets as they came, data.
 */
typedef struct {
    uint8_t type; /* RvlIdentityType */
    RvlOctets data;
} RvlIdPayload;

/** RvlCertificateEncoding: 3.6. */
typedef enum {
    RVL_CERTIFICATE_PKCS7 = 1,
    RVL_CERTIFICATE_X509_SIGNATURE = 4,
    RVL_CERTIFICATE_CRL = 7,
    RVL_CERTIFICATE_HASH_AND_URL_X509 = 12,
    RVL_CERTIFICATE_HASH_AND_URL_BUNDLE = 13,
    RVL_CERTIFICATE_OCSP = 14,           /* RFC 4806 */
    RVL_CERTIFICATE_RAW_PUBLIC_KEY = 15, /* RFC 7670 */
} RvlCertificateEncoding;

/** RvlCertPayload: of CERT (3.6) and CERTREQ (3.7: @data is the list of authorities, or empty). */
typedef struct {
    uint8_t encoding;
    RvlOctets data;
} RvlCertPayload;

/** RVL_AUTH_DIGITAL_SIGNATURE: the one method whose data has a layout of its own (RFC 7427 3). */
#define RVL_AUTH_DIGITAL_SIGNATURE 14

/**
 * RvlAuthPayload:
 * @method: authentication method
 * @data: authentication data, whole
 * @algorithm: of method 14: DER of the AlgorithmIdentifier; else empty
 * @signature: of method 14: the signature; else empty
 *
 * 3.8; RFC 7427 3.
 */
typedef struct {
    uint8_t method;
    RvlOctets data;
    RvlOctets algorithm;
    RvlOctets signature;
} RvlAuthPayload;

/** RvlNotifyPayload: 3.10. @type: RvlNotifyType, also one that nobody here knows. */
typedef struct {
    uint16_t type;
    uint8_t protocol; /* as it came; without meaning where there is no SPI */
    RvlOctets spi;
    RvlOctets data;
} RvlNotifyPayload;

/** RvlDeletePayload: 3.11. @spis: @n of them, each of @spi_octets; none for the IKE SA itself. */
typedef struct {
    uint8_t protocol;
    uint8_t spi_octets;
    uint16_t n;
    RvlOctets spis;
} RvlDeletePayload;

/** rvl_delete_payload_spi: the @i-th SPI of ESP or AH; 0 where there is none. */
uint32_t rvl_delete_payload_spi(const RvlDeletePayload *payload, size_t i);

/** rvl_notify_payload_spi: the SPI of ESP or AH (four octets) that the notify names; 0: none. */
uint32_t rvl_notify_payload_spi(const RvlNotifyPayload *payload);

/**
 * RvlTsPayload:
 * @selectors: those of types that are known (IPv4 and IPv6 address ranges), in their order
 * @n_unknown: selectors of other types, which were skipped (3.13.1: they match nothing)
 */
typedef struct {
    const RvlSelector *selectors;
    size_t n;
    size_t n_unknown;
} RvlTsPayload;

/** RvlConfigurationType: 3.15. */
typedef enum {
    RVL_CFG_REQUEST = 1,
    RVL_CFG_REPLY = 2,
    RVL_CFG_SET = 3,
    RVL_CFG_ACK = 4,
} RvlConfigurationType;

/** RvlConfigurationAttributeType: 3.15.1. */
typedef enum {
    RVL_CFG_INTERNAL_IP4_ADDRESS = 1,
    RVL_CFG_INTERNAL_IP4_NETMASK = 2,
    RVL_CFG_INTERNAL_IP4_DNS = 3,
    RVL_CFG_INTERNAL_IP4_NBNS = 4,
    RVL_CFG_INTERNAL_IP4_DHCP = 6,
    RVL_CFG_APPLICATION_VERSION = 7,
    RVL_CFG_INTERNAL_IP6_ADDRESS = 8,
    RVL_CFG_INTERNAL_IP6_DNS = 10,
    RVL_CFG_INTERNAL_IP6_DHCP = 12,
    RVL_CFG_INTERNAL_IP4_SUBNET = 13,
    RVL_CFG_SUPPORTED_ATTRIBUTES = 14,
    RVL_CFG_INTERNAL_IP6_SUBNET = 15,
    RVL_CFG_INTERNAL_DNS_DOMAIN = 25, /* RFC 8598 */
} RvlConfigurationAttributeType;

/** RvlConfigurationAttribute: @value is empty in requests that ask for any. */
typedef struct {
    uint16_t type;
    RvlOctets value;
} RvlConfigurationAttribute;

/** RvlCpPayload: 3.15. */
typedef struct {
    uint8_t type;
    const RvlConfigurationAttribute *attributes;
    size_t n;
} RvlCpPayload;

/** RvlEapCode: RFC 3748 4. */
typedef enum {
    RVL_EAP_REQUEST = 1,
    RVL_EAP_RESPONSE = 2,
    RVL_EAP_SUCCESS = 3,
    RVL_EAP_FAILURE = 4,
} RvlEapCode;

/** RvlEapPayload: 3.16. The EAP message itself is the payload's body. @type: 0 in results. */
typedef struct {
    uint8_t code;
    uint8_t identifier;
    uint8_t type;
} RvlEapPayload;

/**
 * RvlEncryptedPayload:
 * @first: type of the first payload within; in a fragment but the first it means nothing
 * @fragment, @n_fragments: of SKF, from 1 (RFC 7383 2.5); both 0 in SK
 *
 * SK (3.14) and SKF. Where IV, ciphertext and ICV lie depends on the suite: see
 * "wire/encrypted.h".
 */
typedef struct {
    uint8_t first;
    uint16_t fragment;
    uint16_t n_fragments;
} RvlEncryptedPayload;

/**
 * RvlPayload:
 * @type: RvlPayloadType, also one that nobody here knows
 * @is_known: whether it is one of RvlPayloadType's, so that the union's member is filled
 * @is_critical: the critical bit
 * @is_ignored: set aside by the grammar: not expected in this message (and not critical); the
 *   finders below skip it
 * @offset: of its generic header in the whole message (of an inner payload: in the octets that
 *   the chain was parsed from, plus the base given there)
 * @body: the octets behind the generic header, as they came
 *
 * NONCE and VENDOR_ID are their body.
 */
typedef struct {
    uint8_t type;
    bool is_known;
    bool is_critical;
    bool is_ignored;
    size_t offset;
    RvlOctets body;
    union {
        RvlSaPayload sa;
        RvlKePayload ke;
        RvlIdPayload id;
        RvlCertPayload cert;
        RvlAuthPayload auth;
        RvlNotifyPayload notify;
        RvlDeletePayload del;
        RvlTsPayload ts;
        RvlCpPayload cp;
        RvlEapPayload eap;
        RvlEncryptedPayload encrypted;
    };
} RvlPayload;
