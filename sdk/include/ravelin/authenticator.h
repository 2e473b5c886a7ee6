/* SPDX-License-Identifier: MIT */
/* Authenticators: how a peer proves who it is, and how we do. */
#pragma once

#include <ravelin/cause.h>
#include <ravelin/identity.h>
#include <ravelin/macros.h>
#include <ravelin/octets.h>
#include <ravelin/secret.h>
#include <ravelin/settings.h>
#include <ravelin/time.h>

G_BEGIN_DECLS

/**
 * RvlAuthVerdict: the zero value refuses, so that nothing forgotten lets a peer in.
 */
typedef enum {
    RVL_AUTH_REFUSED = 0,
    RVL_AUTH_MORE = 1, /* another round: payloads to send, then the peer's answer */
    RVL_AUTH_PROVED = 2,
} RvlAuthVerdict;

/**
 * RvlAuthParts:
 * @size: sizeof(RvlAuthParts) of its maker
 * @message: the signer's IKE_SA_INIT message, from the first octet of its SPI, as sent or received
 * @nonce: data of the nonce payload of the *other* end
 * @id: body of the signer's ID payload: type, the three reserved octets as received, data
 * @int_auth: IntAuth of RFC 9242 3.3.2, empty where there was no IKE_INTERMEDIATE
 * @prf: transform ID of the IKE SA's PRF
 * @sk_p: handle to the signer's SK_pi or SK_pr
 *
 * What goes into the signed octets of RFC 7296 2.15:
 * message | nonce | prf(SK_p, id) | int_auth.
 */
typedef struct {
    uint32_t size;
    RvlOctets message;
    RvlOctets nonce;
    RvlOctets id;
    RvlOctets int_auth;
    uint16_t prf;
    RvlSecretId sk_p;
} RvlAuthParts;

struct RvlHost;

/** RVL_AUTH_MAX_PRF_OCTETS: longest output of a PRF: SHA2-512's. */
#define RVL_AUTH_MAX_PRF_OCTETS 64

/**
 * RvlAuthOctets: the signed octets of RFC 7296 2.15, as runs to be hashed or signed in order.
 * @runs borrow from the RvlAuthParts that they were made of, and from @maced_id: don't copy it
 */
typedef struct {
    RvlOctets runs[4];
    uint8_t maced_id[RVL_AUTH_MAX_PRF_OCTETS];
} RvlAuthOctets;

/**
 * rvl_auth_octets_init:
 * @host: (type RvlHost): finds the PRF and SK_p
 *
 * Makes the signed octets of @parts. Thread: any.
 * Errors: RVL_CAUSE_ALGORITHM_UNAVAILABLE; RVL_CAUSE_PLUGIN_FAILED where SK_p is gone.
 */
