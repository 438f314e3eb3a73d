#include "client/transport/forgiving_writes.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <string_view>

namespace easel {
namespace {

/// The BIO's data pointer is set once a write has failed for good.
int on_write(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
  BIO* next = BIO_next(bio);
  BIO_clear_retry_flags(bio);
  *written = 0;
  if (BIO_get_data(bio) == nullptr) {
    if (next == nullptr) return 0;
    const int result = BIO_write_ex(next, data, size, written);
    BIO_copy_next_retry(bio);
    if (result == 1 || BIO_should_retry(bio)) return result;
    BIO_set_data(bio, bio);
  }
  *written = size;
  return 1;
}

long on_control(BIO* bio, int command, long number, void* pointer) {
  if (command == BIO_CTRL_FLUSH && BIO_get_data(bio) != nullptr) return 1;
  BIO* next = BIO_next(bio);
  if (next == nullptr) return 0;
  BIO_clear_retry_flags(bio);
  const long result = BIO_ctrl(next, command, number, pointer);
  BIO_copy_next_retry(bio);
  return result;
}

int on_create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

BIO_METHOD* make_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_FILTER, "forgiving writes");
  if (method == nullptr) return nullptr;
  BIO_meth_set_write_ex(method, &on_write);
  BIO_meth_set_ctrl(method, &on_control);
  BIO_meth_set_create(method, &on_create);
  return method;
}

const BIO_METHOD* method() {
  static const BIO_METHOD* const made = make_method();  // one for the life of the process, as OpenSSL's own
  return made;
}

}  // namespace

void forgive_writes(ssl_st* connection) {
  constexpr const char* kName = "forgiving writes";
  BIO* real = SSL_get_wbio(connection);
  if (real == nullptr || method() == nullptr || std::string_view(BIO_method_name(real)) == kName) return;
  BIO* filter = BIO_new(method());
  if (filter == nullptr) return;
  BIO_up_ref(real);  // SSL_set0_wbio() gives up the reference that the filter now needs
  SSL_set0_wbio(connection, BIO_push(filter, real));
}

}  // namespace easel
