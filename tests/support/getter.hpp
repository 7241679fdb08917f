#pragma once

#include <optional>

#include "async/context.hpp"
#include "async/task.hpp"
#include "async/task_group.hpp"
#include "base/deadline.hpp"
#include "support/fake_loop.hpp"

/// A task that gets one item from a Queue or from the tasks' side of a Channel and records how.
namespace runnel::test {

enum class Ending { Item, Nothing, Stopped, Running };

struct Got {
    Ending ending = Ending::Running;
    int item = 0;
};

template <class Source>
Task<void> get_into(Source& source, Deadline deadline, Got& got) {
    try {
        const std::optional<int> item = co_await source.get_until(deadline);
        got.ending = item ? Ending::Item : Ending::Nothing;
        got.item = item.value_or(0);
    } catch (const Cancelled&) {
        got.ending = Ending::Stopped;
    }
}

/// Returns what a getter of an empty \a source got when \a act is called right after it began to
/// wait.
template <class Source, class Act>
Got got_when(FakeLoop& loop, Source& source, Deadline deadline, Act act) {
    Got got;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get_into(source, deadline, got));
        act(group);
        co_await group.join();
    };
    run(loop, body());
    return got;
}

}  // namespace runnel::test
