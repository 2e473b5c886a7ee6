/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stateless cookies. */
#include "config.h"

#include "ike/core/cookie.h"

#include <string.h>
#include <ravelin/secret.h>

bool
rvl_cookies_need_secret(const RvlCookies *cookies, RvlTime now)
{
    return cookies->n_secrets == 0 || now - cookies->changed >= RVL_COOKIE_LIFE;
}

void
rvl_cookies_rotate(RvlCookies *cookies, const uint8_t secret[RVL_COOKIE_SECRET_OCTETS], RvlTime now)
{
    memcpy(cookies->secrets[1], cookies->secrets[0], RVL_COOKIE_SECRET_OCTETS);
    memcpy(cookies->secrets[0], secret, RVL_COOKIE_SECRET_OCTETS);
    cookies->version++;
    cookies->n_secrets = (uint8_t)MIN(2, cookies->n_secrets + 1);
    cookies->changed = now;
}

void
rvl_cookies_fini(RvlCookies *cookies)
{
    rvl_secret_wipe(cookies->secrets, sizeof cookies->secrets);
    cookies->n_secrets = 0;
}

static bool
make_with(const uint8_t secret[RVL_COOKIE_SECRET_OCTETS],
          uint8_t version,
          const RvlMac *mac,
          const RvlPath *path,
          uint64_t initiator_spi,
          RvlOctets nonce,
          uint8_t cookie[RVL_COOKIE_OCTETS])
{
    uint64_t spi = GUINT64_TO_BE(initiator_spi);
    uint16_t port = GUINT16_TO_BE(path->remote.port);
    const RvlOctets parts[] = {
        RVL_OCTETS(&version, 1),
        RVL_OCTETS(&spi, sizeof spi),
        RVL_OCTETS(&port, sizeof port),
        RVL_OCTETS(&path->remote.address.family, 1),
        RVL_OCTETS(path->remote.address.octets, sizeof path->remote.address.octets),
        nonce,
    };
    size_t key_octets = mac->key_octets != 0 ? mac->key_octets : RVL_COOKIE_SECRET_OCTETS;
    RvlMacKey *key;
    bool made;

    if (key_octets > RVL_COOKIE_SECRET_OCTETS || mac->output_octets < RVL_COOKIE_MAC_OCTETS)
        return false;
    key = mac->key_new(mac->self, secret, key_octets);
    if (key == NULL)
        return false;
    cookie[0] = version;
    made =
        mac->compute(mac->self, key, parts, G_N_ELEMENTS(parts), cookie + 1, RVL_COOKIE_MAC_OCTETS);
    mac->key_free(mac->self, key);
    return made;
}

bool
rvl_cookie_make(const RvlCookies *cookies,
                const RvlMac *mac,
                const RvlPath *path,
                uint64_t initiator_spi,
                RvlOctets nonce,
                uint8_t cookie[RVL_COOKIE_OCTETS])
{
    return cookies->n_secrets > 0 && make_with(cookies->secrets[0], cookies->version, mac, path,
                                               initiator_spi, nonce, cookie);
}

bool
rvl_cookie_check(const RvlCookies *cookies,
                 const RvlMac *mac,
                 const RvlPath *path,
                 uint64_t initiator_spi,
                 RvlOctets nonce,
                 RvlOctets cookie)
{
    uint8_t wanted[RVL_COOKIE_OCTETS];
    uint8_t age;

    if (cookie.size != RVL_COOKIE_OCTETS)
        return false;
    age = (uint8_t)(cookies->version - cookie.data[0]);
    if (age >= cookies->n_secrets)
        return false;
    return make_with(cookies->secrets[age], cookie.data[0], mac, path, initiator_spi, nonce,
                     wanted) &&
           rvl_secret_equal(wanted, cookie.data, RVL_COOKIE_OCTETS);
}
