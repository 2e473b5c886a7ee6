/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cookies: bound to nonce, address, port, SPI and secret; the last two secrets count (RFC 7296 2.6). */
#include "config.h"

#include "fakes/toy-backend.h"
#include "ike/core/cookie.h"

typedef struct {
    ToyBackend *toy;
    const RvlMac *mac;
    RvlCookies cookies;
    RvlPath path;
    uint8_t nonce[16];
    uint8_t cookie[RVL_COOKIE_OCTETS];
} Fixture;

static void
rotate(Fixture *f, uint8_t secret, RvlTime now)
{
    uint8_t octets[RVL_COOKIE_SECRET_OCTETS] = {secret};

    rvl_cookies_rotate(&f->cookies, octets, now);
}

static void
set_up(Fixture *f, gconstpointer data)
{
    const RvlPrimitives *primitives;

    (void)data;
    f->toy = toy_backend_new(1);
    primitives = toy_backend_primitives(f->toy);
    f->mac = primitives->mac(primitives->context, "mac/hmac-sha2-256", NULL);
    f->path.remote.port = 500;
    g_assert_true(rvl_address_parse("192.0.2.1", &f->path.remote.address));
    g_assert_false(rvl_cookie_make(&f->cookies, f->mac, &f->path, 7,
                                   RVL_OCTETS(f->nonce, sizeof f->nonce), f->cookie));
    rotate(f, 1, RVL_HOUR);
    g_assert_true(rvl_cookie_make(&f->cookies, f->mac, &f->path, 7,
                                  RVL_OCTETS(f->nonce, sizeof f->nonce), f->cookie));
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    rvl_cookies_fini(&f->cookies);
    toy_backend_free(f->toy);
}

static bool
holds(const Fixture *f, uint64_t spi)
{
    return rvl_cookie_check(&f->cookies, f->mac, &f->path, spi,
                            RVL_OCTETS(f->nonce, sizeof f->nonce),
                            RVL_OCTETS(f->cookie, sizeof f->cookie));
}

static void
is_bound_to_all_that_it_covers(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_true(holds(f, 7));
    g_assert_false(holds(f, 8));
    f->nonce[15] ^= 1;
    g_assert_false(holds(f, 7));
    f->nonce[15] ^= 1;
    f->path.remote.port++;
    g_assert_false(holds(f, 7));
    f->path.remote.port--;
    f->path.remote.address.octets[3] ^= 1;
    g_assert_false(holds(f, 7));
    f->path.remote.address.octets[3] ^= 1;
    for (size_t i = 0; i < sizeof f->cookie; i++) {
        f->cookie[i] ^= 1;
        g_assert_false(holds(f, 7));
        f->cookie[i] ^= 1;
    }
    g_assert_true(holds(f, 7));
    g_assert_false(rvl_cookie_check(&f->cookies, f->mac, &f->path, 7,
                                    RVL_OCTETS(f->nonce, sizeof f->nonce),
                                    RVL_OCTETS(f->cookie, sizeof f->cookie - 1)));
}

static void
old_secret_counts_once(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_false(rvl_cookies_need_secret(&f->cookies, RVL_HOUR + RVL_COOKIE_LIFE - 1));
    g_assert_true(rvl_cookies_need_secret(&f->cookies, RVL_HOUR + RVL_COOKIE_LIFE));
    rotate(f, 2, RVL_HOUR + RVL_COOKIE_LIFE);
    g_assert_true(holds(f, 7));
    rotate(f, 3, RVL_HOUR + 2 * RVL_COOKIE_LIFE);
    g_assert_false(holds(f, 7));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/ike/core/cookie/is-bound-to-all-that-it-covers", Fixture, NULL, set_up,
               is_bound_to_all_that_it_covers, tear_down);
    g_test_add("/ike/core/cookie/old-secret-counts-once", Fixture, NULL, set_up,
               old_secret_counts_once, tear_down);
    return g_test_run();
}
