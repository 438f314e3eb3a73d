// Why bytes are refused as WBXML, and where. Values only; the text is made on request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace easel::wbxml {

enum class ErrorCode : std::uint8_t {
  empty_input,      ///< no octet at all: an empty body is not a document
  bad_version,      ///< version octet is not 03 (WBXML 1.3)
  bad_public_id,    ///< public identifier is not 1 (unknown)
  bad_charset,      ///< character set is not 106 (UTF-8)
  string_table,     ///< the string table is not empty
  bad_number,       ///< mb_u_int32 of more than five octets or above 2^32-1
  truncated,        ///< the input ends inside the document
  refused_token,    ///< a global token that ActiveSync does not use
  attributes,       ///< a tag with the attribute bit
  unknown_tag,      ///< the page has no such tag
  unknown_page,     ///< a tag on a code page above 25
  unexpected_end,   ///< END where no element is open
  second_root,      ///< a tag after the root element
  outside_root,     ///< text or opaque data outside the root element
  trailing_data,    ///< octets after the root element
  opaque_too_long,  ///< OPAQUE longer than the rest of the input
  too_deep,         ///< nesting beyond the limit
  bad_utf8,         ///< text that is not UTF-8
  no_root,          ///< the input ends before the root element
  too_large,        ///< 4 GiB or more in one buffer
  nul_in_text,      ///< writer: text holds a NUL octet
  bad_tag,          ///< writer: token outside 0x05..0x3F
  unbalanced,       ///< writer: END without open element, open elements left, or content outside the root
  count_            ///< number of codes
};

/// One refusal. For readers `offset` is the octet's position in the input and `octet` its value;
/// for the writer `offset` is the position in the output.
struct Error {
  ErrorCode code = ErrorCode::truncated;
  std::uint8_t octet = 0;
  std::uint8_t page = 0;  ///< current code page at that point
  std::uint64_t offset = 0;
  friend bool operator==(const Error&, const Error&) = default;
};

/// Short stable name of a code, e.g. "opaque_too_long".
[[nodiscard]] std::string_view name_of(ErrorCode code);

/// A sentence that names the token, its octet and its offset and says what is wrong with it.
[[nodiscard]] std::string describe(const Error& error);

}  // namespace easel::wbxml
