"""The vocabulary of these tests.

    fetch(*args, input=b"…")     runs `runnel fetch` to its end: status, stdout, stderr, records
    start(*args)                 starts `runnel fetch` and hands back the session to talk to
    runnel(*args)                runs any command;  shell(script, NAME=value) runs it in bash, as "$runnel"
    mock("--demo")               starts `runnel mock`, with .url;  mock(routes=[{"path": …}]) with these routes
    server, secure_server        scripted servers: server.serve("/path", body or function) gives the URL
    resolver                     the environment in which names ending in .test exist, fail or hang
    odd_disk                     the environment in which files cannot be written or are slow: see odd_disk.c
    nginx                        a fast real server
    web                          a real server with something of everything: TLS, passwords, redirects, large files
    forward_proxy, socks_proxy   real proxies; the guarded_ ones want PROXY_USER
    http2_server                 a real server for HTTP/2
    authority                    signed the certificates of web and http2_server, and one for clients
"""

from support.fixtures import *  # noqa: F403
