/* SPDX-License-Identifier: MIT */
/* Settings: the checked values of one group, each with the place that it comes from. */
#pragma once

#include <ravelin/schema.h>
#include <ravelin/secret.h>

G_BEGIN_DECLS

/** RvlSettings: immutable, reference counted. Thread: any. */
typedef struct RvlSettings RvlSettings;

/**
 * RvlSetting:
 * @key: name of the key
 * @type: RvlKeyType
 * @text: as written (secrets: NULL); the default's text where @file is NULL
 * @texts: (nullable): elements of a list, trimmed, NULL-terminated
 * @number: of BOOL (0, 1), INTEGER, DURATION (ms), SIZE (octets), PACKETS
 * @secret: of SECRET
 * @file, @line: where it is written; NULL and 0 for a default
 */
typedef struct {
    const char *key;
    uint32_t type;
    const char *text;
    const char *const *texts;
    int64_t number;
    RvlSecretId secret;
    const char *file;
    uint32_t line;
} RvlSetting;

/** rvl_settings_new: copies @settings (secrets' handles stay the caller's). For the host. */
RvlSettings *rvl_settings_new(const char *group, const RvlSetting *settings, size_t n);
/**
 * rvl_settings_new_over:
 * @defaults: (nullable): what holds where @settings has no such key; shared, so that a group costs
 *   no more than what is written in it
 */
RvlSettings *rvl_settings_new_over(const char *group,
                                   const RvlSetting *settings,
                                   size_t n,
                                   const RvlSettings *defaults);
RvlSettings *rvl_settings_ref(const RvlSettings *settings);
void rvl_settings_unref(RvlSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlSettings, rvl_settings_unref)

/** rvl_settings_find: (transfer none) (nullable): NULL where the key is neither set nor has a default. */
const RvlSetting *rvl_settings_find(const RvlSettings *settings, const char *key);
/** rvl_settings_group: (transfer none) (nullable): `connection berlin`. */
const char *rvl_settings_group(const RvlSettings *settings);
size_t rvl_settings_count(const RvlSettings *settings);
/** rvl_settings_get: (transfer none) (nullable): what is written, then defaults; NULL past the last. */
const RvlSetting *rvl_settings_get(const RvlSettings *settings, size_t i);

/* Short forms; the fallback is for keys without a value. */
const char *rvl_settings_text(const RvlSettings *settings, const char *key, const char *fallback);
bool rvl_settings_bool(const RvlSettings *settings, const char *key, bool fallback);
int64_t rvl_settings_number(const RvlSettings *settings, const char *key, int64_t fallback);
RvlSecretId rvl_settings_secret(const RvlSettings *settings, const char *key);
/** rvl_settings_origin: (transfer full): `/etc/ravelin/conf.d/x.conf:4`, or `default`. */
char *rvl_settings_origin(const RvlSettings *settings, const char *key);

G_END_DECLS
