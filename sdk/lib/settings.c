/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings: the checked values of one group, in one block of memory. */
#include "config.h"

#include <ravelin/settings.h>

#include <string.h>

/* A gateway has 100,000 connections: so rows, lists and strings of one group are one allocation. */
struct RvlSettings {
    gatomicrefcount references;
    const char *group;
    RvlSettings *defaults; /* (nullable) */
    size_t n;
    RvlSetting settings[];
};

/* The block: first measured with nothing to write to, then filled. */
typedef struct {
    const char **lists; /* NULL while measuring */
    char *strings;
    size_t n_lists;
    size_t n_octets;
    const char *last_file;     /* most keys of a group stand in one file: */
    const char *last_file_put; /* its name is kept once */
} Block;

static const char *
put_string(Block *block, const char *text)
{
    size_t octets;
    char *put;

    if (text == NULL)
        return NULL;
    octets = strlen(text) + 1;
    put = block->strings != NULL ? block->strings + block->n_octets : NULL;
    if (put != NULL)
        memcpy(put, text, octets);
    block->n_octets += octets;
    return put;
}

static const char *const *
put_list(Block *block, const char *const *texts)
{
    const char **put = block->lists != NULL ? block->lists + block->n_lists : NULL;
    size_t n = 0;

    if (texts == NULL)
        return NULL;
    for (; texts[n] != NULL; n++) {
        const char *text = put_string(block, texts[n]);

        if (put != NULL)
            put[n] = text;
    }
    if (put != NULL)
        put[n] = NULL;
    block->n_lists += n + 1;
    return put;
}

static const char *
put_file(Block *block, const char *file)
{
    if (g_strcmp0(file, block->last_file) != 0) {
        block->last_file = file;
        block->last_file_put = put_string(block, file);
    }
    return file != NULL ? block->last_file_put : NULL;
}

static RvlSetting
put_setting(Block *block, const RvlSetting *setting)
{
    RvlSetting put = *setting;

    put.key = put_string(block, setting->key);
    put.text = put_string(block, setting->text);
    put.texts = put_list(block, setting->texts);
    put.file = put_file(block, setting->file);
    return put;
}

RvlSettings *
rvl_settings_new(const char *group, const RvlSetting *settings, size_t n)
{
    return rvl_settings_new_over(group, settings, n, NULL);
}

RvlSettings *
rvl_settings_new_over(const char *group,
                      const RvlSetting *settings,
                      size_t n,
                      const RvlSettings *defaults)
{
    Block block = {0};
    RvlSettings *made;
    size_t head = sizeof(*made) + n * sizeof(*settings);

    put_string(&block, group);
    for (size_t i = 0; i < n; i++)
        (void)put_setting(&block, &settings[i]);

    made = g_malloc(head + block.n_lists * sizeof(*block.lists) + block.n_octets);
    block = (Block){
        .lists = (const char **)(void *)((char *)made + head),
        .strings = (char *)made + head + block.n_lists * sizeof(*block.lists),
    };
    g_atomic_ref_count_init(&made->references);
    made->group = put_string(&block, group);
    made->defaults = defaults != NULL ? rvl_settings_ref(defaults) : NULL;
    made->n = n;
    for (size_t i = 0; i < n; i++)
        made->settings[i] = put_setting(&block, &settings[i]);
    return made;
}

RvlSettings *
rvl_settings_ref(const RvlSettings *settings)
{
    RvlSettings *shared = (RvlSettings *)settings; /* counting changes no setting */

    g_atomic_ref_count_inc(&shared->references);
    return shared;
}

void
rvl_settings_unref(RvlSettings *settings)
{
    if (settings == NULL || !g_atomic_ref_count_dec(&settings->references))
        return;
    rvl_settings_unref(settings->defaults);
    g_free(settings);
}

static const RvlSetting *
find_own(const RvlSettings *settings, const char *key)
{
    for (size_t i = 0; i < settings->n; i++) {
        if (strcmp(settings->settings[i].key, key) == 0)
            return &settings->settings[i];
    }
    return NULL;
}

const RvlSetting *
rvl_settings_find(const RvlSettings *settings, const char *key)
{
    const RvlSetting *found = find_own(settings, key);

    return found == NULL && settings->defaults != NULL ? rvl_settings_find(settings->defaults, key)
                                                       : found;
}

const char *
rvl_settings_group(const RvlSettings *settings)
{
    return settings->group;
}

size_t
rvl_settings_count(const RvlSettings *settings)
{
    size_t n = 0;

    while (rvl_settings_get(settings, n) != NULL)
        n++;
    return n;
}

const RvlSetting *
rvl_settings_get(const RvlSettings *settings, size_t i)
{
    const RvlSetting *setting;

    if (i < settings->n)
        return &settings->settings[i];
    i -= settings->n;
    for (size_t j = 0; settings->defaults != NULL; j++) {
        setting = rvl_settings_get(settings->defaults, j);
        if (setting == NULL)
            break;
        if (find_own(settings, setting->key) == NULL && i-- == 0)
            return setting;
    }
    return NULL;
}

const char *
rvl_settings_text(const RvlSettings *settings, const char *key, const char *fallback)
{
    const RvlSetting *setting = rvl_settings_find(settings, key);

    return setting != NULL && setting->text != NULL ? setting->text : fallback;
}

bool
rvl_settings_bool(const RvlSettings *settings, const char *key, bool fallback)
{
    return rvl_settings_number(settings, key, fallback) != 0;
}

int64_t
rvl_settings_number(const RvlSettings *settings, const char *key, int64_t fallback)
{
    const RvlSetting *setting = rvl_settings_find(settings, key);

    return setting != NULL ? setting->number : fallback;
}

RvlSecretId
rvl_settings_secret(const RvlSettings *settings, const char *key)
{
    const RvlSetting *setting = rvl_settings_find(settings, key);

    return setting != NULL ? setting->secret : RVL_SECRET_ID_NONE;
}

char *
rvl_settings_origin(const RvlSettings *settings, const char *key)
{
    const RvlSetting *setting = rvl_settings_find(settings, key);

    if (setting == NULL || setting->file == NULL)
        return g_strdup("default");
    return g_strdup_printf("%s:%u", setting->file, setting->line);
}
