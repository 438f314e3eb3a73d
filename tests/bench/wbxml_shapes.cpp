#include "tests/bench/wbxml_shapes.h"

#include <random>
#include <stdexcept>
#include <string_view>

#include "wbxml/code_pages.h"
#include "wbxml/writer.h"

namespace easel::bench {
namespace {

using namespace wbxml::tags;
using wbxml::Bytes;
using wbxml::Writer;

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}
  std::size_t number(std::size_t from, std::size_t to) { return from + random_() % (to - from + 1); }
  std::string digits(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('0' + number(0, 9));
    return text;
  }
  template <std::size_t n>
  std::string words(const std::string_view (&list)[n], std::size_t least_octets) {
    std::string text;
    while (text.size() < least_octets) {
      text += list[number(0, n - 1)];
      text += number(0, 9) == 0 ? ".\r\n" : " ";
    }
    return text;
  }
  std::string latin(std::size_t least) {
    static constexpr std::string_view kWords[] = {"mail",   "Søren",  "meeting", "server",  "quarter",
                                                  "Łukasz", "room",   "the",     "figures", "of",
                                                  "a",      "Zürich", "note",    "project"};
    return words(kWords, least);
  }
  std::string cyrillic(std::size_t least) {
    static constexpr std::string_view kWords[] = {"сервер",   "почта", "и",      "встреча",
                                                  "документ", "на",    "проект", "отчёт"};
    return words(kWords, least);
  }
  std::string cjk(std::size_t least) {
    static constexpr std::string_view kWords[] = {"会議",     "客户", "報告書，", "邮件",
                                                  "サーバー", "項目", "、明日",   "部门"};
    return words(kWords, least);
  }
  Bytes binary(std::size_t count) {
    Bytes octets(count);
    for (auto& octet : octets) octet = static_cast<std::uint8_t>(random_());
    return octets;
  }

 private:
  std::mt19937_64 random_;
};

Bytes finish(Writer& writer) {
  auto octets = writer.finish();
  if (!octets) throw std::logic_error("a shape is not well made");
  return std::move(*octets);
}

template <class Item>
Bytes sync_of(std::size_t items, Maker& make, Item&& item) {
  Writer w;
  w.start(AirSync::Sync).start(AirSync::Collections).start(AirSync::Collection);
  w.leaf(AirSync::SyncKey, make.digits(9)).leaf(AirSync::CollectionId, "5").leaf(AirSync::Status, "1");
  w.start(AirSync::Commands);
  for (std::size_t i = 0; i < items; ++i) {
    w.start(AirSync::Add).leaf(AirSync::ServerId, "5:" + std::to_string(i)).start(AirSync::ApplicationData);
    item(w);
    w.end().end();
  }
  w.end().end().end().end();
  return finish(w);
}

void mail(Writer& w, Maker& make, const std::string& subject, const std::string& body) {
  w.leaf(Email::To, "\"" + make.latin(12) + "\" <a@example.com>").leaf(Email::From, "b@example.com");
  w.leaf(Email::Subject, subject).leaf(Email::DateReceived, "2026-01-02T03:04:05.000Z").leaf(Email::Read, "0");
  if (body.empty()) return;
  w.start(AirSyncBase::Body).leaf(AirSyncBase::Type, "1");
  w.leaf(AirSyncBase::EstimatedDataSize, std::to_string(body.size())).leaf(AirSyncBase::Data, body).end();
  w.opaque_leaf(Email2::ConversationId, make.binary(16));
}

Bytes pictures(Maker& make) {
  Writer w;
  w.start(Search::Search).leaf(Search::Status, "1").start(Search::Response).start(Search::Store);
  for (int i = 0; i < 50; ++i) {
    w.start(Search::Result).start(Search::Properties).leaf(Gal::DisplayName, make.latin(14));
    w.leaf(Gal::Phone, make.digits(11)).leaf(Gal::EmailAddress, "c@example.com");
    w.start(Gal::Picture).leaf(Gal::Status, "1").opaque_leaf(Gal::Data, make.binary(make.number(2000, 9000))).end();
    w.end().end();
  }
  w.end().end().end();
  return finish(w);
}

Bytes tiny_fields(Maker& make) {
  Writer w;
  w.start(AirSync::Sync);
  for (int i = 0; i < 5000; ++i) w.leaf(AirSync::Status, make.digits(make.number(1, 3)));
  w.end();
  return finish(w);
}

Bytes nested(Maker& make) {
  Writer w;
  w.start(AirSync::Sync);
  for (int i = 0; i < 300; ++i) {
    const std::size_t depth = make.number(10, 60);
    for (std::size_t k = 0; k < depth; ++k) w.start(AirSync::Add);
    w.leaf(AirSync::ServerId, make.digits(5));
    for (std::size_t k = 0; k < depth; ++k) w.end();
  }
  w.end();
  return finish(w);
}

}  // namespace

wbxml::Bytes make_folders(std::size_t folders, std::uint64_t seed) {
  Maker make(seed);
  Writer w;
  w.start(FolderHierarchy::FolderSync).leaf(FolderHierarchy::Status, "1").leaf(FolderHierarchy::SyncKey, "1");
  w.start(FolderHierarchy::Changes);
  for (std::size_t i = 0; i < folders; ++i) {
    w.start(FolderHierarchy::Add)
        .leaf(FolderHierarchy::ServerId, std::to_string(i))
        .leaf(FolderHierarchy::ParentId, "0");
    w.leaf(FolderHierarchy::DisplayName, "Folder " + make.digits(make.number(1, 14)))
        .leaf(FolderHierarchy::Type, "12")
        .end();
  }
  w.end().end();
  return finish(w);
}

std::vector<Shape> make_shapes(std::uint64_t seed) {
  Maker make(seed);
  std::vector<Shape> shapes;
  shapes.push_back(
      {"h2-cyrillic", sync_of(100, make, [&](Writer& w) { mail(w, make, make.cyrillic(40), make.cyrillic(3000)); })});
  shapes.push_back({"h2-cjk", sync_of(60, make, [&](Writer& w) { mail(w, make, make.cjk(40), make.cjk(8000)); })});
  shapes.push_back({"s-contacts", sync_of(300, make, [&](Writer& w) {
                      w.leaf(Contacts::FirstName, make.latin(5)).leaf(Contacts::LastName, make.latin(8));
                      if (make.number(0, 1) == 0) w.leaf(Contacts::MobilePhoneNumber, make.digits(12));
                      if (make.number(0, 2) == 0) w.leaf(Contacts2::NickName, make.latin(4));
                    })});
  shapes.push_back({"s-headers", sync_of(400, make, [&](Writer& w) { mail(w, make, make.latin(35), ""); })});
  shapes.push_back({"s-folders", make_folders(300, seed)});
  shapes.push_back({"s-pictures", pictures(make)});
  shapes.push_back({"s-tiny-fields", tiny_fields(make)});
  shapes.push_back({"s-nested", nested(make)});
  return shapes;
}

}  // namespace easel::bench
