// A request with holes: compiled once from XML with ${name} in its text, then filled and encoded without look-ups.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wbxml/tokens.h"
#include "wbxml/xml_reader.h"

namespace easel::wbxml {

/// One named value; plain text, never escaped.
struct Variable {
  std::string_view name, value;
};
using VariableMap = std::map<std::string, std::string, std::less<>>;

/// Why a template could not be filled.
struct TemplateError {
  enum class Code : std::uint8_t { missing, bad_utf8, nul_in_text, wrong_count } code = Code::missing;
  std::string variable;  ///< its name
};
[[nodiscard]] std::string describe(const TemplateError& error);

/// A value; compile it once. `${name}` may stand anywhere in text and in opaque="text"; `$${` is a literal "${".
/// A leaf whose text turns out empty is sent as an empty tag (<X/>).
class Template {
 public:
  [[nodiscard]] static std::expected<Template, XmlError> compile(std::string_view xml,
                                                                 const XmlReadOptions& options = {});
  /// Names in order of first appearance; the positions that `encode` with values expects.
  [[nodiscard]] std::span<const std::string> variables() const { return variables_; }

  /// Fills by position: values[i] belongs to variables()[i]. `reuse` gives its memory to the result.
  [[nodiscard]] std::expected<Bytes, TemplateError> encode(std::span<const std::string_view> values,
                                                           Bytes reuse = {}) const;

 private:
  friend class TemplateCompiler;
  struct Run {  // octets of literal_
    std::uint32_t begin = 0, length = 0;
  };
  struct Part {
    Run literal;
    std::int32_t variable = -1;  // or its number
  };
  struct Leaf {  // follows the literal octets `before`
    Run before;
    std::uint32_t first_part = 0, parts = 0;
    std::uint8_t octet = 0;  // tag without content bit; 0: the last row, literal octets only
    bool opaque = false;
  };
  [[nodiscard]] std::size_t length_of(const Leaf& leaf, std::span<const std::string_view> values) const;

  Bytes literal_;
  std::vector<Leaf> leaves_;
  std::vector<Part> parts_;
  std::vector<std::string> variables_;
};

/// Fills by name. Names that the template does not use are ignored; one that is missing is an error.
[[nodiscard]] std::expected<Bytes, TemplateError> encode(const Template& form, std::span<const Variable> variables,
                                                         Bytes reuse = {});
[[nodiscard]] std::expected<Bytes, TemplateError> encode(const Template& form, const VariableMap& variables,
                                                         Bytes reuse = {});

}  // namespace easel::wbxml
