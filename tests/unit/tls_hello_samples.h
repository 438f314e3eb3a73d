#pragma once
// ClientHellos for tests: captured ones (public client captures of SSL Labs) and the reconstruction of Windows CE 5.

#include <string>
#include <vector>

#include "client/tls/hello.h"

namespace easel::testing {

struct HelloSample {
  std::string name;
  std::string record;  ///< bytes as captured
};
/// Windows Phone 8.0, 8.1, 8.1 Update, Android 2.3.7, iOS 5.1.1, Android 12, and IE 6 in SSL 2.0 form.
std::vector<HelloSample> captured_hellos();
Hello captured_hello(const std::string& name);
/// TLS 1.0, the eight suites of Windows CE 5, no extensions.
Hello windows_ce_hello();

}  // namespace easel::testing
