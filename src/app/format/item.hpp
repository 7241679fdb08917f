#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/journal/journal_entry.hpp"
#include "app/output/item_writer.hpp"
#include "http/trace.hpp"
#include "pipeline/etag_store.hpp"
#include "pipeline/input.hpp"
#include "pipeline/record.hpp"

namespace runnel {

/// One input of `fetch`, from when it is read until its record is made.
class Item {
public:
    Item(Input what, const JournalKey& name, TimePoint when, ItemWriter writer)
        : input(std::move(what)), key(name), read_at(when), out(std::move(writer)) {}

    Input input;
    JournalKey key;
    std::uint64_t left_number = 0;  ///< Number of the input in LeftInputs.
    TimePoint read_at;
    ItemWriter out;
    http::Trace trace;
    std::optional<std::string> body;  ///< Complete, for the record (`--body`).
    std::vector<std::string> values;  ///< Values of the response, for the text of `-w`.
    std::string file;                 ///< Path of the body (`-o`).
    bool not_modified = false;        ///< The version delivered by an earlier run is current.
    std::optional<EtagStore::Lesson> lesson;  ///< The version delivered (`--etag-store`).
    std::optional<Error> failure;

    /// Returns the URL of the last hop, without user name and password. There must be a request.
    [[nodiscard]] std::string asked_last() const {
        return trace.redirects > 0 ? trace.effective_url : input.request->url.redacted();
    }
    /// Returns the prefix of each line of its output, tag_of() the input; empty unless \a wanted.
    [[nodiscard]] std::string tag(bool wanted) const;
};

/// Returns \a input and a tab, as one column (append_field()): the beginning of a line of `--tag`.
[[nodiscard]] std::string tag_of(std::string_view input);

/// Makes the record of \a item, which ended at \a now. Moves strings out of it.
[[nodiscard]] Record to_record(Item& item, TimePoint now);

}  // namespace runnel
