#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/browser/browser.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "client/report/report.h"
#include "tests/golden/report/canonical_result.h"

namespace easel {
namespace {

constexpr int kSkipped = 77;  // SKIP_RETURN_CODE of CMakeLists.txt

// A report as a file, for as long as the value lives.
class ReportFile {
 public:
  explicit ReportFile(const RunResult& result)
      : path_(std::filesystem::temp_directory_path() / ("easel-report-" + std::to_string(getpid()) + ".html")) {
    std::ofstream(path_, std::ios::binary) << render_html(result);
  }
  ReportFile(const ReportFile&) = delete;
  ReportFile& operator=(const ReportFile&) = delete;
  ~ReportFile() { std::filesystem::remove(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// One browser for all tests: starting one takes most of the time.
Browser& browser() {
  static Browser one(find_chromium());
  return one;
}

Browser& opened(const ReportFile& file, int width = 1280) {
  Browser& b = browser();
  b.allow_script(true);
  b.emulate("light");
  b.resize(width, 900, 1, width < 600);
  b.open_file(file.path());
  return b;
}

int shown(Browser& b) {
  return b.evaluate("[...document.querySelectorAll('details.check')].filter(c => c.checkVisibility()).length")
      .get<int>();
}

int count_of(Browser& b, const std::string& selector) {
  return b.evaluate("document.querySelectorAll(" + nlohmann::json(selector).dump() + ").length").get<int>();
}

std::string text_of(Browser& b, const std::string& selector) {
  return b.evaluate("document.querySelector(" + nlohmann::json(selector).dump() + ").innerText").get<std::string>();
}

TEST_CASE("the verdict stands at the top, and findings are open") {
  const ReportFile file(canonical_result());
  Browser& b = opened(file);
  CHECK(text_of(b, ".who").find("as wm6.1 · trusting only contoso-root.cer · axis guide") != std::string::npos);
  CHECK(text_of(b, ".badge") == "FINDINGS");
  CHECK(b.evaluate("document.querySelector('.badge').getBoundingClientRect().bottom < innerHeight").get<bool>());
  CHECK(count_of(b, "details.check[open]") == 3);
  CHECK(count_of(b, "details.check") == static_cast<int>(canonical_result().checks.size()));
  CHECK(text_of(b, "section.group h2").starts_with("Findings"));
}

TEST_CASE("filters by verdict, text and axis, and says how many are left") {
  const RunResult r = canonical_result();
  const ReportFile file(r);
  Browser& b = opened(file);
  const int all = static_cast<int>(r.checks.size());
  CHECK(shown(b) == all);
  b.click("#filter input[value=fail]");
  CHECK(shown(b) == static_cast<int>(count(r, VerdictKind::Fail)));
  b.click("#filter input[value=skip]");
  CHECK(shown(b) == static_cast<int>(count(r, VerdictKind::Fail) + count(r, VerdictKind::Skip)));
  CHECK(text_of(b, "#filter output") == std::to_string(shown(b)) + " of " + std::to_string(all) + " checks");
  b.click("#filter input[value=fail]");
  b.click("#filter input[value=skip]");
  b.press("/");  // the key that leads to the text filter
  for (const char key : std::string("folderhierarchy")) b.press(std::string(1, key));
  CHECK(shown(b) == 1);  // found inside a folded document
  b.press("Escape");
  CHECK(shown(b) == all);
  b.evaluate(
      "{ const s = document.querySelector('#filter select'); s.value = 'today';"
      " s.dispatchEvent(new Event('input', {bubbles: true})); }");
  CHECK(shown(b) == all - 1);  // the one check of the guide alone
  b.click("#filter input[type=search]");
  for (const char key : std::string("no such word")) b.press(std::string(1, key));
  CHECK(shown(b) == 0);
  CHECK(text_of(b, "#none") == "No check matches the filter.");
}

TEST_CASE("opens and closes by click and by keyboard") {
  const ReportFile file(canonical_result());
  Browser& b = opened(file);
  const std::string id = "[id='eas.foldersync.key0']";
  b.click(id + " > summary");
  CHECK(count_of(b, id + "[open]") == 1);
  b.click(id + " .trip > summary");
  CHECK(text_of(b, id + " .pair").find("<SyncKey>7</SyncKey>") == std::string::npos);  // the first pair is the request
  CHECK(text_of(b, id + " .trip").find("<SyncKey>7</SyncKey>") != std::string::npos);
  CHECK(text_of(b, id + " .pair .hex").starts_with("0000  03 01 6a 00 00 07 56 52"));
  b.evaluate("document.querySelector(\"" + id + " > summary\").focus()");
  b.press("Enter");
  CHECK(count_of(b, id + "[open]") == 0);
  b.click("button[data-open=yes]");
  CHECK(count_of(b, "details.check:not([open])") == 0);
  b.click("button[data-open=no]");
  CHECK(count_of(b, "details.check[open]") == 0);
}

TEST_CASE("the keyboard reaches everything that can be clicked") {
  const ReportFile file(canonical_result());
  Browser& b = opened(file);
  b.press("Tab");
  CHECK(b.evaluate("document.activeElement.className") == "skip");
  std::string seen;
  for (int i = 0; i < 30; ++i) {
    b.press("Tab");
    seen += b.evaluate("document.activeElement.tagName + ' '").get<std::string>();
  }
  for (const char* tag : {"INPUT ", "SELECT ", "BUTTON ", "SUMMARY "}) {
    CAPTURE(tag);
    CHECK(seen.find(tag) != std::string::npos);
  }
}

TEST_CASE("a link to a TLS session shows its handshake and its chain") {
  const ReportFile file(canonical_result());
  Browser& b = opened(file);
  b.click("[id='tls.cert.time.valid'] .trip > summary");
  b.click("[id='tls.cert.time.valid'] .trip a");
  const std::string hash = b.evaluate("location.hash").get<std::string>();
  REQUIRE(hash.starts_with("#tls-"));
  const std::string session = "[id='" + hash.substr(1) + "']";
  CHECK(
      b.evaluate("document.querySelector(\"" + session + "\").getBoundingClientRect().top < innerHeight").get<bool>());
  CHECK(text_of(b, session + " table").find("ECDHE-RSA-AES256-GCM-SHA384") != std::string::npos);
  CHECK(count_of(b, session + " .chain li") == 3);
  CHECK(text_of(b, session + " .complaint").find("expired") != std::string::npos);
}

TEST_CASE("no width makes the page scroll sideways") {
  const RunResult everything[] = {canonical_result(), result_full_of(std::string(2000, 'w'))};
  for (const RunResult& r : everything) {
    const ReportFile file(r);
    for (const int width : {320, 390, 768, 1280}) {
      Browser& b = opened(file, width);
      b.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })");
      CAPTURE(width);
      CHECK(b.evaluate("document.documentElement.scrollWidth").get<int>() <= width);
    }
  }
}

TEST_CASE("light, dark and printed differ; the filter is not printed, what failed is printed whole") {
  const ReportFile file(canonical_result());
  Browser& b = opened(file);
  const std::string colour = "getComputedStyle(document.body).backgroundColor";
  const std::string light = b.evaluate(colour).get<std::string>();
  b.emulate("dark");
  const std::string dark = b.evaluate(colour).get<std::string>();
  CHECK(light != dark);
  b.emulate("dark", "print");
  CHECK(b.evaluate(colour) == "rgb(255, 255, 255)");
  CHECK(b.evaluate("getComputedStyle(document.querySelector('#filter')).display") == "none");
  const auto printed = [&](const std::string& id) {
    const std::string body = "document.querySelector(\"[id='" + id + "'] .body\")";
    return b.evaluate(body + ".checkVisibility({contentVisibilityAuto: true}) && " + body + ".offsetHeight > 20")
        .get<bool>();
  };
  CHECK(count_of(b, "[id='surface.error-detail'][open]") == 0);  // below the threshold, so it is closed
  CHECK(printed("surface.error-detail"));
  CHECK(count_of(b, "[id='eas.foldersync.key0'][open]") == 0);
  CHECK_FALSE(printed("eas.foldersync.key0"));
  CHECK(b.evaluate("getComputedStyle(document.querySelector('.sign')).display") == "block");
}

TEST_CASE("without script everything can still be read") {
  const ReportFile file(canonical_result());
  Browser& b = opened(file);
  b.allow_script(false);
  b.open_file(file.path());
  CHECK(b.evaluate("document.querySelector('#filter').hidden").get<bool>());
  CHECK(count_of(b, "details.check[open]") == 3);
  b.click("[id='eas.foldersync.key0'] > summary");
  CHECK(count_of(b, "[id='eas.foldersync.key0'][open]") == 1);
}

TEST_CASE("a hostile server runs nothing, loads nothing and adds nothing") {
  const char* attacks[] = {
      "<script>window.taken = 1</script>",          "\"><img src='http://127.0.0.1:9/x' onerror='taken=1'>",
      "</script><script>window.taken = 1</script>", "' autofocus onfocus='window.taken=1",
      "</style><style>*{display:none}</style>",     "<iframe src='http://127.0.0.1:9/'></iframe>"};
  for (const char* attack : attacks) {
    const ReportFile file(result_full_of(attack));
    Browser& b = opened(file);
    CAPTURE(attack);
    CHECK(b.evaluate("typeof taken") == "undefined");
    CHECK(count_of(b, "script") == 1);
    CHECK(count_of(b, "img, iframe, object, embed, link, style:nth-of-type(2)") == 0);
    CHECK(text_of(b, ".who").find(attack) != std::string::npos);  // shown as it is
  }
}

// Runs last: it looks back on every page that was opened.
TEST_CASE("zz: no page asked for anything but itself, and none complained") {
  Browser& b = browser();
  CHECK(b.requests().size() > 10);
  for (const std::string& address : b.requests()) {
    CAPTURE(address);
    CHECK(address.starts_with("file://"));
    CHECK(address.find("easel-report-") != std::string::npos);
  }
  for (const std::string& complaint : b.complaints()) FAIL_CHECK(complaint);
}

}  // namespace
}  // namespace easel

int main(int argc, char** argv) {
  if (easel::find_chromium().empty()) {
    std::cout << "skipped: no headless Chromium; on Debian: apt-get install chromium-headless-shell, or name one in "
                 "EASEL_CHROMIUM\n";
    return easel::kSkipped;
  }
  doctest::Context context(argc, argv);
  context.setOption("order-by", "file");
  return context.run();
}
