#include "client/run/drive.h"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

namespace easel {
namespace {

using Clock = std::chrono::steady_clock;

class Driver {
 public:
  Driver(std::vector<DriveItem>& items, Transport& transport, const DriveOptions& options, DriveWatcher* watcher)
      : items_(items),
        transport_(transport),
        options_(options),
        watcher_(watcher),
        deadline_(Clock::now() + options.budget) {}

  void run() {
    check_limits();  // a run that was interrupted before begins nothing
    while (true) {
      start_more();
      if (active_.empty()) return drain();
      for (const std::size_t index : std::vector<std::size_t>(active_.begin(), active_.end())) pump(index);
      start_more();
      if (active_.empty()) continue;
      const auto limit = next_wake();
      if (owners_.size() == timers_.size()) {
        std::this_thread::sleep_for(limit);  // only pauses are under way
      } else {
        for (Completion& c : transport_.wait(limit)) complete(std::move(c));
      }
      fire_timers();
      check_limits();
    }
  }

 private:
  // Late answers of cancelled round trips must not meet the tickets of a later drive.
  void drain() {
    for (int i = 0; i < 50 && !cancelled_.empty(); ++i) {
      for (const Completion& c : transport_.wait(std::chrono::milliseconds(20))) cancelled_.erase(c.ticket);
    }
  }

  void cancel(Ticket ticket) {
    cancelled_.insert(ticket);
    transport_.cancel(ticket);
  }

  struct Owner {
    std::size_t index = 0;
    Ticket own = 0;
  };

  void start_more() {
    for (std::size_t i = 0; i < items_.size() && active_.size() < static_cast<std::size_t>(std::max(1, options_.jobs));
         ++i) {
      if (begun_.contains(i) || (items_[i].serial && serial_busy_)) continue;
      begun_.insert(i);
      active_.insert(i);
      if (items_[i].serial) serial_busy_ = true;
      if (watcher_) watcher_->started(i);
      if (stopping_) items_[i].run->stop(stop_reason_, stop_note_);
      pump(i);
    }
  }

  void pump(std::size_t index) {
    Run& run = *items_[index].run;
    while (auto action = run.next()) {
      const Ticket ticket = ++last_ticket_;
      if (auto* send = std::get_if<SendAction>(&*action)) {
        owners_[ticket] = {index, send->ticket};
        transport_.start(ticket, std::move(send->request));
      } else {
        const auto& pause = std::get<PauseAction>(*action);
        owners_[ticket] = {index, pause.ticket};
        timers_.emplace(Clock::now() + pause.duration, ticket);
      }
    }
    if (run.done()) finish(index);
  }

  void finish(std::size_t index) {
    if (!active_.contains(index)) return;
    active_.erase(index);
    if (items_[index].serial) serial_busy_ = false;
    forget(index);
    if (watcher_) watcher_->finished(index, *items_[index].run);
  }

  void complete(Completion completion) {
    const auto it = owners_.find(completion.ticket);
    if (it == owners_.end()) {
      cancelled_.erase(completion.ticket);
      return;
    }
    const Owner owner = it->second;
    owners_.erase(it);
    items_[owner.index].run->on(owner.own, completion.round_trip);
    pump(owner.index);
  }

  void fire_timers() {
    while (!timers_.empty() && timers_.begin()->first <= Clock::now()) {
      const Ticket ticket = timers_.begin()->second;
      timers_.erase(timers_.begin());
      const auto it = owners_.find(ticket);
      if (it == owners_.end()) continue;
      const Owner owner = it->second;
      owners_.erase(it);
      items_[owner.index].run->on_pause(owner.own);
      pump(owner.index);
    }
  }

  [[nodiscard]] std::chrono::milliseconds next_wake() const {
    auto limit = std::chrono::milliseconds(200);  // how soon Ctrl-C is noticed
    if (!timers_.empty()) {
      const auto until = std::chrono::duration_cast<std::chrono::milliseconds>(timers_.begin()->first - Clock::now()) +
                         std::chrono::milliseconds(1);
      limit = std::clamp(until, std::chrono::milliseconds(0), limit);
    }
    return limit;
  }

  void check_limits() {
    const int interrupts = options_.interrupts ? options_.interrupts->load() : 0;
    if (interrupts > seen_interrupts_) {
      seen_interrupts_ = interrupts;
      stop("interrupted", "interrupted by the user", interrupts > 1);
    } else if (!stopping_ && Clock::now() > deadline_) {
      stop("budget", "the run's time budget was used up (--time-limit)", false);
    } else if (stopping_ && Clock::now() > deadline_) {
      stop("budget", "the cleanup took too long", true);
    }
  }

  // Ends the steps of every Run; with `cleanup` true what they clean up, too.
  void stop(const char* reason, const char* note, bool cleanup) {
    stopping_ = true;
    stop_reason_ = reason;
    stop_note_ = note;
    deadline_ = Clock::now() + options_.cleanup;
    for (const std::size_t index : std::vector<std::size_t>(active_.begin(), active_.end())) {
      Run& run = *items_[index].run;
      if (!cleanup && run.cleaning_up()) continue;
      if (cleanup) {
        run.abandon(note);
      } else {
        run.stop(reason, note);
      }
      forget(index);
      pump(index);
    }
  }

  // What is under way for a Run is of no interest any more.
  void forget(std::size_t index) {
    std::vector<Ticket> old;
    for (const auto& [ticket, owner] : owners_) {
      if (owner.index == index) old.push_back(ticket);
    }
    for (const Ticket ticket : old) {
      owners_.erase(ticket);
      if (std::erase_if(timers_, [&](const auto& t) { return t.second == ticket; }) == 0) cancel(ticket);
    }
  }

  std::vector<DriveItem>& items_;
  Transport& transport_;
  const DriveOptions& options_;
  DriveWatcher* watcher_;
  Clock::time_point deadline_;
  std::set<std::size_t> begun_, active_;
  bool serial_busy_ = false;
  std::map<Ticket, Owner> owners_;
  std::multimap<Clock::time_point, Ticket> timers_;
  std::set<Ticket> cancelled_;
  Ticket last_ticket_ = 0;
  bool stopping_ = false;
  std::string stop_reason_, stop_note_;
  int seen_interrupts_ = 0;
};

}  // namespace

void drive(std::vector<DriveItem>& items, Transport& transport, const DriveOptions& options, DriveWatcher* watcher) {
  Driver(items, transport, options, watcher).run();
}

}  // namespace easel
