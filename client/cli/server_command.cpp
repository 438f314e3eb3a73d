// easel server: what server products are known to do differently from the documents, and how we know.
#include <CLI/CLI.hpp>
#include <ostream>

#include "client/cli/command.h"
#include "client/data/data_files.h"
#include "client/report/text.h"
#include "client/xml/xml_tree.h"

namespace easel {
namespace {

constexpr std::string_view kFolder = "profiles/servers/";
constexpr std::string_view kSuffix = ".xml";

std::vector<std::string> server_ids(const DataFiles& data) {
  std::vector<std::string> out;
  for (const std::string& path : data.list(kFolder, kSuffix))
    out.push_back(path.substr(kFolder.size(), path.size() - kFolder.size() - kSuffix.size()));
  return out;
}

std::expected<XmlElement, Diagnostics> load_server(const DataFiles& data, const std::string& id) {
  const std::string path = std::string(kFolder) + id + std::string(kSuffix);
  const std::vector<std::string> known = server_ids(data);
  if (std::ranges::find(known, id) == known.end()) {
    const std::vector<std::string_view> views(known.begin(), known.end());
    return std::unexpected(Diagnostics{{"ID", 0, 0, "no server profile '" + id + "'", suggest(id, views)}});
  }
  const auto text = data.read(path);
  if (!text) return std::unexpected(Diagnostics{{path, 0, 0, text.error(), ""}});
  return read_xml(*text, data.display_name(path));
}

int list(const DataFiles& data, std::ostream& out, std::ostream& err) {
  for (std::string id : server_ids(data)) {
    const auto server = load_server(data, id);
    if (!server) return usage_error(server.error(), err);
    const auto count = static_cast<std::size_t>(std::ranges::count(server->children, "deviation", &XmlElement::name));
    const std::string observed = server->attribute_or("observed", "");
    id.resize(std::max<std::size_t>(18, id.size() + 1), ' ');
    out << id << server->attribute_or("title", "") << ", " << counted(count, "deviation")
        << (observed.empty() ? ", from sources" : ", observed on " + observed) << "\n";
  }
  return 0;
}

int show(const DataFiles& data, const std::string& id, std::ostream& out, std::ostream& err) {
  const auto server = load_server(data, id);
  if (!server) return usage_error(server.error(), err);
  const int columns = terminal_columns();
  out << id << ": " << server->attribute_or("title", "") << "\n";
  for (const XmlElement& e : server->children) {
    if (e.name != "deviation") continue;
    out << "\n  " << e.attribute_or("id", "") << "  (" << e.attribute_or("command", "any") << "; "
        << e.attribute_or("spec", "") << ")\n    " << wrapped(e.text, 4, columns) << "\n";
    for (const XmlElement& evidence : e.children) {
      if (evidence.name != "evidence") continue;
      const std::string sent = evidence.attribute_or("request", ""), source = evidence.attribute_or("source", "");
      std::string text = sent.empty() ? "source: " + source : "sent: " + sent + "; came back: " + evidence.text;
      text += " [" + evidence.attribute_or("confidence", "") + "]";
      out << "    " << wrapped(text, 4, columns) << "\n";
    }
  }
  return 0;
}

}  // namespace

int server_main(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  CLI::App app("Server products: what each does differently from the documents, and how we know.", "easel server");
  app.footer("Example: easel server show sogo");
  std::string action = "list", id, folder;
  app.add_option("ACTION", action, "list or show")->check(CLI::IsMember({"list", "show"}))->type_name("");
  app.add_option("ID", id, "product to show")->type_name("");
  app.add_option("--data", folder, "folder with own profiles")->type_name("DIR");
  if (const ParseOutcome parsed = parse_words(app, args, out, err); parsed.done) return parsed.code;
  const DataFiles data(folder);
  if (action == "list") return list(data, out, err);
  if (id.empty()) return usage_error({{"ID", 0, 0, "which product?", "easel server list names them"}}, err);
  return show(data, id, out, err);
}

}  // namespace easel
