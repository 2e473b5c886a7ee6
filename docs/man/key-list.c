/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The schema's keys as sections of ravelin.conf(5). */
#include "config.h"

#include "docs/man/key-list.h"

#include <string.h>

/* What stands behind the `=` in a key's head. */
static void
append_argument(GString *text, const RvlKey *key)
{
    static const char *const names[] = {
        [RVL_KEY_TEXT] = "text",
        [RVL_KEY_BOOL] = "yes | no",
        [RVL_KEY_INTEGER] = "number",
        [RVL_KEY_DURATION] = "duration",
        [RVL_KEY_SIZE] = "size",
        [RVL_KEY_PACKETS] = "number packets",
        [RVL_KEY_WORD] = "word",
        [RVL_KEY_WORDS] = "word, ...",
        [RVL_KEY_TEXTS] = "text, ...",
        [RVL_KEY_ADDRESS] = "address",
        [RVL_KEY_PREFIXES] = "prefix, ...",
        [RVL_KEY_IDENTITY] = "identity",
        [RVL_KEY_PATH] = "file",
        [RVL_KEY_SECRET] = "secret",
        [RVL_KEY_SELECTORS] = "local <-> remote",
        [RVL_KEY_PROPOSALS] = "proposal, ...",
        [RVL_KEY_LIFETIME] = "limit, ...",
    };
    bool is_word = key->type == RVL_KEY_WORD;

    if (!is_word)
        g_string_append_printf(text, " Ar %s", names[key->type]);
    for (size_t i = 0; key->words != NULL && key->words[i] != NULL; i++)
        g_string_append_printf(text, "%s Cm %s", i > 0 || !is_word ? " |" : "", key->words[i]);
}

/* Columns of the page's source. */
#define LINE_OCTETS 80

/* Appends a sentence in lines. */
static void
append_sentence(GString *text, const char *help)
{
    g_auto(GStrv) words = g_strsplit(help, " ", -1);
    size_t column = 0;

    for (size_t i = 0; words[i] != NULL; i++) {
        size_t octets = strlen(words[i]);
        bool breaks = column > 0 && column + 1 + octets >= LINE_OCTETS;

        g_string_append(text, breaks ? "\n" : column > 0 ? " " : "");
        g_string_append_c(text, i == 0 ? g_ascii_toupper(*words[i]) : *words[i]);
        g_string_append(text, words[i] + 1);
        column = (breaks || column == 0 ? 0 : column + 1) + octets;
    }
    g_string_append(text, ".\n");
}

static void
append_key(GString *text, const RvlKey *key)
{
    g_string_append_printf(text, ".It Cm %s No =", key->name);
    append_argument(text, key);
    g_string_append_c(text, '\n');
    append_sentence(text, key->help);
    if (key->default_text != NULL)
        g_string_append_printf(text, "Default:\n.Ql %s .\n", key->default_text);
}

/* Keys that this release knows and refuses. */
static void
append_reserved(GString *text, const RvlSchema *schema, const char *kind)
{
    const RvlSchemaRow *row;
    bool is_first = true;

    for (size_t i = 0; (row = rvl_schema_at(schema, kind, i)) != NULL; i++) {
        if (!row->key->is_reserved)
            continue;
        g_string_append(text, is_first
                                  ? ".Pp\nKnown, and refused since this release does not serve "
                                    "them yet:\n"
                                  : " ,\n");
        g_string_append_printf(text, ".Cm %s", row->key->name);
        is_first = false;
    }
    if (!is_first)
        g_string_append(text, " .\n");
}

static void
append_group(GString *text, const RvlSchema *schema, const RvlGroupKind *kind)
{
    const RvlSchemaRow *row;
    bool has_keys = false;

    g_string_append_printf(text, ".Ss Group %s%s\n", kind->kind, kind->is_named ? " NAME" : "");
    append_sentence(text, kind->help);
    for (size_t i = 0; (row = rvl_schema_at(schema, kind->kind, i)) != NULL; i++) {
        if (row->key->is_reserved)
            continue;
        if (!has_keys)
            g_string_append(text, ".Bl -tag -width Ds\n");
        has_keys = true;
        append_key(text, row->key);
    }
    if (has_keys)
        g_string_append(text, ".El\n");
    append_reserved(text, schema, kind->kind);
}

char *
rvl_key_list_mdoc(const RvlSchema *schema)
{
    GString *text = g_string_new(NULL);
    const RvlGroupKind *kind;
    bool is_first = true;

    for (size_t i = 0; (kind = rvl_schema_kind_at(schema, i)) != NULL; i++) {
        if (!kind->is_reserved)
            append_group(text, schema, kind);
    }
    for (size_t i = 0; (kind = rvl_schema_kind_at(schema, i)) != NULL; i++) {
        if (!kind->is_reserved)
            continue;
        g_string_append(text,
                        is_first ? ".Ss Groups of later releases\nKnown, and refused:\n" : " ,\n");
        g_string_append_printf(text, ".Ic [%s]", kind->kind);
        is_first = false;
    }
    g_string_append(text, is_first ? "" : " .\n");
    return g_string_free(text, FALSE);
}
