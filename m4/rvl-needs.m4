# SPDX-License-Identifier: LGPL-2.1-or-later
# Libraries that the build needs. Those that are missing are gathered and named together at the end, with the
# package that brings each.

m4_ifndef([PKG_PROG_PKG_CONFIG],
  [m4_fatal([pkg.m4 is missing: install pkg-config (Debian) or pkgconf-pkg-config (Fedora)])])

# RVL_MISSING(WHAT, DEBIAN-PACKAGE, FEDORA-PACKAGE): notes one.
AC_DEFUN([RVL_MISSING], [
  AS_VAR_APPEND([rvl_missing], ["
  $1"])
  AS_VAR_APPEND([rvl_missing_debian], [" $2"])
  AS_VAR_APPEND([rvl_missing_fedora], [" $3"])
])

# RVL_NEED(PREFIX, PKG-CONFIG-MODULES, DEBIAN-PACKAGE, FEDORA-PACKAGE): sets PREFIX_CFLAGS and PREFIX_LIBS.
AC_DEFUN([RVL_NEED], [
  AC_REQUIRE([PKG_PROG_PKG_CONFIG])
  PKG_CHECK_MODULES([$1], [$2], [], [RVL_MISSING([$2], [$3], [$4])])
])

# RVL_NEED_LTDL: the system's libltdl, which has no pkg-config file. Sets LTDL_LIBS.
AC_DEFUN([RVL_NEED_LTDL], [
  rvl_have_ltdl=no
  AC_CHECK_HEADER([ltdl.h], [AC_CHECK_LIB([ltdl], [lt_dlopenadvise], [rvl_have_ltdl=yes])])
  AS_IF([test $rvl_have_ltdl = no], [RVL_MISSING([libltdl >= 2.4], [libltdl-dev], [libtool-ltdl-devel])])
  AC_SUBST([LTDL_LIBS], [-lltdl])
])

# RVL_CRYPTO_BACKEND(NAME, PREFIX, PKG-CONFIG-MODULES, DEBIAN-PACKAGE, FEDORA-PACKAGE): --with-NAME, taken
# where the library is found unless told otherwise. Defines HAVE_PREFIX for make and for config.h.
AC_DEFUN([RVL_CRYPTO_BACKEND], [
  AC_ARG_WITH([$1], [AS_HELP_STRING([--without-$1], [leave out the crypto backend $1])],
    [], [AS_VAR_SET([with_$1], [auto])])
  AS_VAR_SET([rvl_have_$1], [no])
  AS_VAR_IF([with_$1], [no], [], [
    PKG_CHECK_MODULES([$2], [$3], [AS_VAR_SET([rvl_have_$1], [yes])],
      [AS_VAR_IF([with_$1], [auto], [], [RVL_MISSING([$3], [$4], [$5])])])])
  AS_VAR_IF([rvl_have_$1], [yes], [
    AC_DEFINE([HAVE_$2], [1], [Define where the crypto backend $1 is built.])
    AS_VAR_APPEND([rvl_backends], [" $1"])])
  AM_CONDITIONAL([HAVE_$2], [test "$rvl_have_$1" = yes])
  AS_VAR_APPEND([rvl_backends_debian], [" $4"])
  AS_VAR_APPEND([rvl_backends_fedora], [" $5"])
])

# RVL_NEEDS_END: ends configure where something is missing.
AC_DEFUN([RVL_NEEDS_END], [
  AS_IF([test -z "$rvl_backends"], [
    AS_VAR_APPEND([rvl_missing], ["
  a crypto backend: at least one of openssl and gcrypt"])
    AS_VAR_APPEND([rvl_missing_debian], ["$rvl_backends_debian"])
    AS_VAR_APPEND([rvl_missing_fedora], ["$rvl_backends_fedora"])])
  AS_IF([test -n "$rvl_missing"], [AC_MSG_ERROR([these are missing:$rvl_missing
Debian, Ubuntu:  apt-get install$rvl_missing_debian
Fedora:          dnf install$rvl_missing_fedora])])
])
