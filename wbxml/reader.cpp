#include "wbxml/reader.h"

namespace easel::wbxml::detail {

SlowAnswer slow_answer(Cursor cursor, StepNotes notes) {
  SlowAnswer answer{cursor, notes, {}};
  answer.token = slow_step(answer.cursor, answer.notes);
  return answer;
}

SlowAnswer open_document(ByteView bytes, const DecodeOptions& options, std::vector<Error>* oddities) {
  SlowAnswer answer;
  answer.cursor = cursor_over(bytes, options);
  if (options.tolerant) answer.notes.oddities = oddities;
  if (read_header(answer.cursor, answer.notes)) answer.token = read_root(answer.cursor, answer.notes);
  return answer;
}

}  // namespace easel::wbxml::detail
