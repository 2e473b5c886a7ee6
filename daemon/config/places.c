/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where configuration lies, and which of its files count. */
#include "config.h"

#include "config/places.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ravelin/error.h>

static void
source_free(gpointer data)
{
    RvlSource *source = data;

    g_free(source->path);
    g_free(source);
}

static void
add_source(GPtrArray *sources, RvlSourceKind kind, const char *path)
{
    RvlSource *source = g_new0(RvlSource, 1);

    source->kind = kind;
    source->path = g_strdup(path);
    g_ptr_array_add(sources, source);
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Returns the names of @folder that end in `.conf`, sorted. */
static GPtrArray *
list_folder(const char *folder, RvlProblems *problems)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    GDir *dir = g_dir_open(folder, 0, &error);
    const char *name;

    if (dir == NULL) {
        if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            rvl_problems_say(problems, &(RvlPlace){.file = folder}, NULL, "%s", error->message);
        return names;
    }
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (name[0] != '.' && g_str_has_suffix(name, ".conf"))
            g_ptr_array_add(names, g_strdup(name));
    }
    g_dir_close(dir);
    g_ptr_array_sort(names, compare_names);
    return names;
}

/* Whether @path stands in the way of an earlier file of its name without being read itself. */
static bool
is_mask(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 &&
           (S_ISCHR(status.st_mode) || (S_ISREG(status.st_mode) && status.st_size == 0));
}

/* Places that have a drop-in folder of one kind: vendor, runtime, administrator. */
#define PLACES_MAX 3

/* Adds the files of one kind of drop-in folder in several places, the weakest place first. */
static void
add_drop_ins(GPtrArray *sources,
             RvlSourceKind kind,
             const char *const *folders,
             size_t n,
             RvlProblems *problems)
{
    g_autoptr(GHashTable) last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *lists[PLACES_MAX] = {NULL};

    g_return_if_fail(n <= PLACES_MAX);
    for (size_t i = 0; i < n; i++) {
        lists[i] = folders[i] != NULL ? list_folder(folders[i], problems) : NULL;
        for (guint j = 0; lists[i] != NULL && j < lists[i]->len; j++)
            g_hash_table_replace(last, g_strdup(g_ptr_array_index(lists[i], j)),
                                 GSIZE_TO_POINTER(i + 1));
    }
    for (size_t i = 0; i < n; i++) {
        for (guint j = 0; lists[i] != NULL && j < lists[i]->len; j++) {
            const char *name = g_ptr_array_index(lists[i], j);
            g_autofree char *path = g_build_filename(folders[i], name, NULL);

            if (GPOINTER_TO_SIZE(g_hash_table_lookup(last, name)) == i + 1 && !is_mask(path))
                add_source(sources, kind, path);
        }
        g_clear_pointer(&lists[i], g_ptr_array_unref);
    }
}

static char *
within(const char *folder, const char *name)
{
    return folder != NULL ? g_build_filename(folder, name, NULL) : NULL;
}

GPtrArray *
rvl_places_list(const RvlPlaces *places, RvlProblems *problems)
{
    GPtrArray *sources = g_ptr_array_new_with_free_func(source_free);
    g_autofree char *profiles = within(places->vendor, "profiles");
    g_autofree char *vendor = within(places->vendor, "conf.d");
    g_autofree char *runtime = within(places->runtime, "conf.d");
    g_autofree char *main_file = within(places->config, "ravelin.conf");
    g_autofree char *config = within(places->config, "conf.d");
    g_autofree char *runtime_secrets = within(places->runtime, "secrets.d");
    g_autofree char *secrets = within(places->config, "secrets.d");
    guint before;

    add_drop_ins(sources, RVL_SOURCE_PROFILES, (const char *const[]){profiles}, 1, problems);
    before = sources->len;
    add_drop_ins(sources, RVL_SOURCE_CONF, (const char *const[]){vendor, runtime, config}, 3,
                 problems);
    if (main_file != NULL && g_file_test(main_file, G_FILE_TEST_EXISTS) && !is_mask(main_file)) {
        RvlSource *source;
        guint at = before;

        /* ravelin.conf stands between the runtime's files and the administrator's drop-ins. */
        while (at < sources->len && config != NULL) {
            source = g_ptr_array_index(sources, at);
            if (g_str_has_prefix(source->path, config) && source->path[strlen(config)] == '/')
                break;
            at++;
        }
        source = g_new0(RvlSource, 1);
        source->kind = RVL_SOURCE_CONF;
        source->path = g_steal_pointer(&main_file);
        g_ptr_array_insert(sources, (gint)at, source);
    }
    add_drop_ins(sources, RVL_SOURCE_SECRETS, (const char *const[]){runtime_secrets, secrets}, 2,
                 problems);
    return sources;
}

static bool
check_file(int fd, const char *path, bool is_secret, size_t max, size_t *size, GError **error)
{
    struct stat status;

    if (fstat(fd, &status) != 0) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "cannot be examined: %s", g_strerror(errno));
        return false;
    }
    if (!S_ISREG(status.st_mode)) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "is no regular file");
        return false;
    }
    if (is_secret && (status.st_mode & 0007) != 0) {
        g_autofree char *remedy = g_strdup_printf("chmod 0640 '%s'", path);

        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID,
                      "holds secrets and is open to everybody (mode %04o)",
                      (unsigned)status.st_mode & 07777);
        rvl_error_set_remedy(error, remedy);
        return false;
    }
    if (status.st_size < 0 || (guint64)status.st_size > max) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "is larger than %zu octets", max);
        return false;
    }
    *size = (size_t)status.st_size;
    return true;
}

/* Reads up to @size octets; returns how many came, or -1. */
static ssize_t
read_all(int fd, char *octets, size_t size)
{
    size_t n = 0;

    while (n < size) {
        ssize_t came = read(fd, octets + n, size - n);

        if (came < 0 && errno == EINTR)
            continue;
        if (came < 0)
            return -1;
        if (came == 0)
            break;
        n += (size_t)came;
    }
    return (ssize_t)n;
}

char *
rvl_file_read(const char *path, bool is_secret, size_t max, size_t *n, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char *octets = NULL;
    size_t size;
    ssize_t came;

    if (fd < 0) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "cannot be opened: %s", g_strerror(errno));
        return NULL;
    }
    if (check_file(fd, path, is_secret, max, &size, error)) {
        octets = g_malloc(size + 1); /* in one piece: growing would leave copies of secrets */
        came = read_all(fd, octets, size);
        *n = came >= 0 ? (size_t)came : 0;
        if (came < 0) {
            rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "cannot be read: %s", g_strerror(errno));
            g_clear_pointer(&octets, g_free);
        }
    }
    close(fd);
    return octets;
}
