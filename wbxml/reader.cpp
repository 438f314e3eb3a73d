#include "wbxml/reader.h"

namespace easel::wbxml::detail {

SlowAnswer slow_answer(Cursor cursor, StepNotes notes) {
  SlowAnswer answer{cursor, notes, {}};
  answer.token = slow_step(answer.cursor, answer.notes);
  return answer;
}

SlowAnswer open_answer(Cursor cursor, StepNotes notes) {
  SlowAnswer answer{cursor, notes, {}};
  answer.token = open_slowly(answer.cursor, answer.notes);
  return answer;
}

// TokenKind::end: nothing wrong follows the root.
SlowAnswer tail_answer(Cursor cursor, StepNotes notes) {
  SlowAnswer answer{cursor, notes, {}};
  if (read_tail(answer.cursor, answer.notes)) answer.token.kind = TokenKind::end;
  return answer;
}

}  // namespace easel::wbxml::detail
