#include "client/cli/wbxml_json.h"

#include <nlohmann/json.hpp>

#include "wbxml/base64.h"
#include "wbxml/error.h"
#include "wbxml/xml_text.h"

namespace easel {
namespace {

using wbxml::Element;
using wbxml::NodeKind;
using Json = nlohmann::ordered_json;

std::string base64(std::string_view octets) {
  std::string text(wbxml::detail::base64_size(octets.size()) + wbxml::detail::kBase64Slack, '\0');
  wbxml::detail::base64_encode_for(wbxml::SimdLevel::automatic)(wbxml::as_bytes(octets), text.data());
  text.resize(wbxml::detail::base64_size(octets.size()));
  return text;
}

Json json_of(Element element) {
  Json node;
  if (element.kind() < NodeKind::text_piece)
    node["tag"] = wbxml::printed_namespace(element.tag().page) + ":" + wbxml::printed_name(element.tag());
  node["offset"] = element.offset();
  switch (element.kind()) {
    case NodeKind::empty:
      break;
    case NodeKind::container:
      node["content"] = Json::array();
      for (const Element child : element.children()) node["content"].push_back(json_of(child));
      break;
    case NodeKind::opaque:
    case NodeKind::opaque_piece:
      node["opaque"] = base64(element.text());
      break;
    default:
      node[element.is_not_xml() ? "text_base64" : "text"] =
          element.is_not_xml() ? base64(element.text()) : std::string(element.text());
  }
  return node;
}

}  // namespace

std::string wbxml_json(const wbxml::Document& document) {
  Json json;
  json["schema"] = "easel.wbxml/1";
  json["root"] = json_of(document.root());
  json["odd"] = Json::array();
  for (const wbxml::Error& oddity : document.oddities())
    json["odd"].push_back(
        {{"code", wbxml::name_of(oddity.code)}, {"offset", oddity.offset}, {"text", describe(oddity)}});
  return json.dump(2) + "\n";
}

}  // namespace easel
