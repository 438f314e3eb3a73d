#pragma once
// The XML files of easel (scenarios, checks, profiles, site files) as plain values that remember where they stood.

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/diagnostic.h"

namespace easel {

/// Line and column, counted from 1.
struct XmlPlace {
  int line = 0;
  int column = 0;
  friend bool operator==(const XmlPlace&, const XmlPlace&) = default;
};

struct XmlAttribute {
  std::string name;
  std::string value;
  friend bool operator==(const XmlAttribute&, const XmlAttribute&) = default;
};

struct XmlElement {
  std::string name;
  std::vector<XmlAttribute> attributes;
  std::vector<XmlElement> children;
  std::string text;  ///< character data of this element alone, unchanged
  XmlPlace place;

  /// Value of an attribute, or nullptr.
  [[nodiscard]] const std::string* attribute(std::string_view attribute_name) const;
  /// Value of an attribute, or `fallback`.
  [[nodiscard]] std::string attribute_or(std::string_view attribute_name, std::string_view fallback) const;
  /// First child with this name, or nullptr.
  [[nodiscard]] const XmlElement* child(std::string_view child_name) const;
  /// `text` without blanks at both ends.
  [[nodiscard]] std::string trimmed_text() const;
  friend bool operator==(const XmlElement&, const XmlElement&) = default;
};

/// Reads a whole document. `file` names it in complaints. Refused: no root, more than 16 MiB, more than 100 levels, a
/// document type declaration (entities are never expanded from a file).
std::expected<XmlElement, Diagnostics> read_xml(std::string_view text, std::string_view file);

/// Collects complaints about elements of one file and checks attributes against a closed list.
class XmlChecker {
 public:
  explicit XmlChecker(std::string file) : file_(std::move(file)) {}

  void complain(const XmlElement& at, std::string message, std::string hint = {});
  /// Complains about every attribute that is not in `known`.
  void only_attributes(const XmlElement& element, std::span<const std::string_view> known);
  /// Complains about a child element that is not in `known`.
  void only_children(const XmlElement& element, std::span<const std::string_view> known);
  void unknown_child(const XmlElement& parent, const XmlElement& child, std::span<const std::string_view> known);
  /// The attribute's value; complains and returns "" when it is absent or empty.
  std::string required(const XmlElement& element, std::string_view attribute_name);
  /// The attribute as one of `values`, else a complaint and `fallback`.
  std::string one_of(const XmlElement& element, std::string_view attribute_name, std::string_view fallback,
                     std::span<const std::string_view> values);
  /// yes/no attribute.
  bool yes_no(const XmlElement& element, std::string_view attribute_name, bool fallback);
  /// A whole number in [low, high].
  long number(const XmlElement& element, std::string_view attribute_name, long fallback, long low, long high);
  /// A duration such as "250ms", "5s", "2m"; in milliseconds.
  long duration_ms(const XmlElement& element, std::string_view attribute_name, long fallback);

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] bool clean() const { return diagnostics_.empty(); }
  [[nodiscard]] Diagnostics take() { return std::move(diagnostics_); }
  [[nodiscard]] const Diagnostics& diagnostics() const { return diagnostics_; }

 private:
  std::string file_;
  Diagnostics diagnostics_;
};

/// `text` as element content or attribute value.
std::string escape_xml(std::string_view text);

/// "2s" → 2000; nullopt if it is not a number with ms, s, m or h (a bare number is seconds).
bool parse_duration_ms(std::string_view text, long& milliseconds);

}  // namespace easel
