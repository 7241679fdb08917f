#include "http/cookie_jar.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "http/curl_error.hpp"
#include "support/named_file.hpp"

namespace runnel::http {
namespace {

/// A server's view of a jar: sets cookies as a response does.
class CookieJarTest : public testing::Test {
protected:
    explicit CookieJarTest(const std::string& file = "") : jar(file), easy_(curl_easy_init()) {
        require_curl(curl_easy_setopt(easy_.get(), CURLOPT_SHARE, jar.share()), "CURLOPT_SHARE");
    }

    void set(const std::string& host, const std::string& name) {
        // In Netscape's format, because libcurl takes only 50 Set-Cookie headers of a handle.
        const std::string line = "." + host + "\tTRUE\t/\tFALSE\t0\t" + name + "\t1";
        require_curl(curl_easy_setopt(easy_.get(), CURLOPT_COOKIELIST, line.c_str()), "COOKIELIST");
        jar.added(1);
    }
    void set(const std::string& host, int from, int to) {
        for (int i = from; i <= to; ++i) {
            set(host, "c" + std::to_string(i));
        }
    }
    /// Returns the names of the cookies of \a host, sorted.
    [[nodiscard]] std::vector<std::string> names(const std::string& host) const {
        std::vector<std::string> names;
        curl_slist* lines = nullptr;
        require_curl(curl_easy_getinfo(easy_.get(), CURLINFO_COOKIELIST, &lines), "COOKIELIST");
        for (const curl_slist* line = lines; line != nullptr; line = line->next) {
            const std::string text = line->data;
            if (text.find("\tFALSE\t1\t") != std::string::npos) {
                continue;  // libcurl lists expired cookies until the jar changes again
            }
            const std::size_t value = text.rfind('\t');
            const std::size_t name = text.rfind('\t', value - 1) + 1;
            if (host.empty() || text.find(host + '\t') == 1 || text.find(host + '\t') == 0) {
                names.push_back(text.substr(name, value - name));
            }
        }
        curl_slist_free_all(lines);
        std::ranges::sort(names);
        return names;
    }
    [[nodiscard]] std::size_t count(const std::string& host = "") const {
        return names(host).size();
    }

    CookieJar jar;

private:
    struct Free {
        void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    };
    std::unique_ptr<CURL, Free> easy_;
};

TEST_F(CookieJarTest, KeepsTheNewest50OfAHost) {
    set("a.test", 1, 50);
    EXPECT_EQ(count("a.test"), 50U);
    set("a.test", 51, 120);
    EXPECT_EQ(count("a.test"), 50U);
    const std::vector<std::string> kept = names("a.test");
    EXPECT_TRUE(std::ranges::binary_search(kept, "c120"));
    EXPECT_TRUE(std::ranges::binary_search(kept, "c71"));
    EXPECT_FALSE(std::ranges::binary_search(kept, "c70"));
}

TEST_F(CookieJarTest, LeavesTheCookiesOfOtherHosts) {
    set("a.test", 1, 40);
    set("b.test", 1, 200);
    EXPECT_EQ(count("a.test"), 40U);
    EXPECT_EQ(count("b.test"), 50U);
}

TEST_F(CookieJarTest, CountsACookieThatIsSetAgainOnce) {
    for (int i = 0; i < 200; ++i) {
        set("a.test", 1, 30);
    }
    EXPECT_EQ(count("a.test"), 30U);
}

TEST_F(CookieJarTest, KeepsAtMost3000) {
    for (int i = 0; i < 100; ++i) {
        set("host" + std::to_string(i) + ".test", 1, 40);
        EXPECT_LE(count(), CookieJar::kMaxCookies);
    }
    EXPECT_GT(count(), CookieJar::kMaxCookies * 8 / 10);
    EXPECT_EQ(count("host0.test"), 0U) << "the oldest are removed first";
    EXPECT_EQ(count("host99.test"), 40U);
}

class FileOfCookies : public CookieJarTest {
protected:
    FileOfCookies() : FileOfCookies(test::NamedFile(lines())) {}

    static std::string lines() {
        std::string lines;
        for (int i = 0; i < 70; ++i) {
            lines += "a.test\tFALSE\t/\tFALSE\t0\tf" + std::to_string(i) + "\t1\n";
        }
        return lines;
    }

private:
    explicit FileOfCookies(const test::NamedFile& file) : CookieJarTest(file.path()) {}
};

TEST_F(FileOfCookies, AreNeitherCountedNorRemoved) {
    EXPECT_EQ(count("a.test"), 70U);
    set("a.test", 1, 100);
    EXPECT_EQ(count("a.test"), 120U);
}

}  // namespace
}  // namespace runnel::http
