/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the sections of ravelin.conf(5) that the schema makes. */
#include "config.h"

#include <stdio.h>

#include "docs/man/key-list.h"

int
main(void)
{
    g_autoptr(RvlSchema) schema = rvl_schema_new();
    g_autofree char *text = rvl_key_list_mdoc(schema);

    return fputs(text, stdout) < 0;
}
