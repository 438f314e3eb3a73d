#pragma once
// A listener of the lab: its name, what answers behind it, and the TLS it speaks.

#include <memory>
#include <string>

#include "lab/tls.h"

namespace easel::lab {

struct Door {
  enum class Role {
    https,    ///< the server under test
    http,     ///< its plain port
    foreign,  ///< another host, to which a fault redirects: takes everything, answers 200
    pki       ///< serves the certificate and the revocation list of the lab's authority
  };
  std::string name{};
  Role role = Role::https;
  const Behaviour& behaviour;
  ServerChain chain{};                     ///< of a TLS listener
  std::shared_ptr<const TlsServer> tls{};  ///< null = no TLS
};

}  // namespace easel::lab
