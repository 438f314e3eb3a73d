add_executable(wbxml_unit_test
  wbxml_code_pages_test.cpp
  wbxml_decoder_test.cpp
  wbxml_template_test.cpp
  wbxml_base64_test.cpp wbxml_text_scan_test.cpp
  wbxml_writer_test.cpp
  wbxml_xml_test.cpp)
target_link_libraries(wbxml_unit_test PRIVATE easel_wbxml)
add_test(NAME wbxml.unit COMMAND wbxml_unit_test)

find_package(ZLIB REQUIRED)
add_executable(wbxml_command_test wbxml_command_test.cpp)
target_link_libraries(wbxml_command_test PRIVATE easel_client ZLIB::ZLIB)
add_test(NAME wbxml.command COMMAND wbxml_command_test)

add_executable(wbxml_limits_test wbxml_limits_test.cpp ../bench/wbxml_shapes.cpp)
target_link_libraries(wbxml_limits_test PRIVATE easel_wbxml)
add_test(NAME wbxml.limits COMMAND wbxml_limits_test)
# The counting operator delete is inlined into doctest, where g++ takes it for a mismatch.
target_compile_options(wbxml_limits_test PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)

# The example of the README: it compiles, it runs, and it is the README's.
add_executable(wbxml_example wbxml_example.cpp)
target_link_libraries(wbxml_example PRIVATE easel_wbxml)
add_test(NAME wbxml.example COMMAND wbxml_example)
set_tests_properties(wbxml.example PROPERTIES PASS_REGULAR_EXPRESSION "SyncKey = 0 at offset 7")
add_test(NAME wbxml.example_in_readme COMMAND ${CMAKE_COMMAND}
  -DEXAMPLE=${CMAKE_CURRENT_SOURCE_DIR}/wbxml_example.cpp -DREADME=${PROJECT_SOURCE_DIR}/wbxml/README.md
  -P ${CMAKE_CURRENT_SOURCE_DIR}/wbxml_example_in_readme.cmake)
