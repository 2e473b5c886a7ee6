/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line reader: what it takes, what it refuses with which line, and that GKeyFile agrees. */
#include "config.h"

#include "config/ini.h"

#include <glib.h>
#include <string.h>

typedef struct {
    GString *taken;   /* `LINE[GROUP]KEY=VALUE;` */
    GString *refused; /* `LINE WHAT;` */
} Heard;

static void
take(const RvlIniLine *line, void *user_data)
{
    Heard *heard = user_data;

    if (line->key == NULL)
        g_string_append_printf(heard->taken, "%u[%s];", line->line, line->group);
    else
        g_string_append_printf(heard->taken, "%u[%s]%s=%s;", line->line, line->group, line->key,
                               line->value);
}

static void
refuse(uint32_t line, const char *what, void *user_data)
{
    Heard *heard = user_data;

    g_string_append_printf(heard->refused, "%u %s;", line, what);
}

static const struct {
    const char *name;
    const char *text;
    const char *taken;
    const char *refused; /* "": nothing */
} cases[] = {
    {"groups-keys-comments", "# c\n[connection a]\nx = 1\n\n  # d\n  y=2 3\n",
     "2[connection a];3[connection a]x=1;6[connection a]y=2 3;", ""},
    {"no-line-end-at-the-end", "[a]\nx=1", "1[a];2[a]x=1;", ""},
    {"crlf", "[a]\r\nx = 1\r\n\r\n", "1[a];2[a]x=1;", ""},
    {"empty-value", "[a]\nx =\n", "1[a];2[a]x=;", ""},
    {"equals-in-value", "[a]\nx = CN=gw, O=b\n", "1[a];2[a]x=CN=gw, O=b;", ""},
    {"hash-in-value", "[a]\nx = a#b # c\n", "1[a];2[a]x=a#b # c;", ""},
    {"blanks-at-the-end-stay", "[a]\nx = 1  \n", "1[a];2[a]x=1  ;", ""},
    {"blanks-behind-the-head", "[a]  \t\nx=1\n", "1[a];2[a]x=1;", ""},
    {"empty", "", "", ""},
    {"only-line-ends", "\n\n\n", "", ""},
    {"utf-8", "[a]\nx = K\xc3\xb6ln\n", "1[a];2[a]x=K\xc3\xb6ln;", ""},
    {"key-before-group", "x = 1\n[a]\ny = 2\n", "2[a];3[a]y=2;",
     "1 a key stands before the first group;"},
    {"head-without-end", "[a\nx = 1\n[b]\ny = 2\n", "3[b];4[b]y=2;",
     "1 a group's head is '[NAME]' and nothing else;"},
    {"head-with-tail", "[a] x\n", "", "1 a group's head is '[NAME]' and nothing else;"},
    {"head-in-head", "[a[b]\n", "", "1 a group's head is '[NAME]' and nothing else;"},
    {"head-without-name", "[]\n", "", "1 the group has no name;"},
    {"tab-in-head", "[a\tb]\n", "", "1 the group's name holds a tab;"},
    {"word-alone", "[a]\nword\n", "1[a];", "2 neither '[group]' nor 'key = value' nor a comment;"},
    {"semicolon-comment", "[a]\n; c\n", "1[a];",
     "2 neither '[group]' nor 'key = value' nor a comment;"},
    {"no-key", "[a]\n= 1\n", "1[a];", "2 neither '[group]' nor 'key = value' nor a comment;"},
    {"localised-key", "[a]\nx[de] = 1\n", "1[a];",
     "2 neither '[group]' nor 'key = value' nor a comment;"},
    {"blank-in-key", "[a]\nx y = 1\n", "1[a];",
     "2 neither '[group]' nor 'key = value' nor a comment;"},
    {"continuation-is-none", "[a]\nx = 1 \\\n  2\n", "1[a];2[a]x=1 \\;",
     "3 neither '[group]' nor 'key = value' nor a comment;"},
    {"carriage-return-within", "[a]\nx = 1\r2\n", "1[a];",
     "2 the line holds control characters, or is not UTF-8;"},
    {"two-carriage-returns", "[a]\nx = 1\r\r\n", "1[a];",
     "2 the line holds control characters, or is not UTF-8;"},
    {"escape-character", "[a]\nx = \x1b[1m\n", "1[a];",
     "2 the line holds control characters, or is not UTF-8;"},
    {"latin-1", "[a]\nx = K\xf6ln\n", "1[a];",
     "2 the line holds control characters, or is not UTF-8;"},
    {"byte-order-mark", "\xef\xbb\xbf[a]\n", "",
     "1 neither '[group]' nor 'key = value' nor a comment;"},
};

static void
read_text(const char *text, size_t n, Heard *heard)
{
    g_autofree char *room = g_malloc(n + 1);
    RvlIniHandler handler = {take, refuse, heard};
    bool is_good;

    memcpy(room, text, n);
    heard->taken = g_string_new(NULL);
    heard->refused = g_string_new(NULL);
    is_good = rvl_ini_read(room, n, &handler);
    g_assert_cmpint(is_good, ==, heard->refused->len == 0);
}

static void
is_read(gconstpointer data)
{
    const typeof(cases[0]) *c = data;
    Heard heard;

    read_text(c->text, strlen(c->text), &heard);
    g_assert_cmpstr(heard.taken->str, ==, c->taken);
    g_assert_cmpstr(heard.refused->str, ==, c->refused);
    g_string_free(heard.taken, TRUE);
    g_string_free(heard.refused, TRUE);
}

static void
zero_octets_are_refused(void)
{
    static const char text[] = "[a]\nx = 1\0y = 2\n";
    Heard heard;

    read_text(text, sizeof(text) - 1, &heard);
    g_assert_cmpstr(heard.taken->str, ==, "1[a];");
    g_string_free(heard.taken, TRUE);
    g_string_free(heard.refused, TRUE);
}

static void
long_lines_are_refused(void)
{
    g_autofree char *filler = g_strnfill(RVL_INI_LINE_OCTETS, 'x');
    g_autofree char *text = g_strconcat("[a]\nx = ", filler, "\ny = 2\n", NULL);
    Heard heard;

    read_text(text, strlen(text), &heard);
    g_assert_cmpstr(heard.taken->str, ==, "1[a];3[a]y=2;");
    g_assert_cmpstr(heard.refused->str, ==, "2 the line is too long;");
    g_string_free(heard.taken, TRUE);
    g_string_free(heard.refused, TRUE);
}

/* What is accepted, GKeyFile loads too: tests/fuzz/fuzz-ini.c holds it for any text. */
static void
key_file_agrees(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(GError) error = NULL;

        if (*cases[i].refused != '\0')
            continue;
        g_key_file_load_from_data(file, cases[i].text, (gsize)-1, G_KEY_FILE_NONE, &error);
        g_assert_no_error(error);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/config/ini/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], is_read);
    }
    g_test_add_func("/config/ini/zero-octets-are-refused", zero_octets_are_refused);
    g_test_add_func("/config/ini/long-lines-are-refused", long_lines_are_refused);
    g_test_add_func("/config/ini/key-file-agrees", key_file_agrees);
    return g_test_run();
}
