/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stateless cookies against strangers with forged addresses (RFC 7296 2.6). */
#pragma once

#include <ravelin/crypto-backend.h>
#include <ravelin/octets.h>
#include <ravelin/path.h>
#include <ravelin/time.h>

/* A version octet, then the truncated MAC: 1 to 64 octets are allowed (2.6). */
#define RVL_COOKIE_MAC_OCTETS 16
#define RVL_COOKIE_OCTETS (1 + RVL_COOKIE_MAC_OCTETS)
#define RVL_COOKIE_SECRET_OCTETS 32

/** RVL_COOKIE_LIFE: a secret makes cookies for so long, and its cookies are taken as long again. */
#define RVL_COOKIE_LIFE (60 * RVL_SECOND)

/**
 * RvlCookies:
 * @secrets: the current one, and the one before it
 * @version: of the current one; goes into the cookie, and into the MAC
 * @changed: when the current one was made
 */
typedef struct {
    uint8_t secrets[2][RVL_COOKIE_SECRET_OCTETS];
    uint8_t version;
    uint8_t n_secrets;
    RvlTime changed;
} RvlCookies;

/** rvl_cookies_need_secret: whether the current secret is too old, or there is none. */
bool rvl_cookies_need_secret(const RvlCookies *cookies, RvlTime now);
/** rvl_cookies_rotate: @secret becomes the current one. */
void rvl_cookies_rotate(RvlCookies *cookies,
                        const uint8_t secret[RVL_COOKIE_SECRET_OCTETS],
                        RvlTime now);
/** rvl_cookies_fini: wipes. */
void rvl_cookies_fini(RvlCookies *cookies);

/**
 * rvl_cookie_make:
 * @mac: a MAC of any kind
 *
 * A cookie over the version, the stranger's nonce, address and port, and SPI.
 */
bool rvl_cookie_make(const RvlCookies *cookies,
                     const RvlMac *mac,
                     const RvlPath *path,
                     uint64_t initiator_spi,
                     RvlOctets nonce,
                     uint8_t cookie[RVL_COOKIE_OCTETS]) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_cookie_check: whether @cookie is one that we made, of the current secret or the one before. */
bool rvl_cookie_check(const RvlCookies *cookies,
                      const RvlMac *mac,
                      const RvlPath *path,
                      uint64_t initiator_spi,
                      RvlOctets nonce,
                      RvlOctets cookie) G_GNUC_WARN_UNUSED_RESULT;
