# Client certificates in the first handshake (nginx), by renegotiation and after the handshake (Apache), with 200 KB.
# shellcheck shell=bash

run_program bash "$EASEL_TREE/tests/live/tls/client_certificates.sh"
expect_exit 0
expect_no_line '^WRONG'
expect_line '^client certificates: 15 cases, all right'
