// The codec's API in fifteen lines; wbxml/README.md shows this file, and a test keeps the two equal.
#include <iostream>

#include "wbxml/code_pages.h"
#include "wbxml/decoder.h"
#include "wbxml/template.h"

int main() {
  using namespace easel::wbxml;
  const auto form = Template::compile("<FolderSync xmlns='FolderHierarchy'><SyncKey>${key}</SyncKey></FolderSync>");
  const Variable values[] = {{"key", "0"}};
  const auto request = encode(*form, values);  // the octets to send

  const auto document = decode(*request);  // views into *request: keep it
  if (!document) return std::cerr << describe(document.error()) << "\n", 1;
  const Element key = document->root().child(tags::FolderHierarchy::SyncKey);
  std::cout << key.name() << " = " << key.text() << " at offset " << key.offset() << "\n";
}
