# The documents of other shapes serve tests too.
add_library(easel_wbxml_shapes STATIC wbxml_shapes.cpp)
target_link_libraries(easel_wbxml_shapes PUBLIC easel_wbxml)

if(EASEL_BENCH)
  find_package(pugixml REQUIRED)
  add_executable(easel-wbxml-bench bench_harness.cpp libwbxml_peer.cpp wbxml_bench.cpp wbxml_goals.cpp wbxml_report.cpp)
  target_link_libraries(easel-wbxml-bench PRIVATE easel_wbxml_files easel_wbxml_shapes pugixml::pugixml ${CMAKE_DL_LIBS})
endif()

# Instructions do not depend on the machine's noise; they do depend on optimisation.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT EASEL_SANITIZE AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_executable(wbxml_instructions wbxml_instructions.cpp)
  target_link_libraries(wbxml_instructions PRIVATE easel_wbxml_files)
  add_test(NAME wbxml.instructions COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/wbxml_instructions.sh
    $<TARGET_FILE:wbxml_instructions> "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
  set_tests_properties(wbxml.instructions PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 900)
endif()
