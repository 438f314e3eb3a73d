cmake_minimum_required(VERSION 3.25)
# Who may include whom: cmake -DROOT=… -P layers.cmake. Includes point one way; third-party headers stay in .cpp files.
# One row a layer: the folder, then the folders it may include besides itself.
set(layers
  "wbxml|"
  "client/data|client"
  "client/xml|client"
  "client/tls|client,client/xml"
  "client/transport|client,client/tls,wbxml"
  "client/profile|client,client/data,client/xml,client/tls,client/transport,wbxml"
  "client/scenario|client,client/data,client/xml,client/tls,client/transport,client/profile"
  "client/protocol|client,client/data,client/profile,client/transport,client/tls,client/xml,wbxml"
  "client/check|client,client/data,client/xml,client/scenario,client/profile,client/protocol,client/transport,client/tls,wbxml"
  "client/run|client,client/data,client/xml,client/scenario,client/profile,client/protocol,client/transport,client/tls,client/check,wbxml"
  "client/report|client,client/data,client/xml,client/run,client/check,client/scenario,client/profile,client/transport,client/tls,client/protocol,wbxml"
  "client/cli|client,client/data,client/xml,client/run,client/report,client/check,client/scenario,client/profile,client/protocol,client/transport,client/tls,wbxml"
  "client|client/cli"
  "lab|wbxml")
# The lab judges the client: of wbxml it may use the token tables and the decoder only.
set(lab_may "wbxml/tokens.h" "wbxml/code_pages.h" "wbxml/decoder.h" "wbxml/document.h" "wbxml/error.h" "wbxml/decode_options.h")
# Third-party headers, and the layers whose .cpp files may name them.
set(foreign
  "curl/|client/transport" "ares.h|client/transport" "openssl/|client/tls,client/transport,lab"
  "gnutls/|client/tls,client/transport,lab" "pugixml.hpp|client/xml,client/check,client/report,client/tls,client/profile"
  "CLI/|client/cli,lab" "nlohmann/|client/report,client/cli" "zlib.h|client/transport,client/cli,lab")

set(problems 0)
macro(complain text)
  message("${text}")
  math(EXPR problems "${problems} + 1")
endmacro()

function(layer_of file result)
  get_filename_component(folder "${file}" DIRECTORY)
  set(best "")
  foreach(row IN LISTS layers)
    string(REGEX REPLACE "\\|.*" "" name "${row}")
    string(FIND "${folder}/" "${name}/" at)
    string(LENGTH "${name}" length)
    string(LENGTH "${best}" best_length)
    if(at EQUAL 0 AND length GREATER best_length)
      set(best "${name}")
    endif()
  endforeach()
  set(${result} "${best}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE sources RELATIVE "${ROOT}" "${ROOT}/wbxml/*.h" "${ROOT}/wbxml/*.cpp" "${ROOT}/client/*.h"
     "${ROOT}/client/*.cpp" "${ROOT}/lab/*.h" "${ROOT}/lab/*.cpp")
foreach(source IN LISTS sources)
  layer_of("${source}" own)
  set(allowed "")
  foreach(row IN LISTS layers)
    if(row MATCHES "^${own}\\|(.*)$")
      string(REPLACE "," ";" allowed "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  file(STRINGS "${ROOT}/${source}" lines REGEX "^[ \t]*#[ \t]*include[ \t]*[<\"]")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^[^<\"]*[<\"]([^>\"]*).*" "\\1" included "${line}")
    if(included MATCHES "^(wbxml|client|lab)/")
      layer_of("${included}" theirs)
      if(theirs STREQUAL "client" AND NOT included MATCHES "^client/(diagnostic|words)\\.h$")
        complain("${source}: includes ${included}, which is in no layer")
      elseif(NOT theirs STREQUAL own AND NOT theirs IN_LIST allowed)
        complain("${source}: the layer ${own} may not include ${included}")
      elseif(own STREQUAL "lab" AND theirs STREQUAL "wbxml" AND NOT included IN_LIST lab_may)
        complain("${source}: the lab may not include ${included}")
      endif()
    else()
      foreach(row IN LISTS foreign)
        string(REGEX REPLACE "\\|.*" "" prefix "${row}")
        string(REGEX REPLACE ".*\\|" "" who "${row}")
        string(REPLACE "," ";" who "${who}")
        string(FIND "${included}" "${prefix}" at)
        if(at EQUAL 0)
          if(source MATCHES "\\.h$" AND NOT source MATCHES "_handles\\.h$|_pointers\\.h$|_impl\\.h$|curl_[a-z]+\\.h$|tls_watch\\.h$|internal")
            complain("${source}: a header shows ${included}; only private ones may (their names are listed here)")
          elseif(NOT own IN_LIST who)
            complain("${source}: the layer ${own} may not use ${included}")
          endif()
        endif()
      endforeach()
    endif()
  endforeach()
endforeach()
list(LENGTH sources count)
if(problems GREATER 0)
  message(FATAL_ERROR "${problems} includes break the layers (tests/layers.cmake says who may include whom)")
endif()
message("${count} files keep the layers")
