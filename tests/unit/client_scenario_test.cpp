// Complaints about scenario files: every one at its line and column, with the nearest known name, all at once.
#include <doctest/doctest.h>

#include "client_testing.h"

using namespace easel;
using namespace easel::testing;

namespace {
std::string complaints_in(std::string_view inside) {
  return complaints("<scenario id='t' version='1'>\n" + std::string(inside) + "\n</scenario>");
}
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
}  // namespace

TEST_CASE("all complaints of a file come at once, each at its place") {
  const std::string text = complaints(R"(<scenario id="t" version="1" severty="high">
  <step id="a" cmd="FoldrSync">
    <request><FolderSync xmlns="FolderHierarchy"><SyncKey>0</SyncKey></FolderSync></request>
    <statsu is="200"/>
    <status si="200"/>
  </step>
  <http id="b" method="GET" auth="basik"/>
  <http id="c" method="GET" path="/${dri.path}"/>
  <stpe id="d"/>
</scenario>)");
  CHECK(text ==
        "t.xml:1:1: <scenario> has no attribute 'severty'; did you mean 'severity'?\n"
        "t.xml:7:3: auth=\"basik\" is not a value of <http>; did you mean 'basic'?\n"
        "t.xml:9:3: <scenario> has no element <stpe>; did you mean 'step'?\n"
        "t.xml:2:3: no ActiveSync command is called 'FoldrSync'; did you mean 'FolderSync'?\n"
        "t.xml:4:5: no predicate <statsu>; did you mean 'status'?\n"
        "t.xml:5:5: <status> has no attribute 'si'; did you mean 'is'?\n"
        "t.xml:8:3: no variable ${dri.path} is known here\n");
}

TEST_CASE("names of WBXML are checked with their line, in requests and patterns") {
  const std::string text = complaints_in(R"(<step id="a" cmd="FolderSync">
    <request><FolderSync xmlns="FolderHierarchy"><SyncKy>0</SyncKy></FolderSync></request>
    <like><FolderSync xmlns="FolderHierarhcy"><Status>1</Status></FolderSync></like>
  </step>)");
  CHECK(has(text, "t.xml:3:50: the namespace 'FolderHierarchy' has no element <SyncKy>; did you mean <SyncKey>?"));
  CHECK(has(text, "t.xml:4:11: no code page has the namespace 'FolderHierarhcy'; did you mean 'FolderHierarchy'?"));
}

TEST_CASE("data, libraries, devices and files that are not there") {
  CHECK(has(complaints_in("<data name='d' href='nowhere.csv'/><http id='a' method='GET'/>"),
            "t.xml:2:1: the data cannot be read: "));
  CHECK(has(complaints_in("<data name='d'>a,b</data><http id='a' method='GET'/>"), "<data name=\"d\"> has no row"));
  CHECK(has(complaints_in("<data name='d'>a,b\n1</data><http id='a' method='GET'/>"), "line 2 has 1 cells"));
  CHECK(has(complaints_in("<data name='d'>a,a\n1,2</data><http id='a' method='GET'/>"), "two columns are called 'a'"));
  CHECK(has(complaints_in("<data name='dir'>p\n1</data><http id='a' method='GET' for-each='dri'/>"),
            "no <data> is called 'dri'; did you mean 'dir'?"));
  CHECK(has(complaints_in("<use href='nowhere.xml' as='l'/><http id='a' method='GET'/>"),
            "t.xml:2:1: the library cannot be read: "));
  CHECK(has(complaints_in("<call id='c' step='prov.all'/>"), "no library 'prov'"));
  CHECK(has(complaints_in("<http id='a' method='GET' device='b:wm6.11'/>"), "wm6.1"));
}

TEST_CASE("steps that refer to nothing") {
  CHECK(has(complaints_in("<http id='a' method='GET'/><http id='b' method='GET'><same-as step='aa'/></http>"),
            "no step 'aa' stands before this one; did you mean 'a'?"));
  CHECK(has(complaints_in("<http id='a' method='GET'/><wait for='a'/>"), "no background step 'a' before this <wait>"));
  CHECK(
      has(complaints_in("<http id='a' method='GET' background='yes'/>"), "nothing waits for the background step 'a'"));
  CHECK(has(complaints_in("<http id='a' method='GET'/><http id='a' method='GET'/>"), "a second step with the id 'a'"));
  CHECK(has(complaints_in("<http id='a' method='GET' scheme='http' auth='basic'/>"),
            "credentials never go over plain HTTP"));
}

