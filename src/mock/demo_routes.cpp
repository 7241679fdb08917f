#include "mock/demo_routes.hpp"

#include "base/ensure.hpp"
#include "mock/routes_file.hpp"

namespace runnel::mock {

namespace {

/// The first route lists the others.
constexpr std::string_view kRoutes = R"json([
  {"path": "/", "json": {
    "/one": "text, as /two, /three and /fruit",
    "/item/1": "text, for any number",
    "/user": "JSON with a user",
    "/citation": "JSON, one level deeper",
    "/ip": "JSON with an address",
    "/events": "one JSON object a line",
    "/echo": "the request, as JSON",
    "/slow": "an answer after half a second",
    "/drip": "a line every 200 milliseconds",
    "/redirect": "to /one",
    "/missing": "404",
    "/flaky": "500 every other time",
    "/busy": "429 with Retry-After every other time",
    "/truncated": "ends in the middle",
    "/reset": "resets the connection",
    "/garbage": "no HTTP",
    "/empty": "closes without an answer",
    "/hang": "never answers"
  }},

  {"path": "/one", "body": "the first line of one\nthe second line of one\n"},
  {"path": "/two", "body": "the first line of two\nthe second line of two\n"},
  {"path": "/three", "body": "the first line of three\nthe second line of three\n"},
  {"path": "/fruit", "body": "apple\nbanana\ncherry\ndate\n"},
  {"regex": "/item/[0-9]+", "body": "an item\n"},

  {"path": "/user", "json": {"user": "ada"}},
  {"path": "/citation", "json": {"citation": {"citation": "So it goes."}}},
  {"path": "/ip", "json": {"ip": "203.0.113.7"}},
  {"path": "/events", "headers": {"Content-Type": "application/x-ndjson"},
   "body": "{\"id\":1,\"name\":\"start\"}\n{\"id\":2,\"name\":\"work\"}\n{\"id\":3,\"name\":\"stop\"}\n"},
  {"path": "/echo", "echo": true},

  {"path": "/slow", "delay": "500ms", "body": "worth waiting for\n"},
  {"path": "/drip", "body": "drip 1\ndrip 2\ndrip 3\ndrip 4\n",
   "drip": {"chunk": 7, "every": "200ms"}},
  {"path": "/redirect", "status": 302, "headers": {"Location": "/one"}},

  {"path": "/missing", "status": 404, "body": "there is nothing here\n"},
  {"path": "/flaky", "repeat": true,
   "sequence": [{"status": 500, "body": "not now\n"}, {"body": "now it works\n"}]},
  {"path": "/busy", "repeat": true,
   "sequence": [{"status": 429, "headers": {"Retry-After": "1"}, "body": "too many\n"},
                {"body": "thank you for waiting\n"}]},

  {"path": "/truncated", "fault": "truncate", "body": "a whole line\nand a line that is cut short\n"},
  {"path": "/reset", "fault": "reset"},
  {"path": "/garbage", "fault": "garbage"},
  {"path": "/empty", "fault": "empty"},
  {"path": "/hang", "fault": "hang"}
])json";

}  // namespace

Routes demo_routes() {
    Result<Routes> routes = parse_routes(kRoutes, "the demo's routes", ".");
    RUNNEL_ENSURE(routes, "the demo routes are valid");
    return *std::move(routes);
}

}  // namespace runnel::mock
