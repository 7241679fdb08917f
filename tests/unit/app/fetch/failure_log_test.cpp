#include "app/fetch/failure_log.hpp"

#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

Record failure(ErrorClass error_class, std::string input = "http://a/") {
    Record record;
    record.input = std::move(input);
    record.failure = Error(error_class, "why");
    return record;
}

std::string logged(std::initializer_list<Record> records) {
    testing::internal::CaptureStderr();
    Log log(Log::Level::Normal);
    FailureLog failures(log);
    for (const Record& record : records) {
        failures.log(record);
    }
    failures.log_cancelled();
    return testing::internal::GetCapturedStderr();
}

TEST(FailureLog, ExplainsEachClassOnce) {
    EXPECT_EQ(logged({failure(ErrorClass::Dns), failure(ErrorClass::Idle), failure(ErrorClass::Dns),
                      failure(ErrorClass::Idle)}),
              "runnel: http://a/: dns: why [the name does not resolve]\n"
              "runnel: http://a/: idle: why [the limit is --idle-timeout]\n"
              "runnel: http://a/: dns: why\n"
              "runnel: http://a/: idle: why\n");
}

TEST(FailureLog, DoesNotExplainClearClasses) {
    EXPECT_EQ(logged({failure(ErrorClass::BadInput), failure(ErrorClass::Internal)}),
              "runnel: http://a/: bad_input: why\nrunnel: http://a/: internal: why\n");
}

TEST(FailureLog, CountsCancelledInputs) {
    EXPECT_EQ(
        logged({failure(ErrorClass::Deadline, "http://a/"),
                failure(ErrorClass::Deadline, "http://b/"), failure(ErrorClass::Dns),
                failure(ErrorClass::Deadline, "http://c/"), failure(ErrorClass::Interrupted)}),
        "runnel: http://a/: dns: why [the name does not resolve]\n"
        "runnel: http://a/ and 2 others: deadline: why [the limit is --deadline]\n"
        "runnel: http://a/: interrupted: why [a signal ended the run]\n");
}

TEST(FailureLog, ShortensALongInput) {
    const std::string text = logged({failure(ErrorClass::BadInput, std::string(1U << 20, 'x'))});
    EXPECT_LT(text.size(), 2000U);
}

TEST(FailureLog, NamesTheFileAndLineOfTheInput) {
    Record in_file = failure(ErrorClass::BadInput);
    in_file.file_in = "urls.txt";
    in_file.line = 7;
    Record on_stdin = in_file;
    on_stdin.file_in = "-";
    EXPECT_EQ(logged({in_file, on_stdin}),
              "runnel: http://a/ (urls.txt, line 7): bad_input: why\n"
              "runnel: http://a/ (stdin, line 7): bad_input: why\n");
}

TEST(FailureLog, HidesPasswords) {
    const std::string text = logged({failure(ErrorClass::Connect, "http://u:secret@a/")});
    EXPECT_TRUE(text.starts_with("runnel: http://***@a/: connect")) << text;
}

TEST(FailureLog, IdentifiesARequestByItsUrl) {
    Record record = failure(ErrorClass::Connect, "{\"url\":\"http://a/\",\"body\":\"secret\"}");
    record.url = "http://a/";
    EXPECT_TRUE(logged({record}).starts_with("runnel: http://a/: connect: why"));
}

TEST(FailureLog, DoesNotPrintALineOfJson) {
    EXPECT_EQ(logged({failure(ErrorClass::BadInput, " {\"headers\":{\"Cookie\":\"secret\"}}")}),
              "runnel: a request in JSON: bad_input: why\n");
}

TEST(FailureLog, EscapesControlCharacters) {
    EXPECT_EQ(logged({failure(ErrorClass::BadInput, "\x1b[2J")}),
              "runnel: \\x1b[2J: bad_input: why\n");
}

}  // namespace
}  // namespace runnel
