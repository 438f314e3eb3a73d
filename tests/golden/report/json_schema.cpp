#include "tests/golden/report/json_schema.h"

#include <algorithm>
#include <string_view>

namespace easel {
namespace {

using nlohmann::json;

class Validator {
 public:
  explicit Validator(const json& root) : root_(root) {}

  std::vector<std::string> run(const json& value) {
    check(root_, value, "$");
    return std::move(complaints_);
  }

 private:
  void complain(const std::string& path, const std::string& text) { complaints_.push_back(path + ": " + text); }

  static bool has_type(const std::string& type, const json& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return false;
  }

  void check(const json& schema, const json& value, const std::string& path) {
    for (const auto& [key, rule] : schema.items()) {
      if (key == "$ref") {
        const std::string pointer = rule.get<std::string>().substr(1);
        check(root_.at(json::json_pointer(pointer)), value, path);
      } else if (key == "type") {
        if (!has_type(rule, value)) complain(path, "is no " + rule.get<std::string>());
      } else if (key == "const") {
        if (value != rule) complain(path, "is not " + rule.dump());
      } else if (key == "enum") {
        if (std::ranges::find(rule, value) == rule.end()) complain(path, value.dump() + " is none of " + rule.dump());
      } else if (key == "required") {
        for (const json& name : rule) {
          if (!value.contains(name)) complain(path, "lacks " + name.get<std::string>());
        }
      } else if (key == "items") {
        for (std::size_t i = 0; i < value.size(); ++i) check(rule, value[i], path + "[" + std::to_string(i) + "]");
      } else if (key == "properties") {
        properties(rule, schema, value, path);
      } else if (key != "additionalProperties" && key != "description" && key != "title" && key != "$schema" &&
                 key != "$defs") {
        complain(path, "the schema's keyword " + key + " is not understood");
      }
    }
  }

  void properties(const json& rules, const json& schema, const json& value, const std::string& path) {
    if (!value.is_object()) return;
    for (const auto& [name, member] : value.items()) {
      if (rules.contains(name)) {
        check(rules.at(name), member, path + "." + name);
      } else if (schema.value("additionalProperties", true) == false) {
        complain(path, "has " + name + ", which the schema lacks");
      }
    }
  }

  const json& root_;
  std::vector<std::string> complaints_;
};

}  // namespace

std::vector<std::string> schema_complaints(const nlohmann::json& schema, const nlohmann::json& value) {
  return Validator(schema).run(value);
}

}  // namespace easel
