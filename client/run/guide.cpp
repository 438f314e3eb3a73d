#include "client/run/guide.h"

#include <algorithm>

namespace easel {
namespace {

constexpr GuideStep kSteps[] = {
    {"S1", "Encrypt, verify integrity, verify identity: deploy SSL at all", ""},
    {"S2", "Work with Run as instead of an administrator's log-on", "it concerns the administrator's own session"},
    {"S3", "Request a certificate with a key of 1024 bits", ""},
    {"S4", "Its common name is the full name that the devices will use", ""},
    {"S5", "Submit it to the authority as type Web Server", ""},
    {"S6", "Take the issued certificate and install it for the pending request", ""},
    {"S7", "Use the default SSL port, 443", ""},
    {"S8", "Validate: the server has the private key", ""},
    {"S9", "Add the authority to the trusted roots", ""},
    {"S10", "Intermediate authorities may be used instead", ""},
    {"S11", "Back up the certificate, and do not delete the key while exporting", ""},
    {"S12", "Six directories are to require SSL", ""},
    {"S13", "Tick Require secure channel on the default web site", ""},
    {"S14", "Let the directories inherit it", ""},
    {"S15", "No device may still connect without SSL", ""},
    {"S16", "Basic authentication on every directory that the proxy publishes", ""},
    {"S17", "No unauthenticated request reaches ActiveSync", ""},
    {"S18", "Clear every authentication method but Basic", ""},
    {"S19", "Set the default domain", ""},
    {"S20", "Integrated Windows authentication on the back end", ""},
    {"S21", "No forms-based authentication on any front end", ""},
    {"S22", "With ISA, forms on the ISA server only", ""},
    {"S23", "RSA SecurID: the server is an agent host", ""},
    {"S24", "Certificate authentication instead of Basic", ""},
    {"S25", "Turn off what is not needed", ""},
    {"S26", "UrlScan restricts requests and verbs", ""},
    {"S27", "UrlScan is set up so that Exchange still works", ""},
    {"S28", "IIS Lockdown with the Exchange template", ""},
    {"S29", "Apply the updates", ""},
};

}  // namespace

std::span<const GuideStep> guide_steps() { return kSteps; }

bool is_visible_step(std::string_view id) {
  return std::ranges::any_of(kSteps, [&](const GuideStep& s) { return s.id == id && s.why_invisible.empty(); });
}

int visible_guide_steps() {
  return static_cast<int>(std::ranges::count_if(kSteps, [](const GuideStep& s) { return s.why_invisible.empty(); }));
}

}  // namespace easel
