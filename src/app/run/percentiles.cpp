#include "app/run/percentiles.hpp"

namespace runnel {

void add_percentiles(JsonObjectWriter& object, std::string_view key, const Histogram& times) {
    if (times.count() == 0) {
        object.null(key);
        return;
    }
    object.begin_object(key);
    object.seconds("p50", times.percentile(50));
    object.seconds("p90", times.percentile(90));
    object.seconds("p99", times.percentile(99));
    object.seconds("max", times.max());
    object.end_object();
}

}  // namespace runnel
