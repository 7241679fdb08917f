#pragma once

#include <memory>
#include <string>

#include "app/format/output_format.hpp"
#include "async/semaphore.hpp"
#include "base/unique_fd.hpp"
#include "io/output.hpp"
#include "io/spool.hpp"

namespace runnel {

/// `-o` with the name of a device, a pipe or an open descriptor: writes the bodies to it, each one
/// complete and in one piece, in the order of the inputs if that is kept. Records and texts of the
/// inputs are printed by another format.
///
/// A body is held until it is complete, beyond 256 KiB in an unnamed file, so that a failed
/// attempt leaves nothing behind and can be repeated.
class StreamFormat final : public OutputFormat {
public:
    /// \a name is for messages and records. \a loop must outlive this. \a printing prints records
    /// or texts, not bodies.
    StreamFormat(std::string name, UniqueFd stream, Loop& loop,
                 std::unique_ptr<OutputFormat> printing);

    [[nodiscard]] Task<Result<Need>> begin(Item& item) override;
    void answered(const http::Response& response, Item& item) override;
    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, Item& item) override;

private:
    [[nodiscard]] Task<Result<void>> write(Spool& body, Item& item);
    [[nodiscard]] Error cannot_write(int code) const;

    std::string name_;
    UniqueFd stream_;
    Output output_;
    std::unique_ptr<OutputFormat> printing_;
    Semaphore turn_{1};
};

}  // namespace runnel
