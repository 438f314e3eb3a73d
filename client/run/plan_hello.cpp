#include "client/run/plan_hello.h"

#include "client/profile/device_hello.h"
#include "client/tls/hello_recipe.h"

namespace easel {
namespace {

XmlElement at(const Step& step) {
  XmlElement e;
  e.place = step.place;
  return e;
}

PlannedHello device_hello(const Step& step, const DeviceProfile& own, const DataFiles& data, const std::string& id,
                          XmlChecker& checker) {
  PlannedHello out;
  out.name = id.empty() ? own.id : id;
  std::optional<DeviceProfile> other;
  if (out.name != own.id) {
    auto profile = load_device_profile(data, out.name);
    if (!profile) {
      for (const Diagnostic& d : profile.error()) checker.complain(at(step), d.message, d.hint);
      return out;
    }
    other = std::move(*profile);
  }
  const DeviceProfile& profile = other ? *other : own;
  out.reason = "no capture of its hello is known";
  if (!profile.tls) return out;
  auto hellos = read_device_hellos(*profile.tls, data.display_name("profiles/devices/" + profile.id + ".xml"));
  if (!hellos) {
    for (const Diagnostic& d : hellos.error()) checker.complain(at(step), d.file + ": " + d.message, d.hint);
    return out;
  }
  if (const XmlElement* none = profile.tls->child("no-hello")) out.reason = none->attribute_or("reason", out.reason);
  if (!hellos->empty()) out.hello = std::move(hellos->front().hello);
  return out;
}

std::uint16_t version_of(const Step& step, std::string_view attribute, const std::string& text, std::uint16_t fallback,
                         XmlChecker& checker) {
  if (text.empty()) return fallback;
  const auto version = parse_version(text);
  if (!version)
    checker.complain(at(step), std::string(attribute) + "=\"" + text + "\" is no version of TLS",
                     "SSLv2, SSLv3, TLSv1.0 to TLSv1.3");
  return version.value_or(fallback);
}

}  // namespace

DataTable fleet_table(const Site& site, std::string_view own_device) {
  DataTable table;
  table.name = kFleetTable;
  table.columns = {"device"};
  for (const std::string& id : site.fleet) table.rows.push_back({id});
  if (table.rows.empty()) table.rows.push_back({std::string(own_device)});
  return table;
}

PlannedHello plan_hello(const Step& step, const DeviceProfile& own, const DataFiles& data, const Variables& rows,
                        XmlChecker& checker) {
  if (step.suites.empty()) return device_hello(step, own, data, expand(step.hello_device, rows), checker);
  HelloRecipe recipe;
  recipe.suites = expand(step.suites, rows);
  recipe.server_name = step.server_name;
  recipe.highest = version_of(step, "version", expand(step.highest, rows), kTls12Version, checker);
  recipe.lowest =
      version_of(step, "lowest", expand(step.lowest, rows), std::min(recipe.highest, kSsl3Version), checker);
  PlannedHello out;
  out.name = version_text(recipe.highest) + " with suites: " + recipe.suites;
  auto hello = make_hello(recipe);
  if (hello) {
    out.hello = std::move(*hello);
  } else {
    std::string classes;
    for (const std::string_view name : suite_classes()) classes += " " + std::string(name);
    checker.complain(at(step), hello.error(), "classes:" + classes);
  }
  return out;
}

}  // namespace easel
