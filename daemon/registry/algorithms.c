/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of suites' and groups' rows. */
#include "config.h"

#include "registry/algorithms.h"

#include <string.h>

#include <ravelin/descriptor.h>
#include <ravelin/error.h>

#include "registry/tables.h"

/* Suite, Group: what is shown of a row first, then what the registry owns for it. */
typedef struct {
    RvlSuiteEntry shown;
    RvlSuiteRow row;
    char *plugin;
} Suite;

typedef struct {
    RvlGroupEntry shown;
    RvlGroupRow row;
    char *plugin;
} Group;

static void
suite_free(void *data)
{
    Suite *suite = data;

    g_free(suite->plugin);
    g_free(suite);
}

static void
group_free(void *data)
{
    Group *group = data;

    g_free(group->plugin);
    g_free(group);
}

void
rvl_algorithms_init(RvlRegistry *registry)
{
    registry->suites = g_ptr_array_new_with_free_func(suite_free);
    registry->groups = g_ptr_array_new_with_free_func(group_free);
    registry->numbers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    registry->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    registry->sorted_words = g_ptr_array_new();
}

void
rvl_algorithms_clear(RvlRegistry *registry)
{
    g_ptr_array_unref(registry->sorted_words);
    g_hash_table_unref(registry->words);
    g_hash_table_unref(registry->numbers);
    g_ptr_array_unref(registry->groups);
    g_ptr_array_unref(registry->suites);
}

/* Keys: (space, number, key length) as one number; "TYPE:word" as text. */

static gint64
number_key(uint16_t space, uint16_t number, uint16_t key_bits)
{
    return (gint64)((guint64)space << 32 | (guint64)number << 16 | key_bits);
}

static char *
word_key(uint8_t type, const char *word, size_t octets)
{
    return g_strdup_printf("%u:%.*s", type, (int)octets, word);
}

static void *
find_number(const RvlRegistry *registry, uint16_t space, uint16_t number, uint16_t key_bits)
{
    gint64 key = number_key(space, number, key_bits);

    return g_hash_table_lookup(registry->numbers, &key);
}

static void *
find_word(const RvlRegistry *registry, uint8_t type, const char *word, size_t octets)
{
    g_autofree char *key = word_key(type, word, octets);

    return g_hash_table_lookup(registry->words, key);
}

/* Row: what suites' and groups' rows have in common, so that both go into the tables one way. */
typedef struct {
    uint8_t type;
    const char *word;
    const char *const *aliases;
    const RvlNumber *numbers;
    size_t n_numbers;
    uint16_t key_bits;
    const char *plugin;
    void *entry;
} Row;

static Row
row_of_suite(Suite *suite)
{
    const RvlSuiteRow *row = &suite->row;

    return (Row){row->type,      row->word,     row->aliases,  row->numbers,
                 row->n_numbers, row->key_bits, suite->plugin, suite};
}

static Row
row_of_group(Group *group)
{
    const RvlGroupRow *row = &group->row;

    return (Row){RVL_TRANSFORM_KE, row->word, row->aliases,  row->numbers,
                 row->n_numbers,   0,         group->plugin, group};
}

static const char *
plugin_of(const Row *row, const void *other)
{
    return row->type == RVL_TRANSFORM_KE ? ((const Group *)other)->plugin
                                         : ((const Suite *)other)->plugin;
}

static void
refuse_duplicate(const Row *row, const char *what, const void *other, GError **error)
{
    rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED,
                  "plugin %s has %s already, which %s's row '%s' claims too", plugin_of(row, other),
                  what, row->plugin, row->word);
    rvl_error_set_remedy(error, "remove one of the two plugins");
}

static bool
add_number(RvlRegistry *registry, const Row *row, const RvlNumber *number, GError **error)
{
    gint64 key = number_key(number->space, number->number, row->key_bits);
    const void *other = g_hash_table_lookup(registry->numbers, &key);
    g_autofree char *what = NULL;

    if (other == NULL) {
        g_hash_table_insert(registry->numbers, g_memdup2(&key, sizeof(key)), row->entry);
        return true;
    }
    what = g_strdup_printf("number %u with %u key bits of space %u", number->number, row->key_bits,
                           number->space);
    refuse_duplicate(row, what, other, error);
    return false;
}

static bool
add_word(RvlRegistry *registry, const Row *row, const char *word, GError **error)
{
    g_autofree char *key = word_key(row->type, word, strlen(word));
    const void *other = g_hash_table_lookup(registry->words, key);
    g_autofree char *what = NULL;

    if (other == NULL) {
        g_hash_table_insert(registry->words, g_steal_pointer(&key), row->entry);
        return true;
    }
    what = g_strdup_printf("the word '%s'", word);
    refuse_duplicate(row, what, other, error);
    return false;
}

