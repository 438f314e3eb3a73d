#include "client/cli/progress_line.h"

#include <ostream>

namespace easel {

void ProgressLine::begin(const RunResult& head, std::size_t checks) {
  total_ = checks;
  if (active_) out_ << "\r\x1b[K" << "asking " << head.host << " as " << head.device << " …" << std::flush;
}

void ProgressLine::check_started(const std::string& id) {
  running_.insert(id);
  draw();
}

void ProgressLine::check_finished(const CheckResult& check) {
  running_.erase(check.id);
  ++done_;
  if (check.verdict.kind == VerdictKind::Fail) ++failed_;
  draw();
}

void ProgressLine::draw() {
  if (!active_) return;
  std::string line = std::to_string(done_) + "/" + std::to_string(total_);
  if (failed_ > 0) line += " · " + std::to_string(failed_) + " failed";
  if (!running_.empty()) line += " · " + *running_.begin();
  if (running_.size() > 1) line += " and " + std::to_string(running_.size() - 1) + " more";
  out_ << "\r\x1b[K" << line.substr(0, 90) << std::flush;
}

void ProgressLine::clear() {
  if (active_) out_ << "\r\x1b[K" << std::flush;
  active_ = false;
}

}  // namespace easel
