/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All files merged, key by key. */
#include "config.h"

#include "config/tree.h"

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/secret.h>

#include "config/ini.h"

/* Longest name of a group: it becomes part of paths, tags and labels. */
#define NAME_OCTETS 64

/* The octets of a file, which keys and values point into. */
typedef struct {
    char *text;
    size_t n;
    char *name;
    RvlSourceKind kind;
} File;

struct RvlTree {
    GPtrArray *files;    /* File */
    GHashTable *by_head; /* head -> RvlRawGroup */
    GPtrArray *groups;   /* the same, owned; sorted when first asked for */
    bool is_sorted;
};

static void
file_free(gpointer data)
{
    File *file = data;

    if (file->kind == RVL_SOURCE_SECRETS)
        rvl_secret_wipe(file->text, file->n);
    g_free(file->text);
    g_free(file->name);
    g_free(file);
}

static void
group_free(gpointer data)
{
    RvlRawGroup *group = data;

    g_free(group->head);
    g_free(group->kind);
    g_array_unref(group->keys);
    g_free(group);
}

RvlTree *
rvl_tree_new(void)
{
    RvlTree *tree = g_new0(RvlTree, 1);

    tree->files = g_ptr_array_new_with_free_func(file_free);
    tree->groups = g_ptr_array_new_with_free_func(group_free);
    tree->by_head = g_hash_table_new(g_str_hash, g_str_equal);
    return tree;
}

void
rvl_tree_free(RvlTree *tree)
{
    if (tree == NULL)
        return;
    g_hash_table_unref(tree->by_head);
    g_ptr_array_unref(tree->groups);
    g_ptr_array_unref(tree->files);
    g_free(tree);
}

/* One file on its way into the tree. */
typedef struct {
    RvlTree *tree;
    const File *file;
    RvlProblems *problems;
    RvlRawGroup *group; /* (nullable): the last head was refused */
} Merging;

static bool
is_name(const char *name)
{
    if (!g_ascii_isalnum(*name) || strlen(name) > NAME_OCTETS)
        return false;
    for (; *name != '\0'; name++) {
        if (!g_ascii_isalnum(*name) && strchr("-_.", *name) == NULL)
            return false;
    }
    return true;
}

/* Whether the part after the kind is a name, or two with a slash between them. */
static bool
is_group_name(const char *name)
{
    const char *slash = strchr(name, '/');
    g_autofree char *first = slash != NULL ? g_strndup(name, (size_t)(slash - name)) : NULL;

    return slash != NULL ? is_name(first) && is_name(slash + 1) : is_name(name);
}

static RvlRawGroup *
add_group(RvlTree *tree, const char *head)
{
    RvlRawGroup *group = g_new0(RvlRawGroup, 1);
    size_t kind_octets = strcspn(head, " ");

    group->head = g_strdup(head);
    group->kind = g_strndup(head, kind_octets);
    group->name = head[kind_octets] != '\0' ? group->head + kind_octets + 1 : NULL;
    group->keys = g_array_new(FALSE, TRUE, sizeof(RvlRawKey));
    g_ptr_array_add(tree->groups, group);
    g_hash_table_insert(tree->by_head, group->head, group);
    tree->is_sorted = false;
    return group;
}

static void
take_head(Merging *merging, const RvlIniLine *line)
{
    RvlPlace place = {merging->file->name, line->line, line->group, NULL};
    const char *space = strchr(line->group, ' ');

    merging->group = NULL;
    if (space != NULL && !is_group_name(space + 1)) {
        rvl_problems_say(merging->problems, &place,
                         "a name is of letters, digits, '-', '_' and '.', at most 64",
                         "the group has no good name");
        return;
    }
    merging->group = g_hash_table_lookup(merging->tree->by_head, line->group);
    if (merging->group == NULL)
        merging->group = add_group(merging->tree, line->group);
    else if (merging->group->file == merging->file->name)
        rvl_problems_say(merging->problems, &place, "join the two",
                         "the group stands in line %u already", merging->group->line);
    merging->group->file = merging->file->name;
    merging->group->line = line->line;
}

static RvlRawKey *
find_key(const RvlRawGroup *group, const char *key)
{
    for (guint i = 0; i < group->keys->len; i++) {
        RvlRawKey *raw = &g_array_index(group->keys, RvlRawKey, i);

        if (strcmp(raw->key, key) == 0)
            return raw;
    }
    return NULL;
}

