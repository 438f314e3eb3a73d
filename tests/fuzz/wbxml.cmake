# Targets of the codec; the corpus of octets is shared by those that read WBXML.
foreach(form IN ITEMS document reader stream forms)
  easel_fuzz_target(NAME wbxml_${form}_fuzz SOURCES wbxml_${form}_fuzz.cpp
    LIBRARIES easel_wbxml_forms CORPUS corpus/wbxml)
endforeach()
easel_fuzz_target(NAME wbxml_writer_fuzz SOURCES wbxml_writer_fuzz.cpp LIBRARIES easel_wbxml_forms CORPUS corpus/wbxml_writer)
easel_fuzz_target(NAME wbxml_xml_fuzz SOURCES wbxml_xml_fuzz.cpp LIBRARIES easel_wbxml_forms CORPUS corpus/wbxml_xml)
