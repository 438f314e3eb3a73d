find_package(GnuTLS REQUIRED)
find_package(ZLIB REQUIRED)
add_executable(easel_transport_test
  transport_body_test.cpp
  transport_client_certificate_test.cpp
  transport_failure_test.cpp
  transport_hello_test.cpp
  transport_identity_test.cpp
  transport_legacy_test.cpp
  transport_main.cpp
  transport_request_test.cpp
  transport_testing.cpp
  transport_tls_test.cpp)
target_link_libraries(easel_transport_test PRIVATE easel_flags easel_transport easel_tls_testing GnuTLS::GnuTLS ZLIB::ZLIB)
add_test(NAME transport COMMAND easel_transport_test)
