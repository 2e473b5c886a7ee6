/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors: the sentence follows its parts, and nothing that a peer sends harms a log. */
#include "config.h"

#include <ravelin/error.h>

#include <gio/gio.h>
#include <string.h>

static void
sentence_is_rendered_from_parts(void)
{
    g_autoptr(GError) error = NULL;

    rvl_error_set_found(&error, RVL_CAUSE_PSK_MISMATCH, "gw.example", "secret berlin",
                        "AUTH of %s does not fit", "gw.example");
    g_assert_cmpstr(error->message, ==,
                    "AUTH of gw.example does not fit; found gw.example, wanted secret berlin; "
                    "enter the same key on both ends");
    rvl_error_prefix_where(&error, "IKE_AUTH request");
    rvl_error_prefix_where(&error, "from %s", "192.0.2.7:4500");
    rvl_error_set_remedy(&error, "ask for the key");
    g_assert_cmpstr(error->message, ==,
                    "from 192.0.2.7:4500: IKE_AUTH request: AUTH of gw.example does not fit; found "
                    "gw.example, wanted secret berlin; ask for the key");
    g_assert_cmpstr(rvl_error_where(error), ==, "from 192.0.2.7:4500: IKE_AUTH request");
    g_assert_cmpstr(rvl_error_what(error), ==, "AUTH of gw.example does not fit");
    g_assert_cmpstr(rvl_error_found(error), ==, "gw.example");
    g_assert_cmpstr(rvl_error_wanted(error), ==, "secret berlin");
    g_assert_cmpstr(rvl_error_remedy(error), ==, "ask for the key");
    g_assert_cmpint(rvl_error_cause(error), ==, RVL_CAUSE_PSK_MISMATCH);
}

static void
cause_speaks_where_nothing_else_does(void)
{
    g_autoptr(GError) error = NULL;

    rvl_error_set(&error, RVL_CAUSE_POOL_EMPTY, NULL);
    g_assert_cmpstr(error->message, ==,
                    "the address pool has no address left; enlarge the pool, or wait for leases "
                    "to end");
}

static void
offset_is_part_of_the_where(void)
{
    g_autoptr(GError) error = NULL;

    rvl_error_set_at_offset(&error, RVL_CAUSE_CONFIG_INVALID, 148, "TSi announces 3 selectors");
    g_assert_cmpuint(rvl_error_offset(error), ==, 148);
    g_assert_cmpstr(error->message, ==, "at octet 148: TSi announces 3 selectors");
    rvl_error_prefix_where(&error, "IKE_AUTH request");
    g_assert_cmpstr(error->message, ==,
                    "IKE_AUTH request, at octet 148: TSi announces 3 selectors");
}

static void
copy_holds_all_parts(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) copy = NULL;

    rvl_error_set_found(&error, RVL_CAUSE_KEY_TOO_SHORT, "1024", "2048", "RSA key");
    rvl_error_prefix_where(&error, "pki/gw.pem");
    copy = g_error_copy(error);
    g_clear_error(&error);
    g_assert_cmpstr(rvl_error_where(copy), ==, "pki/gw.pem");
    g_assert_cmpstr(rvl_error_found(copy), ==, "1024");
    rvl_error_set_remedy(&copy, "");
    g_assert_cmpstr(copy->message, ==, "pki/gw.pem: RSA key; found 1024, wanted 2048");
}

static void
foreign_domains_are_left_as_they_are(void)
{
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no file");

    g_assert_cmpint(rvl_error_cause(error), ==, RVL_CAUSE_NONE);
    g_assert_null(rvl_error_what(error));
    g_assert_cmpuint(rvl_error_offset(error), ==, RVL_ERROR_NO_OFFSET);
    rvl_error_prefix_where(&error, "pki");
    rvl_error_set_remedy(&error, "nothing");
    g_assert_cmpstr(error->message, ==, "pki: no file");
    g_assert_cmpint(rvl_error_cause(NULL), ==, RVL_CAUSE_NONE);
}

