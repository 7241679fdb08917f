#pragma once

#include "async/fake_loop.hpp"

namespace runnel::test {

using runnel::FakeLoop;

}  // namespace runnel::test
