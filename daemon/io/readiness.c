/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a service manager is told: ready, reloading, stopping, alive (systemd's notify protocol). */
#include "config.h"

#include "io/readiness.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct RvlReadiness {
    int fd; /* -1: nobody listens */
    struct sockaddr_un address;
    socklen_t length;
    GSource *watchdog; /* (nullable) */
};

static void
tell(const RvlReadiness *readiness, const char *message)
{
    if (readiness->fd >= 0)
        (void)!sendto(readiness->fd, message, strlen(message), MSG_NOSIGNAL,
                      (const struct sockaddr *)&readiness->address, readiness->length);
}

static gboolean
alive(gpointer user_data)
{
    tell(user_data, "WATCHDOG=1");
    return G_SOURCE_CONTINUE;
}

/* A path, or with `@` a name in the abstract namespace; both as sd_notify(3) has them. */
static void
open_socket(RvlReadiness *readiness)
{
    const char *path = secure_getenv("NOTIFY_SOCKET");
    size_t octets = path != NULL ? strlen(path) : 0;

    if (octets < 2 || octets >= sizeof(readiness->address.sun_path) ||
        (path[0] != '/' && path[0] != '@'))
        return;
    readiness->address.sun_family = AF_UNIX;
    memcpy(readiness->address.sun_path, path, octets);
    if (path[0] == '@')
        readiness->address.sun_path[0] = '\0';
    readiness->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + octets);
    readiness->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/* Half of the interval, as sd_watchdog_enabled(3) advises; only if it is meant for this process. */
static void
start_watchdog(RvlReadiness *readiness)
{
    const char *interval = secure_getenv("WATCHDOG_USEC");
    const char *pid = secure_getenv("WATCHDOG_PID");
    guint64 usec = interval != NULL ? g_ascii_strtoull(interval, NULL, 10) : 0;

    if (usec < 2000 || (pid != NULL && g_ascii_strtoull(pid, NULL, 10) != (guint64)getpid()))
        return;
    readiness->watchdog = g_timeout_source_new((guint)MIN(usec / 2000, G_MAXINT));
    g_source_set_callback(readiness->watchdog, alive, readiness, NULL);
    g_source_attach(readiness->watchdog, NULL);
}

RvlReadiness *
rvl_readiness_new(void)
{
    RvlReadiness *readiness = g_new0(RvlReadiness, 1);

    readiness->fd = -1;
    open_socket(readiness);
    if (readiness->fd >= 0)
        start_watchdog(readiness);
    return readiness;
}

void
rvl_readiness_free(RvlReadiness *readiness)
{
    if (readiness == NULL)
        return;
    if (readiness->watchdog != NULL) {
        g_source_destroy(readiness->watchdog);
        g_source_unref(readiness->watchdog);
    }
    if (readiness->fd >= 0)
        close(readiness->fd);
    g_free(readiness);
}

void
rvl_readiness_ready(RvlReadiness *readiness, const char *status)
{
    g_autofree char *message =
        status != NULL ? g_strdup_printf("READY=1\nSTATUS=%s", status) : g_strdup("READY=1");

    tell(readiness, message);
}

void
rvl_readiness_reloading(RvlReadiness *readiness)
{
    g_autofree char *message =
        g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());

    tell(readiness, message);
}

void
rvl_readiness_stopping(RvlReadiness *readiness)
{
    tell(readiness, "STOPPING=1");
}
