#include "app/batch/json_sink.hpp"

#include <string_view>

#include "json/escape.hpp"

namespace runnel {

Task<Result<Verdict>> JsonSink::deliver(Batch& batch) {
    if (order() != nullptr) {
        co_await order()->turn(batch.number);
    }
    co_await output_.writable();
    std::string array;
    batch.for_each([&array](std::string_view line) {
        array += array.empty() ? '[' : ',';
        append_json_string(array, line);
    });
    array += "]\n";
    output_.append_from(array);
    co_return Verdict::accepted().printed_up_to(output_.appended());
}

Task<Result<void>> JsonSink::close() { co_return Result<void>(); }

}  // namespace runnel