static void
take_key(Merging *merging, const RvlIniLine *line)
{
    char *value = g_strchomp(line->value); /* blanks at a line's end are part of no value */
    RvlRawKey raw = {
        .key = line->key,
        .value = *value != '\0' ? value : NULL,
        .file = merging->file->name,
        .line = line->line,
        .source = merging->file->kind,
    };
    RvlRawKey *earlier = merging->group != NULL ? find_key(merging->group, line->key) : NULL;

    if (merging->group == NULL)
        return;
    if (earlier == NULL) {
        g_array_append_val(merging->group->keys, raw);
        return;
    }
    if (earlier->file == raw.file) {
        RvlPlace place = {raw.file, raw.line, merging->group->head, raw.key};

        rvl_problems_say(merging->problems, &place, "remove one of the two",
                         "the key stands in line %u already", earlier->line);
    }
    *earlier = raw;
}

static void
take(const RvlIniLine *line, void *user_data)
{
    if (line->key == NULL)
        take_head(user_data, line);
    else
        take_key(user_data, line);
}

static void
refuse(uint32_t line, const char *what, void *user_data)
{
    const Merging *merging = user_data;
    RvlPlace place = {merging->file->name, line, NULL, NULL};

    rvl_problems_say(merging->problems, &place, NULL, "%s", what);
}

/* Takes over @text, which has room for one more octet. */
static void
merge(RvlTree *tree,
      RvlSourceKind kind,
      const char *name,
      char *text,
      size_t n,
      RvlProblems *problems)
{
    File *file = g_new0(File, 1);
    Merging merging = {.tree = tree, .file = file, .problems = problems};
    RvlIniHandler handler = {.take = take, .refuse = refuse, .user_data = &merging};

    *file = (File){.text = text, .n = n, .name = g_strdup(name), .kind = kind};
    g_ptr_array_add(tree->files, file);
    (void)rvl_ini_read(text, n, &handler); /* what it refuses is in @problems */
}

void
rvl_tree_add_text(RvlTree *tree,
                  RvlSourceKind kind,
                  const char *name,
                  const char *text,
                  size_t n,
                  RvlProblems *problems)
{
    char *copy = g_malloc(n + 1);

    if (n > 0)
        memcpy(copy, text, n);
    merge(tree, kind, name, copy, n, problems);
}

RvlTree *
rvl_tree_read(const RvlPlaces *places, RvlProblems *problems)
{
    RvlTree *tree = rvl_tree_new();
    g_autoptr(GPtrArray) sources = rvl_places_list(places, problems);

    for (guint i = 0; i < sources->len; i++) {
        const RvlSource *source = g_ptr_array_index(sources, i);
        GError *error = NULL;
        size_t n;
        char *text = rvl_file_read(source->path, source->kind == RVL_SOURCE_SECRETS,
                                   RVL_FILE_OCTETS, &n, &error);

        if (text == NULL)
            rvl_problems_add(problems, &(RvlPlace){.file = source->path}, error);
        else
            merge(tree, source->kind, source->path, text, n, problems);
    }
    return tree;
}

static int
compare_groups(gconstpointer a, gconstpointer b)
{
    const RvlRawGroup *x = *(const RvlRawGroup *const *)a;
    const RvlRawGroup *y = *(const RvlRawGroup *const *)b;
    int by_kind = strcmp(x->kind, y->kind);

    return by_kind != 0 ? by_kind : g_strcmp0(x->name, y->name);
}

const RvlRawGroup *
rvl_tree_get(const RvlTree *tree, size_t i)
{
    if (!tree->is_sorted) {
        g_ptr_array_sort(tree->groups, compare_groups);
        ((RvlTree *)tree)->is_sorted = true;
    }
    return i < tree->groups->len ? g_ptr_array_index(tree->groups, i) : NULL;
}

size_t
rvl_tree_count(const RvlTree *tree)
{
    return tree->groups->len;
}

const RvlRawGroup *
rvl_tree_find(const RvlTree *tree, const char *kind, const char *name)
{
    g_autofree char *head = name != NULL ? g_strconcat(kind, " ", name, NULL) : g_strdup(kind);

    return g_hash_table_lookup(tree->by_head, head);
}