TEST_CASE("an address from the wire is asked as nobody, and a step goes elsewhere over https only") {
  CHECK(has(complaints_in("<http id='a' method='GET' url='http://h/' auth='basic'/>"),
            "no credentials go to an address from the wire"));
  CHECK(has(complaints_in("<http id='a' method='GET' url='http://h/' host='x'/>"), "exclude each other"));
  CHECK(has(complaints_in("<http id='a' method='GET' url='${lst}'/>"), "no variable ${lst} is known here"));
  CHECK(has(complaints_in("<http id='a' method='GET' scheme='http' address='127.0.0.1'/>"), "is for https"));
  CHECK(complaints_in("<http id='a' method='GET' for-each='addresses' address='${addresses.at}'/>").empty());
  CHECK(has(complaints_in("<http id='a' method='GET'><revocation of='b'/></http>"),
            "no step 'b' stands before this one"));
}

TEST_CASE("variables: unknown ones, and those that easel sets itself") {
  CHECK(has(complaints_in("<http id='a' method='GET' path='/${site.hots}'/>"), "did you mean 'site.host'?"));
  CHECK(has(complaints_in("<step id='a' cmd='FolderSync'><like><FolderSync xmlns='FolderHierarchy'>"
                          "<SyncKey>${?inbox}</SyncKey></FolderSync></like></step>"),
            "${inbox} is set by easel and cannot be bound"));
  CHECK(has(complaints_in("<param name='n' required='yes'/><http id='a' method='GET' path='/${n}'/>"),
            "t.xml:2:1: the parameter 'n' has no value; give it with -D n=…"));
  CHECK(complaints("<scenario id='t' version='1'><param name='n' required='yes'/>"
                   "<http id='a' method='GET' path='/${n}'/></scenario>",
                   {{"n", "1"}})
            .empty());
}

TEST_CASE("expressions, reasons and versions are checked before anything is sent") {
  CHECK(has(complaints_in("<step id='a' cmd='Sync'><xpath test='//['/></step>"), "test is not XPath 1.0: "));
  CHECK(has(complaints_in("<step id='a' cmd='Sync'><repeat while='//['/></step>"), "is not XPath 1.0: "));
  const auto skips = [](const std::string& predicates) {
    return has(complaints_in("<http id='a' method='GET'><when verdict='skip' reason='absent'>" + predicates +
                             "</when></http>"),
               "holds also when no answer comes");
  };
  CHECK(skips("<not><status is='500'/></not>"));
  CHECK(skips("<value of='${site.role}' is='x'/><not><body is-wbxml='yes'/></not>"));
  CHECK(skips("<not><all-of><status is='500'/><body contains='x'/></all-of></not>"));
  CHECK(!skips("<answered/><not><status is='500'/></not>"));
  CHECK(!skips("<not><tls completed='yes'/></not>"));
  CHECK(has(complaints_in("<http id='a' method='GET'><when reason='absnt'><answered/></when></http>"),
            "'absnt' is not a reason to skip; did you mean 'absent'?"));
  CHECK(has(complaints_in("<needs site='rolle' is='single'/><http id='a' method='GET'/>"),
            "a site has no field 'rolle'; did you mean 'role'?"));
  CHECK(has(complaints_in("<needs command='Snyc'/><http id='a' method='GET'/>"), "did you mean 'Sync'?"));
  CHECK(has(complaints_in("<http id='a' method='POST'><send-body encoding='base64'>%%</send-body></http>"),
            "<send-body> is not base64"));
  CHECK(has(complaints("<scenario id='t' version='2'><http id='a' method='GET'/></scenario>"),
            "unknown version of the scenario format; this easel reads version=\"1\""));
  CHECK(has(complaints("<scenario id='t' version='1'></scenario>"), "<scenario> has no step"));
  CHECK(has(complaints("<scenario id='t' version='1'><step>"), "t.xml:1:"));
  CHECK(has(complaints("<!DOCTYPE x><scenario/>"), "a document type declaration is not allowed"));
}

TEST_CASE("wrong passwords are counted, whatever the file declares") {
  CHECK(plan("<scenario id='t' version='1'><step id='a' cmd='Sync' auth='wrong-password'/>"
             "<step id='b' cmd='Sync' auth='empty-password'/></scenario>")
            ->refused_logons == 2);
  CHECK(plan("<scenario id='t' version='1' refused-logons='3'><step id='a' cmd='Sync'/></scenario>")->refused_logons ==
        3);
}
