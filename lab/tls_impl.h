#pragma once
// The inside of TlsServer, for the two files that talk to GnuTLS. It is the one header of the lab that names it.

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include <string>
#include <vector>

#include "lab/tls.h"

namespace easel::lab {

struct TlsServer::Impl {
  struct Identity {
    std::vector<gnutls_pcert_st> chain;
    gnutls_privkey_t key = nullptr;
  };
  gnutls_certificate_credentials_t credentials = nullptr;
  gnutls_priority_t priority = nullptr;
  Identity identity, without_sni;
  gnutls_datum_t ticket_key{};
  TlsShape shape;

  Impl() = default;
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
};

}  // namespace easel::lab
