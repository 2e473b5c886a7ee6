/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The D-Bus interfaces as the file that is installed for clients. */
#pragma once

#include <gio/gio.h>

/** rvl_interface_file: (transfer full): introspection XML, laid out a line an element. */
char *rvl_interface_file(GError **error) G_GNUC_WARN_UNUSED_RESULT;