static bool
add_row(RvlRegistry *registry, const Row *row, GError **error)
{
    if (!add_word(registry, row, row->word, error))
        return false;
    for (size_t i = 0; row->aliases != NULL && row->aliases[i] != NULL; i++) {
        if (!add_word(registry, row, row->aliases[i], error))
            return false;
    }
    for (size_t i = 0; i < row->n_numbers; i++) {
        if (!add_number(registry, row, &row->numbers[i], error))
            return false;
    }
    return true;
}

/* Sorting, so that no order of loading shows. */

static int
suite_compare(const void *a, const void *b)
{
    const Suite *x = *(const Suite *const *)a;
    const Suite *y = *(const Suite *const *)b;

    if (x->row.type != y->row.type)
        return x->row.type < y->row.type ? -1 : 1;
    return strcmp(x->row.word, y->row.word);
}

static int
group_compare(const void *a, const void *b)
{
    const Group *x = *(const Group *const *)a;
    const Group *y = *(const Group *const *)b;
    uint16_t number_x = 0;
    uint16_t number_y = 0;

    (void)rvl_group_row_number(&x->row, RVL_SPACE_IKEV2_KE, &number_x);
    (void)rvl_group_row_number(&y->row, RVL_SPACE_IKEV2_KE, &number_y);
    if (number_x != number_y)
        return number_x < number_y ? -1 : 1;
    return strcmp(x->row.word, y->row.word);
}

static int
word_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
sort_words(RvlRegistry *registry)
{
    GHashTableIter iter;
    void *key;

    g_ptr_array_set_size(registry->sorted_words, 0);
    g_hash_table_iter_init(&iter, registry->words);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_ptr_array_add(registry->sorted_words, strchr(key, ':') + 1);
    g_ptr_array_sort(registry->sorted_words, word_compare);
    for (guint i = registry->sorted_words->len; i > 1; i--) {
        char **words = (char **)registry->sorted_words->pdata;

        if (strcmp(words[i - 1], words[i - 2]) == 0)
            g_ptr_array_remove_index(registry->sorted_words, i - 1);
    }
}

bool
rvl_algorithms_add_suite(RvlRegistry *registry,
                         const char *plugin,
                         const RvlCryptoSuite *provided,
                         GError **error)
{
    for (size_t i = 0; i < provided->n_rows; i++) {
        Suite *suite = g_new0(Suite, 1);
        Row row;

        suite->plugin = g_strdup(plugin);
        suite->shown = (RvlSuiteEntry){&suite->row, suite->plugin, NULL};
        g_ptr_array_add(registry->suites, suite);
        if (!rvl_suite_row_read(provided, i, &suite->row, error))
            return false;
        row = row_of_suite(suite);
        if (!add_row(registry, &row, error))
            return false;
    }
    g_ptr_array_sort(registry->suites, suite_compare);
    sort_words(registry);
    return true;
}

bool
rvl_algorithms_add_groups(RvlRegistry *registry,
                          const char *plugin,
                          const RvlKeyExchange *provided,
                          GError **error)
{
    for (size_t i = 0; i < provided->n_rows; i++) {
        Group *group = g_new0(Group, 1);
        Row row;

        group->plugin = g_strdup(plugin);
        group->shown = (RvlGroupEntry){&group->row, group->plugin, NULL};
        g_ptr_array_add(registry->groups, group);
        if (!rvl_group_row_read(provided, i, &group->row, error))
            return false;
        row = row_of_group(group);
        if (!add_row(registry, &row, error))
            return false;
    }
    g_ptr_array_sort(registry->groups, group_compare);
    sort_words(registry);
    return true;
}

void
rvl_algorithms_set_instance(RvlRegistry *registry, const char *plugin, void *self)
{
    for (guint i = 0; i < registry->suites->len; i++) {
        Suite *suite = registry->suites->pdata[i];

        if (strcmp(suite->plugin, plugin) == 0)
            suite->shown.self = self;
    }
    for (guint i = 0; i < registry->groups->len; i++) {
        Group *group = registry->groups->pdata[i];

        if (strcmp(group->plugin, plugin) == 0)
            group->shown.self = self;
    }
}

static gboolean
is_entry(void *key, void *value, void *entry)
{
    return value == entry;
}

static void
remove_at(RvlRegistry *registry, GPtrArray *rows, guint i)
{
    g_hash_table_foreach_remove(registry->numbers, is_entry, rows->pdata[i]);
    g_hash_table_foreach_remove(registry->words, is_entry, rows->pdata[i]);
    g_ptr_array_remove_index(rows, i);
}

void
rvl_algorithms_remove(RvlRegistry *registry, const char *plugin)
{
    for (guint i = registry->suites->len; i > 0; i--) {
        const Suite *suite = registry->suites->pdata[i - 1];

        if (strcmp(suite->plugin, plugin) == 0)
            remove_at(registry, registry->suites, i - 1);
    }
    for (guint i = registry->groups->len; i > 0; i--) {
        const Group *group = registry->groups->pdata[i - 1];

        if (strcmp(group->plugin, plugin) == 0)
            remove_at(registry, registry->groups, i - 1);
    }
    sort_words(registry);
}

/* Look-up. */

