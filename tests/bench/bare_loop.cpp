// The least that libuv and libcurl can do for many URLs: what `runnel fetch` is measured against.
//
//     bare_loop URL COUNT JOBS
//
// Fetches URL COUNT times, JOBS at a time, reusing handles, and throws the bodies away. No input,
// no output, no records, no checks beyond counting the transfers that libcurl calls good; one poll
// handle a socket, stopped and started as libcurl says.
#include <curl/curl.h>
#include <uv.h>

#include <cstdio>
#include <cstdlib>

namespace {

struct Bare {
    uv_loop_t loop;
    uv_timer_t timer;
    CURLM* multi = nullptr;
    const char* url = nullptr;
    long left = 0;
    long good = 0;
};

Bare bare;

void drain() {
    int queued = 0;
    while (CURLMsg* message = curl_multi_info_read(bare.multi, &queued)) {
        CURL* easy = message->easy_handle;
        bare.good += message->data.result == CURLE_OK ? 1 : 0;
        curl_multi_remove_handle(bare.multi, easy);
        if (bare.left > 0) {
            --bare.left;
            curl_multi_add_handle(bare.multi, easy);
        } else {
            curl_easy_cleanup(easy);
        }
    }
}

void act(curl_socket_t socket, int flags) {
    int running = 0;
    curl_multi_socket_action(bare.multi, socket, flags, &running);
    drain();
}

void on_poll(uv_poll_t* poll, int status, int events) {
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    flags |= (events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0;
    flags |= (events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0;
    uv_os_fd_t socket = 0;
    uv_fileno(reinterpret_cast<uv_handle_t*>(poll), &socket);
    act(socket, flags);
}

int on_socket(CURL*, curl_socket_t socket, int what, void*, void* known) {
    auto* poll = static_cast<uv_poll_t*>(known);
    if (what == CURL_POLL_REMOVE) {
        if (poll != nullptr) {
            uv_poll_stop(poll);
            uv_close(reinterpret_cast<uv_handle_t*>(poll),
                     [](uv_handle_t* closed) { delete reinterpret_cast<uv_poll_t*>(closed); });
            curl_multi_assign(bare.multi, socket, nullptr);
        }
        return 0;
    }
    if (poll == nullptr) {
        poll = new uv_poll_t;
        uv_poll_init_socket(&bare.loop, poll, socket);
        curl_multi_assign(bare.multi, socket, poll);
    }
    const int events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) |
                       ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
    uv_poll_start(poll, events, on_poll);
    return 0;
}

int on_timer(CURLM*, long milliseconds, void*) {
    if (milliseconds < 0) {
        uv_timer_stop(&bare.timer);
    } else {
        uv_timer_start(
            &bare.timer, [](uv_timer_t*) { act(CURL_SOCKET_TIMEOUT, 0); },
            static_cast<unsigned long>(milliseconds), 0);
    }
    return 0;
}

std::size_t ignore(char*, std::size_t, std::size_t size, void*) { return size; }

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: %s URL COUNT JOBS\n", argv[0]);
        return 2;
    }
    bare.url = argv[1];
    const long count = std::atol(argv[2]);
    const long jobs = std::atol(argv[3]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    uv_loop_init(&bare.loop);
    uv_timer_init(&bare.loop, &bare.timer);
    bare.multi = curl_multi_init();
    curl_multi_setopt(bare.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(bare.multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(bare.multi, CURLMOPT_MAXCONNECTS, jobs + 32);
    bare.left = count;
    for (long i = 0; i < jobs && bare.left > 0; ++i) {
        CURL* easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_URL, bare.url);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        --bare.left;
        curl_multi_add_handle(bare.multi, easy);
    }
    uv_run(&bare.loop, UV_RUN_DEFAULT);
    curl_multi_cleanup(bare.multi);
    std::printf("%ld of %ld\n", bare.good, count);
    return bare.good == count ? 0 : 1;
}
