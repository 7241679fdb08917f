#include "app/format/file_format.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <climits>
#include <optional>
#include <utility>

#include "async/context.hpp"
#include "base/system_error.hpp"
#include "base/text.hpp"
#include "io/named_file.hpp"

namespace runnel {

namespace {

/// Size of one write (bytes).
constexpr std::size_t kBlock = std::size_t{64} << 10;
/// Threads that wait for the disk. Several, because file systems commit several syncs at once.
constexpr std::size_t kThreads = 8;

/// Its code is CURLE_WRITE_ERROR, which becomes the `exitcode` of the record.
Error cannot_write(const std::string& file, const std::string& why) {
    return Error(ErrorClass::Sink, fmt::format("cannot write {}: {}", file, why), 23);
}

}  // namespace

/// The file of one body. Used by one thread at a time.
class FileFormat::Body {
public:
    /// \a folder must outlive this. \a in_full is the name of the file if the option names it in
    /// full, so that a link is followed; else empty.
    Body(const Directory& folder, std::string path, std::string in_full)
        : folder_(folder), path_(std::move(path)), in_full_(std::move(in_full)) {}

    [[nodiscard]] bool has_block() const noexcept { return block_.size() >= kBlock; }
    void append(std::string_view piece) { block_ += piece; }

    [[nodiscard]] Result<void> write_block() {
        if (!file_) {
            RUNNEL_TRY_ASSIGN(AtomicFile created, create());
            file_.emplace(std::move(created));
        }
        Result<void> written = file_->write(block_);
        block_.clear();
        return written;
    }
    [[nodiscard]] Result<void> publish(AtomicFile::Existing existing) {
        RUNNEL_TRY(write_block());
        // With Existing::Keep, a file that appeared meanwhile is kept; that is not a failure.
        RUNNEL_TRY(file_->publish(existing));
        return {};
    }

private:
    [[nodiscard]] Result<AtomicFile> create() const {
        if (in_full_.empty()) {
            return folder_.create(path_);
        }
        RUNNEL_TRY_ASSIGN(const NamedFile file, NamedFile::find(in_full_));
        return file.create(AtomicFile::Access::Usual);
    }

    const Directory& folder_;
    std::string path_;
    std::string in_full_;
    std::string block_;
    std::optional<AtomicFile> file_;
};

FileFormat::FileFormat(FileTemplate files, Naming naming, FileNames names, Existing existing,
                       Scheduler& scheduler, const Directory& folder,
                       std::unique_ptr<OutputFormat> printing)
    : template_(std::move(files)),
      naming_(naming),
      existing_(existing),
      folder_(folder),
      printing_(std::move(printing)),
      names_(std::move(names)),
      disk_(scheduler, kThreads) {}

std::string FileFormat::below_folder(const Item& item) const {
    return item.file.substr(template_.folder().size());
}

/// Returns the name of the file if the option names it in full, else an empty text.
std::string FileFormat::in_full(const Item& item) const {
    return item.file == template_.full_name() ? item.file : std::string();
}

/// Whether the file of \a item exists.
Result<bool> FileFormat::exists(const Item& item) const {
    const std::string full = in_full(item);
    if (full.empty()) {
        return folder_.has(below_folder(item));
    }
    const Result<NamedFile> file = NamedFile::find(full);
    return file ? file->exists() : file.error();
}

Result<std::string> FileFormat::next_name(const Input& input) {
    std::string path = template_.path_of(input, ++begun_);
    if (naming_ == Naming::Numbered) {
        return names_.take(path);
    }
    RUNNEL_TRY(names_.claim(path, input.request->url.redacted()));
    return path;
}

/// Reserves the name of the input, so that no other input gets it. In an earlier run the input may
/// have had another name; that does not matter, because its file is not written again.
void FileFormat::skip(const Input& input) { static_cast<void>(next_name(input)); }

Task<Result<OutputFormat::Need>> FileFormat::begin(Item& item) {
    const Result<std::string> path = next_name(item.input);
    if (!path) {
        co_return Error(ErrorClass::Sink, path.error().message(), 23);
    }
    item.file = template_.folder() + *path;
    if (item.file.size() >= PATH_MAX) {
        co_return cannot_write(abbreviated(item.file, kMaxFileName), system_message(ENAMETOOLONG));
    }
    if (existing_ == Existing::Replace) {
        co_return Need::Body;
    }
    const auto look = [&] { return exists(item); };
    const Result<bool> there = co_await disk_.run(look);
    if (!there) {
        co_return cannot_write(item.file, there.error().message());
    }
    if (!*there) {
        co_return Need::Body;
    }
    co_return existing_ == Existing::Keep ? Need::Nothing : Need::Change;
}

void FileFormat::answered(const http::Response& response, Item& item) {
    printing_->answered(response, item);
}

Task<Result<void>> FileFormat::take(http::Response& response, Item& item) {
    Body body(folder_, below_folder(item), in_full(item));
    for (;;) {
        RUNNEL_CO_TRY_ASSIGN(const std::string_view piece, co_await response.read());
        if (piece.empty()) {
            break;
        }
        body.append(piece);
        Result<void> written = co_await write(body);
        if (!written) {
            co_return cannot_write(item.file, written.error().message());
        }
    }
    co_await item.out.writable();  // because conclude() does not wait
    const Result<void> published = co_await publish(body);
    if (!published) {
        co_return cannot_write(item.file, published.error().message());
    }
    co_return Result<void>();
}

Task<Result<void>> FileFormat::write(Body& body) {
    if (!body.has_block()) {
        co_return Result<void>();
    }
    const auto write = [&body] { return body.write_block(); };
    co_return co_await disk_.run(write);
}

/// A file whose publication has begun is delivered even if a stop is requested meanwhile.
Task<Result<void>> FileFormat::publish(Body& body) {
    const AtomicFile::Existing existing =
        existing_ == Existing::Keep ? AtomicFile::Existing::Keep : AtomicFile::Existing::Replace;
    std::optional<Result<void>> published;
    const auto publish = [&] { published = body.publish(existing); };
    try {
        co_await disk_.run(publish);
    } catch (const Cancelled&) {
        if (!published) {
            throw;
        }
    }
    co_return *std::move(published);
}

void FileFormat::conclude(const Record& record, Item& item) { printing_->conclude(record, item); }

}  // namespace runnel
