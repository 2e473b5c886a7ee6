/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that are secrets: decoded straight into memory that is wiped. */
#include "config.h"

#include "config/secret-value.h"

#include <string.h>

#include "config/places.h"

static RvlSecret *
refuse(GError **error, const char *what, const char *remedy)
{
    rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "%s", what);
    if (remedy != NULL)
        rvl_error_set_remedy(error, remedy);
    return NULL;
}

/* Whether so many octets make a secret; says why not. */
static bool
is_good_size(size_t n, GError **error)
{
    if (n == 0)
        (void)refuse(error, "the secret is empty", NULL);
    else if (n > RVL_SECRET_MAX_OCTETS)
        (void)refuse(error, "the secret is longer than 8192 octets", NULL);
    return n > 0 && n <= RVL_SECRET_MAX_OCTETS;
}

static RvlSecret *
read_text(const char *text, GError **error)
{
    size_t n = strlen(text);

    if (n < 2 || text[n - 1] != '"')
        return refuse(error, "the closing '\"' is missing", NULL);
    return is_good_size(n - 2, error) ? rvl_secret_new_copy(text + 1, n - 2) : NULL;
}

static RvlSecret *
read_hex(const char *digits, GError **error)
{
    size_t n = strlen(digits);
    g_autoptr(RvlSecret) secret = NULL;

    if (n % 2 != 0 || strspn(digits, "0123456789abcdefABCDEF") != n)
        return refuse(error, "'0x' is not followed by pairs of hexadecimal digits", NULL);
    if (!is_good_size(n / 2, error))
        return NULL;
    secret = rvl_secret_new(n / 2);
    for (size_t i = 0; i < n / 2; i++)
        rvl_secret_fill(secret)[i] = (uint8_t)(g_ascii_xdigit_value(digits[2 * i]) << 4 |
                                               g_ascii_xdigit_value(digits[2 * i + 1]));
    return g_steal_pointer(&secret);
}

/* Whether @text is whole groups of four digits of base64, with its padding and nothing else. */
static bool
is_base64(const char *text, size_t n)
{
    size_t digits =
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    return n % 4 == 0 && n - digits <= 2 && strspn(text + digits, "=") == n - digits;
}

static RvlSecret *
read_base64(const char *text, GError **error)
{
    size_t n = strlen(text);
    g_autoptr(RvlSecret) room = NULL;
    gint state = 0;
    guint save = 0;
    size_t octets;

    if (!is_base64(text, n))
        return refuse(error, "'base64:' is not followed by base64", NULL);
    if (!is_good_size(n / 4 * 3, error))
        return NULL;
    room = rvl_secret_new(n / 4 * 3);
    octets = g_base64_decode_step(text, n, rvl_secret_fill(room), &state, &save);
    rvl_secret_wipe(&save, sizeof(save));
    return rvl_secret_new_slice(room, 0, octets);
}

static RvlSecret *
read_file(const char *path, GError **error)
{
    RvlSecret *secret = NULL;
    size_t n, kept;
    char *text = rvl_file_read(path, true, RVL_SECRET_MAX_OCTETS + 2, &n, error);

    if (text == NULL) {
        rvl_error_prefix_where(error, "%s", path);
        return NULL;
    }
    kept = n;
    if (kept > 0 && text[kept - 1] == '\n')
        kept--;
    if (kept > 0 && kept < n && text[kept - 1] == '\r')
        kept--;
    if (is_good_size(kept, error))
        secret = rvl_secret_new_copy(text, kept);
    else
        rvl_error_prefix_where(error, "%s", path);
    rvl_secret_wipe(text, n);
    g_free(text);
    return secret;
}

static RvlSecret *
read_named_file(const char *path, const RvlSecretPlaces *places, GError **error)
{
    g_autofree char *full = NULL;

    if (*path == '\0')
        return refuse(error, "'file:' names no file", NULL);
    if (!g_path_is_absolute(path) && places->config == NULL)
        return refuse(error, "'file:' needs an absolute path here", NULL);
    full = g_path_is_absolute(path) ? g_strdup(path)
                                    : g_build_filename(places->config, "secrets.d", path, NULL);
    return read_file(full, error);
}

static RvlSecret *
read_credential(const char *name, const RvlSecretPlaces *places, GError **error)
{
    g_autofree char *path = NULL;

    if (*name == '\0' || *name == '.' || strchr(name, '/') != NULL)
        return refuse(error, "'credential:' is not followed by a credential's name", NULL);
    if (places->credentials == NULL)
        return refuse(error, "the service manager has passed no credentials",
                      "add LoadCredential= to the unit");
    path = g_build_filename(places->credentials, name, NULL);
    return read_file(path, error);
}

RvlSecret *
rvl_secret_value_read(const char *text, const RvlSecretPlaces *places, GError **error)
{
    if (*text == '"')
        return read_text(text, error);
    if (g_str_has_prefix(text, "0x"))
        return read_hex(text + 2, error);
    if (g_str_has_prefix(text, "base64:"))
        return read_base64(text + strlen("base64:"), error);
    if (g_str_has_prefix(text, "file:"))
        return read_named_file(text + strlen("file:"), places, error);
    if (g_str_has_prefix(text, "credential:"))
        return read_credential(text + strlen("credential:"), places, error);
    return refuse(error, "the secret is in no known form",
                  "write \"text\", 0x…, base64:…, file:PATH or credential:NAME");
}
