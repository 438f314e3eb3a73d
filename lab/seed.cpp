#include <array>
#include <cstddef>

#include "lab/mailbox.h"

namespace easel::lab {

namespace {

constexpr std::int64_t kHour = 3600;
constexpr int kMails = 25;

/// 25 mails, two hours apart, the newest an hour old: the usual filter of three days sees them all.
void seed_mails(Store& store, Folder& inbox, std::string_view user) {
  constexpr std::array<const char*, 5> kSenders{"Ann Beebe <ann@contoso.test>", "Ben Smith <ben@fabrikam.test>",
                                                "Chris Gray <chris@contoso.test>", "Dana Birkby <dana@adatum.test>",
                                                "Erik Andersen <erik@contoso.test>"};
  constexpr std::array<const char*, 5> kSubjects{"Minutes of Monday", "Quarterly figures", "Lunch on Friday?",
                                                 "Grüße aus Köln", "Re: the new branch office"};
  for (int i = 0; i < kMails; ++i) {
    const auto n = static_cast<std::size_t>(i);
    Item mail;
    mail.date = seconds_now() - kHour - i * 2 * kHour;
    mail.read = i % 3 == 0;
    mail.from = kSenders.at(n % kSenders.size());
    mail.to = std::string(user) + "@contoso.test";
    mail.subject = std::string(kSubjects.at(n % kSubjects.size())) + " (" + std::to_string(kMails - i) + ")";
    mail.body =
        "Hello,\r\n\r\nthis is mail number " + std::to_string(kMails - i) + " of " + std::to_string(kMails) + ".\r\n";
    if (i == 3) {  // one body that every usual truncation cuts
      for (int line = 1; line <= 800; ++line) mail.body += "Line " + std::to_string(line) + " of a long text.\r\n";
    }
    if (i == 1) {
      mail.attachment_name = "figures.csv";
      mail.attachment = "quarter,amount\r\n1,100\r\n2,120\r\n3,90\r\n4,140\r\n";
    }
    store.add(inbox, std::move(mail));
  }
}

void seed_contacts(Store& store, Folder& contacts) {
  struct Row {
    const char *first, *last, *mail, *phone;
  };
  constexpr std::array<Row, 3> kRows{{{"Ann", "Beebe", "ann@contoso.test", "+1 425 555 0101"},
                                      {"Ben", "Smith", "ben@fabrikam.test", "+1 425 555 0102"},
                                      {"Jürgen", "Müller", "juergen@adatum.test", "+49 221 555 0103"}}};
  namespace c = tags::Contacts;
  for (const Row& row : kRows) {
    Item item;
    item.date = seconds_now();
    const auto add = [&](Tag tag, std::string text) {
      item.properties.push_back({.tag = tag, .text = std::move(text)});
    };
    add(c::FileAs, std::string(row.last) + ", " + row.first);
    add(c::FirstName, row.first);
    add(c::LastName, row.last);
    add(c::Email1Address, row.mail);
    add(c::MobilePhoneNumber, row.phone);
    store.add(contacts, std::move(item));
  }
}

/// TIME_ZONE_INFORMATION of UTC: 172 zero bytes, in base64.
std::string utc_zone() { return std::string(230, 'A') + "=="; }

void seed_calendar(Store& store, Folder& calendar) {
  namespace c = tags::Calendar;
  for (int i = 0; i < 2; ++i) {
    const std::int64_t start = (seconds_now() / kHour + 24 + i * 24) * kHour;
    Item item;
    item.date = start;
    const auto add = [&](Tag tag, std::string text) {
      item.properties.push_back({.tag = tag, .text = std::move(text)});
    };
    add(c::Timezone, utc_zone());
    add(c::AllDayEvent, "0");
    add(c::BusyStatus, "2");
    add(c::DtStamp, compact_date(seconds_now()));
    add(c::EndTime, compact_date(start + kHour));
    add(c::Location, i == 0 ? "Room 7" : "Lobby");
    add(c::Reminder, "15");
    add(c::Sensitivity, "0");
    add(c::Subject, i == 0 ? "Team meeting" : "Visitors from Fabrikam");
    add(c::StartTime, compact_date(start));
    add(c::UID, "0400000082" + std::to_string(start));
    add(c::MeetingStatus, "0");
    store.add(calendar, std::move(item));
  }
}

}  // namespace

void Store::seed(std::string_view user) {
  const auto held = lock();
  Mailbox& box = mailboxes_[std::string(user)];
  const auto folder = [&](const char* id, const char* name, int type, const char* parent = "0") {
    box.folders.push_back({.id = id, .parent = parent, .name = name, .type = type, .items = {}});
  };
  folder("5", "Inbox", kInbox);
  folder("6", "Drafts", kDrafts);
  folder("7", "Deleted Items", kDeleted);
  folder("8", "Sent Items", kSent);
  folder("9", "Calendar", kCalendar);
  folder("10", "Contacts", kContacts);
  folder("11", "Tasks", kTasks);
  // The marker of the account: whoever sees another user's folder name reads a foreign mailbox.
  folder("12", ("Projects of " + std::string(user)).c_str(), kUserMail, "5");
  seed_mails(*this, *box.folder_of_type(kInbox), user);
  seed_contacts(*this, *box.folder_of_type(kContacts));
  seed_calendar(*this, *box.folder_of_type(kCalendar));
}

}  // namespace easel::lab
