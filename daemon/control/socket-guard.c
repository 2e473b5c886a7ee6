/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The control socket's place: its directory, the lock against a second daemon, who may use it. */
#include "config.h"

#include "control/socket-guard.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ravelin/error.h>

#define GROUP "ravelin"

struct RvlSocketGuard {
    char *path;
    int lock;
};

/* (gid_t)-1 where there is no such group. */
static gid_t
control_group(void)
{
    const struct group *group = getgrnam(GROUP);

    return group != NULL ? group->gr_gid : (gid_t)-1;
}

static bool
fail(const char *what, const char *path, GError **error)
{
    RvlCause cause = errno == EWOULDBLOCK ? RVL_CAUSE_PORT_IN_USE : RVL_CAUSE_PERMISSION_MISSING;

    rvl_error_set(error, cause, "control socket: %s %s: %s", what, path, g_strerror(errno));
    if (cause == RVL_CAUSE_PORT_IN_USE)
        rvl_error_set_remedy(error, "another ravelind serves there: stop it, or use --instance");
    return false;
}

static bool
make_directory(const char *directory, GError **error)
{
    if (g_file_test(directory, G_FILE_TEST_IS_DIR))
        return true; /* whoever made it chose its mode */
    if (g_mkdir_with_parents(directory, 0750) != 0 || chmod(directory, 0750) != 0)
        return fail("making", directory, error);
    if (getuid() == 0 && chown(directory, (uid_t)-1, control_group()) != 0)
        return fail("chown", directory, error);
    return true;
}

static bool
take_lock(RvlSocketGuard *guard, const char *directory, GError **error)
{
    g_autofree char *path = g_build_filename(directory, "control.lock", NULL);

    guard->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (guard->lock < 0)
        return fail("opening", path, error);
    if (flock(guard->lock, LOCK_EX | LOCK_NB) != 0)
        return fail("locking", path, error);
    return true;
}

RvlSocketGuard *
rvl_socket_guard_new(const char *directory, GError **error)
{
    g_autoptr(RvlSocketGuard) guard = g_new0(RvlSocketGuard, 1);

    guard->lock = -1;
    if (!make_directory(directory, error) || !take_lock(guard, directory, error))
        return NULL;
    guard->path = g_build_filename(directory, "control", NULL);
    (void)unlink(guard->path);
    return g_steal_pointer(&guard);
}

void
rvl_socket_guard_free(RvlSocketGuard *guard)
{
    if (guard == NULL)
        return;
    if (guard->path != NULL)
        (void)unlink(guard->path);
    if (guard->lock >= 0)
        close(guard->lock);
    g_free(guard->path);
    g_free(guard);
}

const char *
rvl_socket_guard_path(const RvlSocketGuard *guard)
{
    return guard->path;
}

void
rvl_socket_guard_open_up(const RvlSocketGuard *guard)
{
    if (getuid() == 0 && chown(guard->path, (uid_t)-1, control_group()) != 0)
        return; /* then the daemon's user and root alone connect */
    (void)chmod(guard->path, 0660);
}

static bool
is_member(const struct passwd *user, gid_t group)
{
    gid_t groups[256];
    int n = G_N_ELEMENTS(groups);

    if (getgrouplist(user->pw_name, user->pw_gid, groups, &n) < 0)
        n = G_N_ELEMENTS(groups); /* of a user with more, the first count */
    for (int i = 0; i < n; i++)
        if (groups[i] == group)
            return true;
    return false;
}

bool
rvl_socket_guard_admits(uid_t uid)
{
    gid_t group = control_group();
    const struct passwd *user;

    if (uid == 0 || uid == getuid())
        return true;
    if (group == (gid_t)-1)
        return false;
    user = getpwuid(uid);
    return user != NULL && is_member(user, group);
}
