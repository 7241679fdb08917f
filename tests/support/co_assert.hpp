#pragma once

#include <gtest/gtest.h>

/// ASSERT_TRUE for the body of a `Task<void>`: gtest says `return` there, a coroutine may not.
#define CO_ASSERT_TRUE(condition)                            \
    if (condition) {                                         \
    } else {                                                 \
        ADD_FAILURE() << "Expected to be true: " #condition; \
        co_return;                                           \
    }                                                        \
    static_assert(true, "needs a semicolon")
