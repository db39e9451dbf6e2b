#pragma once
#include <libpq-fe.h>
#include <sys/eventfd.h>

// PG_DIAG_* are character macros, which Swift does not import.
enum {
    CPOSTGRES_DIAG_SQLSTATE = PG_DIAG_SQLSTATE,
    CPOSTGRES_DIAG_MESSAGE = PG_DIAG_MESSAGE_PRIMARY,
    CPOSTGRES_DIAG_DETAIL = PG_DIAG_MESSAGE_DETAIL,
    CPOSTGRES_DIAG_HINT = PG_DIAG_MESSAGE_HINT,
    CPOSTGRES_DIAG_POSITION = PG_DIAG_STATEMENT_POSITION,
    CPOSTGRES_DIAG_CONTEXT = PG_DIAG_CONTEXT,
    CPOSTGRES_DIAG_SCHEMA = PG_DIAG_SCHEMA_NAME,
    CPOSTGRES_DIAG_TABLE = PG_DIAG_TABLE_NAME,
    CPOSTGRES_DIAG_COLUMN = PG_DIAG_COLUMN_NAME,
    CPOSTGRES_DIAG_CONSTRAINT = PG_DIAG_CONSTRAINT_NAME,
};

// sys/eventfd.h is not part of Swift's Glibc module, and its flags are an anonymous enum.
static inline int cpostgres_eventfd(void) { return eventfd(0, EFD_CLOEXEC); }
