# Every device's hello against gnutls-serv, openssl s_server and nginx: as client/tls/README.md says.
# shellcheck shell=bash

run_program bash "$EASEL_TREE/tests/live/tls/table.sh"
expect_exit 0
expect_line '^table: [0-9]+ lines as in'
