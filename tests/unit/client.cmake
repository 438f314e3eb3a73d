find_package(doctest REQUIRED)
# The device without a network: parser, compiler, runs, predicates, results.
add_executable(easel_client_test
  client_addresses_test.cpp
  client_check_test.cpp
  client_data_test.cpp
  client_main.cpp
  client_pattern_test.cpp
  client_readme_test.cpp
  client_redact_test.cpp
  client_resolver_test.cpp
  client_request_test.cpp
  client_result_test.cpp
  client_run_test.cpp
  client_scenario_test.cpp
  client_session_test.cpp
  client_testing.cpp
  client_verify_test.cpp)
target_compile_definitions(easel_client_test PRIVATE EASEL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_compile_options(easel_client_test PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
target_link_libraries(easel_client_test PRIVATE easel_client doctest::doctest)
add_test(NAME client COMMAND easel_client_test)