bool rvl_auth_octets_init(RvlAuthOctets *octets,
                          const struct RvlHost *host,
                          const RvlAuthParts *parts,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** RvlAuthCertificate: a CERT payload: @encoding of RFC 7296 3.6, and its data. */
typedef struct {
    uint8_t encoding;
    RvlOctets data;
} RvlAuthCertificate;

/** RvlAuthNotify: a notify that an authenticator announces or hears. */
typedef struct {
    uint16_t type;
    RvlOctets data;
} RvlAuthNotify;

/* Bits of RvlAuthRequest.needs. */
#define RVL_AUTH_NEEDS_EAP (1u << 0)
#define RVL_AUTH_NEEDS_STATE (1u << 1)

/**
 * RvlAuthRequest:
 * @needs: bits of the optional fields that are set; an authenticator that doesn't know one refuses
 * @version: 1 or 2
 * @is_initiator: whether *this end* is the original initiator
 * @connection: name, for reports
 * @settings: the connection's keys and its [secret]'s, as far as this plugin's schema claims them;
 *   the core's `certificate`, `key` and `authority`; and `authority-certificate` (TEXTS), which is
 *   the `certificate` of each [authority] that `authority` names, or of all that there are where
 *   it names none, in that order and with the first one's file and line
 * @local, @remote: this end's identity; the peer's (nullable: not known yet, or any)
 * @expected: (nullable): the identity that the connection wants the peer to have; NULL: any
 * @parts: of whoever proves itself: prove(): this end's; check(): the peer's
 * @notifies: the peer's, of the types that announces() names
 * @certificates: the peer's CERT payloads, in order (check); none (prove)
 * @authorities: data of the peer's CERTREQ payloads (prove)
 * @method: number of the peer's AUTH payload (check)
 * @proof: data of the peer's AUTH payload (check)
 * @wall: now, for certificates
 * @eap: EAP message of this round; @state: what the last round's answer left
 *
 * A value: octets, identifiers and handles. Borrowed until done was called.
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    uint8_t version;
    bool is_initiator;
    const char *connection;
    const RvlSettings *settings;
    const RvlIdentity *local;
    const RvlIdentity *remote;
    const RvlIdentity *expected;
    const RvlAuthParts *parts;
    const RvlAuthNotify *notifies;
    size_t n_notifies;
    size_t notifies_stride;
    const RvlAuthCertificate *certificates;
    size_t n_certificates;
    size_t certificates_stride;
    const RvlOctets *authorities;
    size_t n_authorities;
    uint8_t method;
    RvlOctets proof;
    RvlWallTime wall;
    RvlOctets eap;
    RvlSecretId state;
} RvlAuthRequest;

/**
 * RvlAuthAnswer:
 * @verdict: RvlAuthVerdict
 * @method: number for our AUTH payload (prove)
 * @proof: data for our AUTH payload (prove)
 * @certificates: for our CERT payloads (prove)
 * @identity: (nullable): the identity that is proved, where the proof itself says more than the ID
 *   payload did (EAP); NULL: the ID payload's
 * @description: (nullable): for events: `ecdsa-sha2-256, CN=r.lab.test`
 * @not_after: wall time at which the proof ends (certificate), unix_s 0: never
 * @eap, @state, @msk: of further rounds; @state and @msk become the caller's to release
 *
 * Borrowed for the length of done.
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    uint32_t verdict;
    uint8_t method;
    RvlOctets proof;
    const RvlAuthCertificate *certificates;
    size_t n_certificates;
    size_t certificates_stride;
    const RvlIdentity *identity;
    const char *description;
    RvlWallTime not_after;
    RvlOctets eap;
    RvlSecretId state;
    RvlSecretId msk;
} RvlAuthAnswer;

/** RvlAuthDone: @answer NULL and @error set: refused; both set: refused with what is known. */
typedef void (*RvlAuthDone)(const RvlAuthAnswer *answer, const GError *error, void *user_data);

/**
 * RvlSkeyidRequest: IKEv1's SKEYID of RFC 2409 5; @shared is g^xy, nonces without headers; @prf is
 * the IKEv2 transform ID of the negotiated hash's HMAC (the row that has both numbers).
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    const RvlSettings *settings;
    uint16_t prf;
    RvlOctets nonce_i;
    RvlOctets nonce_r;
    RvlOctets cookie_i;
    RvlOctets cookie_r;
    RvlSecretId shared;
} RvlSkeyidRequest;
typedef void (*RvlSkeyidDone)(RvlSecretId skeyid, const GError *error, void *user_data);

/**
 * RvlAuthenticator:
 * @size: sizeof(RvlAuthenticator) when the plugin was compiled
 * @word: in `auth =`: `psk`, `pubkey`
 * @methods: (array length=n_methods): Authentication Method numbers of RFC 7296 3.8 that it makes
 *   or checks
 * @announces: (nullable): notifies to send in IKE_SA_INIT (SIGNATURE_HASH_ALGORITHMS), walked by
 *   index until false; the octets are constant. The peer's notifies of these types come back in
 *   the request
 * @certificate_request: (nullable) (transfer full): data of a CERTREQ payload for the authorities
 *   that @settings name, NULL where none is to be sent
 * @default_identity: (nullable) (transfer full): identity of this end where the configuration
 *   names none: the certificate's first SAN
 * @is_ready: (nullable): whether @settings hold what this method needs to prove or to check; @error
 *   says what is missing. Asked when configuration is read, so that it fails then and not at night
 * @prove: makes the proof of this end
 * @check: checks the peer's
 * @skeyid: (nullable): IKEv1; the pre-shared key never leaves its owner
 *
 * Thread: prove, check and skeyid on any thread (a worker's), several at once for different SAs;
 * done on any thread, once, possibly before the call returns. The others: main loop, no blocking.
 * Errors: the causes of `proof`; a refusal's error names both sides' values.
 * Source: RFC 7296 2.15, RFC 7427, RFC 4739 (rounds).
 */
typedef struct {
    uint32_t size;
    const char *word;
    const uint8_t *methods;
    size_t n_methods;
    bool (*announces)(void *self, size_t i, RvlAuthNotify *notify);
    GBytes *(*certificate_request)(void *self, const RvlSettings *settings);
    RvlIdentity *(*default_identity)(void *self, const RvlSettings *settings);
    bool (*is_ready)(void *self, const RvlSettings *settings, bool proves, GError **error);
    void (*prove)(void *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data);
    void (*check)(void *self, const RvlAuthRequest *request, RvlAuthDone done, void *user_data);
    void (*skeyid)(void *self,
                   const RvlSkeyidRequest *request,
                   RvlSkeyidDone done,
                   void *user_data);
} RvlAuthenticator;

G_END_DECLS
