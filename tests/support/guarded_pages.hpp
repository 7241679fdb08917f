#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string_view>

#include <gtest/gtest.h>

namespace runnel::test {

/// Memory followed by an inaccessible page: detects reads beyond the end in libraries that are not
/// compiled with a sanitizer.
class GuardedPages {
public:
    /// \a size is the maximum length of a text, in bytes.
    explicit GuardedPages(std::size_t size)
        : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))),
          usable_((size + page_ - 1) / page_ * page_) {
        void* const pages = ::mmap(nullptr, usable_ + page_, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        EXPECT_NE(pages, MAP_FAILED);
        begin_ = static_cast<char*>(pages);
        EXPECT_EQ(::mprotect(begin_ + usable_, page_, PROT_NONE), 0);
    }
    GuardedPages(const GuardedPages&) = delete;
    GuardedPages& operator=(const GuardedPages&) = delete;
    ~GuardedPages() { ::munmap(begin_, usable_ + page_); }

    /// Copies \a text to the end of the memory and returns the copy, valid until the next call.
    std::string_view put(std::string_view text) {
        char* const place = begin_ + usable_ - text.size();
        std::memcpy(place, text.data(), text.size());
        return {place, text.size()};
    }

private:
    std::size_t page_;
    std::size_t usable_;
    char* begin_ = nullptr;
};

}  // namespace runnel::test
