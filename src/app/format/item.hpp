#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/journal/journal_entry.hpp"
#include "app/output/item_writer.hpp"
#include "http/trace.hpp"
#include "pipeline/etag_store.hpp"
#include "pipeline/input.hpp"
#include "pipeline/record.hpp"

namespace runnel {

/// One input of `fetch` on its way to its record.
class Item {
public:
    Item(Input what, const JournalKey& name, TimePoint when, ItemWriter writer)
        : input(std::move(what)), key(name), read_at(when), out(std::move(writer)) {}

    Input input;
    JournalKey key;
    TimePoint read_at;
    ItemWriter out;
    http::Trace trace;
    std::optional<std::string> body;  ///< Complete, for its record.
    std::vector<std::string> values;  ///< What the form has kept of the response for its end.
    std::string file;                 ///< Where its body goes (`-o`).
    bool not_modified = false;        ///< What an earlier run delivered is still good.
    std::optional<EtagStore::Lesson> lesson;  ///< What was delivered, if anybody wants to know.
    std::optional<Error> failure;

    /// The URL that was asked last, without user name and password; there must be a request.
    [[nodiscard]] std::string asked_last() const {
        return trace.redirects > 0 ? trace.effective_url : input.request->url.redacted();
    }
    /// What each of its lines begins with, if they are to be tagged.
    [[nodiscard]] std::string tag(bool wanted) const {
        return wanted ? input.text + '\t' : std::string();
    }
};

/// What became of \a item, which ends here: its strings are moved out of it.
[[nodiscard]] Record to_record(Item& item, TimePoint now);

}  // namespace runnel
