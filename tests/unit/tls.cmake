find_package(OpenSSL 3 REQUIRED)
# Certificates and servers made in the test itself, for the layers that speak TLS.
add_library(easel_tls_testing STATIC tls_test_ca.cpp transport_test_server.cpp)
target_link_libraries(easel_tls_testing PUBLIC easel_flags easel_tls OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
# g++ 12 takes literal + std::string for an overlapping copy (GCC bug 105651).
target_compile_options(easel_tls_testing PUBLIC $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

add_executable(easel_tls_test
  tls_certificate_test.cpp
  tls_hello_samples.cpp
  tls_hello_test.cpp
  tls_main.cpp
  tls_parser_test.cpp
  tls_probe_test.cpp
  tls_trust_test.cpp)
target_link_libraries(easel_tls_test PRIVATE easel_flags easel_tls easel_tls_testing)
add_test(NAME tls COMMAND easel_tls_test)
