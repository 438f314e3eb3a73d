// report_screenshots REPORT.html FOLDER: how a report looks wide and narrow, light and dark, and printed.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "client/protocol/base64.h"
#include "tests/browser/browser.h"

namespace {

using easel::Browser;

void save(const std::filesystem::path& path, const nlohmann::json& result) {
  const auto octets = easel::base64_decode(result.at("data").get<std::string>());
  std::ofstream(path, std::ios::binary) << octets.value_or("");
}

void shoot(Browser& browser, const std::filesystem::path& path, bool whole) {
  nlohmann::json params = {{"format", "png"}, {"captureBeyondViewport", whole}};
  if (whole) {
    const nlohmann::json size = browser.evaluate(
        "({width: document.documentElement.scrollWidth, height: Math.min(document.documentElement.scrollHeight, "
        "9000)})");
    params["clip"] = {{"x", 0}, {"y", 0}, {"width", size["width"]}, {"height", size["height"]}, {"scale", 1}};
  }
  save(path, browser.call("Page.captureScreenshot", params));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::cerr << "usage: report_screenshots REPORT.html FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = argv[2];
  Browser browser(easel::find_chromium());
  browser.open_file(std::filesystem::absolute(argv[1]).string());
  for (const char* scheme : {"light", "dark"}) {
    browser.emulate(scheme);
    browser.resize(1280, 900);
    shoot(browser, folder / (std::string("wide-") + scheme + ".png"), false);
    browser.resize(390, 844, 2, true);
    shoot(browser, folder / (std::string("phone-") + scheme + ".png"), false);
    browser.evaluate("document.querySelectorAll('.trip').forEach((t, i) => { t.open = i < 3; })");
    shoot(browser, folder / (std::string("phone-whole-") + scheme + ".png"), true);
    browser.resize(1280, 900);
    shoot(browser, folder / (std::string("wide-whole-") + scheme + ".png"), true);
    browser.evaluate("document.querySelectorAll('.trip').forEach((t) => { t.open = false; })");
  }
  browser.emulate("light");
  save(folder / "printed.pdf", browser.call("Page.printToPDF", {{"printBackground", false}}));
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << "\n";
  return 1;
}
