#pragma once
// The record of everything that happened to a Lab, kept in order. Written by its threads, read by tests.

#include <mutex>
#include <string>
#include <vector>

#include "lab/lab.h"

namespace easel::lab {

class Transcript {
 public:
  explicit Transcript(bool record) : record_(record) {}
  /// Gives the entry its number and keeps it. Does nothing when recording is off.
  void add(TranscriptEntry entry);
  [[nodiscard]] std::vector<TranscriptEntry> entries() const;
  void clear();

 private:
  const bool record_;
  mutable std::mutex mutex_;
  std::uint64_t next_ = 1;
  std::vector<TranscriptEntry> entries_;
};

}  // namespace easel::lab
