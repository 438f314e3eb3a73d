#pragma once
// The ActiveSync end point of the lab: versions, policy keys, and the table of commands ([MS-ASHTTP], [MS-ASCMD]).

#include <chrono>
#include <functional>
#include <string>

#include "lab/eas_request.h"
#include "lab/http_message.h"
#include "lab/mailbox.h"

namespace easel::lab {

/// What a command may use besides the request.
struct EasContext {
  const Behaviour& behaviour;
  Store& store;
  std::string user{};  ///< bare name of the account whose mailbox this is
  int ping_min_seconds = 1;
  int ping_max_seconds = 3540;
  /// Waits for the peer to leave, for the lab to stop, or for the file descriptor to become readable (ok).
  std::function<Io(std::chrono::milliseconds, int)> wait{};
};

/// Answers an authenticated request to the ActiveSync directory.
[[nodiscard]] HttpResponse answer_eas(const HttpRequest& http, const EasContext& context);

/// The MS-ASProtocolVersions, MS-ASProtocolCommands and MS-Server-ActiveSync headers of this server.
[[nodiscard]] Headers eas_headers(const EasShape& shape);

/// 200 with a WBXML body.
[[nodiscard]] HttpResponse wbxml_response(std::string body);
/// An HTTP error with a short HTML body.
[[nodiscard]] HttpResponse http_error(int status, std::string reason);
/// A common status ([MS-ASCMD] Common Status Codes): from 14.0 on a body with it, below the HTTP code that stands for
/// it.
[[nodiscard]] HttpResponse common_status(const EasRequest& request, int status);

// The commands. Each gets the decoded body (null if there was none) and its device; the store is not locked.
HttpResponse eas_provision(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_folder_sync(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_folder_change(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_sync(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_get_item_estimate(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_ping(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_send_mail(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_move_items(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_item_operations(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_get_attachment(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_search(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_resolve_recipients(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_validate_cert(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_meeting_response(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_get_hierarchy(const EasRequest& request, const Node* body, const EasContext& context);
HttpResponse eas_settings(const EasRequest& request, const Node* body, const EasContext& context);

/// The state of the requesting device in the mailbox of the context; made at first sight. Hold the store's lock.
[[nodiscard]] Device& device_of(const EasRequest& request, const EasContext& context);

}  // namespace easel::lab
