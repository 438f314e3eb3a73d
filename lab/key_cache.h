#pragma once
// Private keys for the certificates of the lab. Making an RSA key takes longer than starting a lab, so a process
// makes each key once and every Lab in it uses it again, under certificates of its own.

#include <string>
#include <string_view>

#include "lab/behaviour.h"

namespace easel::lab {

/// The key of that kind for that role ("root", "leaf", ...) as PKCS#8 PEM; made at first use.
/// Two roles never share a key. Empty if the TLS library failed. Safe from any thread.
[[nodiscard]] std::string key_of(std::string_view role, KeyKind kind);

/// Makes the keys of a usual chain at the same time on several threads, so that a first start is quick.
void prepare_keys();

}  // namespace easel::lab
