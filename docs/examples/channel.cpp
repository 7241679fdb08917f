// D6: a blocking thread and a task communicate through two channels. The channel of questions has a
// capacity of ten, so the thread has to wait for the task.
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <runnel/async/channel.hpp>
#include <runnel/async/gather.hpp>
#include <runnel/io/executor.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

/// Runs in a thread.
void ask(Channel<int>::Threads questions, Channel<std::string>::Threads answers) {
    int asked = 0;
    bool ten_at_most = true;
    while (asked < 100 && questions.put(asked + 1)) {
        ++asked;
        ten_at_most = ten_at_most && questions.size() <= 10;
    }
    questions.close();
    std::cout << "the thread has asked " << asked << " questions, "
              << (ten_at_most ? "ten" : "more than ten") << " at most in the channel\n";

    int got = 0;
    bool in_order = true;
    while (const std::optional<std::string> answer = answers.get()) {
        ++got;
        in_order = in_order && *answer == std::to_string(got * got);
    }
    std::cout << "and got " << got << " answers, " << (in_order ? "" : "not ") << "in order\n";
}

Task<void> ask_in_a_thread(Executor& executor, Channel<int>& questions,
                           Channel<std::string>& answers) {
    co_await executor.run(ask, questions.threads(), answers.threads());
}

Task<void> answer(Channel<int>::Tasks& questions, Channel<std::string>::Tasks& answers) {
    while (const std::optional<int> number = co_await questions.get()) {
        std::string square = std::to_string(*number * *number);
        static_cast<void>(co_await answers.put(std::move(square)));
    }
    answers.close();
}

Task<void> talk(Loop& loop) {
    Channel<int> questions(loop, 10);
    Channel<std::string> answers(loop, 100);
    Executor executor(loop, 1);
    std::vector<Task<void>> both;
    both.push_back(ask_in_a_thread(executor, questions, answers));
    both.push_back(answer(questions.tasks(), answers.tasks()));
    co_await gather(std::move(both));
}

int main() { run(talk); }
