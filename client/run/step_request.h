#pragma once
// From a planned step to the request that goes over the wire: credentials, route, identity, headers.

#include <expected>
#include <string>

#include "client/check/evidence.h"
#include "client/run/plan.h"
#include "client/run/run_context.h"

namespace easel {

/// Why a request cannot be made; always easel's or the scenario's fault, never the server's.
using RequestProblem = std::string;

/// The request of an Eas, Http or Connect step. Real credentials go only to hosts of the site, only over https, only
/// with a trust verdict in front; made-up ones may go over an untrusted session.
std::expected<SendRequest, RequestProblem> build_step_request(const PlannedStep& step, const DeviceState& device,
                                                              const RunContext& context, const Variables& variables);

/// OPTIONS with the step's credentials, as a device asks before its first command.
std::expected<SendRequest, RequestProblem> build_options_request(const PlannedStep& step, const DeviceState& device,
                                                                 const RunContext& context, const Variables& variables);

/// Provision, phase 1 (empty `temporary_key`) or phase 2.
std::expected<SendRequest, RequestProblem> build_provision_request(const PlannedStep& step, const DeviceState& device,
                                                                   const RunContext& context,
                                                                   const Variables& variables,
                                                                   const std::string& temporary_key);

/// Does the step send a password that works somewhere (and not a made-up or a wrong one)?
bool uses_real_password(const Step& step);
/// Does the step post the filled-in form of the SecurID page? The passcode is a credential, although it goes in a form.
bool posts_passcode(const Step& step);
/// Does the step name an account of the site, with its own password or a wrong one? A 401 then counts towards its
/// lock-out.
bool names_account(const Step& step);

/// Is it <step cmd="Provision"/> without a body of its own? Then both phases run in the device's own form.
bool provisions_itself(const Step& step);

/// "FolderSync", "OPTIONS /Exchange", "connect".
std::string describe_step(const Step& step, const Variables& variables);

}  // namespace easel
