#pragma once
// A plan: a scenario compiled against a device and a site. Whatever can be refused has been refused, with its place in
// the file; what is left can only fail because of the world.

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/check/predicates.h"
#include "client/profile/device_profile.h"
#include "client/scenario/scenario.h"
#include "client/scenario/site.h"
#include "client/tls/hello.h"
#include "wbxml/template.h"

namespace easel {

struct CompiledWhen {
  When::Verdict verdict = When::Verdict::Skip;
  std::string reason;
  std::string note;
  std::vector<Assertion> predicates;
};

/// What a <hello> step sends.
struct PlannedHello {
  std::string name;            ///< the device's profile id, or versions and suites
  std::optional<Hello> hello;  ///< empty: the device's hello is not known,
  std::string reason;          ///< … and why
};

struct PlannedStep {
  Step step;
  std::string label;                      ///< id, with the row of its data where there is one
  std::string group;                      ///< id without the row, for steps that refer to any of them; may be empty
  std::vector<XmlAttribute> assignments;  ///< variables set before the step: call arguments, data rows
  std::vector<std::pair<std::string, wbxml::Template>> bodies;  ///< with the versions they are for
  std::vector<Assertion> assertions;
  std::vector<CompiledWhen> whens;
  std::optional<PlannedHello> hello;  ///< of a <hello> step
  std::vector<std::string> uses;      ///< variables that must have a value before the step can begin
};

struct Plan {
  Scenario scenario;
  std::string device;                            ///< profile id of the scenario's own device
  std::map<std::string, DeviceProfile> devices;  ///< by device name; "" is the scenario's own
  std::vector<PlannedStep> steps;
  std::vector<PlannedStep> cleanup;
  Variables parameters;
  std::vector<std::string> secrets;  ///< values of secret parameters, for masking
  int refused_logons = 0;            ///< failed log-ons of a real account that it may cause: as declared, or as counted
};

struct CompileContext {
  const DataFiles& data;
  const DeviceProfile& device;  ///< the run's device, used where the scenario names none
  const Site& site;
  Variables parameters;    ///< name=value of the command line
  bool read_only = false;  ///< refuse what changes server state
};

/// Compiles; every complaint of the file is returned at once.
std::expected<std::shared_ptr<const Plan>, Diagnostics> compile(ParsedScenario parsed, const CompileContext& context);

/// Variables that every plan has: ${user}, ${site.host}, ${device.id}, ${run.id}, … with their meaning, for the README.
struct BuiltinVariable {
  std::string_view name;
  std::string_view meaning;
};
std::span<const BuiltinVariable> builtin_variables();

}  // namespace easel
