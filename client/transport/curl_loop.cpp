#include "client/transport/curl_loop.h"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace easel {

CurlLoop::CurlLoop(long idle_connections) : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return;
  multi_ = curl_multi_init();
  if (multi_ == nullptr) return;
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, idle_connections);
}

CurlLoop::~CurlLoop() {
  if (multi_ != nullptr) curl_multi_cleanup(multi_);
  if (epoll_ >= 0) close(epoll_);
  curl_global_cleanup();
}

int CurlLoop::on_socket(void*, int socket, int what, void* self, void* known) {
  auto& loop = *static_cast<CurlLoop*>(self);
  epoll_event event{};
  event.data.fd = socket;
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(loop.epoll_, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
  const int first = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (epoll_ctl(loop.epoll_, first, socket, &event) != 0) {
    // A descriptor number may come back before libcurl has told that the old one went.
    epoll_ctl(loop.epoll_, errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
  }
  curl_multi_assign(loop.multi_, socket, self);
  return 0;
}

int CurlLoop::on_timer(void*, long milliseconds, void* self) {
  auto& loop = *static_cast<CurlLoop*>(self);
  if (milliseconds < 0)
    loop.timer_.reset();
  else
    loop.timer_ = Clock::now() + std::chrono::milliseconds(milliseconds);
  return 0;
}

bool CurlLoop::add(void* easy) { return curl_multi_add_handle(multi_, easy) == CURLM_OK; }

void CurlLoop::remove(void* easy) { curl_multi_remove_handle(multi_, easy); }

bool CurlLoop::watch(int socket, bool write) {
  epoll_event event{};
  event.data.fd = socket;
  event.events = EPOLLIN | (write ? EPOLLOUT : 0U);
  const int how = watched_.insert(socket).second ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  return epoll_ctl(epoll_, how, socket, &event) == 0;
}

void CurlLoop::unwatch(int socket) {
  if (watched_.erase(socket) == 0) return;
  epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr);
  std::erase(ready_, socket);
}

std::vector<int> CurlLoop::take_ready() { return std::exchange(ready_, {}); }

std::vector<CurlLoop::Ended> CurlLoop::turn(Clock::time_point until) {
  if (timer_) until = std::min(until, *timer_);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  std::array<epoll_event, 256> events{};
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                               static_cast<int>(std::clamp<long long>(left, 0, 60'000)));
  int running = 0;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (watched_.contains(event.data.fd)) {
      ready_.push_back(event.data.fd);
      continue;
    }
    int what = 0;
    if ((event.events & (EPOLLIN | EPOLLHUP)) != 0) what |= CURL_CSELECT_IN;
    if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
    if ((event.events & EPOLLERR) != 0) what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(multi_, event.data.fd, what, &running);
  }
  if (timer_ && *timer_ <= Clock::now()) {
    timer_.reset();
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
  std::vector<Ended> ended;
  int waiting = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &waiting)) {
    if (message->msg == CURLMSG_DONE) ended.push_back({message->easy_handle, message->data.result});
  }
  return ended;
}

}  // namespace easel
