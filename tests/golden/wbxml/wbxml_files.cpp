#include "tests/golden/wbxml/wbxml_files.h"

#include <zlib.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "wbxml/code_pages.h"

namespace easel::wbxml::test {
namespace {

std::string path_of(const std::string& name) { return std::string(EASEL_WBXML_GOLDEN_DIR "/") + name; }

std::string unpack(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error("cannot read " + path);
  std::string content;
  char block[65536];
  int got = 0;
  while ((got = gzread(file, block, sizeof block)) > 0) content.append(block, static_cast<std::size_t>(got));
  gzclose(file);
  if (got < 0) throw std::runtime_error("cannot unpack " + path);
  return content;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::stringstream stream(line);
  for (std::string field; std::getline(stream, field, '\t');) fields.push_back(field);
  return fields;
}

std::map<std::string, std::string> index_row(const std::string& name) {
  for (auto& row : read_table("corpus/index.tsv"))
    if (row["name"] == name) return row;
  throw std::runtime_error("no corpus document " + name);
}

// A pack is a run of [length, four octets, lowest first][document].
std::vector<std::string> split_pack(const std::string& pack) {
  std::vector<std::string> documents;
  for (std::size_t at = 0; at + 4 <= pack.size();) {
    std::size_t length = 0;
    for (std::size_t i = 4; i-- > 0;) length = length << 8 | static_cast<unsigned char>(pack[at + i]);
    documents.push_back(pack.substr(at + 4, length));
    at += 4 + length;
  }
  return documents;
}

std::vector<std::string> corpus_file(const std::string& name, const std::string& column) {
  std::string file = index_row(name)[column];
  if (file.ends_with(".gz")) file.resize(file.size() - 3);
  const std::string content = read_file("corpus/" + file);
  if (file.ends_with("pack")) return split_pack(content);
  return {content};
}

}  // namespace

bool has_file(const std::string& name) {
  return std::filesystem::exists(path_of(name)) || std::filesystem::exists(path_of(name + ".gz"));
}

std::string read_file(const std::string& name) {
  if (!std::filesystem::exists(path_of(name))) return unpack(path_of(name + ".gz"));
  std::ifstream file(path_of(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::map<std::string, std::string>> read_table(const std::string& name) {
  std::istringstream stream(read_file(name));
  std::string line;
  std::getline(stream, line);
  const std::vector<std::string> columns = fields_of(line);
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(stream, line)) {
    const std::vector<std::string> fields = fields_of(line);
    std::map<std::string, std::string> row;
    for (std::size_t i = 0; i < columns.size(); ++i) row[columns[i]] = i < fields.size() ? fields[i] : "";
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Bytes> corpus_documents(const std::string& name) {
  std::vector<Bytes> documents;
  for (const std::string& document : corpus_file(name, "wbxml_file")) documents.push_back(to_bytes(document));
  return documents;
}

std::vector<std::string> corpus_texts(const std::string& name) { return corpus_file(name, "xml_file"); }

std::vector<Tag> corpus_opaque_tags(const std::string& name) {
  std::vector<Tag> tags;
  std::stringstream stream(index_row(name)["opaque_tags"]);
  for (std::string tag; std::getline(stream, tag, ',');)
    if (const auto found = find_tag(tag)) tags.push_back(*found);
  return tags;
}

std::vector<std::string> corpus_names() {
  std::vector<std::string> names;
  for (auto& row : read_table("corpus/index.tsv")) names.push_back(row["name"]);
  return names;
}

}  // namespace easel::wbxml::test
