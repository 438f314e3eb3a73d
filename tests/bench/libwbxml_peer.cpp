#include "tests/bench/libwbxml_peer.h"

#include <dlfcn.h>

#include <cstdlib>
#include <utility>

namespace easel::bench {
namespace {

// Values of libwbxml 0.11's wbxml_conv.h.
constexpr int kActiveSync = 2402, kUtf8 = 106, kCompact = 0;

}  // namespace

struct LibwbxmlPeer::Calls {
  void* library = nullptr;
  int (*tree_from_wbxml)(const unsigned char*, unsigned, int, int, void**) = nullptr;
  void (*tree_destroy)(void*) = nullptr;
  int (*wx_create)(void**) = nullptr;
  void (*wx_gen_type)(void*, int) = nullptr;
  void (*wx_language)(void*, int) = nullptr;
  void (*wx_charset)(void*, int) = nullptr;
  void (*wx_keep_blanks)(void*) = nullptr;
  int (*wx_run)(void*, const unsigned char*, unsigned, unsigned char**, unsigned*) = nullptr;
  void (*wx_destroy)(void*) = nullptr;
  int (*xw_create)(void**) = nullptr;
  void (*xw_keep_blanks)(void*) = nullptr;
  void (*xw_no_table)(void*) = nullptr;
  void (*xw_no_public_id)(void*) = nullptr;
  int (*xw_run)(void*, const unsigned char*, unsigned, unsigned char**, unsigned*) = nullptr;
  void (*xw_destroy)(void*) = nullptr;

  template <class F>
  bool find(F& call, const char* name) const {
    call = reinterpret_cast<F>(dlsym(library, name));
    return call != nullptr;
  }
  bool find_all() {
    return find(tree_from_wbxml, "wbxml_tree_from_wbxml") && find(tree_destroy, "wbxml_tree_destroy") &&
           find(wx_create, "wbxml_conv_wbxml2xml_create") && find(wx_gen_type, "wbxml_conv_wbxml2xml_set_gen_type") &&
           find(wx_language, "wbxml_conv_wbxml2xml_set_language") &&
           find(wx_charset, "wbxml_conv_wbxml2xml_set_charset") &&
           find(wx_keep_blanks, "wbxml_conv_wbxml2xml_enable_preserve_whitespaces") &&
           find(wx_run, "wbxml_conv_wbxml2xml_run") && find(wx_destroy, "wbxml_conv_wbxml2xml_destroy") &&
           find(xw_create, "wbxml_conv_xml2wbxml_create") &&
           find(xw_keep_blanks, "wbxml_conv_xml2wbxml_enable_preserve_whitespaces") &&
           find(xw_no_table, "wbxml_conv_xml2wbxml_disable_string_table") &&
           find(xw_no_public_id, "wbxml_conv_xml2wbxml_disable_public_id") &&
           find(xw_run, "wbxml_conv_xml2wbxml_run") && find(xw_destroy, "wbxml_conv_xml2wbxml_destroy");
  }
};

std::unique_ptr<LibwbxmlPeer> LibwbxmlPeer::load() {
  auto calls = std::make_unique<Calls>();
  for (const char* name : {"libwbxml2.so.1", "libwbxml2.so"})
    if (calls->library == nullptr) calls->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (calls->library == nullptr) return nullptr;
  if (!calls->find_all()) {
    dlclose(calls->library);
    return nullptr;
  }
  return std::unique_ptr<LibwbxmlPeer>(new LibwbxmlPeer(std::move(calls)));
}

LibwbxmlPeer::LibwbxmlPeer(std::unique_ptr<Calls> calls) : calls_(std::move(calls)) {}
LibwbxmlPeer::~LibwbxmlPeer() { dlclose(calls_->library); }

bool LibwbxmlPeer::tree(const wbxml::Bytes& octets) const {
  void* tree = nullptr;
  const int error =
      calls_->tree_from_wbxml(octets.data(), static_cast<unsigned>(octets.size()), kActiveSync, kUtf8, &tree);
  if (tree != nullptr) calls_->tree_destroy(tree);
  return error == 0;
}

bool LibwbxmlPeer::to_xml(const wbxml::Bytes& octets, std::string& xml) const {
  void* conversion = nullptr;
  if (calls_->wx_create(&conversion) != 0) return false;
  calls_->wx_gen_type(conversion, kCompact);
  calls_->wx_language(conversion, kActiveSync);
  calls_->wx_charset(conversion, kUtf8);
  calls_->wx_keep_blanks(conversion);
  unsigned char* out = nullptr;
  unsigned length = 0;
  const int error = calls_->wx_run(conversion, octets.data(), static_cast<unsigned>(octets.size()), &out, &length);
  calls_->wx_destroy(conversion);
  if (error == 0 && out != nullptr) xml.assign(reinterpret_cast<char*>(out), length);
  std::free(out);
  return error == 0;
}

bool LibwbxmlPeer::from_xml(const std::string& xml, wbxml::Bytes& octets) const {
  void* conversion = nullptr;
  if (calls_->xw_create(&conversion) != 0) return false;
  calls_->xw_keep_blanks(conversion);
  calls_->xw_no_table(conversion);
  calls_->xw_no_public_id(conversion);
  unsigned char* out = nullptr;
  unsigned length = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(xml.data());
  const int error = calls_->xw_run(conversion, text, static_cast<unsigned>(xml.size()), &out, &length);
  calls_->xw_destroy(conversion);
  if (error == 0 && out != nullptr) octets.assign(out, out + length);
  std::free(out);
  return error == 0;
}

}  // namespace easel::bench