static uint16_t
space_of(uint8_t type)
{
    switch (type) {
    case RVL_TRANSFORM_ENCR:
        return RVL_SPACE_IKEV2_ENCR;
    case RVL_TRANSFORM_PRF:
        return RVL_SPACE_IKEV2_PRF;
    case RVL_TRANSFORM_INTEG:
        return RVL_SPACE_IKEV2_INTEG;
    default: /* a peer may send any number */
        return 0;
    }
}

const RvlSuiteEntry *
rvl_registry_suite(const RvlRegistry *registry, uint16_t space, uint16_t number, uint16_t key_bits)
{
    if (space == RVL_SPACE_IKEV2_KE || space == RVL_SPACE_IKEV1_GROUP)
        return NULL;
    return find_number(registry, space, number, key_bits);
}

const RvlGroupEntry *
rvl_registry_group(const RvlRegistry *registry, uint16_t space, uint16_t number)
{
    if (space != RVL_SPACE_IKEV2_KE && space != RVL_SPACE_IKEV1_GROUP)
        return NULL;
    return find_number(registry, space, number, 0);
}

const RvlSuiteEntry *
rvl_registry_suite_of(const RvlRegistry *registry, const RvlTransform *transform)
{
    uint16_t space = space_of(transform->type);

    return space != 0 ? rvl_registry_suite(registry, space, transform->id, transform->key_bits)
                      : NULL;
}

const RvlGroupEntry *
rvl_registry_group_of(const RvlRegistry *registry, const RvlTransform *transform)
{
    bool is_additional =
        transform->type >= RVL_TRANSFORM_ADDKE1 && transform->type <= RVL_TRANSFORM_ADDKE7;

    if (transform->type != RVL_TRANSFORM_KE && !is_additional)
        return NULL;
    return rvl_registry_group(registry, RVL_SPACE_IKEV2_KE, transform->id);
}

const RvlSuiteEntry *
rvl_registry_suite_by_word(const RvlRegistry *registry, uint8_t type, const char *word)
{
    return space_of(type) != 0 ? find_word(registry, type, word, strlen(word)) : NULL;
}

const RvlGroupEntry *
rvl_registry_group_by_word(const RvlRegistry *registry, const char *word)
{
    return find_word(registry, RVL_TRANSFORM_KE, word, strlen(word));
}

const RvlSuiteEntry *
rvl_registry_suite_at(const RvlRegistry *registry, size_t i)
{
    return i < registry->suites->len ? registry->suites->pdata[i] : NULL;
}

const RvlGroupEntry *
rvl_registry_group_at(const RvlRegistry *registry, size_t i)
{
    return i < registry->groups->len ? registry->groups->pdata[i] : NULL;
}

static bool
number_in(const RvlNumber *numbers, size_t n, uint16_t space, uint16_t *number)
{
    for (size_t i = 0; i < n; i++) {
        if (numbers[i].space == space) {
            *number = numbers[i].number;
            return true;
        }
    }
    return false;
}

bool
rvl_suite_row_number(const RvlSuiteRow *row, uint16_t space, uint16_t *number)
{
    return number_in(row->numbers, row->n_numbers, space, number);
}

bool
rvl_group_row_number(const RvlGroupRow *row, uint16_t space, uint16_t *number)
{
    return number_in(row->numbers, row->n_numbers, space, number);
}

static bool
match_word(const RvlRegistry *registry, const char *text, size_t octets, RvlWordMatch *match)
{
    *match = (RvlWordMatch){
        .octets = octets,
        .encr = find_word(registry, RVL_TRANSFORM_ENCR, text, octets),
        .prf = find_word(registry, RVL_TRANSFORM_PRF, text, octets),
        .integ = find_word(registry, RVL_TRANSFORM_INTEG, text, octets),
        .group = find_word(registry, RVL_TRANSFORM_KE, text, octets),
    };
    return match->encr != NULL || match->prf != NULL || match->integ != NULL ||
           match->group != NULL;
}

bool
rvl_registry_longest_word(const RvlRegistry *registry, const char *text, RvlWordMatch *match)
{
    RvlWordMatch shorter;
    bool found = false;

    for (size_t octets = strcspn(text, "-+"); octets > 0;
         octets += 1 + strcspn(text + octets + 1, "-+")) {
        if (match_word(registry, text, octets, &shorter)) {
            *match = shorter;
            found = true;
        }
        if (text[octets] == '\0')
            break;
    }
    return found;
}

const char *
rvl_registry_word_at(const RvlRegistry *registry, size_t i)
{
    return i < registry->sorted_words->len ? registry->sorted_words->pdata[i] : NULL;
}

const char *
rvl_registry_transform_word(const RvlRegistry *registry, const RvlTransform *transform)
{
    const RvlSuiteEntry *suite = rvl_registry_suite_of(registry, transform);
    const RvlGroupEntry *group = rvl_registry_group_of(registry, transform);

    if (suite != NULL)
        return suite->row->word;
    return group != NULL ? group->row->word : NULL;
}
