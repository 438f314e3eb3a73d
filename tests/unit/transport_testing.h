#pragma once
// What every transport test needs: a certificate family, requests to a test server, one round trip.

#include <memory>
#include <string>

#include "client/transport/curl_transport.h"
#include "tests/unit/transport_test_server.h"

namespace easel::testing {

/// Minted once for the whole binary.
const Family& family();
/// A server that sends the family's chain.
ServerOptions secure();
TrustPolicy trusting_family();
std::shared_ptr<ConnectionIdentity> identity();

/// GET https://localhost:port/ to 127.0.0.1, with 5 s bounds.
SendRequest get(const TestServer& server);
/// The same over http.
SendRequest plain_get(const TestServer& server);
SendRequest post(const TestServer& server, std::string body);
RoundTrip run(SendRequest request);
/// The round trip's failure; a test that gets none stops.
NetworkFailure network_failure(const RoundTrip& round_trip);
TlsFailure tls_failure(const RoundTrip& round_trip);
HttpResponse response(const RoundTrip& round_trip);

}  // namespace easel::testing
