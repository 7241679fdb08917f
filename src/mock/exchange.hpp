#pragma once

#include <microhttpd.h>
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "mock/server_state.hpp"
#include "mock/target.hpp"

namespace runnel::mock {

/// One request and its answer, driven by the callbacks of libmicrohttpd. If a call pauses the
/// connection, libmicrohttpd repeats the call after the pause.
class Exchange {
public:
    /// \a target is as sent. \a server and \a connection must outlive this.
    Exchange(ServerState& server, MHD_Connection* connection, std::string_view target);
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    ~Exchange();

    /// The first call is made after the headers, then one for each piece of the body (\a size
    /// becomes 0), then one without \a bytes, which sends the answer. MHD_NO closes the connection.
    [[nodiscard]] MHD_Result advance(std::string_view method, const char* bytes, std::size_t& size);

    /// Writes bytes of a dripped or failing body to \a buffer and returns their number: 0 if the
    /// connection was paused, MHD_CONTENT_READER_END_WITH_ERROR to close it.
    [[nodiscard]] ssize_t read_body(std::size_t position, char* buffer, std::size_t capacity);

private:
    void choose(std::string_view method);
    void receive(std::string_view bytes);
    [[nodiscard]] Request request() const;
    [[nodiscard]] std::string_view body() const noexcept;
    [[nodiscard]] MHD_Result answer();
    [[nodiscard]] MHD_Result respond();
    [[nodiscard]] bool fail();
    [[nodiscard]] bool send_garbage();
    void pause(Duration duration);

    ServerState& server_;
    MHD_Connection* connection_;
    int socket_;
    OriginForm place_;  ///< The request target: host, path and query.
    std::string method_;
    std::string received_;  ///< The beginning of the request's body, for an echo.
    std::size_t received_size_ = 0;

    const Answer* answer_ = nullptr;  ///< Null until the headers are received.
    Answer not_found_;
    std::string echo_;
    bool delayed_ = false;
    bool piece_is_due_ = true;  ///< For a drip: the next call sends.
    std::size_t garbage_sent_ = 0;
};

}  // namespace runnel::mock
