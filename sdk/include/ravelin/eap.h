/* SPDX-License-Identifier: MIT */
/* EAP: methods, relays to a RADIUS server, and verifiers of passwords. */
#pragma once

#include <ravelin/authenticator.h>

G_BEGIN_DECLS

/**
 * RvlEapStep:
 * @is_server: role
 * @identity: (nullable): the user, where known
 * @message: the peer's EAP packet of this round, empty at the start
 * @state: what the last round left, RVL_SECRET_ID_NONE at the start
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    bool is_server;
    const RvlSettings *settings;
    const RvlIdentity *identity;
    RvlOctets message;
    RvlSecretId state;
} RvlEapStep;

/**
 * RvlEapAnswer:
 * @verdict: RvlAuthVerdict; PROVED only with @msk where the method makes keys
 * @message: EAP packet to send
 * @state, @msk: become the caller's to release
 */
typedef struct {
    uint32_t size;
    uint32_t verdict;
    RvlOctets message;
    RvlSecretId state;
    RvlSecretId msk;
} RvlEapAnswer;
typedef void (*RvlEapDone)(const RvlEapAnswer *answer, const GError *error, void *user_data);

/**
 * RvlEapMethod:
 * @word: `eap-mschapv2`
 * @type: EAP type (RFC 3748 6.2); @vendor: of expanded types, else 0
 * @is_mutual, @makes_key: properties of RFC 5998 and RFC 3748 7.2.1
 * @step: one round; any thread
 */
typedef struct {
    uint32_t size;
    const char *word;
    uint32_t type;
    uint32_t vendor;
    bool is_mutual;
    bool makes_key;
    void (*step)(void *self, const RvlEapStep *step, RvlEapDone done, void *user_data);
} RvlEapMethod;

/** RvlEapRelay: carries EAP of a server role to another server, as RADIUS does (RFC 3579). */
typedef struct {
    uint32_t size;
    const char *word;
    void (*step)(void *self, const RvlEapStep *step, RvlEapDone done, void *user_data);
} RvlEapRelay;

/**
 * RvlPasswordVerifier:
 * @secret: (nullable): the clear password of @user, for methods that need it (MSCHAPv2); 0: unknown
 * @verify: whether @password is @user's
 */
typedef struct {
    uint32_t size;
    const char *word;
    RvlSecretId (*secret)(void *self, const RvlOctets *user, GError **error);
    void (*verify)(void *self,
                   const RvlOctets *user,
                   RvlSecretId password,
                   void (*done)(uint32_t verdict, const GError *error, void *user_data),
                   void *user_data);
} RvlPasswordVerifier;

G_END_DECLS
