#include "lab/key_cache.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace easel::lab {

namespace {

/// GnuTLS makes RSA keys about five times as fast as OpenSSL 3 does (20 ms for 2048 bits).
std::string make_key(KeyKind kind) {
  gnutls_x509_privkey_t key = nullptr;
  if (gnutls_x509_privkey_init(&key) != 0) return {};
  const std::unique_ptr<std::remove_pointer_t<gnutls_x509_privkey_t>, void (*)(gnutls_x509_privkey_t)> owner(
      key, gnutls_x509_privkey_deinit);
  int rc = 0;
  switch (kind) {
    case KeyKind::rsa512:
      rc = gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 512, 0);
      break;
    case KeyKind::rsa1024:
      rc = gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 1024, 0);
      break;
    case KeyKind::rsa2048:
      rc = gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 2048, 0);
      break;
    case KeyKind::rsa4096:
      rc = gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 4096, 0);
      break;
    case KeyKind::ecdsa:
      rc = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
      break;
  }
  gnutls_datum_t pem{};
  if (rc != 0 || gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, nullptr, GNUTLS_PKCS_PLAIN, &pem) != 0)
    return {};
  std::string out(reinterpret_cast<const char*>(pem.data), pem.size);
  gnutls_free(pem.data);
  return out;
}

struct Cache {
  std::mutex mutex;
  std::map<std::pair<std::string, KeyKind>, std::shared_future<std::string>> keys;
};

/// The one object of this process that outlives a Lab: keys are worth keeping, certificates are not.
Cache& cache() {
  static Cache one;
  return one;
}

std::shared_future<std::string> wanted(std::string_view role, KeyKind kind, std::launch how) {
  Cache& c = cache();
  const std::scoped_lock lock(c.mutex);
  auto& slot = c.keys[{std::string(role), kind}];
  if (!slot.valid()) slot = std::async(how, make_key, kind).share();
  return slot;
}

}  // namespace

std::string key_of(std::string_view role, KeyKind kind) { return wanted(role, kind, std::launch::deferred).get(); }

void prepare_keys() {
  for (const std::string_view role : {"root", "intermediate", "leaf"}) {
    const auto key = wanted(role, KeyKind::rsa2048, std::launch::async);
    static_cast<void>(key);
  }
}

}  // namespace easel::lab
