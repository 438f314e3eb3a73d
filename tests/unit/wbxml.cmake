add_executable(wbxml_unit_test
  wbxml_code_pages_test.cpp
  wbxml_decoder_test.cpp
  wbxml_template_test.cpp
  wbxml_writer_test.cpp
  wbxml_xml_test.cpp)
target_link_libraries(wbxml_unit_test PRIVATE easel_wbxml)
add_test(NAME wbxml.unit COMMAND wbxml_unit_test)

find_package(ZLIB REQUIRED)
add_executable(wbxml_command_test wbxml_command_test.cpp)
target_link_libraries(wbxml_command_test PRIVATE easel_client ZLIB::ZLIB)
add_test(NAME wbxml.command COMMAND wbxml_command_test)
