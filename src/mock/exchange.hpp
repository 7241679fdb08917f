#pragma once

#include <microhttpd.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mock/service.hpp"

namespace runnel::mock {

/// One request and its answer, step by step, as libmicrohttpd asks for them. A call in which the
/// connection was paused is made again when the pause is over.
class Exchange {
public:
    /// \a target is path and query as they were sent. \a service and \a connection must outlive
    /// this.
    Exchange(Service& service, MHD_Connection* connection, std::string target);
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    ~Exchange();

    /// First the headers are in, then come the \a bytes of the body (all are taken: \a size becomes
    /// 0), at last none, and the answer is due. MHD_NO closes the connection.
    [[nodiscard]] MHD_Result advance(std::string_view method, const char* bytes, std::size_t& size);

    /// Gives bytes of an answer that leaves in pieces or fails in its middle: how many; 0 while the
    /// connection is paused; MHD_CONTENT_READER_END_WITH_ERROR to close it.
    [[nodiscard]] ssize_t read_body(std::size_t position, char* buffer, std::size_t room);

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

    Service& service_;
    MHD_Connection* connection_;
    int socket_;
    std::string target_;
    std::string method_;
    std::string received_;  ///< The front of the request's body, for an echo.
    std::size_t received_size_ = 0;

    const Answer* answer_ = nullptr;  ///< None until the headers are in.
    Answer not_found_;
    std::string echo_;
    bool delayed_ = false;
    bool piece_is_due_ = true;  ///< Of a drip.
    std::size_t garbage_sent_ = 0;
};

}  // namespace runnel::mock
