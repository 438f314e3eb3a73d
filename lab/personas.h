#pragma once
// The personas: what kind of server the lab is before a fault changes it. Facts from the products' documented answers.

#include <span>

#include "lab/behaviour.h"
#include "lab/lab.h"

namespace easel::lab {

struct PersonaRow {
  PersonaInfo info;
  Behaviour (*make)();
};

[[nodiscard]] std::span<const PersonaRow> persona_rows();

}  // namespace easel::lab
