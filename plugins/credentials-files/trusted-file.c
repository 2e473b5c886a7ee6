/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that only the administrator can have written, and secret ones that only the daemon can read. */
#include "config.h"

#include "trusted-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ravelin/error.h>
#include <ravelin/secret.h>

static bool
refuse_mode(const char *path, mode_t mode, const char *wanted, GError **error)
{
    g_autofree char *found = g_strdup_printf("mode %04o", (unsigned)mode & 07777);

    rvl_error_set_found(error, RVL_CAUSE_PERMISSION_MISSING, found, wanted, "%s is not used", path);
    rvl_error_set_remedy(error, "correct its mode with chmod");
    return false;
}

static bool
is_trusted(const char *path, const struct stat *status, GError **error)
{
    if (!S_ISREG(status->st_mode)) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "%s is no file", path);
        return false;
    }
    if (status->st_uid != 0 && status->st_uid != geteuid()) {
        g_autofree char *found = g_strdup_printf("uid %u", (unsigned)status->st_uid);

        rvl_error_set_found(error, RVL_CAUSE_PERMISSION_MISSING, found, "root or the daemon's user",
                            "%s belongs to another user", path);
        rvl_error_set_remedy(error, "correct its owner with chown");
        return false;
    }
    if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return refuse_mode(path, status->st_mode, "a file that only its owner can write", error);
    if ((guint64)status->st_size > TRUSTED_FILE_MAX_OCTETS) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "%s is longer than %zu octets", path,
                      TRUSTED_FILE_MAX_OCTETS);
        return false;
    }
    return true;
}

static bool
read_whole(TrustedFile *file, int fd)
{
    size_t done = 0;

    while (done < file->n) {
        ssize_t got = read(fd, file->octets + done, file->n - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    return done == file->n;
}

static TrustedFile *
read_descriptor(int fd, const char *path, GError **error)
{
    g_autoptr(TrustedFile) file = NULL;
    struct stat status;

    if (fstat(fd, &status) != 0) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    if (!is_trusted(path, &status, error))
        return NULL;
    file = g_new0(TrustedFile, 1);
    file->n = (size_t)status.st_size;
    file->mode = status.st_mode;
    file->octets = g_malloc0(file->n + 1);
    if (!read_whole(file, fd)) {
        rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "%s changed while it was read", path);
        return NULL;
    }
    return g_steal_pointer(&file);
}

TrustedFile *
trusted_file_read(const char *path, GError **error)
{
    /* Not blocked by a FIFO that lies there. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    TrustedFile *file;

    if (fd < 0) {
        rvl_error_set(error,
                      errno == EACCES ? RVL_CAUSE_PERMISSION_MISSING : RVL_CAUSE_CONFIG_INVALID,
                      "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    file = read_descriptor(fd, path, error);
    close(fd);
    return file;
}

bool
trusted_file_is_secret(const TrustedFile *file, const char *path, GError **error)
{
    if ((file->mode & (S_IWGRP | S_IRWXO)) == 0)
        return true;
    return refuse_mode(path, file->mode, "0640 at most for a private key", error);
}

void
trusted_file_free(TrustedFile *file)
{
    if (file == NULL)
        return;
    if (file->octets != NULL)
        rvl_secret_wipe(file->octets, file->n);
    g_free(file->octets);
    g_free(file);
}
