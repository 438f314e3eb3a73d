add_library(easel_wbxml_forms STATIC wbxml_forms.cpp wbxml_random.cpp)
target_link_libraries(easel_wbxml_forms PUBLIC easel_wbxml)

add_executable(wbxml_property_test wbxml_property_test.cpp)
target_link_libraries(wbxml_property_test PRIVATE easel_wbxml_forms easel_wbxml_files)
add_test(NAME wbxml.property COMMAND wbxml_property_test)

add_executable(wbxml_libwbxml_test wbxml_libwbxml_test.cpp ../bench/libwbxml_peer.cpp)
target_link_libraries(wbxml_libwbxml_test PRIVATE easel_wbxml_files ${CMAKE_DL_LIBS})
add_test(NAME wbxml.libwbxml COMMAND wbxml_libwbxml_test)
