/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening one module: who may have written it, the loader's reason, and its descriptor. */
#include "config.h"

#include "host/hosted-plugin.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ravelin/error.h>

bool
rvl_module_check_owner(const char *path, GError **error)
{
    struct stat status;
    g_autofree char *found = NULL;

    if (stat(path, &status) != 0) {
        rvl_error_set(error,
                      errno == ENOENT ? RVL_CAUSE_PLUGIN_MISSING : RVL_CAUSE_PERMISSION_MISSING,
                      "cannot be read: %s", g_strerror(errno));
        return false;
    }
    if ((status.st_uid == 0 || status.st_uid == geteuid()) &&
        (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return true;
    found = g_strdup_printf("owner %u, mode %04o", (unsigned)status.st_uid,
                            (unsigned)status.st_mode & 07777);
    rvl_error_set_found(error, RVL_CAUSE_PLUGIN_FAILED, found,
                        "root or the daemon's user, writable by nobody else",
                        "others could change it");
    rvl_error_set_remedy(error, "chown root, chmod go-w");
    return false;
}

char *
rvl_module_name(const char *file)
{
    g_autofree char *base = g_path_get_basename(file);
    char *dot = strrchr(base, '.');

    if (dot != NULL)
        *dot = '\0';
    return g_strcanon(g_steal_pointer(&base), G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS, '_');
}

/* The loader's message begins with the file, which the report names already. */
static const char *
reason_of_loader(const char *file)
{
    const char *reason = dlerror();

    if (reason == NULL)
        return "the loader gave no reason";
    if (g_str_has_prefix(reason, file) && strncmp(reason + strlen(file), ": ", 2) == 0)
        return reason + strlen(file) + 2;
    return reason;
}

/*
 * libltdl opens with RTLD_LAZY, so that a missing symbol would show as a crash at night, and keeps
 * "file not found" of whatever the loader said. So the loader is asked first, and its handle kept.
 */
static lt_dlhandle
open_module(const char *file, GError **error)
{
    lt_dladvise advise;
    lt_dlhandle handle;

    if (dlopen(file, RTLD_NOW | RTLD_LOCAL) == NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "%s", reason_of_loader(file));
        return NULL;
    }
    if (lt_dladvise_init(&advise) != 0)
        return NULL;
    (void)lt_dladvise_local(&advise);
    (void)lt_dladvise_resident(&advise);
    handle = lt_dlopenadvise(file, advise);
    (void)lt_dladvise_destroy(&advise);
    if (handle == NULL)
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "%s", lt_dlerror());
    return handle;
}

const RvlPlugin *
rvl_module_open(const char *file, const char *name, GError **error)
{
    lt_dlhandle handle = open_module(file, error);
    g_autofree char *symbol = NULL;
    const RvlPlugin *descriptor;

    if (handle == NULL)
        return NULL;
    symbol = g_strconcat(name, RVL_PLUGIN_SYMBOL_END, NULL);
    descriptor = lt_dlsym(handle, symbol);
    if (descriptor == NULL)
        rvl_error_set(error, RVL_CAUSE_PLUGIN_INCOMPATIBLE, "no plugin: it has no symbol '%s'",
                      symbol);
    return descriptor;
}
