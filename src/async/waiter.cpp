#include "async/waiter.hpp"

#include <utility>

#include "async/debug.hpp"
#include "async/waits.hpp"
#include "base/ensure.hpp"

namespace runnel::detail {

WaiterList::~WaiterList() {
    RUNNEL_ENSURE(empty(), "a primitive was destroyed while tasks wait on it");
}

void WaiterList::append(Waiter& waiter) noexcept {
    waiter.list_ = this;
    waiter.previous_ = last_;
    waiter.next_ = nullptr;
    (last_ != nullptr ? last_->next_ : first_) = &waiter;
    last_ = &waiter;
}

void WaiterList::remove(Waiter& waiter) noexcept {
    (waiter.previous_ != nullptr ? waiter.previous_->next_ : first_) = waiter.next_;
    (waiter.next_ != nullptr ? waiter.next_->previous_ : last_) = waiter.previous_;
    waiter.list_ = nullptr;
}

bool Waiter::enter(std::coroutine_handle<> self, const Context& context) noexcept {
    self_ = self;
    context_ = &context;
    if (context.stop.stop_requested()) {
        outcome_ = Outcome::Stopped;
        return false;
    }
    return true;
}

void Waiter::begin() noexcept {
    outcome_ = Outcome::Waiting;
    if (debug::enabled()) {
        wait_number_ = debug::begin_wait(*this, self_);
    }
}

void Waiter::wait_in(WaiterList* list, Deadline deadline) {
    begin();
    if (list != nullptr) {
        list->append(*this);
    }
    if (!deadline.is_never()) {
        scheduler().call_at(*this, deadline.when());
    }
    if (context_->stop.stop_possible()) {
        on_stop_.emplace(context_->stop, OnStop{this});
    }
}

bool Waiter::end(Outcome outcome) noexcept {
    if (outcome_ != Outcome::Waiting) {
        return false;
    }
    outcome_ = outcome;
    if (wait_number_ != 0) {
        debug::end_wait(std::exchange(wait_number_, 0));
    }
    if (list_ != nullptr) {
        list_->remove(*this);
    }
    scheduler().cancel(*this);
    scheduler().post(self_);
    return true;
}

bool Waiter::leave() {
    on_stop_.reset();
    if (outcome_ == Outcome::Stopped) {
        throw Cancelled();
    }
    return outcome_ == Outcome::Late;
}

}  // namespace runnel::detail
