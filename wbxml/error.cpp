#include "wbxml/error.h"

#include <array>
#include <cstddef>

#include "wbxml/code_pages.h"
#include "wbxml/tokens.h"

namespace easel::wbxml {
namespace {

struct Wording {
  std::string_view name, sentence;
};

constexpr std::array<Wording, static_cast<std::size_t>(ErrorCode::count_)> kWordings{{
    {"empty_input", "there is no octet: an empty body is not a WBXML document"},
    {"bad_version", "the version must be 0x03 (WBXML 1.3)"},
    {"bad_public_id", "the public identifier must be 1 (unknown)"},
    {"bad_charset", "the character set must be 106 (UTF-8)"},
    {"string_table", "the string table must be empty"},
    {"bad_number", "a multi-byte integer of more than five octets or 32 bits"},
    {"truncated", "the input ends inside the document"},
    {"refused_token", "ActiveSync does not use this global token"},
    {"attributes", "a tag with attributes; ActiveSync has none"},
    {"unknown_tag", "the code page has no such tag"},
    {"unknown_page", "there is no such code page"},
    {"unexpected_end", "END where no element is open"},
    {"second_root", "a second root element"},
    {"outside_root", "content outside the root element"},
    {"trailing_data", "octets after the end of the root element"},
    {"opaque_too_long", "OPAQUE data longer than the rest of the input"},
    {"too_deep", "elements nested beyond the limit"},
    {"bad_utf8", "text that is not valid UTF-8"},
    {"no_root", "the input ends before a root element"},
    {"too_large", "4 GiB or more in one buffer; use the streaming reader"},
    {"nul_in_text", "text cannot hold a NUL"},
    {"bad_tag", "no tag has this token"},
    {"unbalanced", "starts and ends of elements do not match"},
}};

const Wording& wording(ErrorCode code) { return kWordings.at(static_cast<std::size_t>(code)); }

std::string hex(std::uint8_t octet) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  return {'0', 'x', digits[octet >> 4], digits[octet & 15]};
}

std::string_view guess(const Error& error) {
  if (error.offset != 0) return {};
  switch (error.octet) {
    case 0x1F:
      return " (this looks like gzip that was not unpacked)";
    case 0x3C:
      return " (this looks like XML or HTML)";
    case 0xEF:
      return " (this looks like text with a byte order mark)";
    case 0x02:
      return " (a version 1.2 header, or a multipart body that was not split)";
    default:
      return {};
  }
}

std::string subject(const Error& error) {
  const std::uint8_t token = error.octet & kTokenBits;
  switch (error.code) {
    case ErrorCode::refused_token:
    case ErrorCode::trailing_data:
    case ErrorCode::outside_root:
    case ErrorCode::opaque_too_long: {
      const std::string_view name = global_token_name(error.octet);
      return name.empty() ? hex(error.octet) : std::string(name) + " (" + hex(error.octet) + ")";
    }
    case ErrorCode::attributes:
    case ErrorCode::unknown_tag:
    case ErrorCode::unknown_page:
    case ErrorCode::second_root:
    case ErrorCode::too_deep:
    case ErrorCode::bad_tag: {
      const std::string_view name = tag_name({error.page, token});
      const std::string_view page = namespace_of(error.page);
      std::string text = "token " + hex(token) + " on code page " + std::to_string(error.page);
      if (!page.empty()) text += " " + std::string(page);
      if (!name.empty()) text += " (" + std::string(name) + ")";
      return text;
    }
    case ErrorCode::unexpected_end:
      return "END (0x01)";
    case ErrorCode::bad_version:
    case ErrorCode::bad_public_id:
    case ErrorCode::bad_charset:
    case ErrorCode::string_table:
    case ErrorCode::bad_number:
    case ErrorCode::bad_utf8:
      return "octet " + hex(error.octet);
    default:
      return {};
  }
}

}  // namespace

std::string_view name_of(ErrorCode code) { return wording(code).name; }

std::string describe(const Error& error) {
  const std::string about = subject(error);
  std::string text = "offset " + std::to_string(error.offset) + ": ";
  if (!about.empty()) text += about + ": ";
  text += wording(error.code).sentence;
  if (error.code == ErrorCode::bad_version) text += guess(error);
  return text;
}

}  // namespace easel::wbxml
