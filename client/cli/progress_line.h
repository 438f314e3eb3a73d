#pragma once
// What a person sees while a run is under way: one line that is rewritten, on a terminal only.

#include <iosfwd>
#include <set>
#include <string>

#include "client/run/verify.h"

namespace easel {

class ProgressLine : public Progress {
 public:
  ProgressLine(std::ostream& out, bool active) : out_(out), active_(active) {}
  ~ProgressLine() override { clear(); }
  void begin(const RunResult& head, std::size_t checks) override;
  void check_started(const std::string& id) override;
  void check_finished(const CheckResult& check) override;
  void clear();

 private:
  void draw();
  std::ostream& out_;
  bool active_;
  std::size_t total_ = 0, done_ = 0, failed_ = 0;
  std::set<std::string> running_;
};

}  // namespace easel
