#include "app/format/output_format.hpp"

namespace runnel {

/// What an earlier run printed was taken by its reader.
Task<Result<OutputFormat::Need>> OutputFormat::begin(Item& /*item*/) { co_return Need::Change; }

}  // namespace runnel
