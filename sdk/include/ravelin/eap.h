/* SPDX-License-Identifier: MIT */
/* EAP: methods, relays to a RADIUS server, and verifiers of passwords. */
#pragma once

#include <ravelin/authenticator.h>

G_BEGIN_DECLS

/**
 * RvlEapStep:
 * @size: sizeof(RvlEapStep) of its maker
 * @needs: bits of optional fields that are set; none is known yet: whatever is set is refused
 * @is_server: role
 * @settings: of the connection
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
 * @size: sizeof(RvlEapAnswer) of its maker
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

/** RvlPasswordDone: @password: the clear password, the caller's to release; NONE with @error set. */
typedef void (*RvlPasswordDone)(RvlSecretId password, const GError *error, void *user_data);
/** RvlPasswordVerdict: @verdict: RvlAuthVerdict, PROVED or REFUSED; @error: (nullable): why. */
typedef void (*RvlPasswordVerdict)(uint32_t verdict, const GError *error, void *user_data);

/**
 * RvlPasswordVerifier:
 * @size: sizeof(RvlPasswordVerifier) when the plugin was compiled
 * @word: `users`, `pam`
 * @secret: (nullable): the clear password of @user, for methods that need it (MSCHAPv2); NULL where
 *   there is none to be had
 * @verify: whether @password is @user's
 *
 * Each call ends in exactly one done. Thread: any; done on any thread, possibly before the call returns.
 * @user is borrowed for the call, @password until done. Errors: RVL_CAUSE_EAP_USER_UNKNOWN,
 * RVL_CAUSE_EAP_REJECTED.
 */
typedef struct {
    uint32_t size;
    const char *word;
    void (*secret)(void *self, const RvlOctets *user, RvlPasswordDone done, void *user_data);
    void (*verify)(void *self,
                   const RvlOctets *user,
                   RvlSecretId password,
                   RvlPasswordVerdict done,
                   void *user_data);
} RvlPasswordVerifier;

G_END_DECLS
