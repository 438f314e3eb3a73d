#pragma once
// The tags that the lab reads and writes, one constant a row of the code pages ([MS-ASWBXML] Code Pages).
// Only the pages that the lab speaks are here. This is the lab's own copy on purpose: a wrong row in the
// client's table then shows as a disagreement on the wire and does not cancel itself.

#include <cstdint>

namespace easel::lab {

/// A WBXML tag: its code page and its token without the attribute and content bits.
struct Tag {
  std::uint8_t page = 0;
  std::uint8_t token = 0;
  friend bool operator==(Tag, Tag) = default;
};

namespace tags {
// clang-format off
namespace AirSync {
inline constexpr Tag Sync{0, 0x05}, Responses{0, 0x06}, Add{0, 0x07}, Change{0, 0x08}, Delete{0, 0x09},
    Fetch{0, 0x0A}, SyncKey{0, 0x0B}, ClientId{0, 0x0C}, ServerId{0, 0x0D}, Status{0, 0x0E}, Collection{0, 0x0F},
    Class{0, 0x10}, Version{0, 0x11}, CollectionId{0, 0x12}, GetChanges{0, 0x13}, MoreAvailable{0, 0x14},
    WindowSize{0, 0x15}, Commands{0, 0x16}, Options{0, 0x17}, FilterType{0, 0x18}, Truncation{0, 0x19},
    RTFTruncation{0, 0x1A}, Conflict{0, 0x1B}, Collections{0, 0x1C}, ApplicationData{0, 0x1D},
    DeletesAsMoves{0, 0x1E}, NotifyGUID{0, 0x1F}, Supported{0, 0x20}, SoftDelete{0, 0x21}, MIMESupport{0, 0x22},
    MIMETruncation{0, 0x23}, Wait{0, 0x24}, Limit{0, 0x25}, Partial{0, 0x26}, ConversationMode{0, 0x27},
    MaxItems{0, 0x28}, HeartbeatInterval{0, 0x29};
}
namespace Contacts {
inline constexpr Tag Anniversary{1, 0x05}, AssistantName{1, 0x06}, AssistantPhoneNumber{1, 0x07}, Birthday{1, 0x08},
    Body{1, 0x09}, BodySize{1, 0x0A}, BodyTruncated{1, 0x0B}, Business2PhoneNumber{1, 0x0C},
    BusinessAddressCity{1, 0x0D}, BusinessAddressCountry{1, 0x0E}, BusinessAddressPostalCode{1, 0x0F},
    BusinessAddressState{1, 0x10}, BusinessAddressStreet{1, 0x11}, BusinessFaxNumber{1, 0x12},
    BusinessPhoneNumber{1, 0x13}, CarPhoneNumber{1, 0x14}, Categories{1, 0x15}, Category{1, 0x16}, Children{1, 0x17},
    Child{1, 0x18}, CompanyName{1, 0x19}, Department{1, 0x1A}, Email1Address{1, 0x1B}, Email2Address{1, 0x1C},
    Email3Address{1, 0x1D}, FileAs{1, 0x1E}, FirstName{1, 0x1F}, Home2PhoneNumber{1, 0x20}, HomeAddressCity{1, 0x21},
    HomeAddressCountry{1, 0x22}, HomeAddressPostalCode{1, 0x23}, HomeAddressState{1, 0x24},
    HomeAddressStreet{1, 0x25}, HomeFaxNumber{1, 0x26}, HomePhoneNumber{1, 0x27}, JobTitle{1, 0x28},
    LastName{1, 0x29}, MiddleName{1, 0x2A}, MobilePhoneNumber{1, 0x2B}, OfficeLocation{1, 0x2C},
    OtherAddressCity{1, 0x2D}, OtherAddressCountry{1, 0x2E}, OtherAddressPostalCode{1, 0x2F},
    OtherAddressState{1, 0x30}, OtherAddressStreet{1, 0x31}, PagerNumber{1, 0x32}, RadioPhoneNumber{1, 0x33},
    Spouse{1, 0x34}, Suffix{1, 0x35}, Title{1, 0x36}, WebPage{1, 0x37}, YomiCompanyName{1, 0x38},
    YomiFirstName{1, 0x39}, YomiLastName{1, 0x3A}, CompressedRTF{1, 0x3B}, Picture{1, 0x3C}, Alias{1, 0x3D},
    WeightedRank{1, 0x3E};
}
namespace Email {
inline constexpr Tag Attachment{2, 0x05}, Attachments{2, 0x06}, AttName{2, 0x07}, AttSize{2, 0x08}, AttOid{2, 0x09},
    AttMethod{2, 0x0A}, AttRemoved{2, 0x0B}, Body{2, 0x0C}, BodySize{2, 0x0D}, BodyTruncated{2, 0x0E},
    DateReceived{2, 0x0F}, DisplayName{2, 0x10}, DisplayTo{2, 0x11}, Importance{2, 0x12}, MessageClass{2, 0x13},
    Subject{2, 0x14}, Read{2, 0x15}, To{2, 0x16}, Cc{2, 0x17}, From{2, 0x18}, ReplyTo{2, 0x19}, AllDayEvent{2, 0x1A},
    Categories{2, 0x1B}, Category{2, 0x1C}, DtStamp{2, 0x1D}, EndTime{2, 0x1E}, InstanceType{2, 0x1F},
    BusyStatus{2, 0x20}, Location{2, 0x21}, MeetingRequest{2, 0x22}, Organizer{2, 0x23}, RecurrenceId{2, 0x24},
    Reminder{2, 0x25}, ResponseRequested{2, 0x26}, Recurrences{2, 0x27}, Recurrence{2, 0x28}, Type{2, 0x29},
    Until{2, 0x2A}, Occurrences{2, 0x2B}, Interval{2, 0x2C}, DayOfWeek{2, 0x2D}, DayOfMonth{2, 0x2E},
    WeekOfMonth{2, 0x2F}, MonthOfYear{2, 0x30}, StartTime{2, 0x31}, Sensitivity{2, 0x32}, TimeZone{2, 0x33},
    GlobalObjId{2, 0x34}, ThreadTopic{2, 0x35}, MIMEData{2, 0x36}, MIMETruncated{2, 0x37}, MIMESize{2, 0x38},
    InternetCPID{2, 0x39}, Flag{2, 0x3A}, Status{2, 0x3B}, ContentClass{2, 0x3C}, FlagType{2, 0x3D},
    CompleteTime{2, 0x3E}, DisallowNewTimeProposal{2, 0x3F};
}
namespace Calendar {
inline constexpr Tag Timezone{4, 0x05}, AllDayEvent{4, 0x06}, Attendees{4, 0x07}, Attendee{4, 0x08}, Email{4, 0x09},
    Name{4, 0x0A}, Body{4, 0x0B}, BodyTruncated{4, 0x0C}, BusyStatus{4, 0x0D}, Categories{4, 0x0E},
    Category{4, 0x0F}, CompressedRTF{4, 0x10}, DtStamp{4, 0x11}, EndTime{4, 0x12}, Exception{4, 0x13},
    Exceptions{4, 0x14}, Deleted{4, 0x15}, ExceptionStartTime{4, 0x16}, Location{4, 0x17}, MeetingStatus{4, 0x18},
    OrganizerEmail{4, 0x19}, OrganizerName{4, 0x1A}, Recurrence{4, 0x1B}, Type{4, 0x1C}, Until{4, 0x1D},
    Occurrences{4, 0x1E}, Interval{4, 0x1F}, DayOfWeek{4, 0x20}, DayOfMonth{4, 0x21}, WeekOfMonth{4, 0x22},
    MonthOfYear{4, 0x23}, Reminder{4, 0x24}, Sensitivity{4, 0x25}, Subject{4, 0x26}, StartTime{4, 0x27},
    UID{4, 0x28}, AttendeeStatus{4, 0x29}, AttendeeType{4, 0x2A}, Attachment{4, 0x2B}, Attachments{4, 0x2C},
    AttName{4, 0x2D}, AttSize{4, 0x2E}, AttOid{4, 0x2F}, AttMethod{4, 0x30}, AttRemoved{4, 0x31},
    DisplayName{4, 0x32}, DisallowNewTimeProposal{4, 0x33}, ResponseRequested{4, 0x34},
    AppointmentReplyTime{4, 0x35}, ResponseType{4, 0x36}, CalendarType{4, 0x37}, IsLeapMonth{4, 0x38},
    FirstDayOfWeek{4, 0x39}, OnlineMeetingConfLink{4, 0x3A}, OnlineMeetingExternalLink{4, 0x3B}, ClientUid{4, 0x3C};
}
namespace Move {
inline constexpr Tag MoveItems{5, 0x05}, Move{5, 0x06}, SrcMsgId{5, 0x07}, SrcFldId{5, 0x08}, DstFldId{5, 0x09},
    Response{5, 0x0A}, Status{5, 0x0B}, DstMsgId{5, 0x0C};
}
namespace GetItemEstimate {
inline constexpr Tag GetItemEstimate{6, 0x05}, Version{6, 0x06}, Collections{6, 0x07}, Collection{6, 0x08},
    Class{6, 0x09}, CollectionId{6, 0x0A}, DateTime{6, 0x0B}, Estimate{6, 0x0C}, Response{6, 0x0D}, Status{6, 0x0E};
}
namespace FolderHierarchy {
inline constexpr Tag Folders{7, 0x05}, Folder{7, 0x06}, DisplayName{7, 0x07}, ServerId{7, 0x08}, ParentId{7, 0x09},
    Type{7, 0x0A}, Response{7, 0x0B}, Status{7, 0x0C}, ContentClass{7, 0x0D}, Changes{7, 0x0E}, Add{7, 0x0F},
    Delete{7, 0x10}, Update{7, 0x11}, SyncKey{7, 0x12}, FolderCreate{7, 0x13}, FolderDelete{7, 0x14},
    FolderUpdate{7, 0x15}, FolderSync{7, 0x16}, Count{7, 0x17}, Version{7, 0x18};
}
namespace MeetingResponse {
inline constexpr Tag CalendarId{8, 0x05}, CollectionId{8, 0x06}, MeetingResponse{8, 0x07}, RequestId{8, 0x08},
    Request{8, 0x09}, Result{8, 0x0A}, Status{8, 0x0B}, UserResponse{8, 0x0C}, Version{8, 0x0D}, InstanceId{8, 0x0E},
    ProposedStartTime{8, 0x10}, ProposedEndTime{8, 0x11}, SendResponse{8, 0x12};
}
namespace Tasks {
inline constexpr Tag Body{9, 0x05}, BodySize{9, 0x06}, BodyTruncated{9, 0x07}, Categories{9, 0x08},
    Category{9, 0x09}, Complete{9, 0x0A}, DateCompleted{9, 0x0B}, DueDate{9, 0x0C}, UtcDueDate{9, 0x0D},
    Importance{9, 0x0E}, Recurrence{9, 0x0F}, Type{9, 0x10}, Start{9, 0x11}, Until{9, 0x12}, Occurrences{9, 0x13},
    Interval{9, 0x14}, DayOfMonth{9, 0x15}, DayOfWeek{9, 0x16}, WeekOfMonth{9, 0x17}, MonthOfYear{9, 0x18},
    Regenerate{9, 0x19}, DeadOccur{9, 0x1A}, ReminderSet{9, 0x1B}, ReminderTime{9, 0x1C}, Sensitivity{9, 0x1D},
    StartDate{9, 0x1E}, UtcStartDate{9, 0x1F}, Subject{9, 0x20}, CompressedRTF{9, 0x21}, OrdinalDate{9, 0x22},
    SubOrdinalDate{9, 0x23}, CalendarType{9, 0x24}, IsLeapMonth{9, 0x25}, FirstDayOfWeek{9, 0x26};
}
namespace Ping {
inline constexpr Tag Ping{13, 0x05}, AutdState{13, 0x06}, Status{13, 0x07}, HeartbeatInterval{13, 0x08},
    Folders{13, 0x09}, Folder{13, 0x0A}, Id{13, 0x0B}, Class{13, 0x0C}, MaxFolders{13, 0x0D};
}
namespace Provision {
inline constexpr Tag Provision{14, 0x05}, Policies{14, 0x06}, Policy{14, 0x07}, PolicyType{14, 0x08},
    PolicyKey{14, 0x09}, Data{14, 0x0A}, Status{14, 0x0B}, RemoteWipe{14, 0x0C}, EASProvisionDoc{14, 0x0D},
    DevicePasswordEnabled{14, 0x0E}, AlphanumericDevicePasswordRequired{14, 0x0F},
    RequireStorageCardEncryption{14, 0x10}, PasswordRecoveryEnabled{14, 0x11}, DocumentBrowseEnabled{14, 0x12},
    AttachmentsEnabled{14, 0x13}, MinDevicePasswordLength{14, 0x14}, MaxInactivityTimeDeviceLock{14, 0x15},
    MaxDevicePasswordFailedAttempts{14, 0x16}, MaxAttachmentSize{14, 0x17}, AllowSimpleDevicePassword{14, 0x18},
    DevicePasswordExpiration{14, 0x19}, DevicePasswordHistory{14, 0x1A}, AllowStorageCard{14, 0x1B},
    AllowCamera{14, 0x1C}, RequireDeviceEncryption{14, 0x1D}, AllowUnsignedApplications{14, 0x1E},
    AllowUnsignedInstallationPackages{14, 0x1F}, MinDevicePasswordComplexCharacters{14, 0x20}, AllowWiFi{14, 0x21},
    AllowTextMessaging{14, 0x22}, AllowPOPIMAPEmail{14, 0x23}, AllowBluetooth{14, 0x24}, AllowIrDA{14, 0x25},
    RequireManualSyncWhenRoaming{14, 0x26}, AllowDesktopSync{14, 0x27}, MaxCalendarAgeFilter{14, 0x28},
    AllowHTMLEmail{14, 0x29}, MaxEmailAgeFilter{14, 0x2A}, MaxEmailBodyTruncationSize{14, 0x2B},
    MaxEmailHTMLBodyTruncationSize{14, 0x2C}, RequireSignedSMIMEMessages{14, 0x2D},
    RequireEncryptedSMIMEMessages{14, 0x2E}, RequireSignedSMIMEAlgorithm{14, 0x2F},
    RequireEncryptionSMIMEAlgorithm{14, 0x30}, AllowSMIMEEncryptionAlgorithmNegotiation{14, 0x31},
    AllowSMIMESoftCerts{14, 0x32}, AllowBrowser{14, 0x33}, AllowConsumerEmail{14, 0x34},
    AllowRemoteDesktop{14, 0x35}, AllowInternetSharing{14, 0x36}, UnapprovedInROMApplicationList{14, 0x37},
    ApplicationName{14, 0x38}, ApprovedApplicationList{14, 0x39}, Hash{14, 0x3A}, AccountOnlyRemoteWipe{14, 0x3B};
}
namespace Search {
inline constexpr Tag Search{15, 0x05}, Stores{15, 0x06}, Store{15, 0x07}, Name{15, 0x08}, Query{15, 0x09},
    Options{15, 0x0A}, Range{15, 0x0B}, Status{15, 0x0C}, Response{15, 0x0D}, Result{15, 0x0E}, Properties{15, 0x0F},
    Total{15, 0x10}, EqualTo{15, 0x11}, Value{15, 0x12}, And{15, 0x13}, Or{15, 0x14}, FreeText{15, 0x15},
    DeepTraversal{15, 0x17}, LongId{15, 0x18}, RebuildResults{15, 0x19}, LessThan{15, 0x1A}, GreaterThan{15, 0x1B},
    Schema{15, 0x1C}, Supported{15, 0x1D}, UserName{15, 0x1E}, Password{15, 0x1F}, ConversationId{15, 0x20},
    Picture{15, 0x21}, MaxSize{15, 0x22}, MaxPictures{15, 0x23};
}
namespace ResolveRecipients {
inline constexpr Tag ResolveRecipients{10, 0x05}, Response{10, 0x06}, Status{10, 0x07}, Type{10, 0x08},
    Recipient{10, 0x09}, DisplayName{10, 0x0A}, EmailAddress{10, 0x0B}, To{10, 0x10}, RecipientCount{10, 0x12};
}
namespace ValidateCert {
inline constexpr Tag ValidateCert{11, 0x05}, Certificates{11, 0x06}, Certificate{11, 0x07}, Status{11, 0x0A};
}
namespace Gal {
inline constexpr Tag DisplayName{16, 0x05}, Alias{16, 0x0A}, EmailAddress{16, 0x0F};
}
namespace AirSyncBase {
inline constexpr Tag BodyPreference{17, 0x05}, Type{17, 0x06}, TruncationSize{17, 0x07}, AllOrNone{17, 0x08},
    Body{17, 0x0A}, Data{17, 0x0B}, EstimatedDataSize{17, 0x0C}, Truncated{17, 0x0D}, Attachments{17, 0x0E},
    Attachment{17, 0x0F}, DisplayName{17, 0x10}, FileReference{17, 0x11}, Method{17, 0x12}, ContentId{17, 0x13},
    ContentLocation{17, 0x14}, IsInline{17, 0x15}, NativeBodyType{17, 0x16}, ContentType{17, 0x17},
    Preview{17, 0x18}, BodyPartPreference{17, 0x19}, BodyPart{17, 0x1A}, Status{17, 0x1B}, Add{17, 0x1C},
    Delete{17, 0x1D}, ClientId{17, 0x1E}, Content{17, 0x1F}, Location{17, 0x20}, Annotation{17, 0x21},
    Street{17, 0x22}, City{17, 0x23}, State{17, 0x24}, Country{17, 0x25}, PostalCode{17, 0x26}, Latitude{17, 0x27},
    Longitude{17, 0x28}, Accuracy{17, 0x29}, Altitude{17, 0x2A}, AltitudeAccuracy{17, 0x2B}, LocationUri{17, 0x2C},
    InstanceId{17, 0x2D};
}
namespace Settings {
inline constexpr Tag Settings{18, 0x05}, Status{18, 0x06}, Get{18, 0x07}, Set{18, 0x08}, Oof{18, 0x09},
    OofState{18, 0x0A}, StartTime{18, 0x0B}, EndTime{18, 0x0C}, OofMessage{18, 0x0D}, AppliesToInternal{18, 0x0E},
    AppliesToExternalKnown{18, 0x0F}, AppliesToExternalUnknown{18, 0x10}, Enabled{18, 0x11}, ReplyMessage{18, 0x12},
    BodyType{18, 0x13}, DevicePassword{18, 0x14}, Password{18, 0x15}, DeviceInformation{18, 0x16}, Model{18, 0x17},
    IMEI{18, 0x18}, FriendlyName{18, 0x19}, OS{18, 0x1A}, OSLanguage{18, 0x1B}, PhoneNumber{18, 0x1C},
    UserInformation{18, 0x1D}, EmailAddresses{18, 0x1E}, SMTPAddress{18, 0x1F}, UserAgent{18, 0x20},
    EnableOutboundSMS{18, 0x21}, MobileOperator{18, 0x22}, PrimarySmtpAddress{18, 0x23}, Accounts{18, 0x24},
    Account{18, 0x25}, AccountId{18, 0x26}, AccountName{18, 0x27}, UserDisplayName{18, 0x28}, SendDisabled{18, 0x29},
    RightsManagementInformation{18, 0x2B};
}
namespace ItemOperations {
inline constexpr Tag ItemOperations{20, 0x05}, Fetch{20, 0x06}, Store{20, 0x07}, Options{20, 0x08}, Range{20, 0x09},
    Total{20, 0x0A}, Properties{20, 0x0B}, Data{20, 0x0C}, Status{20, 0x0D}, Response{20, 0x0E}, Version{20, 0x0F},
    Schema{20, 0x10}, Part{20, 0x11}, EmptyFolderContents{20, 0x12}, DeleteSubFolders{20, 0x13}, UserName{20, 0x14},
    Password{20, 0x15}, Move{20, 0x16}, DstFldId{20, 0x17}, ConversationId{20, 0x18}, MoveAlways{20, 0x19};
}
namespace ComposeMail {
inline constexpr Tag SendMail{21, 0x05}, SmartForward{21, 0x06}, SmartReply{21, 0x07}, SaveInSentItems{21, 0x08},
    ReplaceMime{21, 0x09}, Source{21, 0x0B}, FolderId{21, 0x0C}, ItemId{21, 0x0D}, LongId{21, 0x0E},
    InstanceId{21, 0x0F}, Mime{21, 0x10}, ClientId{21, 0x11}, Status{21, 0x12}, AccountId{21, 0x13},
    Forwardees{21, 0x15}, Forwardee{21, 0x16}, Name{21, 0x17}, Email{21, 0x18};
}
namespace Email2 {
inline constexpr Tag UmCallerID{22, 0x05}, UmUserNotes{22, 0x06}, UmAttDuration{22, 0x07}, UmAttOrder{22, 0x08},
    ConversationId{22, 0x09}, ConversationIndex{22, 0x0A}, LastVerbExecuted{22, 0x0B},
    LastVerbExecutionTime{22, 0x0C}, ReceivedAsBcc{22, 0x0D}, Sender{22, 0x0E}, CalendarType{22, 0x0F},
    IsLeapMonth{22, 0x10}, AccountId{22, 0x11}, FirstDayOfWeek{22, 0x12}, MeetingMessageType{22, 0x13},
    IsDraft{22, 0x15}, Bcc{22, 0x16}, Send{22, 0x17};
}
// clang-format on
}  // namespace tags

}  // namespace easel::lab
