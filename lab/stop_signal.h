#pragma once
// One wake-up for every thread of a Lab: a file descriptor that becomes readable, and stays so, when the Lab ends.

namespace easel::lab {

class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void raise() const;
  [[nodiscard]] int fd() const { return fd_; }  ///< -1 if the system refused one

 private:
  int fd_;
};

}  // namespace easel::lab
