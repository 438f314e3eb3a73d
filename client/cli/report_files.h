#pragma once
// --report FORMAT=FILE and --ci DIR: which reports are written where.

#include <expected>
#include <string>
#include <vector>

#include "client/diagnostic.h"
#include "client/run/run_result.h"

namespace easel {

struct ReportFile {
  std::string format;  ///< json, junit, tap, html
  std::string path;    ///< "-" is standard output
};

/// Reads "json=out.json" words; complaints name the known formats. `ci_folder` adds junit.xml and easel.json there.
std::expected<std::vector<ReportFile>, Diagnostics> parse_report_options(const std::vector<std::string>& words,
                                                                         const std::string& ci_folder);

/// Writes every report, each beside its place first and then renamed, so that a reader never sees half of one. Returns
/// one line for each that could not be written.
std::vector<std::string> write_reports(const RunResult& result, const std::vector<ReportFile>& files,
                                       std::ostream& out);

}  // namespace easel
