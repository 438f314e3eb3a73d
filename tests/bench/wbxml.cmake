# The documents of other shapes serve tests too.
add_library(easel_wbxml_shapes STATIC wbxml_shapes.cpp)
target_link_libraries(easel_wbxml_shapes PUBLIC easel_wbxml)

if(EASEL_BENCH)
  find_package(pugixml REQUIRED)
  add_executable(easel-wbxml-bench bench_harness.cpp libwbxml_peer.cpp wbxml_bench.cpp wbxml_goals.cpp)
  target_link_libraries(easel-wbxml-bench PRIVATE easel_wbxml_files easel_wbxml_shapes pugixml::pugixml ${CMAKE_DL_LIBS})
endif()
