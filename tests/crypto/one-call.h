/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Primitives called once, with octets in and octets out: what tests of vectors need. */
#pragma once

#include <ravelin/crypto-backend.h>

/* All results are (transfer full); NULL where the primitive refused. */

GBytes *one_mac(const RvlMac *mac, GBytes *key, GBytes *message, size_t out_octets);
GBytes *one_cipher(const RvlCipher *cipher,
                   bool is_encrypting,
                   GBytes *key,
                   GBytes *iv,
                   GBytes *text);

/** one_seal: ciphertext, then ICV. */
GBytes *one_seal(const RvlAead *aead,
                 GBytes *key,
                 GBytes *nonce,
                 GBytes *aad,
                 GBytes *plaintext,
                 size_t icv_octets);
/** one_open: @sealed: ciphertext, then ICV; @status: what the backend said. */
GBytes *one_open(const RvlAead *aead,
                 GBytes *key,
                 GBytes *nonce,
                 GBytes *aad,
                 GBytes *sealed,
                 size_t icv_octets,
                 RvlCryptStatus *status);

/** one_finish: the shared secret of @private_value and the peer's public value. */
GBytes *one_finish(const RvlKem *kem,
                   const RvlParameter *parameters,
                   size_t n_parameters,
                   GBytes *private_value,
                   GBytes *peer_public);
bool one_check(const RvlKem *kem,
               const RvlParameter *parameters,
               size_t n_parameters,
               GBytes *peer_public);

/** one_verify: by a public key of kind and @n parameters. */
bool one_verify(const RvlSignature *signature,
                const RvlParameter *parameters,
                size_t n,
                GBytes *message,
                GBytes *proof);