static void
nobody_listens(void)
{
    GError *none = NULL;

    rvl_error_set(NULL, RVL_CAUSE_POOL_EMPTY, NULL);
    rvl_error_prefix_where(NULL, "x");
    rvl_error_prefix_where(&none, "x");
    rvl_error_set_remedy(NULL, "x");
    rvl_error_set_remedy(&none, "x");
    g_assert_null(none);
}

static const struct {
    const char *name;
    const char *octets;
    size_t n;
    const char *escaped;
} hostile[] = {
    {"line-breaks", "a\r\nb", 4, "a\\x0d\\x0ab"},
    {"zero", "a\0b", 3, "a\\x00b"},
    {"terminal-escape", "\x1b[31m", 5, "\\x1b[31m"},
    {"c1-control", "\xc2\x9b", 2, "\\xc2\\x9b"},
    {"right-to-left-override",
     "\xe2\x80\xae"
     "x",
     4, "\\xe2\\x80\\xaex"},
    {"line-separator", "\xe2\x80\xa8", 3, "\\xe2\\x80\\xa8"},
    {"broken-utf-8", "\xc3(", 2, "\\xc3("},
    {"cut-utf-8", "\xe2\x82", 2, "\\xe2\\x82"},
    {"overlong-utf-8", "\xc0\xaf", 2, "\\xc0\\xaf"},
    {"backslash", "\\x41", 4, "\\x5cx41"},
    {"umlaut", "K\xc3\xb6ln", 5, "K\xc3\xb6ln"},
    {"format", "%n%s", 4, "%n%s"},
    {"nothing", "", 0, ""},
};

static void
peers_octets_are_escaped(gconstpointer data)
{
    const typeof(hostile[0]) *c = data;
    g_autofree char *escaped = rvl_error_escape(c->octets, c->n);

    g_assert_cmpstr(escaped, ==, c->escaped);
}

static void
long_octets_are_cut(void)
{
    g_autofree char *many = g_strnfill(100000, 'x');
    g_autofree char *escaped = rvl_error_escape(many, 100000);

    g_assert_cmpuint(g_utf8_strlen(escaped, -1), ==, 257);
    g_assert_true(g_str_has_suffix(escaped, "…"));
}

static void
parts_never_hold_controls(void)
{
    g_autoptr(GError) error = NULL;

    rvl_error_set_found(&error, RVL_CAUSE_IDENTITY_MISMATCH, "a\nb", "\x1b", "sent '%s'", "x\ry");
    rvl_error_prefix_where(&error, "p\tq");
    for (const char *at = error->message; *at != '\0'; at++)
        g_assert_false(g_ascii_iscntrl(*at));
    g_assert_nonnull(strstr(error->message, "p\\x09q: sent 'x\\x0dy'; found a\\x0ab"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/error/sentence-is-rendered-from-parts", sentence_is_rendered_from_parts);
    g_test_add_func("/lib/error/cause-speaks-where-nothing-else-does",
                    cause_speaks_where_nothing_else_does);
    g_test_add_func("/lib/error/offset-is-part-of-the-where", offset_is_part_of_the_where);
    g_test_add_func("/lib/error/copy-holds-all-parts", copy_holds_all_parts);
    g_test_add_func("/lib/error/foreign-domains-are-left-as-they-are",
                    foreign_domains_are_left_as_they_are);
    g_test_add_func("/lib/error/nobody-listens", nobody_listens);
    g_test_add_func("/lib/error/long-octets-are-cut", long_octets_are_cut);
    g_test_add_func("/lib/error/parts-never-hold-controls", parts_never_hold_controls);
    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autofree char *path = g_strdup_printf("/lib/error/escapes/%s", hostile[i].name);

        g_test_add_data_func(path, &hostile[i], peers_octets_are_escaped);
    }
    return g_test_run();
}
