#include "client/cli/report_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "client/report/report.h"

namespace easel {
namespace {

struct Format {
  std::string_view name;
  std::string (*render)(const RunResult&);
};

// A new report format is a row here and a file in client/report.
constexpr Format kFormats[] = {
    {"html", render_html}, {"json", render_json}, {"junit", render_junit}, {"tap", render_tap}};

const Format* find_format(std::string_view name) {
  const auto* it = std::ranges::find(kFormats, name, &Format::name);
  return it == std::end(kFormats) ? nullptr : it;
}

}  // namespace

std::expected<std::vector<ReportFile>, Diagnostics> parse_report_options(const std::vector<std::string>& words,
                                                                         const std::string& ci_folder) {
  std::vector<ReportFile> files;
  Diagnostics diagnostics;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    const std::string format = word.substr(0, equals);
    if (!find_format(format)) {
      std::vector<std::string_view> known;
      for (const Format& f : kFormats) known.push_back(f.name);
      diagnostics.push_back({"--report", 0, 0, "no report format '" + format + "'", suggest(format, known)});
    } else if (equals == std::string::npos || equals + 1 == word.size()) {
      diagnostics.push_back({"--report", 0, 0, "'" + word + "' names no file",
                             "for example " + format + "=report." + format + ", or " + format + "=-"});
    } else {
      files.push_back({format, word.substr(equals + 1)});
    }
  }
  if (!ci_folder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(ci_folder, error);
    if (error) diagnostics.push_back({"--ci", 0, 0, ci_folder + ": cannot be made: " + error.message(), ""});
    files.push_back({"junit", ci_folder + "/junit.xml"});
    files.push_back({"json", ci_folder + "/easel.json"});
  }
  for (const ReportFile& file : files) {
    const std::filesystem::path folder = std::filesystem::path(file.path).parent_path();
    if (file.path != "-" && !folder.empty() && !std::filesystem::is_directory(folder)) {
      diagnostics.push_back({"--report", 0, 0, file.path + ": no such folder " + folder.string(), "make it first"});
    }
  }
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return files;
}

std::vector<std::string> write_reports(const RunResult& result, const std::vector<ReportFile>& files,
                                       std::ostream& out) {
  std::vector<std::string> problems;
  for (const ReportFile& file : files) {
    const std::string text = find_format(file.format)->render(result);
    if (file.path == "-") {
      out << text;
      continue;
    }
    const std::string beside = file.path + ".part";
    std::ofstream stream(beside, std::ios::binary | std::ios::trunc);
    stream << text;
    stream.close();
    std::error_code error;
    if (stream) std::filesystem::rename(beside, file.path, error);
    if (!stream || error)
      problems.push_back("the report " + file.path +
                         " could not be written: " + (error ? error.message() : std::strerror(errno)));
  }
  return problems;
}

}  // namespace easel
