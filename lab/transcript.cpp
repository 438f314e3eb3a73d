#include "lab/transcript.h"

#include <utility>

namespace easel::lab {

namespace {
constexpr std::size_t kKeptBody = 1U << 20U;
}

void Transcript::add(TranscriptEntry entry) {
  if (!record_) return;
  if (entry.body.size() > kKeptBody) entry.body.resize(kKeptBody);
  const std::scoped_lock lock(mutex_);
  entry.order = next_++;
  entries_.push_back(std::move(entry));
}

std::vector<TranscriptEntry> Transcript::entries() const {
  const std::scoped_lock lock(mutex_);
  return entries_;
}

void Transcript::clear() {
  const std::scoped_lock lock(mutex_);
  entries_.clear();
}

std::string_view to_string(Event event) {
  switch (event) {
    case Event::tcp_accepted:
      return "tcp accepted";
    case Event::tcp_turned_away:
      return "tcp turned away";
    case Event::tls_done:
      return "tls done";
    case Event::tls_failed:
      return "tls failed";
    case Event::client_certificate:
      return "client certificate";
    case Event::request:
      return "request";
    case Event::response:
      return "response";
    case Event::wire:
      return "wire";
    case Event::broken:
      return "broken";
    case Event::closed:
      return "closed";
  }
  return "?";
}

}  // namespace easel::lab
