#include "base/system_error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace runnel {
namespace {

TEST(SystemError, SaysWhatFailedAndWhy) {
    const Error error = system_error(ErrorClass::Sink, "cannot open urls.txt", ENOENT);
    EXPECT_EQ(error.error_class(), ErrorClass::Sink);
    EXPECT_EQ(error.message(), "cannot open urls.txt: No such file or directory");
    EXPECT_EQ(error.code(), ENOENT);
}

TEST(SystemError, GivesTheReasonAloneWithoutASubject) {
    EXPECT_EQ(system_error(ErrorClass::Sink, "", EACCES).message(), "Permission denied");
}

}  // namespace
}  // namespace runnel
